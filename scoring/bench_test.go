package scoring

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// layered is the graph that peers publish: layers of a width, each node leading to fan-out nodes of the next layer, with random likelihoods;
// entries in the first layer, jewels in the last.
func layered(t testing.TB, layers, width, fanout, entries, jewels int) (*graph.Snapshot, Config) {
	t.Helper()
	random := rand.New(rand.NewPCG(7, 7))
	id := func(layer, i int) graph.ID { return graph.ID(fmt.Sprintf("l%02d/%06d", layer, i)) }
	batch := graph.Batch{Scope: "test/layered"}
	for layer := range layers - 1 {
		for i := range width {
			for range fanout {
				batch.Edges = append(batch.Edges, graph.Edge{
					From: id(layer, i), To: id(layer+1, random.IntN(width)), Kind: kinds.CanAssume, Technique: strconv.Itoa(1 + random.IntN(999)),
				})
			}
		}
	}
	config := Config{Jewels: map[graph.ID]Jewel{}, Limit: math.MaxInt, Likelihood: func(technique string, _ graph.EdgeKind) float64 {
		thousandths, _ := strconv.Atoi(technique)
		return float64(thousandths) / 1000
	}}
	snapshot, err := graph.NewSnapshot(1, batch)
	if err != nil {
		t.Fatal(err)
	}
	for i := range entries {
		config.Entries = append(config.Entries, id(0, i*width/entries))
	}
	for i := range jewels {
		if at := id(layers-1, i*width/jewels); known(snapshot, at) == nil {
			config.Jewels[at] = Jewel{Value: 10, Reason: "last layer"}
		}
	}
	return snapshot, config
}

func BenchmarkLayered(b *testing.B) {
	snapshot, config := layered(b, 10, 1000, 5, 64, 32)
	analysis, err := New(snapshot, config)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("routes of every pair", func(b *testing.B) {
		var routes []route
		for b.Loop() {
			if routes, err = analysis.region.routes(b.Context(), false); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(len(routes)), "pairs")
	})
	b.Run("prepare and routes", func(b *testing.B) {
		for b.Loop() {
			analysis, err := New(snapshot, config)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := analysis.region.routes(b.Context(), false); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("raw BFS from one node", func(b *testing.B) {
		for b.Loop() {
			breadthFirst(analysis.region.field, analysis.region.entries[:1])
		}
	})
}

// BenchmarkMillion is a random graph of 1,000,000 nodes and 5,000,000 arcs with 1,000 entries and 1,000 jewels: the best route to every jewel
// against one raw breadth-first search over the same arrays. It runs when INROAD_BENCH_LARGE is set.
func BenchmarkMillion(b *testing.B) {
	if os.Getenv("INROAD_BENCH_LARGE") == "" {
		b.Skip("set INROAD_BENCH_LARGE to run it")
	}
	const nodes, arcs, ends = 1_000_000, 5_000_000, 1000
	random := rand.New(rand.NewPCG(11, 11))
	packed := &field{nodes: make([]graph.Index, nodes), start: make([]uint32, nodes+1)}
	for i := range uint32(nodes) {
		packed.nodes[i] = graph.Index(i)
		for range arcs / nodes {
			packed.add(arc{to: random.Uint32N(nodes), weight: micronats(0.05 + 0.95*random.Float64())}, graph.EdgeIndex(len(packed.arcs)), i)
		}
	}
	packed.link()
	area := region{field: packed, internet: none}
	for i := range uint32(ends) {
		area.entries, area.jewels = append(area.entries, i*ends), append(area.jewels, i*ends+ends/2)
	}
	b.Run("raw BFS", func(b *testing.B) {
		for b.Loop() {
			breadthFirst(packed, area.entries)
		}
	})
	b.Run("best route to every jewel", func(b *testing.B) {
		b.ReportAllocs()
		var routes []route
		for b.Loop() {
			routes = area.fromAny()
		}
		b.ReportMetric(float64(len(routes)), "jewels")
	})
	b.Run("arrange", func(b *testing.B) {
		for b.Loop() {
			packed.arrange()
		}
	})
}

// breadthFirst is the yardstick: the least that touches every edge.
func breadthFirst(packed *field, sources []uint32) int {
	seen := make([]bool, len(packed.nodes))
	queue := make([]uint32, 0, len(packed.nodes))
	for _, source := range sources {
		seen[source] = true
		queue = append(queue, source)
	}
	for at := 0; at < len(queue); at++ {
		node := queue[at]
		for _, arc := range packed.arcs[packed.start[node]:packed.start[node+1]] {
			if !seen[arc.to] {
				seen[arc.to] = true
				queue = append(queue, arc.to)
			}
		}
	}
	return len(queue)
}

// The pairs of the layered graph cost what a search from each entry with one heap says.
func TestLayeredPairsEqualASearchForEachEntry(t *testing.T) {
	snapshot, config := layered(t, 6, 100, 4, 16, 8)
	analysis, err := New(snapshot, config)
	if err != nil {
		t.Fatal(err)
	}
	routes, err := analysis.region.routes(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	costs := map[[2]int]uint64{}
	for _, one := range routes {
		sum := uint64(0)
		for _, e := range one.edges {
			sum += cost(analysis.weight(e))
		}
		costs[[2]int{one.entry, one.jewel}] = sum
	}
	seeker := newSearch(analysis.whole)
	analysis.whole.weigh(analysis.weight)
	pairs := 0
	for e, entry := range analysis.places(analysis.config.Entries) {
		seeker.local([]uint32{entry})
		for j, jewel := range analysis.places(analysis.jewelIDs) {
			if seeker.states[jewel].cost == unreached {
				continue
			}
			pairs++
			if costs[[2]int{e, j}] != seeker.states[jewel].cost {
				t.Errorf("entry %d, jewel %d: %d, want %d", e, j, costs[[2]int{e, j}], seeker.states[jewel].cost)
			}
		}
	}
	if pairs != len(routes) || pairs == 0 {
		t.Errorf("%d routes, want %d", len(routes), pairs)
	}
}
