package cli

import (
	"context"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/server"
)

// newSource gives what a server answers from, and lets go of it in the end. A store that answers Cypher by itself is another server and stays
// open; a file is read anew when it has changed.
func newSource(ctx context.Context, stores Stores, name string) (source server.Source, done func() error, err error) {
	store, err := stores(ctx, name, false)
	if err != nil {
		return nil, nil, err
	}
	if own, can := store.(graph.Querier); can {
		return liveSource{store, own}, store.Close, nil
	}
	return newFileSource(stores, name), func() error { return nil }, store.Close()
}

// liveSource is a store that several may use at once.
type liveSource struct {
	store   graph.Store
	querier graph.Querier
}

// Newest implements server.Source.
func (source liveSource) Newest(ctx context.Context) (*graph.Snapshot, error) {
	return source.store.Snapshot(ctx, 0)
}

// Querier implements server.Source.
func (source liveSource) Querier(context.Context) (graph.Querier, error) { return source.querier, nil }

// Querier implements server.Source.
func (source *fileSource) Querier(ctx context.Context) (graph.Querier, error) {
	snapshot, err := source.Newest(ctx)
	if err != nil {
		return nil, err
	}
	return over(snapshot), nil
}
