package graph_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/storetest"
)

// drawn gives the places of some of the ids that a snapshot holds.
func drawn(snapshot *graph.Snapshot, ids map[graph.ID]bool) []graph.Index {
	var nodes []graph.Index
	for i := range graph.Index(snapshot.Len()) {
		if ids[snapshot.ID(i)] {
			nodes = append(nodes, i)
		}
	}
	return nodes
}

func choice(r *rapid.T, snapshot *graph.Snapshot) map[graph.ID]bool {
	ids := map[graph.ID]bool{}
	for i := range graph.Index(snapshot.Len()) {
		if rapid.Bool().Draw(r, "taken") {
			ids[snapshot.ID(i)] = true
		}
	}
	return ids
}

func joined(t *rapid.T, batches []graph.Batch) *graph.Snapshot {
	snapshot, err := graph.NewSnapshot(1, batches...)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

func TestACutIsTheNodesAndWhatLiesBetweenThem(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		whole := joined(r, rapid.SliceOfN(storetest.Batches(), 1, 4).Draw(r, "batches"))
		ids := choice(r, whole)
		cut := whole.Cut(drawn(whole, ids), nil)
		var want strings.Builder
		for _, line := range strings.SplitAfter(storetest.Dump(whole), "\n") {
			if named := namedIn(line); named != nil && !slices.ContainsFunc(named, func(id graph.ID) bool { return !ids[id] }) {
				want.WriteString(line)
			}
		}
		if got := storetest.Dump(cut); got != want.String() {
			r.Fatalf("got:\n%s\nwant:\n%s", got, want.String())
		}
		for i := range graph.Index(cut.Len()) {
			if at, found := cut.Find(cut.ID(i)); !found || at != i {
				r.Fatalf("%s is not found", cut.ID(i))
			}
			for e := range cut.In(i) {
				if _, to := cut.Ends(e); to != i {
					r.Fatal("an edge enters another node than it says")
				}
			}
		}
	})
}

// namedIn gives the ends of an edge, or the node, that a line of a dump is about; nil for a scope.
func namedIn(line string) []graph.ID {
	words := strings.Split(line, `"`)
	switch {
	case strings.HasPrefix(line, "node "):
		return []graph.ID{graph.ID(words[1])}
	case strings.HasPrefix(line, "edge "):
		_, rest, _ := strings.Cut(line, "]-> \"")
		to, _, _ := strings.Cut(rest, `"`)
		return []graph.ID{graph.ID(words[1]), graph.ID(to)}
	}
	return nil
}

func TestEqualFingerprintsAreEqualCuts(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		batches := rapid.SliceOfN(storetest.Batches(), 1, 4).Draw(r, "batches")
		before := joined(r, batches)
		edited := slices.Clone(batches)
		at := rapid.IntRange(0, len(edited)-1).Draw(r, "at")
		switch rapid.IntRange(0, 4).Draw(r, "edit") {
		case 0:
			edited[at] = storetest.Batches().Draw(r, "other")
		case 1:
			edited[at].Nodes = edited[at].Nodes[:len(edited[at].Nodes)/2]
		case 2:
			edited[at].Edges = edited[at].Edges[:len(edited[at].Edges)/2]
		case 3:
			edited = append(edited, storetest.Batches().Draw(r, "more"))
		}
		after := joined(r, edited)
		ids := choice(r, before)
		one, other := drawn(before, ids), drawn(after, ids)
		cuts := storetest.Dump(before.Cut(one, nil)) == storetest.Dump(after.Cut(other, nil))
		if before.Fingerprint(one) == after.Fingerprint(other) && !cuts {
			r.Fatalf("one fingerprint for\n%s\nand\n%s", storetest.Dump(before.Cut(one, nil)), storetest.Dump(after.Cut(other, nil)))
		}
		if again := joined(r, batches); again.Fingerprint(drawn(again, ids)) != before.Fingerprint(one) {
			r.Fatal("two fingerprints for one cut")
		}
	})
}

func TestOfScopesIsWhatTheySay(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		batches := rapid.SliceOfN(storetest.Batches(), 1, 4).Draw(r, "batches")
		derived := func(batch graph.Batch) bool { return strings.HasPrefix(string(batch.Scope), "derived/") }
		got, err := joined(r, batches).Of(func(scope graph.Scope) bool { return !derived(graph.Batch{Scope: scope}) })
		if err != nil {
			r.Fatal(err)
		}
		want := joined(r, slices.DeleteFunc(slices.Clone(batches), derived))
		if storetest.Dump(got) != storetest.Dump(want) {
			r.Fatalf("got:\n%s\nwant:\n%s", storetest.Dump(got), storetest.Dump(want))
		}
	})
}
