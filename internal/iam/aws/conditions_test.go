package aws

import (
	"testing"
	"time"
)

type keys = map[string][]string

// IAM JSON policy elements: Condition operators
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html), Single-valued vs.
// multivalued context keys, and Variables and tags.
func TestConditions(t *testing.T) {
	for _, c := range []struct {
		name, condition string
		given           keys
		holds           bool
	}{
		{"a value equals", `{"StringEquals":{"k":"a"}}`, keys{"k": {"a"}}, true},
		{"case matters", `{"StringEquals":{"k":"A"}}`, keys{"k": {"a"}}, false},
		{"unless ignored", `{"StringEqualsIgnoreCase":{"k":"A"}}`, keys{"k": {"a"}}, true},
		{"key names are compared without regard to case", `{"StringEquals":{"AWS:SourceVPC":"v"}}`, keys{"aws:SourceVpc": {"v"}}, true},
		{"operator names too", `{"stringequals":{"k":"a"}}`, keys{"k": {"a"}}, true},
		{"one of the policy's values suffices", `{"StringEquals":{"k":["b","a"]}}`, keys{"k": {"a"}}, true},
		{"a negated operator needs all to differ", `{"StringNotEquals":{"k":["b","a"]}}`, keys{"k": {"a"}}, false},
		{"all keys must hold", `{"StringEquals":{"k":"a","l":"b"}}`, keys{"k": {"a"}}, false},
		{"all operators must hold", `{"StringEquals":{"k":"a"},"StringLike":{"k":"b*"}}`, keys{"k": {"a"}}, false},
		{"a star in StringEquals is a star", `{"StringEquals":{"k":"a*"}}`, keys{"k": {"ab"}}, false},
		{"a star in StringLike is a wildcard", `{"StringLike":{"k":"a*"}}`, keys{"k": {"ab"}}, true},
		{"a question mark is one character", `{"StringLike":{"k":"a?"}}`, keys{"k": {"a"}}, false},
		{"an absent key does not match", `{"StringLike":{"k":"*"}}`, nil, false},
		{"an absent key satisfies a negated operator", `{"StringNotEquals":{"k":"a"}}`, nil, true},
		{"an absent key satisfies IfExists", `{"StringEqualsIfExists":{"k":"a"}}`, nil, true},
		{"a key there must match under IfExists", `{"StringEqualsIfExists":{"k":"a"}}`, keys{"k": {"b"}}, false},
		{"ForAllValues holds when all match", `{"ForAllValues:StringEquals":{"k":["a","b","c"]}}`, keys{"k": {"a", "b"}}, true},
		{"ForAllValues fails when one does not", `{"ForAllValues:StringEquals":{"k":["a","b"]}}`, keys{"k": {"a", "x"}}, false},
		{"ForAllValues holds for an absent key", `{"ForAllValues:StringEquals":{"k":"a"}}`, nil, true},
		{"ForAllValues holds for an empty set", `{"ForAllValues:StringEquals":{"k":"a"}}`, keys{"k": {}}, true},
		{"ForAllValues holds for an empty string", `{"ForAllValues:StringEquals":{"k":"a"}}`, keys{"k": {""}}, true},
		{"ForAnyValue holds when one matches", `{"ForAnyValue:StringEquals":{"k":["a","b"]}}`, keys{"k": {"x", "b"}}, true},
		{"ForAnyValue fails for an absent key", `{"ForAnyValue:StringEquals":{"k":"a"}}`, nil, false},
		{"ForAnyValue fails for an absent key even negated", `{"ForAnyValue:StringNotEquals":{"k":"a"}}`, nil, false},
		{"ForAnyValue with IfExists holds for an absent key", `{"ForAnyValue:StringLikeIfExists":{"k":"a"}}`, nil, true},
		{"ForAnyValue negated holds when one differs", `{"ForAnyValue:StringNotEquals":{"k":"a"}}`, keys{"k": {"a", "b"}}, true},
		{"ForAllValues negated fails when one is listed", `{"ForAllValues:StringNotEquals":{"k":"a"}}`, keys{"k": {"a", "b"}}, false},
		{"several values need a set operator", `{"StringEquals":{"k":"a"}}`, keys{"k": {"a", "b"}}, false},
		{"Null true asks for absence", `{"Null":{"k":"true"}}`, nil, true},
		{"Null true fails when the key is there", `{"Null":{"k":true}}`, keys{"k": {"a"}}, false},
		{"Null false asks for presence", `{"Null":{"k":"false"}}`, keys{"k": {"a"}}, true},
		{"a key without value is null", `{"Null":{"k":"true"}}`, keys{"k": {}}, true},
		{"Bool compares truth", `{"Bool":{"k":true}}`, keys{"k": {"True"}}, true},
		{"Bool fails for an absent key", `{"Bool":{"k":"false"}}`, nil, false},
		{"numbers compare as numbers", `{"NumericLessThanEquals":{"k":"10"}}`, keys{"k": {"9.5"}}, true},
		{"1 equals 1.0", `{"NumericEquals":{"k":1}}`, keys{"k": {"1.0"}}, true},
		{"what is no number matches nothing", `{"NumericGreaterThan":{"k":"1"}}`, keys{"k": {"many"}}, false},
		{"dates compare as instants", `{"DateLessThan":{"k":"2024-01-01T00:00:00Z"}}`, keys{"k": {"2023-12-31T23:59:59Z"}}, true},
		{"zones count", `{"DateEquals":{"k":"2024-01-01T02:00:00+02:00"}}`, keys{"k": {"2024-01-01T00:00:00Z"}}, true},
		{"seconds since the epoch are dates", `{"DateGreaterThan":{"k":"1700000000"}}`, keys{"k": {"2024-01-01T00:00:00Z"}}, true},
		{"a day is its first instant", `{"DateGreaterThanEquals":{"k":"2024-01-01"}}`, keys{"k": {"2024-01-01T00:00:00Z"}}, true},
		{"an address lies in a block", `{"IpAddress":{"k":"203.0.113.0/24"}}`, keys{"k": {"203.0.113.9"}}, true},
		{"an address lies outside", `{"IpAddress":{"k":"203.0.113.0/24"}}`, keys{"k": {"203.0.114.9"}}, false},
		{"an address without prefix is itself", `{"IpAddress":{"k":"203.0.113.9"}}`, keys{"k": {"203.0.113.9"}}, true},
		{"IPv6 blocks work", `{"IpAddress":{"k":"2001:DB8:1234:5678::/64"}}`, keys{"k": {"2001:db8:1234:5678::1"}}, true},
		{"NotIpAddress holds for an absent key", `{"NotIpAddress":{"k":"203.0.113.0/24"}}`, nil, true},
		{"bytes compare", `{"BinaryEquals":{"k":"QmluYXJ5VmFsdWVJbkJhc2U2NA=="}}`, keys{"k": {"QmluYXJ5VmFsdWVJbkJhc2U2NA=="}}, true},
		{"ARN components are compared one by one", `{"ArnLike":{"k":"arn:aws:someservice:*:111122223333:finance/*"}}`, keys{"k": {"arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt"}}, false},
		{"StringLike crosses colons", `{"StringLike":{"k":"arn:aws:someservice:*:111122223333:finance/*"}}`, keys{"k": {"arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt"}}, true},
		{"ArnEquals takes wildcards too", `{"ArnEquals":{"k":"arn:aws:sns:*:1?:t*"}}`, keys{"k": {"arn:aws:sns:eu:12:topic:sub"}}, true},
		{"a variable takes the request's value", `{"StringEquals":{"k":"${aws:PrincipalTag/team}"}}`, keys{"k": {"red"}, "aws:principaltag/Team": {"red"}}, true},
		{"a variable without value equals nothing", `{"StringEquals":{"k":"${aws:PrincipalTag/team}"}}`, keys{"k": {""}}, false},
		{"a variable without value differs from everything", `{"StringNotEquals":{"k":"${aws:PrincipalTag/team}"}}`, keys{"k": {"red"}}, true},
		{"a default stands in", `{"StringEquals":{"k":"${aws:PrincipalTag/team, 'blue'}"}}`, keys{"k": {"blue"}}, true},
		{"a wildcard in a value is no wildcard", `{"StringLike":{"k":"${x}"}}`, keys{"k": {"abc"}, "x": {"a*"}}, false},
		{"an escaped star is a star", `{"StringLike":{"k":"a${*}"}}`, keys{"k": {"ab"}}, false},
		{"an escaped star matches a star", `{"StringLike":{"k":"a${*}?"}}`, keys{"k": {"a*b"}}, true},
		{"numbers take no variables", `{"NumericEquals":{"k":"${x}"}}`, keys{"k": {"1"}, "x": {"1"}}, false},
		{"a variable with several values has none", `{"StringEquals":{"k":"${x}"}}`, keys{"k": {"a"}, "x": {"a", "b"}}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := question{action: "s3:GetObject", on: object, context: c.given, identity: []string{`Allow s3:GetObject on * if ` + c.condition}}
			if got := q.ask(t).Decision == Allowed; got != c.holds {
				t.Errorf("%s under %v holds: %v", c.condition, c.given, got)
			}
		})
	}
}

func TestVariablesInResources(t *testing.T) {
	home := []string{`Allow s3:* on arn:aws:s3:::bucket/${aws:username}/*`}
	tagged := []string{`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b-${aws:PrincipalTag/team, 'company-wide'}/*"}}`}
	old := []string{`{"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::bucket/${aws:username}/*"}}`}
	askAll(t, []question{
		{name: "the user's own folder", action: "s3:GetObject", on: "arn:aws:s3:::bucket/ann/f", identity: home, want: Allowed},
		{name: "another's folder", action: "s3:GetObject", on: "arn:aws:s3:::bucket/bob/f", identity: home, want: ImplicitlyDenied},
		{name: "a role has no user name, so nothing matches", who: appS1, action: "s3:GetObject", on: "arn:aws:s3:::bucket/ann/f", identity: home, want: ImplicitlyDenied},
		{name: "in an older version a variable is text", action: "s3:GetObject", on: "arn:aws:s3:::bucket/ann/f", identity: old, want: ImplicitlyDenied},
		{name: "a tag", action: "s3:GetObject", on: "arn:aws:s3:::b-yellow/f", context: keys{"aws:PrincipalTag/team": {"yellow"}}, identity: tagged, want: Allowed},
		{name: "its default", action: "s3:GetObject", on: "arn:aws:s3:::b-company-wide/f", identity: tagged, want: Allowed},
		{name: "a tag that is not known", action: "s3:GetObject", on: "arn:aws:s3:::b-yellow/f", unknown: []string{"aws:PrincipalTag/*"}, identity: tagged, want: Possible},
		{name: "a bucket that no tag can reach", action: "s3:GetObject", on: "arn:aws:s3:::c/f", unknown: []string{"*"}, identity: tagged, want: ImplicitlyDenied},
		{name: "NotResource with a variable without value excepts nothing", who: appS1, action: "s3:GetObject", on: object, identity: []string{adminAll, `Deny s3:* on not arn:aws:s3:::bucket/${aws:username}`}, want: ExplicitlyDenied},
	})
}

func TestUnknownKeys(t *testing.T) {
	mfa := `{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`
	region := func(r string) string { return `{"StringEquals":{"aws:RequestedRegion":"` + r + `"}}` }
	regionNot := func(r string) string { return `{"StringNotEquals":{"aws:RequestedRegion":"` + r + `"}}` }
	all := []string{"*"}
	ask := func(name string, identity []string, unknown []string, want Decision) question {
		return question{name: name, action: "s3:GetObject", on: object, identity: identity, unknown: unknown, want: want}
	}
	askAll(t, []question{
		ask("an allow on an unknown condition is possible", []string{`Allow s3:* on * if ` + mfa}, all, Possible),
		ask("a deny on an unknown condition leaves an allow possible", []string{adminAll, `Deny s3:* on * if ` + mfa}, []string{"aws:MultiFactorAuthPresent"}, Possible),
		ask("a deny on an unknown condition changes nothing where nothing allows", []string{`Deny s3:* on * if ` + mfa}, all, ImplicitlyDenied),
		ask("a key not listed is absent", []string{`Allow s3:* on * if ` + mfa}, []string{"aws:SourceIp"}, ImplicitlyDenied),
		ask("an unconditional allow beside is enough", []string{`Allow s3:* on * if ` + mfa, adminAll}, all, Allowed),
		ask("one region allowed and all but another denied exclude each other", []string{`Allow s3:* on * if ` + region("us-east-1"), `Deny * on * if ` + regionNot("eu-west-1")}, all, ImplicitlyDenied),
		ask("one region allowed and all but that one denied do not", []string{`Allow s3:* on * if ` + region("us-east-1"), `Deny * on * if ` + regionNot("us-east-1")}, all, Possible),
		ask("with the key and without it are all cases", []string{`Allow s3:* on * if {"Null":{"aws:SourceVpce":"true"}}`, `Allow s3:* on * if {"Null":{"aws:SourceVpce":"false"}}`}, all, Allowed),
		ask("an allow under MFA and a deny without it go together", []string{`Allow s3:* on * if ` + mfa, `Deny * on * if {"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}`}, all, Possible),
		ask("an allow without MFA and a deny without it do not", []string{`Allow s3:* on * if {"Bool":{"aws:MultiFactorAuthPresent":"false"}}`, `Deny * on * if {"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}`}, all, ImplicitlyDenied),
		ask("two disjoint networks exclude each other", []string{`Allow s3:* on * if {"IpAddress":{"aws:SourceIp":"10.1.0.0/16"}}`, `Deny * on * if {"NotIpAddress":{"aws:SourceIp":"10.2.0.0/16"}}`}, all, ImplicitlyDenied),
		ask("two nested networks do not", []string{`Allow s3:* on * if {"IpAddress":{"aws:SourceIp":"10.1.0.0/16"}}`, `Deny * on * if {"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`}, all, Possible),
	})
}

func TestDoubtsAreNamedExactly(t *testing.T) {
	q := question{action: "s3:GetObject", on: object, unknown: []string{"*"}, identity: []string{adminAll, `Deny s3:* on * if {"Bool":{"aws:SecureTransport":"false"}}`}, resource: []string{`Allow s3:* on * to everyone if {"StringEquals":{"aws:SourceVpce":"v"}}`}}
	r := q.ask(t)
	if r.Decision != Possible || len(r.Unknown) != 1 || r.Unknown[0].Key != "aws:SecureTransport" {
		t.Errorf("%s hangs on %v", r.Decision, r.Unknown)
	}
}

func TestTimeIsKnownFromOneSide(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, who, condition string
		want                 Decision
	}{
		{"a time limit in the past is over", ann, `{"DateLessThan":{"aws:CurrentTime":"2025-01-01T00:00:00Z"}}`, ImplicitlyDenied},
		{"one in the future may be", ann, `{"DateLessThan":{"aws:CurrentTime":"2027-01-01T00:00:00Z"}}`, Possible},
		{"a start in the past has come", ann, `{"DateGreaterThan":{"aws:CurrentTime":"2025-01-01T00:00:00Z"}}`, Allowed},
		{"a start in the future may come", ann, `{"DateGreaterThan":{"aws:CurrentTime":"2027-01-01T00:00:00Z"}}`, Possible},
		{"tokens issued before a past instant are no more", appS1, `{"DateLessThan":{"aws:TokenIssueTime":"2025-01-01T00:00:00Z"}}`, ImplicitlyDenied},
		{"the epoch time too", ann, `{"NumericGreaterThanEquals":{"aws:EpochTime":"1700000000"}}`, Allowed},
		{"a moment in the past is not now", ann, `{"DateNotEquals":{"aws:CurrentTime":"2025-01-01T00:00:00Z"}}`, Allowed},
	} {
		t.Run(c.name, func(t *testing.T) {
			who, _ := ParsePrincipal(c.who)
			of := &PrincipalPolicies{Identity: policies(t, []string{`Allow s3:* on * if ` + c.condition})}
			r := Evaluate(&Request{Principal: who, Action: "s3:GetObject", Resource: object, NotBefore: now}, of, nil)
			if r.Decision != c.want {
				t.Errorf("got %s, want %s", r.Decision, c.want)
			}
		})
	}
}
