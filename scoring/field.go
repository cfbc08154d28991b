package scoring

import (
	"slices"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// field is a set of traversable edges packed for walking. Nodes have local 32-bit numbers. An edge that needs its source
// alone is an arc; one that needs more is a gate, which opens when the last of its sources is held.
type field struct {
	nodes []graph.Index // of each local node

	start []uint32 // arcs of node i: [start[i], start[i+1])
	arcs  []arc
	edges []graph.EdgeIndex // of each arc
	from  []uint32          // of each arc

	gates []gate

	waitStart []uint32 // gates of which node i is a source: waits[waitStart[i]:waitStart[i+1]]
	waits     []uint32

	// bounds cut the nodes into components, each of which leads only to itself and to later ones; nil
	// until arranged.
	bounds []uint32
}

type arc struct {
	to     uint32
	weight uint32 // micronats
}

type gate struct {
	to      uint32
	weight  uint32 // micronats
	edge    graph.EdgeIndex
	sources []uint32 // the edge's From first, then what it requires, without repetition
}

const (
	// none is no node, no move.
	none = ^uint32(0)
	// gone is the weight of an arc or a gate that was taken out.
	gone = ^uint32(0)
)

// pack takes every traversable edge of the snapshot. Local numbers are the snapshot's.
func pack(snapshot *graph.Snapshot) *field {
	count := snapshot.Len()
	packed := &field{nodes: make([]graph.Index, count), start: make([]uint32, count+1)}
	for i := range packed.nodes {
		packed.nodes[i] = graph.Index(i)
	}
	walked := map[graph.EdgeKind]bool{}
	for _, spec := range kinds.Edges() {
		walked[spec.Label] = spec.Traversable
	}
	total := 0
	for e := range graph.EdgeIndex(snapshot.Edges()) {
		if walked[snapshot.EdgeKind(e)] {
			total++
		}
	}
	packed.arcs = make([]arc, 0, total)
	packed.edges = make([]graph.EdgeIndex, 0, total)
	packed.from = make([]uint32, 0, total)
	for e := range graph.EdgeIndex(snapshot.Edges()) {
		if !walked[snapshot.EdgeKind(e)] {
			continue
		}
		from, to := snapshot.Ends(e)
		if sources := sourcesOf(snapshot, e, uint32(from)); len(sources) > 1 {
			packed.gates = append(packed.gates, gate{to: uint32(to), edge: e, sources: sources})
			continue
		}
		packed.add(arc{to: uint32(to)}, e, uint32(from))
	}
	packed.link()
	return packed
}

// sourcesOf lists what an edge needs, its From first.
func sourcesOf(snapshot *graph.Snapshot, e graph.EdgeIndex, from uint32) []uint32 {
	required := snapshot.Requires(e)
	if len(required) == 0 {
		return nil
	}
	sources := append(make([]uint32, 0, len(required)+1), from)
	for _, id := range required {
		if at, ok := snapshot.Find(id); ok && !slices.Contains(sources, uint32(at)) {
			sources = append(sources, uint32(at))
		}
	}
	return sources
}

// add appends an arc; arcs come in the order of their sources. start[i+1] counts until link sums up.
func (packed *field) add(fresh arc, edge graph.EdgeIndex, from uint32) {
	packed.arcs = append(packed.arcs, fresh)
	packed.edges = append(packed.edges, edge)
	packed.from = append(packed.from, from)
	packed.start[from+1]++
}

// link sums the counts into offsets, and lists each node's gates.
func (packed *field) link() {
	count := len(packed.nodes)
	for i := range count {
		packed.start[i+1] += packed.start[i]
	}
	if len(packed.gates) == 0 {
		return
	}
	packed.waitStart = make([]uint32, count+1)
	for _, gate := range packed.gates {
		for _, source := range gate.sources {
			packed.waitStart[source+1]++
		}
	}
	for i := range count {
		packed.waitStart[i+1] += packed.waitStart[i]
	}
	packed.waits = make([]uint32, packed.waitStart[count])
	next := slices.Clone(packed.waitStart)
	for g, gate := range packed.gates {
		for _, source := range gate.sources {
			packed.waits[next[source]] = uint32(g)
			next[source]++
		}
	}
}

// waiting gives the gates of which a node is a source.
func (packed *field) waiting(node uint32) []uint32 {
	if packed.waitStart == nil {
		return nil
	}
	return packed.waits[packed.waitStart[node]:packed.waitStart[node+1]]
}

// weigh sets every weight.
func (packed *field) weigh(weight func(graph.EdgeIndex) uint32) {
	for a, edge := range packed.edges {
		packed.arcs[a].weight = weight(edge)
	}
	for g := range packed.gates {
		packed.gates[g].weight = weight(packed.gates[g].edge)
	}
}

// take copies the nodes that order lists, in that order, with all edges between them. It returns each old node's new
// number, or none.
func (packed *field) take(order []uint32) (taken *field, place []uint32) {
	place = make([]uint32, len(packed.nodes))
	for i := range place {
		place[i] = none
	}
	taken = &field{nodes: make([]graph.Index, len(order)), start: make([]uint32, len(order)+1)}
	most := 0
	for fresh, old := range order {
		place[old] = uint32(fresh)
		taken.nodes[fresh] = packed.nodes[old]
		most += int(packed.start[old+1] - packed.start[old])
	}
	taken.arcs, taken.edges, taken.from = make([]arc, 0, most), make([]graph.EdgeIndex, 0, most), make([]uint32, 0, most)
	for fresh, old := range order {
		for a := packed.start[old]; a < packed.start[old+1]; a++ {
			if to := place[packed.arcs[a].to]; to != none {
				taken.add(arc{to: to, weight: packed.arcs[a].weight}, packed.edges[a], uint32(fresh))
			}
		}
	}
	for _, gate := range packed.gates {
		if gate.to = place[gate.to]; gate.to == none {
			continue
		}
		sources := moved(gate.sources, place)
		if !slices.Contains(sources, none) {
			gate.sources = sources
			taken.gates = append(taken.gates, gate)
		}
	}
	taken.link()
	return taken, place
}

// copied gives a field of which moves can be taken out while this one stays as it is.
func (packed *field) copied() *field {
	other := *packed
	other.arcs, other.gates = slices.Clone(packed.arcs), slices.Clone(packed.gates)
	return &other
}

// without gives the field less some edges. Nodes, moves and components keep their numbers.
func (packed *field) without(drop func(graph.EdgeIndex) bool) *field {
	left := packed.copied()
	for m := range uint32(len(left.arcs) + len(left.gates)) {
		if drop(left.move(m)) {
			left.reweigh(m, gone)
		}
	}
	return left
}

// weight of an arc or a gate.
func (packed *field) weight(m uint32) uint32 {
	if int(m) < len(packed.arcs) {
		return packed.arcs[m].weight
	}
	return packed.gates[int(m)-len(packed.arcs)].weight
}

func (packed *field) reweigh(m, weight uint32) {
	if int(m) < len(packed.arcs) {
		packed.arcs[m].weight = weight
		return
	}
	packed.gates[int(m)-len(packed.arcs)].weight = weight
}

// move gives an arc's (below len(arcs)) or a gate's edge.
func (packed *field) move(m uint32) graph.EdgeIndex {
	if int(m) < len(packed.arcs) {
		return packed.edges[m]
	}
	return packed.gates[int(m)-len(packed.arcs)].edge
}

// sources gives what an arc or a gate needs.
func (packed *field) sources(m uint32) []uint32 {
	if int(m) < len(packed.arcs) {
		return packed.from[m : m+1]
	}
	return packed.gates[int(m)-len(packed.arcs)].sources
}
