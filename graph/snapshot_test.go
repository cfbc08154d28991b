package graph_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func mustSnapshot(t testing.TB, batches ...graph.Batch) *graph.Snapshot {
	t.Helper()
	snapshot, err := graph.NewSnapshot(0, batches...)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

func TestSeveralScopesSpeakOfOneNode(t *testing.T) {
	const id graph.ID = "x"
	says := func(kind graph.NodeKind, stub bool, props graph.Props) graph.Node {
		return graph.Node{ID: id, Kind: kind, Stub: stub, Props: props}
	}
	for _, test := range []struct {
		name  string
		nodes []graph.Node // of the scopes a/0, a/1 …
		want  graph.Node
	}{
		{"one real node is as it is", []graph.Node{says("Role", false, graph.Props{"p": "1"})}, says("Role", false, graph.Props{"p": "1"})},
		{"one stub is as it is", []graph.Node{says("Role", true, graph.Props{"p": "1"})}, says("Role", true, graph.Props{"p": "1"})},
		{
			"a real node overrides a stub before it",
			[]graph.Node{says("Guess", true, graph.Props{"p": "guess", "q": "guess"}), says("Role", false, graph.Props{"p": "real"})},
			says("Role", false, graph.Props{"p": "real", "q": "guess"}),
		},
		{
			"a real node overrides a stub after it",
			[]graph.Node{says("Role", false, graph.Props{"p": "real"}), says("Guess", true, graph.Props{"p": "guess", "q": "guess"})},
			says("Role", false, graph.Props{"p": "real", "q": "guess"}),
		},
		{
			"of two real nodes the first goes before",
			[]graph.Node{says("Role", false, graph.Props{"p": "1"}), says("Role", false, graph.Props{"p": "2", "q": "2"})},
			says("Role", false, graph.Props{"p": "1", "q": "2"}),
		},
		{"of two kinds the first stands", []graph.Node{says("Host", false, nil), says("Instance", false, nil)}, says("Host", false, nil)},
		{"a stub of a kind tells more than one without", []graph.Node{says(graph.Stub, true, nil), says("Role", true, nil)}, says("Role", true, nil)},
		{"a node of the kind Stub is a stub", []graph.Node{says(graph.Stub, false, nil)}, says(graph.Stub, true, nil)},
		{"a node of the kind Stub yields to a real one", []graph.Node{says(graph.Stub, false, nil), says("Role", false, nil)}, says("Role", false, nil)},
	} {
		t.Run(test.name, func(t *testing.T) {
			var batches []graph.Batch
			for i, node := range test.nodes {
				batches = append(batches, graph.Batch{Scope: graph.Scope(fmt.Sprintf("a/%d", i)), Nodes: []graph.Node{node}})
			}
			slices.Reverse(batches)
			snapshot := mustSnapshot(t, batches...)
			if got := snapshot.Node(0); snapshot.Len() != 1 || fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Fatalf("%d nodes, the first %+v, want %+v", snapshot.Len(), got, test.want)
			}
		})
	}
}

func TestSeveralScopesSpeakOfOneEdge(t *testing.T) {
	grant := graph.Evidence{Kind: graph.Grant, Source: "p", Detail: "Allows it."}
	gap := graph.Evidence{Kind: graph.Gap, Source: "q", Detail: "Nobody knows."}
	weak := graph.Edge{From: "a", To: "b", Kind: "K", Verdict: graph.Possible, Cause: "weak", Evidence: []graph.Evidence{gap, grant}, Props: graph.Props{"p": "weak", "q": "weak"}}
	strong := graph.Edge{From: "a", To: "b", Kind: "K", Verdict: graph.Proven, Cause: "strong", Evidence: []graph.Evidence{grant}, Props: graph.Props{"p": "strong"}}
	want := graph.Edge{
		From: "a", To: "b", Kind: "K", Verdict: graph.Proven, Cause: "strong", Evidence: []graph.Evidence{grant, gap},
		Props: graph.Props{"p": "strong", "q": "weak"},
	}
	for _, order := range [][]graph.Edge{{weak, strong}, {strong, weak}} {
		apart := mustSnapshot(t, graph.Batch{Scope: "a/0", Edges: order[:1]}, graph.Batch{Scope: "a/1", Edges: order[1:]})
		together := mustSnapshot(t, graph.Batch{Scope: "a/0", Edges: order})
		extended, err := mustSnapshot(t, graph.Batch{Scope: "a/0", Edges: order[:1]}).With(graph.Batch{Scope: "a/1", Edges: order[1:]})
		if err != nil {
			t.Fatal(err)
		}
		for _, snapshot := range []*graph.Snapshot{apart, together, extended} {
			if got := snapshot.Edge(0); snapshot.Edges() != 1 || fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("%d edges, the first %+v, want %+v", snapshot.Edges(), got, want)
			}
		}
	}
}

func TestEdgesOfOtherIdentityAreParallel(t *testing.T) {
	snapshot := mustSnapshot(t, graph.Batch{Scope: "a/0", Edges: []graph.Edge{
		{From: "a", To: "b", Kind: "L"},
		{From: "a", To: "b", Kind: "K", Requires: []graph.ID{"y"}},
		{From: "a", To: "b", Kind: "K", Technique: "t"},
		{From: "a", To: "b", Kind: "K"},
		{From: "a", To: "b", Kind: "K", Requires: []graph.ID{"y", "x"}},
		{From: "a", To: "b", Kind: "K", Requires: []graph.ID{"x", "y", "x"}},
		{From: "b", To: "a", Kind: "K"},
	}})
	var got []string
	for e := range snapshot.Edges() {
		edge := snapshot.Edge(graph.EdgeIndex(e))
		got = append(got, fmt.Sprintf("%s>%s %s %s %v", edge.From, edge.To, edge.Kind, edge.Technique, edge.Requires))
	}
	want := []string{"a>b K  []", "a>b K  [x y]", "a>b K  [y]", "a>b K t []", "a>b L  []", "b>a K  []"}
	if !slices.Equal(got, want) {
		t.Fatalf("got  %q\nwant %q", got, want)
	}
}

func TestWhatOnlyEdgesNameIsAStub(t *testing.T) {
	snapshot := mustSnapshot(t, graph.Batch{Scope: "a/0", Nodes: []graph.Node{{ID: "b", Kind: "Thing"}}, Edges: []graph.Edge{
		{From: "a", To: "b", Kind: "K", Requires: []graph.ID{"c"}},
	}})
	if got := slices.Collect(snapshot.OfKind(graph.Stub, "Thing", "None")); !slices.Equal(got, []graph.Index{0, 2, 1}) {
		t.Fatalf("the stubs and then the things are %v", got)
	}
	if snapshot.Kind(2) != graph.Stub || !snapshot.Node(2).Stub || snapshot.Node(1).Stub {
		t.Fatalf("%+v %+v", snapshot.Node(2), snapshot.Node(1))
	}
}

func TestBatchesOfOneScopeAdd(t *testing.T) {
	early, late := time.Unix(1, 0), time.Unix(2, 0)
	snapshot := mustSnapshot(t,
		graph.Batch{Scope: "a/0", Nodes: []graph.Node{{ID: "a", Kind: "K"}}, Collected: late, Incomplete: []string{"y"}},
		graph.Batch{Scope: "a/0", Nodes: []graph.Node{{ID: "b", Kind: "K"}}, Collected: early, Incomplete: []string{"x", "y"}})
	status, _ := snapshot.Scope("a/0")
	if snapshot.Len() != 2 || len(snapshot.Scopes()) != 1 || status.Nodes != 2 || !status.Collected.Equal(early) || fmt.Sprint(status.Incomplete) != "[x y]" {
		t.Fatalf("%d nodes, %+v", snapshot.Len(), snapshot.Scopes())
	}
}

func TestASnapshotIsTheSameInWhateverOrderBatchesCome(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		batches := rapid.SliceOfNDistinct(storetest.Batches(), 0, 4, scopeOf).Draw(r, "batches")
		want := storetest.Dump(mustSnapshot(t, batches...))
		shuffled := rapid.Permutation(batches).Draw(r, "shuffled")
		if got := storetest.Dump(mustSnapshot(t, shuffled...)); got != want {
			r.Fatalf("got:\n%s\nwant:\n%s", got, want)
		}
	})
}

func scopeOf(batch graph.Batch) graph.Scope { return batch.Scope }

func TestTheIndexesAgreeWithTheEdges(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		snapshot := mustSnapshot(t, rapid.SliceOf(storetest.Batches()).Draw(r, "batches")...)
		var out, in []graph.EdgeIndex
		of := map[graph.NodeKind][]graph.Index{}
		for i := range graph.Index(snapshot.Len()) {
			if at, found := snapshot.Find(snapshot.ID(i)); !found || at != i {
				r.Fatalf("node %d is found at %d, %t", i, at, found)
			}
			of[snapshot.Kind(i)] = append(of[snapshot.Kind(i)], i)
			for e := range snapshot.Out(i) {
				if from, to := snapshot.Ends(e); from != i || !slices.Contains(slices.Collect(snapshot.Successors(i, snapshot.EdgeKind(e))), to) {
					r.Fatalf("edge %d leaves %d, not %d", e, from, i)
				}
				out = append(out, e)
			}
			for e := range snapshot.In(i) {
				if from, to := snapshot.Ends(e); to != i || !slices.Contains(slices.Collect(snapshot.Predecessors(i, snapshot.EdgeKind(e))), from) {
					r.Fatalf("edge %d enters %d, not %d", e, to, i)
				}
				in = append(in, e)
			}
		}
		slices.Sort(in)
		for e := range graph.EdgeIndex(snapshot.Edges()) {
			if out[e] != e || in[e] != e || snapshot.Verdict(e) != snapshot.Edge(e).Verdict {
				r.Fatalf("edge %d: out %v, in %v", e, out, in)
			}
		}
		for kind, members := range of {
			if got := slices.Collect(snapshot.OfKind(kind)); !slices.Equal(got, members) {
				r.Fatalf("of kind %s: %v, want %v", kind, got, members)
			}
		}
		if _, found := snapshot.Find("not there"); found {
			r.Fatal("a node is found that is not there")
		}
	})
}

func TestWithAddsABatchLast(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		batches := rapid.SliceOfNDistinct(storetest.Batches(), 1, 4, scopeOf).Draw(r, "batches")
		for i := range batches {
			for n := range batches[i].Nodes {
				if batches[i].Nodes[n].Stub {
					batches[i].Nodes[n].Props = nil // what is merged already no longer tells a stub's word from a real node's
				}
			}
		}
		last := len(batches) - 1
		batches[last].Scope = "z/last"
		base := mustSnapshot(t, batches[:last]...)
		before := storetest.Dump(base)
		extended, err := base.With(batches[last])
		if err != nil {
			r.Fatal(err)
		}
		if got, want := storetest.Dump(extended), storetest.Dump(mustSnapshot(t, batches...)); got != want {
			r.Fatalf("got:\n%s\nwant:\n%s", got, want)
		}
		if after := storetest.Dump(base); after != before {
			r.Fatalf("the receiver became:\n%s\nand was:\n%s", after, before)
		}
	})
}

func TestWithRefusesWhatIsInvalid(t *testing.T) {
	if _, err := mustSnapshot(t).With(graph.Batch{Scope: "a/0", Nodes: []graph.Node{{ID: "a"}}}); !errors.Is(err, graph.ErrInvalid) {
		t.Fatal(err)
	}
}

func TestWhatIsInvalidIsNamed(t *testing.T) {
	for says, batch := range map[string]graph.Batch{
		`node a: invalid: property "p": a value of type int`:    {Scope: "a/0", Nodes: []graph.Node{{ID: "a", Kind: "K", Props: graph.Props{"p": 1}}}},
		`edge a -[K]-> b: invalid: property "p": a value of ty`: {Scope: "a/0", Edges: []graph.Edge{{From: "a", To: "b", Kind: "K", Props: graph.Props{"p": nil}}}},
		`node a is given the kinds [K L]`:                       {Scope: "a/0", Nodes: []graph.Node{{ID: "a", Kind: "L"}, {ID: "a", Kind: "K"}}},
		`scope "a b/c"`:                                         {Scope: "a b/c"},
		`scope "a"`:                                             {Scope: "a"},
		`verdict 3`:                                             {Scope: "a/0", Edges: []graph.Edge{{From: "a", To: "b", Kind: "K", Verdict: 3}}},
	} {
		if _, err := graph.NewSnapshot(0, batch); !errors.Is(err, graph.ErrInvalid) || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want it to say %s", err, says)
		}
	}
}

func TestAConjunctionIsAsWeakAsItsWeakestPart(t *testing.T) {
	for _, test := range []struct{ a, b, want graph.Verdict }{
		{graph.Proven, graph.Proven, graph.Proven},
		{graph.Proven, graph.Possible, graph.Possible},
		{graph.Unknown, graph.Possible, graph.Unknown},
	} {
		if got := test.a.And(test.b); got != test.want || test.b.And(test.a) != test.want {
			t.Errorf("%s and %s is %s, want %s", test.a, test.b, got, test.want)
		}
	}
}
