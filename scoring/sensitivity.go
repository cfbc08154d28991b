package scoring

import (
	"cmp"
	"context"
	"slices"

	"github.com/inroad-security/inroad/graph"
)

// Sensitivity is how much of the posture score hangs on one cause.
type Sensitivity struct {
	Cause  graph.Cause `json:"cause"`
	Change string      `json:"change"`
	// Points by which the score rises when the cause is gone.
	Points Range `json:"points"`
}

// sensitivity weighs the causes that the most risk of best paths crosses, by assessing again, without each, the levels that it bears on.
func (assessor *assessor) sensitivity(ctx context.Context, best []scored, levels []*target, most float64) ([]Sensitivity, error) {
	quiet := *assessor.Analysis // its progress was told
	quiet.config.Progress = nil
	memo := newGrounds(assessor.Analysis)
	candidates := crossing(best, memo)
	if len(candidates) > sensitive {
		candidates = candidates[:sensitive]
	}
	bears := map[cut][]*target{}
	for _, level := range levels {
		for _, cut := range level.cuts {
			bears[cut] = append(bears[cut], level)
		}
	}
	resting := assessor.resting(best, memo)
	weighed := make([]Sensitivity, 0, len(candidates))
	for _, candidate := range candidates {
		without := *assessor
		without.Analysis = &quiet
		without.area.field = assessor.area.copied()
		for _, m := range resting[candidate.cut] {
			without.area.reweigh(m, gone)
		}
		touched := bears[candidate.cut]
		after := make([]*target, len(touched))
		for i, level := range touched {
			again := *level
			again.floor = 0
			after[i] = &again
		}
		if err := without.assess(ctx, after); err != nil {
			return nil, err
		}
		points := Range{Exact: true}
		for i, level := range touched {
			was, is := times(level.bounds, level.weight), times(after[i].bounds, level.weight)
			// Without the cause no more is lost than with it, whatever the bounds leave open.
			points = points.plus(Range{
				Lower: max(0, was.Lower-is.Upper), Upper: max(0, was.Upper-is.Lower), Estimate: max(0, was.Estimate-is.Estimate), Exact: was.Exact && is.Exact,
			})
		}
		scale := 100 / most
		points.Lower, points.Upper, points.Estimate = points.Lower*scale, points.Upper*scale, points.Estimate*scale
		weighed = append(weighed, Sensitivity{Cause: candidate.cause, Change: assessor.change(candidate.cut, candidate.first), Points: points.rounded()})
	}
	slices.SortStableFunc(weighed, func(a, b Sensitivity) int { return -cmp.Compare(a.Points.Estimate, b.Points.Estimate) })
	return weighed, nil
}
