package graph_test

import (
	"slices"
	"testing"

	"github.com/inroad-security/inroad/graph"
)

func TestPeekingAgreesWithDecoding(t *testing.T) {
	snapshot, err := graph.NewSnapshot(1, graph.Batch{Scope: "test/peek", Edges: []graph.Edge{
		{From: "a", To: "b", Kind: "CAN_READ"},
		{From: "a", To: "c", Kind: "CAN_READ", Technique: "s3-read", Cause: "statement:p#0", Requires: []graph.ID{"key", "net"}},
		{From: "a", To: "d", Kind: "CAN_READ", Cause: "rule:1", Evidence: []graph.Evidence{{Kind: graph.Grant, Source: "p"}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for e := range graph.EdgeIndex(snapshot.Edges()) {
		edge := snapshot.Edge(e)
		if snapshot.Technique(e) != edge.Technique || snapshot.Cause(e) != edge.Cause || !slices.Equal(snapshot.Requires(e), edge.Requires) {
			t.Errorf("edge %d: peeked %q %q %v, decoded %+v", e, snapshot.Technique(e), snapshot.Cause(e), snapshot.Requires(e), edge)
		}
	}
}
