package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/cypher"
)

// asking gives what answers Cypher about a store, and lets go of it in the end: the store itself where it can, else the embedded engine
// over its newest snapshot, which holds no lock.
func asking(ctx context.Context, stores Stores, name string) (querier graph.Querier, done func() error, err error) {
	store, err := stores(ctx, name, false)
	if err != nil {
		return nil, nil, err
	}
	if own, can := store.(graph.Querier); can {
		return own, store.Close, nil
	}
	snapshot, err := store.Snapshot(ctx, 0)
	if err = errors.Join(err, store.Close()); err != nil {
		return nil, nil, err
	}
	return over(snapshot), func() error { return nil }, nil
}

// over asks the embedded engine about a snapshot. Who writes date() in a query asks for the time of day.
func over(snapshot *graph.Snapshot) graph.Querier {
	return cypher.Over(snapshot, time.Now)
}

// limitFlags adds what bounds a query.
func limitFlags(command *cobra.Command) *graph.QueryLimits {
	limits := &graph.QueryLimits{}
	flags := command.Flags()
	flags.IntVar(&limits.Rows, "limit-rows", graph.DefaultQueryRows, "most rows of an answer")
	flags.DurationVar(&limits.Time, "timeout", graph.DefaultQueryTime, "most time of a query")
	flags.Int64Var(&limits.Work, "limit-work", graph.DefaultQueryWork, "most relationships that the embedded engine looks at for a query")
	return limits
}

// stopped tells how to raise the limit that ended a query, and of what its context ended that it was canceled, whatever by.
func stopped(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, graph.ErrLimit) {
		return fmt.Errorf("%w (the flags are --limit-rows, --timeout and --limit-work)", err)
	}
	return err
}
