package technique_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/technique"
)

// unlisted takes out of a world whatever a read operation lists, and says of each that it was not called. It tells whether there was any.
func unlisted(t *testing.T, world *graph.Snapshot) (*graph.Snapshot, bool) {
	t.Helper()
	nodes, edges := world.All()
	kept := graph.Batch{Scope: "aws/" + ownAccount + "/global/iam"}
	reasons, gone := map[graph.Scope][]string{}, map[graph.ID]bool{}
	for each := range nodes {
		spec, _ := kinds.NodeSpec(each.Kind)
		if len(spec.Listed) == 0 || strings.Contains(string(each.ID), otherAccount) {
			kept.Nodes = append(kept.Nodes, each)
			continue
		}
		gone[each.ID] = true
		region := strings.Split(string(each.ID), ":")[3]
		if region == "" {
			region = "global"
		}
		for _, operation := range spec.Listed {
			service, _, _ := strings.Cut(operation, "/")
			scope := graph.Scope("aws/" + ownAccount + "/" + region + "/" + service)
			reasons[scope] = append(reasons[scope], "not collected: "+operation+" (AccessDenied)")
		}
	}
	for each := range edges {
		if !gone[each.From] && !gone[each.To] {
			kept.Edges = append(kept.Edges, each)
		}
	}
	batches := []graph.Batch{kept}
	for _, scope := range slices.Sorted(maps.Keys(reasons)) {
		batches = append(batches, graph.Batch{Scope: scope, Incomplete: reasons[scope]})
	}
	snapshot, err := graph.NewSnapshot(1, batches...)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot, len(gone) > 0
}

// Whoever has a way by something that exists has a gap where it was not listed, and no gap where it was; and nothing else is claimed
// that was not claimed before.
func TestWhatWasNotListedIsAGap(t *testing.T) {
	assessed := 0
	for _, entry := range technique.AWS().All() {
		if !entry.Rule() {
			continue
		}
		data, err := os.ReadFile(filepath.Join("aws", "testdata", entry.ID+".txtar"))
		if err != nil {
			t.Fatal(err)
		}
		archive := txtar.Parse(data)
		for _, file := range archive.Files[1:] {
			if !strings.HasPrefix(file.Name, "match") {
				continue
			}
			world := overlay(t, archive.Files[0].Data, file.Data)
			snapshot := build(t, world)
			starved, less := unlisted(t, snapshot)
			if !less {
				continue
			}
			known, gaps := map[graph.ID]bool{}, map[graph.ID]bool{}
			derive := func(snapshot *graph.Snapshot) []graph.Edge {
				return slices.Collect(technique.AWS().Only(entry.ID).Derive(snapshot, authorizer(snapshot), world.administrator))
			}
			for _, edge := range derive(snapshot) {
				if edge.Kind == kinds.NotAssessed {
					t.Errorf("%s, %s: all was listed, and %s -> %s is a gap", entry.ID, file.Name, edge.From, edge.To)
				}
				known[edge.From] = true
			}
			for _, edge := range derive(starved) {
				if edge.Kind != kinds.NotAssessed {
					if !known[edge.From] {
						t.Errorf("%s, %s: %s -[%s]-> %s comes of listing less", entry.ID, file.Name, edge.From, edge.Kind, edge.To)
					}
					known[edge.From] = false // it needs nothing that was taken out
					continue
				}
				assessed++
				gaps[edge.From] = true
				if edge.To != named("account") || edge.Verdict != graph.Unknown {
					t.Errorf("%s, %s: the gap is %s -> %s, %s", entry.ID, file.Name, edge.From, edge.To, edge.Verdict)
				}
				if !slices.ContainsFunc(edge.Evidence, func(piece graph.Evidence) bool {
					return piece.Kind == graph.Gap && strings.HasPrefix(piece.Detail, "not collected: ")
				}) {
					t.Errorf("%s, %s: %s does not say what to collect: %v", entry.ID, file.Name, edge.From, edge.Evidence)
				}
			}
			for actor, held := range known {
				if held && !gaps[actor] && !strings.HasPrefix(short(actor), "group/") {
					t.Errorf("%s, %s: %s has no gap", entry.ID, file.Name, actor)
				}
			}
		}
	}
	if assessed < 60 {
		t.Errorf("%d gaps were found: want some of each technique that uses what exists", assessed)
	}
}

// Only who may use the technique there has a gap.
func TestOnlyWhoMayHasAGap(t *testing.T) {
	statement := func(action, resource string) string {
		return `users: {dev: {inline: {own: {"Effect": "Allow", "Action": "` + action + `", "Resource": "` + resource + `"}}}}`
	}
	everywhere := statement("lambda:UpdateFunctionCode", "*")
	guard := func(resource string) string {
		return `users: {dev: {inline: {guard: {"Effect": "Deny", "Action": "lambda:*", "Resource": "` + resource + `"}}}}`
	}
	for name, test := range map[string]struct {
		world, over string
		complete    bool
		want        bool
	}{
		"allowed on everything":      {world: everywhere, want: true},
		"allowed there":              {world: statement("lambda:Update*", "arn:aws:lambda:eu-*:111111111111:function:x"), want: true},
		"all was listed":             {world: everywhere, complete: true},
		"another action is allowed":  {world: statement("lambda:InvokeFunction", "*")},
		"allowed in another region":  {world: statement("lambda:UpdateFunctionCode", "arn:aws:lambda:us-east-1:111111111111:function:*")},
		"allowed in another account": {world: statement("lambda:UpdateFunctionCode", "arn:aws:lambda:eu-west-1:222222222222:function:*")},
		"denied":                     {world: everywhere, over: guard("*")},
		"denied in the account":      {world: everywhere, over: guard("arn:aws:lambda:*:111111111111:function:*")},
		"denied on some":             {world: everywhere, over: guard("arn:aws:lambda:*:111111111111:function:prod-*"), want: true},
		"denied by a control policy": {world: everywhere, over: `control: {guard: {"Effect": "Deny", "Action": "lambda:*", "Resource": "*"}}`},
		"a boundary allows another only": {world: everywhere, over: `
policies: {edge: {document: {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}}
users: {dev: {boundary: edge}}`},
	} {
		t.Run(name, func(t *testing.T) {
			nodes, edges := build(t, overlay(t, []byte(test.world), []byte(test.over))).All()
			missing := graph.Batch{Scope: "aws/" + ownAccount + "/eu-west-1/lambda", Incomplete: []string{"not collected: lambda/list-functions"}}
			if test.complete { // but for what the technique does not need
				missing.Incomplete = []string{"not collected: lambda/list-functions-by-code-signing-config", "not collected: lambda/get-policy of list-functions"}
			}
			snapshot, err := graph.NewSnapshot(1, graph.Batch{Scope: "aws/" + ownAccount + "/global/iam", Nodes: slices.Collect(nodes), Edges: slices.Collect(edges)}, missing)
			if err != nil {
				t.Fatal(err)
			}
			found := slices.Collect(technique.AWS().Only("lambda-003").Derive(snapshot, authorizer(snapshot), nil))
			if got := len(found) > 0; got != test.want || len(found) > 1 {
				t.Errorf("found %v, want %v", lines(found), test.want)
			}
		})
	}
}
