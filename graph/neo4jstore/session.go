package neo4jstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/inroad-security/inroad/graph"
)

// runner is a transaction of either kind.
type runner interface {
	Run(ctx context.Context, cypher string, params map[string]any) (neo4j.ResultWithContext, error)
}

// session opens one. Few records are fetched ahead: some of them are chunks.
func (store *Store) session(ctx context.Context, mode neo4j.AccessMode, ahead int) neo4j.SessionWithContext {
	return store.driver.NewSession(ctx, neo4j.SessionConfig{
		AccessMode: mode, DatabaseName: store.place.database, BookmarkManager: store.bookmarks, FetchSize: ahead,
	})
}

// read does work in a reading transaction, again where the driver says that it is worth it.
func (store *Store) read(ctx context.Context, work func(tx neo4j.ManagedTransaction) error) (err error) {
	session := store.session(ctx, neo4j.AccessModeRead, chunksAhead)
	defer func() { err = errors.Join(err, store.letGo(ctx, session)) }()
	_, err = session.ExecuteRead(ctx, func(tx neo4j.ManagedTransaction) (any, error) { return nil, work(tx) })
	return err
}

// write does work in a writing transaction of its own, again where the driver says that it is worth it, unless it did not fit into
// the server's memory.
func (store *Store) write(ctx context.Context, work func(tx neo4j.ManagedTransaction) error) (err error) {
	session := store.session(ctx, neo4j.AccessModeWrite, neo4j.FetchDefault)
	defer func() { err = errors.Join(err, store.letGo(ctx, session)) }()
	var full error
	_, err = session.ExecuteWrite(ctx, func(tx neo4j.ManagedTransaction) (any, error) {
		err := work(tx)
		if memoryFull(err) {
			full = err
			return nil, errors.New("memory is full") // which the driver does not know for one that passes
		}
		return nil, err
	}, neo4j.WithTxTimeout(0))
	if full != nil {
		return full
	}
	return err
}

// run runs a statement to its end.
func run(ctx context.Context, tx runner, statement string, params map[string]any) (neo4j.ResultSummary, error) {
	result, err := tx.Run(ctx, statement, params)
	if err != nil {
		return nil, err
	}
	return result.Consume(ctx)
}

// collect gives all records of a statement.
func collect(ctx context.Context, tx runner, statement string, params map[string]any) ([]*neo4j.Record, error) {
	result, err := tx.Run(ctx, statement, params)
	if err != nil {
		return nil, err
	}
	return result.Collect(ctx)
}

// count gives the one number that a statement returns.
func count(ctx context.Context, tx runner, statement string, params map[string]any) (int, error) {
	records, err := collect(ctx, tx, statement, params)
	if err != nil {
		return 0, err
	}
	if len(records) != 1 || len(records[0].Values) != 1 {
		return 0, fmt.Errorf("%w: a count has %d rows", graph.ErrCorrupt, len(records))
	}
	number, _ := records[0].Values[0].(int64)
	return int(number), nil
}

// readHead gives what the head says, nil where there is none.
func readHead(ctx context.Context, tx runner) (*head, error) {
	records, err := collect(ctx, tx, "MATCH (head:"+labelHead+") RETURN properties(head)", nil)
	if err != nil || len(records) == 0 {
		return nil, err
	}
	props, _ := records[0].Values[0].(map[string]any)
	read, err := headFrom(props)
	return &read, err
}
