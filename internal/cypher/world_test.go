package cypher_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/cypher"
)

// world is a small estate: internet reaches a, a reads b, b reads c, and c runs as a.
func world(t testing.TB) graph.Querier {
	t.Helper()
	snapshot, err := graph.NewSnapshot(1, graph.Batch{
		Scope: "aws/111111111111/eu-west-1/test",
		Nodes: []graph.Node{
			{ID: "internet", Kind: "Internet"},
			{ID: "a", Kind: "AWSSecret", Props: graph.Props{"name": "x", "n": int64(3)}},
			{ID: "b", Kind: "AWSSecret", Props: graph.Props{"n": int64(1), "tags": []string{"k=v"}}},
			{ID: "c", Kind: "AWSRole"},
		},
		Edges: []graph.Edge{
			{From: "internet", To: "a", Kind: "CAN_REACH"},
			{From: "a", To: "b", Kind: "CAN_READ", Technique: "t"},
			{From: "b", To: "c", Kind: "CAN_READ"},
			{From: "c", To: "a", Kind: "RUNS_AS"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return cypher.Over(snapshot, func() time.Time { return time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC) })
}

// ask gives an answer as text, a row a line.
func ask(querier graph.Querier, query graph.Query) (string, error) {
	rows, err := querier.Query(context.Background(), query)
	if err != nil {
		return "", err
	}
	var lines []string
	for row, err := range rows.All {
		if err != nil {
			return strings.Join(lines, "\n"), err
		}
		lines = append(lines, strings.Trim(fmt.Sprint(row), "[]"))
	}
	return strings.Join(lines, "\n"), nil
}

func TestASnapshotIsAskedInCypher(t *testing.T) {
	querier := world(t)
	for _, test := range []struct{ query, want string }{
		{"MATCH (n) RETURN n.id, labels(n)[0] AS l ORDER BY n.id DESC LIMIT 2", "internet Entity\nc AWSRole"},
		{"MATCH (n:DataStore) WHERE n.n > 0 RETURN count(*) AS c, sum(n.n) AS s, max(n.id) AS m", "2 4 b"},
		{"MATCH (n {id: $id})-[r]->(m) RETURN m.id, type(r), r.verdict, r.technique", "b CAN_READ proven t"},
		{"MATCH (a {id: 'internet'})-[*1..4]->(b) RETURN b.id", "a\nb\nc\na"},
		{"MATCH (a {id: 'internet'})-[*]->(b) RETURN DISTINCT b.id", "a\nb\nc"},
		{"MATCH p = shortestPath((a {id: 'internet'})-[:CAN_REACH|CAN_READ*]->(b {id: 'c'})) RETURN reduce(s = '', x IN nodes(p) | s + x.id) AS s", "internetabc"},
		{"MATCH p = shortestPath((a {id: 'internet'})-[:CAN_READ*]->(b {id: 'c'})) RETURN p", ""},
		{"MATCH (a) OPTIONAL MATCH (a)-[:RUNS_AS]->(b) RETURN a.id, b.id ORDER BY a.id", "a <nil>\nb <nil>\nc a\ninternet <nil>"},
		{"MATCH (a) WHERE EXISTS { (a)-[:CAN_READ]->(b) WHERE b.id <> 'c' } RETURN a.id, COUNT { (a)--() } AS d", "a 3"},
		{"MATCH (a:AWSRole|Internet&!DataStore) RETURN a.id ORDER BY a.id", "c\ninternet"},
		{"MATCH (a) CALL (a) { MATCH (a)-->(b) RETURN count(b) AS c } RETURN a.id, c ORDER BY a.id", "a 1\nb 1\nc 1\ninternet 1"},
		{"UNWIND [1, 2, 3] AS x WITH x WHERE x > 1 RETURN x UNION ALL RETURN 5 AS x", "2\n3\n5"},
		{"MATCH (a)-[r]->(b) WHERE (b)-[:RUNS_AS]->() RETURN a.id", "b"},
		{"MATCH (a {id: 'b'}) RETURN a.tags[0] AS t, a.missing AS m", "k=v <nil>"},
	} {
		got, err := ask(querier, graph.Query{Text: test.query, Params: map[string]any{"id": "a"}})
		if err != nil || got != test.want {
			t.Errorf("%s\ngives %q, %v; want %q", test.query, got, err, test.want)
		}
	}
}

func TestWhatCannotBeRunIsRefusedBeforeTheFirstRow(t *testing.T) {
	querier := world(t)
	for _, test := range []struct{ query, want string }{
		{"MATCH (n) SET n.a = 1", "SET, which writes: not supported on the embedded store"},
		{"CALL db.labels()", "not supported on the embedded store; supported on Neo4j"},
		{"MATCH ((a)-->(b))+ RETURN a", "quantified path pattern: not supported"},
		{"RETURN apoc.version()", "apoc.version: not supported"},
		{"RETURN foo(1)", "unknown function 'foo'"},
		{"MATCH (n) RETURN m", "line 1, column 18: variable `m` not defined"},
		{"MATCH (n) RETURN $missing", "$missing is not given"},
		{"MATCH (n) RETURN n.a + count(*)", "grouping key"},
		{"MATCH (n)\nRETURN n n", "line 2, column 10"},
	} {
		_, err := querier.Query(context.Background(), graph.Query{Text: test.query})
		if !errors.Is(err, graph.ErrInvalid) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s\ngives %v; want ErrInvalid that says %q", test.query, err, test.want)
		}
	}
}
