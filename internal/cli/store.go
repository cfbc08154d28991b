package cli

import (
	"context"
	"errors"
	"io"

	"github.com/inroad-security/inroad/graph"
)

// closing closes at the end of a command and keeps the error.
func closing(closer io.Closer, err *error) { *err = errors.Join(*err, closer.Close()) }

// open gives the newest snapshot of a store and lets the store go.
func open(ctx context.Context, stores Stores, name string) (snapshot *graph.Snapshot, err error) {
	store, err := stores(ctx, name, false)
	if err != nil {
		return nil, err
	}
	defer closing(store, &err)
	return store.Snapshot(ctx, 0)
}

// printedGaps counts the incomplete scopes.
func printedGaps(snapshot *graph.Snapshot) int {
	count := 0
	for _, status := range snapshot.Scopes() {
		if !status.Complete() {
			count++
		}
	}
	return count
}
