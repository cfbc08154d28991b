package neo4jstore_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/boltstore"
	"github.com/inroad-security/inroad/graph/storetest"
	"github.com/inroad-security/inroad/graph/view"
	"github.com/inroad-security/inroad/internal/neo4jserver"
)

// BenchmarkEstate is one run on one server: other ways to write an estate's graph, then a store's life with it. Writing and reading are
// told in nanoseconds for each node and edge of the estate, so that a sample can be set beside the whole; what is measured once is
// measured as it is, since a second first load would not be one.
func BenchmarkEstate(b *testing.B) {
	server := server(b)
	size := 100_000
	if text := os.Getenv("INROAD_BENCH_NEO4J"); text != "" {
		size, _ = strconv.Atoi(text)
	}
	batches := storetest.Estate(size)
	snapshot, err := graph.NewSnapshot(0, batches...)
	if err != nil {
		b.Fatal(err)
	}
	elements := snapshot.Len() + snapshot.Edges()
	b.Logf("%d nodes, %d edges", snapshot.Len(), snapshot.Edges())
	sample := storetest.Estate(max(size/10, 1000))

	b.Run("a_transaction_for_each_row", func(b *testing.B) { plainly(b, server, storetest.Estate(200), 1, 1) })
	b.Run("a_statement_for_each_row", func(b *testing.B) { plainly(b, server, storetest.Estate(2000), 1, 2000) })
	b.Run("rows_in_batches", func(b *testing.B) { plainly(b, server, sample, 2000, 1) })

	wipe(b, server)
	store := open(b, server)
	defer func() { _ = store.Close() }()
	apply(b, store, graph.Batch{Scope: "none/none/none/none"}) // the schema is made, and the connection
	each := func(b *testing.B, work func()) {
		b.ResetTimer()
		work()
		b.StopTimer()
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(elements), "ns/op")
		b.ReportMetric(b.Elapsed().Seconds(), "s")
	}
	b.Run("first", func(b *testing.B) { each(b, func() { apply(b, store, batches...) }) })
	b.Run("unchanged", func(b *testing.B) { each(b, func() { apply(b, store, batches...) }) })
	b.Run("unchanged_by_another_process", func(b *testing.B) {
		other := open(b, server)
		defer other.Close()
		each(b, func() { apply(b, other, batches...) })
	})
	changed := slices.Clone(batches)
	for i := range changed {
		changed[i].Nodes, changed[i].Edges = slices.Clone(changed[i].Nodes), slices.Clone(changed[i].Edges)
		for n := 0; n < len(changed[i].Nodes); n += 100 {
			changed[i].Nodes[n].Props = graph.Props{"name": "changed"}
		}
		for e := 0; e < len(changed[i].Edges); e += 100 {
			changed[i].Edges[e].Cause = "config:changed"
		}
	}
	b.Run("one_percent_changed", func(b *testing.B) { each(b, func() { apply(b, store, changed...) }) })
	b.Run("snapshot", func(b *testing.B) {
		other := open(b, server)
		defer other.Close()
		done := storetest.Measure(b)
		each(b, func() { newest(b, other) })
		done()
	})
	b.Run("snapshot_of_the_embedded_store", func(b *testing.B) {
		embedded, err := boltstore.Open(filepath.Join(b.TempDir(), "inroad.db"), boltstore.Options{})
		if err != nil {
			b.Fatal(err)
		}
		defer embedded.Close()
		if _, err := embedded.Apply(context.Background(), changed...); err != nil {
			b.Fatal(err)
		}
		runtime.GC()
		each(b, func() {
			if _, err := embedded.Snapshot(context.Background(), 0); err != nil {
				b.Fatal(err)
			}
		})
	})
}

// plainly writes an estate's graph by the plainest statements, so many rows in each statement and so many statements in each
// transaction: MERGE one by one, or CREATE.
func plainly(b *testing.B, server *neo4jserver.Server, batches []graph.Batch, rows, statements int) {
	wipe(b, server)
	_ = open(b, server).Close() // for the index of ids, which both ways want
	wipe(b, server)
	driver, err := neo4j.NewDriverWithContext("bolt://"+server.Address(), neo4j.BasicAuth(neo4jserver.User, neo4jserver.Password, ""))
	if err != nil {
		b.Fatal(err)
	}
	defer driver.Close(context.Background())
	snapshot, err := graph.NewSnapshot(0, batches...)
	if err != nil {
		b.Fatal(err)
	}
	nodeStatement := "UNWIND $rows AS row CREATE (n:Entity) SET n = row"
	edgeStatement := "UNWIND $rows AS row MATCH (a:Entity {id: row.from}) MATCH (b:Entity {id: row.to}) CREATE (a)-[r:EDGE]->(b) SET r = row.props"
	if rows == 1 {
		nodeStatement = "UNWIND $rows AS row MERGE (n:Entity {id: row.id}) SET n = row"
		edgeStatement = "UNWIND $rows AS row MATCH (a:Entity {id: row.from}) MATCH (b:Entity {id: row.to}) MERGE (a)-[r:EDGE {technique: row.technique}]->(b) SET r = row.props"
	}
	var nodeRows, edgeRows []any
	nodes, edges := snapshot.All()
	for node := range nodes {
		nodeRows = append(nodeRows, view.NodeProps(node))
	}
	for edge := range edges {
		edgeRows = append(edgeRows, map[string]any{"from": string(edge.From), "to": string(edge.To), "technique": edge.Technique, "props": view.EdgeProps(edge)})
	}
	session := driver.NewSession(context.Background(), neo4j.SessionConfig{})
	defer session.Close(context.Background())
	send := func(statement string, all []any) {
		for pieces := range slices.Chunk(all, rows*statements) {
			_, err := session.ExecuteWrite(context.Background(), func(tx neo4j.ManagedTransaction) (any, error) {
				for piece := range slices.Chunk(pieces, rows) {
					result, err := tx.Run(context.Background(), statement, map[string]any{"rows": piece})
					if err != nil {
						return nil, err
					}
					if _, err := result.Consume(context.Background()); err != nil {
						return nil, err
					}
				}
				return nil, nil
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ResetTimer()
	send(nodeStatement, nodeRows)
	send(edgeStatement, edgeRows)
	b.StopTimer()
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(snapshot.Len()+snapshot.Edges()), "ns/op")
}
