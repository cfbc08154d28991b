package boltstore_test

import (
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/storetest"
)

func TestMain(m *testing.M) {
	runChild()
	goleak.VerifyTestMain(m)
}

// states gives the batches of a numbered state: three scopes of sizes that come and go, one of them larger than a
// chunk now and then, and one that is written every third time only.
func states(number int) []graph.Batch {
	text := strconv.Itoa(number)
	batches := []graph.Batch{
		{Scope: "aws/111111111111/global/iam", Nodes: []graph.Node{{ID: "number", Kind: "Counter", Props: graph.Props{"is": int64(number)}}}},
		{Scope: "aws/111111111111/eu-west-1/ec2"},
	}
	for i := range 50 + number*37%400 {
		id := graph.ID("instance/" + text + "/" + strconv.Itoa(i))
		batches[1].Nodes = append(batches[1].Nodes, graph.Node{ID: id, Kind: "AWSInstance", Props: graph.Props{"name": strings.Repeat(text, 8)}})
		batches[1].Edges = append(batches[1].Edges, graph.Edge{From: id, To: "number", Kind: "RUNS_AS", Cause: graph.Cause("config:" + string(id))})
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
