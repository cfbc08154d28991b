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
