package cypher_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/cypher"
)

// clique is a graph in which every node reaches every other: it has more paths than anyone can count.
func clique(t testing.TB, nodes int) graph.Querier {
	t.Helper()
	batch := graph.Batch{Scope: "aws/111111111111/eu-west-1/clique"}
	for i := range nodes {
		batch.Nodes = append(batch.Nodes, graph.Node{ID: graph.ID(fmt.Sprintf("n%d", i)), Kind: "AWSRole", Props: graph.Props{"n": int64(i)}})
		for j := range nodes {
			if i != j {
				batch.Edges = append(batch.Edges, graph.Edge{From: graph.ID(fmt.Sprintf("n%d", i)), To: graph.ID(fmt.Sprintf("n%d", j)), Kind: "CAN_ASSUME"})
			}
		}
	}
	snapshot, err := graph.NewSnapshot(1, batch)
	if err != nil {
		t.Fatal(err)
	}
	return cypher.Over(snapshot, nil)
}

func TestAQueryThatWouldExplodeStopsAtItsLimitWhichIsNamed(t *testing.T) {
	querier := clique(t, 30)
	for _, test := range []struct {
		query  string
		limits graph.QueryLimits
		want   string
	}{
		{"MATCH (a)-[*]->(b) RETURN count(*)", graph.QueryLimits{Work: 100_000}, "work: more than 100000"},
		{"MATCH (a)-[*]->(b) RETURN count(*)", graph.QueryLimits{Time: 20 * time.Millisecond}, "time: the query ran longer than 20ms"},
		{"MATCH (a)-->(b) RETURN a.id, b.id", graph.QueryLimits{Rows: 10}, "rows: the answer has more than 10"},
		{"MATCH (a), (b), (c), (d), (e) RETURN a, b, c, d, e ORDER BY a.n + b.n", graph.QueryLimits{}, "memory: the query keeps more than"},
		{"MATCH (a), (b), (c), (d), (e) RETURN collect([a, b, c, d, e])", graph.QueryLimits{}, "memory: the query keeps more than"},
		{"MATCH (a), (b), (c), (d), (e) WITH DISTINCT a, b, c, d, e RETURN count(*)", graph.QueryLimits{}, "memory: the query keeps more than"},
		{"MATCH (a), (b), (c), (d), (e) RETURN a, b, c, d, e, count(*)", graph.QueryLimits{}, "memory: the query keeps more than"},
		{"RETURN size(range(1, 1000000000))", graph.QueryLimits{}, "memory: the query keeps more than"},
		{"RETURN reduce(s = 'abcdefgh', x IN range(1, 60) | s + s)", graph.QueryLimits{}, "memory: the query keeps more than"},
		{"RETURN reduce(l = [1], x IN range(1, 60) | l + l)", graph.QueryLimits{}, "memory: the query keeps more than"},
		{"RETURN reduce(l = [1], x IN range(1, 60) | [l, l])", graph.QueryLimits{}, "memory: the query keeps more than"},
		// A node is little while it is kept and much when it is shown.
		{"UNWIND range(1, 100000) AS x MATCH (a) RETURN collect(a)", graph.QueryLimits{}, "memory: the query keeps more than"},
		{"UNWIND range(1, 100000) AS x MATCH (a) RETURN {all: [collect(a)]}", graph.QueryLimits{}, "memory: the query keeps more than"},
		{"UNWIND range(1, 100000) AS x MATCH (a) RETURN count(DISTINCT a), size(collect(a))", graph.QueryLimits{}, ""},
		{"RETURN size([x IN range(1, 3000000) | {a: x}])", graph.QueryLimits{}, "memory: the query keeps more than"},
		{"MATCH (a {id: 'n0'}) RETURN size([(a)-[*1..4]->(b) | properties(b)])", graph.QueryLimits{}, "memory: the query keeps more than"},
		{"RETURN size(split(reduce(s = 'abcdefgh', x IN range(1, 21) | s + s), ''))", graph.QueryLimits{}, "memory: the query keeps more than"},
		{"UNWIND range(1, 1000000) AS x UNWIND range(1, 1000000) AS y RETURN count(*)", graph.QueryLimits{Work: 1_000_000}, "work: more than 1000000"},
		{"MATCH p = shortestPath((a {id: 'n0'})-[*]->(b {id: 'n1'})) WHERE length(p) > 40 RETURN p", graph.QueryLimits{Work: 1_000_000}, "work: more than 1000000"},
		{"MATCH (a) WHERE (a)-[*]->(:Internet) RETURN a.id", graph.QueryLimits{Work: 1_000_000}, ""},
		{"MATCH (a {id: 'n0'})-[*]->(b) RETURN count(DISTINCT b)", graph.QueryLimits{Work: 1_000_000}, ""},
	} {
		_, err := ask(querier, graph.Query{Text: test.query, Limits: test.limits})
		if test.want == "" {
			if err != nil {
				t.Errorf("%s: %v", test.query, err)
			}
			continue
		}
		if !errors.Is(err, graph.ErrLimit) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s\ngives %v; want ErrLimit that says %q", test.query, err, test.want)
		}
	}
}

func TestTheRowsBeforeALimitStand(t *testing.T) {
	got, err := ask(clique(t, 5), graph.Query{Text: "MATCH (a) RETURN a.id", Limits: graph.QueryLimits{Rows: 2}})
	if got != "n0\nn1" || !errors.Is(err, graph.ErrLimit) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestAContextThatEndsStopsAQuery(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	rows, err := clique(t, 30).Query(ctx, graph.Query{Text: "MATCH (a)-[*]->(b) RETURN count(*)"})
	if err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(10*time.Millisecond, cancel)
	defer timer.Stop()
	for _, err := range rows.All {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("it ends with %v", err)
		}
	}
	if ctx.Err() == nil {
		t.Error("it ended by itself")
	}
}

func TestAReaderThatBreaksOffIsGivenNoMore(t *testing.T) {
	rows, err := clique(t, 5).Query(context.Background(), graph.Query{Text: "MATCH (a) RETURN a.id ORDER BY a.id UNION ALL MATCH (a) RETURN a.id"})
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for range rows.All {
		if count++; count == 2 {
			break
		}
	}
	if count != 2 {
		t.Errorf("%d rows", count)
	}
}

func TestTenAtOnceDoNotDisturbOneAnother(t *testing.T) {
	querier := clique(t, 12)
	query := graph.Query{Text: "MATCH p = allShortestPaths((a {id: 'n0'})-[*]->(b)) WHERE a <> b MATCH (b)-[*1..2]->(c) RETURN b.id, count(c) AS c ORDER BY b.id"}
	want, err := ask(querier, query)
	if err != nil || want == "" {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 10 {
		group.Go(func() {
			for range 5 {
				if got, err := ask(querier, query); err != nil || got != want {
					t.Errorf("%v: %s", err, got)
				}
			}
		})
	}
	group.Wait()
}
