package graph

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"sort"
)

// Index numbers a snapshot's nodes from 0 in the order of their ids.
type Index uint32

// EdgeIndex numbers a snapshot's edges from 0, ordered by (From, To, Kind, Technique, Requires).
type EdgeIndex uint32

// Stub is the kind of a node that is only ever named, by an edge, and that no scope holds.
const Stub NodeKind = "Stub"

// Snapshot is an immutable, packed view of one revision, safe for any number of readers at once. Contributions of
// several scopes to one id are merged: a real node overrides stubs, and where two scopes give one
// property, the scope first in order wins.
type Snapshot struct {
	revision Revision
	ids      []ID
	kinds    []uint16
	labels   []NodeKind
	props    arena

	from, to  []Index
	edgeKinds []uint16
	edgeNames []EdgeKind
	verdicts  []Verdict
	edgeData  arena

	outStart []uint32 // edges of node i: [outStart[i], outStart[i+1])
	inStart  []uint32
	inEdges  []EdgeIndex

	byKind map[NodeKind][]Index
	scopes []Status
}

// arena holds variable-length records end to end.
type arena struct {
	start []uint64
	bytes []byte
}

func (arena *arena) add(record []byte) {
	if len(arena.start) == 0 {
		arena.start = append(arena.start, 0)
	}
	arena.bytes = append(arena.bytes, record...)
	arena.start = append(arena.start, uint64(len(arena.bytes)))
}

func (arena *arena) at(i int) []byte { return arena.bytes[arena.start[i]:arena.start[i+1]] }

// Revision is the store's revision that this is a view of; 0 for one that was never stored.
func (snapshot *Snapshot) Revision() Revision { return snapshot.revision }

// Len is the number of nodes.
func (snapshot *Snapshot) Len() int { return len(snapshot.ids) }

// Edges is the number of edges.
func (snapshot *Snapshot) Edges() int { return len(snapshot.from) }

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
func (snapshot *Snapshot) Kind(i Index) NodeKind { return snapshot.labels[snapshot.kinds[i]] }

// Props decodes a node's properties; the caller owns them.
func (snapshot *Snapshot) Props(i Index) Props {
	in := reader{rest: snapshot.props.at(int(i))}
	return in.props()
}

// Node decodes a node.
func (snapshot *Snapshot) Node(i Index) Node {
	return Node{ID: snapshot.ids[i], Kind: snapshot.Kind(i), Props: snapshot.Props(i), Stub: snapshot.Kind(i) == Stub}
}

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
func (snapshot *Snapshot) Ends(e EdgeIndex) (from, to Index) { return snapshot.from[e], snapshot.to[e] }

// EdgeKind gives an edge's kind without decoding it.
func (snapshot *Snapshot) EdgeKind(e EdgeIndex) EdgeKind {
	return snapshot.edgeNames[snapshot.edgeKinds[e]]
}

// Verdict gives an edge's verdict without decoding it.
func (snapshot *Snapshot) Verdict(e EdgeIndex) Verdict { return snapshot.verdicts[e] }

// Edge decodes an edge; the caller owns it.
func (snapshot *Snapshot) Edge(e EdgeIndex) Edge {
	edge := Edge{
		From: snapshot.ids[snapshot.from[e]], To: snapshot.ids[snapshot.to[e]],
		Kind: snapshot.EdgeKind(e), Verdict: snapshot.verdicts[e],
	}
	in := reader{rest: snapshot.edgeData.at(int(e))}
	in.edgeData(&edge)
	return edge
}

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
			if snapshot.EdgeKind(e) == kind && !yield(snapshot.to[e]) {
				return
			}
		}
	}
}

// Predecessors gives the sources of a node's incoming edges of one kind, in order.
func (snapshot *Snapshot) Predecessors(i Index, kind EdgeKind) iter.Seq[Index] {
	return func(yield func(Index) bool) {
		for e := range snapshot.In(i) {
			if snapshot.EdgeKind(e) == kind && !yield(snapshot.from[e]) {
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
		for e := range snapshot.from {
			if !yield(snapshot.Edge(EdgeIndex(e))) {
				return
			}
		}
	}
	return nodes, edges
}

// NewSnapshot packs the batches, in the order of their scopes whatever order they come in.
func NewSnapshot(revision Revision, batches ...Batch) (*Snapshot, error) {
	batches = slices.Clone(batches)
	sort.SliceStable(batches, func(i, j int) bool { return batches[i].Scope < batches[j].Scope })
	snapshot := &Snapshot{revision: revision, byKind: map[NodeKind][]Index{}}
	for _, batch := range batches {
		if err := batch.Validate(); err != nil {
			return nil, err
		}
		snapshot.scopes = append(snapshot.scopes, Status{
			Scope: batch.Scope, Collected: batch.Collected, Incomplete: batch.Incomplete, Nodes: len(batch.Nodes), Edges: len(batch.Edges),
		})
	}
	if err := snapshot.packNodes(batches); err != nil {
		return nil, err
	}
	if err := snapshot.packEdges(batches); err != nil {
		return nil, err
	}
	return snapshot, nil
}

func (snapshot *Snapshot) packNodes(batches []Batch) error {
	var all []Node
	for _, batch := range batches {
		all = append(all, batch.Nodes...)
		for _, edge := range batch.Edges {
			for _, id := range append([]ID{edge.From, edge.To}, edge.Requires...) {
				all = append(all, Node{ID: id, Kind: Stub, Stub: true})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Node) int { return cmp.Compare(a.ID, b.ID) })
	labels := map[NodeKind]uint16{}
	var record []byte
	for start := 0; start < len(all); {
		end := start + 1
		for end < len(all) && all[end].ID == all[start].ID {
			end++
		}
		node, err := mergeNodes(all[start:end])
		if err != nil {
			return err
		}
		start = end
		label, ok := labels[node.Kind]
		if !ok {
			label = uint16(len(snapshot.labels))
			labels[node.Kind] = label
			snapshot.labels = append(snapshot.labels, node.Kind)
		}
		if record, err = appendProps(record[:0], node.Props); err != nil {
			return fmt.Errorf("%w: node %s: %w", ErrInvalid, node.ID, err)
		}
		snapshot.byKind[node.Kind] = append(snapshot.byKind[node.Kind], Index(len(snapshot.ids)))
		snapshot.ids = append(snapshot.ids, node.ID)
		snapshot.kinds = append(snapshot.kinds, label)
		snapshot.props.add(record)
	}
	return nil
}

// mergeNodes folds all contributions to one id, in order.
func mergeNodes(same []Node) (Node, error) {
	if len(same) == 1 {
		return same[0], nil
	}
	merged := Node{ID: same[0].ID, Kind: Stub, Stub: true}
	for _, node := range same {
		switch {
		case merged.Stub && !node.Stub:
			merged.Kind, merged.Stub = node.Kind, false
		case merged.Kind == Stub:
			merged.Kind = node.Kind
		case !node.Stub && node.Kind != merged.Kind:
			return Node{}, fmt.Errorf("%w: node %s is of kind %s in one scope and %s in another", ErrInvalid, node.ID, merged.Kind, node.Kind)
		}
	}
	for _, wanted := range []bool{false, true} { // what real nodes say goes before what stubs say
		for _, node := range same {
			if node.Stub == wanted && len(node.Props) > 0 {
				merged.Props = merged.Props.merge(node.Props)
			}
		}
	}
	return merged, nil
}

func (snapshot *Snapshot) packEdges(batches []Batch) error {
	var all []Edge
	for _, batch := range batches {
		all = append(all, batch.Edges...)
	}
	slices.SortStableFunc(all, compareEdges)
	names := map[EdgeKind]uint16{}
	var record []byte
	var err error
	for start := 0; start < len(all); {
		edge := all[start]
		end := start + 1
		for end < len(all) && compareEdges(edge, all[end]) == 0 {
			edge = mergeEdges(edge, all[end])
			end++
		}
		start = end
		name, ok := names[edge.Kind]
		if !ok {
			name = uint16(len(snapshot.edgeNames))
			names[edge.Kind] = name
			snapshot.edgeNames = append(snapshot.edgeNames, edge.Kind)
		}
		if record, err = appendEdgeData(record[:0], edge); err != nil {
			return fmt.Errorf("%w: edge %s -[%s]-> %s: %w", ErrInvalid, edge.From, edge.Kind, edge.To, err)
		}
		from, _ := snapshot.Find(edge.From)
		to, _ := snapshot.Find(edge.To)
		snapshot.from = append(snapshot.from, from)
		snapshot.to = append(snapshot.to, to)
		snapshot.edgeKinds = append(snapshot.edgeKinds, name)
		snapshot.verdicts = append(snapshot.verdicts, edge.Verdict)
		snapshot.edgeData.add(record)
	}
	snapshot.link()
	return nil
}

func compareEdges(a, b Edge) int {
	return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.Technique, b.Technique), slices.Compare(a.Requires, b.Requires))
}

// mergeEdges folds two statements of one edge: it holds by either, so the stronger verdict stands, with its cause,
// and the evidence of both is kept.
func mergeEdges(a, b Edge) Edge {
	if b.Verdict < a.Verdict {
		a, b = b, a
	}
	merged := a
	merged.Evidence = slices.Clone(a.Evidence)
	for _, piece := range b.Evidence {
		if !slices.Contains(merged.Evidence, piece) {
			merged.Evidence = append(merged.Evidence, piece)
		}
	}
	if len(b.Props) > 0 {
		merged.Props = Props{}.merge(a.Props).merge(b.Props)
	}
	return merged
}

// link builds the forward and backward adjacency from the sorted edges.
func (snapshot *Snapshot) link() {
	nodes := len(snapshot.ids)
	snapshot.outStart = make([]uint32, nodes+1)
	snapshot.inStart = make([]uint32, nodes+1)
	for e := range snapshot.from {
		snapshot.outStart[snapshot.from[e]+1]++
		snapshot.inStart[snapshot.to[e]+1]++
	}
	for i := range nodes {
		snapshot.outStart[i+1] += snapshot.outStart[i]
		snapshot.inStart[i+1] += snapshot.inStart[i]
	}
	snapshot.inEdges = make([]EdgeIndex, len(snapshot.to))
	next := slices.Clone(snapshot.inStart)
	for e, to := range snapshot.to {
		snapshot.inEdges[next[to]] = EdgeIndex(e)
		next[to]++
	}
}
