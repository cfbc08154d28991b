package neo4jstore

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/cypher"
)

// rowsAhead is how many rows are fetched before they are asked for.
const rowsAhead = 500

// Query runs one statement that reads, in a transaction that may only read and that ends with the last row. Values of types that
// the graph does not hold come as their text.
func (store *Store) Query(ctx context.Context, query graph.Query) (*graph.Rows, error) {
	rows, err := store.query(ctx, query)
	if err != nil {
		return nil, store.explain(ctx, "query", err)
	}
	return rows, nil
}

func (store *Store) query(ctx context.Context, query graph.Query) (*graph.Rows, error) {
	limits, err := query.Limits.Or()
	if err != nil {
		return nil, err
	}
	if err := cypher.CheckReadOnly(query.Text); err != nil {
		return nil, err
	}
	if err := checkParams(query.Params); err != nil {
		return nil, err
	}
	free := make(chan struct{}, 1) // a query needs no token
	if err := store.enter(ctx, free); err != nil {
		return nil, err
	}
	defer store.leave(free)
	tooLong := fmt.Errorf("%w: it took longer than %s: raise the limit of time, or ask for less", graph.ErrLimit, limits.Time)
	running, cancel := context.WithTimeoutCause(ctx, limits.Time, tooLong)
	asking := &asking{store: store, ctx: running, cancel: cancel, limit: limits.Rows, ends: map[string]graph.ID{}}
	if err := asking.begin(query, limits); err != nil {
		asking.end()
		return nil, asking.reason(err)
	}
	columns, err := asking.result.Keys()
	if err != nil {
		asking.end()
		return nil, asking.reason(err)
	}
	return &graph.Rows{Columns: columns, All: asking.all}, nil
}

// asking is a query under way.
type asking struct {
	store   *Store
	ctx     context.Context //nolint:containedctx // it is the query's, which outlives the call that began it
	cancel  context.CancelFunc
	session neo4j.SessionWithContext
	tx      neo4j.ExplicitTransaction
	result  neo4j.ResultWithContext
	limit   int
	ends    map[string]graph.ID // ids by element ids, of relationships' ends
}

func (asking *asking) begin(query graph.Query, limits graph.QueryLimits) (err error) {
	asking.session = asking.store.session(asking.ctx, neo4j.AccessModeRead, rowsAhead)
	if asking.tx, err = asking.session.BeginTransaction(asking.ctx, neo4j.WithTxTimeout(limits.Time)); err != nil {
		return err
	}
	head, err := readHead(asking.ctx, asking.tx)
	switch {
	case err != nil:
		return err
	case head == nil:
		return fmt.Errorf("%w: nothing was ever ingested into it", graph.ErrNotFound)
	case head.graph != graphWhole:
		return fmt.Errorf("%w: a large ingest is writing the graph, or was cut off doing so: wait for it, or run \"inroad ingest\" again", graph.ErrBusy)
	}
	asking.result, err = asking.tx.Run(asking.ctx, query.Text, query.Params)
	return err
}

// end lets go of what the query holds.
func (asking *asking) end() {
	if asking.tx != nil {
		_ = asking.store.letGo(asking.ctx, asking.tx) // it only read, so nothing is lost with it
	}
	_ = asking.store.letGo(asking.ctx, asking.session)
	asking.cancel()
}

// reason gives what stopped the query.
func (asking *asking) reason(err error) error {
	cause := context.Cause(asking.ctx)
	code := codeOf(err)
	switch {
	case errors.Is(cause, graph.ErrLimit):
		return cause
	case cause == nil && strings.HasPrefix(code, "Neo.ClientError.Transaction.TransactionTimedOut"):
		return fmt.Errorf("%w: the server stopped it for the time that it took: raise the limit of time, or ask for less: %w", graph.ErrLimit, err)
	case strings.HasPrefix(code, "Neo.ClientError.Statement."):
		return fmt.Errorf("%w: %w", graph.ErrInvalid, err)
	}
	return err
}

// all gives the rows, as graph.Rows says.
func (asking *asking) all(yield func([]any, error) bool) {
	defer asking.end()
	fail := func(err error) { yield(nil, asking.store.explain(asking.ctx, "query", asking.reason(err))) }
	for given := 0; asking.result.Next(asking.ctx); given++ {
		if given == asking.limit {
			fail(fmt.Errorf("%w: there are more than %d rows: raise the limit of rows, or ask for less", graph.ErrLimit, asking.limit))
			return
		}
		row, err := asking.row(asking.result.Record().Values)
		if err != nil {
			fail(err)
			return
		}
		if !yield(row, nil) {
			return
		}
	}
	if err := asking.result.Err(); err != nil {
		fail(err)
	}
}

// checkParams refuses what graph.Query does not allow.
func checkParams(params map[string]any) error {
	for name, value := range params {
		if name == "" {
			return fmt.Errorf("%w: a parameter has no name", graph.ErrInvalid)
		}
		if err := checkParam(value); err != nil {
			return fmt.Errorf("parameter %s: %w", name, err)
		}
	}
	return nil
}

func checkParam(value any) error {
	switch value := value.(type) {
	case nil, bool, int64, float64, string:
		return nil
	case []any:
		for _, item := range value {
			if err := checkParam(item); err != nil {
				return err
			}
		}
		return nil
	case map[string]any:
		return checkParams(value)
	default:
		return fmt.Errorf("%w: a value of type %T is not one that Cypher has", graph.ErrInvalid, value)
	}
}
