package reliability

import (
	"cmp"
	"container/heap"
	"context"
	"slices"
)

// Bounds hold how likely the goal is reached.
type Bounds struct {
	// Lower and Upper are certain.
	Lower, Upper float64
	// Exact tells that every day was accounted for: the two are one, up to the rounding of floats.
	Exact bool
	// Estimate lies between them: the exact value, or what sampling says, with its standard error Error.
	Estimate, Error float64
}

// Effort bounds the work. Equal effort gives equal bounds on every machine.
type Effort struct {
	// Work is the most parts to look at, over all searches; past it what is open stays open.
	Work int
	// Samples is how many days are drawn where the bounds are not exact; 0 means none, and the estimate is the middle.
	Samples int
	// Seed of the draws.
	Seed uint64
}

// narrow is a gap that is nothing beside what the likelihoods are known to.
const narrow = 1e-9

// Assess bounds how likely the goal is reached. It is Dotson's algorithm (Dotson and Gobien, A new analysis technique for probabilistic
// graphs, 1979) for AND over OR and for causes of several parts: on the likeliest set of days that is still open, the likeliest proof splits off the
// days on which it works, and the rest falls apart into disjoint sets by the first of its causes that fails. What is left open when the work is used up
// is bounded by disjoint proofs and cuts. The error is the context's.
func Assess(ctx context.Context, system System, effort Effort) (Bounds, error) {
	engine := newEngine(system)
	seen := engine.view()
	open := &boxes{{mass: 1}}
	lower, failed := 0.0, 0.0
	for open.Len() > 0 && engine.work <= effort.Work {
		if err := ctx.Err(); err != nil {
			return Bounds{}, err
		}
		next := heap.Pop(open).(box)
		if next.mass < narrow*narrow {
			heap.Push(open, next)
			break // the likeliest of what is left is nothing
		}
		seen.enter(next)
		proof, ok := engine.best(seen.cost)
		if !ok {
			failed += next.mass
			seen.leave(next)
			continue
		}
		works := next
		for _, term := range seen.terms(proof) {
			low, high := seen.low[term.cause], seen.high[term.cause]
			heap.Push(open, works.with(limit{term.cause, term.threshold, high}, 1-term.chance))
			works = works.with(limit{term.cause, low, term.threshold}, term.chance)
		}
		lower += works.mass
		seen.leave(next)
	}
	bounds := Bounds{Lower: lower, Upper: 1 - failed}
	if rest := open.total(); rest <= narrow {
		bounds.Exact = true
		bounds.Upper = max(bounds.Lower, min(bounds.Upper, bounds.Lower+rest))
		bounds.Estimate = bounds.Lower
		return bounds, nil
	}
	return seen.refine(ctx, bounds, *open, effort)
}

// looked is how many open boxes are looked into at the end, likeliest first.
const looked = 64

// refine bounds what is open by disjoint proofs and cuts, and draws days from it.
func (seen *view) refine(ctx context.Context, bounds Bounds, open []box, effort Effort) (Bounds, error) {
	slices.SortStableFunc(open, func(a, b box) int { return -cmp.Compare(a.mass, b.mass) })
	failed := 1 - bounds.Upper
	solved := bounds.Lower
	for _, box := range open[:min(looked, len(open))] {
		if err := ctx.Err(); err != nil {
			return Bounds{}, err
		}
		seen.enter(box)
		bounds.Lower += box.mass * seen.lower()
		failed += box.mass * (1 - seen.upper())
		seen.leave(box)
	}
	bounds.Upper = min(1, 1-failed)
	bounds.Lower = min(bounds.Lower, bounds.Upper)
	bounds.Estimate = (bounds.Lower + bounds.Upper) / 2
	bounds.Error = (bounds.Upper - bounds.Lower) / 2
	if effort.Samples > 0 {
		share, deviation, err := seen.sample(ctx, open, effort)
		if err != nil {
			return Bounds{}, err
		}
		mass := boxes(open).total()
		bounds.Estimate = min(max(solved+mass*share, bounds.Lower), bounds.Upper)
		bounds.Error = min(mass*deviation, bounds.Upper-bounds.Lower)
	}
	return bounds, nil
}

// boxes is a heap, likeliest first; of equal ones the one with fewer limits.
type boxes []box

func (open boxes) total() float64 {
	sum := 0.0
	for _, box := range open {
		sum += box.mass
	}
	return sum
}

func (open boxes) Len() int { return len(open) }

func (open boxes) Less(i, j int) bool {
	return cmp.Or(-cmp.Compare(open[i].mass, open[j].mass), cmp.Compare(len(open[i].limits), len(open[j].limits))) < 0
}

func (open boxes) Swap(i, j int) { open[i], open[j] = open[j], open[i] }

// Push and Pop are container/heap's.
func (open *boxes) Push(fresh any) { *open = append(*open, fresh.(box)) }

// Pop takes the last.
func (open *boxes) Pop() any {
	last := len(*open) - 1
	taken := (*open)[last]
	*open = (*open)[:last]
	return taken
}
