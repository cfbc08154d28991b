package neo4jstore

import (
	"context"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// SetTogether sets how many nodes and relationships one transaction changes at most, so that small tests reach what happens beyond.
func (store *Store) SetTogether(most int) { store.together = most }

// SetPause sets how long Apply waits before it first tries again.
func (store *Store) SetPause(pause time.Duration) { store.pause = pause }

// RunUnchecked runs a statement as Query does, but for the check that it only reads.
func (store *Store) RunUnchecked(ctx context.Context, statement string) error {
	session := store.session(ctx, neo4j.AccessModeRead, rowsAhead)
	defer session.Close(ctx)
	tx, err := session.BeginTransaction(ctx)
	if err != nil {
		return err
	}
	defer tx.Close(ctx)
	if _, err := run(ctx, tx, statement, nil); err != nil {
		return err
	}
	return tx.Commit(ctx)
}
