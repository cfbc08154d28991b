package graph

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// Cut gives some of the nodes, which are named in order, with the edges between them, as a snapshot of its own in which nothing else is.
// Its scopes are those given. It shares the memory of the whole, and costs what it holds.
func (snapshot *Snapshot) Cut(nodes []Index, scopes []Status) *Snapshot {
	cut := &Snapshot{revision: snapshot.revision, scopes: scopes}
	cut.sources, cut.labels, cut.names = snapshot.sources, snapshot.labels, snapshot.names
	cut.ids, cut.nodes = make([]ID, len(nodes)), make([]nodeRow, len(nodes))
	for at, i := range nodes {
		cut.ids[at], cut.nodes[at] = snapshot.ids[i], snapshot.nodes[i]
	}
	for row, from := range snapshot.between(nodes) {
		to, _ := slices.BinarySearch(nodes, row.to)
		row.from, row.to = Index(from), Index(to)
		cut.edges = append(cut.edges, row)
	}
	cut.link()
	return cut
}

// between gives the edges both of whose ends are among the nodes, in order, with the place of their source.
func (snapshot *Snapshot) between(nodes []Index) func(func(edgeRow, int) bool) {
	return func(yield func(edgeRow, int) bool) {
		for at, i := range nodes {
			for _, row := range snapshot.edges[snapshot.outStart[i]:snapshot.outStart[i+1]] {
				if _, found := slices.BinarySearch(nodes, row.to); found && !yield(row, at) {
					return
				}
			}
		}
	}
}

// Fingerprint tells cuts apart: of a snapshot that was joined from parts, nodes with equal fingerprints make equal cuts. Unequal ones
// may do so too: of a scope that speaks of hardly anything but the nodes, its digest is taken in place of what it says.
func (snapshot *Snapshot) Fingerprint(nodes []Index) Digest {
	whole := snapshot.spokenFor(nodes)
	var out []byte
	for source, covered := range whole {
		if covered {
			digest := snapshot.parts[source].Digest()
			out = append(out, digest[:]...)
		}
	}
	// told gives which whole scope says a row; 0 where it is not one alone.
	told := func(source uint32) uint64 {
		if int(source) < len(whole) && whole[source] {
			return uint64(source) + 1
		}
		return 0
	}
	place := map[uint64]uint64{0: 0} // sources by their order among the whole ones, so that others do not bear on it
	for source, covered := range whole {
		if covered {
			place[uint64(source)+1] = uint64(len(place))
		}
	}
	for _, i := range nodes {
		row := snapshot.nodes[i]
		out = appendText(out, snapshot.ids[i])
		teller := place[told(row.source)]
		if out = binary.AppendUvarint(out, teller); teller != 0 {
			continue
		}
		out = appendText(out, snapshot.labels[row.label])
		out = append(out, flag(row.stub), flag(row.at != none))
		if row.at != none {
			in := snapshot.sources[row.source].read(row.at)
			out = in.spellProps(out)
		}
	}
	for row, from := range snapshot.between(nodes) {
		if told(row.source) != 0 {
			continue
		}
		out = appendText(out, snapshot.ids[nodes[from]])
		out = appendText(out, snapshot.ids[row.to])
		out = appendText(out, snapshot.names[row.name])
		out = append(out, byte(row.verdict))
		in := snapshot.sources[row.source].read(row.at)
		out = in.spellEdgeData(out)
	}
	return sha256.Sum256(out)
}

// spokenFor marks the parts more than half of whose nodes are told by them alone and are among the nodes.
func (snapshot *Snapshot) spokenFor(nodes []Index) []bool {
	count := make([]int, len(snapshot.sources))
	for _, i := range nodes {
		if row := snapshot.nodes[i]; row.at != none {
			count[row.source]++
		}
	}
	whole := make([]bool, len(snapshot.parts))
	for at, part := range snapshot.parts {
		whole[at] = 2*count[at] > len(part.ids)
	}
	return whole
}

func flag(on bool) byte {
	if on {
		return 1
	}
	return 0
}

// Parts gives the parts that the snapshot was joined from.
func (snapshot *Snapshot) Parts() []*Part { return snapshot.parts }

// Teller gives the scope that alone gives a node its properties; false where none does, or several do.
func (snapshot *Snapshot) Teller(i Index) (Scope, bool) {
	row := snapshot.nodes[i]
	if row.at == none || int(row.source) >= len(snapshot.parts) {
		return "", false
	}
	return snapshot.parts[row.source].status.Scope, true
}
