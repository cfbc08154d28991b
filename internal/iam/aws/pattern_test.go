package aws

import (
	"testing"

	"pgregory.net/rapid"
)

// bruteMatch follows the definition of the wildcards letter by letter.
func bruteMatch(pattern, s string) bool {
	if pattern == "" {
		return s == ""
	}
	switch pattern[0] {
	case '*':
		return bruteMatch(pattern[1:], s) || s != "" && bruteMatch(pattern, s[1:])
	case '?':
		return s != "" && bruteMatch(pattern[1:], s[1:])
	}
	return s != "" && s[0] == pattern[0] && bruteMatch(pattern[1:], s[1:])
}

// everyString lists the strings over a, b and c up to the length, enough to tell apart patterns over a and b of half of it.
func everyString(length int) []string {
	all := []string{""}
	for from := 0; length > 0; length-- {
		end := len(all)
		for _, s := range all[from:end] {
			all = append(all, s+"a", s+"b", s+"c")
		}
		from = end
	}
	return all
}

func TestPatternAlgebraAgreesWithBruteForce(t *testing.T) {
	samples := everyString(7)
	expression := rapid.StringMatching(`[ab*?]{0,5}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := expression.Draw(t, "a"), expression.Draw(t, "b")
		p, q := CompilePattern(a), CompilePattern(b)
		contains, intersects := true, false
		for _, s := range samples {
			inP, inQ := bruteMatch(a, s), bruteMatch(b, s)
			if p.Match(s) != inP {
				t.Fatalf("%q matches %q: %v", a, s, !inP)
			}
			contains = contains && (inP || !inQ)
			intersects = intersects || inP && inQ
		}
		if got := p.Contains(q); got != contains {
			t.Fatalf("%q contains %q: %v", a, b, got)
		}
		witness, got := p.Intersects(q)
		if got != intersects || got && !(bruteMatch(a, witness) && bruteMatch(b, witness)) {
			t.Fatalf("%q intersects %q: %v, witness %q", a, b, got, witness)
		}
	})
}

func TestExploreVisitsEveryKindOnce(t *testing.T) {
	samples := everyString(7)
	expression := rapid.StringMatching(`[ab*?]{0,4}`)
	rapid.Check(t, func(t *rapid.T) {
		within := expression.Draw(t, "within")
		cuts := rapid.SliceOfN(expression, 0, 4).Draw(t, "cuts")
		want := map[string]bool{}
		for _, s := range samples {
			if bruteMatch(within, s) {
				want[kindOfString(cuts, s)] = true
			}
		}
		var patterns []*Pattern
		for _, c := range cuts {
			patterns = append(patterns, CompilePattern(c))
		}
		got := map[string]bool{}
		complete := explore(CompilePattern(within), patterns, alone(), func(witness string, in []bool) bool {
			k := kindOfString(cuts, witness)
			if !bruteMatch(within, witness) || got[k] {
				t.Fatalf("witness %q of %q within %q: outside, or its kind was met before", witness, cuts, within)
			}
			for i, c := range cuts {
				if in[i] != bruteMatch(c, witness) {
					t.Fatalf("witness %q: wrong about %q", witness, c)
				}
			}
			got[k] = true
			return true
		})
		if !complete || len(got) != len(want) {
			t.Fatalf("%q cut by %q: %d kinds, want %d", within, cuts, len(got), len(want))
		}
	})
}

func kindOfString(cuts []string, s string) string {
	var kind []byte
	for _, c := range cuts {
		if bruteMatch(c, s) {
			kind = append(kind, '1')
		} else {
			kind = append(kind, '0')
		}
	}
	return string(kind)
}
