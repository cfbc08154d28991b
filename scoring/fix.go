package scoring

import (
	"cmp"
	"context"
	"slices"

	"github.com/inroad-security/inroad/graph"
)

// fixWork bounds the proofs of fixes, in edges walked again: past it paths are given without a fix.
const fixWork = 200_000_000

// Fix is the cheapest single change that was found to remove a path, proven by walking again without it. It is chosen from
// the path's own causes; it is not an optimal plan.
type Fix struct {
	// Change says what to do, for a person.
	Change string `json:"change"`
	// Cause that the change removes; empty where the step names none, and then the step itself must go.
	Cause graph.Cause `json:"cause"`
	// Step is the place, from 0, of the first step of the path that rests on the cause.
	Step int `json:"step"`
	// Edges is how many edges on the way from entries to jewels rest on the cause.
	Edges int `json:"edges"`
	// Closes tells that without the cause the target cannot be reached from the entry at all. Otherwise this path is
	// gone and others to the same target remain.
	Closes bool `json:"closes"`
	// Paths is how many of the paths shown lose their target by the same change.
	Paths int `json:"paths"`
}

// trial is what remains of one entry's reach after a cut.
type trial struct {
	entry int
	cut   cut
}

// trials remembers which jewels an entry still reaches after a cut: one walk answers for all of the entry's paths.
type trials struct {
	*Analysis
	memo    *grounds
	resting map[cut][]uint32
	reached map[trial][]bool
}

// fix sets each path's fix.
func (analysis *Analysis) fix(ctx context.Context, best []scored, paths []Path) error {
	memo := newGrounds(analysis)
	trials := &trials{Analysis: analysis, memo: memo, resting: analysis.resting(best, memo), reached: map[trial][]bool{}}
	if err := trials.run(ctx, best); err != nil {
		return err
	}
	for i, one := range best {
		options := memo.options(one.edges)
		untried := func(option option) bool { return trials.reached[trial{one.entry, option.cut}] == nil }
		if len(options) == 0 || slices.ContainsFunc(options, untried) {
			continue
		}
		option := slices.MinFunc(options, func(a, b option) int { return trials.compare(one, a, b) })
		paths[i].Fix = &Fix{
			Change: analysis.change(option.cut, option.first), Cause: option.cause, Step: option.at,
			Edges: len(trials.resting[option.cut]), Closes: trials.closes(one, option.cut),
		}
	}
	trials.count(best, paths)
	return nil
}

// run makes a trial of every cut of every path, in their order, until the work is used up.
func (trials *trials) run(ctx context.Context, best []scored) error {
	var wanted []trial
	seen := map[trial]bool{}
	work := len(trials.region.arcs) + len(trials.region.gates) + 1
	for _, one := range best {
		for _, option := range trials.memo.options(one.edges) {
			if key := (trial{one.entry, option.cut}); !seen[key] && len(wanted) < fixWork/work {
				seen[key] = true
				wanted = append(wanted, key)
			}
		}
	}
	results := make([][]bool, len(wanted))
	fields := toolsFor(len(wanted), trials.region.copied)
	err := each(ctx, len(wanted), fields, func(field *field, i int) { results[i] = trials.attempt(field, wanted[i]) })
	for i, key := range wanted {
		trials.reached[key] = results[i]
	}
	return err
}

// attempt walks again without a cut's moves and tells which jewels the entry still reaches. The field is as it was afterwards.
func (trials *trials) attempt(field *field, trial trial) []bool {
	area := trials.region
	area.field = field
	for _, m := range trials.resting[trial.cut] {
		field.reweigh(m, gone)
	}
	var held []bool
	if trials.config.AnyEntry {
		held = area.reach(area.together())
	} else {
		held = area.gains(area.entries[trial.entry])
	}
	for _, m := range trials.resting[trial.cut] {
		field.reweigh(m, trials.region.weight(m))
	}
	reached := make([]bool, len(area.jewels))
	for j, jewel := range area.jewels {
		reached[j] = jewel != none && held[jewel]
	}
	return reached
}

// closes tells that a trial left the path's jewel unreached.
func (trials *trials) closes(one scored, cut cut) bool {
	reached, tried := trials.reached[trial{one.entry, cut}]
	return tried && !reached[one.jewel]
}

// compare orders options: those that close go first, then less effort, then fewer edges that go with it, then the earlier step.
func (trials *trials) compare(one scored, a, b option) int {
	left := func(option option) int {
		if trials.closes(one, option.cut) {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(left(a), left(b)), cmp.Compare(trials.memo.effort(a.first), trials.memo.effort(b.first)),
		cmp.Compare(len(trials.resting[a.cut]), len(trials.resting[b.cut])), cmp.Compare(a.at, b.at))
}

// count tells, for each fix, how many of the shown paths it closes.
func (trials *trials) count(best []scored, paths []Path) {
	closed := map[cut]int{}
	for _, one := range best {
		for _, option := range trials.memo.options(one.edges) {
			if trials.closes(one, option.cut) {
				closed[option.cut]++
			}
		}
	}
	for i, path := range paths {
		if path.Fix != nil {
			path.Fix.Paths = closed[trials.memo.cutOf(best[i].edges[path.Fix.Step])]
		}
	}
}
