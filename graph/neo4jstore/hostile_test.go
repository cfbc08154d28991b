package neo4jstore_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/neo4jstore"
	"github.com/inroad-security/inroad/graph/storetest"
)

// hostile are names that would do harm if they were part of a statement.
var hostile = []string{
	"`) DETACH DELETE n //", "X` SET n.admin = true //", "\\u0060) DETACH DELETE (n", "A:B|C", "a b", "'; MATCH (n) DETACH DELETE n; //", "$(row.labels)", "名/🗝", "\\", "\"",
}

func TestHostileNamesAreStoredInertly(t *testing.T) {
	server := server(t)
	store := opened(t, server)
	witness := graph.Batch{Scope: "aws/1/global/iam", Nodes: []graph.Node{{ID: "witness", Kind: "AWSRole"}}}
	batch := graph.Batch{Scope: "aws/2/global/iam"}
	for _, name := range hostile {
		batch.Nodes = append(batch.Nodes, graph.Node{ID: graph.ID(name), Kind: graph.NodeKind(name), Props: graph.Props{name: name}})
		batch.Edges = append(batch.Edges, graph.Edge{
			From: graph.ID(name), To: "witness", Kind: graph.EdgeKind(name), Technique: name, Requires: []graph.ID{graph.ID(name)},
			Props: graph.Props{name: name}, Cause: graph.Cause(name), Evidence: []graph.Evidence{{Kind: graph.Grant, Source: graph.ID(name), Detail: name}},
		})
	}
	apply(t, store, witness, batch)
	wantSeen(t, server, store)
	for i := range batch.Nodes { // changed, and another kind
		batch.Nodes[i].Props["more"] = int64(i)
		batch.Nodes[i].Kind += "x"
		batch.Edges[i].Cause = "other"
	}
	apply(t, store, batch)
	wantSeen(t, server, store)
	apply(t, store, graph.Batch{Scope: batch.Scope})
	wantSeen(t, server, store)
	if snapshot := newest(t, store); snapshot.Len() != 1 {
		t.Fatalf("what remains is:\n%s", storetest.Dump(snapshot))
	}
}

func TestNamesThatTheDatabaseCannotHoldAreRefused(t *testing.T) {
	server := server(t)
	store := opened(t, server)
	apply(t, store, graph.Batch{Scope: "aws/1/global/iam", Nodes: []graph.Node{{ID: "witness", Kind: "AWSRole"}}})
	before := storetest.Dump(newest(t, store))
	node := func(node graph.Node) graph.Batch {
		return graph.Batch{Scope: "aws/2/global/iam", Nodes: []graph.Node{node}}
	}
	edge := func(edge graph.Edge) graph.Batch {
		return graph.Batch{Scope: "aws/2/global/iam", Edges: []graph.Edge{edge}}
	}
	for name, test := range map[string]struct {
		batch graph.Batch
		says  string
	}{
		"a kind of the store's own":     {node(graph.Node{ID: "a", Kind: "_InroadHead", Props: graph.Props{"_name": "head"}}), "store's own"},
		"a kind with a zero byte":       {node(graph.Node{ID: "a", Kind: "A\x00B"}), "zero byte"},
		"an empty property":             {node(graph.Node{ID: "a", Kind: "A", Props: graph.Props{"": "x"}}), "empty"},
		"a property with a zero byte":   {node(graph.Node{ID: "a", Kind: "A", Props: graph.Props{"a\x00": "x"}}), "zero byte"},
		"an id too long to be found by": {node(graph.Node{ID: graph.ID(strings.Repeat("a", 9000)), Kind: "A"}), "shorten"},
		"an edge's kind with a zero":    {edge(graph.Edge{From: "a", To: "b", Kind: "A\x00"}), "zero byte"},
		"an edge's empty property":      {edge(graph.Edge{From: "a", To: "b", Kind: "A", Props: graph.Props{"": "x"}}), "empty"},
		"ids alike but for odd bytes":   {graph.Batch{Scope: "aws/2/global/iam", Nodes: []graph.Node{{ID: "a\xfe", Kind: "A"}, {ID: "a\xff", Kind: "A"}}}, "UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := store.Apply(context.Background(), test.batch)
			if !errors.Is(err, graph.ErrInvalid) || !strings.Contains(err.Error(), test.says) {
				t.Fatalf("got %v, want one that is invalid and says %q", err, test.says)
			}
			if after := storetest.Dump(newest(t, store)); after != before {
				t.Fatalf("the store became:\n%s", after)
			}
			wantSeen(t, server, store)
		})
	}
}

func TestADatabaseIsOneTenantsAndNobodyElses(t *testing.T) {
	server := server(t)
	ask(t, server, "CREATE (:Person {name: 'somebody'})", nil)
	refused := func(url, says string) {
		t.Helper()
		store, err := neo4jstore.Open(context.Background(), url, credentials)
		if err == nil {
			store.Close()
		}
		if !errors.Is(err, graph.ErrInvalid) || !strings.Contains(err.Error(), says) {
			t.Fatalf("%s: got %v, want one that is invalid and says %q", url, err, says)
		}
	}
	refused(server.URL(), "other data")
	if rows := ask(t, server, "MATCH (n) RETURN n.name", nil); len(rows) != 1 {
		t.Fatalf("a refused store changed the database: %v", rows)
	}
	wipe(t, server)
	acme, err := neo4jstore.Open(context.Background(), server.URL()+"?tenant=acme", credentials)
	if err != nil {
		t.Fatal(err)
	}
	defer acme.Close()
	apply(t, acme, graph.Batch{Scope: "aws/1/global/iam", Nodes: []graph.Node{{ID: "a", Kind: "AWSRole"}}})
	refused(server.URL(), `tenant "acme"`)
	refused(server.URL()+"?tenant=other", `tenant "acme"`)
	if snapshot := newest(t, acme); snapshot.Len() != 1 {
		t.Fatal("another tenant's opening changed the graph")
	}
}
