package aws

import (
	"testing"

	"pgregory.net/rapid"
)

// On one unknown key, whatever the operators: what is said is what holds of every value that the key may have and of its absence,
// and it is Possible exactly when they differ.
func TestWhatIsSaidOfAnUnknownKeyIsExact(t *testing.T) {
	families := []struct {
		name       string
		conditions []string
		values     [][]string
	}{
		{"text", []string{
			`{"StringEquals":{"k":"a"}}`, `{"StringNotEquals":{"k":["a",""]}}`, `{"StringLike":{"k":"a*"}}`, `{"StringNotLikeIfExists":{"k":"*b"}}`, `{"StringEqualsIfExists":{"k":["b",""]}}`,
			`{"StringLike":{"k":"*"}}`, `{"StringLikeIfExists":{"k":"*"}}`, `{"Null":{"k":"true"}}`, `{"Null":{"k":"false"}}`,
		}, [][]string{{""}, {"a"}, {"b"}, {"ab"}, {"ac"}, {"cb"}, {"c"}}},
		{"text in any case", []string{
			`{"StringEqualsIgnoreCase":{"k":"a"}}`, `{"StringNotEqualsIgnoreCase":{"k":["A","b"]}}`, `{"StringEqualsIgnoreCaseIfExists":{"k":"B"}}`, `{"Null":{"k":"false"}}`,
		}, [][]string{{"a"}, {"A"}, {"b"}, {"B"}, {"c"}}},
		{"several texts", []string{
			`{"ForAllValues:StringEquals":{"k":["a","b"]}}`, `{"ForAnyValue:StringEquals":{"k":"a"}}`, `{"ForAllValues:StringNotEquals":{"k":"a"}}`, `{"ForAnyValue:StringNotEqualsIfExists":{"k":["a","b"]}}`, `{"Null":{"k":"true"}}`,
		}, [][]string{{"a"}, {"b"}, {"c"}, {"a", "b"}, {"a", "c"}, {"b", "c"}, {"a", "b", "c"}}},
		{"dates", []string{
			`{"DateLessThan":{"k":"2025-01-01T00:00:00Z"}}`, `{"DateGreaterThan":{"k":"2024-01-01T00:00:00Z"}}`, `{"DateGreaterThanEqualsIfExists":{"k":"2025-01-01"}}`, `{"DateNotEquals":{"k":"2025-01-01T00:00:00Z"}}`, `{"Null":{"k":"false"}}`,
		}, [][]string{{"2023-12-31T00:00:00Z"}, {"2024-01-01T00:00:00Z"}, {"2024-06-01T00:00:00Z"}, {"2025-01-01T00:00:00Z"}, {"2025-01-02T00:00:00Z"}}},
		{"numbers", []string{
			`{"NumericLessThan":{"k":"5"}}`, `{"NumericGreaterThanEquals":{"k":"5"}}`, `{"NumericGreaterThan":{"k":"10"}}`, `{"NumericNotEqualsIfExists":{"k":"10"}}`, `{"Null":{"k":"true"}}`,
		}, [][]string{{"4"}, {"5"}, {"7"}, {"10"}, {"11"}}},
		{"truths", []string{
			`{"Bool":{"k":"true"}}`, `{"BoolIfExists":{"k":"false"}}`, `{"BoolIfExists":{"k":["true","false"]}}`, `{"Null":{"k":"true"}}`,
		}, [][]string{{"true"}, {"false"}}},
		{"addresses", []string{
			`{"IpAddress":{"k":"10.0.0.0/8"}}`, `{"NotIpAddress":{"k":"10.1.0.0/16"}}`, `{"NotIpAddressIfExists":{"k":["10.0.0.0/8","192.0.2.1"]}}`, `{"Null":{"k":"false"}}`,
		}, [][]string{{"10.1.0.1"}, {"10.2.0.1"}, {"192.0.2.1"}, {"198.51.100.1"}}},
	}
	for _, f := range families {
		t.Run(f.name, func(t *testing.T) {
			rapid.Check(t, func(r *rapid.T) {
				var identity []string
				for range rapid.IntRange(1, 4).Draw(r, "statements") {
					effect := rapid.SampledFrom([]string{"Allow", "Allow", "Deny"}).Draw(r, "effect")
					identity = append(identity, effect+` s3:* on * if `+rapid.SampledFrom(f.conditions).Draw(r, "condition"))
				}
				ask := func(context keys, unknown ...string) Decision {
					return question{action: "s3:GetObject", on: object, identity: identity, context: context, unknown: unknown}.ask(t).Decision
				}
				allowed := 0
				if ask(keys{}) == Allowed {
					allowed++
				}
				for _, values := range f.values {
					if ask(keys{"k": values}) == Allowed {
						allowed++
					}
				}
				said := ask(keys{}, "k")
				switch {
				case allowed == 0 && said >= Possible, allowed == 1+len(f.values) && said != Allowed, allowed > 0 && allowed <= len(f.values) && said != Possible:
					r.Fatalf("%s while the key is unknown, allowed for %d of %d of what it may be\n%q", said, allowed, 1+len(f.values), identity)
				}
			})
		})
	}
}
