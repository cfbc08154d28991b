package analysis

import (
	"context"

	"github.com/inroad-security/inroad/graph"
)

// Renew derives the attack edges of what a store holds and keeps them there. It gives the newest snapshot, and how many edges were
// derived. Where another writer brought facts in between, what was derived is older than they are, and it is derived anew: so the last of
// several writers leaves edges of everyone's facts, in whatever order they came.
func Renew(ctx context.Context, store graph.Store) (*graph.Snapshot, int, error) {
	for {
		facts, err := store.Snapshot(ctx, 0)
		if err != nil {
			return nil, 0, err
		}
		derived, err := Derive(ctx, facts)
		if err != nil {
			return nil, 0, err
		}
		kept, err := store.Apply(ctx, derived)
		if err != nil {
			return nil, 0, err
		}
		if kept > facts.Revision()+1 {
			continue // others' revisions lie between
		}
		snapshot, err := store.Snapshot(ctx, 0)
		return snapshot, len(derived.Edges), err
	}
}
