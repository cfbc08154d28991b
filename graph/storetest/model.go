package storetest

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/inroad-security/inroad/graph"
	"pgregory.net/rapid"
)

// Batches generates small valid batches that often meet: few scopes, few ids, all types of value.
func Batches() *rapid.Generator[graph.Batch] {
	ids := rapid.SampledFrom([]graph.ID{"a", "b", "c", "d", "é/1", "é/2", graph.Internet})
	texts := rapid.SampledFrom([]string{"", "x", "y", "日本"})
	props := rapid.Custom(func(t *rapid.T) graph.Props {
		value := rapid.OneOf(
			rapid.Map(texts, func(text string) any { return text }), rapid.Map(rapid.Bool(), func(flag bool) any { return flag }),
			rapid.Map(rapid.Int64(), func(whole int64) any { return whole }), rapid.Map(rapid.Float64(), func(number float64) any { return number }),
			rapid.Map(rapid.SliceOfN(texts, 0, 3), func(list []string) any { return list }),
		)
		return rapid.MapOfN(rapid.SampledFrom([]string{"p", "q", "r"}), value, 0, 3).Draw(t, "props")
	})
	nodes := rapid.Custom(func(t *rapid.T) graph.Node {
		id := ids.Draw(t, "id")
		node := graph.Node{ID: id, Kind: graph.NodeKind("Kind" + strings.ToUpper(string(id[:1]))), Stub: rapid.Bool().Draw(t, "stub"), Props: props.Draw(t, "props")}
		if node.Stub && rapid.Bool().Draw(t, "bare") {
			node.Kind = graph.Stub
		}
		return node
	})
	evidence := rapid.Custom(func(t *rapid.T) graph.Evidence {
		return graph.Evidence{Kind: graph.Grant, Source: ids.Draw(t, "source"), Locator: texts.Draw(t, "locator"), Detail: texts.Draw(t, "detail")}
	})
	edges := rapid.Custom(func(t *rapid.T) graph.Edge {
		return graph.Edge{
			From: ids.Draw(t, "from"), To: ids.Draw(t, "to"), Kind: rapid.SampledFrom([]graph.EdgeKind{"K", "L"}).Draw(t, "kind"),
			Technique: rapid.SampledFrom([]string{"", "t"}).Draw(t, "technique"), Requires: rapid.SliceOfNDistinct(ids, 0, 2, rapid.ID).Draw(t, "requires"),
			Verdict: graph.Verdict(rapid.IntRange(0, 2).Draw(t, "verdict")), Cause: graph.Cause(texts.Draw(t, "cause")),
			Evidence: rapid.SliceOfNDistinct(evidence, 0, 2, rapid.ID).Draw(t, "evidence"), Props: props.Draw(t, "props"),
		}
	})
	return rapid.Custom(func(t *rapid.T) graph.Batch {
		made := graph.Batch{
			Scope: rapid.SampledFrom([]graph.Scope{iam, ec2, s3, "derived/all"}).Draw(t, "scope"),
			Nodes: rapid.SliceOfNDistinct(nodes, 0, 5, func(node graph.Node) graph.ID { return node.ID }).Draw(t, "nodes"),
			Edges: rapid.SliceOfNDistinct(edges, 0, 5, identity).Draw(t, "edges"),
		}
		if rapid.Bool().Draw(t, "incomplete") {
			made.Incomplete = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"denied", "throttled", "broken"}), 1, 2, rapid.ID).Draw(t, "reasons")
		}
		if rapid.Bool().Draw(t, "dated") {
			made.Collected = time.Unix(rapid.Int64Range(0, 3).Draw(t, "collected"), 0)
		}
		made.Basis = texts.Draw(t, "basis")
		return made
	})
}

func identity(edge graph.Edge) string {
	return fmt.Sprintf("%q %q %q %q %q", edge.From, edge.To, edge.Kind, edge.Technique, slices.Sorted(slices.Values(edge.Requires)))
}

// model holds a graph in the plainest way that obeys the rules.
type model struct {
	scopes   map[graph.Scope]graph.Batch
	revision graph.Revision
}

func (model *model) apply(batches ...graph.Batch) {
	before := model.dump()
	for _, batch := range batches {
		if held, ok := model.scopes[batch.Scope]; ok && len(batch.Incomplete) > 0 {
			batch.Nodes = merge(slices.Concat(batch.Nodes, held.Nodes), func(node graph.Node) string { return string(node.ID) }, mergeNodes)
			batch.Edges = merge(slices.Concat(batch.Edges, held.Edges), identity, mergeEdges)
		}
		model.scopes[batch.Scope] = batch
	}
	if model.dump() != before {
		model.revision++
	}
}

// merge folds what has one key, in the order of keys.
func merge[Item any](items []Item, key func(Item) string, fold func(same []Item) Item) []Item {
	byKey := map[string][]Item{}
	for _, item := range items {
		byKey[key(item)] = append(byKey[key(item)], item)
	}
	var merged []Item
	for _, name := range slices.Sorted(maps.Keys(byKey)) {
		merged = append(merged, fold(byKey[name]))
	}
	return merged
}

func mergeNodes(same []graph.Node) graph.Node {
	same = slices.Clone(same)
	slices.SortStableFunc(same, func(a, b graph.Node) int {
		switch {
		case a.Stub == b.Stub:
			return 0
		case b.Stub:
			return -1
		}
		return 1
	})
	merged := graph.Node{ID: same[0].ID, Kind: graph.Stub, Stub: same[0].Stub, Props: graph.Props{}}
	for _, node := range same {
		if merged.Kind == graph.Stub {
			merged.Kind = node.Kind
		}
		for name, value := range node.Props {
			if !merged.Props.Has(name) {
				merged.Props[name] = value
			}
		}
	}
	return merged
}

func mergeEdges(same []graph.Edge) graph.Edge {
	merged := same[0]
	for _, edge := range same[1:] {
		strong, weak := merged, edge
		if edge.Verdict < merged.Verdict {
			strong, weak = edge, merged
		}
		merged = strong
		merged.Evidence, merged.Props = slices.Clone(strong.Evidence), maps.Clone(strong.Props)
		for _, piece := range weak.Evidence {
			if !slices.Contains(merged.Evidence, piece) {
				merged.Evidence = append(merged.Evidence, piece)
			}
		}
		for name, value := range weak.Props {
			if !strong.Props.Has(name) {
				if merged.Props == nil {
					merged.Props = graph.Props{}
				}
				merged.Props[name] = value
			}
		}
	}
	return merged
}

// dump is what Dump gives of a snapshot with the model's content.
func (model *model) dump() string {
	var out strings.Builder
	var nodes []graph.Node
	var edges []graph.Edge
	for _, scope := range slices.Sorted(maps.Keys(model.scopes)) {
		batch := model.scopes[scope]
		known := 0
		for _, node := range batch.Nodes {
			if !node.Stub {
				known++
			}
		}
		fmt.Fprintf(&out, "scope %s %s %q of %q nodes=%d edges=%d\n", scope, batch.Collected.UTC().Format("2006-01-02T15:04:05.999999999"),
			slices.Sorted(slices.Values(batch.Incomplete)), batch.Basis, known, len(batch.Edges))
		nodes, edges = append(nodes, batch.Nodes...), append(edges, batch.Edges...)
	}
	for _, edge := range edges {
		for _, id := range append([]graph.ID{edge.From, edge.To}, edge.Requires...) {
			nodes = append(nodes, graph.Node{ID: id, Kind: graph.Stub, Stub: true})
		}
	}
	for _, node := range merge(nodes, func(node graph.Node) string { return string(node.ID) }, mergeNodes) {
		fmt.Fprintln(&out, nodeText(node))
	}
	merged := merge(edges, identity, mergeEdges)
	for i := range merged {
		merged[i].Requires = slices.Sorted(slices.Values(merged[i].Requires))
	}
	slices.SortFunc(merged, func(a, b graph.Edge) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Kind, b.Kind),
			cmp.Compare(a.Technique, b.Technique), slices.Compare(a.Requires, b.Requires))
	})
	for _, edge := range merged {
		fmt.Fprintln(&out, edgeText(edge))
	}
	return out.String()
}

func scripts(t *testing.T, open Open) {
	rapid.Check(t, func(r *rapid.T) {
		directory := t.TempDir()
		store := open(t, directory)
		defer func() { mustClose(t, store) }()
		want := model{scopes: map[graph.Scope]graph.Batch{}}
		for _, step := range rapid.SliceOfN(rapid.SliceOfN(Batches(), 0, 3), 1, 4).Draw(r, "script") {
			want.apply(step...)
			revision, err := store.Apply(context.Background(), step...)
			if err != nil {
				r.Fatalf("apply: %v", err)
			}
			if revision != want.revision {
				r.Fatalf("revision %d, want %d", revision, want.revision)
			}
			if rapid.IntRange(0, 3).Draw(r, "reopen") == 0 {
				mustClose(t, store)
				store = open(t, directory)
			}
			snapshot, err := store.Snapshot(context.Background(), 0)
			if err != nil {
				r.Fatalf("snapshot: %v", err)
			}
			if got := Dump(snapshot); got != want.dump() {
				r.Fatalf("got:\n%s\nwant:\n%s", got, want.dump())
			}
		}
	})
}

func anyOrder(t *testing.T, open Open) {
	random := rand.New(rand.NewPCG(1, 2))
	scopes := []graph.Scope{iam, ec2, s3, "derived/all"}
	var batches []graph.Batch
	for i, scope := range scopes {
		made := graph.Batch{Scope: scope}
		for n := range 60 {
			id := graph.ID(fmt.Sprintf("node/%d", (n*7+i*13)%80))
			made.Nodes = append(made.Nodes, graph.Node{ID: id, Kind: "Thing", Stub: n%3 == i%3, Props: graph.Props{"from": string(scope), fmt.Sprint(n % 5): int64(i)}})
			made.Edges = append(made.Edges, graph.Edge{
				From: id, To: graph.ID(fmt.Sprintf("node/%d", n)), Kind: "KNOWS", Verdict: graph.Verdict((n + i) % 3),
				Cause: graph.Cause(scope), Evidence: []graph.Evidence{{Kind: graph.Grant, Source: id, Detail: fmt.Sprint(n % 2)}},
			})
		}
		batches = append(batches, made)
	}
	var want string
	for range 5 {
		random.Shuffle(len(batches), func(i, j int) { batches[i], batches[j] = batches[j], batches[i] })
		for _, batch := range batches {
			random.Shuffle(len(batch.Nodes), func(i, j int) { batch.Nodes[i], batch.Nodes[j] = batch.Nodes[j], batch.Nodes[i] })
			random.Shuffle(len(batch.Edges), func(i, j int) { batch.Edges[i], batch.Edges[j] = batch.Edges[j], batch.Edges[i] })
		}
		for _, together := range []bool{true, false} {
			got := dumpAfter(t, open, batches, together)
			if want == "" {
				want = got
			}
			if got != want {
				t.Fatalf("together = %t: got:\n%s\nwant:\n%s", together, got, want)
			}
		}
	}
}

// dumpAfter gives what a new store holds after batches came in one call or one by one.
func dumpAfter(t *testing.T, open Open, batches []graph.Batch, together bool) string {
	t.Helper()
	store := open(t, t.TempDir())
	defer mustClose(t, store)
	if together {
		mustApply(t, store, batches...)
	} else {
		for _, batch := range batches {
			mustApply(t, store, batch)
		}
	}
	return Dump(newest(t, store))
}
