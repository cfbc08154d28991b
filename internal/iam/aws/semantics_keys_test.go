package aws

import "testing"

const (
	operatorsPage = "IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"
	setsPage      = "IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html"
	deputyPage    = "IAM/latest/UserGuide/confused-deputy.html"
	tagsPage      = "IAM/latest/UserGuide/access_tags.html"
	passRole      = "IAM/latest/UserGuide/id_roles_use_passrole.html"
)

// Each operator with a value that it accepts and a near one that it does not; for a negated one the other way round. A key that
// is absent, IfExists and the set operators follow from that by rule.
func TestEveryOperator(t *testing.T) {
	topic := "arn:aws:sns:us-east-1:111111111111:t"
	for _, c := range []struct{ operator, policy, yes, no string }{
		{"StringEquals", "team", "team", "Team"},
		{"StringEqualsIgnoreCase", "team", "TEAM", "teams"},
		{"StringLike", "t?am*", "teams", "tam"},
		{"NumericEquals", "10", "10.0", "10.1"},
		{"NumericLessThan", "10", "9.9", "10"},
		{"NumericLessThanEquals", "10", "10", "10.1"},
		{"NumericGreaterThan", "10", "10.1", "10"},
		{"NumericGreaterThanEquals", "10", "10", "9.9"},
		{"DateEquals", "2024-01-01T00:00:00Z", "2024-01-01T01:00:00+01:00", "2024-01-01T00:00:01Z"},
		{"DateLessThan", "2024-01-01T00:00:00Z", "2023-12-31T23:59:59Z", "2024-01-01T00:00:00Z"},
		{"DateLessThanEquals", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z", "2024-01-01T00:00:01Z"},
		{"DateGreaterThan", "2024-01-01T00:00:00Z", "1704067201", "1704067200"},
		{"DateGreaterThanEquals", "1704067200", "2024-01-01", "2023-12-31"},
		{"Bool", "true", "True", "false"},
		{"BinaryEquals", "QUI=", "QUI=", "QUM="},
		{"IpAddress", "203.0.113.0/24", "203.0.113.255", "203.0.114.0"},
		{"IpAddress", "0.0.0.0/0", "203.0.113.255", "2001:db8::1"},
		{"IpAddress", "2001:DB8:1234:5678::/64", "2001:db8:1234:5678:0:0:0:1", "2001:db8:1234:5679::1"},
		{"IpAddress", "203.0.113.7", "203.0.113.7", "203.0.113.8"},
		{"ArnEquals", "arn:aws:sns:*:111111111111:*", topic + ":subscription", "arn:aws:sns:us-east-1:222222222222:t"},
		{"ArnLike", "arn:aws:s*:us-east-?:111111111111:t", topic, "arn:aws:sns:us-east-10:111111111111:t"},
		{"ArnLike", "arn:aws:sns:*:t", "no value of five parts", topic},
	} {
		negated := map[string]string{
			"StringEquals": "StringNotEquals", "StringEqualsIgnoreCase": "StringNotEqualsIgnoreCase", "StringLike": "StringNotLike",
			"NumericEquals": "NumericNotEquals", "DateEquals": "DateNotEquals", "IpAddress": "NotIpAddress", "ArnEquals": "ArnNotEquals", "ArnLike": "ArnNotLike",
		}[c.operator]
		if c.yes == "no value of five parts" {
			holds(t, c.operator, c.policy, keys{"k": {c.no}}, false)
			holds(t, negated, c.policy, keys{"k": {c.no}}, true)
			continue
		}
		absent := keys{}
		holds(t, c.operator, c.policy, keys{"k": {c.yes}}, true)
		holds(t, c.operator, c.policy, keys{"k": {c.no}}, false)
		holds(t, c.operator, c.policy, absent, false)
		holds(t, c.operator+"IfExists", c.policy, absent, true)
		holds(t, c.operator+"IfExists", c.policy, keys{"k": {c.no}}, false)
		holds(t, "ForAllValues:"+c.operator, c.policy, keys{"k": {c.yes, c.yes}}, true)
		holds(t, "ForAllValues:"+c.operator, c.policy, keys{"k": {c.yes, c.no}}, false)
		holds(t, "ForAllValues:"+c.operator, c.policy, absent, true)
		holds(t, "ForAnyValue:"+c.operator, c.policy, keys{"k": {c.no, c.yes}}, true)
		holds(t, "ForAnyValue:"+c.operator, c.policy, keys{"k": {c.no, c.no}}, false)
		holds(t, "ForAnyValue:"+c.operator, c.policy, absent, false)
		if negated == "" {
			continue
		}
		holds(t, negated, c.policy, keys{"k": {c.yes}}, false)
		holds(t, negated, c.policy, keys{"k": {c.no}}, true)
		holds(t, negated, c.policy, absent, true)
		holds(t, negated+"IfExists", c.policy, absent, true)
		holds(t, "ForAllValues:"+negated, c.policy, keys{"k": {c.no, c.yes}}, false)
		holds(t, "ForAllValues:"+negated, c.policy, keys{"k": {c.no, c.no}}, true)
		holds(t, "ForAnyValue:"+negated, c.policy, keys{"k": {c.yes, c.no}}, true)
		holds(t, "ForAnyValue:"+negated, c.policy, absent, false)
	}
}

func holds(t *testing.T, operator, policy string, context keys, want bool) {
	t.Helper()
	q := question{action: "s3:GetObject", on: object, context: context, identity: []string{`Allow * on * if {"` + operator + `":{"k":"` + policy + `"}}`}}
	if got := q.ask(t).Decision == Allowed; got != want {
		t.Errorf("%s %s under %v holds: %v (https://docs.aws.amazon.com/%s)", operator, policy, context, got, operatorsPage)
	}
}

// What is no number, date, address or ARN cannot be compared: neither an operator nor its negation holds. AWS does not document it.
func TestWhatCannotBeComparedHoldsNeverMind(t *testing.T) {
	for _, c := range [][3]string{
		{"NumericNotEquals", "10", "many"},
		{"NumericNotEquals", "many", "10"},
		{"DateNotEquals", "2024-01-01", "today"},
		{"NotIpAddress", "10.0.0.0/8", "localhost"},
		{"NotIpAddress", "10.0.0.0/33", "10.0.0.1"},
		{"ArnNotLike", "arn:aws:sns:*:*:*", "topic"},
		{"ArnNotEquals", "*", "arn:aws:sns:us-east-1:111111111111:t"},
	} {
		holds(t, c[0], c[1], keys{"k": {c[2]}}, false)
	}
}

func TestConditionsOnWhoAndWhere(t *testing.T) {
	when := func(condition string) []string { return []string{`Allow s3:*, iam:*, ec2:* on * if ` + condition} }
	ask := func(condition string, context keys) question {
		return question{context: context, identity: when(condition)}
	}
	unless := func(condition string, context keys) question {
		return question{context: context, identity: []string{adminAll, `Deny * on * if ` + condition}, want: ExplicitlyDenied}
	}
	service := func(action, target string, context keys, condition string) question {
		return question{who: "sns.amazonaws.com", action: action, on: target, context: context, resource: []string{`Allow ` + action + ` on * to service:sns.amazonaws.com if ` + condition}}
	}
	queue, topic := "arn:aws:sqs:us-east-1:111111111111:q", "arn:aws:sns:us-east-1:111111111111:t"
	mfa := `{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`
	noMFA := `{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}`
	pass := func(context keys) question {
		return question{action: "iam:PassRole", on: role, context: context, identity: when(`{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}`)}
	}
	tagged := func(key, value string) string { return `{"StringEquals":{"` + key + `":"` + value + `"}}` }
	outside := `{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-1"},"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}`
	perimeter := func(who string, context keys) question {
		return question{who: who, context: context, identity: []string{adminAll}, resource: []string{`Allow s3:* on * to everyone`, `Deny s3:* on * to everyone if ` + outside}, want: ExplicitlyDenied}
	}
	session := keys{"aws:TokenIssueTime": {"2026-01-01T00:00:00Z"}}
	askTwins(t, []twins{
		{"MFA asked for by Bool", globalKeys, ask(mfa, keys{"aws:MultiFactorAuthPresent": {"true"}}), question{identity: when(mfa), principal: func(p *Principal) { p.LongTerm = true }}},
		{"no MFA denied by BoolIfExists, access keys included", globalKeys, unless(noMFA, keys{"aws:MultiFactorAuthPresent": {"true"}}), question{identity: []string{adminAll, `Deny * on * if ` + noMFA}, principal: func(p *Principal) { p.LongTerm = true }, want: ExplicitlyDenied}},
		{"no MFA denied by Bool, access keys left alone", globalKeys, question{identity: []string{adminAll, `Deny * on * if {"Bool":{"aws:MultiFactorAuthPresent":"false"}}`}, principal: func(p *Principal) { p.LongTerm = true }}, unless(`{"Bool":{"aws:MultiFactorAuthPresent":"false"}}`, keys{"aws:MultiFactorAuthPresent": {"false"}})},
		{"the source address", globalKeys, ask(`{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`, keys{"aws:SourceIp": {"203.0.113.5"}}), ask(`{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`, keys{"aws:SourceVpce": {"vpce-1"}})},
		{"the source address, negated, with an endpoint in between", globalKeys, unless(`{"NotIpAddressIfExists":{"aws:SourceIp":"203.0.113.0/24"}}`, keys{"aws:SourceIp": {"203.0.113.5"}}), unless(`{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`, keys{"aws:SourceVpce": {"vpce-1"}})},
		{"the source endpoint", globalKeys, ask(tagged("aws:SourceVpce", "vpce-1"), keys{"aws:SourceVpce": {"vpce-1"}}), ask(tagged("aws:SourceVpce", "vpce-1"), keys{"aws:SourceVpc": {"vpc-1"}})},
		{"the organization", globalKeys, ask(tagged("aws:PrincipalOrgID", "o-1"), keys{"aws:PrincipalOrgID": {"o-1"}}), ask(tagged("aws:PrincipalOrgID", "o-1"), nil)},
		{"the organization's path", globalKeys, ask(`{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-1/r-1/ou-1/*"}}`, keys{"aws:PrincipalOrgPaths": {"o-1/r-1/ou-1/ou-2/"}}), ask(`{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-1/r-1/ou-1/*"}}`, nil)},
		{"outsiders are denied, members are not", globalKeys, perimeter(ann, keys{"aws:PrincipalOrgID": {"o-1"}}), perimeter(ann, keys{"aws:PrincipalOrgID": {"o-2"}})},
		{"outsiders are denied, services are not", globalKeys, perimeter("cloudtrail.amazonaws.com", nil), perimeter("anonymous", nil)},
		{"a session is known by its role's ARN", globalKeys, question{who: appS1, identity: when(`{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/app"}}`)}, question{who: appS1, identity: when(`{"ArnLike":{"aws:PrincipalArn":"arn:aws:sts::*:assumed-role/app/*"}}`)}},
		{"all but one role denied by its ARN", principals, question{who: appS1, identity: []string{adminAll, `Deny * on * if {"ArnNotEquals":{"aws:PrincipalArn":"` + role + `"}}`}}, question{identity: []string{adminAll, `Deny * on * if {"ArnNotEquals":{"aws:PrincipalArn":"` + role + `"}}`}, want: ExplicitlyDenied}},
		{"the source ARN of a service's request", deputyPage, service("sqs:SendMessage", queue, keys{"aws:SourceArn": {topic}}, `{"ArnEquals":{"aws:SourceArn":"`+topic+`"}}`), service("sqs:SendMessage", queue, keys{"aws:SourceArn": {"arn:aws:sns:us-east-1:222222222222:t"}}, `{"ArnEquals":{"aws:SourceArn":"`+topic+`"}}`)},
		{"the source account of a service's request", deputyPage, service("sqs:SendMessage", queue, keys{"aws:SourceAccount": {one1}}, tagged("aws:SourceAccount", one1)), service("sqs:SendMessage", queue, nil, tagged("aws:SourceAccount", one1))},
		{"the external ID", deputyPage, question{who: "arn:aws:iam::222222222222:role/vendor", action: "sts:AssumeRole", on: role, identity: []string{adminAll}, context: keys{"sts:ExternalId": {"x"}}, resource: []string{`Allow sts:AssumeRole to 222222222222 if ` + tagged("sts:ExternalId", "x")}}, question{who: "arn:aws:iam::222222222222:role/vendor", action: "sts:AssumeRole", on: role, identity: []string{adminAll}, resource: []string{`Allow sts:AssumeRole to 222222222222 if ` + tagged("sts:ExternalId", "x")}}},
		{"the service that a role is passed to", passRole, pass(keys{"iam:PassedToService": {"ec2.amazonaws.com"}}), pass(keys{"iam:PassedToService": {"lambda.amazonaws.com"}})},
		{"a tag of the resource", tagsPage, ask(tagged("aws:ResourceTag/env", "dev"), keys{"aws:ResourceTag/env": {"dev"}}), ask(tagged("aws:ResourceTag/env", "dev"), keys{"aws:ResourceTag/env": {"prod"}})},
		{"a tag of the principal", tagsPage, question{identity: when(tagged("aws:PrincipalTag/team", "red")), principal: func(p *Principal) { p.Tags = map[string]string{"team": "red"} }}, question{identity: when(tagged("aws:PrincipalTag/team", "red")), principal: func(p *Principal) { p.Tags = map[string]string{} }}},
		{"a tag in the request", tagsPage, ask(tagged("aws:RequestTag/env", "dev"), keys{"aws:RequestTag/env": {"dev"}}), ask(tagged("aws:RequestTag/env", "dev"), nil)},
		{"only some tag keys, and at least one", tagsPage, ask(`{"ForAllValues:StringEquals":{"aws:TagKeys":["env","team"]},"Null":{"aws:TagKeys":"false"}}`, keys{"aws:TagKeys": {"env"}}), ask(`{"ForAllValues:StringEquals":{"aws:TagKeys":["env","team"]},"Null":{"aws:TagKeys":"false"}}`, nil)},
		{"a resource's tag like the principal's", tagsPage, ask(tagged("aws:ResourceTag/team", "${aws:PrincipalTag/team}"), keys{"aws:ResourceTag/team": {"red"}, "aws:PrincipalTag/team": {"red"}}), ask(tagged("aws:ResourceTag/team", "${aws:PrincipalTag/team}"), keys{"aws:ResourceTag/team": {"red"}})},
		{"only by way of a service", globalKeys, ask(`{"Bool":{"aws:ViaAWSService":"true"}}`, keys{"aws:ViaAWSService": {"true"}}), ask(`{"Bool":{"aws:ViaAWSService":"true"}}`, nil)},
		{"only by way of one service", globalKeys, ask(`{"ForAnyValue:StringEquals":{"aws:CalledVia":["cloudformation.amazonaws.com"]}}`, keys{"aws:CalledVia": {"cloudformation.amazonaws.com", "dynamodb.amazonaws.com"}}), ask(`{"ForAnyValue:StringEquals":{"aws:CalledVia":["cloudformation.amazonaws.com"]}}`, nil)},
		{"a request by way of a service says so itself", globalKeys, question{context: keys{"aws:CalledVia": {"athena.amazonaws.com"}}, identity: when(`{"Bool":{"aws:ViaAWSService":"true"}}`)}, question{unknown: []string{"*"}, identity: when(`{"ForAnyValue:StringEquals":{"aws:CalledVia":["athena.amazonaws.com"]}}`)}},
		{"only without temporary credentials", operatorsPage, question{identity: when(`{"Null":{"aws:TokenIssueTime":"true"}}`), principal: func(p *Principal) { p.LongTerm = true }}, ask(`{"Null":{"aws:TokenIssueTime":"true"}}`, session)},
		{"several values need a set operator", setsPage, ask(`{"ForAnyValue:StringEquals":{"aws:TagKeys":"env"}}`, keys{"aws:TagKeys": {"env", "team"}}), ask(`{"StringEquals":{"aws:TagKeys":"env"}}`, keys{"aws:TagKeys": {"env", "team"}})},
	})
}

// The batch takes keys from the line alone, and says of unknown ones what is true of any value.
func TestUnknownAndAbsentKeysOfABatch(t *testing.T) {
	line := func(condition, context, unknown string) string {
		return `{"principal":"` + ann + `","action":"s3:GetObject","resource":"arn:aws:s3:::b/k","context":` + context + `,"unknown":` + unknown +
			`,"identityPolicies":[{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":` + condition + `}}]}`
	}
	arn := `{"ArnEquals":{"aws:PrincipalArn":"` + ann + `"}}`
	org := `{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`
	for _, c := range []struct{ name, line, want string }{
		{"a key not given is absent, though AWS would derive it", line(arn, `{}`, `[]`), "ImplicitlyDenied"},
		{"a key given counts", line(arn, `{"aws:PrincipalArn":"`+ann+`"}`, `[]`), "Allowed"},
		{"a key named unknown is", line(org, `{}`, `["aws:PrincipalOrgID"]`), "Possible"},
		{"names of unknown keys are matched in any case", line(org, `{}`, `["AWS:principalorgid"]`), "Possible"},
		{"another key named unknown does not matter", line(org, `{}`, `["aws:SourceIp"]`), "ImplicitlyDenied"},
		{"a star makes every other key unknown", line(org, `{"aws:SourceIp":"1.2.3.4"}`, `["*"]`), "Possible"},
		{"a star leaves the keys given alone", line(org, `{"aws:PrincipalOrgID":"o-2"}`, `["*"]`), "ImplicitlyDenied"},
		{"a key that is null is absent even under a star", line(org, `{"aws:PrincipalOrgID":null}`, `["*"]`), "ImplicitlyDenied"},
		{"a boolean is its spelling", line(`{"Bool":{"aws:SecureTransport":"true"}}`, `{"aws:SecureTransport":true}`, `[]`), "Allowed"},
		{"a number is its spelling", line(`{"NumericLessThan":{"s3:max-keys":"10"}}`, `{"s3:max-keys":9.5}`, `[]`), "Allowed"},
		{"a list is several values", line(`{"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}}`, `{"aws:TagKeys":["a","c"]}`, `[]`), "ImplicitlyDenied"},
		{"an empty list is no value", line(`{"Null":{"aws:TagKeys":"true"}}`, `{"aws:TagKeys":[]}`, `[]`), "Allowed"},
		{"a negated condition holds for an absent key", line(`{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}`, `{}`, `[]`), "Allowed"},
		{"a negated condition on an unknown key is open", line(`{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}`, `{}`, `["*"]`), "Possible"},
		{"a condition that holds for any value and for none is none", line(`{"StringLikeIfExists":{"aws:PrincipalOrgID":"*"}}`, `{}`, `["*"]`), "Allowed"},
	} {
		t.Run(c.name, func(t *testing.T) { expect(t, c.line, `"result":"`+c.want+`"`) })
	}
}
