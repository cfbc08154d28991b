package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/analysis"
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

// openAny gives the graph that a place names: a bundle, which is read in memory, a store's newest revision, or <store>@<revision>.
func openAny(ctx context.Context, stores Stores, place string, notes io.Writer) (snapshot *graph.Snapshot, err error) {
	if info, failed := os.Stat(place); failed == nil && info.IsDir() {
		batches, err := read(ctx, []string{place}, notes)
		if err != nil {
			return nil, err
		}
		return analysis.Read(ctx, batches...)
	}
	name, revision := place, uint64(0)
	if at := strings.LastIndexByte(place, '@'); at > 0 {
		if number, failed := strconv.ParseUint(place[at+1:], 10, 64); failed == nil {
			name, revision = place[:at], number
		}
	}
	store, err := stores(ctx, name, false)
	if err != nil {
		return nil, err
	}
	defer closing(store, &err)
	return store.Snapshot(ctx, graph.Revision(revision))
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
