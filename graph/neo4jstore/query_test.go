package neo4jstore_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/neo4jstore"
)

// world gives a store that holds a small estate.
func world(t *testing.T) *neo4jstore.Store {
	t.Helper()
	store := opened(t, server(t))
	apply(t, store, graph.Batch{
		Scope: "aws/1/global/all",
		Nodes: []graph.Node{
			{ID: graph.Internet, Kind: kinds.InternetKind},
			{ID: "host", Kind: kinds.AWSInstance, Props: graph.Props{"name": "jump", "tags": []string{"a=b"}}},
			{ID: "role", Kind: kinds.AWSRole, Props: graph.Props{"name": "deployer"}},
		},
		Edges: []graph.Edge{
			{From: graph.Internet, To: "host", Kind: kinds.CanReach, Technique: "reach", Evidence: []graph.Evidence{{Kind: graph.Grant, Source: "sg", Detail: "open"}}},
			{From: "host", To: "role", Kind: kinds.RunsAs, Technique: "profile", Verdict: graph.Possible},
		},
	})
	return store
}

func rows(t *testing.T, store *neo4jstore.Store, query graph.Query) (columns []string, all [][]any, err error) {
	t.Helper()
	answer, err := store.Query(context.Background(), query)
	if err != nil {
		return nil, nil, err
	}
	for row, err := range answer.All {
		if err != nil {
			return answer.Columns, all, err
		}
		all = append(all, row)
	}
	return answer.Columns, all, nil
}

func TestQueriesAnswerInTheGraphsOwnTypes(t *testing.T) {
	store := world(t)
	host := graph.Vertex{ID: "host", Labels: []string{"AWSInstance", "Entity", "Workload"}, Props: map[string]any{"id": "host", "name": "jump", "tags": []any{"a=b"}}}
	role := graph.Vertex{ID: "role", Labels: []string{"AWSRole", "Entity", "Principal"}, Props: map[string]any{"id": "role", "name": "deployer"}}
	runs := graph.Relation{From: "host", To: "role", Type: kinds.RunsAs, Props: map[string]any{"technique": "profile", "verdict": "possible"}}
	reach := graph.Relation{From: "internet", To: "host", Type: kinds.CanReach, Props: map[string]any{"technique": "reach", "verdict": "proven", "evidence": []any{"grant: sg: open"}}}
	for text, want := range map[string][]any{
		"MATCH (:Internet)-[:CAN_REACH]->(w:Workload) RETURN w":                                                           {host},
		"MATCH ()-[r:RUNS_AS]->() RETURN r":                                                                               {runs},
		"MATCH (a)-[r]->(b:Workload) RETURN [r], {of: b.name}":                                                            {[]any{reach}, map[string]any{"of": "jump"}},
		"MATCH p = (w:Workload)-[:RUNS_AS]->(:Principal) RETURN p":                                                        {graph.Walk{Vertices: []graph.Vertex{host, role}, Relations: []graph.Relation{runs}}},
		"MATCH p = (r:AWSRole)<-[:RUNS_AS]-(:Workload) RETURN p":                                                          {graph.Walk{Vertices: []graph.Vertex{role, host}, Relations: []graph.Relation{runs}}},
		"RETURN null, true, 1, 1.5, 'x', [1, [2]], {a: {b: 1}}":                                                           {nil, true, int64(1), 1.5, "x", []any{int64(1), []any{int64(2)}}, map[string]any{"a": map[string]any{"b": int64(1)}}},
		"RETURN date('2026-02-03'), duration('P1DT2S')":                                                                   {graph.Temporal{Type: "DATE", Text: "2026-02-03"}, graph.Temporal{Type: "DURATION", Text: "P1DT2S"}},
		"RETURN datetime('2026-02-03T04:05:06.5Z'), localtime('04:05:06')":                                                {graph.Temporal{Type: "DATETIME", Text: "2026-02-03T04:05:06.5Z"}, graph.Temporal{Type: "LOCAL TIME", Text: "04:05:06"}},
		"RETURN duration('P14M-3DT-3661.25S'), duration('PT0S')":                                                          {graph.Temporal{Type: "DURATION", Text: "P1Y2M-3DT-1H-1M-1.25S"}, graph.Temporal{Type: "DURATION", Text: "PT0S"}},
		"RETURN datetime('2026-07-03T04:05:06[Europe/Berlin]'), toString(datetime('2026-07-03T04:05:06[Europe/Berlin]'))": {graph.Temporal{Type: "DATETIME", Text: "2026-07-03T04:05:06+02:00[Europe/Berlin]"}, "2026-07-03T04:05:06+02:00[Europe/Berlin]"},
		"RETURN datetime('2026-07-03T04:05:06+02:00'), toString(duration('P14M-3DT-3661.25S'))":                           {graph.Temporal{Type: "DATETIME", Text: "2026-07-03T04:05:06+02:00"}, "P1Y2M-3DT-1H-1M-1.25S"},
		"RETURN time('04:05:06+01:00'), localdatetime('2026-02-03T04:05:06')":                                             {graph.Temporal{Type: "TIME", Text: "04:05:06+01:00"}, graph.Temporal{Type: "LOCAL DATETIME", Text: "2026-02-03T04:05:06"}},
		"MATCH (n:Entity) RETURN count(n), collect(n.id)[..0]":                                                            {int64(3), []any{}},
		"MATCH (n:Entity {id: 'host'})-[:RUNS_AS]->(m) RETURN m.name, labels(m)[..0]":                                     {"deployer", []any{}},
	} {
		_, got, err := rows(t, store, graph.Query{Text: text})
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if diff := cmp.Diff([][]any{want}, got); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func TestQueriesTakeValuesAsParametersAlone(t *testing.T) {
	store := world(t)
	attack := "host'}) DETACH DELETE n //"
	columns, got, err := rows(t, store, graph.Query{Text: "MATCH (n:Entity {id: $id}) RETURN n.name AS name", Params: map[string]any{"id": "host"}})
	if err != nil || len(got) != 1 || got[0][0] != "jump" || columns[0] != "name" {
		t.Fatalf("%v %v %v", columns, got, err)
	}
	if _, got, err = rows(t, store, graph.Query{Text: "MATCH (n:Entity {id: $id}) RETURN n", Params: map[string]any{"id": attack}}); err != nil || len(got) != 0 {
		t.Fatalf("%v %v", got, err)
	}
	if _, got, err = rows(t, store, graph.Query{Text: "RETURN $v", Params: map[string]any{"v": map[string]any{"a": []any{attack, int64(1), nil}}}}); err != nil || got[0][0].(map[string]any)["a"].([]any)[0] != attack {
		t.Fatalf("%v %v", got, err)
	}
	if snapshot := newest(t, store); snapshot.Len() != 3 {
		t.Fatal("a query changed the graph")
	}
}

func TestQueriesThatCannotBeRunSayWhy(t *testing.T) {
	store := world(t)
	for name, test := range map[string]struct {
		query graph.Query
		want  error
		says  string
	}{
		"no Cypher":                {graph.Query{Text: "MATCH (n RETURN n"}, graph.ErrInvalid, "SyntaxError"},
		"a writing statement":      {graph.Query{Text: "MATCH (n) DETACH DELETE n"}, graph.ErrInvalid, "reading"},
		"a creating statement":     {graph.Query{Text: "CREATE (n:Entity {id: 'x'})"}, graph.ErrInvalid, "reads"},
		"a call in transactions":   {graph.Query{Text: "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS"}, graph.ErrInvalid, ""},
		"a schema change":          {graph.Query{Text: "DROP CONSTRAINT inroad_entity_id"}, graph.ErrInvalid, ""},
		"a file":                   {graph.Query{Text: "LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line"}, graph.ErrInvalid, ""},
		"a parameter is missing":   {graph.Query{Text: "RETURN $x"}, graph.ErrInvalid, "x"},
		"a parameter of no type":   {graph.Query{Text: "RETURN $x", Params: map[string]any{"x": struct{}{}}}, graph.ErrInvalid, "struct"},
		"a limit below zero":       {graph.Query{Text: "RETURN 1", Limits: graph.QueryLimits{Rows: -1}}, graph.ErrInvalid, "limit"},
		"a fault while it runs":    {graph.Query{Text: "UNWIND [1, 0] AS x RETURN 1 / x"}, graph.ErrInvalid, "zero"},
		"more rows than the limit": {graph.Query{Text: "UNWIND range(1, 10) AS x RETURN x", Limits: graph.QueryLimits{Rows: 9}}, graph.ErrLimit, "9 rows"},
		"longer than the limit":    {graph.Query{Text: "UNWIND range(1, 100000000) AS x UNWIND range(1, 100000) AS y RETURN count(*)", Limits: graph.QueryLimits{Time: 300 * time.Millisecond}}, graph.ErrLimit, "time"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := rows(t, store, test.query)
			if !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.says) {
				t.Fatalf("got %v, want one that is %v and says %q", err, test.want, test.says)
			}
		})
	}
	if _, got, err := rows(t, store, graph.Query{Text: "UNWIND range(1, 9) AS x RETURN x", Limits: graph.QueryLimits{Rows: 9}}); err != nil || len(got) != 9 {
		t.Fatalf("as many rows as the limit: %v, %v", got, err)
	}
}

func TestAQueryCanBeLeftAndStreams(t *testing.T) {
	store := world(t)
	for range 150 { // more than the driver's pool holds, if leaving let nothing go
		answer, err := store.Query(context.Background(), graph.Query{Text: "UNWIND range(1, 1000000000) AS x RETURN x, toString(x)", Limits: graph.QueryLimits{Rows: 1 << 40}})
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		for row, err := range answer.All {
			if err != nil {
				t.Fatal(err)
			}
			if seen++; row[0] != int64(seen) || seen == 3 {
				break
			}
		}
		if seen != 3 {
			t.Fatalf("%d rows", seen)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	answer, err := store.Query(ctx, graph.Query{Text: "UNWIND range(1, 1000000000) AS x RETURN x", Limits: graph.QueryLimits{Rows: 1 << 40}})
	if err != nil {
		t.Fatal(err)
	}
	for _, err = range answer.All {
		if err != nil {
			break
		}
		cancel()
	}
	if cancel(); !errors.Is(err, context.Canceled) {
		t.Fatalf("a query that was given up ended with %v", err)
	}
}

func TestAReadingTransactionRefusesToWrite(t *testing.T) {
	store := world(t)
	if err := store.RunUnchecked(context.Background(), "MATCH (n) SET n.harmed = true RETURN n"); err == nil || !strings.Contains(err.Error(), "AccessMode") {
		t.Fatalf("a reading transaction wrote: %v", err)
	}
	if _, got, err := rows(t, store, graph.Query{Text: "MATCH (n:Entity) WHERE n.harmed RETURN n"}); err != nil || len(got) > 0 {
		t.Fatal(got, err)
	}
}

func TestEachLabelHasAnIndexOfIDs(t *testing.T) {
	server := server(t)
	store := opened(t, server)
	apply(t, store, states(0)...)
	for _, label := range []string{"Entity", "AWSRole", "Principal", "Stub", "Workload", "AWSInstance"} {
		if scans := ask(t, server, "SHOW INDEXES YIELD labelsOrTypes, properties, state WHERE labelsOrTypes = [$label] AND properties = ['id'] AND state = 'ONLINE' RETURN 1", map[string]any{"label": label}); len(scans) != 1 {
			t.Errorf("%s has no index of ids", label)
		}
	}
}
