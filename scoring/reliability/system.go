// Package reliability says how likely it is that a goal is reached in a system of parts which work or fail by chance: between bounds
// that are certain, exactly where the system is small, and by seeded sampling inside the bounds where it is not.
//
// A part works when its cause is weak enough that day: each cause has a strength U, uniform in [0, 1) and independent of all others,
// and a part of chance p works exactly when U < p. Parts that share a cause stand and fall together, the less likely ones first,
// so that one proof works with the product, over its causes, of its least likely part's chance. A goal is reached when some
// proof of it works: the least fixpoint of AND (all that one part needs) over OR (any part).
package reliability

import "slices"

// Part gains To for whoever has all of Needs.
type Part struct {
	To    uint32
	Needs []uint32
	// Cause is the number of the cause that it rests on, below the system's Causes.
	Cause uint32
	// Chance in [0, 1].
	Chance float64
}

// System is what may work. Nodes are numbered from 0 to Nodes−1, causes from 0 to Causes−1.
type System struct {
	Nodes, Causes int
	Parts         []Part
	Sources       []uint32
	Goal          uint32
}

// none is no part.
const none = ^uint32(0)

// engine is a system made ready for many searches, and the memory that they share.
type engine struct {
	system  System
	start   []uint32 // parts that need node i: waits[start[i]:start[i+1]]
	waits   []uint32
	states  []state
	missing []int32
	sum     []float64
	heap    queue
	work    int // parts looked at so far
}

type state struct {
	cost float64
	by   uint32
	done bool
}

func newEngine(system System) *engine {
	engine := &engine{
		start: make([]uint32, system.Nodes+1), states: make([]state, system.Nodes), missing: make([]int32, len(system.Parts)), sum: make([]float64, len(system.Parts)),
	}
	system.Parts = slices.Clone(system.Parts)
	engine.system = system
	for i := range system.Parts {
		part := &system.Parts[i]
		part.Needs = slices.Clone(part.Needs)
		slices.Sort(part.Needs)
		part.Needs = slices.Compact(part.Needs)
		for _, need := range part.Needs {
			engine.start[need+1]++
		}
	}
	for i := range system.Nodes {
		engine.start[i+1] += engine.start[i]
	}
	engine.waits = make([]uint32, engine.start[system.Nodes])
	next := slices.Clone(engine.start)
	for p, part := range system.Parts {
		for _, need := range part.Needs {
			engine.waits[next[need]] = uint32(p)
			next[need]++
		}
	}
	return engine
}

// best finds the likeliest proof of the goal, by Knuth's generalisation of Dijkstra's algorithm, where cost gives −ln of a part's chance, and
// infinity where it cannot work. It lists the proof's parts, each after what it needs; ok is false when there is none.
func (engine *engine) best(cost func(part uint32) float64) (proof []uint32, ok bool) {
	for i := range engine.states {
		engine.states[i] = state{cost: infinite, by: none}
	}
	for p := range engine.missing {
		engine.missing[p], engine.sum[p] = int32(len(engine.system.Parts[p].Needs)), 0
	}
	engine.heap = engine.heap[:0]
	for _, source := range engine.system.Sources {
		engine.states[source].cost = 0
		engine.heap.push(item{0, source})
	}
	for len(engine.heap) > 0 {
		next := engine.heap.pop()
		at := &engine.states[next.node]
		if at.done {
			continue
		}
		at.done = true
		if next.node == engine.system.Goal {
			return engine.proof(), true
		}
		for _, p := range engine.waits[engine.start[next.node]:engine.start[next.node+1]] {
			engine.work++
			engine.sum[p] += at.cost
			if engine.missing[p]--; engine.missing[p] > 0 {
				continue
			}
			own := cost(p)
			if own == infinite {
				continue
			}
			to := &engine.states[engine.system.Parts[p].To]
			if total := engine.sum[p] + own; total < to.cost {
				to.cost, to.by = total, p
				engine.heap.push(item{total, engine.system.Parts[p].To})
			}
		}
	}
	return nil, false
}

// proof lists the parts by which the goal was gained.
func (engine *engine) proof() []uint32 {
	var parts []uint32
	listed := map[uint32]bool{}
	type frame struct {
		node uint32
		next int
	}
	stack := []frame{{engine.system.Goal, 0}}
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		by := engine.states[top.node].by
		if by == none || listed[top.node] {
			stack = stack[:len(stack)-1]
			continue
		}
		if needs := engine.system.Parts[by].Needs; top.next < len(needs) {
			top.next++
			stack = append(stack, frame{needs[top.next-1], 0})
			continue
		}
		listed[top.node] = true
		parts = append(parts, by)
		stack = stack[:len(stack)-1]
	}
	return parts
}
