package neo4jstore_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/neo4jstore"
	"github.com/inroad-security/inroad/graph/storetest"
	"github.com/inroad-security/inroad/graph/view"
	"github.com/inroad-security/inroad/internal/neo4jserver"
)

// seen gives the graph as the database shows it to anybody, one line for each node and relationship.
func seen(t testing.TB, server *neo4jserver.Server) string {
	t.Helper()
	var lines []string
	for _, row := range ask(t, server, "MATCH (n:Entity) RETURN n.id, labels(n), properties(n)", nil) {
		labels := row[1].([]any)
		slices.SortFunc(labels, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
		lines = append(lines, fmt.Sprintf("%q %v %#v", row[0], labels, row[2]))
	}
	for _, row := range ask(t, server, "MATCH (a)-[r]->(b) RETURN a.id, b.id, type(r), properties(r)", nil) {
		lines = append(lines, fmt.Sprintf("%q -> %q %v %#v", row[0], row[1], row[2], row[3]))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// wanted gives what seen must give.
func wanted(snapshot *graph.Snapshot) string {
	var lines []string
	nodes, edges := snapshot.All()
	for node := range nodes {
		props := view.NodeProps(node)
		lines = append(lines, fmt.Sprintf("%q %v %#v", props["id"], view.Labels(node.Kind), props))
	}
	for edge := range edges {
		from, to := view.NodeProps(graph.Node{ID: edge.From})["id"], view.NodeProps(graph.Node{ID: edge.To})["id"]
		lines = append(lines, fmt.Sprintf("%q -> %q %v %#v", from, to, edge.Kind, view.EdgeProps(edge)))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func wantSeen(t testing.TB, server *neo4jserver.Server, store *neo4jstore.Store) {
	t.Helper()
	if got, want := seen(t, server), wanted(newest(t, store)); got != want {
		t.Fatalf("the database shows:\n%.3000s\nwant:\n%.3000s", got, want)
	}
}

func TestTheDatabaseShowsTheNewestRevisionAfterAnyScript(t *testing.T) {
	server := server(t)
	for name, together := range map[string]int{"in one transaction": 1 << 20, "in several": 3} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(r *rapid.T) {
				wipe(t, server)
				store := open(t, server)
				defer func() { _ = store.Close() }()
				store.SetTogether(together)
				for _, step := range rapid.SliceOfN(rapid.SliceOfN(storetest.Batches(), 1, 3), 1, 3).Draw(r, "script") {
					if _, err := store.Apply(context.Background(), step...); err != nil {
						r.Fatalf("apply: %v", err)
					}
					if got, want := seen(t, server), wanted(newest(t, store)); got != want {
						r.Fatalf("the database shows:\n%s\nwant:\n%s", got, want)
					}
				}
			})
		})
	}
}
