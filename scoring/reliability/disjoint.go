package reliability

import (
	"cmp"
	"slices"
)

// mostDisjoint bounds how many proofs or cuts one bound is made of.
const mostDisjoint = 64

// lower is a lower bound on the days of the view's box: proofs that share no uncertain cause work independently, so at least one works
// with 1 − Π(1 − likelihood). The likeliest proof is among them.
func (seen *view) lower() float64 {
	fail := 1.0
	var banned []uint32
	for range mostDisjoint {
		proof, ok := seen.best(seen.cost)
		if !ok {
			break
		}
		works := 1.0
		for _, term := range seen.terms(proof) {
			works *= term.chance
			seen.banned[term.cause] = true
			banned = append(banned, term.cause)
		}
		if fail *= 1 - works; works == 1 {
			break
		}
	}
	for _, cause := range banned {
		seen.banned[cause] = false
	}
	return 1 - fail
}

// upper is an upper bound on the days of the view's box: every proof crosses every cut, and cuts that share no cause hold independently, so
// some proof works with at most Π(1 − Π(1 − chance)).
//
// The cuts are levels. A node's level is the least number of uncertain parts, one after the other, by which it is gained, where
// a part that needs several nodes comes after the highest of them; a part that leads from below level i to it or beyond is in cut i. Read from the
// goal down, a proof holds a part of every cut up to the goal's level.
func (seen *view) upper() float64 {
	level := seen.levels()
	top := level[seen.system.Goal]
	if top < 0 {
		return 0 // not even when all that may work does
	}
	if top == 0 {
		return 1
	}
	cuts := make([]map[uint32]float64, top)
	for p, part := range seen.system.Parts {
		chance := seen.chance(uint32(p))
		if chance == 0 || level[part.To] < 0 {
			continue
		}
		from := int32(0)
		for _, need := range part.Needs {
			if level[need] < 0 {
				from = -1
				break
			}
			from = max(from, level[need])
		}
		if from < 0 || from >= top || level[part.To] <= from {
			continue
		}
		if cuts[from] == nil {
			cuts[from] = map[uint32]float64{}
		}
		cuts[from][part.Cause] = max(cuts[from][part.Cause], chance)
	}
	type cut struct {
		causes []uint32
		works  float64
	}
	weighed := make([]cut, top)
	for i, chances := range cuts {
		holds := 1.0
		for cause := range chances {
			weighed[i].causes = append(weighed[i].causes, cause)
		}
		slices.Sort(weighed[i].causes)
		for _, cause := range weighed[i].causes {
			holds *= 1 - chances[cause]
		}
		weighed[i].works = 1 - holds
	}
	slices.SortStableFunc(weighed, func(a, b cut) int { return cmp.Compare(a.works, b.works) })
	used := map[uint32]bool{}
	bound := 1.0
	for _, cut := range weighed {
		if slices.ContainsFunc(cut.causes, func(cause uint32) bool { return used[cause] }) {
			continue
		}
		for _, cause := range cut.causes {
			used[cause] = true
		}
		bound *= cut.works
	}
	return bound
}

// levels gives each node's level, −1 for what is never gained.
func (seen *view) levels() []int32 {
	level := make([]int32, seen.system.Nodes)
	for i := range level {
		level[i] = -1
	}
	missing := make([]int32, len(seen.system.Parts))
	for p, part := range seen.system.Parts {
		missing[p] = int32(len(part.Needs))
	}
	current := slices.Clone(seen.system.Sources)
	for now := int32(0); len(current) > 0; now++ {
		var next []uint32
		for len(current) > 0 {
			node := current[len(current)-1]
			current = current[:len(current)-1]
			if level[node] >= 0 {
				continue
			}
			level[node] = now
			for _, p := range seen.waits[seen.start[node]:seen.start[node+1]] {
				seen.work++
				if missing[p]--; missing[p] > 0 {
					continue
				}
				switch chance := seen.chance(p); {
				case chance == 1:
					current = append(current, seen.system.Parts[p].To)
				case chance > 0:
					next = append(next, seen.system.Parts[p].To)
				}
			}
		}
		current = next
	}
	return level
}
