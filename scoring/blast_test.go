package scoring

import (
	"context"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"pgregory.net/rapid"
)

func TestABlastIsAllThatIsGained(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		batch := randomBatch(t, shape{nodes: 8, edges: 18, requires: 1, doubt: true})
		snapshot, _ := packedOf(t, batch)
		from := rapid.SampledFrom(batch.Nodes).Draw(t, "from").ID
		analysis, err := New(snapshot, Config{Likelihood: testLikelihood, Jewels: map[graph.ID]Jewel{from: {9, "drawn"}}})
		if err != nil {
			t.Fatal(err)
		}
		blast, err := analysis.Blast(context.Background(), from)
		if err != nil {
			t.Fatal(err)
		}
		given := map[graph.ID]Gain{}
		for _, gain := range blast.Gains {
			given[gain.ID] = gain
		}
		oracle, want := newOracle(snapshot), 0
		for _, node := range batch.Nodes {
			reached := oracle.gains(oracle.edges, from, node.ID)
			if _, shown := given[node.ID]; shown != reached {
				t.Fatalf("%s from %s: shown %v, reached %v", node.ID, from, shown, reached)
			}
			if reached {
				want++
			}
		}
		if blast.Total != want || len(given) != want {
			t.Fatalf("%d gains of %d are told, %d are reached", len(given), blast.Total, want)
		}
	})
}
