package scoring

import (
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

func TestAJewelOfAnAccountHasItsOwnPathOnlyWhereTheAccountIsNotNeeded(t *testing.T) {
	const account, secret, host, function = graph.ID("arn:aws:iam::1:root"), graph.ID("secret"), graph.ID("host"), graph.ID("function")
	world := func(edges ...graph.Edge) []Path {
		t.Helper()
		held := graph.Edge{From: account, To: secret, Kind: kinds.CanAdminister, Technique: "aws-account-control"}
		snapshot, err := graph.NewSnapshot(0, graph.Batch{Scope: "test/1", Nodes: []graph.Node{
			{ID: account, Kind: kinds.AWSAccount}, {ID: secret, Kind: kinds.AWSSecret}, {ID: host, Kind: kinds.AWSInstance}, {ID: function, Kind: kinds.AWSFunction},
		}, Edges: append(edges, held)})
		if err != nil {
			t.Fatal(err)
		}
		document, err := Analyze(t.Context(), snapshot, Config{})
		if err != nil {
			t.Fatal(err)
		}
		return document.Paths
	}
	toAccount := []graph.Edge{{From: graph.Internet, To: host, Kind: kinds.CanExploit}, {From: host, To: account, Kind: kinds.CanEscalateTo}}

	paths := world(toAccount...)
	if len(paths) != 1 || paths[0].Target != account || paths[0].Implies != 1 {
		t.Errorf("by the account alone: %+v", paths)
	}
	harder := []graph.Edge{
		{From: graph.Internet, To: function, Kind: kinds.CanExploit, Verdict: graph.Possible},
		{From: function, To: secret, Kind: kinds.CanRead, Verdict: graph.Possible},
	}
	paths = world(append(harder, toAccount...)...)
	if len(paths) != 2 || paths[0].Target != account || paths[0].Implies != 1 || paths[1].Target != secret || paths[1].Steps[0].To != function {
		t.Errorf("by a way of its own as well: %+v", paths)
	}
}
