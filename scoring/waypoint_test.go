package scoring

import (
	"context"
	"math"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"pgregory.net/rapid"
)

// A waypoint is necessary for exactly those jewels that are not held when every edge to it is left out.
func TestWaypointsAreWhatCannotBeAvoided(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		snapshot, _ := packedOf(t, randomBatch(t, shape{nodes: 8, edges: 18, requires: rapid.IntRange(0, 1).Draw(t, "requires")}))
		config := Config{Likelihood: testLikelihood, Jewels: map[graph.ID]Jewel{}}
		for i := range graph.Index(snapshot.Len()) {
			if snapshot.ID(i) != graph.Internet && rapid.Bool().Draw(t, "jewel") {
				config.Jewels[snapshot.ID(i)] = Jewel{Value: rapid.IntRange(1, 10).Draw(t, "value"), Reason: "drawn"}
			}
		}
		analysis, err := New(snapshot, config)
		if err != nil {
			t.Fatal(err)
		}
		found, err := analysis.Waypoints(context.Background())
		if err != nil || found.Partial {
			t.Fatal(err, found)
		}
		given := map[graph.ID]Waypoint{}
		for _, waypoint := range found.Waypoints {
			given[waypoint.ID] = waypoint
		}
		risk := map[graph.ID]float64{}
		config.AnyEntry, config.Unfold = true, true
		for _, path := range analyzed(t, snapshot, config).Paths {
			risk[path.Target] = path.Risk
		}
		oracle := newOracle(snapshot)
		held := oracle.held(oracle.edges, graph.Internet)
		for id := range held {
			if id == graph.Internet {
				continue
			}
			var left []graph.Edge
			for _, edge := range oracle.edges {
				if edge.To != id {
					left = append(left, edge)
				}
			}
			without := oracle.held(left, graph.Internet)
			jewels, sum := 0, 0.0
			for jewel := range config.Jewels {
				if jewel != id && held[jewel] && !without[jewel] {
					jewels++
					sum += risk[jewel]
				}
			}
			if got := given[id]; got.Jewels != jewels || math.Abs(got.Risk-sum) > 1e-3 {
				t.Fatalf("%s: %+v, left out: %d jewels, risk %g", id, got, jewels, sum)
			}
		}
	})
}
