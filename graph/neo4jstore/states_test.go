package neo4jstore_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/storetest"
	"github.com/inroad-security/inroad/internal/neo4jserver"
)

// states gives the batches of a numbered state: three scopes of sizes that come and go, and one that is written every third time
// only, larger than a chunk now and then.
func states(number int) []graph.Batch {
	text := strconv.Itoa(number)
	batches := []graph.Batch{
		{Scope: "aws/111111111111/global/iam", Nodes: []graph.Node{{ID: "number", Kind: "Counter", Props: graph.Props{"is": int64(number)}}}},
		{Scope: "aws/111111111111/eu-west-1/ec2"},
	}
	for i := range 50 + number*37%200 {
		id := graph.ID("instance/" + strconv.Itoa((number*11+i)%300))
		batches[1].Nodes = append(batches[1].Nodes, graph.Node{ID: id, Kind: "AWSInstance", Props: graph.Props{"name": strings.Repeat(text, 8)}})
		batches[1].Edges = append(batches[1].Edges, graph.Edge{From: id, To: "number", Kind: "RUNS_AS", Cause: graph.Cause("config:" + text)})
	}
	if number%3 == 0 {
		batches = append(batches, graph.Batch{Scope: "derived/attack", Nodes: []graph.Node{
			{ID: "large", Kind: "Thing", Props: graph.Props{"text": strings.Repeat(text+" ", 1<<(10+number%11)), "number": int64(number)}},
		}})
	}
	return batches
}

// stateDump is the dump of a store to which the states from 0 to number were applied.
func stateDump(t testing.TB, number int) string {
	t.Helper()
	batches := states(number - number%3)[2:]
	snapshot, err := graph.NewSnapshot(0, append(batches, states(number)[:2]...)...)
	if err != nil {
		t.Fatal(err)
	}
	return storetest.Dump(snapshot)
}

// wantWhole asserts that the store holds a whole state, as new as what was acknowledged, and that the database shows it unless it
// says that it does not. State n is revision n+1.
func wantWhole(t *testing.T, server *neo4jserver.Server, acknowledged int) (number int) {
	t.Helper()
	store := opened(t, server)
	snapshot := newest(t, store)
	number = int(snapshot.Revision()) - 1
	if number < acknowledged || number > acknowledged+1 {
		t.Fatalf("state %d is there after %d was acknowledged", number, acknowledged)
	}
	if got := storetest.Dump(snapshot); number >= 0 && got != stateDump(t, number) {
		t.Fatalf("state %d is not as it was applied:\n%.2000s", number, got)
	}
	if rows := ask(t, server, "MATCH (head:_InroadHead) RETURN head._graph", nil); rows[0][0] == "whole" {
		wantSeen(t, server, store)
	}
	return number
}
