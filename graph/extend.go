package graph

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
)

// NewSnapshot packs the batches, in the order of their scopes whatever order they come in. Of batches with one
// scope, each adds to those before it.
func NewSnapshot(revision Revision, batches ...Batch) (*Snapshot, error) {
	parts, err := PackAll(context.Background(), batches...)
	if err != nil {
		return nil, err
	}
	return Join(revision, parts...)
}

// PackAll packs each batch, several at once, or fails as Pack does on the first that cannot be. It ends early with
// the context's error when that ends.
func PackAll(ctx context.Context, batches ...Batch) ([]*Part, error) {
	parts, failures := make([]*Part, len(batches)), make([]error, len(batches))
	var group sync.WaitGroup
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, batch := range batches {
		free <- struct{}{}
		group.Go(func() {
			if failures[i] = ctx.Err(); failures[i] == nil {
				parts[i], failures[i] = Pack(batch)
			}
			<-free
		})
	}
	group.Wait()
	for _, failure := range failures {
		if failure != nil {
			return nil, failure
		}
	}
	return parts, nil
}

// Join makes a snapshot of parts, in the order of their scopes whatever order they come in. It shares their
// memory.
func Join(revision Revision, parts ...*Part) (*Snapshot, error) {
	parts = slices.Clone(parts)
	slices.SortStableFunc(parts, func(a, b *Part) int { return cmp.Compare(a.status.Scope, b.status.Scope) })
	layers, scopes := make([]*table, len(parts)), make([]Status, len(parts))
	for i, part := range parts {
		layers[i], scopes[i] = &part.table, part.status
	}
	return joinSnapshot(revision, layers, scopes, parts)
}

// With gives a new snapshot that holds the batches as well, after all that is there already whatever their scopes. The
// receiver stays as it is, and the two share memory. The cost grows with the snapshot's nodes and
// edges, though none is decoded.
func (snapshot *Snapshot) With(batches ...Batch) (*Snapshot, error) {
	added, err := PackAll(context.Background(), batches...)
	if err != nil {
		return nil, err
	}
	layers, scopes := []*table{&snapshot.table}, slices.Clone(snapshot.scopes)
	for _, part := range added {
		layers, scopes = append(layers, &part.table), append(scopes, part.status)
	}
	slices.SortStableFunc(scopes, func(a, b Status) int { return cmp.Compare(a.Scope, b.Scope) })
	return joinSnapshot(snapshot.revision, layers, scopes, slices.Concat(snapshot.parts, added))
}

// Of gives the snapshot of those scopes alone that keep chooses. The cost grows with what they hold, though none of it is decoded.
func (snapshot *Snapshot) Of(keep func(Scope) bool) (*Snapshot, error) {
	return Join(snapshot.revision, slices.DeleteFunc(slices.Clone(snapshot.parts), func(part *Part) bool { return !keep(part.status.Scope) })...)
}

func joinSnapshot(revision Revision, layers []*table, scopes []Status, parts []*Part) (*Snapshot, error) {
	joined, err := join(layers)
	if err != nil {
		return nil, fmt.Errorf("join %d scopes: %w", len(scopes), err)
	}
	snapshot := &Snapshot{table: *joined, revision: revision, scopes: mergeStatuses(scopes), parts: parts}
	snapshot.link()
	return snapshot, nil
}

// mergeStatuses folds neighbours of one scope: what was missing from either is missing, and the data is as old as
// the older.
func mergeStatuses(scopes []Status) []Status {
	var merged []Status
	for _, status := range scopes {
		if len(merged) == 0 || merged[len(merged)-1].Scope != status.Scope {
			merged = append(merged, status)
			continue
		}
		last := &merged[len(merged)-1]
		last.Incomplete = Sorted(append(slices.Clone(last.Incomplete), status.Incomplete...))
		if status.Collected.Before(last.Collected) {
			last.Collected = status.Collected
		}
		last.Nodes += status.Nodes
		last.Edges += status.Edges
	}
	return merged
}

// link builds the adjacency in both directions from the sorted edges, and the index by kind.
func (snapshot *Snapshot) link() {
	nodes := len(snapshot.ids)
	snapshot.outStart, snapshot.inStart = make([]uint32, nodes+1), make([]uint32, nodes+1)
	for _, row := range snapshot.edges {
		snapshot.outStart[row.from+1]++
		snapshot.inStart[row.to+1]++
	}
	for i := range nodes {
		snapshot.outStart[i+1] += snapshot.outStart[i]
		snapshot.inStart[i+1] += snapshot.inStart[i]
	}
	snapshot.inEdges = make([]EdgeIndex, len(snapshot.edges))
	next := slices.Clone(snapshot.inStart)
	for e, row := range snapshot.edges {
		snapshot.inEdges[next[row.to]] = EdgeIndex(e)
		next[row.to]++
	}
	count := make([]int, len(snapshot.labels))
	for _, row := range snapshot.nodes {
		count[row.label]++
	}
	snapshot.byKind = make(map[NodeKind][]Index, len(count))
	of := make([][]Index, len(count))
	for label, size := range count {
		of[label] = make([]Index, 0, size)
	}
	for i, row := range snapshot.nodes {
		of[row.label] = append(of[row.label], Index(i))
	}
	for label, members := range of {
		snapshot.byKind[snapshot.labels[label]] = members
	}
}
