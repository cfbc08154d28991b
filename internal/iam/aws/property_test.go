package aws

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drawn is a small world in which statements, conditions and patterns often meet.
type drawn struct {
	principal, action, resource string
	context                     map[string][]string
	unknown                     []string
	identity, boundary, session []string
	resourcePolicy              []string
	scps                        [][]string
}

var (
	somePrincipals = []string{ann, appS1, annRoot, "anonymous", "lambda.amazonaws.com", "arn:aws:iam::222222222222:user/bob"}
	someActions    = []string{"s3:GetObject", "s3:PutObject", "sts:AssumeRole", "kms:Decrypt"}
	someTargets    = map[string][]string{
		"s3": {object, "arn:aws:s3:::bucket/a/b", "arn:aws:s3:::other/x"}, "sts": {role}, "kms": {kmsKey},
	}
	someConditions = []string{
		`{"StringEquals":{"k":"a"}}`, `{"StringNotEquals":{"k":"a"}}`, `{"StringLike":{"k":"a*"}}`, `{"StringEqualsIfExists":{"k":"b"}}`,
		`{"Null":{"k":"true"}}`, `{"Null":{"l":"false"}}`, `{"Bool":{"l":"true"}}`, `{"BoolIfExists":{"l":"false"}}`,
		`{"ForAllValues:StringEquals":{"k":["a","b"]}}`, `{"ForAnyValue:StringLike":{"k":["b*"]}}`, `{"StringEquals":{"k":"${l}"}}`,
		`{"StringNotLike":{"k":"a*"},"Bool":{"l":"false"}}`, `{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/*"}}`,
	}
	someValues = map[string][]string{"k": {"a", "ab", "b", "c"}, "l": {"true", "false"}}
)

func drawStatement(t *rapid.T, principals bool, effects ...string) string {
	line := rapid.SampledFrom(effects).Draw(t, "effect") + " " +
		rapid.SampledFrom([]string{"*", "s3:*", "s3:Get*", "not s3:GetObject", "sts:AssumeRole, kms:*"}).Draw(t, "actions") + " on " +
		rapid.SampledFrom([]string{"*", "arn:aws:s3:::bucket/*", "arn:aws:s3:::*/${k}*", "not arn:aws:s3:::bucket/a*", "arn:*:role/app, arn:*:key/?"}).Draw(t, "resources")
	if principals {
		line += " to " + rapid.SampledFrom([]string{"everyone", ann, role, appS1, one1, "not " + ann, "service:lambda.amazonaws.com"}).Draw(t, "to")
	}
	if rapid.Bool().Draw(t, "conditional") {
		line += " if " + rapid.SampledFrom(someConditions).Draw(t, "condition")
	}
	return line
}

func drawPolicies(t *rapid.T, name string, most int, principals bool, effects ...string) []string {
	count := rapid.IntRange(0, most).Draw(t, name)
	var out []string
	for range count {
		out = append(out, drawStatement(t, principals, effects...))
	}
	return out
}

func drawWorld(t *rapid.T) drawn {
	w := drawn{
		principal: rapid.SampledFrom(somePrincipals).Draw(t, "principal"),
		action:    rapid.SampledFrom(someActions).Draw(t, "action"),
		context:   map[string][]string{},
	}
	service, _, _ := strings.Cut(w.action, ":")
	w.resource = rapid.SampledFrom(someTargets[service]).Draw(t, "resource")
	for _, key := range []string{"k", "l"} {
		if rapid.Bool().Draw(t, "has "+key) {
			w.context[key] = []string{rapid.SampledFrom(someValues[key]).Draw(t, key)}
		}
	}
	w.identity = drawPolicies(t, "identity", 3, false, "Allow", "Allow", "Deny")
	w.boundary = drawPolicies(t, "boundary", 1, false, "Allow", "Deny")
	w.session = drawPolicies(t, "session", 1, false, "Allow")
	w.resourcePolicy = drawPolicies(t, "resource policy", 3, true, "Allow", "Allow", "Deny")
	if rapid.Bool().Draw(t, "organization") {
		w.scps = [][]string{{adminAll}, append(drawPolicies(t, "scps", 1, false, "Allow", "Deny"), adminAll)}
	}
	return w
}

func (w drawn) ask(t testing.TB) Decision {
	q := question{
		who: w.principal, action: w.action, on: w.resource, owner: one1, context: w.context, unknown: w.unknown,
		identity: w.identity, boundary: w.boundary, session: w.session, resource: w.resourcePolicy, scps: w.scps,
	}
	return q.ask(t).Decision
}

func TestADenyNeverAllows(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := drawWorld(r)
		w.unknown = rapid.SampledFrom([][]string{nil, {"k"}, {"*"}}).Draw(r, "unknown")
		before := w.ask(t)
		where := rapid.SampledFrom([]string{"identity", "scp", "resource"}).Draw(r, "where")
		deny := drawStatement(r, where == "resource", "Deny")
		switch where {
		case "identity":
			w.identity = append(w.identity, deny)
		case "resource":
			w.resourcePolicy = append(w.resourcePolicy, deny)
		case "scp":
			if w.scps == nil {
				w.scps = [][]string{{adminAll}}
			}
			w.scps[0] = append(w.scps[0], deny)
		}
		if after := w.ask(t); after == Allowed && before != Allowed || after == Possible && before < Possible {
			r.Fatalf("%s turned %s into %s", deny, before, after)
		}
	})
}

// What is said while a key is unknown must be true of every value it may have, and Possible only where they differ.
func TestUnknownMeansEveryValue(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := drawWorld(r)
		w.unknown = []string{rapid.SampledFrom([]string{"k", "l"}).Draw(r, "unknown")}
		key := w.unknown[0]
		delete(w.context, key)
		said := w.ask(t)
		w.unknown = nil
		found := map[Decision]bool{w.ask(t): true}
		for _, value := range append(someValues[key], "zz", "a*") {
			w.context[key] = []string{value}
			found[w.ask(t)] = true
		}
		for one := range found {
			allowed := one == Allowed
			if said == Allowed && !allowed || said < Possible && allowed || said == ExplicitlyDenied && one != ExplicitlyDenied {
				r.Fatalf("%s while %s is unknown, but %s for one value", said, key, one)
			}
		}
	})
}

// A pattern is judged as its members are.
func TestAPatternIsJudgedByItsMembers(t *testing.T) {
	var members []string
	for _, key := range everyString(3)[1:] {
		members = append(members, "arn:aws:s3:::bucket/"+key)
	}
	resources := []string{"*", "arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/a*", "arn:aws:s3:::bucket/?", "arn:aws:s3:::*b", "arn:aws:s3:::bucket/b?"}
	rapid.Check(t, func(r *rapid.T) {
		var identity []string
		for range rapid.IntRange(1, 4).Draw(r, "statements") {
			effect := rapid.SampledFrom([]string{"Allow", "Allow", "Deny"}).Draw(r, "effect")
			negated := rapid.SampledFrom([]string{"", "", "not "}).Draw(r, "negated")
			identity = append(identity, fmt.Sprintf("%s s3:GetObject on %s%s", effect, negated, rapid.SampledFrom(resources).Draw(r, "resource")))
		}
		whole := question{action: "s3:GetObject", on: "arn:aws:s3:::bucket/*", identity: identity}.ask(t)
		worst := Allowed
		for _, m := range members {
			one := question{action: "s3:GetObject", on: m, identity: identity}.ask(t).Decision
			if severity(one) > severity(worst) {
				worst = one
			}
		}
		if whole.Decision != worst {
			r.Fatalf("%q: %s (on %s), members %s", identity, whole.Decision, whole.Resource, worst)
		}
	})
}

func TestEqualInputGivesEqualEvidence(t *testing.T) {
	q := question{
		action: "s3:GetObject", on: object, unknown: []string{"*"}, context: keys{"K": {"1"}, "k": {"2"}},
		identity: []string{`Allow s3:* on * if {"StringEquals":{"b":"1","a":"2"},"Bool":{"c":"true"}}`}, scps: [][]string{{adminAll}},
	}
	first := q.ask(t)
	for range 20 {
		if again := q.ask(t); !slices.Equal(again.Evidence(), first.Evidence()) {
			t.Fatalf("%q\n%q", first.Evidence(), again.Evidence())
		}
	}
}
