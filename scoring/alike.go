package scoring

import (
	"fmt"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
)

// alike folds routes that are one to a person: equal but for their last node, where the targets are jewels of one kind, value and reason and are gained by steps that
// differ in the target's id alone. The first stands for all, in the order given; alike holds the places of the others' jewels.
func (analysis *Analysis) alike(best []scored) []scored {
	snapshot := analysis.snapshot
	first := map[string]int{}
	var left []scored
	for _, one := range best {
		id := analysis.jewelIDs[one.jewel]
		jewel := analysis.config.Jewels[id]
		last := one.edges[len(one.edges)-1]
		from, to := snapshot.Ends(last)
		cause := strings.ReplaceAll(string(snapshot.Cause(last)), string(id), "·")
		key := fmt.Sprint(one.entry, one.edges[:len(one.edges)-1], from, snapshot.Kind(to), snapshot.EdgeKind(last), snapshot.Requires(last), one.implies) +
			fmt.Sprintf("%q %q %q %d %g %d", snapshot.Technique(last), cause, strings.ReplaceAll(jewel.Reason, string(id), "·"), jewel.Value, one.risk, one.verdict)
		if at, known := first[key]; known {
			left[at].alike = append(left[at].alike, one.jewel)
			continue
		}
		first[key] = len(left)
		left = append(left, one)
	}
	return left
}

// instead counts, for each step of a route, the other nodes that would serve in the place of what it gains: they are gained from the same node and lead to the same
// next one by edges of the same sort, as the machines of a group do. 0 for the last step, and for what more than the next step uses.
func (analysis *Analysis) instead(edges []graph.EdgeIndex) []int {
	snapshot := analysis.snapshot
	counts := make([]int, len(edges))
	uses := map[graph.ID]int{}
	for _, e := range edges {
		from, _ := snapshot.Ends(e)
		uses[snapshot.ID(from)]++
		for _, id := range snapshot.Requires(e) {
			uses[id] += 2
		}
	}
	for i := range len(edges) - 1 {
		from, to := snapshot.Ends(edges[i])
		start, goal := snapshot.Ends(edges[i+1])
		if start != to || uses[snapshot.ID(to)] != 1 {
			continue
		}
		for e := range snapshot.Out(from) {
			_, other := snapshot.Ends(e)
			if other == to || snapshot.Kind(other) != snapshot.Kind(to) || !analysis.same(e, edges[i]) {
				continue
			}
			for next := range snapshot.Out(other) {
				if _, end := snapshot.Ends(next); end == goal && analysis.same(next, edges[i+1]) {
					counts[i]++
					break
				}
			}
		}
	}
	return counts
}

// same tells that two edges are of one sort.
func (analysis *Analysis) same(a, b graph.EdgeIndex) bool {
	snapshot := analysis.snapshot
	return snapshot.EdgeKind(a) == snapshot.EdgeKind(b) && snapshot.Verdict(a) == snapshot.Verdict(b) && snapshot.Technique(a) == snapshot.Technique(b) &&
		slices.Equal(snapshot.Requires(a), snapshot.Requires(b))
}
