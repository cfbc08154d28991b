package analysis

import (
	"fmt"
	"slices"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/derive"
	"github.com/inroad-security/inroad/graph/kinds"
)

// lend gives the entries that a question names what is granted to everyone: a store that anyone reads they read too.
// Derivation says it once, of the internet, and where the internet is among the entries it is told as the internet's path.
func lend(snapshot *graph.Snapshot, entries []graph.ID) (*graph.Snapshot, error) {
	internet, found := snapshot.Find(graph.Internet)
	if !found || slices.Contains(entries, graph.Internet) {
		return snapshot, nil
	}
	batch := graph.Batch{Scope: derive.Scope}
	for e := range snapshot.Out(internet) {
		if snapshot.EdgeKind(e) != kinds.CanRead {
			continue // a role that trusts everyone lets each in as itself, or not; derivation tells whom
		}
		open := snapshot.Edge(e)
		for _, entry := range entries {
			if entry == open.To || holds(snapshot, entry, open) {
				continue
			}
			copied := open
			copied.From = entry
			batch.Edges = append(batch.Edges, copied)
		}
	}
	if len(batch.Edges) == 0 {
		return snapshot, nil
	}
	lent, err := snapshot.With(batch)
	if err != nil {
		return nil, fmt.Errorf("lend what everyone has to %d entries: %w", len(entries), err)
	}
	return lent, nil
}

// holds reports whether a node has an edge of its own that is worth as much.
func holds(snapshot *graph.Snapshot, from graph.ID, open graph.Edge) bool {
	at, found := snapshot.Find(from)
	if !found {
		return true
	}
	for e := range snapshot.Out(at) {
		own := snapshot.Edge(e)
		if own.To == open.To && own.Kind == open.Kind && own.Verdict <= open.Verdict && len(own.Requires) <= len(open.Requires) {
			return true
		}
	}
	return false
}
