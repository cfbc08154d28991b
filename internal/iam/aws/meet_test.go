package aws

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestMeetAgreesWithBruteForce(t *testing.T) {
	samples := everyString(7)
	expression := rapid.StringMatching(`[ab*?]{0,5}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := expression.Draw(t, "a"), expression.Draw(t, "b")
		both, complete := CompilePattern(a).Meet(CompilePattern(b))
		if !complete {
			t.Fatalf("%q and %q take too many patterns", a, b)
		}
		for i, one := range both {
			for j, other := range both {
				if i != j && one.Contains(other) {
					t.Fatalf("%q and %q: %q is contained in %q", a, b, other, one)
				}
			}
		}
		for _, s := range samples {
			want := bruteMatch(a, s) && bruteMatch(b, s)
			got := slices.ContainsFunc(both, func(p *Pattern) bool { return bruteMatch(p.String(), s) })
			if got != want {
				t.Fatalf("%q and %q share %q: %v, by %q", a, b, s, want, both)
			}
		}
	})
}

func TestMeet(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want []string
	}{
		{"s3:*", "s3:get*", []string{"s3:get*"}},
		{"s3:get*", "*object", []string{"s3:get*object"}},
		{"arn:aws:s3:::a*", "arn:aws:s3:::*z", []string{"arn:aws:s3:::a*z"}},
		{"ab*", "*bc", []string{"ab*bc", "abc"}},
		{"s3:*", "ec2:*", nil},
		{"*:getobject", "s3:*", []string{"s3:*:getobject", "s3:getobject"}},
	} {
		both, complete := CompilePattern(c.a).Meet(CompilePattern(c.b))
		var got []string
		for _, p := range both {
			got = append(got, p.String())
		}
		if !complete || !slices.Equal(got, c.want) {
			t.Errorf("%s and %s: got %q, want %q", c.a, c.b, got, c.want)
		}
	}
}
