package analysis_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/analysis"
	"github.com/inroad-security/inroad/scoring"
)

func editable(t *testing.T) *graph.Snapshot {
	t.Helper()
	snapshot, err := graph.NewSnapshot(3, graph.Batch{Scope: "aws/1/global/test", Incomplete: []string{"kms: denied"}, Nodes: []graph.Node{
		{ID: "app", Kind: kinds.AWSRole}, {ID: "ops", Kind: kinds.AWSRole}, {ID: "store", Kind: kinds.AWSBucket, Props: graph.Props{"tags": []string{"pii=true"}}},
	}, Edges: []graph.Edge{
		{From: graph.Internet, To: "web", Kind: kinds.CanExploit, Cause: "rule:group#22"},
		{From: "web", To: "app", Kind: kinds.RunsAs, Cause: "config:web#role"},
		{From: "app", To: "store", Kind: kinds.CanRead, Cause: "statement:p#0"},
		{From: "ops", To: "store", Kind: kinds.CanRead, Cause: "statement:q#0"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

func TestWhatIf(t *testing.T) {
	before := editable(t)
	for _, test := range []struct {
		name               string
		remove, add        []string
		gone, new, changed int
		added, removed     graph.Cause // of the first difference's first step
	}{
		{"nothing is edited", nil, nil, 0, 0, 0, "", ""},
		{"a cause", []string{"rule:group#22"}, nil, 1, 0, 0, "", "rule:group#22"},
		{"an edge by its kind", []string{"web -[RUNS_AS]-> app"}, nil, 1, 0, 0, "", "config:web#role"},
		{"an edge of any kind", []string{"app->store"}, nil, 1, 0, 0, "", "statement:p#0"},
		{"a node", []string{"app"}, nil, 1, 0, 0, "", "config:web#role"},
		{"one that no path uses", []string{"statement:q#0"}, nil, 0, 0, 0, "", ""},
		{"a shorter way", nil, []string{"internet -[CAN_READ]-> store"}, 0, 0, 1, "config:internet#what-if", ""},
		{"another way in", []string{"app -> store"}, []string{"web -[CAN_ASSUME]-> ops"}, 0, 0, 1, "config:web#what-if", "statement:p#0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			after, err := analysis.WhatIf(before, test.remove, test.add)
			if err != nil {
				t.Fatal(err)
			}
			comparison, err := analysis.Compare(context.Background(), before, after, analysis.Question{})
			if err != nil {
				t.Fatal(err)
			}
			if len(comparison.Gone) != test.gone || len(comparison.New) != test.new || len(comparison.Changed) != test.changed {
				t.Fatalf("%+v", comparison)
			}
			for _, difference := range slices.Concat(comparison.Gone, comparison.New, comparison.Changed) {
				first := func(steps []scoring.Step) graph.Cause {
					if len(steps) == 0 {
						return ""
					}
					return steps[0].Cause
				}
				if first(difference.Added) != test.added || first(difference.Removed) != test.removed {
					t.Errorf("added %+v, removed %+v", difference.Added, difference.Removed)
				}
			}
			if len(comparison.Incomplete) != 1 {
				t.Errorf("what was not read is told as %+v", comparison.Incomplete)
			}
		})
	}
}

func TestWhatIfRefusesWhatNamesNothing(t *testing.T) {
	for _, test := range []struct {
		remove, add []string
		want        error
	}{
		{remove: []string{"rule:other#1"}, want: graph.ErrNotFound},
		{remove: []string{"nobody"}, want: graph.ErrNotFound},
		{remove: []string{"app -[CAN_ASSUME]-> store"}, want: graph.ErrNotFound},
		{add: []string{"app -> store"}, want: graph.ErrInvalid},
		{add: []string{"app -[CONTAINS]-> store"}, want: graph.ErrInvalid},
		{add: []string{"app -[CAN_READ]-> nowhere"}, want: graph.ErrNotFound},
	} {
		if _, err := analysis.WhatIf(editable(t), test.remove, test.add); !errors.Is(err, test.want) {
			t.Errorf("%v %v: %v", test.remove, test.add, err)
		}
	}
}

func TestBlastExposureAndChokepoints(t *testing.T) {
	snapshot := editable(t)
	blast, err := analysis.Blast(context.Background(), snapshot, analysis.Question{}, "web")
	if err != nil || blast.Total != 2 || blast.Gains[0].ID != "store" || blast.Gains[0].Value != 9 || len(blast.Gains[0].Steps) != 2 || blast.Value != 9 {
		t.Errorf("%+v, %v", blast, err)
	}
	if _, err := analysis.Blast(context.Background(), snapshot, analysis.Question{}, "nobody"); !errors.Is(err, graph.ErrNotFound) {
		t.Error(err)
	}
	paths, _, err := analysis.Exposure(context.Background(), snapshot, analysis.Question{From: []string{"internet", "class:Principal"}}, "store")
	if err != nil || len(paths) != 3 {
		t.Errorf("%+v, %v", paths, err)
	}
	changes, places, err := analysis.Chokepoints(context.Background(), snapshot, analysis.Question{})
	if err != nil || len(changes) == 0 || len(places.Waypoints) != 2 || places.Waypoints[0].Jewels != 1 {
		t.Errorf("%+v, %+v, %v", changes, places, err)
	}
}
