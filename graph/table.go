package graph

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// table is the packed form that parts and snapshots share: rows in order, each pointing at its record.
type table struct {
	sources []*source
	ids     []ID // in order, each once
	labels  []NodeKind
	names   []EdgeKind // in order, so that numbers compare as names do
	nodes   []nodeRow  // one for each id
	edges   []edgeRow  // ordered by identity, each once
}

type nodeRow struct {
	source, at uint32 // the record of the properties; at is none where there are none
	label      uint16
	stub       bool
}

type edgeRow struct {
	from, to   Index
	source, at uint32 // the record of all that the row does not say
	name       uint16
	verdict    Verdict
}

// none is where no record lies.
const none = math.MaxUint32

// most is how many kinds a table can tell apart.
const most = math.MaxUint16

func (table *table) props(i Index) Props {
	row := table.nodes[i]
	if row.at == none {
		return nil
	}
	in := table.sources[row.source].read(row.at)
	return in.props()
}

func (table *table) node(i Index) Node {
	row := table.nodes[i]
	return Node{ID: table.ids[i], Kind: table.labels[row.label], Props: table.props(i), Stub: row.stub}
}

// named reports whether the node is only ever named, so that its edges say all there is.
func (table *table) named(i Index) bool {
	row := table.nodes[i]
	return row.stub && row.at == none && table.labels[row.label] == Stub
}

func (table *table) edge(row edgeRow) Edge {
	edge := Edge{From: table.ids[row.from], To: table.ids[row.to], Kind: table.names[row.name], Verdict: row.verdict}
	in := table.sources[row.source].read(row.at)
	in.edgeData(&edge)
	return edge
}

// compare orders rows by the edges' identity.
func (table *table) compare(a, b edgeRow) int {
	if order := cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.name, b.name)); order != 0 {
		return order
	}
	left, right := table.sources[a.source].read(a.at), table.sources[b.source].read(b.at)
	technique, requires := left.identity()
	otherTechnique, otherRequires := right.identity()
	return cmp.Or(cmp.Compare(technique, otherTechnique), slices.Compare(requires, otherRequires))
}

// mergeNodes folds all contributions to one id, in order: what real nodes say goes before what stubs say, and of
// two that are equally real the first.
func mergeNodes(same []Node) Node {
	merged := Node{ID: same[0].ID, Kind: Stub, Stub: true}
	for _, stubs := range []bool{false, true} {
		for _, node := range same {
			if node.Stub != stubs {
				continue
			}
			if merged.Kind == Stub {
				merged.Kind, merged.Stub = node.Kind, node.Stub
			}
			if len(node.Props) > 0 {
				merged.Props = merged.Props.merge(node.Props)
			}
		}
	}
	return merged
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

// numbering numbers kinds in order.
func numbering[Kind ~string](seen map[Kind]uint16) ([]Kind, error) {
	kinds := make([]Kind, 0, len(seen))
	for kind := range seen {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	if len(kinds) > most {
		return nil, fmt.Errorf("%w: %d kinds: a graph can tell %d apart", ErrInvalid, len(kinds), most)
	}
	for number, kind := range kinds {
		seen[kind] = uint16(number)
	}
	return kinds, nil
}
