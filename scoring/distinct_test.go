package scoring

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"gonum.org/v1/gonum/graph/path"
	"gonum.org/v1/gonum/graph/simple"
	"pgregory.net/rapid"
)

// proofs enumerates, from the target down, every way to gain each node that is used by one edge and in a circle never, and gives their costs.
func (oracle oracle) proofs(source, goal graph.ID) []uint64 {
	var costs []uint64
	var grow func(by map[graph.ID]int, open []graph.ID)
	grow = func(by map[graph.ID]int, open []graph.ID) {
		for len(open) > 0 {
			if _, gained := by[open[0]]; !gained && open[0] != source {
				break
			}
			open = open[1:]
		}
		if len(open) == 0 {
			if cost, ok := oracle.treeCost(by, source, goal, map[graph.ID]bool{}); ok {
				costs = append(costs, cost)
			}
			return
		}
		for e, edge := range oracle.edges {
			if edge.To == open[0] {
				by[open[0]] = e
				grow(by, append(append(slices.Clone(open[1:]), edge.From), edge.Requires...))
				delete(by, open[0])
			}
		}
	}
	grow(map[graph.ID]int{}, []graph.ID{goal})
	slices.Sort(costs)
	return costs
}

// treeCost is what the search charges a proof: what two requirements share counts twice. Not ok for a circle.
func (oracle oracle) treeCost(by map[graph.ID]int, source, goal graph.ID, branch map[graph.ID]bool) (uint64, bool) {
	if goal == source {
		return 0, true
	}
	if branch[goal] {
		return 0, false
	}
	branch[goal] = true
	defer delete(branch, goal)
	edge := oracle.edges[by[goal]]
	sum := cost(micronats(Likelihood(testLikelihood).of(edge.Technique, edge.Kind, edge.Verdict)))
	needs := append([]graph.ID{edge.From}, edge.Requires...)
	slices.Sort(needs)
	for _, need := range slices.Compact(needs) {
		part, ok := oracle.treeCost(by, source, need, branch)
		if !ok {
			return 0, false
		}
		sum += part
	}
	return sum, true
}

func TestDistinctPathsAreTheCheapestProofs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		batch := randomBatch(t, shape{nodes: 6, edges: 10, requires: rapid.IntRange(0, 1).Draw(t, "requires")})
		goal := batch.Nodes[len(batch.Nodes)-1].ID
		snapshot, _ := packedOf(t, batch)
		analysis, err := New(snapshot, Config{Likelihood: testLikelihood, Jewels: map[graph.ID]Jewel{goal: {5, "drawn"}}})
		if err != nil {
			t.Fatal(err)
		}
		oracle := newOracle(snapshot)
		want := oracle.proofs(graph.Internet, goal)
		k := rapid.IntRange(1, 12).Draw(t, "k")
		want = want[:min(k, len(want))]
		area := analysis.region
		var got []uint64
		if len(area.nodes) > 0 && area.entries[0] != none && area.jewels[0] != none {
			deviating := newDeviating(area, area.entries[0], area.jewels[0])
			found, err := deviating.find(context.Background(), k)
			if err != nil {
				t.Fatal(err)
			}
			seen := map[string]bool{}
			for _, moves := range found {
				edges := area.edgesOf(moves)
				checkProof(t, snapshot, graph.Internet, goal, edges)
				by := map[graph.ID]int{}
				for _, e := range edges {
					by[oracle.edges[e].To] = int(e)
				}
				cost, _ := oracle.treeCost(by, graph.Internet, goal, map[graph.ID]bool{})
				got = append(got, cost)
				set := slices.Sorted(slices.Values(moves))
				key := make([]byte, 0, len(set))
				for _, move := range set {
					key = append(key, byte(move))
				}
				if seen[string(key)] {
					t.Fatalf("a path is told twice: %v", edges)
				}
				seen[string(key)] = true
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("costs %v, by enumeration %v", got, want)
		}
		paths, partial, err := analysis.Distinct(context.Background(), graph.Internet, goal, k)
		if err != nil || partial || len(paths) != len(want) {
			t.Fatalf("%d paths, %v, %v", len(paths), partial, err)
		}
	})
}

func TestDistinctPlainPathsEqualGonumsYen(t *testing.T) {
	compared := 0
	rapid.Check(t, func(t *rapid.T) {
		batch := randomBatch(t, shape{nodes: 9, edges: 24})
		// gonum holds one edge for each pair and no loop.
		seen := map[[2]graph.ID]bool{}
		batch.Edges = slices.DeleteFunc(batch.Edges, func(edge graph.Edge) bool {
			pair := [2]graph.ID{edge.From, edge.To}
			drop := seen[pair] || edge.From == edge.To
			seen[pair] = true
			return drop
		})
		goal := batch.Nodes[len(batch.Nodes)-1].ID
		snapshot, packed := packedOf(t, batch)
		analysis, err := New(snapshot, Config{Likelihood: testLikelihood, Jewels: map[graph.ID]Jewel{goal: {5, "drawn"}}})
		if err != nil {
			t.Fatal(err)
		}
		source, _ := snapshot.Find(graph.Internet)
		end, _ := snapshot.Find(goal)
		other := simple.NewWeightedDirectedGraph(0, math.Inf(1))
		for i := range int64(snapshot.Len()) {
			other.AddNode(simple.Node(i))
		}
		weight := map[graph.EdgeIndex]uint64{}
		for a, arc := range packed.arcs {
			weight[packed.edges[a]] = cost(arc.weight)
			other.SetWeightedEdge(other.NewWeightedEdge(simple.Node(packed.from[a]), simple.Node(arc.to), float64(cost(arc.weight))))
		}
		var want []float64
		for _, nodes := range path.YenKShortestPaths(other, 8, math.Inf(1), simple.Node(source), simple.Node(end)) {
			sum := 0.0
			for i := range len(nodes) - 1 {
				edge := other.WeightedEdge(nodes[i].ID(), nodes[i+1].ID())
				sum += edge.Weight()
			}
			want = append(want, sum)
		}
		area := analysis.region
		var got []float64
		if area.entries[0] != none && area.jewels[0] != none {
			found, err := newDeviating(area, area.entries[0], area.jewels[0]).find(context.Background(), 8)
			if err != nil {
				t.Fatal(err)
			}
			for _, moves := range found {
				sum := uint64(0)
				for _, e := range area.edgesOf(moves) {
					sum += weight[e]
				}
				got = append(got, float64(sum))
			}
		}
		if len(got) > 1 {
			compared++
		}
		if !slices.Equal(got, want) {
			t.Fatalf("costs %v, gonum %v", got, want)
		}
	})
	if compared == 0 {
		t.Error("no graph had two paths")
	}
}

func TestDistinctRefusesWhatIsNoPair(t *testing.T) {
	snapshot, config := planWorld(t)
	analysis, err := New(snapshot, config)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := analysis.Distinct(t.Context(), "web", "one", 3); !errors.Is(err, graph.ErrInvalid) {
		t.Error(err)
	}
}
