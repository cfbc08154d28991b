package scoring

import (
	"context"
	"slices"

	"github.com/inroad-security/inroad/graph"
)

// route is the cheapest proof of one jewel from one entry.
type route struct {
	entry, jewel int // places in the configuration's entries and in the ordered jewels
	edges        []graph.EdgeIndex
}

// routes finds the best route of each pair that has one, ordered by entry and jewel; with anyEntry, of each jewel. Both
// passes below give the same routes: which one runs is a matter of time only.
func (area region) routes(ctx context.Context, anyEntry bool) ([]route, error) {
	switch entries, jewels := len(present(area.entries)), len(present(area.jewels)); {
	case entries == 0 || jewels == 0:
		return nil, ctx.Err()
	case anyEntry:
		return area.fromAny(), ctx.Err()
	case len(area.gates) == 0 && jewels < entries:
		return area.backward(ctx)
	default:
		return area.forward(ctx)
	}
}

// forward searches once from each entry.
func (area region) forward(ctx context.Context) ([]route, error) {
	outside := area.outsider()
	found := make([][]route, len(area.entries))
	seekers := toolsFor(len(area.entries), func() *search { return newSearch(area.field) })
	err := each(ctx, len(area.entries), seekers, func(seeker *search, e int) {
		found[e] = area.from(seeker, outside, e)
	})
	return slices.Concat(found...), err
}

// from searches from one entry: alone first, then, for what it did not reach, with what an outsider can do beside it. What an
// outsider reaches alone is left to the outsider.
func (area region) from(seeker *search, outside []bool, e int) []route {
	entry := area.entries[e]
	if entry == none {
		return nil
	}
	var found []route
	var missed []int
	seeker.run([]uint32{entry})
	for j, jewel := range area.jewels {
		if jewel == none || jewel == entry {
			continue
		}
		if moves := seeker.proof(jewel); len(moves) > 0 {
			found = append(found, route{e, j, area.edgesOf(moves)})
		} else if outside != nil && !outside[jewel] {
			missed = append(missed, j)
		}
	}
	if len(missed) == 0 || area.internet == entry {
		return found
	}
	seeker.run([]uint32{entry, area.internet})
	for _, j := range missed {
		if moves := seeker.proof(area.jewels[j]); len(moves) > 0 {
			found = append(found, route{e, j, area.edgesOf(moves)})
		}
	}
	slices.SortFunc(found, func(a, b route) int { return a.jewel - b.jewel })
	return found
}

// outsider marks what an outsider reaches alone; nil where no gate or no internet makes it matter, since without gates two
// sources together reach no more than each does.
func (area region) outsider() []bool {
	if len(area.gates) == 0 || area.internet == none {
		return nil
	}
	return area.reach([]uint32{area.internet})
}

// fromAny searches once from all entries together. A route's entry is where its chain of sources begins; where that is the outsider whose help any
// entry has, the first entry that the route uses, or the first of all.
func (area region) fromAny() []route {
	seeker := newSearch(area.field)
	seeker.run(area.together())
	place := make(map[uint32]int, len(area.entries))
	for e, entry := range area.entries {
		if entry != none {
			place[entry] = e
		}
	}
	first := slices.IndexFunc(area.entries, func(entry uint32) bool { return entry != none })
	var found []route
	for j, jewel := range area.jewels {
		if jewel == none {
			continue
		}
		moves := seeker.proof(jewel)
		if len(moves) == 0 {
			continue
		}
		start := jewel
		for seeker.states[start].by != none {
			start = area.sources(seeker.states[start].by)[0]
		}
		e, ok := place[start]
		for m := 0; m < len(moves) && !ok; m++ {
			for _, source := range area.sources(moves[m]) {
				if at, uses := place[source]; uses && !ok {
					e, ok = at, true
				}
			}
		}
		if !ok {
			e = max(first, 0)
		}
		found = append(found, route{e, j, area.edgesOf(moves)})
	}
	return found
}

// together gives all entries at once, and the internet where it can matter.
func (area region) together() []uint32 {
	sources := present(area.entries)
	if len(area.gates) > 0 && area.internet != none {
		sources = append(sources, area.internet)
	}
	return sources
}

// backward searches once to each jewel, where no gate stands.
func (area region) backward(ctx context.Context) ([]route, error) {
	mirror := area.mirrored()
	last := uint32(len(area.nodes) - 1)
	found := make([][]route, len(area.jewels))
	tracers := toolsFor(len(area.jewels), func() *tracer { return newTracer(area.field, mirror) })
	err := each(ctx, len(area.jewels), tracers, func(tracer *tracer, j int) {
		jewel := area.jewels[j]
		if jewel == none {
			return
		}
		tracer.run([]uint32{last - jewel})
		for e, entry := range area.entries {
			if entry == none || entry == jewel || tracer.states[last-entry].cost == unreached {
				continue
			}
			found[j] = append(found[j], route{e, j, tracer.trace(entry, jewel)})
		}
	})
	all := slices.Concat(found...)
	slices.SortStableFunc(all, func(a, b route) int { return a.entry - b.entry })
	return all, err
}

// mirrored turns every arc round, and the order of the nodes with it, so that it is arranged too.
func (packed *field) mirrored() *field {
	count := len(packed.nodes)
	last := uint32(count - 1)
	mirror := &field{nodes: make([]graph.Index, count), start: make([]uint32, count+1)}
	for i, node := range packed.nodes {
		mirror.nodes[int(last)-i] = node
	}
	for _, arc := range packed.arcs {
		mirror.start[last-arc.to+1]++
	}
	for i := range count {
		mirror.start[i+1] += mirror.start[i]
	}
	mirror.arcs = make([]arc, len(packed.arcs))
	mirror.edges = make([]graph.EdgeIndex, len(packed.arcs))
	mirror.from = make([]uint32, len(packed.arcs))
	next := slices.Clone(mirror.start)
	for a, forward := range packed.arcs {
		at := next[last-forward.to]
		next[last-forward.to]++
		mirror.arcs[at] = arc{to: last - packed.from[a], weight: forward.weight}
		mirror.edges[at] = packed.edges[a]
		mirror.from[at] = last - forward.to
	}
	for i := len(packed.bounds) - 1; i >= 0; i-- {
		mirror.bounds = append(mirror.bounds, uint32(count)-packed.bounds[i])
	}
	return mirror
}

// tracer reads routes off a search of the mirrored field.
type tracer struct {
	*search
	forward *field
	mark    []uint32 // of the trace that marked the node last
	traces  uint32
}

func newTracer(forward, mirror *field) *tracer {
	return &tracer{search: newSearch(mirror), forward: forward, mark: make([]uint32, len(forward.nodes))}
}

// trace gives the route that a forward search would: among equally cheap ones, read from the jewel back, each edge the first
// in the snapshot's order.
func (tracer *tracer) trace(entry, jewel uint32) []graph.EdgeIndex {
	last := uint32(len(tracer.forward.nodes) - 1)
	exact := tracer.states[last-entry].cost < priciest
	var edges []graph.EdgeIndex
	for node := last - entry; node != last-jewel; {
		if exact && tracer.states[node].tied {
			return tracer.traceTied(entry, jewel)
		}
		move := tracer.states[node].by
		edges = append(edges, tracer.field.edges[move])
		node = tracer.field.from[move]
	}
	return edges
}

// traceTied marks all that lies on an equally cheap route, then walks back from the jewel through what is marked.
func (tracer *tracer) traceTied(entry, jewel uint32) []graph.EdgeIndex {
	last := uint32(len(tracer.forward.nodes) - 1)
	tight := func(from uint32, arc arc) bool {
		ahead := tracer.states[last-arc.to].cost
		return arc.weight != gone && ahead != unreached && min(ahead+cost(arc.weight), priciest) == tracer.states[last-from].cost
	}
	tracer.traces++
	queue := []uint32{entry}
	tracer.mark[entry] = tracer.traces
	for len(queue) > 0 {
		node := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for a := tracer.forward.start[node]; a < tracer.forward.start[node+1]; a++ {
			if arc := tracer.forward.arcs[a]; tracer.mark[arc.to] != tracer.traces && tight(node, arc) {
				tracer.mark[arc.to] = tracer.traces
				queue = append(queue, arc.to)
			}
		}
	}
	var edges []graph.EdgeIndex
	for node := jewel; node != entry; {
		best, from := graph.EdgeIndex(none), none
		mirrored := last - node
		for a := tracer.field.start[mirrored]; a < tracer.field.start[mirrored+1]; a++ {
			source := last - tracer.field.arcs[a].to
			if edge := tracer.field.edges[a]; edge < best && tracer.mark[source] == tracer.traces &&
				tight(source, arc{to: node, weight: tracer.field.arcs[a].weight}) {
				best, from = edge, source
			}
		}
		edges = append(edges, best)
		node = from
	}
	slices.Reverse(edges)
	return edges
}
