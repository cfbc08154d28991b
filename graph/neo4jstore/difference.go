package neo4jstore

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/inroad-security/inroad/graph"
)

// difference is what distinguishes one snapshot's graph from an older one's. It names nodes and edges by their places, so that a
// large one is small.
type difference struct {
	old, new *graph.Snapshot

	nodesGone    []graph.Index // of old
	nodesNew     []graph.Index // of new
	nodesChanged []graph.Index // of new
	edgesGone    []graph.EdgeIndex
	edgesNew     []graph.EdgeIndex
	edgesChanged []graph.EdgeIndex // of new
}

func (difference *difference) len() int {
	return len(difference.nodesGone) + len(difference.nodesNew) + len(difference.nodesChanged) +
		len(difference.edgesGone) + len(difference.edgesNew) + len(difference.edgesChanged)
}

// everything is the difference from nothing.
func everything(snapshot *graph.Snapshot) difference {
	all := difference{old: snapshot, new: snapshot, nodesNew: make([]graph.Index, snapshot.Len()), edgesNew: make([]graph.EdgeIndex, snapshot.Edges())}
	for i := range all.nodesNew {
		all.nodesNew[i] = graph.Index(i)
	}
	for i := range all.edgesNew {
		all.edgesNew[i] = graph.EdgeIndex(i)
	}
	return all
}

// compare compares the nodes that a changed scope names or named, and the edges that leave them. Nothing else can differ: every
// other node's and edge's contributions are what they were. Elements are compared themselves, not by a hash that was kept:
// both sides are at hand, and what the database would say of a hash could be wrong.
func compare(ctx context.Context, old, after *loaded, changes []change) (difference, error) {
	found := difference{old: old.snapshot, new: after.snapshot}
	named, err := names(old, changes)
	if err != nil {
		return found, err
	}
	for count, id := range named {
		if count%1024 == 0 && ctx.Err() != nil {
			return found, ctx.Err()
		}
		before, was := found.old.Find(id)
		now, is := found.new.Find(id)
		switch {
		case was && is:
			if !sameNode(found.old.Node(before), found.new.Node(now)) {
				found.nodesChanged = append(found.nodesChanged, now)
			}
		case was:
			found.nodesGone = append(found.nodesGone, before)
		case is:
			found.nodesNew = append(found.nodesNew, now)
		}
		found.compareEdges(edgesFrom(found.old, before, was), edgesFrom(found.new, now, is))
	}
	return found, nil
}

// names gives the ids that the scopes which change name or named, in order.
func names(old *loaded, changes []change) ([]graph.ID, error) {
	var parts []*graph.Part
	for _, change := range changes {
		parts = append(parts, change.part)
		if at, found := old.find(change.version.scope); found {
			parts = append(parts, old.parts[at])
		}
	}
	joined, err := graph.Join(0, parts...)
	if err != nil {
		return nil, err
	}
	ids := make([]graph.ID, joined.Len())
	for i := range ids {
		ids[i] = joined.ID(graph.Index(i))
	}
	return ids, nil
}

func edgesFrom(snapshot *graph.Snapshot, node graph.Index, there bool) []graph.EdgeIndex {
	if !there {
		return nil
	}
	return slices.Collect(snapshot.Out(node))
}

// compareEdges walks the edges that leave one node, which lie in the order of their identities on both sides.
func (difference *difference) compareEdges(old, now []graph.EdgeIndex) {
	for len(old) > 0 || len(now) > 0 {
		var order int
		switch {
		case len(old) == 0:
			order = 1
		case len(now) == 0:
			order = -1
		default:
			order = difference.order(old[0], now[0])
		}
		switch {
		case order < 0:
			difference.edgesGone = append(difference.edgesGone, old[0])
			old = old[1:]
		case order > 0:
			difference.edgesNew = append(difference.edgesNew, now[0])
			now = now[1:]
		default:
			if !sameEdge(difference.old.Edge(old[0]), difference.new.Edge(now[0])) {
				difference.edgesChanged = append(difference.edgesChanged, now[0])
			}
			old, now = old[1:], now[1:]
		}
	}
}

// order compares the identities of two edges that leave one node.
func (difference *difference) order(a, b graph.EdgeIndex) int {
	_, aTo := difference.old.Ends(a)
	_, bTo := difference.new.Ends(b)
	return cmp.Or(
		cmp.Compare(difference.old.ID(aTo), difference.new.ID(bTo)),
		cmp.Compare(difference.old.EdgeKind(a), difference.new.EdgeKind(b)),
		cmp.Compare(difference.old.Technique(a), difference.new.Technique(b)),
		slices.Compare(difference.old.Requires(a), difference.new.Requires(b)),
	)
}

func sameNode(a, b graph.Node) bool {
	return a.Kind == b.Kind && a.Stub == b.Stub && sameProps(a.Props, b.Props)
}

// sameEdge compares what two edges of one identity say.
func sameEdge(a, b graph.Edge) bool {
	return a.Verdict == b.Verdict && a.Cause == b.Cause && slices.Equal(a.Evidence, b.Evidence) && sameProps(a.Props, b.Props)
}

func sameProps(a, b graph.Props) bool {
	return maps.EqualFunc(a, b, func(a, b any) bool {
		list, isList := a.([]string)
		other, otherIsList := b.([]string)
		if isList || otherIsList {
			return isList && otherIsList && slices.Equal(list, other)
		}
		return a == b
	})
}
