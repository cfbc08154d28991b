package view_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/view"
)

func TestANodeIsSeenWithItsKindItsClassesAndItsID(t *testing.T) {
	labels := view.Labels(kinds.AWSSecret)
	if want := []string{"AWSSecret", "DataStore", "Entity", "Secret"}; !slices.Equal(labels, want) {
		t.Errorf("labels %v, want %v", labels, want)
	}
	if labels := view.Labels("Nothing"); !slices.Equal(labels, []string{"Entity", "Nothing"}) {
		t.Errorf("a kind that is not declared has the labels %v", labels)
	}
	node := graph.Node{ID: "a", Kind: kinds.AWSSecret, Props: graph.Props{"name": "b\xff", "tags": []string{"k=v"}, "rotation": true}, Stub: true}
	want := map[string]any{"id": "a", "name": "b\uFFFD", "tags": []any{"k=v"}, "rotation": true, "stub": true}
	if diff := cmp.Diff(want, view.NodeProps(node)); diff != "" {
		t.Error(diff)
	}
}

func TestARelationshipIsSeenWithItsVerdictAndItsEvidence(t *testing.T) {
	edge := graph.Edge{
		From: "a", To: "b", Kind: kinds.CanRead, Technique: "t", Requires: []graph.ID{"k"}, Verdict: graph.Possible, Cause: "statement:p#0",
		Evidence: []graph.Evidence{{Kind: graph.Grant, Source: "p", Locator: "0", Detail: "allows it"}, {Kind: graph.Gap, Source: "q"}},
		Props:    graph.Props{"ports": "22"},
	}
	want := map[string]any{
		"technique": "t", "requires": []any{"k"}, "verdict": "possible", "cause": "statement:p#0", "ports": "22",
		"evidence": []any{"grant: p [0]: allows it", "gap: q"},
	}
	if diff := cmp.Diff(want, view.EdgeProps(edge)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]any{"verdict": "proven"}, view.EdgeProps(graph.Edge{From: "a", To: "b", Kind: kinds.Contains})); diff != "" {
		t.Error(diff)
	}
}

func TestOnePropertyIsSeenAsAmongAll(t *testing.T) {
	snapshot, err := graph.NewSnapshot(1, graph.Batch{
		Scope: "aws/1/global/test",
		Nodes: []graph.Node{{ID: "a\xff", Kind: kinds.AWSSecret, Props: graph.Props{"name": "b\xff", "tags": []string{"k=v"}, "rotation": true, "n": int64(1)}}, {ID: "b", Kind: kinds.AWSRole, Stub: true}},
		Edges: []graph.Edge{
			{
				From: "a\xff", To: "b", Kind: kinds.CanRead, Technique: "t", Requires: []graph.ID{"k"}, Verdict: graph.Possible, Cause: "statement:p#0",
				Evidence: []graph.Evidence{{Kind: graph.Grant, Source: "p"}}, Props: graph.Props{"ports": "22"},
			},
			{From: "b", To: "b", Kind: kinds.Contains},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	names := append(slices.Clone(view.Reserved), "name", "tags", "rotation", "n", "ports", "missing")
	for i := range graph.Index(snapshot.Len()) {
		all := view.NodeProps(snapshot.Node(i))
		for _, name := range names {
			if diff := cmp.Diff(all[name], view.NodeProp(snapshot, i, name)); diff != "" {
				t.Errorf("node %s, %s: %s", snapshot.ID(i), name, diff)
			}
		}
	}
	for e := range graph.EdgeIndex(snapshot.Edges()) {
		all := view.EdgeProps(snapshot.Edge(e))
		for _, name := range names {
			if diff := cmp.Diff(all[name], view.EdgeProp(snapshot, e, name)); diff != "" {
				t.Errorf("edge %d, %s: %s", e, name, diff)
			}
		}
	}
}

func TestNoKindDeclaresAPropertyThatTheViewGives(t *testing.T) {
	for _, spec := range kinds.Nodes() {
		if slices.Contains(spec.Classes, view.Entity) || spec.Label == view.Entity {
			t.Errorf("%s takes the label %s", spec.Label, view.Entity)
		}
		for _, prop := range spec.Props {
			if slices.Contains(view.Reserved, prop.Name) {
				t.Errorf("%s declares the property %s, which the view gives", spec.Label, prop.Name)
			}
		}
	}
}

func TestTheSchemaNamesEveryLabelOnceAndSaysWhatItMeans(t *testing.T) {
	labels := view.NodeLabels()
	want := map[string]bool{}
	for _, spec := range kinds.Nodes() {
		for _, name := range view.Labels(spec.Label) {
			want[name] = true
		}
	}
	for i, label := range labels {
		if !want[label.Name] || i > 0 && labels[i-1].Name >= label.Name || label.Doc == "" {
			t.Errorf("%q: %q", label.Name, label.Doc)
		}
		delete(want, label.Name)
	}
	if len(want) > 0 {
		t.Errorf("not named: %v", want)
	}
	at := slices.IndexFunc(labels, func(label view.Label) bool { return label.Name == string(kinds.Secret) })
	for _, name := range []string{"id", "stub", "rotation", "type"} { // of the view, of AWSSecret and of AWSParameter
		if !slices.ContainsFunc(labels[at].Props, func(prop graph.PropSpec) bool { return prop.Name == name }) {
			t.Errorf("secrets may not have %s", name)
		}
	}
	for _, prop := range view.RelationshipProps()[:5] {
		if !slices.Contains(view.Reserved, prop.Name) {
			t.Errorf("%s is not reserved", prop.Name)
		}
	}
}
