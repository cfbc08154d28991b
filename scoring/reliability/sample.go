package reliability

import (
	"context"
	"math"
	"math/rand/v2"
	"sort"
)

// sample draws days from the open boxes, each as often as it is likely, and gives the share on which the goal is reached, with its standard
// error. The draws depend on the seed alone.
func (seen *view) sample(ctx context.Context, open []box, effort Effort) (share, deviation float64, err error) {
	random := rand.New(rand.NewPCG(effort.Seed, 0x1e57))
	upTo := make([]float64, len(open))
	sum := 0.0
	for i, box := range open {
		sum += box.mass
		upTo[i] = sum
	}
	strength := make([]float64, seen.system.Causes)
	reached := 0
	for range effort.Samples {
		if err := ctx.Err(); err != nil {
			return 0, 0, err
		}
		at := random.Float64() * sum
		chosen := min(sort.Search(len(upTo), func(i int) bool { return upTo[i] > at }), len(open)-1)
		seen.enter(open[chosen])
		for c := range strength {
			strength[c] = seen.low[c] + random.Float64()*(seen.high[c]-seen.low[c])
		}
		seen.leave(open[chosen])
		if seen.reaches(func(p uint32) bool { return strength[seen.system.Parts[p].Cause] < seen.system.Parts[p].Chance }) {
			reached++
		}
	}
	count := float64(effort.Samples)
	share = float64(reached) / count
	// Laplace's rule keeps the error above zero where all draws agree.
	smoothed := (float64(reached) + 1) / (count + 2)
	return share, math.Sqrt(smoothed * (1 - smoothed) / count), nil
}

// reaches tells whether the goal is gained by the parts that work.
func (engine *engine) reaches(works func(part uint32) bool) bool {
	held := make([]bool, engine.system.Nodes)
	missing := make([]int32, len(engine.system.Parts))
	for p, part := range engine.system.Parts {
		missing[p] = int32(len(part.Needs))
	}
	stack := append([]uint32(nil), engine.system.Sources...)
	for len(stack) > 0 {
		node := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if held[node] {
			continue
		}
		if held[node] = true; node == engine.system.Goal {
			return true
		}
		for _, p := range engine.waits[engine.start[node]:engine.start[node+1]] {
			if missing[p]--; missing[p] == 0 && works(p) {
				stack = append(stack, engine.system.Parts[p].To)
			}
		}
	}
	return false
}
