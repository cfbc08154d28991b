package scoring

import (
	priority "container/heap"
	"context"
	"fmt"
	"slices"

	"github.com/inroad-security/inroad/graph"
)

// distinctWork bounds the search for distinct paths, in edges walked.
const distinctWork = 400_000_000

// Distinct gives up to k paths from an entry to a jewel, no two with the same steps, in the order of what the search charges them: likelihoods fall
// with it, save that what steps share counts once in a likelihood. partial tells that the limit on work came before the kth path. Both
// must be among the configuration's entries and jewels, else it fails as graph.ErrInvalid. What needs the outsider's help is given only where the entry
// alone has no path.
//
// A path is a proof, which gains each node that it uses by one move. Read from the target down, any other proof first differs from the best at one node: it
// gains the nodes before that one alike, and that one by another move. So the proofs fall into one subproblem for each node, disjoint, and the cheapest
// subproblem is told next and split in turn (Lawler, A procedure for computing the k best solutions, 1972). Where no step needs more than its source this is
// Yen's deviation (Finding the k shortest loopless paths, 1971), from the target's side.
func (analysis *Analysis) Distinct(ctx context.Context, entry, target graph.ID, k int) (paths []Path, partial bool, err error) {
	e, jewel := slices.Index(analysis.config.Entries, entry), slices.Index(analysis.jewelIDs, target)
	if e < 0 || jewel < 0 {
		return nil, false, fmt.Errorf("%w: %s to %s: want one of the entries and one of the targets", graph.ErrInvalid, entry, target)
	}
	area := analysis.region
	if area.entries[e] == none || area.jewels[jewel] == none || area.entries[e] == area.jewels[jewel] {
		return []Path{}, false, ctx.Err()
	}
	deviating := newDeviating(area, area.entries[e], area.jewels[jewel])
	found, err := deviating.find(ctx, k)
	if err != nil {
		return nil, false, err
	}
	memo := newGrounds(analysis)
	paths = make([]Path, len(found))
	for i, moves := range found {
		paths[i] = analysis.path(analysis.score(route{e, jewel, area.edgesOf(moves)}, memo))
	}
	return paths, deviating.work > distinctWork, nil
}

// deviating searches one field again and again under conditions.
type deviating struct {
	field   *field
	inward  inward
	seeker  *search
	sources []uint32
	goal    uint32
	work    int
}

// subproblem holds the proofs that gain some nodes by given moves, and use none of others.
type subproblem struct {
	fixed, out []uint32
	cost       uint64
	moves      []uint32 // the best proof, each move after what it needs
	down       []uint32 // its moves from the target down; the fixed ones come first
}

func newDeviating(area region, entry, goal uint32) *deviating {
	deviating := &deviating{field: area.copied(), inward: area.inward(), sources: []uint32{entry}, goal: goal}
	deviating.seeker = newSearch(deviating.field)
	deviating.seeker.run(deviating.sources)
	if deviating.seeker.states[goal].cost == unreached && area.internet != none {
		deviating.sources = []uint32{entry, area.internet}
	}
	return deviating
}

func (deviating *deviating) find(ctx context.Context, k int) ([][]uint32, error) {
	open := &subproblems{}
	if first, ok := deviating.solve(nil, nil); ok {
		priority.Push(open, first)
	}
	var found [][]uint32
	for open.Len() > 0 && len(found) < k && deviating.work <= distinctWork {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		next := priority.Pop(open).(subproblem)
		found = append(found, next.moves)
		if len(found) == k {
			break
		}
		for i := len(next.fixed); i < len(next.down); i++ {
			if other, ok := deviating.solve(next.down[:i], append(slices.Clone(next.out), next.down[i])); ok {
				priority.Push(open, other)
			}
		}
	}
	return found, nil
}

// solve finds the best proof of a subproblem.
func (deviating *deviating) solve(fixed, out []uint32) (subproblem, bool) {
	type kept struct{ move, weight uint32 }
	var changed []kept
	remove := func(move uint32) {
		if weight := deviating.field.weight(move); weight != gone {
			changed = append(changed, kept{move, weight})
			deviating.field.reweigh(move, gone)
		}
	}
	for _, move := range fixed {
		for _, other := range deviating.inward.of(deviating.field.head(move)) {
			if other != move {
				remove(other)
			}
		}
	}
	for _, move := range out {
		remove(move)
	}
	deviating.seeker.run(deviating.sources)
	for _, node := range deviating.seeker.touched {
		deviating.work += 1 + int(deviating.field.start[node+1]-deviating.field.start[node]) + len(deviating.field.waiting(node))
	}
	moves := deviating.seeker.proof(deviating.goal)
	solved := subproblem{fixed: slices.Clone(fixed), out: out, cost: deviating.seeker.states[deviating.goal].cost, moves: moves}
	if len(moves) > 0 {
		solved.down = deviating.down()
	}
	for _, one := range changed {
		deviating.field.reweigh(one.move, one.weight)
	}
	return solved, len(moves) > 0
}

// down lists the moves of the search's proof from the target down: each but the first gains what a move before it needs.
func (deviating *deviating) down() []uint32 {
	nodes := []uint32{deviating.goal}
	seen := map[uint32]bool{deviating.goal: true}
	var moves []uint32
	for at := 0; at < len(nodes); at++ {
		move := deviating.seeker.states[nodes[at]].by
		if move == none {
			continue // a source
		}
		moves = append(moves, move)
		for _, source := range deviating.field.sources(move) {
			if !seen[source] {
				seen[source] = true
				nodes = append(nodes, source)
			}
		}
	}
	return moves
}

// head is the node that an arc or a gate gains.
func (packed *field) head(m uint32) uint32 {
	if int(m) < len(packed.arcs) {
		return packed.arcs[m].to
	}
	return packed.gates[int(m)-len(packed.arcs)].to
}

// subproblems is a heap, cheapest first; of equal ones the one whose proof comes first.
type subproblems []subproblem

func (open subproblems) Len() int { return len(open) }

func (open subproblems) Less(i, j int) bool {
	if open[i].cost != open[j].cost {
		return open[i].cost < open[j].cost
	}
	return slices.Compare(open[i].down, open[j].down) < 0
}

func (open subproblems) Swap(i, j int) { open[i], open[j] = open[j], open[i] }

// Push and Pop are container/heap's.
func (open *subproblems) Push(fresh any) { *open = append(*open, fresh.(subproblem)) }

// Pop takes the last.
func (open *subproblems) Pop() any {
	last := len(*open) - 1
	taken := (*open)[last]
	*open = (*open)[:last]
	return taken
}
