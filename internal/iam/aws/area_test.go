package aws

import (
	"testing"

	"pgregory.net/rapid"
)

// A side of an area is a set of strings, so that its algebra can be held against each string.
func TestSidesAgreeWithBruteForce(t *testing.T) {
	samples := everyString(8)
	expressions := func(most int) *rapid.Generator[[]string] {
		return rapid.SliceOfN(rapid.StringMatching(`[ab*?]{0,3}`), 0, most)
	}
	rapid.Check(t, func(t *rapid.T) {
		texts := [4][]string{}
		for i, name := range []string{"in", "out", "other in", "other out"} {
			texts[i] = expressions(2).Draw(t, name)
		}
		holds := func(in, out []string, s string) bool { return anyMatches(in, s) && !anyMatches(out, s) }
		a, b := &side{compiled(texts[0]...), compiled(texts[1]...)}, &side{compiled(texts[2]...), compiled(texts[3]...)}
		both, complete := a.meet(b)
		if !complete {
			t.Fatal("too many patterns")
		}
		contains := true
		for _, s := range samples {
			inA, inB := holds(texts[0], texts[1], s), holds(texts[2], texts[3], s)
			if both.covers(s) != (inA && inB) {
				t.Fatalf("%q: both cover it: %v", s, !(inA && inB))
			}
			contains = contains && (inA || !inB)
		}
		if got := a.contains(b); got != contains {
			t.Fatalf("contains: %v, want %v", got, contains)
		}
	})
}

func anyMatches(patterns []string, s string) bool {
	for _, p := range patterns {
		if bruteMatch(p, s) {
			return true
		}
	}
	return false
}
