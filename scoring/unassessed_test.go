package scoring

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// Gaps of techniques are told once a scope, after what the scopes lack, and lead nowhere.
func TestTechniquesThatWereNotAssessedAreGaps(t *testing.T) {
	const account, lambda = "arn:aws:iam::111111111111:root", "aws/111111111111/eu-west-1/lambda"
	gap := func(from graph.ID, technique, operation string) graph.Edge {
		return graph.Edge{From: from, To: account, Kind: kinds.NotAssessed, Technique: technique, Verdict: graph.Unknown, Evidence: []graph.Evidence{
			{Kind: graph.Grant, Source: from, Detail: "allows it"}, {Kind: graph.Gap, Source: account, Locator: lambda, Detail: kinds.NotCollected + operation},
		}}
	}
	var users []graph.Node
	var edges []graph.Edge
	for _, name := range []graph.ID{"u1", "u2", "u3", "u4", "u5", "u6"} {
		users = append(users, graph.Node{ID: name, Kind: kinds.AWSUser, Props: graph.Props{"name": string(name)}})
		edges = append(edges, gap(name, "lambda-003", "lambda/list-functions"))
	}
	edges = append(edges, gap("u1", "aws-store-access", "lambda/list-layers"))
	snapshot, err := graph.NewSnapshot(1,
		graph.Batch{Scope: "aws/111111111111/global/iam", Nodes: append(users, graph.Node{ID: account, Kind: kinds.AWSAccount})},
		graph.Batch{Scope: lambda, Incomplete: []string{"not collected: lambda/list-functions"}},
		graph.Batch{Scope: "derived/aws", Edges: edges})
	if err != nil {
		t.Fatal(err)
	}
	want := []Gap{
		{Scope: lambda, Reason: "not collected: lambda/list-functions"},
		{Scope: lambda, Reason: "not assessed: aws-store-access, lambda-003, with the permissions of u1, u2, u3, u4, u5 and 1 more: collect lambda/list-functions, lambda/list-layers"},
	}
	if diff := cmp.Diff(want, Incomplete(snapshot)); diff != "" {
		t.Error(diff)
	}
	document, err := Analyze(t.Context(), snapshot, Config{Entries: []graph.ID{"u1"}, Jewels: map[graph.ID]Jewel{account: {Value: 10}}})
	if err != nil {
		t.Fatal(err)
	}
	if len(document.Paths)+len(document.Escalations) > 0 {
		t.Errorf("a gap was walked: %v %v", document.Paths, document.Escalations)
	}
}
