package scoring

import (
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"pgregory.net/rapid"
)

// randomConfig draws entries and jewels among the snapshot's nodes.
func randomConfig(t *rapid.T, snapshot *graph.Snapshot) Config {
	config := Config{Likelihood: testLikelihood, Jewels: map[graph.ID]Jewel{}}
	for i := range graph.Index(snapshot.Len()) {
		switch rapid.IntRange(0, 3).Draw(t, "role") {
		case 0:
			config.Entries = append(config.Entries, snapshot.ID(i))
		case 1:
			config.Jewels[snapshot.ID(i)] = Jewel{Value: rapid.IntRange(1, 10).Draw(t, "value"), Reason: "drawn"}
		}
	}
	return config
}

func analyzed(t rapid.TB, snapshot *graph.Snapshot, config Config) *Document {
	document, err := Analyze(context.Background(), snapshot, config)
	if err != nil {
		t.Fatal(err)
	}
	return document
}

func written(t rapid.TB, document *Document) []byte {
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestTheDocumentDoesNotDependOnTheOrderOfInputOrProcessors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		batch := randomBatch(t, shape{nodes: 8, edges: 20, requires: 1, doubt: true})
		snapshot, _ := packedOf(t, batch)
		config := randomConfig(t, snapshot)
		want := written(t, analyzed(t, snapshot, config))

		shuffle := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		// Two edges of one identity merge, and the merge may take either's verdict's cause: keep their order.
		slices.SortStableFunc(batch.Edges, func(a, b graph.Edge) int { return strings.Compare(string(a.From), string(b.From)) })
		shuffle.Shuffle(len(batch.Nodes), func(i, j int) { batch.Nodes[i], batch.Nodes[j] = batch.Nodes[j], batch.Nodes[i] })
		shuffle.Shuffle(len(config.Entries), func(i, j int) {
			config.Entries[i], config.Entries[j] = config.Entries[j], config.Entries[i]
		})
		again, _ := packedOf(t, batch)
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1 + shuffle.IntN(4)))
		if got := written(t, analyzed(t, again, config)); !bytes.Equal(got, want) {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
	})
}

// Names decide between equally cheap proofs and nothing else: the pairs, and each pair's cost, are the same under other names.
func TestRenamingChangesNoReachAndNoCost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		batch := randomBatch(t, shape{nodes: 8, edges: 20, requires: 1})
		count := len(batch.Nodes)
		order := rapid.Permutation(slices.Collect(func(yield func(int) bool) {
			for i := 1; i < count; i++ {
				if !yield(i) {
					return
				}
			}
		})).Draw(t, "names")
		renamed := map[graph.ID]graph.ID{graph.Internet: graph.Internet}
		for i, place := range order {
			renamed[name(i+1)] = name(place)
		}
		other := graph.Batch{Scope: batch.Scope}
		for _, node := range batch.Nodes {
			node.ID = renamed[node.ID]
			other.Nodes = append(other.Nodes, node)
		}
		for _, edge := range batch.Edges {
			edge.From, edge.To = renamed[edge.From], renamed[edge.To]
			edge.Requires = slices.Clone(edge.Requires)
			for i := range edge.Requires {
				edge.Requires[i] = renamed[edge.Requires[i]]
			}
			other.Edges = append(other.Edges, edge)
		}
		first, a := packedOf(t, batch)
		second, b := packedOf(t, other)
		one, two := newSearch(a), newSearch(b)
		start, _ := first.Find(graph.Internet)
		one.local([]uint32{uint32(start)})
		start, _ = second.Find(graph.Internet)
		two.local([]uint32{uint32(start)})
		for i := range graph.Index(first.Len()) {
			j, _ := second.Find(renamed[first.ID(i)])
			if one.states[i].cost != two.states[j].cost {
				t.Fatalf("%s costs %d, renamed %d", first.ID(i), one.states[i].cost, two.states[j].cost)
			}
		}
	})
}

// A path is given exactly for the pairs that an oracle reaches, proven where a proven one exists, and every fix holds when its
// edges are really removed.
func TestPathsAndFixesAgainstTheOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		batch := randomBatch(t, shape{nodes: 7, edges: 14, requires: 1, doubt: true})
		snapshot, _ := packedOf(t, batch)
		config := randomConfig(t, snapshot)
		if len(config.Entries) == 0 {
			config.Entries = []graph.ID{graph.Internet}
		}
		document := analyzed(t, snapshot, config)
		oracle := newOracle(snapshot)
		proven := slices.DeleteFunc(slices.Clone(oracle.edges), func(edge graph.Edge) bool { return edge.Verdict != graph.Proven })
		given := map[[2]graph.ID]Path{}
		for _, path := range document.Paths {
			given[[2]graph.ID{path.Entry, path.Target}] = path
		}
		pairs := 0
		for _, entry := range config.Entries {
			for jewel := range config.Jewels {
				path, shown := given[[2]graph.ID{entry, jewel}]
				reached := oracle.gains(oracle.edges, entry, jewel)
				if reached != shown {
					t.Fatalf("%s to %s: reached %v, shown %v", entry, jewel, reached, shown)
				}
				if !shown {
					continue
				}
				pairs++
				if certain := oracle.gains(proven, entry, jewel); certain && path.Verdict != "proven" {
					t.Fatalf("%s to %s is %s although a proven path exists", entry, jewel, path.Verdict)
				}
				checkFix(t, oracle, path)
			}
		}
		if pairs != len(document.Paths) {
			t.Fatalf("%d paths for %d pairs", len(document.Paths), pairs)
		}
	})
}

// gains tells whether an entry reaches a jewel, alone or with an outsider's help that is needed.
func (oracle oracle) gains(edges []graph.Edge, entry, jewel graph.ID) bool {
	if entry == jewel {
		return false
	}
	alone := oracle.held(edges, entry)[jewel]
	return alone || oracle.held(edges, entry, graph.Internet)[jewel] && !oracle.held(edges, graph.Internet)[jewel]
}

func checkFix(t rapid.TB, oracle oracle, path Path) {
	if path.Fix == nil {
		t.Fatalf("%s has no fix", path.ID)
	}
	step := path.Steps[path.Fix.Step]
	left := slices.DeleteFunc(slices.Clone(oracle.edges), func(edge graph.Edge) bool {
		if path.Fix.Cause != "" {
			return edge.Cause == path.Fix.Cause
		}
		return edge.Cause == "" && edge.From == step.From && edge.To == step.To && edge.Kind == step.Kind && edge.Technique == step.Technique &&
			slices.Equal(edge.Requires, step.Requires)
	})
	if len(left) == len(oracle.edges) {
		t.Fatalf("the fix of %s removes nothing", path.ID)
	}
	if closed := !oracle.gains(left, path.Entry, path.Target); closed != path.Fix.Closes {
		t.Fatalf("%s: the fix closes: %v, walked again: %v", path.ID, path.Fix.Closes, closed)
	}
}

// The first choke point removes as much as the best of all causes does when each is tried in full.
func TestTheFirstChokepointIsTheBestSingleChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		batch := randomBatch(t, shape{nodes: 7, edges: 14, requires: 1})
		for i := range batch.Edges {
			batch.Edges[i].Cause = rapid.SampledFrom([]graph.Cause{"rule:a", "rule:b", "rule:c", "rule:d"}).Draw(t, "cause")
		}
		snapshot, _ := packedOf(t, batch)
		config := randomConfig(t, snapshot)
		document := analyzed(t, snapshot, config)
		risk := func(document *Document) (sum float64) {
			for _, path := range document.Paths {
				sum += path.Risk
			}
			return sum
		}
		before, best := risk(document), 0.0
		_, edges := snapshot.All()
		all := slices.Collect(edges)
		for _, cause := range []graph.Cause{"rule:a", "rule:b", "rule:c", "rule:d"} {
			left := batch
			left.Edges = slices.DeleteFunc(slices.Clone(all), func(edge graph.Edge) bool { return edge.Cause == cause })
			smaller, err := graph.NewSnapshot(1, left)
			if err != nil {
				t.Fatal(err)
			}
			best = max(best, before-risk(analyzed(t, smaller, config)))
		}
		if len(document.Chokepoints) == 0 {
			if best > 1e-9 {
				t.Fatalf("no choke point, although a change removes %g", best)
			}
			return
		}
		if got := document.Chokepoints[0].RiskRemoved; got < best-1e-4 || got > best+1e-4 {
			t.Fatalf("the first choke point removes %g, the best change %g", got, best)
		}
	})
}

func TestEscalationsAgainstTheOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		batch := randomBatch(t, shape{nodes: 7, edges: 14, requires: 1, doubt: true})
		snapshot, _ := packedOf(t, batch)
		oracle := newOracle(snapshot)
		document := analyzed(t, snapshot, Config{Likelihood: testLikelihood})
		given := map[[2]graph.ID]Escalation{}
		for _, escalation := range document.Escalations {
			given[[2]graph.ID{escalation.Principal, escalation.Target}] = escalation
		}
		root := batch.Nodes[len(batch.Nodes)-1].ID
		for _, principal := range batch.Nodes[:len(batch.Nodes)-1] {
			for _, target := range batch.Nodes {
				escalation, shown := given[[2]graph.ID{principal.ID, target.ID}]
				reached := oracle.gains(oracle.edges, principal.ID, target.ID)
				if principal.ID != graph.Internet && target.ID == root && shown != reached {
					t.Fatalf("%s administers: shown %v, reached %v", principal.ID, shown, reached)
				}
				if shown && (!reached || escalation.Admin != (target.ID == root)) {
					t.Fatalf("%s to %s: shown as %+v, reached %v", principal.ID, target.ID, escalation, reached)
				}
				if !shown && reached && !oracle.held(oracle.edges, principal.ID, graph.Internet)[root] {
					t.Fatalf("%s to %s is missing", principal.ID, target.ID)
				}
			}
		}
	})
}

func TestAnyEntryGivesOneBestPathForEachJewel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		snapshot, _ := packedOf(t, randomBatch(t, shape{nodes: 8, edges: 20}))
		config := randomConfig(t, snapshot)
		all := analyzed(t, snapshot, config)
		config.AnyEntry = true
		one := analyzed(t, snapshot, config)
		best := map[graph.ID]int{}
		for _, path := range all.Paths {
			best[path.Target]++
		}
		if len(best) != len(one.Paths) {
			t.Fatalf("%d jewels are reached, %d paths given", len(best), len(one.Paths))
		}
	})
}
