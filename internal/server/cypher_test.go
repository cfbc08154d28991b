package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	inroadv1 "github.com/inroad-security/inroad/proto/inroad/v1"
	"github.com/inroad-security/inroad/queries"
)

// scripted is a querier that answers as a test says.
type scripted func(ctx context.Context, query graph.Query) (*graph.Rows, error)

func (answer scripted) Query(ctx context.Context, query graph.Query) (*graph.Rows, error) {
	return answer(ctx, query)
}

// rowsOf gives rows, and an error after them unless it is nil.
func rowsOf(columns []string, after error, rows ...[]any) *graph.Rows {
	return &graph.Rows{Columns: columns, All: func(yield func([]any, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
		if after != nil {
			yield(nil, after)
		}
	}}
}

func serveQueries(t *testing.T, answer scripted) inroadv1.GraphServiceClient {
	t.Helper()
	source := of(snapshotOf(t, 7, world()...), nil)
	source.querier = answer
	return inroadv1.NewGraphServiceClient(serve(t, source, Options{}))
}

func cypherRequest(text string) *inroadv1.QueryRequest {
	return &inroadv1.QueryRequest{Statement: &inroadv1.QueryRequest_Cypher{Cypher: text}}
}

// answered reads a stream to its end.
func answered(t *testing.T, client inroadv1.GraphServiceClient, request *inroadv1.QueryRequest) (columns []string, rows []*inroadv1.QueryRow, err error) {
	t.Helper()
	stream, err := client.Query(within(t), request)
	if err != nil {
		return nil, nil, err
	}
	for {
		part, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return columns, rows, nil
		}
		if err != nil {
			return columns, rows, err
		}
		if part.GetColumns() != nil {
			columns = part.GetColumns().GetNames()
		} else {
			rows = append(rows, part.GetRow())
		}
	}
}

func TestEveryValueOfARowReachesTheCaller(t *testing.T) {
	vertex := graph.Vertex{ID: "a", Labels: []string{"AWSRole", "Entity"}, Props: map[string]any{"id": "a", "tags": []any{"k=v"}}}
	other := graph.Vertex{ID: "b", Labels: []string{"Entity"}, Props: map[string]any{}}
	relation := graph.Relation{From: "a", To: "b", Type: kinds.CanAssume, Props: map[string]any{"verdict": "proven"}}
	row := []any{
		nil, true, int64(-1 << 62), 0.5, "é\xff",
		[]any{int64(1), nil},
		map[string]any{"k": "v"},
		vertex, relation,
		graph.Walk{Vertices: []graph.Vertex{vertex, other}, Relations: []graph.Relation{relation}},
		graph.Temporal{Type: "DATE", Text: "2026-11-22"},
	}
	client := serveQueries(t, func(_ context.Context, query graph.Query) (*graph.Rows, error) {
		if query.Text != "RETURN everything" {
			t.Errorf("asked %q", query.Text)
		}
		return rowsOf([]string{"null", "b", "i"}, nil, row), nil
	})
	columns, rows, err := answered(t, client, cypherRequest("RETURN everything"))
	if err != nil || !slices.Equal(columns, []string{"null", "b", "i"}) || len(rows) != 1 {
		t.Fatalf("%v, %v, %v", columns, rows, err)
	}
	values := rows[0].GetValues()
	if _, isNull := values[0].GetKind().(*inroadv1.CypherValue_Null); !isNull || !values[1].GetBoolean() || values[2].GetInteger() != -1<<62 || values[3].GetFloat() != 0.5 || values[4].GetText() != "é\uFFFD" {
		t.Errorf("scalars: %v", values[:5])
	}
	if items := values[5].GetList().GetItems(); len(items) != 2 || items[0].GetInteger() != 1 || values[6].GetMap().GetEntries()["k"].GetText() != "v" {
		t.Errorf("collections: %v", values[5:7])
	}
	node, edge := values[7].GetNode(), values[8].GetRelationship()
	if node.GetId() != "a" || !slices.Equal(node.GetLabels(), vertex.Labels) || node.GetProperties()["tags"].GetList().GetItems()[0].GetText() != "k=v" {
		t.Errorf("node: %v", node)
	}
	if edge.GetFrom() != "a" || edge.GetTo() != "b" || edge.GetType() != "CAN_ASSUME" || edge.GetProperties()["verdict"].GetText() != "proven" {
		t.Errorf("relationship: %v", edge)
	}
	if path := values[9].GetPath(); len(path.GetNodes()) != 2 || len(path.GetRelationships()) != 1 || path.GetNodes()[1].GetId() != "b" {
		t.Errorf("path: %v", path)
	}
	if moment := values[10].GetTemporal(); moment.GetType() != "DATE" || moment.GetText() != "2026-11-22" {
		t.Errorf("temporal: %v", moment)
	}
}

func TestParametersAndLimitsReachTheQuerier(t *testing.T) {
	var got graph.Query
	client := serveQueries(t, func(_ context.Context, query graph.Query) (*graph.Rows, error) {
		got = query
		return rowsOf(nil, nil), nil
	})
	request := cypherRequest("RETURN $list, $map, $none")
	request.Params = map[string]*inroadv1.CypherValue{
		"list": wireCypher([]any{int64(1), 1.5, "'; MATCH (n) DETACH DELETE n", true}), "map": wireCypher(map[string]any{"k": []any{}}), "none": {},
	}
	request.Limits = &inroadv1.QueryLimits{Rows: 5, Time: durationpb.New(3 * time.Second), Work: 99}
	if _, _, err := answered(t, client, request); err != nil {
		t.Fatal(err)
	}
	want := graph.Query{
		Text:   "RETURN $list, $map, $none",
		Params: map[string]any{"list": []any{int64(1), 1.5, "'; MATCH (n) DETACH DELETE n", true}, "map": map[string]any{"k": []any{}}, "none": nil},
		Limits: graph.QueryLimits{Rows: 5, Time: 3 * time.Second, Work: 99},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestANamedQueryRunsWithItsDefaults(t *testing.T) {
	var got graph.Query
	client := serveQueries(t, func(_ context.Context, query graph.Query) (*graph.Rows, error) {
		got = query
		return rowsOf(nil, nil), nil
	})
	named := func(name string, params map[string]*inroadv1.CypherValue) error {
		_, _, err := answered(t, client, &inroadv1.QueryRequest{Statement: &inroadv1.QueryRequest_Name{Name: name}, Params: params})
		return err
	}
	if err := named("internet-to-pii", nil); err != nil {
		t.Fatal(err)
	}
	query, _ := queries.Find("internet-to-pii")
	if got.Text != query.Text || !cmp.Equal(got.Params, map[string]any{"word": "pii"}) {
		t.Errorf("%q with %v", got.Text, got.Params)
	}
	refused(t, named("no-such-query", nil), codes.NotFound, "NOT_FOUND")
	refused(t, named("blast-radius", nil), codes.InvalidArgument, "INVALID")
	refused(t, named("blast-radius", map[string]*inroadv1.CypherValue{"id": wireCypher(int64(1))}), codes.InvalidArgument, "INVALID")
	refused(t, named("internet-to-pii", map[string]*inroadv1.CypherValue{"words": wireCypher("x")}), codes.InvalidArgument, "INVALID")
}

func TestWhatIsWrongWithAQueryIsToldByItsCode(t *testing.T) {
	for _, example := range []struct {
		why    string
		err    error
		code   codes.Code
		reason string
		says   string
	}{
		{"a statement that is none", fmt.Errorf("%w: line 1, column 3: want a clause", graph.ErrInvalid), codes.InvalidArgument, "INVALID", "column 3"},
		{"a limit", fmt.Errorf("%w: rows: 10", graph.ErrLimit), codes.ResourceExhausted, "LIMIT_REACHED", "rows: 10"},
		{"a store that is written", graph.ErrBusy, codes.Unavailable, "STORE_BUSY", "try again"},
		{"a store that fails", errUnforeseen, codes.Internal, "STORE_UNREADABLE", "cannot be read"},
	} {
		client := serveQueries(t, func(context.Context, graph.Query) (*graph.Rows, error) { return nil, example.err })
		_, _, err := answered(t, client, cypherRequest("RETURN 1"))
		if says := refused(t, err, example.code, example.reason); !strings.Contains(says, example.says) || strings.Contains(says, "secret-place") {
			t.Errorf("%s, at once: %s", example.why, says)
		}
		client = serveQueries(t, func(context.Context, graph.Query) (*graph.Rows, error) {
			return rowsOf([]string{"n"}, example.err, []any{int64(1)}, []any{int64(2)}), nil
		})
		_, rows, err := answered(t, client, cypherRequest("RETURN 1"))
		refused(t, err, example.code, example.reason)
		if len(rows) != 2 {
			t.Errorf("%s, after rows: %d rows came, want the 2 that were found", example.why, len(rows))
		}
	}
}

func TestARequestIsCheckedBeforeItRuns(t *testing.T) {
	client := serveQueries(t, func(context.Context, graph.Query) (*graph.Rows, error) {
		t.Error("a bad request reached the store")
		return rowsOf(nil, nil), nil
	})
	for why, request := range map[string]*inroadv1.QueryRequest{
		"no statement":         {},
		"an empty one":         cypherRequest(""),
		"one that is too long": cypherRequest(strings.Repeat("x", 65537)),
		"a limit below zero":   {Statement: &inroadv1.QueryRequest_Cypher{Cypher: "RETURN 1"}, Limits: &inroadv1.QueryLimits{Rows: -1}},
		"too long a time":      {Statement: &inroadv1.QueryRequest_Cypher{Cypher: "RETURN 1"}, Limits: &inroadv1.QueryLimits{Time: durationpb.New(time.Hour)}},
		"a node as parameter":  {Statement: &inroadv1.QueryRequest_Cypher{Cypher: "RETURN $n"}, Params: map[string]*inroadv1.CypherValue{"n": wireCypher(graph.Vertex{ID: "a"})}},
	} {
		_, _, err := answered(t, client, request)
		if message := refused(t, err, codes.InvalidArgument, "INVALID"); message == "" {
			t.Errorf("%s: no message", why)
		}
	}
}

func TestARowThatNoMessageHoldsIsALimit(t *testing.T) {
	client := serveQueries(t, func(context.Context, graph.Query) (*graph.Rows, error) {
		return rowsOf([]string{"n"}, nil, []any{"small"}, []any{strings.Repeat("x", 4<<20)}), nil
	})
	_, rows, err := answered(t, client, cypherRequest("RETURN 1"))
	refused(t, err, codes.ResourceExhausted, "LIMIT_REACHED")
	if len(rows) != 1 {
		t.Errorf("%d rows", len(rows))
	}
}

// endless gives rows until its context ends, and counts them.
func endless(given *atomic.Int64) scripted {
	return func(ctx context.Context, _ graph.Query) (*graph.Rows, error) {
		return &graph.Rows{Columns: []string{"n"}, All: func(yield func([]any, error) bool) {
			for ctx.Err() == nil {
				given.Add(1)
				if !yield([]any{strings.Repeat("x", 1000)}, nil) {
					return
				}
			}
			yield(nil, ctx.Err())
		}}, nil
	}
}

func TestRowsWaitForACallerThatDoesNotRead(t *testing.T) {
	var given atomic.Int64
	client := serveQueries(t, endless(&given))
	ctx, cancel := context.WithCancel(within(t))
	stream, err := client.Query(ctx, cypherRequest("RETURN 1"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); err != nil {
		t.Fatal(err)
	}
	settled := int64(-1)
	for settled != given.Load() { // until the windows of flow control are full
		settled = given.Load()
		time.Sleep(100 * time.Millisecond)
	}
	if settled > 10_000 {
		t.Errorf("%d rows of 1 kB were made for a caller that read one", settled)
	}
	cancel()
	for err == nil {
		_, err = stream.Recv()
	}
	refusedEarly(t, err)
}

func TestCallersThatDoNotReadKeepNoOthersOut(t *testing.T) {
	var given atomic.Int64
	client := serveQueries(t, endless(&given))
	short := &inroadv1.QueryLimits{Time: durationpb.New(50 * time.Millisecond)}
	var stuck []inroadv1.GraphService_QueryClient
	for range mostQueries {
		stream, err := client.Query(within(t), &inroadv1.QueryRequest{Statement: &inroadv1.QueryRequest_Cypher{Cypher: "RETURN 1"}, Limits: short})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := stream.Recv(); err != nil { // it runs, and nobody reads on
			t.Fatal(err)
		}
		stuck = append(stuck, stream)
	}
	stream, err := client.Query(within(t), cypherRequest("RETURN 1"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); err != nil {
		t.Fatalf("another is kept out by those: %v", err)
	}
	for _, stream := range stuck {
		for err = nil; err == nil; {
			_, err = stream.Recv()
		}
		if says := refused(t, err, codes.ResourceExhausted, "LIMIT_REACHED"); !strings.Contains(says, "were not read") {
			t.Error(says)
		}
	}
}

func refusedEarly(t *testing.T, err error) {
	t.Helper()
	if !strings.Contains(err.Error(), codes.Canceled.String()) {
		t.Errorf("%v, want it canceled", err)
	}
}

func TestOnlySoManyQueriesRunAtOnce(t *testing.T) {
	var running, most atomic.Int64
	started := make(chan struct{}, 100)
	release := make(chan struct{})
	client := serveQueries(t, func(ctx context.Context, _ graph.Query) (*graph.Rows, error) {
		now := running.Add(1)
		defer running.Add(-1)
		for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
			continue
		}
		started <- struct{}{}
		select {
		case <-release:
		case <-ctx.Done():
		}
		return rowsOf(nil, nil), nil
	})
	done := make(chan error, 3*mostQueries)
	for range 3 * mostQueries {
		go func() { _, _, err := answered(t, client, cypherRequest("RETURN 1")); done <- err }()
	}
	for range mostQueries {
		<-started
	}
	close(release)
	for range 3 * mostQueries {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if most.Load() != mostQueries {
		t.Errorf("%d ran at once, want %d", most.Load(), mostQueries)
	}
}

func TestTheLibraryAndTheSchemaAreListed(t *testing.T) {
	client := serveQueries(t, nil)
	all, err := client.ListNamedQueries(within(t), &inroadv1.ListNamedQueriesRequest{})
	if err != nil || len(all.GetQueries()) != len(queries.All()) {
		t.Fatalf("%d queries, %v", len(all.GetQueries()), err)
	}
	at := slices.IndexFunc(all.GetQueries(), func(query *inroadv1.NamedQuery) bool { return query.GetName() == "choke-points" })
	if param := all.GetQueries()[at].GetParameters()[0]; param.GetName() != "least" || param.GetType() != "whole" || param.GetDefault().GetInteger() != 2 {
		t.Errorf("%v", param)
	}
	some, err := client.ListNamedQueries(within(t), &inroadv1.ListNamedQueriesRequest{Topic: "identity"})
	if err != nil || len(some.GetQueries()) == 0 || len(some.GetQueries()) >= len(all.GetQueries()) {
		t.Errorf("%d of a topic, %v", len(some.GetQueries()), err)
	}
	schema, err := client.GetSchema(within(t), &inroadv1.GetSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(schema.GetLabels(), func(label *inroadv1.SchemaLabel) bool {
		return label.GetName() == "Workload" && len(label.GetProperties()) > 2
	}) {
		t.Error("the label Workload is missing")
	}
	if len(schema.GetRelationshipTypes()) != len(kinds.Edges()) {
		t.Errorf("%d types", len(schema.GetRelationshipTypes()))
	}
}
