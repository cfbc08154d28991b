package cover

import (
	"context"
	"fmt"
	"slices"
)

// Check tells what is wrong with a solution, if anything: it shares no code with Solve. That every set is hit and that the cost adds up is looked at
// set by set. The bound is proven by the shares where their sum reaches it; else by trying everything cheaper: at most most branches, past which it
// says that it could not tell. When the context ends first the error is its.
func Check(ctx context.Context, problem Problem, solution Solution, most int) error {
	cost := 0
	for i, item := range solution.Chosen {
		if item < 0 || item >= len(problem.Costs) || i > 0 && item <= solution.Chosen[i-1] {
			return fmt.Errorf("item %d: not there, or chosen twice", item)
		}
		cost += problem.Costs[item]
	}
	if cost != solution.Cost {
		return fmt.Errorf("the items cost %d, not %d", cost, solution.Cost)
	}
	for s, set := range problem.Sets {
		if !slices.ContainsFunc(set, func(item int) bool { return slices.Contains(solution.Chosen, item) }) {
			return fmt.Errorf("set %d is not hit", s)
		}
	}
	if solution.Bound > solution.Cost {
		return fmt.Errorf("the bound %d is above the cost %d", solution.Bound, solution.Cost)
	}
	sum, err := sumOf(problem, solution.Shares)
	if err != nil || sum >= solution.Bound {
		return err
	}
	search := search{ctx: ctx, problem: problem, left: most}
	cheaper := search.hit(map[int]bool{}, solution.Bound-1)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case cheaper:
		return fmt.Errorf("something costs less than the bound %d", solution.Bound)
	case search.left <= 0:
		return fmt.Errorf("the bound %d is more than the shares prove (%d), and too much to try in %d branches", solution.Bound, sum, most)
	}
	return nil
}

// sumOf adds the shares up, if no item's are more than it costs: whatever hits all sets pays each set's share at least once.
func sumOf(problem Problem, shares []int) (int, error) {
	if len(shares) != len(problem.Sets) {
		return 0, fmt.Errorf("%d shares for %d sets", len(shares), len(problem.Sets))
	}
	sum := 0
	paid := make([]int, len(problem.Costs))
	for s, set := range problem.Sets {
		if shares[s] < 0 {
			return 0, fmt.Errorf("set %d has a share below zero", s)
		}
		sum += shares[s]
		for _, item := range set {
			paid[item] += shares[s]
		}
	}
	for item, share := range paid {
		if share > problem.Costs[item] {
			return 0, fmt.Errorf("the shares of item %d are %d, more than its cost %d", item, share, problem.Costs[item])
		}
	}
	return sum, nil
}

// search tries whether all sets can be hit for what is left to spend.
type search struct {
	ctx     context.Context
	problem Problem
	left    int
}

func (search *search) hit(chosen map[int]bool, spend int) bool {
	if search.left--; search.left <= 0 || search.ctx.Err() != nil {
		return false
	}
	for _, set := range search.problem.Sets {
		if slices.ContainsFunc(set, func(item int) bool { return chosen[item] }) {
			continue
		}
		for _, item := range set {
			if search.problem.Costs[item] > spend {
				continue
			}
			chosen[item] = true
			if search.hit(chosen, spend-search.problem.Costs[item]) {
				return true
			}
			delete(chosen, item)
		}
		return false
	}
	return true
}
