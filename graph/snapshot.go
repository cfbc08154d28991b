package graph

import (
	"cmp"
	"iter"
	"slices"
)

// Index numbers a snapshot's nodes from 0 in the order of their ids.
type Index uint32

// EdgeIndex numbers a snapshot's edges from 0, ordered by (From, To, Kind, Technique, Requires).
type EdgeIndex uint32

// Stub is the kind of a node that is only ever named, by an edge, and that no scope holds.
const Stub NodeKind = "Stub"

// Snapshot is an immutable, packed view of one revision, safe for any number of readers at once. Contributions of
// several scopes to one id are merged: a real node overrides stubs, and where two scopes give one
// property, or one node two kinds, the scope first in order wins. What an edge names and no scope holds is a
// node too, a stub of the kind Stub. Texts that it gives share its memory.
type Snapshot struct {
	table
	revision Revision
	scopes   []Status
	parts    []*Part // that it was joined from, in their order

	outStart []uint32 // edges of node i: [outStart[i], outStart[i+1])
	inStart  []uint32
	inEdges  []EdgeIndex
	byKind   map[NodeKind][]Index
}

// Revision is the store's revision that this is a view of; 0 for one that was never stored.
func (snapshot *Snapshot) Revision() Revision { return snapshot.revision }

// Len is the number of nodes.
func (snapshot *Snapshot) Len() int { return len(snapshot.ids) }

// Edges is the number of edges.
func (snapshot *Snapshot) Edges() int { return len(snapshot.edges) }

// Scopes gives every scope's completeness, ordered by scope. The caller must not change it.
func (snapshot *Snapshot) Scopes() []Status { return snapshot.scopes }

// Scope gives one scope's completeness; false means that the scope was never collected.
func (snapshot *Snapshot) Scope(scope Scope) (Status, bool) {
	at, found := slices.BinarySearchFunc(snapshot.scopes, scope, func(status Status, want Scope) int { return cmp.Compare(status.Scope, want) })
	if !found {
		return Status{}, false
	}
	return snapshot.scopes[at], true
}

// Find gives the index of an id.
func (snapshot *Snapshot) Find(id ID) (Index, bool) {
	at, found := slices.BinarySearch(snapshot.ids, id)
	return Index(at), found
}

// ID gives a node's id.
func (snapshot *Snapshot) ID(i Index) ID { return snapshot.ids[i] }

// Kind gives a node's kind.
func (snapshot *Snapshot) Kind(i Index) NodeKind { return snapshot.labels[snapshot.nodes[i].label] }

// Props decodes a node's properties; the caller owns them.
func (snapshot *Snapshot) Props(i Index) Props { return snapshot.props(i) }

// Node decodes a node.
func (snapshot *Snapshot) Node(i Index) Node { return snapshot.node(i) }

// OfKind gives the nodes of the kinds, kind by kind as asked, each in the order of ids.
func (snapshot *Snapshot) OfKind(kinds ...NodeKind) iter.Seq[Index] {
	return func(yield func(Index) bool) {
		for _, kind := range kinds {
			for _, i := range snapshot.byKind[kind] {
				if !yield(i) {
					return
				}
			}
		}
	}
}

// Ends gives an edge's two nodes without decoding it.
func (snapshot *Snapshot) Ends(e EdgeIndex) (from, to Index) {
	return snapshot.edges[e].from, snapshot.edges[e].to
}

// EdgeKind gives an edge's kind without decoding it.
func (snapshot *Snapshot) EdgeKind(e EdgeIndex) EdgeKind {
	return snapshot.names[snapshot.edges[e].name]
}

// Verdict gives an edge's verdict without decoding it.
func (snapshot *Snapshot) Verdict(e EdgeIndex) Verdict { return snapshot.edges[e].verdict }

// Edge decodes an edge; the caller owns it.
func (snapshot *Snapshot) Edge(e EdgeIndex) Edge { return snapshot.edge(snapshot.edges[e]) }

// Out gives the edges that leave a node, in order.
func (snapshot *Snapshot) Out(i Index) iter.Seq[EdgeIndex] {
	return func(yield func(EdgeIndex) bool) {
		for e := snapshot.outStart[i]; e < snapshot.outStart[i+1]; e++ {
			if !yield(EdgeIndex(e)) {
				return
			}
		}
	}
}

// In gives the edges that enter a node, in order.
func (snapshot *Snapshot) In(i Index) iter.Seq[EdgeIndex] {
	return func(yield func(EdgeIndex) bool) {
		for _, e := range snapshot.inEdges[snapshot.inStart[i]:snapshot.inStart[i+1]] {
			if !yield(e) {
				return
			}
		}
	}
}

// Successors gives the targets of a node's edges of one kind, in order.
func (snapshot *Snapshot) Successors(i Index, kind EdgeKind) iter.Seq[Index] {
	return func(yield func(Index) bool) {
		for e := range snapshot.Out(i) {
			if snapshot.EdgeKind(e) == kind && !yield(snapshot.edges[e].to) {
				return
			}
		}
	}
}

// Predecessors gives the sources of a node's incoming edges of one kind, in order.
func (snapshot *Snapshot) Predecessors(i Index, kind EdgeKind) iter.Seq[Index] {
	return func(yield func(Index) bool) {
		for e := range snapshot.In(i) {
			if snapshot.EdgeKind(e) == kind && !yield(snapshot.edges[e].from) {
				return
			}
		}
	}
}

// All gives every node and edge, merged, in order.
func (snapshot *Snapshot) All() (nodes iter.Seq[Node], edges iter.Seq[Edge]) {
	nodes = func(yield func(Node) bool) {
		for i := range snapshot.ids {
			if !yield(snapshot.Node(Index(i))) {
				return
			}
		}
	}
	edges = func(yield func(Edge) bool) {
		for e := range snapshot.edges {
			if !yield(snapshot.Edge(EdgeIndex(e))) {
				return
			}
		}
	}
	return nodes, edges
}
