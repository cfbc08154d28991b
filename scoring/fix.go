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

// trialBatch is how many trials are made between two looks at the work done.
const trialBatch = 512

// trials remembers which jewels an entry does not reach after a cut: one walk answers for all of the entry's paths.
type trials struct {
	*Analysis
	memo    *grounds
	resting map[cut][]uint32
	jewelAt map[uint32]int         // of a node: its place among the jewels
	lost    map[trial]map[int]bool // the jewels; nil for what was not tried
}

// fix sets each path's fix.
func (analysis *Analysis) fix(ctx context.Context, best []scored, paths []Path) error {
	memo := newGrounds(analysis)
	trials := &trials{Analysis: analysis, memo: memo, resting: analysis.resting(best, memo), jewelAt: map[uint32]int{}, lost: map[trial]map[int]bool{}}
	for j, jewel := range analysis.region.jewels {
		if jewel != none {
			trials.jewelAt[jewel] = j
		}
	}
	if err := trials.run(ctx, best); err != nil {
		return err
	}
	for i, one := range best {
		options := memo.options(one.edges)
		untried := func(option option) bool { return trials.lost[trial{one.entry, option.cut}] == nil }
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
	for _, one := range best {
		for _, option := range trials.memo.options(one.edges) {
			if key := (trial{one.entry, option.cut}); !seen[key] {
				seen[key] = true
				wanted = append(wanted, key)
			}
		}
	}
	slices.SortStableFunc(wanted, func(a, b trial) int { return cmp.Compare(a.entry, b.entry) })
	inward := trials.region.inward()
	walkers := toolsFor(trialBatch, func() *walker { return &walker{walkedAgain: newWalkedAgain(trials.region.field, inward), entry: -1} })
	results := make([]map[int]bool, len(wanted))
	for first, work := 0, 0; first < len(wanted) && work <= fixWork; first += trialBatch {
		batch := wanted[first:min(first+trialBatch, len(wanted))]
		err := each(ctx, len(batch), walkers, func(walker *walker, i int) { results[first+i] = walker.attempt(trials, batch[i]) })
		if err != nil {
			return err
		}
		work = 0
		for _, walker := range walkers {
			work += walker.work
		}
	}
	for i, key := range wanted {
		if results[i] != nil {
			trials.lost[key] = results[i]
		}
	}
	return nil
}

// walker makes trials, entry by entry. What an entry holds before any cut is worked out once for all of its trials.
type walker struct {
	*walkedAgain
	entry                  int
	sources                []uint32
	alone, helped, outside []bool
}

// begin works out what an entry holds; with AnyEntry, what all hold together.
func (walker *walker) begin(trials *trials, entry int) {
	area := trials.region
	walker.entry, walker.helped, walker.outside = entry, nil, nil
	if trials.config.AnyEntry {
		walker.sources = area.together()
		walker.alone = area.reach(walker.sources)
		return
	}
	walker.sources = []uint32{area.entries[entry]}
	walker.alone = area.reach(walker.sources)
	if area.entries[entry] != area.internet {
		if walker.outside = area.outsider(); walker.outside != nil {
			walker.helped = area.reach([]uint32{area.entries[entry], area.internet})
		}
	}
}

// attempt walks again without a cut's moves and tells which jewels the entry does not reach then, by the rule of from: alone, or with an
// outsider's help that is needed.
func (walker *walker) attempt(trials *trials, trial trial) map[int]bool {
	if walker.entry != trial.entry {
		walker.begin(trials, trial.entry)
	}
	area := trials.region
	moves := trials.resting[trial.cut]
	marked := func(nodes []uint32) map[uint32]bool {
		marks := make(map[uint32]bool, len(nodes))
		for _, node := range nodes {
			marks[node] = true
		}
		return marks
	}
	lost := marked(walker.lost(walker.alone, walker.sources, moves))
	var lostHelped, lostOutside map[uint32]bool
	if walker.helped != nil {
		lostHelped = marked(walker.lost(walker.helped, []uint32{area.entries[trial.entry], area.internet}, moves))
		lostOutside = marked(walker.lost(walker.outside, []uint32{area.internet}, moves))
	}
	missing := map[int]bool{}
	note := func(node uint32) {
		if j, isJewel := trials.jewelAt[node]; isJewel {
			helped := walker.helped != nil && walker.helped[node] && !lostHelped[node] && (!walker.outside[node] || lostOutside[node])
			if (!walker.alone[node] || lost[node]) && !helped {
				missing[j] = true
			}
		}
	}
	for node := range lost {
		note(node)
	}
	for node := range lostHelped {
		note(node)
	}
	return missing
}

// closes tells that a trial left the path's jewel unreached.
func (trials *trials) closes(one scored, cut cut) bool {
	return trials.lost[trial{one.entry, cut}][one.jewel]
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
