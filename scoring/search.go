package scoring

import (
	"slices"

	"github.com/inroad-security/inroad/graph"
)

// A cost is a proof's −ln(likelihood), summed over its steps, in micronats above the low 24 bits, and its number of steps in those:
// one addition and one comparison serve both. Whole numbers make sums exact, so that ties are ties in every order of adding.
const (
	step      = 1
	micronat  = 1 << 24
	unreached = ^uint64(0)
	// priciest is where costs stop growing: beyond it proofs are told apart no more, and nothing overflows.
	priciest = uint64(1) << 62
)

func cost(weight uint32) uint64 { return uint64(weight)*micronat + step }

// search finds cheapest proofs over one field, again and again, reusing its memory. It is Knuth's generalisation of Dijkstra's
// algorithm (A generalization of Dijkstra's algorithm, 1977): a gate costs its weight and all its sources' costs, so that what
// two sources share counts twice while searching; Route's likelihood counts it once.
type search struct {
	field   *field
	states  []state
	missing []uint32
	sum     []uint64
	heap    heap
	touched []uint32
	opened  []uint32
}

// state is what is known of one node.
type state struct {
	cost uint64
	// by is the arc, or len(arcs)+gate, that gained the node most cheaply; among equals the first in the snapshot's
	// order of edges. none for a source, and for what is not reached.
	by   uint32
	tied bool // another move gains the node as cheaply
}

func newSearch(packed *field) *search {
	seeker := &search{
		field: packed, states: make([]state, len(packed.nodes)), missing: make([]uint32, len(packed.gates)), sum: make([]uint64, len(packed.gates)),
	}
	for i := range seeker.states {
		seeker.states[i] = state{cost: unreached, by: none}
	}
	for g, gate := range packed.gates {
		seeker.missing[g] = uint32(len(gate.sources))
	}
	return seeker
}

func (seeker *search) reset() {
	for _, node := range seeker.touched {
		seeker.states[node] = state{cost: unreached, by: none}
	}
	for _, g := range seeker.opened {
		seeker.missing[g], seeker.sum[g] = uint32(len(seeker.field.gates[g].sources)), 0
	}
	seeker.touched, seeker.opened = seeker.touched[:0], seeker.opened[:0]
}

// start forgets the last search and holds the sources.
func (seeker *search) start(sources []uint32) {
	seeker.reset()
	for _, source := range sources {
		if seeker.states[source].cost != 0 {
			seeker.states[source].cost = 0
			seeker.touched = append(seeker.touched, source)
		}
	}
}

// run searches from the sources.
func (seeker *search) run(sources []uint32) {
	if seeker.field.bounds == nil {
		seeker.local(sources)
	} else {
		seeker.sweep(sources)
	}
}

// local searches from the sources with one heap: its time follows what they reach. It gives the number of nodes settled.
func (seeker *search) local(sources []uint32) int {
	seeker.start(sources)
	seeker.heap.clear()
	for _, source := range seeker.touched {
		seeker.heap.push(0, source)
	}
	return seeker.drain(0, uint32(len(seeker.field.nodes)))
}

// sweep searches from the sources component by component of an arranged field: a heap serves cycles alone.
func (seeker *search) sweep(sources []uint32) {
	seeker.start(sources)
	first := uint32(len(seeker.field.nodes))
	for _, source := range sources {
		first = min(first, source)
	}
	bounds := seeker.field.bounds
	for c := range len(bounds) - 1 {
		low, high := bounds[c], bounds[c+1]
		if high <= first {
			continue
		}
		if high-low == 1 {
			if seeker.states[low].cost != unreached {
				seeker.settle(low, low, low)
			}
			continue
		}
		seeker.heap.clear()
		for node := low; node < high; node++ {
			if at := seeker.states[node].cost; at != unreached {
				seeker.heap.push(at, node)
			}
		}
		seeker.drain(low, high)
	}
}

// drain settles, cheapest first, what the heap holds and all that follows from it in [low, high). It gives their number.
func (seeker *search) drain(low, high uint32) int {
	settled := 0
	dearer := func(item item) bool { return item.cost != seeker.states[item.node].cost } // a cheaper way was found since
	for {
		next, ok := seeker.heap.pop(dearer)
		if !ok {
			return settled
		}
		seeker.settle(next.node, low, high)
		settled++
	}
}

// settle walks on from a node whose cost is final; what it makes cheaper in [low, high) goes on the heap.
func (seeker *search) settle(node, low, high uint32) {
	packed := seeker.field
	base := seeker.states[node].cost
	for a := packed.start[node]; a < packed.start[node+1]; a++ {
		arc := packed.arcs[a]
		if arc.weight == gone {
			continue
		}
		at := min(base+cost(arc.weight), priciest)
		if known := seeker.states[arc.to].cost; at < known {
			seeker.improve(arc.to, at, a, low, high)
		} else if at == known {
			seeker.tie(arc.to, at, a)
		}
	}
	for _, g := range packed.waiting(node) {
		if seeker.sum[g] == 0 && seeker.missing[g] == uint32(len(packed.gates[g].sources)) {
			seeker.opened = append(seeker.opened, g)
		}
		seeker.sum[g] = min(seeker.sum[g]+base, priciest)
		if seeker.missing[g]--; seeker.missing[g] > 0 {
			continue
		}
		gate := &packed.gates[g]
		if gate.weight == gone {
			continue
		}
		at := min(seeker.sum[g]+cost(gate.weight), priciest)
		if known := seeker.states[gate.to].cost; at < known {
			seeker.improve(gate.to, at, uint32(len(packed.arcs))+g, low, high)
		} else if at == known {
			seeker.tie(gate.to, at, uint32(len(packed.arcs))+g)
		}
	}
}

func (seeker *search) improve(node uint32, at uint64, move, low, high uint32) {
	known := &seeker.states[node]
	if known.cost == unreached {
		seeker.touched = append(seeker.touched, node)
	}
	*known = state{cost: at, by: move}
	if low <= node && node < high {
		seeker.heap.push(at, node)
	}
}

// tie keeps, of two moves that gain a node equally cheaply, the first in the snapshot's order. Costs only grow along a proof, save where
// they stopped growing: there the move that came first stays, lest a proof rest on itself.
func (seeker *search) tie(node uint32, at uint64, move uint32) {
	known := &seeker.states[node]
	if at >= priciest || known.by == none {
		return
	}
	known.tied = true
	if seeker.field.move(move) < seeker.field.move(known.by) {
		known.by = move
	}
}

// proof lists the moves that gain a node, each after all that it needs and none twice. Empty for a source; nil when
// the node was not reached.
func (seeker *search) proof(goal uint32) []uint32 {
	if seeker.states[goal].cost == unreached {
		return nil
	}
	if moves, plain := seeker.chain(goal); plain {
		return moves
	}
	moves := []uint32{}
	type frame struct{ node, next uint32 } // next: how many of the node's sources were visited
	done := map[uint32]bool{}
	stack := []frame{{goal, 0}}
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		move := seeker.states[top.node].by
		if move == none || done[top.node] {
			stack = stack[:len(stack)-1]
			continue
		}
		sources := seeker.field.sources(move)
		if int(top.next) < len(sources) {
			source := sources[top.next]
			top.next++
			if !done[source] {
				stack = append(stack, frame{source, 0})
			}
			continue
		}
		done[top.node] = true
		moves = append(moves, move)
		stack = stack[:len(stack)-1]
	}
	return moves
}

// chain lists the moves that gain a node when none of them is a gate.
func (seeker *search) chain(goal uint32) (moves []uint32, plain bool) {
	moves = []uint32{}
	for node := goal; seeker.states[node].by != none; {
		move := seeker.states[node].by
		if int(move) >= len(seeker.field.arcs) {
			return nil, false
		}
		moves = append(moves, move)
		node = seeker.field.from[move]
	}
	slices.Reverse(moves)
	return moves, true
}

// edgesOf translates moves into the snapshot's edges.
func (packed *field) edgesOf(moves []uint32) []graph.EdgeIndex {
	if moves == nil {
		return nil
	}
	edges := make([]graph.EdgeIndex, len(moves))
	for i, move := range moves {
		edges[i] = packed.move(move)
	}
	return edges
}
