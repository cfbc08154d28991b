package analysis_test

import (
	"context"
	"path/filepath"
	"slices"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/boltstore"
	"github.com/inroad-security/inroad/internal/analysis"
	"github.com/inroad-security/inroad/internal/estate"
)

// shared is a store in which another writer's facts come in before the next batches of this one.
type shared struct {
	graph.Store
	others func() error
}

func (store *shared) Apply(ctx context.Context, batches ...graph.Batch) (graph.Revision, error) {
	if others := store.others; others != nil {
		store.others = nil
		if err := others(); err != nil {
			return 0, err
		}
	}
	return store.Store.Apply(ctx, batches...)
}

func TestEdgesAreOfTheFactsOfAllWritersInWhateverOrderTheyCome(t *testing.T) {
	ctx := t.Context()
	batches := estate.Synthetic{Accounts: 3, Nodes: 60, Seed: 1}.Batches()
	want, err := analysis.Read(ctx, batches...)
	if err != nil {
		t.Fatal(err)
	}
	half := len(batches) / 2
	for name, others := range map[string]func(store graph.Store) error{
		"facts that wait for their edges": func(store graph.Store) error {
			_, err := store.Apply(ctx, append(slices.Clone(batches[half:]), analysis.Stale())...)
			return err
		},
		"facts with their edges": func(store graph.Store) error {
			if _, err := store.Apply(ctx, append(slices.Clone(batches[half:]), analysis.Stale())...); err != nil {
				return err
			}
			_, err := analysis.Renew(ctx, store, "program")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			store, err := boltstore.Open(filepath.Join(t.TempDir(), "store.db"), boltstore.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer store.Close()
			if _, err := store.Apply(ctx, append(slices.Clone(batches[:half]), analysis.Stale())...); err != nil {
				t.Fatal(err)
			}
			got, err := analysis.Renew(ctx, &shared{store, func() error { return others(store) }}, "program")
			if err != nil {
				t.Fatal(err)
			}
			newest, err := store.Snapshot(ctx, 0)
			if err != nil {
				t.Fatal(err)
			}
			if got.Edges() != want.Edges() || newest.Edges() != want.Edges() || got.Revision() != newest.Revision() {
				t.Errorf("%d edges are given and %d kept, of facts that make %d", got.Edges(), newest.Edges(), want.Edges())
			}
		})
	}
}
