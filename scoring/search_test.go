package scoring

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"gonum.org/v1/gonum/graph/path"
	"gonum.org/v1/gonum/graph/simple"
	"pgregory.net/rapid"
)

// oracle answers by enumeration, straight from the snapshot's edges.
type oracle struct {
	snapshot *graph.Snapshot
	edges    []graph.Edge
}

func newOracle(snapshot *graph.Snapshot) oracle {
	_, edges := snapshot.All()
	return oracle{snapshot, slices.Collect(edges)}
}

func (oracle oracle) index(id graph.ID) uint32 {
	at, _ := oracle.snapshot.Find(id)
	return uint32(at)
}

// held scans all edges again and again until nothing is gained.
func (oracle oracle) held(edges []graph.Edge, sources ...graph.ID) map[graph.ID]bool {
	held := map[graph.ID]bool{}
	for _, source := range sources {
		held[source] = true
	}
	for grown := true; grown; {
		grown = false
		for _, edge := range edges {
			all := held[edge.From]
			for _, id := range edge.Requires {
				all = all && held[id]
			}
			if all && !held[edge.To] {
				held[edge.To], grown = true, true
			}
		}
	}
	return held
}

// cheapest tries every proof tree that names no node twice on one branch.
func (oracle oracle) cheapest(goal, source graph.ID, branch map[graph.ID]bool) uint64 {
	if goal == source {
		return 0
	}
	best := unreached
	branch[goal] = true
	defer delete(branch, goal)
	for _, edge := range oracle.edges {
		if edge.To != goal {
			continue
		}
		sum := cost(micronats(Likelihood(testLikelihood).of(edge.Technique, edge.Kind, edge.Verdict)))
		needs := graph.Sorted([]string{string(edge.From)})
		for _, id := range edge.Requires {
			needs = graph.Sorted(append(needs, string(id)))
		}
		for _, id := range needs {
			if branch[graph.ID(id)] {
				sum = unreached
				break
			}
			part := oracle.cheapest(graph.ID(id), source, branch)
			if part == unreached {
				sum = unreached
				break
			}
			sum += part
		}
		best = min(best, sum)
	}
	return best
}

func TestReachAndCostsEqualBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		snapshot, packed := packedOf(t, randomBatch(t, shape{nodes: 6, edges: 12, requires: 2, doubt: true}))
		oracle := newOracle(snapshot)
		source := oracle.index(graph.Internet)
		held := oracle.held(oracle.edges, graph.Internet)
		reached := packed.reach([]uint32{source})
		local := newSearch(packed)
		local.local([]uint32{source})
		arranged, place := packed.arrange()
		swept := newSearch(arranged)
		swept.sweep([]uint32{place[source]})
		for i := range graph.Index(snapshot.Len()) {
			id := snapshot.ID(i)
			if reached[i] != held[id] {
				t.Fatalf("%s: held %v, want %v", id, reached[i], held[id])
			}
			want := oracle.cheapest(id, graph.Internet, map[graph.ID]bool{})
			if local.states[i].cost != want || swept.states[place[i]].cost != want {
				t.Fatalf("%s: cost %d by heap, %d by sweep, %d by brute force", id, local.states[i].cost, swept.states[place[i]].cost, want)
			}
			one, other := packed.edgesOf(local.proof(uint32(i))), arranged.edgesOf(swept.proof(place[i]))
			if !slices.Equal(one, other) {
				t.Fatalf("%s: proof %v by heap, %v by sweep", id, one, other)
			}
			checkProof(t, snapshot, graph.Internet, id, one)
		}
	})
}

// checkProof walks a proof: each step needs only what is held by then, no step comes twice, and the last gains the goal.
func checkProof(t rapid.TB, snapshot *graph.Snapshot, source, goal graph.ID, edges []graph.EdgeIndex) {
	held := map[graph.ID]bool{source: true}
	for _, e := range edges {
		edge := snapshot.Edge(e)
		for _, id := range append([]graph.ID{edge.From}, edge.Requires...) {
			if !held[id] {
				t.Fatalf("step to %s needs %s, which is not held", edge.To, id)
			}
		}
		if held[edge.To] {
			t.Fatalf("%s is gained twice", edge.To)
		}
		held[edge.To] = true
	}
	if len(edges) > 0 && !held[goal] {
		t.Fatalf("the proof does not end in %s", goal)
	}
}

// The tree's exact likelihood lies between the search's estimate, which counts shared parts twice, and the best of all sets of edges.
func TestLikelihoodLiesBetweenEstimateAndOptimum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		snapshot, packed := packedOf(t, randomBatch(t, shape{nodes: 5, edges: 8, requires: 1}))
		oracle := newOracle(snapshot)
		analysis := &Analysis{snapshot: snapshot, config: Config{Likelihood: testLikelihood}}
		memo := newGrounds(analysis)
		seeker := newSearch(packed)
		seeker.local([]uint32{oracle.index(graph.Internet)})
		optimum := map[graph.ID]float64{}
		for subset := range 1 << len(oracle.edges) {
			var chosen []graph.Edge
			var indexes []graph.EdgeIndex
			for e, edge := range oracle.edges {
				if subset&(1<<e) != 0 {
					chosen, indexes = append(chosen, edge), append(indexes, graph.EdgeIndex(e))
				}
			}
			likelihood, _ := memo.likelihood(indexes)
			for id := range oracle.held(chosen, graph.Internet) {
				optimum[id] = max(optimum[id], likelihood)
			}
		}
		for i := range graph.Index(snapshot.Len()) {
			if seeker.states[i].cost == unreached {
				continue
			}
			exact, _ := memo.likelihood(packed.edgesOf(seeker.proof(uint32(i))))
			estimate := math.Exp(-float64(seeker.states[i].cost/micronat) / 1e6)
			if exact < estimate*(1-1e-4) || exact > optimum[snapshot.ID(i)]*(1+1e-9) {
				t.Fatalf("%s: likelihood %g outside [%g, %g]", snapshot.ID(i), exact, estimate, optimum[snapshot.ID(i)])
			}
		}
	})
}

func TestAnAddedEdgeNeverMakesAnythingCostlier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		batch := randomBatch(t, shape{nodes: 7, edges: 14, requires: 2, doubt: true})
		if len(batch.Edges) == 0 {
			return
		}
		less := batch
		less.Edges = batch.Edges[:len(batch.Edges)-1]
		more, with := packedOf(t, batch)
		fewer, without := packedOf(t, less)
		source, _ := more.Find(graph.Internet)
		a, b := newSearch(with), newSearch(without)
		a.local([]uint32{uint32(source)})
		b.local([]uint32{uint32(source)})
		for i := range graph.Index(fewer.Len()) {
			same, _ := more.Find(fewer.ID(i))
			if a.states[same].cost > b.states[i].cost {
				t.Fatalf("%s costs %d with the edge, %d without", fewer.ID(i), a.states[same].cost, b.states[i].cost)
			}
		}
	})
}

func TestPlainCostsEqualGonumDijkstra(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		snapshot, packed := packedOf(t, randomBatch(t, shape{nodes: 15, edges: 40}))
		source, _ := snapshot.Find(graph.Internet)
		other := simple.NewWeightedDirectedGraph(0, math.Inf(1))
		for i := range int64(snapshot.Len()) {
			other.AddNode(simple.Node(i))
		}
		for a, arc := range packed.arcs {
			from, to, weight := int64(packed.from[a]), int64(arc.to), float64(cost(arc.weight))
			if known, ok := other.Weight(from, to); from != to && (!ok || weight < known) {
				other.SetWeightedEdge(other.NewWeightedEdge(simple.Node(from), simple.Node(to), weight))
			}
		}
		shortest := path.DijkstraFrom(simple.Node(source), other)
		seeker := newSearch(packed)
		seeker.local([]uint32{uint32(source)})
		for i := range snapshot.Len() {
			want := shortest.WeightTo(int64(i))
			if (seeker.states[i].cost == unreached) != math.IsInf(want, 1) || seeker.states[i].cost != unreached && float64(seeker.states[i].cost) != want {
				t.Fatalf("%s: cost %d, gonum %g", snapshot.ID(graph.Index(i)), seeker.states[i].cost, want)
			}
		}
	})
}

func TestForwardAndBackwardPassesGiveTheSameRoutes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		snapshot, _ := packedOf(t, randomBatch(t, shape{nodes: 9, edges: 30}))
		config := Config{Likelihood: testLikelihood, Jewels: map[graph.ID]Jewel{}}
		for i := range graph.Index(snapshot.Len()) {
			if rapid.Bool().Draw(t, "entry") {
				config.Entries = append(config.Entries, snapshot.ID(i))
			}
			if rapid.Bool().Draw(t, "jewel") {
				config.Jewels[snapshot.ID(i)] = Jewel{Value: 5, Reason: "drawn"}
			}
		}
		analysis, err := New(snapshot, config)
		if err != nil {
			t.Fatal(err)
		}
		if len(analysis.region.nodes) == 0 {
			return
		}
		given := analysis.region
		given.bounds = nil
		arranged := given.renumbered(given.arrange())
		want, err := given.forward(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for name, pass := range map[string]func(context.Context) ([]route, error){
			"backward": given.backward, "forward, arranged": arranged.forward, "backward, arranged": arranged.backward,
		} {
			got, err := pass(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if !slices.EqualFunc(got, want, func(a, b route) bool {
				return a.entry == b.entry && a.jewel == b.jewel && slices.Equal(a.edges, b.edges)
			}) {
				t.Fatalf("forward %v\n%s %v", want, name, got)
			}
		}
	})
}

func TestCostsStopGrowingInsteadOfOverflowing(t *testing.T) {
	// Each gate needs the two nodes before it, so that additive costs double on every level.
	batch := graph.Batch{Scope: "test/deep"}
	for i := 2; i < 90; i++ {
		batch.Edges = append(batch.Edges, graph.Edge{From: name(i - 1), To: name(i), Kind: "CAN_READ", Technique: "rare", Requires: []graph.ID{name(i - 2)}})
	}
	batch.Edges = append(batch.Edges, graph.Edge{From: name(0), To: name(1), Kind: "CAN_READ", Technique: "rare"})
	batch.Edges = append(batch.Edges, graph.Edge{From: name(89), To: name(80), Kind: "CAN_READ", Technique: "rare"})
	snapshot, packed := packedOf(t, batch)
	source, _ := snapshot.Find(graph.Internet)
	goal, _ := snapshot.Find(name(89))
	seeker := newSearch(packed)
	seeker.local([]uint32{uint32(source)})
	if seeker.states[goal].cost != priciest {
		t.Errorf("cost %d, want %d", seeker.states[goal].cost, priciest)
	}
	if moves := seeker.proof(uint32(goal)); len(moves) != 89 {
		t.Errorf("%d steps, want 89: shared parts come once", len(moves))
	}
}
