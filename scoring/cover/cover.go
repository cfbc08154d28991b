// Package cover finds the cheapest items that hit every one of some sets, with a proof that nothing cheaper does, and checks such proofs.
package cover

import (
	"cmp"
	"context"
	"slices"
)

// Problem is what is to be hit. Items are numbered from 0, and cost at least 1 each; a set lists the items of which one must be chosen. No set is
// empty.
type Problem struct {
	Costs []int
	Sets  [][]int
}

// Solution hits every set.
type Solution struct {
	// Chosen items in order, and what they cost together.
	Chosen []int
	Cost   int
	// Bound is what every solution costs at least; where it equals Cost the solution is proven cheapest.
	Bound int
	// Shares prove a bound by themselves: one number for each set, such that for no item the shares of its sets exceed its cost.
	// Every solution costs at least their sum, which is at most Bound.
	Shares []int
}

// solver is a depth-first branch and bound.
type solver struct {
	ctx     context.Context // looked at on every branch: one branch is short, all of them may be long
	costs   []int
	sets    [][]int
	of      [][]int // of each item: the sets that it hits
	hits    []int   // of each set: how many chosen items hit it
	barred  []bool  // items that this branch leaves out
	chosen  []int
	cost    int
	best    []int
	least   int
	nodes   int
	limit   int
	reduced []int // scratch
}

// Solve branches on the items of a set that is not hit yet, the one with the fewest left, and leaves a branch when what it has chosen and a lower
// bound on the rest cost no less than the best solution so far. Past the limit of branches the best solution found stands, with the
// bound of the root. Equal input gives equal output. The error is the context's.
func Solve(ctx context.Context, problem Problem, limit int) (Solution, error) {
	sets, kept := minimal(problem.Sets)
	solver := &solver{
		ctx: ctx, costs: problem.Costs, sets: sets, of: make([][]int, len(problem.Costs)), hits: make([]int, len(sets)),
		barred: make([]bool, len(problem.Costs)), limit: limit, reduced: make([]int, len(problem.Costs)),
	}
	for s, set := range sets {
		for _, item := range set {
			solver.of[item] = append(solver.of[item], s)
		}
	}
	root, shares := solver.bound()
	solver.greedy()
	solution := Solution{Bound: root, Shares: make([]int, len(problem.Sets))}
	for s, share := range shares {
		solution.Shares[kept[s]] = share
	}
	if solver.least > root {
		solver.branch()
	}
	solution.Chosen, solution.Cost = slices.Sorted(slices.Values(solver.best)), solver.least
	if solver.nodes <= limit {
		solution.Bound = solution.Cost
	}
	return solution, ctx.Err()
}

// minimal drops sets that contain another one, for whatever hits that hits them; kept gives the place of each that is left.
func minimal(sets [][]int) (left [][]int, kept []int) {
	order := make([]int, len(sets))
	for s := range order {
		order[s] = s
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(len(sets[a]), len(sets[b])) })
	of := map[int][]int{} // of each item: the kept sets that hold it
	for _, s := range order {
		contained := map[int]int{} // how many of each kept set's items are in this one
		redundant := false
		for _, item := range sets[s] {
			for _, other := range of[item] {
				contained[other]++
				redundant = redundant || contained[other] == len(left[other])
			}
		}
		if redundant {
			continue
		}
		for _, item := range sets[s] {
			of[item] = append(of[item], len(left))
		}
		left, kept = append(left, sets[s]), append(kept, s)
	}
	return left, kept
}

// bound is a lower bound on what the sets that are not hit yet cost without barred items: each set in turn takes as its share what is left
// of the cost of its cheapest item. −1 tells that some set cannot be hit.
func (solver *solver) bound() (sum int, shares []int) {
	copy(solver.reduced, solver.costs)
	shares = make([]int, len(solver.sets))
	for s, set := range solver.sets {
		if solver.hits[s] > 0 {
			continue
		}
		least := -1
		for _, item := range set {
			if !solver.barred[item] && (least < 0 || solver.reduced[item] < least) {
				least = solver.reduced[item]
			}
		}
		if least < 0 {
			return -1, nil
		}
		shares[s] = least
		sum += least
		for _, item := range set {
			solver.reduced[item] -= least
		}
	}
	return sum, shares
}

// greedy finds a first solution: again and again the item that hits the most open sets for its cost, then leaving out what proves needless.
func (solver *solver) greedy() {
	open := len(solver.sets)
	hit := make([]int, len(solver.sets))
	var chosen []int
	for open > 0 && solver.ctx.Err() == nil {
		best, gain := -1, 0
		for item, sets := range solver.of {
			fresh := 0
			for _, s := range sets {
				if hit[s] == 0 {
					fresh++
				}
			}
			if fresh > 0 && (best < 0 || fresh*solver.costs[best] > gain*solver.costs[item]) {
				best, gain = item, fresh
			}
		}
		chosen = append(chosen, best)
		for _, s := range solver.of[best] {
			if hit[s] == 0 {
				open--
			}
			hit[s]++
		}
	}
	slices.SortStableFunc(chosen, func(a, b int) int { return -cmp.Compare(solver.costs[a], solver.costs[b]) })
	for _, item := range chosen {
		if slices.ContainsFunc(solver.of[item], func(s int) bool { return hit[s] == 1 }) {
			solver.best = append(solver.best, item)
			solver.least += solver.costs[item]
			continue
		}
		for _, s := range solver.of[item] {
			hit[s]--
		}
	}
}

func (solver *solver) branch() {
	if solver.nodes++; solver.nodes > solver.limit || solver.ctx.Err() != nil {
		return
	}
	rest, _ := solver.bound()
	if rest < 0 || solver.cost+rest >= solver.least {
		return
	}
	at, fewest := -1, 0
	for s, set := range solver.sets {
		if solver.hits[s] > 0 {
			continue
		}
		free := 0
		for _, item := range set {
			if !solver.barred[item] {
				free++
			}
		}
		if at < 0 || free < fewest {
			at, fewest = s, free
		}
	}
	if at < 0 {
		solver.best, solver.least = slices.Clone(solver.chosen), solver.cost
		return
	}
	items := slices.DeleteFunc(slices.Clone(solver.sets[at]), func(item int) bool { return solver.barred[item] })
	slices.SortStableFunc(items, func(a, b int) int {
		return cmp.Or(cmp.Compare(solver.costs[a]*len(solver.of[b]), solver.costs[b]*len(solver.of[a])), cmp.Compare(a, b))
	})
	for _, item := range items {
		solver.choose(item, 1)
		solver.branch()
		solver.choose(item, -1)
		solver.barred[item] = true // what holds it was tried in full
	}
	for _, item := range items {
		solver.barred[item] = false
	}
}

// choose takes an item (1) or gives it back (−1).
func (solver *solver) choose(item, by int) {
	solver.cost += by * solver.costs[item]
	if by > 0 {
		solver.chosen = append(solver.chosen, item)
	} else {
		solver.chosen = solver.chosen[:len(solver.chosen)-1]
	}
	for _, s := range solver.of[item] {
		solver.hits[s] += by
	}
}
