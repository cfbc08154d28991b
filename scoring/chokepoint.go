package scoring

import (
	"cmp"
	"context"
	"slices"

	"github.com/inroad-security/inroad/graph"
)

const (
	// chokepointCount is how many choke points a document names at most.
	chokepointCount = 5
	// chokepointWork bounds the search for them, in edges walked again; past it fewer are named.
	chokepointWork = 200_000_000
)

// Chokepoint is a change that lowers the risk of many paths at once. The list is greedy: each entry is the single change that
// lowers the summed risk most once those before it are made, found by walking again without it. No claim of a cheapest
// plan is made.
type Chokepoint struct {
	Change string      `json:"change"`
	Cause  graph.Cause `json:"cause"`
	// RiskRemoved is by how much the sum over all paths falls, and RiskLeft what it falls to.
	RiskRemoved float64 `json:"risk_removed"`
	RiskLeft    float64 `json:"risk_left"`
	// Closed is how many pairs of entry and target have no path any more, and Open how many still have.
	Closed int `json:"closed"`
	Open   int `json:"open"`
}

// weighed is a cut with the risk of the best routes that cross it, which bounds what it can remove.
type weighed struct {
	option
	bound  float64
	routes []int // places of those that cross it
}

// Chokepoints names the changes that lower the summed risk most, one after the other.
func (analysis *Analysis) Chokepoints(ctx context.Context) ([]Chokepoint, error) {
	chokepoints := []Chokepoint{}
	area := analysis.region
	memo := newGrounds(analysis)
	pass := (len(area.arcs) + len(area.gates) + 1) * max(1, min(len(area.entries), len(area.jewels)))
	work := pass
	current, err := analysis.best(ctx, area)
	for err == nil && len(chokepoints) < chokepointCount && len(current) > 0 {
		resting := analysis.resting(current, memo)
		var chosen *weighed
		var removed float64
		var after []scored
		var left region
		for _, candidate := range crossing(current, memo) {
			if chosen != nil && candidate.bound <= removed || work > chokepointWork {
				break
			}
			trial := area
			trial.field = area.copied()
			for _, m := range resting[candidate.cut] {
				trial.reweigh(m, gone)
			}
			var best []scored
			if best, err = analysis.again(ctx, trial, current, candidate.routes); err != nil {
				return nil, err
			}
			work += pass
			if gain := total(current) - total(best); chosen == nil || gain > removed {
				chosen, removed, after, left = &candidate, gain, best, trial
			}
		}
		if chosen == nil || rounded(removed) <= 0 {
			break
		}
		chokepoints = append(chokepoints, Chokepoint{
			Change: analysis.change(chosen.cut, chosen.first), Cause: chosen.cause, RiskRemoved: rounded(removed), RiskLeft: rounded(total(after)),
			Closed: len(current) - len(after), Open: len(after),
		})
		area, current = left, after
	}
	return chokepoints, err
}

// again gives what becomes of the best routes in what a cut leaves. A route that does not cross the cut stays the best: it is there still, and what
// it was better than is the same or less. So only the pairs whose route crosses it are searched for again, unless an entry may have an outsider's
// help: then a pair can appear that was the outsider's own before.
func (analysis *Analysis) again(ctx context.Context, trial region, current []scored, crossing []int) ([]scored, error) {
	if !analysis.config.AnyEntry && trial.internet != none && len(trial.gates) > 0 && slices.ContainsFunc(trial.entries, func(entry uint32) bool { return entry != trial.internet }) {
		return analysis.best(ctx, trial)
	}
	crosses := make([]bool, len(current))
	entries, jewels := make([]bool, len(trial.entries)), make([]bool, len(trial.jewels))
	for _, i := range crossing {
		crosses[i] = true
		entries[current[i].entry], jewels[current[i].jewel] = true, true
	}
	if !analysis.config.AnyEntry {
		trial.entries = only(trial.entries, entries)
	}
	trial.jewels = only(trial.jewels, jewels)
	fresh, err := analysis.best(ctx, trial)
	if err != nil {
		return nil, err
	}
	place := make(map[[2]int]int, len(fresh))
	for i, one := range fresh {
		place[analysis.pair(one.route)] = i
	}
	left := make([]scored, 0, len(current))
	for i, one := range current {
		if !crosses[i] {
			left = append(left, one)
		} else if at, ok := place[analysis.pair(one.route)]; ok {
			left = append(left, fresh[at])
		}
	}
	return left, nil
}

// pair identifies what a route is the best of.
func (analysis *Analysis) pair(one route) [2]int {
	if analysis.config.AnyEntry {
		return [2]int{0, one.jewel}
	}
	return [2]int{one.entry, one.jewel}
}

// only leaves the nodes that are wanted.
func only(nodes []uint32, wanted []bool) []uint32 {
	left := slices.Clone(nodes)
	for i := range left {
		if !wanted[i] {
			left[i] = none
		}
	}
	return left
}

// crossing weighs every cut of the routes, heaviest first. A pair's risk changes only when its best route is cut, so the bound holds.
func crossing(current []scored, memo *grounds) []weighed {
	var candidates []weighed
	place := map[cut]int{}
	for i, one := range current {
		for _, option := range memo.options(one.edges) {
			known, ok := place[option.cut]
			if !ok {
				known = len(candidates)
				place[option.cut] = known
				candidates = append(candidates, weighed{option: option})
			}
			candidates[known].bound += one.risk
			candidates[known].routes = append(candidates[known].routes, i)
		}
	}
	slices.SortFunc(candidates, func(a, b weighed) int {
		return cmp.Or(-cmp.Compare(a.bound, b.bound), cmp.Compare(memo.effort(a.first), memo.effort(b.first)), cmp.Compare(a.cause, b.cause), cmp.Compare(a.first, b.first))
	})
	return candidates
}

func total(all []scored) float64 {
	sum := 0.0
	for _, one := range all {
		sum += one.risk
	}
	return sum
}
