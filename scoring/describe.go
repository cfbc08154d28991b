package scoring

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// mostBroken is how many examples of other access a change is told with.
const mostBroken = 5

// describe tells changes in full: what they remove, and what else goes with them.
func (analysis *Analysis) describe(ctx context.Context, planner *planner, chosen []int) ([]Change, error) {
	told := make([]Change, len(chosen))
	place := map[action]int{}
	for i, item := range chosen {
		action := planner.actions[item]
		place[action] = i
		causes := map[graph.Cause]bool{}
		for _, m := range planner.removes[item] {
			if cause := analysis.snapshot.Cause(planner.area.move(m)); cause != "" {
				causes[cause] = true
			}
		}
		told[i] = Change{
			Kind: action.kind, Subject: action.subject, Detail: action.detail, Change: action.String(), Cost: planner.costs[item],
			Causes: append([]graph.Cause{}, slices.Sorted(maps.Keys(causes))...), Steps: len(planner.removes[item]), Breaks: []Access{},
		}
	}
	onTheWay := make(map[graph.EdgeIndex]bool)
	for _, item := range chosen {
		for _, m := range planner.removes[item] {
			onTheWay[planner.area.move(m)] = true
		}
	}
	changes := newChanges(analysis.snapshot)
	if len(chosen) > 0 {
		for e := range graph.EdgeIndex(analysis.snapshot.Edges()) {
			if e%lookEvery == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if spec, _ := kinds.EdgeSpec(analysis.snapshot.EdgeKind(e)); !spec.Attack || onTheWay[e] {
				continue
			}
			for _, action := range changes.of(e) {
				at, ok := place[action]
				if !ok {
					continue
				}
				if told[at].BreaksTotal++; len(told[at].Breaks) < mostBroken {
					told[at].Breaks = append(told[at].Breaks, hop(analysis.snapshot, e).Access)
				}
			}
		}
	}
	slices.SortStableFunc(told, func(a, b Change) int {
		return cmp.Or(-cmp.Compare(a.Cost, b.Cost), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Detail, b.Detail))
	})
	return told, nil
}
