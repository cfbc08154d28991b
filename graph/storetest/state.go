package storetest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/inroad-security/inroad/graph"
)

func severalBatches(t *testing.T, open Open) {
	store := opened(t, open)
	revision := mustApply(t, store, batch(iam, things("a")), batch(ec2, things("b")), batch(s3, things("c")))
	snapshot := newest(t, store)
	wantIDs(t, snapshot, "a", "b", "c")
	if snapshot.Revision() != revision {
		t.Fatalf("the newest revision is %d and the one applied %d", snapshot.Revision(), revision)
	}
}

func scopeTwice(t *testing.T, open Open) {
	store := opened(t, open)
	partly := batch(iam, things("c"))
	partly.Incomplete = []string{"throttled"}
	mustApply(t, store, batch(iam, things("a")), batch(iam, things("b")), partly)
	wantIDs(t, newest(t, store), "b", "c")
}

func invalidBatches(t *testing.T, open Open) {
	for name, invalid := range map[string]graph.Batch{
		"no scope":                    {Nodes: things("z")},
		"a scope of one word":         {Scope: "iam", Nodes: things("z")},
		"a scope with a line break":   {Scope: "aws/1/\n", Nodes: things("z")},
		"a node without an id":        {Scope: s3, Nodes: things("z", "")},
		"a node without a kind":       {Scope: s3, Nodes: []graph.Node{{ID: "z"}}},
		"an edge without an end":      batch(s3, things("z"), [2]graph.ID{"z", ""}),
		"an empty requirement":        {Scope: s3, Edges: []graph.Edge{{From: "z", To: "y", Kind: "K", Requires: []graph.ID{""}}}},
		"a verdict beyond the three":  {Scope: s3, Edges: []graph.Edge{{From: "z", To: "y", Kind: "K", Verdict: graph.Unknown + 1}}},
		"a node's value of no type":   {Scope: s3, Nodes: []graph.Node{{ID: "z", Kind: "K", Props: graph.Props{"x": 1}}}},
		"an edge's value of no type":  {Scope: s3, Edges: []graph.Edge{{From: "z", To: "y", Kind: "K", Props: graph.Props{"x": []int{1}}}}},
		"two kinds for one node":      {Scope: s3, Nodes: []graph.Node{{ID: "z", Kind: "K"}, {ID: "z", Kind: "L"}}},
		"an incomplete batch as well": {Scope: s3, Nodes: things(""), Incomplete: []string{"denied"}},
	} {
		t.Run(name, func(t *testing.T) {
			store := opened(t, open)
			revision := mustApply(t, store, batch(iam, things("a")))
			want := Dump(newest(t, store))
			_, err := store.Apply(context.Background(), batch(iam, things("b")), invalid, batch(ec2, things("c")))
			wantError(t, err, graph.ErrInvalid)
			wantDump(t, newest(t, store), want)
			if now := mustApply(t, store); now != revision {
				t.Fatalf("revision %d became %d", revision, now)
			}
		})
	}
}

func revisions(t *testing.T, open Open) {
	store := opened(t, open)
	last := mustApply(t, store)
	if last != 0 {
		t.Fatalf("applying nothing to an empty store made revision %d", last)
	}
	for i := range 5 {
		revision := mustApply(t, store, batch(iam, things(graph.ID(strconv.Itoa(i)))), batch(s3, things("x")))
		if revision != last+1 {
			t.Fatalf("revision %d follows %d", revision, last)
		}
		if now := mustApply(t, store); now != revision {
			t.Fatalf("applying nothing to revision %d gives %d", revision, now)
		}
		if now := newest(t, store).Revision(); now != revision {
			t.Fatalf("the newest snapshot is of revision %d, want %d", now, revision)
		}
		last = revision
	}
}

func unchanged(t *testing.T, open Open) {
	store := opened(t, open)
	content := batch(iam, things("a", "b"), [2]graph.ID{"a", "b"}, [2]graph.ID{"b", "a"})
	shuffled := batch(iam, things("b", "a"), [2]graph.ID{"b", "a"}, [2]graph.ID{"a", "b"})
	revision := mustApply(t, store, content)
	if again := mustApply(t, store, content, shuffled); again != revision {
		t.Fatalf("the same batch made revision %d of %d", again, revision)
	}
	later := content
	later.Collected = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	if next := mustApply(t, store, later); next != revision+1 {
		t.Fatalf("a batch collected later made revision %d of %d", next, revision)
	}
	if next := mustApply(t, store, later, batch(s3, things("c"))); next != revision+2 {
		t.Fatalf("a new scope beside an unchanged one made revision %d of %d", next, revision+1)
	}
}

func olderRevisions(t *testing.T, open Open) {
	store := opened(t, open)
	dumps := map[graph.Revision]string{}
	for i := range 6 {
		other := iam
		if i%2 == 1 {
			other = ec2
		}
		revision := mustApply(t, store, batch(other, things(graph.ID(strconv.Itoa(i)))), batch(s3, things("x")))
		dumps[revision] = Dump(newest(t, store))
	}
	last := newest(t, store).Revision()
	for revision, want := range dumps {
		snapshot, err := store.Snapshot(context.Background(), revision)
		if errors.Is(err, graph.ErrNotFound) && revision != last {
			continue
		}
		if err != nil {
			t.Fatalf("revision %d: %v", revision, err)
		}
		if snapshot.Revision() != revision {
			t.Fatalf("asked for revision %d, got %d", revision, snapshot.Revision())
		}
		wantDump(t, snapshot, want)
	}
	_, err := store.Snapshot(context.Background(), last+1)
	wantError(t, err, graph.ErrNotFound)
}

func snapshotsStay(t *testing.T, open Open) {
	store := opened(t, open)
	mustApply(t, store, batch(iam, things("a", "b"), [2]graph.ID{"a", "b"}))
	before := newest(t, store)
	want := Dump(before)
	for i := range 4 {
		mustApply(t, store, batch(iam, things(graph.ID(strconv.Itoa(i)))))
		newest(t, store)
	}
	wantDump(t, before, want)
}

func cancelled(t *testing.T, open Open) {
	store := opened(t, open)
	mustApply(t, store, batch(iam, things("a")))
	want := Dump(newest(t, store))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := store.Apply(ctx, batch(iam, things("b")))
	wantError(t, err, context.Canceled)
	_, err = store.Apply(ctx)
	wantError(t, err, context.Canceled)
	_, err = store.Snapshot(ctx, 0)
	wantError(t, err, context.Canceled)
	wantDump(t, newest(t, store), want)
}

func cancelledMidway(t *testing.T, open Open) {
	store := opened(t, open)
	mustApply(t, store, batch(iam, things("a")))
	for i := range 12 {
		before := newest(t, store)
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(i*i)*40*time.Microsecond)
		nodes := make([]graph.Node, 0, 200)
		for n := range 200 {
			nodes = append(nodes, graph.Node{ID: graph.ID(fmt.Sprintf("%d/%d", i, n)), Kind: "Thing"})
		}
		revision, err := store.Apply(ctx, batch(iam, nodes), batch(ec2, nodes))
		cancel()
		switch after := newest(t, store); {
		case err == nil && (after.Revision() != revision || after.Len() != len(nodes)):
			t.Fatalf("revision %d was applied; the newest is %d with %d nodes", revision, after.Revision(), after.Len())
		case err != nil:
			wantError(t, err, context.DeadlineExceeded)
			wantDump(t, after, Dump(before))
		}
	}
}

func concurrency(t *testing.T, open Open) {
	store := opened(t, open)
	const writers, rounds, readers = 3, 10, 4
	numbered := func(scope graph.Scope, number int64) graph.Batch {
		return batch(scope, []graph.Node{{ID: graph.ID(scope), Kind: "Thing", Props: graph.Props{"number": number}}})
	}
	mustApply(t, store, numbered(iam, 0), numbered(s3, 0))
	var writing, reading sync.WaitGroup
	done := make(chan struct{})
	for writer := range writers {
		writing.Go(func() {
			for round := range rounds {
				number := int64(writer*rounds + round + 1)
				if _, err := store.Apply(context.Background(), numbered(iam, number), numbered(s3, number)); err != nil {
					t.Errorf("writer %d: %v", writer, err)
				}
			}
		})
	}
	for range readers {
		reading.Go(func() {
			var last graph.Revision
			for running := true; running; {
				select {
				case <-done:
					running = false
				default:
				}
				snapshot, err := store.Snapshot(context.Background(), 0)
				if err != nil {
					t.Errorf("reader: %v", err)
					return
				}
				if snapshot.Len() != 2 || snapshot.Props(0).Whole("number") != snapshot.Props(1).Whole("number") {
					t.Errorf("a reader sees half a revision:\n%s", Dump(snapshot))
					return
				}
				if snapshot.Revision() < last {
					t.Errorf("a reader sees revision %d after %d", snapshot.Revision(), last)
					return
				}
				last = snapshot.Revision()
			}
		})
	}
	writing.Wait()
	close(done)
	reading.Wait()
	if revision := newest(t, store).Revision(); revision != 1+writers*rounds {
		t.Fatalf("%d changes made revision %d", 1+writers*rounds, revision)
	}
}

func closing(t *testing.T, open Open) {
	store := open(t, t.TempDir())
	mustApply(t, store, batch(iam, things("a")))
	snapshot := newest(t, store)
	want := Dump(snapshot)
	mustClose(t, store)
	mustClose(t, store)
	wantDump(t, snapshot, want)
	_, err := store.Apply(context.Background(), batch(iam, things("b")))
	wantError(t, err, fs.ErrClosed)
	_, err = store.Snapshot(context.Background(), 0)
	wantError(t, err, fs.ErrClosed)
}
