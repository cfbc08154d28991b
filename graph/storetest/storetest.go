// Package storetest is the conformance suite of graph.Store. A store is one when it passes Run, whole: there is no
// list of tests to skip.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/graph"
)

// Open opens the store that lives in the directory: an empty one the first time, and the same one every time after.
// It fails the test when it cannot.
type Open func(t *testing.T, directory string) graph.Store

// Run runs the whole suite. Every test has stores of its own, one after the other: a new directory is asked for only when the
// store before it is closed, so that a server with one database can be tested too.
func Run(t *testing.T, open Open) {
	for _, test := range []struct {
		name string
		run  func(t *testing.T, open Open)
	}{
		{"an empty store is revision 0 and holds nothing", emptyStore},
		{"what was applied is there after reopening", reopening},
		{"a batch replaces its scope and no other", replacement},
		{"a node that another scope holds survives", sharedNodes},
		{"an edge across scopes ends at a stub until the real node comes", stubs},
		{"several batches are applied together", severalBatches},
		{"one scope twice in one call is applied twice, in order", scopeTwice},
		{"nothing is applied when one batch is invalid", invalidBatches},
		{"an incomplete batch only adds", incompleteBatches},
		{"each change is one revision", revisions},
		{"what changes nothing makes no revision", unchanged},
		{"an older revision is as it was, or not found", olderRevisions},
		{"a snapshot stays as it was", snapshotsStay},
		{"a cancelled call leaves no trace", cancelled},
		{"cancelling in the middle leaves all or nothing", cancelledMidway},
		{"readers see whole revisions while others write", concurrency},
		{"values come back as they were", values},
		{"content is equal in whatever order it comes", anyOrder},
		{"any script leaves what a plain model holds", scripts},
		{"a closed store says so, and closes twice", closing},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, open) })
	}
}

// Dump writes all that a snapshot holds, but for its revision's number, as text that is equal for equal content.
func Dump(snapshot *graph.Snapshot) string {
	var out strings.Builder
	for _, status := range snapshot.Scopes() {
		fmt.Fprintf(&out, "scope %s %s %q of %q nodes=%d edges=%d\n",
			status.Scope, status.Collected.UTC().Format("2006-01-02T15:04:05.999999999"), status.Incomplete, status.Basis, status.Nodes, status.Edges)
	}
	nodes, edges := snapshot.All()
	for node := range nodes {
		fmt.Fprintln(&out, nodeText(node))
	}
	for edge := range edges {
		fmt.Fprintln(&out, edgeText(edge))
	}
	return out.String()
}

func nodeText(node graph.Node) string {
	return fmt.Sprintf("node %q %s stub=%t %s", node.ID, node.Kind, node.Stub, propsText(node.Props))
}

func edgeText(edge graph.Edge) string {
	return fmt.Sprintf("edge %q -[%s %s %q]-> %q %s cause=%q evidence=%q %s", edge.From, edge.Kind, edge.Technique, edge.Requires, edge.To,
		edge.Verdict, edge.Cause, edge.Evidence, propsText(edge.Props))
}

func propsText(props graph.Props) string {
	if len(props) == 0 {
		return "{}"
	}
	return fmt.Sprintf("%#v", map[string]any(props)) // maps print in the order of their keys
}

// opened gives the store of the test's only directory, closed when the test ends.
func opened(t *testing.T, open Open) graph.Store {
	t.Helper()
	store := open(t, t.TempDir())
	t.Cleanup(func() { mustClose(t, store) })
	return store
}

func mustClose(t *testing.T, store graph.Store) {
	t.Helper()
	if err := store.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
}

func mustApply(t *testing.T, store graph.Store, batches ...graph.Batch) graph.Revision {
	t.Helper()
	revision, err := store.Apply(context.Background(), batches...)
	if err != nil {
		t.Fatalf("apply: %v", err)
	}
	return revision
}

func newest(t *testing.T, store graph.Store) *graph.Snapshot {
	t.Helper()
	snapshot, err := store.Snapshot(context.Background(), 0)
	if err != nil {
		t.Fatalf("newest snapshot: %v", err)
	}
	return snapshot
}

// wantIDs asserts which nodes a snapshot holds.
func wantIDs(t *testing.T, snapshot *graph.Snapshot, want ...graph.ID) {
	t.Helper()
	var got []graph.ID
	nodes, _ := snapshot.All()
	for node := range nodes {
		got = append(got, node.ID)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("the nodes are %v, want %v", got, want)
	}
}

func wantNode(t *testing.T, snapshot *graph.Snapshot, want graph.Node) {
	t.Helper()
	at, found := snapshot.Find(want.ID)
	if !found {
		t.Fatalf("node %q is not there", want.ID)
	}
	if got := nodeText(snapshot.Node(at)); got != nodeText(want) {
		t.Fatalf("got  %s\nwant %s", got, nodeText(want))
	}
}

func wantDump(t *testing.T, snapshot *graph.Snapshot, want string) {
	t.Helper()
	if got := Dump(snapshot); got != want {
		t.Fatalf("got:\n%s\nwant:\n%s", got, want)
	}
}

func wantError(t *testing.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Fatalf("got error %v, want one that is %v", got, want)
	}
}

// batch is a short way to write one: an edge for each pair of ids.
func batch(scope graph.Scope, nodes []graph.Node, edges ...[2]graph.ID) graph.Batch {
	made := graph.Batch{Scope: scope, Nodes: nodes}
	for _, ends := range edges {
		made.Edges = append(made.Edges, graph.Edge{From: ends[0], To: ends[1], Kind: "KNOWS"})
	}
	return made
}

func things(ids ...graph.ID) []graph.Node {
	nodes := make([]graph.Node, len(ids))
	for i, id := range ids {
		nodes[i] = graph.Node{ID: id, Kind: "Thing"}
	}
	return nodes
}
