package scoring

import (
	"fmt"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// cut is what one change removes: every edge of a cause, or a single edge that names none.
type cut struct {
	cause graph.Cause
	edge  graph.EdgeIndex // where cause is empty
}

// cutOf gives the change that removes an edge.
func (grounds *grounds) cutOf(e graph.EdgeIndex) cut {
	if cause := grounds.of(e).cause; cause != "" {
		return cut{cause: cause}
	}
	return cut{edge: e}
}

// given tells the edges that no change removes while the resource exists: an account controls what is in it.
func (grounds *grounds) given(e graph.EdgeIndex) bool {
	snapshot := grounds.analysis.snapshot
	from, _ := snapshot.Ends(e)
	return snapshot.EdgeKind(e) == kinds.CanAdminister && kinds.Is(snapshot.Kind(from), kinds.Account)
}

// option is a cut that a proof offers, with the place of the first edge of the proof that it removes.
type option struct {
	cut
	at    int
	first graph.EdgeIndex
}

// options gives the distinct cuts of a proof, in order.
func (grounds *grounds) options(edges []graph.EdgeIndex) []option {
	var options []option
	seen := map[cut]bool{}
	for at, edge := range edges {
		if cut := grounds.cutOf(edge); !seen[cut] && !grounds.given(edge) {
			seen[cut] = true
			options = append(options, option{cut, at, edge})
		}
	}
	return options
}

// effort ranks changes by what they commonly ask of people, least first: docs/scoring.md has the table.
func (grounds *grounds) effort(e graph.EdgeIndex) int {
	prefix, _, _ := strings.Cut(string(grounds.of(e).cause), ":")
	switch {
	case grounds.analysis.snapshot.EdgeKind(e) == kinds.RunsAs:
		return 4 // the workload needs some identity
	case prefix == "rule" || prefix == "config":
		return 1
	case prefix == "statement":
		return 2
	case prefix == "cve":
		return 3
	default:
		return 5
	}
}

// change says what to do about a cut, seen from one of its edges.
func (analysis *Analysis) change(cut cut, e graph.EdgeIndex) string {
	prefix, rest, _ := strings.Cut(string(cut.cause), ":")
	from, to := analysis.snapshot.Ends(e)
	if analysis.snapshot.EdgeKind(e) == kinds.RunsAs {
		return fmt.Sprintf("Give %s a role that may do less, in place of %s.", analysis.snapshot.ID(from), analysis.snapshot.ID(to))
	}
	at := strings.LastIndexByte(rest, '#')
	switch {
	case prefix == "statement" && at >= 0:
		return fmt.Sprintf("Remove or narrow statement %s of %s.", rest[at+1:], rest[:at])
	case prefix == "rule" && at >= 0:
		return fmt.Sprintf("Remove or narrow rule %s of %s.", rest[at+1:], rest[:at])
	case prefix == "config" && at >= 0:
		return fmt.Sprintf("Change the setting %s of %s.", rest[at+1:], rest[:at])
	case prefix == "statement" || prefix == "rule" || prefix == "config":
		return fmt.Sprintf("Remove or narrow the %s %s.", prefix, rest)
	case prefix == "cve":
		return fmt.Sprintf("Patch %s on %s.", rest, analysis.snapshot.ID(to))
	default:
		return fmt.Sprintf("Take away what lets %s gain %s (%s).", analysis.snapshot.ID(from), analysis.snapshot.ID(to), analysis.snapshot.EdgeKind(e))
	}
}

// resting lists, for the cuts of the routes, all of the region's moves that each removes.
func (analysis *Analysis) resting(best []scored, memo *grounds) map[cut][]uint32 {
	area := analysis.region
	resting := map[cut][]uint32{}
	for _, one := range best {
		for _, option := range memo.options(one.edges) {
			resting[option.cut] = nil
		}
	}
	for m := range uint32(len(area.arcs) + len(area.gates)) {
		edge := area.move(m)
		removes := cut{cause: analysis.snapshot.Cause(edge)}
		if removes.cause == "" {
			removes.edge = edge
		}
		if list, wanted := resting[removes]; wanted {
			resting[removes] = append(list, m)
		}
	}
	return resting
}
