package cypher

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/neo4jserver"
)

const (
	benchNodes  = 100_000
	benchEdges  = 500_000
	benchJewels = 100
	// warmUp is how often Neo4j is asked before it is measured, so that its code is compiled and its caches are full.
	warmUp = 200
)

// benchBatch is a graph of 100,000 nodes and 500,000 relationships between any two of them.
func benchBatch() graph.Batch {
	random := rand.New(rand.NewPCG(7, 7))
	batch := graph.Batch{Scope: "aws/111111111111/eu-west-1/bench"}
	id := func(i int) graph.ID {
		if i == 0 {
			return graph.Internet
		}
		return graph.ID(fmt.Sprintf("arn:aws:iam::111111111111:role/r%06d", i))
	}
	batch.Nodes = append(batch.Nodes, graph.Node{ID: graph.Internet, Kind: "Internet"})
	for i := 1; i < benchNodes; i++ {
		kind := kinds.AWSRole
		if i <= benchJewels {
			kind = kinds.AWSSecret
		}
		batch.Nodes = append(batch.Nodes, graph.Node{ID: id(i), Kind: kind, Props: graph.Props{"name": fmt.Sprintf("r%06d", i)}})
	}
	types := []graph.EdgeKind{kinds.CanAssume, kinds.CanRead, kinds.RunsAs, kinds.CanReach}
	for range benchEdges {
		batch.Edges = append(batch.Edges, graph.Edge{From: id(random.IntN(benchNodes)), To: id(random.IntN(benchNodes)), Kind: types[random.IntN(len(types))]})
	}
	return batch
}

// toEachJewel asks for the shortest path from the internet to each of the jewels, in one query.
const toEachJewel = "MATCH (a:Entity {id: 'internet'}), (b:AWSSecret) MATCH p = shortestPath((a)-[:CAN_ASSUME|CAN_READ|RUNS_AS|CAN_REACH*]->(b)) RETURN b.id AS jewel, length(p) AS length ORDER BY jewel"

// BenchmarkShortestPaths asks the embedded engine and, where its jars are, a real Neo4j that holds the same graph.
func BenchmarkShortestPaths(b *testing.B) {
	snapshot, err := graph.NewSnapshot(1, benchBatch())
	if err != nil {
		b.Fatal(err)
	}
	querier := Over(snapshot, nil)
	query := graph.Query{Text: toEachJewel}
	want, _, early, late := collect(querier, query) // no relationship may enter a jewel
	if early != nil || late != nil || len(want) < benchJewels*9/10 {
		b.Fatalf("%d rows, %v, %v", len(want), early, late)
	}
	runtime.GC() // of what the graph was made of
	b.Run("embedded", func(b *testing.B) {
		for b.Loop() {
			collect(querier, query)
		}
	})
	if os.Getenv(neo4jserver.Variable) == "" {
		return
	}
	twin := startTwin(b)
	for _, step := range []string{"CREATE INDEX ids IF NOT EXISTS FOR (n:Entity) ON (n.id)", "CALL db.awaitIndexes(300)"} {
		if _, err := twin.answer(step, nil); err != nil {
			b.Fatal(err)
		}
	}
	twin.load(b, snapshot)
	for range warmUp {
		if _, err := twin.answer(toEachJewel, nil); err != nil {
			b.Fatal(err)
		}
	}
	got, err := twin.answer(toEachJewel, nil)
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		b.Fatalf("Neo4j answers otherwise: %v, %d rows", err, len(got))
	}
	b.Run("Neo4j", func(b *testing.B) {
		for b.Loop() {
			if _, err := twin.answer(toEachJewel, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkTenAtOnce is ten searches of the same snapshot at a time.
func BenchmarkTenAtOnce(b *testing.B) {
	snapshot, err := graph.NewSnapshot(1, benchBatch())
	if err != nil {
		b.Fatal(err)
	}
	querier := Over(snapshot, nil)
	for b.Loop() {
		done := make(chan struct{})
		for range 10 {
			go func() {
				collect(querier, graph.Query{Text: toEachJewel})
				done <- struct{}{}
			}()
		}
		for range 10 {
			<-done
		}
	}
}
