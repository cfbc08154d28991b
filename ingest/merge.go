package ingest

import (
	"cmp"
	"slices"

	"github.com/inroad-security/inroad/graph"
)

func (facts *Facts) add(more Facts) {
	facts.Nodes = append(facts.Nodes, more.Nodes...)
	facts.Edges = append(facts.Edges, more.Edges...)
	facts.Gaps = append(facts.Gaps, more.Gaps...)
	for name, id := range more.Aliases {
		facts.Alias(name, id)
	}
}

// merge folds contributions to one id into one node, what came first winning and real nodes going before stubs, and equal
// edges into one; both come out in order. kinds holds what other scopes have called real things: one that is
// called something else here is left out, with a gap, for a graph cannot hold both.
func (facts *Facts) merge(kinds map[graph.ID]graph.NodeKind) (nodes []graph.Node, edges []graph.Edge, gaps []string) {
	truly := func(id graph.ID) graph.ID {
		if known, ok := facts.Aliases[id]; ok {
			return known
		}
		return id
	}
	all := slices.Clone(facts.Nodes)
	for i := range all {
		all[i].ID = truly(all[i].ID)
	}
	slices.SortStableFunc(all, func(a, b graph.Node) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), compareFlags(a.Stub, b.Stub))
	})
	rest := Facts{Gaps: slices.Clone(facts.Gaps)}
	var end int
	for start := 0; start < len(all); start = end {
		merged := graph.Node{ID: all[start].ID, Kind: all[start].Kind, Stub: all[start].Stub, Props: graph.Props{}}
		if kind, ok := kinds[merged.ID]; ok && !merged.Stub {
			merged.Kind = kind
		}
		for end = start; end < len(all) && all[end].ID == merged.ID; end++ {
			node := all[end]
			if !node.Stub && node.Kind != merged.Kind {
				rest.Gap("%s is said to be %s and %s; the second is left out", node.ID, merged.Kind, node.Kind)
				continue
			}
			for name, value := range node.Props {
				if !merged.Props.Has(name) {
					merged.Props[name] = value
				}
			}
		}
		switch {
		case merged.ID == "" || merged.Kind == "":
			rest.Gap("an answer holds a thing without a name")
			continue
		case !merged.Stub:
			kinds[merged.ID] = merged.Kind
		}
		nodes = append(nodes, merged)
	}
	edges = slices.Clone(facts.Edges)
	for i := range edges {
		edges[i].From, edges[i].To = truly(edges[i].From), truly(edges[i].To)
	}
	edges = slices.DeleteFunc(edges, func(edge graph.Edge) bool { return edge.From == "" || edge.To == "" })
	slices.SortStableFunc(edges, compareEdges)
	edges = slices.CompactFunc(edges, func(a, b graph.Edge) bool { return compareEdges(a, b) == 0 })
	return nodes, edges, rest.Gaps
}

func compareEdges(a, b graph.Edge) int {
	return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Kind, b.Kind))
}

func compareFlags(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}
