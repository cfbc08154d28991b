package scoring

import (
	"context"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// Searching again only for what crosses a cut gives what searching for everything does.
func TestSearchingAgainForWhatACutCrossesIsEnough(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		snapshot, _ := packedOf(t, randomBatch(t, shape{nodes: 8, edges: 18, requires: rapid.IntRange(0, 1).Draw(t, "requires"), doubt: true}))
		config := randomConfig(t, snapshot)
		config.AnyEntry = rapid.Bool().Draw(t, "any entry")
		analysis, err := New(snapshot, config)
		if err != nil {
			t.Fatal(err)
		}
		memo := newGrounds(analysis)
		current, err := analysis.best(context.Background(), analysis.region)
		if err != nil {
			t.Fatal(err)
		}
		resting := analysis.resting(current, memo)
		for _, candidate := range crossing(current, memo) {
			trial := analysis.region
			trial.field = trial.copied()
			for _, m := range resting[candidate.cut] {
				trial.reweigh(m, gone)
			}
			want, err := analysis.best(context.Background(), trial)
			if err != nil {
				t.Fatal(err)
			}
			got, err := analysis.again(context.Background(), trial, current, candidate.routes)
			if err != nil || len(got) != len(want) || len(got) > 0 && !reflect.DeepEqual(got, want) {
				t.Fatalf("got %+v\nwant %+v, %v", got, want, err)
			}
		}
	})
}
