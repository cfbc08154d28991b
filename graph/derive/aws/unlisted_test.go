package aws

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// Who may read stores that nobody listed has a gap that says what to collect; who may not, has none, and nobody is led anywhere by it.
func TestStoresThatWereNotListedAreGaps(t *testing.T) {
	reader := allow("secretsmanager:GetSecretValue", "*")
	for name, test := range map[string]struct {
		statements []string
		missing    string
		want       string // of the gap's technique; empty is none
	}{
		"may read secrets":                       {[]string{reader}, "secretsmanager/list-secrets", storeAccess},
		"and they were listed":                   {[]string{reader}, "secretsmanager/get-resource-policy of x", ""},
		"only describes them":                    {[]string{allow("secretsmanager:DescribeSecret", "*")}, "secretsmanager/list-secrets", ""},
		"in another region":                      {[]string{allow("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:"+ours+":secret:*")}, "secretsmanager/list-secrets", ""},
		"is denied them all":                     {[]string{reader, deny("secretsmanager:*", "arn:aws:secretsmanager:*:"+ours+":secret:*")}, "secretsmanager/list-secrets", ""},
		"may decrypt, as far as keys leave that": {[]string{allow("kms:Decrypt", "*")}, "kms/list-keys", keyDecrypt},
		"may write what was not listed":          {[]string{allow("sqs:SendMessage", "*")}, "sqs/list-queues", ""},
	} {
		t.Run(name, func(t *testing.T) {
			world := newWorld(t)
			world.user(user("dev"), strings.Join(test.statements, ","))
			service, _, _ := strings.Cut(test.missing, "/")
			snapshot, err := graph.NewSnapshot(1, graph.Batch{Scope: "aws/" + ours + "/global/iam", Nodes: world.nodes, Edges: world.edges},
				graph.Batch{Scope: graph.Scope("aws/" + ours + "/eu-west-1/" + service), Incomplete: []string{"not collected: " + test.missing}})
			if err != nil {
				t.Fatal(err)
			}
			edges, _, err := Derive(context.Background(), NewAuthorizer(snapshot, asOf))
			if err != nil {
				t.Fatal(err)
			}
			edges = slices.DeleteFunc(edges, func(edge graph.Edge) bool { return edge.Kind != kinds.NotAssessed })
			if test.want == "" {
				if len(edges) > 0 {
					t.Errorf("gaps without a reason: %v", edges)
				}
				return
			}
			if len(edges) != 1 || edges[0].Technique != test.want || edges[0].To != root(ours) || edges[0].Verdict != graph.Unknown {
				t.Fatalf("got %v, want one gap of %s", edges, test.want)
			}
			want := graph.Evidence{Kind: graph.Gap, Source: root(ours), Locator: "aws/" + ours + "/eu-west-1/" + service, Detail: "not collected: " + test.missing}
			if !slices.Contains(edges[0].Evidence, want) {
				t.Errorf("the evidence does not say what to collect: %v", edges[0].Evidence)
			}
		})
	}
}
