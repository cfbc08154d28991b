package graph

// Stub reports, without decoding the node, whether a node is known by name alone.
func (snapshot *Snapshot) Stub(i Index) bool { return snapshot.nodes[i].stub }

// Technique gives an edge's technique without decoding the rest of it.
func (snapshot *Snapshot) Technique(e EdgeIndex) string {
	in := snapshot.record(e)
	return in.text()
}

// Cause gives an edge's cause without decoding the rest of it.
func (snapshot *Snapshot) Cause(e EdgeIndex) Cause {
	in := snapshot.record(e)
	in.uvarint()
	for range in.count() {
		in.uvarint()
	}
	return Cause(in.text())
}

// Requires gives what an edge requires beside its source, without decoding the rest of it.
func (snapshot *Snapshot) Requires(e EdgeIndex) []ID {
	in := snapshot.record(e)
	_, requires := in.identity()
	return requires
}

func (snapshot *Snapshot) record(e EdgeIndex) reader {
	row := snapshot.edges[e]
	return snapshot.sources[row.source].read(row.at)
}

// Prop gives one property of a node without building the others; false where it has none of the name.
func (snapshot *Snapshot) Prop(i Index, name string) (any, bool) {
	row := snapshot.nodes[i]
	if row.at == none {
		return nil, false
	}
	in := snapshot.sources[row.source].read(row.at)
	return in.prop(name)
}

// EdgeProp gives one property of an edge without decoding the rest of it; false where it has none of the name.
func (snapshot *Snapshot) EdgeProp(e EdgeIndex, name string) (any, bool) {
	in := snapshot.record(e)
	in.checkTexts(1)
	in.checkTexts(in.count())
	in.checkTexts(1)
	in.checkTexts(4 * in.count())
	return in.prop(name)
}

// Kinds gives the kinds of the nodes, in order.
func (snapshot *Snapshot) Kinds() []NodeKind {
	var kinds []NodeKind
	for _, kind := range snapshot.labels {
		if len(snapshot.byKind[kind]) > 0 {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// EdgeKinds gives the kinds that edges may have, in order. The caller must not change it.
func (snapshot *Snapshot) EdgeKinds() []EdgeKind { return snapshot.names }

// EdgeKindAt gives where an edge's kind stands among EdgeKinds.
func (snapshot *Snapshot) EdgeKindAt(e EdgeIndex) int { return int(snapshot.edges[e].name) }

// Count is how many nodes are of a kind.
func (snapshot *Snapshot) Count(kind NodeKind) int { return len(snapshot.byKind[kind]) }

// OutRange gives the edges that leave a node, which are numbered in a row: from the first up to but not the second.
func (snapshot *Snapshot) OutRange(i Index) (first, beyond EdgeIndex) {
	return EdgeIndex(snapshot.outStart[i]), EdgeIndex(snapshot.outStart[i+1])
}

// InEdges gives the edges that enter a node, in order. The caller must not change it.
func (snapshot *Snapshot) InEdges(i Index) []EdgeIndex {
	return snapshot.inEdges[snapshot.inStart[i]:snapshot.inStart[i+1]]
}
