package scoring

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// mostNamed is how many techniques or principals a gap names.
const mostNamed = 5

// notAssessed folds the NOT_ASSESSED edges into one gap a scope: which techniques could be used there, by whom, and what to collect.
func notAssessed(snapshot *graph.Snapshot) []Gap {
	if !slices.Contains(snapshot.EdgeKinds(), kinds.NotAssessed) {
		return nil
	}
	type folded struct{ techniques, principals, operations map[string]bool }
	byScope := map[graph.Scope]*folded{}
	for i := range snapshot.OfKind(kinds.Of(kinds.Principal)...) {
		for e := range snapshot.Out(i) {
			if snapshot.EdgeKind(e) != kinds.NotAssessed {
				continue
			}
			edge := snapshot.Edge(e)
			for _, piece := range edge.Evidence {
				operation, missed := strings.CutPrefix(piece.Detail, kinds.NotCollected)
				if piece.Kind != graph.Gap || !missed {
					continue
				}
				scope := graph.Scope(piece.Locator)
				if byScope[scope] == nil {
					byScope[scope] = &folded{map[string]bool{}, map[string]bool{}, map[string]bool{}}
				}
				byScope[scope].techniques[edge.Technique], byScope[scope].principals[string(edge.From)], byScope[scope].operations[operation] = true, true, true
			}
		}
	}
	var gaps []Gap
	for _, scope := range slices.Sorted(maps.Keys(byScope)) {
		of := byScope[scope]
		gaps = append(gaps, Gap{Scope: scope, Reason: fmt.Sprintf("not assessed: %s, with the permissions of %s: collect %s",
			someOf(of.techniques), someOf(of.principals), someOf(of.operations))})
	}
	return gaps
}

// someOf names the first few, and counts the others.
func someOf(names map[string]bool) string {
	sorted := slices.Sorted(maps.Keys(names))
	text := strings.Join(sorted[:min(len(sorted), mostNamed)], ", ")
	if more := len(sorted) - mostNamed; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
