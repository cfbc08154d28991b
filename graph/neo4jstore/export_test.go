package neo4jstore

// SetTogether sets how many nodes and relationships one transaction changes at most, so that small tests reach what happens beyond.
func (store *Store) SetTogether(most int) { store.together = most }
