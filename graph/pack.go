package graph

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Pack packs a batch. However the batch's nodes and edges are ordered, the part is the same: what it says twice is
// merged as a snapshot merges scopes. It fails with ErrInvalid as Validate does, for a value that a graph cannot
// hold, and for an id that is given two kinds.
func Pack(batch Batch) (*Part, error) {
	if err := batch.Validate(); err != nil {
		return nil, err
	}
	packing := packing{batch: batch, out: newWriter(len(batch.Nodes) + len(batch.Edges))}
	packing.number()
	if err := packing.packNodes(); err != nil {
		return nil, fmt.Errorf("scope %s: %w", batch.Scope, err)
	}
	if err := packing.packEdges(); err != nil {
		return nil, fmt.Errorf("scope %s: %w", batch.Scope, err)
	}
	return packing.part()
}

// packing is the work on one part.
type packing struct {
	batch Batch
	out   *writer
	table table
	nodes []nodePlace
	edges []edgePlace
	real  int
}

// nodePlace and edgePlace are where a node and an edge stand in the batch, under their ids' numbers.
type (
	nodePlace struct{ id, at uint32 }
	edgePlace struct{ from, to, at uint32 }
)

// number numbers every id that the batch names, in order; an id's number is its text's number too.
func (packing *packing) number() {
	batch, refs := packing.batch, packing.out.refs
	var ids []string // as they are met
	meet := func(id ID) uint32 {
		ref, ok := refs[string(id)]
		if !ok {
			ref = uint32(len(ids))
			refs[string(id)] = ref
			ids = append(ids, string(id))
		}
		return ref
	}
	packing.nodes = make([]nodePlace, len(batch.Nodes))
	for at, node := range batch.Nodes {
		packing.nodes[at] = nodePlace{meet(node.ID), uint32(at)}
	}
	packing.edges = make([]edgePlace, len(batch.Edges))
	for at := range batch.Edges {
		edge := &batch.Edges[at]
		place := edgePlace{at: uint32(at)}
		if at > 0 && edge.From == batch.Edges[at-1].From {
			place.from = packing.edges[at-1].from
		} else {
			place.from = meet(edge.From)
		}
		place.to = meet(edge.To)
		packing.edges[at] = place
		for _, id := range edge.Requires {
			meet(id)
		}
	}
	number := make([]uint32, len(ids))
	slices.Sort(ids)
	for _, id := range ids {
		number[refs[id]] = uint32(len(packing.out.texts))
		packing.out.texts = append(packing.out.texts, id)
		refs[id] = number[refs[id]]
	}
	for i := range packing.nodes {
		packing.nodes[i].id = number[packing.nodes[i].id]
	}
	for i := range packing.edges {
		place := &packing.edges[i]
		place.from, place.to = number[place.from], number[place.to]
	}
	packing.table.ids = make([]ID, len(ids))
}

func (packing *packing) packNodes() error {
	batch, table := packing.batch, &packing.table
	places, labels := packing.nodes, map[NodeKind]uint16{Stub: 0}
	for _, node := range batch.Nodes {
		labels[node.Kind] = 0
	}
	var err error
	if table.labels, err = numbering(labels); err != nil {
		return err
	}
	slices.SortFunc(places, func(a, b nodePlace) int { return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.at, b.at)) })
	table.nodes = make([]nodeRow, len(table.ids))
	for i := range table.nodes {
		table.nodes[i] = nodeRow{at: none, label: labels[Stub], stub: true}
	}
	for len(places) > 0 {
		end := 1
		for end < len(places) && places[end].id == places[0].id {
			end++
		}
		same := make([]Node, end)
		for i, place := range places[:end] {
			same[i] = batch.Nodes[place.at]
			same[i].Stub = same[i].Stub || same[i].Kind == Stub
		}
		node := same[0]
		if end > 1 {
			if node, err = mergeAlike(same); err != nil {
				return err
			}
		}
		row := &table.nodes[places[0].id]
		row.label, row.stub = labels[node.Kind], node.Stub
		if !row.stub {
			packing.real++
		}
		if len(node.Props) > 0 {
			packing.out.props(node.Props)
			row.at = packing.out.close()
			if packing.out.err != nil {
				return fmt.Errorf("node %s: %w", node.ID, packing.out.err)
			}
		}
		places = places[end:]
	}
	return nil
}

// mergeAlike folds what one batch says of one node. Text order stands in for the order of the scopes.
func mergeAlike(same []Node) (Node, error) {
	slices.SortFunc(same, func(a, b Node) int { return strings.Compare(fmt.Sprintf("%#v", a), fmt.Sprintf("%#v", b)) })
	kinds := map[NodeKind]bool{}
	for _, node := range same {
		if !node.Stub {
			kinds[node.Kind] = true
		}
	}
	if len(kinds) > 1 {
		return Node{}, fmt.Errorf("%w: node %s is given the kinds %v", ErrInvalid, same[0].ID, slices.Sorted(maps.Keys(kinds)))
	}
	return mergeNodes(same), nil
}

func (packing *packing) packEdges() error {
	batch, table := packing.batch, &packing.table
	places, names := packing.edges, map[EdgeKind]uint16{}
	for i := range batch.Edges {
		names[batch.Edges[i].Kind] = 0
	}
	var err error
	if table.names, err = numbering(names); err != nil {
		return err
	}
	identity := func(a, b edgePlace) int {
		if order := cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)); order != 0 {
			return order
		}
		left, right := &batch.Edges[a.at], &batch.Edges[b.at]
		return cmp.Or(cmp.Compare(left.Kind, right.Kind), cmp.Compare(left.Technique, right.Technique),
			slices.Compare(set(left.Requires), set(right.Requires)))
	}
	slices.SortFunc(places, func(a, b edgePlace) int { return cmp.Or(identity(a, b), cmp.Compare(a.at, b.at)) })
	table.edges = make([]edgeRow, 0, len(places))
	for len(places) > 0 {
		end := 1
		for end < len(places) && identity(places[0], places[end]) == 0 {
			end++
		}
		edge := batch.Edges[places[0].at]
		if end > 1 {
			same := make([]Edge, end)
			for i, place := range places[:end] {
				same[i] = batch.Edges[place.at]
			}
			slices.SortFunc(same, func(a, b Edge) int { return strings.Compare(fmt.Sprintf("%#v", a), fmt.Sprintf("%#v", b)) })
			edge = same[0]
			for _, other := range same[1:] {
				edge = mergeEdges(edge, other)
			}
		}
		edge.Requires = set(edge.Requires)
		packing.out.edgeData(edge)
		if packing.out.err != nil {
			return fmt.Errorf("edge %s -[%s]-> %s: %w", edge.From, edge.Kind, edge.To, packing.out.err)
		}
		table.edges = append(table.edges, edgeRow{
			from: Index(places[0].from), to: Index(places[0].to), at: packing.out.close(), name: names[edge.Kind], verdict: edge.Verdict,
		})
		places = places[end:]
	}
	return nil
}

// set gives the ids sorted, each once; ids that are so already are given as they are.
func set(ids []ID) []ID {
	for i := 1; i < len(ids); i++ {
		if ids[i] <= ids[i-1] {
			sorted := slices.Clone(ids)
			slices.Sort(sorted)
			return slices.Compact(sorted)
		}
	}
	return ids
}

func (packing *packing) part() (*Part, error) {
	written, err := packing.out.source()
	if err != nil {
		return nil, fmt.Errorf("scope %s: %w", packing.batch.Scope, err)
	}
	part := &Part{table: packing.table, status: Status{
		Scope: packing.batch.Scope, Collected: packing.batch.Collected.Round(0).UTC(), Incomplete: Sorted(packing.batch.Incomplete), Basis: packing.batch.Basis,
		Nodes: packing.real, Edges: len(packing.table.edges),
	}}
	part.sources = []*source{written}
	part.nameIDs()
	part.digest = part.digested()
	return part, nil
}
