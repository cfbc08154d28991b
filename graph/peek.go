package graph

// Technique gives an edge's technique without decoding the rest of it.
func (snapshot *Snapshot) Technique(e EdgeIndex) string {
	in := reader{rest: snapshot.edgeData.at(int(e))}
	return in.text()
}

// Cause gives an edge's cause without decoding the rest of it.
func (snapshot *Snapshot) Cause(e EdgeIndex) Cause {
	in := reader{rest: snapshot.edgeData.at(int(e))}
	in.skip()
	return Cause(in.text())
}

// Requires gives what an edge requires beside its source, without decoding the rest of it.
func (snapshot *Snapshot) Requires(e EdgeIndex) []ID {
	in := reader{rest: snapshot.edgeData.at(int(e))}
	in.skip()
	in.skip()
	count := in.length()
	if count == 0 {
		return nil
	}
	requires := make([]ID, 0, count)
	for range count {
		requires = append(requires, ID(in.text()))
	}
	return requires
}

// skip passes over a text.
func (in *reader) skip() {
	size := in.length()
	if size > len(in.rest) {
		in.fail("a text runs past the end")
		return
	}
	in.rest = in.rest[size:]
}
