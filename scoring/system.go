package scoring

import (
	"slices"

	"github.com/inroad-security/inroad/scoring/reliability"
)

// coneLimit is how many moves may bear on one goal before its chance is bounded by its best path alone.
const coneLimit = 200_000

// system tells the chance that at least one of the goals is gained by an attacker who holds all sources, as a system of causes; cuts gives
// what each of its causes is. It is not ok when too much bears on the goals.
func (analysis *Analysis) system(area region, inward inward, goals []uint32, memo *grounds) (system reliability.System, cuts []cut, ok bool) {
	nodes, count, ok := area.cone(inward, goals, coneLimit)
	if !ok {
		return system, nil, false
	}
	slices.Sort(nodes)
	place := make(map[uint32]uint32, len(nodes))
	for i, node := range nodes {
		place[node] = uint32(i)
	}
	system = reliability.System{Nodes: len(nodes) + 1, Goal: uint32(len(nodes)), Parts: make([]reliability.Part, 0, count+len(goals))}
	for _, source := range area.together() {
		if at, held := place[source]; held {
			system.Sources = append(system.Sources, at)
		}
	}
	number := map[cut]uint32{}
	for _, node := range nodes {
		for _, move := range inward.of(node) {
			if area.weight(move) == gone {
				continue
			}
			edge := area.move(move)
			removes := memo.cutOf(edge)
			cause, known := number[removes]
			if !known {
				cause = uint32(len(cuts))
				number[removes] = cause
				cuts = append(cuts, removes)
			}
			part := reliability.Part{To: place[node], Cause: cause, Chance: memo.of(edge).likelihood}
			for _, source := range area.sources(move) {
				part.Needs = append(part.Needs, place[source])
			}
			system.Parts = append(system.Parts, part)
		}
	}
	for _, goal := range goals {
		// Whoever holds one of the goals holds the common one: a part that always works, on a cause of its own.
		system.Parts = append(system.Parts, reliability.Part{To: system.Goal, Needs: []uint32{place[goal]}, Cause: uint32(len(cuts)), Chance: 1})
	}
	system.Causes = len(cuts) + 1
	return system, cuts, true
}
