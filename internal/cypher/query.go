package cypher

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/inroad-security/inroad/graph"
)

// querier answers from one snapshot.
type querier struct {
	graph source
	now   func() time.Time
	books sync.Pool // of *notebook, which one query has at a time
}

// Over answers Cypher about a snapshot, seen as graph/view has it. It may be asked by any number at once: a query keeps what it
// needs to itself. now is the clock of date(), datetime() and their like; without one, a query that asks for the time fails.
func Over(snapshot *graph.Snapshot, now func() time.Time) graph.Querier {
	return &querier{graph: newPacked(snapshot), now: now}
}

// Query runs one statement, as graph.Querier says. What only Neo4j can run is refused here, before the first row.
func (querier *querier) Query(ctx context.Context, query graph.Query) (*graph.Rows, error) {
	limits, err := query.Limits.Or()
	if err != nil {
		return nil, err
	}
	for name, value := range query.Params {
		if !allowed(value, 0) {
			return nil, fmt.Errorf("%w: parameter $%s: a value of type %T is not one that Cypher has", graph.ErrInvalid, name, value)
		}
	}
	statement, err := parse(query.Text)
	if err != nil {
		return nil, err
	}
	compiler := &compiler{graph: querier.graph, params: query.Params}
	plan, err := compiler.scope().statement(statement, false)
	if err != nil {
		return nil, err
	}
	run := &run{
		graph: querier.graph, params: query.Params, limits: limits, used: make([]edgeSet, compiler.matches), books: &querier.books,
		random: rand.New(rand.NewPCG(1, 2)), //nolint:gosec // equal input gives equal output
	}
	if querier.now != nil {
		run.now = querier.now()
	}
	switch statement.mode {
	case explain:
		return plan.explained(nil), nil
	case profile:
		run.profile = &profiled{counts: map[stage]*int64{}}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limits.Time, fmt.Errorf("%w: time: the query ran longer than %s: ask for less (a label, a type, a bound such as *1..4, a LIMIT earlier on) or raise the limit on time", graph.ErrLimit, limits.Time))
	run.ctx = ctx
	rows := &graph.Rows{Columns: plan.columns, All: func(yield func([]any, error) bool) {
		defer cancel()
		run.all(plan, compiler.slots, yield)
	}}
	if run.profile != nil {
		return run.profiled(plan, compiler.slots, cancel)
	}
	return rows, nil
}

// deepestParam is how deep a parameter may nest.
const deepestParam = 100

func allowed(value any, depth int) bool {
	if depth > deepestParam {
		return false
	}
	switch value := value.(type) {
	case nil, bool, int64, float64, string:
		return true
	case []any:
		for _, item := range value {
			if !allowed(item, depth+1) {
				return false
			}
		}
		return true
	case map[string]any:
		for _, item := range value {
			if !allowed(item, depth+1) {
				return false
			}
		}
		return true
	}
	return false
}

// all gives every row of an answer.
func (run *run) all(plan *plan, slots int, yield func([]any, error) bool) {
	defer func() {
		for _, book := range run.taken {
			run.books.Put(book)
		}
	}()
	rows := 0
	err := run.stopped()
	if err == nil {
		err = plan.each(run, make([]any, slots), func(row []any) error {
			if rows++; rows > run.limits.Rows {
				return fmt.Errorf("%w: rows: the answer has more than %d: add LIMIT or an aggregate, or raise the limit on rows", graph.ErrLimit, run.limits.Rows)
			}
			if err := run.step(1); err != nil {
				return err
			}
			given := make([]any, len(plan.slots))
			before := run.held
			for i, slot := range plan.slots {
				var err error
				if given[i], err = run.outside(row[slot]); err != nil {
					return err
				}
			}
			run.held = before
			if !yield(given, nil) {
				return errEnough
			}
			return nil
		})
	}
	if unlessEnough(err) != nil {
		yield(nil, err)
	}
}

// outside gives a value as an answer shows it, and counts what that takes: a node is a number here and all its properties there.
func (run *run) outside(value any) (any, error) {
	switch value := value.(type) {
	case []any:
		list := make([]any, len(value))
		for i, item := range value {
			var err error
			if list[i], err = run.outside(item); err != nil {
				return nil, err
			}
		}
		return list, nil
	case map[string]any:
		found := make(map[string]any, len(value))
		for key, item := range value {
			var err error
			if found[key], err = run.outside(item); err != nil {
				return nil, err
			}
		}
		return found, nil
	case vertex:
		return run.outsideVertex(value)
	case edge:
		return run.outsideEdge(value)
	case *walk:
		shown := graph.Walk{}
		for _, at := range value.vertices {
			vertex, err := run.outsideVertex(at)
			if err != nil {
				return nil, err
			}
			shown.Vertices = append(shown.Vertices, vertex)
		}
		for _, e := range value.edges {
			relation, err := run.outsideEdge(e)
			if err != nil {
				return nil, err
			}
			shown.Relations = append(shown.Relations, relation)
		}
		return shown, nil
	case temporal:
		return graph.Temporal{Type: value.typeName(), Text: value.text()}, nil
	}
	return value, run.hold(16)
}

func (run *run) outsideVertex(of vertex) (graph.Vertex, error) {
	shown := run.graph.vertex(of)
	_, err := run.holdValue(shown.Props)
	return shown, errors.Join(err, run.step(1))
}

func (run *run) outsideEdge(of edge) (graph.Relation, error) {
	shown := run.graph.relation(of)
	_, err := run.holdValue(shown.Props)
	return shown, errors.Join(err, run.step(1))
}

// clock is the statement's time.
func (run *run) clock() (time.Time, error) {
	if run.now.IsZero() {
		return time.Time{}, failed("there is no clock here: give the time as a parameter")
	}
	return run.now, nil
}
