package storetest

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/inroad-security/inroad/graph"
)

const (
	iam graph.Scope = "aws/111111111111/global/iam"
	ec2 graph.Scope = "aws/111111111111/eu-west-1/ec2"
	s3  graph.Scope = "aws/222222222222/global/s3"
)

func emptyStore(t *testing.T, open Open) {
	snapshot := newest(t, opened(t, open))
	if snapshot.Revision() != 0 || snapshot.Len() != 0 || snapshot.Edges() != 0 || len(snapshot.Scopes()) != 0 {
		t.Fatalf("revision %d holds:\n%s", snapshot.Revision(), Dump(snapshot))
	}
	if _, found := snapshot.Scope(iam); found {
		t.Fatal("a scope is there that nobody collected")
	}
}

func reopening(t *testing.T, open Open) {
	directory := t.TempDir()
	store := open(t, directory)
	revision := mustApply(t, store, batch(iam, things("a", "b"), [2]graph.ID{"a", "b"}))
	want := Dump(newest(t, store))
	mustClose(t, store)
	store = open(t, directory)
	defer mustClose(t, store)
	snapshot := newest(t, store)
	wantDump(t, snapshot, want)
	if snapshot.Revision() != revision {
		t.Fatalf("revision %d was %d before the store was closed", snapshot.Revision(), revision)
	}
	if next := mustApply(t, store, batch(s3, things("c"))); next <= revision {
		t.Fatalf("revision %d comes after %d", next, revision)
	}
}

func replacement(t *testing.T, open Open) {
	store := opened(t, open)
	mustApply(t, store, batch(iam, things("a", "b", "c"), [2]graph.ID{"a", "b"}, [2]graph.ID{"b", "c"}), batch(ec2, things("x")))
	mustApply(t, store, batch(iam, things("a", "d"), [2]graph.ID{"a", "d"}))
	wantIDs(t, newest(t, store), "a", "d", "x")
	if edges := newest(t, store).Edges(); edges != 1 {
		t.Fatalf("%d edges remain, want 1", edges)
	}
	mustApply(t, store, graph.Batch{Scope: iam})
	snapshot := newest(t, store)
	wantIDs(t, snapshot, "x")
	if status, found := snapshot.Scope(iam); !found || !status.Complete() || status.Nodes != 0 {
		t.Fatalf("a scope that was read and is empty has the status %+v, %t", status, found)
	}
}

func sharedNodes(t *testing.T, open Open) {
	store := opened(t, open)
	iamSays := graph.Node{ID: "role", Kind: "AWSRole", Props: graph.Props{"name": "from iam", "path": "/"}}
	ec2Says := graph.Node{ID: "role", Kind: "AWSRole", Props: graph.Props{"name": "from ec2", "used": true}}
	mustApply(t, store, batch(iam, []graph.Node{iamSays}))
	mustApply(t, store, batch(ec2, []graph.Node{ec2Says}))
	// eu-west-1 goes before global.
	wantNode(t, newest(t, store), graph.Node{ID: "role", Kind: "AWSRole", Props: graph.Props{"name": "from ec2", "path": "/", "used": true}})
	mustApply(t, store, graph.Batch{Scope: ec2})
	wantNode(t, newest(t, store), iamSays)
	mustApply(t, store, graph.Batch{Scope: iam})
	wantIDs(t, newest(t, store))
}

func stubs(t *testing.T, open Open) {
	store := opened(t, open)
	trust := graph.Edge{From: "role", To: "bucket", Kind: "CAN_READ", Technique: "s3-read", Requires: []graph.ID{"key"}}
	mustApply(t, store, graph.Batch{Scope: iam, Nodes: things("role"), Edges: []graph.Edge{trust}})
	snapshot := newest(t, store)
	wantIDs(t, snapshot, "bucket", "key", "role")
	for _, id := range []graph.ID{"bucket", "key"} {
		wantNode(t, snapshot, graph.Node{ID: id, Kind: graph.Stub, Stub: true})
	}
	mustApply(t, store, batch(ec2, []graph.Node{{ID: "bucket", Kind: "AWSBucket", Stub: true, Props: graph.Props{"name": "guess", "seen": true}}}))
	wantNode(t, newest(t, store), graph.Node{ID: "bucket", Kind: "AWSBucket", Stub: true, Props: graph.Props{"name": "guess", "seen": true}})
	mustApply(t, store, batch(s3, []graph.Node{{ID: "bucket", Kind: "AWSBucket", Props: graph.Props{"name": "real"}}}))
	wantNode(t, newest(t, store), graph.Node{ID: "bucket", Kind: "AWSBucket", Props: graph.Props{"name": "real", "seen": true}})
	mustApply(t, store, graph.Batch{Scope: s3}, graph.Batch{Scope: ec2})
	wantNode(t, newest(t, store), graph.Node{ID: "bucket", Kind: graph.Stub, Stub: true})
	mustApply(t, store, graph.Batch{Scope: iam})
	wantIDs(t, newest(t, store))
}

func incompleteBatches(t *testing.T, open Open) {
	store := opened(t, open)
	held := batch(iam, []graph.Node{{ID: "a", Kind: "Thing", Props: graph.Props{"old": true, "both": "old"}}, {ID: "b", Kind: "Thing"}}, [2]graph.ID{"a", "b"})
	mustApply(t, store, held)
	partly := batch(iam, []graph.Node{{ID: "a", Kind: "Thing", Props: graph.Props{"both": "new"}}, {ID: "c", Kind: "Thing"}}, [2]graph.ID{"a", "c"})
	partly.Incomplete = []string{"iam:ListUsers: access denied", "iam:GetRole: throttled"}
	mustApply(t, store, partly)
	snapshot := newest(t, store)
	wantIDs(t, snapshot, "a", "b", "c")
	wantNode(t, snapshot, graph.Node{ID: "a", Kind: "Thing", Props: graph.Props{"old": true, "both": "new"}})
	status, _ := snapshot.Scope(iam)
	if status.Complete() || len(status.Incomplete) != 2 || status.Incomplete[0] != "iam:GetRole: throttled" || status.Nodes != 3 || status.Edges != 2 {
		t.Fatalf("after an incomplete batch the status is %+v", status)
	}
	mustApply(t, store, batch(iam, things("c")))
	snapshot = newest(t, store)
	wantIDs(t, snapshot, "c")
	if status, _ := snapshot.Scope(iam); !status.Complete() {
		t.Fatalf("a complete batch left the reasons %q", status.Incomplete)
	}
	first := batch(s3, things("x"))
	first.Incomplete = []string{"s3:ListBuckets: access denied"}
	mustApply(t, store, first)
	snapshot = newest(t, store)
	wantIDs(t, snapshot, "c", "x")
	if status, _ := snapshot.Scope(s3); status.Complete() {
		t.Fatal("a scope whose first batch is incomplete counts as complete")
	}
}

func values(t *testing.T, open Open) {
	store := opened(t, open)
	large := strings.Repeat("0123456789abcdef", 3<<16) // 3 MiB
	node := graph.Node{ID: "größe/名前/\x00\xff 🗝", Kind: "Thing", Props: graph.Props{
		"text": "zwölf ⟂ \x00", "empty": "", "large": large, "yes": true, "no": false, "least": int64(math.MinInt64), "most": int64(math.MaxInt64),
		"tiny": math.SmallestNonzeroFloat64, "infinite": math.Inf(-1), "list": []string{"b", "", "a", "b"}, "none": []string{}, "名": "name",
	}}
	edge := graph.Edge{
		From: node.ID, To: "b", Kind: "CAN_READ", Technique: "t-1", Requires: []graph.ID{"k", "größe"}, Verdict: graph.Possible,
		Cause: "statement:p#0", Evidence: []graph.Evidence{
			{Kind: graph.Grant, Source: "p", Locator: "0", Detail: "Erlaubt „alles“."}, {Kind: graph.Gap, Source: "q", Detail: large},
		}, Props: graph.Props{"port": int64(22)},
	}
	collected := time.Date(2026, 2, 3, 4, 5, 6, 789, time.FixedZone("", 3600))
	mustApply(t, store, graph.Batch{Scope: iam, Nodes: []graph.Node{node}, Edges: []graph.Edge{edge}, Collected: collected})
	snapshot := newest(t, store)
	wantNode(t, snapshot, node)
	edge.Requires = []graph.ID{"größe", "k"} // a set, given in order
	if got := edgeText(snapshot.Edge(0)); got != edgeText(edge) {
		t.Fatalf("got  %.2000s\nwant %.2000s", got, edgeText(edge))
	}
	if status, _ := snapshot.Scope(iam); !status.Collected.Equal(collected) {
		t.Fatalf("collected %s, want %s", status.Collected, collected)
	}
	mustApply(t, store, batch(s3, things("x")))
	if status, _ := newest(t, store).Scope(s3); !status.Collected.IsZero() {
		t.Fatalf("collected %s where the source does not say", status.Collected)
	}
}
