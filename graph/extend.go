package graph

import (
	"cmp"
	"slices"
)

// With gives a new snapshot that holds the batch as well. The receiver stays as it is.
func (snapshot *Snapshot) With(batch Batch) (*Snapshot, error) {
	if err := batch.Validate(); err != nil {
		return nil, err
	}
	var base Batch
	nodes, edges := snapshot.All()
	base.Nodes, base.Edges = slices.Collect(nodes), slices.Collect(edges)
	extended := &Snapshot{revision: snapshot.revision, byKind: map[NodeKind][]Index{}}
	extended.scopes = append(slices.Clone(snapshot.scopes), Status{
		Scope: batch.Scope, Collected: batch.Collected, Incomplete: batch.Incomplete, Nodes: len(batch.Nodes), Edges: len(batch.Edges),
	})
	slices.SortStableFunc(extended.scopes, func(a, b Status) int { return cmp.Compare(a.Scope, b.Scope) })
	if err := extended.packNodes([]Batch{base, batch}); err != nil {
		return nil, err
	}
	if err := extended.packEdges([]Batch{base, batch}); err != nil {
		return nil, err
	}
	return extended, nil
}
