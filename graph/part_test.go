package graph_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/storetest"
)

func mustPack(t testing.TB, batch graph.Batch) *graph.Part {
	t.Helper()
	part, err := graph.Pack(batch)
	if err != nil {
		t.Fatal(err)
	}
	return part
}

func TestAPartIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		batch := storetest.Batches().Draw(r, "batch")
		part := mustPack(t, batch)
		data := string(part.Append(nil))
		opened, err := graph.OpenPart(data)
		if err != nil {
			r.Fatal(err)
		}
		if again := string(opened.Append(nil)); again != data {
			r.Fatalf("written again it is %q, and was %q", again, data)
		}
		if again := string(mustPack(t, opened.Batch()).Append(nil)); again != data {
			r.Fatalf("unpacked and packed it is %q, and was %q", again, data)
		}
		if got, want := opened.Status(), part.Status(); got.Scope != want.Scope || !got.Collected.Equal(want.Collected) ||
			!slices.Equal(got.Incomplete, want.Incomplete) || got.Basis != want.Basis || got.Nodes != want.Nodes || got.Edges != want.Edges {
			r.Fatalf("its status is %+v, and was %+v", got, want)
		}
		if opened.Digest() != part.Digest() {
			r.Fatal("its digest is another one")
		}
	})
}

func TestAPartIsTheSameInWhateverOrderABatchIs(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		batch := storetest.Batches().Draw(r, "batch")
		more := storetest.Batches().Draw(r, "more") // often of the same nodes and edges
		batch.Nodes, batch.Edges = append(batch.Nodes, more.Nodes...), append(batch.Edges, more.Edges...)
		want := string(mustPack(t, batch).Append(nil))
		batch.Nodes = rapid.Permutation(batch.Nodes).Draw(r, "nodes")
		batch.Edges = rapid.Permutation(batch.Edges).Draw(r, "edges")
		for i := range batch.Edges {
			batch.Edges[i].Requires = rapid.Permutation(batch.Edges[i].Requires).Draw(r, "requires")
		}
		if got := string(mustPack(t, batch).Append(nil)); got != want {
			r.Fatalf("in another order it is %q, and was %q", got, want)
		}
	})
}

func TestADigestIsOfTheContentAlone(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		batch := storetest.Batches().Draw(r, "batch")
		other := storetest.Batches().Draw(r, "other")
		other.Scope = batch.Scope
		alike := func(batch graph.Batch) string {
			batch.Collected, batch.Basis = time.Time{}, ""
			return string(mustPack(t, batch).Append(nil))
		}
		if same := mustPack(t, batch).Digest() == mustPack(t, other).Digest(); same != (alike(batch) == alike(other)) {
			r.Fatalf("equal digests: %t", same)
		}
		dated := batch
		dated.Collected, dated.Basis = time.Unix(7, 0), "another"
		if mustPack(t, dated).Digest() != mustPack(t, batch).Digest() {
			r.Fatal("when it was collected, and from what it was made, is not its content")
		}
	})
}

// sample is a part with a value of every type.
func sample(t testing.TB) string {
	return string(mustPack(t, graph.Batch{
		Scope: "aws/111111111111/global/iam", Incomplete: []string{"denied"},
		Nodes: []graph.Node{
			{ID: "a", Kind: "Thing", Props: graph.Props{"t": "x", "f": true, "g": false, "w": int64(-7), "n": 1.5, "l": []string{"y", "x"}}},
			{ID: "b", Kind: "Other", Stub: true},
			{ID: "c", Kind: graph.Stub, Stub: true, Props: graph.Props{"t": "z"}},
		},
		Edges: []graph.Edge{
			{From: "a", To: "b", Kind: "K"},
			{
				From: "a", To: "b", Kind: "L", Technique: "t", Requires: []graph.ID{"c", "d"}, Verdict: graph.Unknown, Cause: "cause",
				Evidence: []graph.Evidence{{Kind: graph.Gap, Source: "p", Locator: "0", Detail: "Why."}}, Props: graph.Props{"port": int64(22)},
			},
			{From: "b", To: "a", Kind: "K"},
		},
	}).Append(nil))
}

// openAndWalk opens bytes that may be anything and, if they are a part, reads all of it.
func openAndWalk(t testing.TB, data string) {
	part, err := graph.OpenPart(data)
	if err != nil {
		if !errors.Is(err, graph.ErrCorrupt) {
			t.Fatalf("%q: %v", data, err)
		}
		return
	}
	snapshot, err := graph.Join(0, part)
	if err != nil {
		t.Fatalf("%q: %v", data, err)
	}
	again, err := graph.OpenPart(string(part.Append(nil)))
	if err != nil {
		t.Fatalf("%q: written again: %v", data, err)
	}
	rejoined, err := graph.Join(0, again)
	if err != nil {
		t.Fatalf("%q: written again: %v", data, err)
	}
	if storetest.Dump(snapshot) != storetest.Dump(rejoined) {
		t.Fatalf("%q: written again it differs", data)
	}
}

func TestNoDamageToAPartPanics(t *testing.T) {
	whole := sample(t)
	for at := range whole {
		openAndWalk(t, whole[:at])
		for _, change := range []byte{1, 2, 4, 0x80, 0xff} {
			openAndWalk(t, whole[:at]+string([]byte{whole[at] ^ change})+whole[at+1:])
		}
	}
	for _, data := range []string{"", "\x01", "\x02", whole + "x", whole + whole, strings.Repeat("\xff", 64)} {
		if _, err := graph.OpenPart(data); !errors.Is(err, graph.ErrCorrupt) {
			t.Errorf("%q: %v", data, err)
		}
	}
}

func FuzzOpenPart(f *testing.F) {
	f.Add([]byte(sample(f)))
	for i := range 20 {
		f.Add(mustPack(f, storetest.Batches().Example(i)).Append(nil))
	}
	f.Fuzz(func(t *testing.T, data []byte) { openAndWalk(t, string(data)) })
}
