package analysis

import (
	"context"

	"github.com/inroad-security/inroad/graph"
)

// Renew derives the attack edges of what a store holds and keeps them there, less what the same program derived from the same facts before. It
// gives the newest snapshot. Where another writer brought facts in between, what was derived is older than they are, and it is derived anew: so the last of
// several writers leaves edges of everyone's facts, in whatever order they came.
func Renew(ctx context.Context, store graph.Store, program string) (*graph.Snapshot, error) {
	for {
		facts, err := store.Snapshot(ctx, 0)
		if err != nil {
			return nil, err
		}
		derived, err := Derive(ctx, facts, program)
		if err != nil {
			return nil, err
		}
		kept, err := store.Apply(ctx, derived...)
		if err != nil {
			return nil, err
		}
		if kept > facts.Revision()+1 {
			continue // others' revisions lie between
		}
		return store.Snapshot(ctx, 0)
	}
}
