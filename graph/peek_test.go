package graph_test

import (
	"reflect"
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

func TestPeekingAtOnePropertyAgreesWithDecodingAll(t *testing.T) {
	props := graph.Props{"text": "x", "empty": "", "flag": true, "off": false, "whole": int64(-7), "number": 1.5, "list": []string{"a", "b"}, "z": "last"}
	snapshot, err := graph.NewSnapshot(1, graph.Batch{
		Scope: "test/peek", Nodes: []graph.Node{{ID: "a", Kind: "AWSRole", Props: props}, {ID: "b", Kind: "AWSUser"}},
		Edges: []graph.Edge{
			{From: "a", To: "b", Kind: "CAN_READ", Cause: "rule:1", Requires: []graph.ID{"key"}, Evidence: []graph.Evidence{{Kind: graph.Grant, Source: "p"}}, Props: props},
			{From: "a", To: "c", Kind: "CAN_READ"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range props {
		if got, ok := snapshot.Prop(0, name); !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("node property %s: %v, %t; want %v", name, got, ok, want)
		}
		if got, ok := snapshot.EdgeProp(0, name); !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("edge property %s: %v, %t; want %v", name, got, ok, want)
		}
	}
	_, ofNode := snapshot.Prop(0, "missing")
	_, ofBare := snapshot.Prop(1, "text")
	_, ofEdge := snapshot.EdgeProp(0, "zz")
	_, ofBareEdge := snapshot.EdgeProp(1, "text")
	if ofNode || ofBare || ofEdge || ofBareEdge {
		t.Error("a property that is not there is found")
	}
	if kinds := snapshot.Kinds(); !slices.Equal(kinds, []graph.NodeKind{"AWSRole", "AWSUser", "Stub"}) || snapshot.Count("AWSRole") != 1 || snapshot.Count("AWSKey") != 0 {
		t.Errorf("kinds %v", kinds)
	}
	if kinds := snapshot.EdgeKinds(); kinds[snapshot.EdgeKindAt(0)] != "CAN_READ" {
		t.Errorf("the first edge is %q", kinds[snapshot.EdgeKindAt(0)])
	}
	if first, beyond := snapshot.OutRange(0); first != 0 || beyond != 2 || len(snapshot.InEdges(1)) != 1 {
		t.Errorf("edges %d to %d leave the first node, %v enter the second", first, beyond, snapshot.InEdges(1))
	}
}
