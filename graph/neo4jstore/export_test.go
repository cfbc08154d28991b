package neo4jstore

import "time"

// SetTogether sets how many nodes and relationships one transaction changes at most, so that small tests reach what happens beyond.
func (store *Store) SetTogether(most int) { store.together = most }

// SetPause sets how long Apply waits before it first tries again.
func (store *Store) SetPause(pause time.Duration) { store.pause = pause }
