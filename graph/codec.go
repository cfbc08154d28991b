package graph

import "encoding/binary"

// appendEdgeData appends what an edge carries beside its ends, kind and verdict.
func appendEdgeData(out []byte, edge Edge) ([]byte, error) {
	out = appendText(out, edge.Technique)
	out = appendText(out, string(edge.Cause))
	out = binary.AppendUvarint(out, uint64(len(edge.Requires)))
	for _, id := range edge.Requires {
		out = appendText(out, string(id))
	}
	out = binary.AppendUvarint(out, uint64(len(edge.Evidence)))
	for _, piece := range edge.Evidence {
		out = appendText(out, string(piece.Kind))
		out = appendText(out, string(piece.Source))
		out = appendText(out, piece.Locator)
		out = appendText(out, piece.Detail)
	}
	return appendProps(out, edge.Props)
}

func (in *reader) edgeData(edge *Edge) {
	edge.Technique = in.text()
	edge.Cause = Cause(in.text())
	if count := in.length(); count > 0 {
		edge.Requires = make([]ID, 0, count)
		for range count {
			edge.Requires = append(edge.Requires, ID(in.text()))
		}
	}
	if count := in.length(); count > 0 {
		edge.Evidence = make([]Evidence, 0, count)
		for range count {
			edge.Evidence = append(edge.Evidence, Evidence{
				Kind: EvidenceKind(in.text()), Source: ID(in.text()), Locator: in.text(), Detail: in.text(),
			})
		}
	}
	edge.Props = in.props()
}

// AppendNode appends the compact encoding of a node, equal for equal nodes.
func AppendNode(out []byte, node Node) ([]byte, error) {
	out = appendText(out, string(node.ID))
	out = appendText(out, string(node.Kind))
	stub := byte(0)
	if node.Stub {
		stub = 1
	}
	return appendProps(append(out, stub), node.Props)
}

// DecodeNode reads one node and returns what follows it, or ErrCorrupt.
func DecodeNode(data []byte) (Node, []byte, error) {
	in := reader{rest: data}
	node := Node{ID: ID(in.text()), Kind: NodeKind(in.text()), Stub: in.byte() == 1}
	node.Props = in.props()
	return node, in.rest, in.err
}

// AppendEdge appends the compact encoding of an edge, equal for equal edges.
func AppendEdge(out []byte, edge Edge) ([]byte, error) {
	out = appendText(out, string(edge.From))
	out = appendText(out, string(edge.To))
	out = appendText(out, string(edge.Kind))
	return appendEdgeData(append(out, byte(edge.Verdict)), edge)
}

// DecodeEdge reads one edge and returns what follows it, or ErrCorrupt.
func DecodeEdge(data []byte) (Edge, []byte, error) {
	in := reader{rest: data}
	edge := Edge{From: ID(in.text()), To: ID(in.text()), Kind: EdgeKind(in.text()), Verdict: Verdict(in.byte())}
	in.edgeData(&edge)
	return edge, in.rest, in.err
}
