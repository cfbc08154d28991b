package scoring

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// fixWork bounds the proofs of fixes, in edges re-walked: past it paths are given without a fix.
const fixWork = 200_000_000

// Fix is the cheapest single change that was found to remove a path, proven by walking again without it. It is one change chosen from the
// path's own causes, not an optimal plan.
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

// cut is a set of edges that one change removes: all of a cause, or a single edge without one.
type cut struct {
	cause graph.Cause
	edge  graph.EdgeIndex // where cause is empty
}

// given tells the edges that no change removes while the resource exists: an account controls what is in it.
func (grounds *grounds) given(e graph.EdgeIndex) bool {
	snapshot := grounds.analysis.snapshot
	from, _ := snapshot.Ends(e)
	return snapshot.EdgeKind(e) == kinds.CanAdminister && kinds.Is(snapshot.Kind(from), kinds.Account)
}

// cutOf gives the change that removes an edge.
func (grounds *grounds) cutOf(e graph.EdgeIndex) cut {
	if cause := grounds.of(e).cause; cause != "" {
		return cut{cause: cause}
	}
	return cut{edge: e}
}

// effort ranks changes by what they commonly ask of people, least first: docs/scoring.md has the table.
func (cut cut) effort() int {
	prefix, _, _ := strings.Cut(string(cut.cause), ":")
	switch prefix {
	case "config", "rule":
		return 1
	case "statement":
		return 2
	case "cve":
		return 3
	default:
		return 4
	}
}

// change says what to do about a cut, seen from one of its edges.
func (analysis *Analysis) change(cut cut, e graph.EdgeIndex) string {
	prefix, rest, _ := strings.Cut(string(cut.cause), ":")
	from, to := analysis.snapshot.Ends(e)
	switch prefix {
	case "statement":
		if at := strings.LastIndexByte(rest, '#'); at >= 0 {
			return fmt.Sprintf("Remove or narrow statement %s of %s.", rest[at+1:], rest[:at])
		}
		return fmt.Sprintf("Remove or narrow the statement %s.", rest)
	case "rule":
		return fmt.Sprintf("Remove or narrow rule %s.", rest)
	case "config":
		if at := strings.LastIndexByte(rest, '#'); at >= 0 {
			return fmt.Sprintf("Change the setting %s of %s.", rest[at+1:], rest[:at])
		}
		return fmt.Sprintf("Change the setting %s.", rest)
	case "cve":
		return fmt.Sprintf("Patch %s on %s.", rest, analysis.snapshot.ID(to))
	default:
		return fmt.Sprintf("Take away what lets %s gain %s (%s).", analysis.snapshot.ID(from), analysis.snapshot.ID(to), analysis.snapshot.EdgeKind(e))
	}
}

// trial is what remains of one entry's reach after a cut.
type trial struct {
	entry int
	cut   cut
}

// fix sets each path's fix. Trials are shared: a walk without a cause answers for all jewels of its entry.
func (analysis *Analysis) fix(ctx context.Context, best []scored, paths []Path) error {
	memo := newGrounds(analysis)
	resting := analysis.resting(best, memo)
	trials := map[trial][]bool{}
	left := fixWork
	for i, one := range best {
		steps := memo.cutsOf(one.edges)
		var cuts []cut
		for _, at := range steps {
			cuts = append(cuts, memo.cutOf(one.edges[at]))
		}
		closes := map[cut]bool{}
		for _, cut := range cuts {
			key := trial{one.entry, cut}
			if _, done := trials[key]; !done && left > 0 {
				if err := ctx.Err(); err != nil {
					return err
				}
				left -= len(analysis.region.arcs) + len(analysis.region.gates) + 1
				trials[key] = analysis.attempt(key, resting[cut])
			}
			if reached, done := trials[key]; done {
				closes[cut] = !reached[one.jewel]
			}
		}
		if len(closes) < len(cuts) || len(cuts) == 0 {
			continue
		}
		best := 0
		for c := range cuts {
			if analysis.cheaper(cuts[c], cuts[best], closes, resting) {
				best = c
			}
		}
		chosen := cuts[best]
		paths[i].Fix = &Fix{
			Change: analysis.change(chosen, one.edges[steps[best]]), Cause: chosen.cause, Step: steps[best], Edges: len(resting[chosen]), Closes: closes[chosen],
		}
	}
	countClosed(best, paths, trials, memo)
	return nil
}

// cheaper orders cuts: one that closes goes first, then less effort, then fewer edges that go with it.
func (analysis *Analysis) cheaper(a, b cut, closes map[cut]bool, resting map[cut][]graph.EdgeIndex) bool {
	if closes[a] != closes[b] {
		return closes[a]
	}
	return cmp.Or(cmp.Compare(a.effort(), b.effort()), cmp.Compare(len(resting[a]), len(resting[b]))) < 0
}

// cutsOf gives, for each distinct cut of a proof in order, the place of the first edge that it removes. What is given is left out.
func (grounds *grounds) cutsOf(edges []graph.EdgeIndex) []int {
	var places []int
	seen := map[cut]bool{}
	for at, edge := range edges {
		if cut := grounds.cutOf(edge); !seen[cut] && !grounds.given(edge) {
			seen[cut] = true
			places = append(places, at)
		}
	}
	return places
}

// countClosed tells, for each fix, how many of the shown paths it closes.
func countClosed(best []scored, paths []Path, trials map[trial][]bool, memo *grounds) {
	closed := map[cut]int{}
	for _, one := range best {
		for _, at := range memo.cutsOf(one.edges) {
			cut := memo.cutOf(one.edges[at])
			if reached, ok := trials[trial{one.entry, cut}]; ok && !reached[one.jewel] {
				closed[cut]++
			}
		}
	}
	for i := range paths {
		if fix := paths[i].Fix; fix != nil {
			fix.Paths = closed[memo.cutOf(best[i].edges[fix.Step])]
		}
	}
}

// resting lists, for the cuts of the routes, all of the region's edges that each removes.
func (analysis *Analysis) resting(best []scored, memo *grounds) map[cut][]graph.EdgeIndex {
	resting := map[cut][]graph.EdgeIndex{}
	for _, one := range best {
		for _, edge := range one.edges {
			if cut := memo.cutOf(edge); cut.cause == "" {
				resting[cut] = []graph.EdgeIndex{edge}
			} else {
				resting[cut] = nil
			}
		}
	}
	note := func(edge graph.EdgeIndex) {
		if cause := analysis.snapshot.Cause(edge); cause != "" {
			if list, wanted := resting[cut{cause: cause}]; wanted {
				resting[cut{cause: cause}] = append(list, edge)
			}
		}
	}
	for _, edge := range analysis.region.edges {
		note(edge)
	}
	for _, gate := range analysis.region.gates {
		note(gate.edge)
	}
	return resting
}

// attempt walks again without some edges and tells which jewels the entry still reaches.
func (analysis *Analysis) attempt(trial trial, removed []graph.EdgeIndex) []bool {
	area := analysis.region
	var held []bool
	if analysis.config.AnyEntry {
		held = area.reach(area.together(), dropping(removed))
	} else {
		held = area.gains(area.entries[trial.entry], dropping(removed))
	}
	reached := make([]bool, len(area.jewels))
	for j, jewel := range area.jewels {
		reached[j] = jewel != none && held[jewel]
	}
	return reached
}

// dropping tells the edges of a list.
func dropping(removed []graph.EdgeIndex) func(graph.EdgeIndex) bool {
	gone := make(map[graph.EdgeIndex]bool, len(removed))
	for _, edge := range removed {
		gone[edge] = true
	}
	return func(e graph.EdgeIndex) bool { return gone[e] }
}
