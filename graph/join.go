package graph

import (
	"cmp"
	"slices"
)

// join merges tables; where two give one property, the first in order wins. The tables stay as they are, and what is
// joined shares their records: only what several tables say is written anew.
func join(layers []*table) (*table, error) {
	if len(layers) == 1 {
		return layers[0], nil
	}
	joining := joining{layers: layers, out: newWriter(0), joined: &table{}}
	if err := joining.number(); err != nil {
		return nil, err
	}
	joining.joinNodes()
	joining.joinEdges()
	written, err := joining.out.source()
	if err != nil {
		return nil, err
	}
	joining.joined.sources = append(joining.joined.sources, written)
	return joining.joined, nil
}

// joining is the work on one joined table.
type joining struct {
	layers []*table
	joined *table
	out    *writer // what several layers say, to be the last source
	// For each layer, what its numbers become.
	labels, names [][]uint16
	ids           [][]Index
	sources       []uint32
}

// number numbers the kinds and the sources.
func (joining *joining) number() error {
	labels, names := map[NodeKind]uint16{Stub: 0}, map[EdgeKind]uint16{}
	for _, layer := range joining.layers {
		for _, label := range layer.labels {
			labels[label] = 0
		}
		for _, name := range layer.names {
			names[name] = 0
		}
		joining.sources = append(joining.sources, uint32(len(joining.joined.sources)))
		joining.joined.sources = append(joining.joined.sources, layer.sources...)
	}
	var err error
	if joining.joined.labels, err = numbering(labels); err != nil {
		return err
	}
	if joining.joined.names, err = numbering(names); err != nil {
		return err
	}
	for _, layer := range joining.layers {
		joining.labels = append(joining.labels, numbers(layer.labels, labels))
		joining.names = append(joining.names, numbers(layer.names, names))
	}
	return nil
}

func numbers[Kind ~string](kinds []Kind, number map[Kind]uint16) []uint16 {
	all := make([]uint16, len(kinds))
	for i, kind := range kinds {
		all[i] = number[kind]
	}
	return all
}

// cursor stands at one id of one layer.
type cursor struct {
	id    ID
	layer int
	at    Index
}

func (cursor cursor) before(other cursor) bool {
	if order := cmp.Compare(cursor.id, other.id); order != 0 {
		return order < 0
	}
	return cursor.layer < other.layer
}

// joinNodes walks all layers in the order of ids. Layers seldom interleave, as scopes name their own resources
// alike, so it stays on a layer for as long as that holds the least id.
func (joining *joining) joinNodes() {
	var heap []cursor
	longest := 0
	for number, layer := range joining.layers {
		joining.ids = append(joining.ids, make([]Index, len(layer.ids)))
		if len(layer.ids) > 0 {
			heap = append(heap, cursor{layer.ids[0], number, 0})
			longest = max(longest, len(layer.ids))
		}
	}
	for i := len(heap)/2 - 1; i >= 0; i-- {
		sink(heap, i)
	}
	joining.joined.ids = make([]ID, 0, longest)
	joining.joined.nodes = make([]nodeRow, 0, longest)
	var same []cursor
	for len(heap) > 0 {
		first := &heap[0]
		next := second(heap)
		ids := joining.layers[first.layer].ids
		for {
			if len(same) > 0 && same[0].id != first.id {
				joining.joinNode(same)
				same = same[:0]
			}
			same = append(same, *first)
			first.at++
			if int(first.at) == len(ids) {
				heap[0] = heap[len(heap)-1]
				heap = heap[:len(heap)-1]
				break
			}
			first.id = ids[first.at]
			if next != nil && next.before(*first) {
				break
			}
		}
		sink(heap, 0)
	}
	if len(same) > 0 {
		joining.joinNode(same)
	}
}

// second is the least cursor after the first, nil if there is none.
func second(heap []cursor) *cursor {
	switch {
	case len(heap) < 2:
		return nil
	case len(heap) == 2 || heap[1].before(heap[2]):
		return &heap[1]
	}
	return &heap[2]
}

// sink restores the heap below i.
func sink(heap []cursor, i int) {
	for {
		least := 2*i + 1
		if least >= len(heap) {
			return
		}
		if least+1 < len(heap) && heap[least+1].before(heap[least]) {
			least++
		}
		if !heap[least].before(heap[i]) {
			return
		}
		heap[i], heap[least] = heap[least], heap[i]
		i = least
	}
}

// joinNode adds one node, of which each cursor is a contribution.
func (joining *joining) joinNode(same []cursor) {
	joined := joining.joined
	number := Index(len(joined.ids))
	joined.ids = append(joined.ids, same[0].id)
	telling := 0 // contributions that say more than the id
	chosen := same[0]
	for _, cursor := range same {
		joining.ids[cursor.layer][cursor.at] = number
		if !joining.layers[cursor.layer].named(cursor.at) {
			if telling == 0 {
				chosen = cursor
			}
			telling++
		}
	}
	row := joining.layers[chosen.layer].nodes[chosen.at]
	row.label, row.source = joining.labels[chosen.layer][row.label], row.source+joining.sources[chosen.layer]
	if telling > 1 {
		row = joining.mergeNode(same)
	}
	joined.nodes = append(joined.nodes, row)
}

func (joining *joining) mergeNode(same []cursor) nodeRow {
	contributions := make([]Node, len(same))
	for i, cursor := range same {
		contributions[i] = joining.layers[cursor.layer].node(cursor.at)
	}
	node := mergeNodes(contributions)
	label, _ := slices.BinarySearch(joining.joined.labels, node.Kind)
	row := nodeRow{source: uint32(len(joining.joined.sources)), at: none, label: uint16(label), stub: node.Stub}
	if len(node.Props) > 0 {
		joining.out.props(node.Props)
		row.at = joining.out.close()
	}
	return row
}

// joinEdges sorts the layers' edges into the buckets of their sources, and each bucket by what remains.
func (joining *joining) joinEdges() {
	joined := joining.joined
	end := make([]uint32, len(joined.ids)+1)
	for number, layer := range joining.layers {
		for _, row := range layer.edges {
			end[joining.ids[number][row.from]+1]++
		}
	}
	for i := range joined.ids {
		end[i+1] += end[i]
	}
	joined.edges = make([]edgeRow, end[len(joined.ids)])
	for number, layer := range joining.layers {
		ids, names, source := joining.ids[number], joining.names[number], joining.sources[number]
		for _, row := range layer.edges {
			from := ids[row.from]
			row.from, row.to, row.name, row.source = from, ids[row.to], names[row.name], row.source+source
			joined.edges[end[from]] = row
			end[from]++
		}
	}
	// Each bucket's start has become its end.
	identity := func(a, b edgeRow) int { return joined.compare(a, b) }
	kept, start := 0, uint32(0)
	for i := range joined.ids {
		bucket := joined.edges[start:end[i]]
		start = end[i]
		if !slices.IsSortedFunc(bucket, identity) {
			slices.SortFunc(bucket, func(a, b edgeRow) int {
				return cmp.Or(identity(a, b), cmp.Compare(a.source, b.source), cmp.Compare(a.at, b.at))
			})
		}
		for len(bucket) > 0 {
			same := 1
			for same < len(bucket) && identity(bucket[0], bucket[same]) == 0 {
				same++
			}
			joined.edges[kept] = joining.mergeRows(bucket[:same])
			kept++
			bucket = bucket[same:]
		}
	}
	joined.edges = joined.edges[:kept]
}

func (joining *joining) mergeRows(same []edgeRow) edgeRow {
	row := same[0]
	if len(same) == 1 {
		return row
	}
	edge := joining.joined.edge(row)
	for _, other := range same[1:] {
		edge = mergeEdges(edge, joining.joined.edge(other))
	}
	joining.out.edgeData(edge)
	row.source, row.at, row.verdict = uint32(len(joining.joined.sources)), joining.out.close(), edge.Verdict
	return row
}
