package cover_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/inroad-security/inroad/scoring/cover"
)

func randomProblem(random *rand.Rand) cover.Problem {
	var problem cover.Problem
	for range 1 + random.IntN(10) {
		problem.Costs = append(problem.Costs, 1+random.IntN(5))
	}
	for range random.IntN(14) {
		var set []int
		for range 1 + random.IntN(4) {
			set = append(set, random.IntN(len(problem.Costs)))
		}
		slices.Sort(set)
		problem.Sets = append(problem.Sets, slices.Compact(set))
	}
	return problem
}

// exhaustive tries every subset of the items.
func exhaustive(problem cover.Problem) int {
	least := -1
	for subset := range 1 << len(problem.Costs) {
		cost := 0
		for item, own := range problem.Costs {
			if subset&(1<<item) != 0 {
				cost += own
			}
		}
		hits := func(set []int) bool {
			return slices.ContainsFunc(set, func(item int) bool { return subset&(1<<item) != 0 })
		}
		if (least < 0 || cost < least) && !slices.ContainsFunc(problem.Sets, func(set []int) bool { return !hits(set) }) {
			least = cost
		}
	}
	return least
}

func solve(t *testing.T, problem cover.Problem, limit int) cover.Solution {
	t.Helper()
	solution, err := cover.Solve(t.Context(), problem, limit)
	if err != nil {
		t.Fatal(err)
	}
	return solution
}

func TestSolutionsAreTheCheapest(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for i := range 5000 {
		problem := randomProblem(random)
		solution := solve(t, problem, 1_000_000)
		if want := exhaustive(problem); solution.Cost != want || solution.Bound != want {
			t.Fatalf("problem %d: cost %d, bound %d, by exhaustive search %d: %+v", i, solution.Cost, solution.Bound, want, problem)
		}
		if err := cover.Check(t.Context(), problem, solution, 1_000_000); err != nil {
			t.Fatalf("problem %d: %v: %+v", i, err, problem)
		}
	}
}

func TestACutShortSearchStillHitsAllAndBoundsHonestly(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 2))
	short := 0
	for i := range 2000 {
		problem := randomProblem(random)
		solution, want := solve(t, problem, 1), exhaustive(problem)
		if solution.Cost < want || solution.Bound > want {
			t.Fatalf("problem %d: cost %d, bound %d, cheapest %d", i, solution.Cost, solution.Bound, want)
		}
		if solution.Bound < solution.Cost {
			short++
		}
		if err := cover.Check(t.Context(), problem, solution, 1_000_000); err != nil {
			t.Fatalf("problem %d: %v", i, err)
		}
	}
	if short == 0 {
		t.Error("no search was cut short: the test sees nothing")
	}
}

func TestTheCheckerRefusesWhatIsWrong(t *testing.T) {
	problem := cover.Problem{Costs: []int{2, 2, 3}, Sets: [][]int{{0, 2}, {1, 2}}}
	right := solve(t, problem, 100)
	if right.Cost != 3 || !slices.Equal(right.Chosen, []int{2}) {
		t.Fatalf("%+v", right)
	}
	for name, spoil := range map[string]func(*cover.Solution){
		"a set that is not hit":         func(wrong *cover.Solution) { wrong.Chosen, wrong.Cost, wrong.Bound = []int{0}, 2, 2 },
		"a cost that does not add up":   func(wrong *cover.Solution) { wrong.Cost = 2 },
		"a dearer solution as cheapest": func(wrong *cover.Solution) { wrong.Chosen, wrong.Cost, wrong.Bound = []int{0, 1}, 4, 4 },
		"shares above an item's cost":   func(wrong *cover.Solution) { wrong.Shares = []int{2, 2} },
		"a bound above the cost":        func(wrong *cover.Solution) { wrong.Bound = 4 },
		"shares for other sets":         func(wrong *cover.Solution) { wrong.Shares = nil },
		"an item that is not there":     func(wrong *cover.Solution) { wrong.Chosen = []int{7} },
		"a share below zero":            func(wrong *cover.Solution) { wrong.Shares = []int{-1, 1} },
	} {
		wrong := right
		wrong.Shares = slices.Clone(right.Shares)
		spoil(&wrong)
		if err := cover.Check(t.Context(), problem, wrong, 1000); err == nil {
			t.Errorf("%s is let through", name)
		}
	}
}

// endless is a problem of which no machine tries all branches: 900 sets of three out of 300 items.
func endless() cover.Problem {
	random := rand.New(rand.NewPCG(3, 3))
	var problem cover.Problem
	for range 300 {
		problem.Costs = append(problem.Costs, 3+random.IntN(3))
	}
	for range 900 {
		problem.Sets = append(problem.Sets, []int{random.IntN(100), 100 + random.IntN(100), 200 + random.IntN(100)})
	}
	return problem
}

// ending is a context that ends after it was looked at some times, and counts how often it is looked at afterwards.
type ending struct {
	context.Context
	left, after int
}

func (ending *ending) Err() error {
	if ending.left--; ending.left >= 0 {
		return nil
	}
	ending.after++
	return context.Canceled
}

// Were the context not looked at, these would run until the test is killed.
func TestASearchThatNobodyWaitsForStops(t *testing.T) {
	problem := endless()
	ctx := &ending{Context: t.Context(), left: 5000}
	if _, err := cover.Solve(ctx, problem, math.MaxInt); !errors.Is(err, context.Canceled) || ctx.after > 1000 {
		t.Errorf("%v, looked at %d times more", err, ctx.after)
	}
	rough := solve(t, problem, 1)
	rough.Bound++ // more than the shares prove
	ctx = &ending{Context: t.Context(), left: 5000}
	if err := cover.Check(ctx, problem, rough, math.MaxInt); !errors.Is(err, context.Canceled) || ctx.after > 1000 {
		t.Errorf("%v, looked at %d times more", err, ctx.after)
	}
}
