package aws

import (
	"cmp"
	"slices"
)

// meetLimit bounds the patterns that one intersection may take; those of real policies take one or two.
const meetLimit = 64

// Meet gives patterns that together stand for the strings which both patterns stand for, none of them contained in another.
// It answers false when more than meetLimit would be needed.
func (p *Pattern) Meet(q *Pattern) (both []*Pattern, complete bool) {
	switch {
	case p.plainlyContains(q):
		return []*Pattern{q}, true
	case q.plainlyContains(p):
		return []*Pattern{p}, true
	case p.plainlyMisses(q):
		return nil, true
	}
	m := meeting{p: p.tokens(), q: q.tokens(), known: map[[2]int][][]rune{}}
	for _, tokens := range m.from(0, 0) {
		both = append(both, newPattern(slices.Clone(tokens)))
	}
	return Minimal(both), !m.tooMany
}

// meeting works out an intersection from each pair of places in two patterns once.
type meeting struct {
	p, q    []rune
	known   map[[2]int][][]rune
	tooMany bool
}

func (m *meeting) from(i, j int) [][]rune {
	at := [2]int{i, j}
	if known, ok := m.known[at]; ok {
		return known
	}
	found := m.work(i, j)
	slices.SortFunc(found, slices.Compare[[]rune])
	found = slices.CompactFunc(found, slices.Equal[[]rune])
	if len(found) > meetLimit {
		m.tooMany = true
		found = found[:meetLimit]
	}
	m.known[at] = found
	return found
}

func (m *meeting) work(i, j int) [][]rune {
	switch {
	case i == len(m.p) && j == len(m.q):
		return [][]rune{nil}
	case i == len(m.p):
		return m.skip(m.q[j], i, j+1)
	case j == len(m.q):
		return m.skip(m.p[i], i+1, j)
	}
	a, b := m.p[i], m.q[j]
	switch {
	case a == star && b == star: // whichever star ends first, the other covers what is left of it
		return before(star, slices.Concat(m.from(i+1, j), m.from(i, j+1)))
	case a == star:
		return slices.Concat(m.from(i+1, j), before(b, m.from(i, j+1)))
	case b == star:
		return slices.Concat(m.from(i, j+1), before(a, m.from(i+1, j)))
	case a == b || b == one:
		return before(a, m.from(i+1, j+1))
	case a == one:
		return before(b, m.from(i+1, j+1))
	}
	return nil
}

// skip goes past a token to which nothing is left to give.
func (m *meeting) skip(token rune, i, j int) [][]rune {
	if token != star {
		return nil
	}
	return m.from(i, j)
}

func before(token rune, rests [][]rune) [][]rune {
	out := make([][]rune, 0, len(rests))
	for _, rest := range rests {
		if token == star && len(rest) > 0 && rest[0] == star {
			out = append(out, rest)
			continue
		}
		out = append(out, append([]rune{token}, rest...))
	}
	return out
}

// Minimal leaves out patterns that others of the list contain, and sorts the rest by their text.
func Minimal(patterns []*Pattern) []*Pattern {
	sorted := slices.SortedFunc(slices.Values(patterns), func(a, b *Pattern) int { return cmp.Compare(a.text, b.text) })
	sorted = slices.CompactFunc(sorted, func(a, b *Pattern) bool { return slices.Equal(a.tokens(), b.tokens()) })
	var kept []*Pattern
	for i, p := range sorted {
		within := false
		for j, q := range sorted {
			within = within || i != j && q.Contains(p) && (j < i || !p.Contains(q)) // of two that are alike the first is kept
		}
		if !within {
			kept = append(kept, p)
		}
	}
	return kept
}
