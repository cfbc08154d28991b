package scoring

import (
	"cmp"
	"context"
	"slices"

	"github.com/inroad-security/inroad/graph"
)

const (
	// mostExhaustive is how many changes are tried in every combination; past it a budget is spent greedily.
	mostExhaustive = 12
	// budgetWork bounds a greedy choice, in edges walked again.
	budgetWork = 400_000_000
)

// Purchase is what a budget buys: changes that lower the risk of the best paths, summed over the jewels, whose attacker holds all entries at once.
type Purchase struct {
	Revision graph.Revision `json:"revision"`
	Budget   int            `json:"budget"`
	Cost     int            `json:"cost"`
	Changes  []Change       `json:"changes"`
	// RiskBefore and RiskAfter are the summed risk of the likeliest path to each jewel.
	RiskBefore float64 `json:"risk_before"`
	RiskAfter  float64 `json:"risk_after"`
	// Exact tells that no other changes within the budget leave less risk: all were tried. Else the changes were chosen one by one, each the one that lowers
	// the risk most for its cost, and others together might do better.
	Exact      bool  `json:"exact"`
	Incomplete []Gap `json:"incomplete"`
}

// Within finds what a budget buys.
func (analysis *Analysis) Within(ctx context.Context, budget int) (*Purchase, error) {
	other := *analysis
	other.config.AnyEntry = true
	planner, err := other.planner(ctx)
	if err != nil {
		return nil, err
	}
	buyer := &buyer{planner: planner, memo: newGrounds(analysis), budget: budget}
	before, err := buyer.left(ctx, nil)
	if err != nil {
		return nil, err
	}
	purchase := &Purchase{Revision: analysis.snapshot.Revision(), Budget: budget, RiskBefore: rounded(total(before)), Incomplete: Incomplete(analysis.snapshot)}
	var chosen []int
	after := total(before)
	if purchase.Exact = len(buyer.actions) <= mostExhaustive; purchase.Exact {
		chosen, after, err = buyer.all(ctx, after)
	} else {
		chosen, after, err = buyer.greedily(ctx, before)
	}
	if err != nil {
		return nil, err
	}
	purchase.Cost, purchase.RiskAfter = buyer.cost(chosen), rounded(after)
	purchase.Changes, err = analysis.describe(ctx, planner, chosen)
	return purchase, err
}

type buyer struct {
	*planner
	memo   *grounds
	budget int
}

// left gives the likeliest path to each jewel that some changes leave, proven or not: so no change raises a risk.
func (buyer *buyer) left(ctx context.Context, items []int) ([]scored, error) {
	area := buyer.area
	area.field = area.copied()
	for _, item := range items {
		for _, m := range buyer.removes[item] {
			area.reweigh(m, gone)
		}
	}
	buyer.work += len(area.arcs) + len(area.gates)
	routes, err := area.routes(ctx, true)
	left := make([]scored, len(routes))
	for i, one := range routes {
		left[i] = buyer.score(one, buyer.memo)
	}
	return left, err
}

// all tries every set of changes within the budget; of those that leave equal risk the cheapest, then the first.
func (buyer *buyer) all(ctx context.Context, nothing float64) (chosen []int, after float64, err error) {
	after = nothing
	for subset := 1; subset < 1<<len(buyer.actions); subset++ {
		var items []int
		for item := range buyer.actions {
			if subset&(1<<item) != 0 {
				items = append(items, item)
			}
		}
		if buyer.cost(items) > buyer.budget {
			continue
		}
		paths, err := buyer.left(ctx, items)
		if err != nil {
			return nil, 0, err
		}
		if risk := total(paths); risk < after || risk == after && buyer.cost(items) < buyer.cost(chosen) {
			chosen, after = items, risk
		}
	}
	return chosen, after, nil
}

// greedily takes, again and again, the change that lowers the risk most for its cost. A change lowers the risk by no more than that of the best paths
// that it stops, so that few are tried.
func (buyer *buyer) greedily(ctx context.Context, current []scored) (chosen []int, after float64, err error) {
	for {
		bounds := buyer.bounds(current)
		best, ratio := -1, 0.0
		var then []scored
		for _, item := range bounds.order {
			most := bounds.risk[item] / float64(buyer.costs[item])
			if most <= ratio || buyer.work > budgetWork {
				break
			}
			if buyer.cost(chosen)+buyer.costs[item] > buyer.budget {
				continue
			}
			paths, err := buyer.left(ctx, append(slices.Clone(chosen), item))
			if err != nil {
				return nil, 0, err
			}
			if gain := (total(current) - total(paths)) / float64(buyer.costs[item]); gain > ratio {
				best, ratio, then = item, gain, paths
			}
		}
		if best < 0 || rounded(ratio) <= 0 {
			slices.Sort(chosen)
			return chosen, total(current), nil
		}
		chosen, current = append(chosen, best), then
	}
}

// stopping weighs changes by the risk of the best paths that they stop.
type stopping struct {
	risk  map[int]float64
	order []int // the most risk for its cost first
}

func (buyer *buyer) bounds(current []scored) stopping {
	moveOf := map[graph.EdgeIndex]uint32{}
	wanted := map[graph.EdgeIndex]bool{}
	for _, one := range current {
		for _, e := range one.edges {
			wanted[e] = true
		}
	}
	for m := range uint32(len(buyer.stops)) {
		if e := buyer.area.move(m); wanted[e] {
			moveOf[e] = m
		}
	}
	weighed := stopping{risk: map[int]float64{}}
	for _, one := range current {
		counted := map[int]bool{}
		for _, e := range one.edges {
			for _, item := range buyer.stops[moveOf[e]] {
				if !counted[item] {
					counted[item] = true
					if _, known := weighed.risk[item]; !known {
						weighed.order = append(weighed.order, item)
					}
					weighed.risk[item] += one.risk
				}
			}
		}
	}
	slices.SortFunc(weighed.order, func(a, b int) int {
		return cmp.Or(-cmp.Compare(weighed.risk[a]/float64(buyer.costs[a]), weighed.risk[b]/float64(buyer.costs[b])), cmp.Compare(a, b))
	})
	return weighed
}
