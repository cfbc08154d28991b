package aws

import "testing"

const (
	conditionOperators = "IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"
	multivalued        = "IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html"
	severalKeys        = "IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html"
)

// when is a case of one condition on an identity policy that allows everything.
func when(says, condition string, context map[string]any, want string) documented {
	return documented{says: says, identity: []string{adminAll + ` if ` + condition}, context: context, want: want}
}

type has = map[string]any

func TestDocumentedOperators(t *testing.T) {
	const (
		job     = `{"StringEquals":{"aws:PrincipalTag/job-category":"iamuser-admin"}}`
		prefix  = `{"StringLike":{"s3:prefix":["","home/","home/${aws:username}/"]}}`
		maxKeys = `{"NumericLessThanEquals":{"s3:max-keys":"10"}}`
		before  = `{"DateGreaterThan":{"aws:TokenIssueTime":"2020-01-01T00:00:01Z"}}`
		tls     = `{"Bool":{"aws:SecureTransport":"false"}}`
		office  = `{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`
		mixed   = `{"IpAddress":{"aws:SourceIp":["203.0.113.0/24","2001:DB8:1234:5678::/64"]}}`
		topic   = `{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:us-east-1:123456789012:my-topic"}}`
	)
	answerAll(t, conditionOperators, []documented{
		when("StringEquals: the tag matches", job, has{"aws:PrincipalTag/job-category": "iamuser-admin"}, allowed),
		when("StringEquals: the tag differs", job, has{"aws:PrincipalTag/job-category": "developer"}, implicitly),
		when("StringEquals: the tag's value differs in case", job, has{"aws:PrincipalTag/job-category": "IAMuser-admin"}, implicitly),
		when("StringEquals: the tag is not there", job, nil, implicitly),
		when("StringEquals: keys are not case-sensitive", job, has{"AWS:principaltag/Job-Category": "iamuser-admin"}, allowed),
		when("StringEqualsIgnoreCase", `{"StringEqualsIgnoreCase":{"aws:PrincipalTag/team":"RED"}}`, has{"aws:PrincipalTag/team": "red"}, allowed),
		when("StringNotEquals: the value differs", `{"StringNotEquals":{"aws:PrincipalTag/team":"red"}}`, has{"aws:PrincipalTag/team": "blue"}, allowed),
		when("StringNotEquals: the value is the same", `{"StringNotEquals":{"aws:PrincipalTag/team":"red"}}`, has{"aws:PrincipalTag/team": "red"}, implicitly),
		when("StringNotEquals: the key is not there", `{"StringNotEquals":{"aws:PrincipalTag/team":"red"}}`, nil, allowed),
		when("StringNotEqualsIgnoreCase: the same but for case", `{"StringNotEqualsIgnoreCase":{"aws:PrincipalTag/team":"RED"}}`, has{"aws:PrincipalTag/team": "red"}, implicitly),
		when("StringLike: a star and a variable", prefix, has{"s3:prefix": "home/ann/", "aws:username": "ann"}, allowed),
		when("StringLike: another user's", prefix, has{"s3:prefix": "home/bob/", "aws:username": "ann"}, implicitly),
		when("StringLike: an empty value", prefix, has{"s3:prefix": "", "aws:username": "ann"}, allowed),
		when("StringLike: case matters", `{"StringLike":{"s3:prefix":"Home/*"}}`, has{"s3:prefix": "home/x"}, implicitly),
		when("StringLike: one character", `{"StringLike":{"s3:prefix":"a?c"}}`, has{"s3:prefix": "abc"}, allowed),
		when("StringLike: no character", `{"StringLike":{"s3:prefix":"a?c"}}`, has{"s3:prefix": "ac"}, implicitly),
		when("StringNotLike", `{"StringNotLike":{"s3:prefix":"a*"}}`, has{"s3:prefix": "abc"}, implicitly),
		when("StringEquals knows no wildcards", `{"StringEquals":{"s3:prefix":"a*"}}`, has{"s3:prefix": "abc"}, implicitly),
		when("NumericLessThanEquals: less", maxKeys, has{"s3:max-keys": 9}, allowed),
		when("NumericLessThanEquals: equal", maxKeys, has{"s3:max-keys": "10"}, allowed),
		when("NumericLessThanEquals: more", maxKeys, has{"s3:max-keys": "11"}, implicitly),
		when("numbers are not compared as text", maxKeys, has{"s3:max-keys": "9.5"}, allowed),
		when("NumericGreaterThan: a date's seconds", `{"NumericGreaterThan":{"aws:MultiFactorAuthAge":"3600"}}`, has{"aws:MultiFactorAuthAge": "4000"}, allowed),
		when("NumericNotEquals", `{"NumericNotEquals":{"s3:max-keys":"10"}}`, has{"s3:max-keys": "10"}, implicitly),
		when("DateGreaterThan: later", before, has{"aws:TokenIssueTime": "2021-01-01T00:00:00Z"}, allowed),
		when("DateGreaterThan: earlier", before, has{"aws:TokenIssueTime": "2019-12-31T23:59:59Z"}, implicitly),
		when("DateGreaterThan: the key is not there", before, nil, implicitly),
		when("DateLessThan: epoch time", `{"DateLessThan":{"aws:CurrentTime":"1735689600"}}`, has{"aws:CurrentTime": "2024-12-31T23:59:59Z"}, allowed),
		when("DateEquals: the same instant in another zone", `{"DateEquals":{"aws:CurrentTime":"2025-01-01T01:00:00+01:00"}}`, has{"aws:CurrentTime": "2025-01-01T00:00:00Z"}, allowed),
		when("Bool: false", tls, has{"aws:SecureTransport": false}, allowed),
		when("Bool: true", tls, has{"aws:SecureTransport": "true"}, implicitly),
		when("BinaryEquals: the same bytes", `{"BinaryEquals":{"key":"QmluYXJ5VmFsdWVJbkJhc2U2NA=="}}`, has{"key": "QmluYXJ5VmFsdWVJbkJhc2U2NA=="}, allowed),
		when("BinaryEquals: other bytes", `{"BinaryEquals":{"key":"QmluYXJ5VmFsdWVJbkJhc2U2NA=="}}`, has{"key": "QmluYXJ5"}, implicitly),
		when("IpAddress: inside", office, has{"aws:SourceIp": "203.0.113.77"}, allowed),
		when("IpAddress: outside", office, has{"aws:SourceIp": "203.0.114.1"}, implicitly),
		when("IpAddress: IPv6 beside IPv4", mixed, has{"aws:SourceIp": "2001:db8:1234:5678:1::1"}, allowed),
		when("IpAddress: IPv6 outside", mixed, has{"aws:SourceIp": "2001:db8:1234:5679::1"}, implicitly),
		when("IpAddress: without a prefix it is /32", `{"IpAddress":{"aws:SourceIp":"203.0.113.7"}}`, has{"aws:SourceIp": "203.0.113.8"}, implicitly),
		when("NotIpAddress: outside", `{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`, has{"aws:SourceIp": "198.51.100.1"}, allowed),
		when("NotIpAddress: the key is not there", `{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`, nil, allowed),
		when("ArnEquals", topic, has{"aws:SourceArn": "arn:aws:sns:us-east-1:123456789012:my-topic"}, allowed),
		when("ArnEquals and ArnLike behave alike", `{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:*:123456789012:my-*"}}`, has{"aws:SourceArn": "arn:aws:sns:us-east-1:123456789012:my-topic"}, allowed),
		when("ArnLike: each component by itself", `{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:my-topic"}}`, has{"aws:SourceArn": "arn:aws:sns:us-east-1:123456789012:my-topic"}, implicitly),
		when("ArnLike: one character", `{"ArnLike":{"aws:SourceArn":"arn:aws:sns:us-east-?:123456789012:*"}}`, has{"aws:SourceArn": "arn:aws:sns:us-east-1:123456789012:my-topic"}, allowed),
		when("ArnNotLike", `{"ArnNotLike":{"aws:SourceArn":"arn:aws:sns:*:123456789012:*"}}`, has{"aws:SourceArn": "arn:aws:sns:us-east-1:123456789012:my-topic"}, implicitly),
		when("IfExists: the key is not there", `{"StringLikeIfExists":{"ec2:InstanceType":["t1.*","t2.*","m3.*"]}}`, nil, allowed),
		when("IfExists: the key matches", `{"StringLikeIfExists":{"ec2:InstanceType":["t1.*","t2.*","m3.*"]}}`, has{"ec2:InstanceType": "t2.nano"}, allowed),
		when("IfExists: the key does not match", `{"StringLikeIfExists":{"ec2:InstanceType":["t1.*","t2.*","m3.*"]}}`, has{"ec2:InstanceType": "c5.large"}, implicitly),
		when("BoolIfExists: long-term credentials have no key", `{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}`, nil, allowed),
		when("BoolIfExists: a session without MFA", `{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}`, has{"aws:MultiFactorAuthPresent": "false"}, implicitly),
		when("Null: temporary credentials have a token's time", `{"Null":{"aws:TokenIssueTime":"true"}}`, has{"aws:TokenIssueTime": "2025-01-01T00:00:00Z"}, implicitly),
		when("Null: long-term credentials have none", `{"Null":{"aws:TokenIssueTime":"true"}}`, nil, allowed),
		when("Null false: the key must be there", `{"Null":{"aws:TokenIssueTime":"false"}}`, nil, implicitly),
		when("Null takes no IfExists", `{"NullIfExists":{"aws:TokenIssueTime":"true"}}`, nil, ""),
		when("an operator that there is not", `{"StringMatches":{"aws:username":"ann"}}`, nil, ""),
	})
	answerAll(t, severalKeys, []documented{
		when("all operators must hold", `{"StringEquals":{"aws:PrincipalTag/team":"red"},"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`, has{"aws:PrincipalTag/team": "red", "aws:SourceIp": "198.51.100.1"}, implicitly),
		when("all keys of an operator must hold", `{"StringEquals":{"aws:PrincipalTag/team":"red","aws:PrincipalTag/env":"dev"}}`, has{"aws:PrincipalTag/team": "red"}, implicitly),
		when("one of a key's values suffices", `{"StringEquals":{"aws:PrincipalTag/team":["red","blue"]}}`, has{"aws:PrincipalTag/team": "blue"}, allowed),
		when("a negated operator needs none of the values", `{"StringNotEquals":{"aws:PrincipalTag/team":["red","blue"]}}`, has{"aws:PrincipalTag/team": "blue"}, implicitly),
		when("a negated operator holds when no value matches", `{"StringNotEquals":{"aws:PrincipalTag/team":["red","blue"]}}`, has{"aws:PrincipalTag/team": "green"}, allowed),
		when("the same key may be asked by two operators", `{"StringLike":{"aws:username":"a*"},"StringNotEquals":{"aws:username":"ann"}}`, has{"aws:username": "ann"}, implicitly),
	})
}

func TestDocumentedSetOperators(t *testing.T) {
	const (
		all    = `{"ForAllValues:StringEquals":{"aws:TagKeys":["environment","webserver"]}}`
		anyone = `{"ForAnyValue:StringEquals":{"aws:TagKeys":["environment","webserver"]}}`
		none   = `{"ForAllValues:StringNotEquals":{"aws:TagKeys":["environment","webserver"]}}`
	)
	tags := func(keys ...any) has { return has{"aws:TagKeys": keys} }
	answerAll(t, multivalued, []documented{
		when("ForAllValues: both listed", all, tags("environment", "webserver"), allowed),
		when("ForAllValues: one listed", all, tags("environment"), allowed),
		when("ForAllValues: one not listed", all, tags("environment", "cost-center"), implicitly),
		when("ForAllValues: case of values matters", all, tags("Environment"), implicitly),
		when("ForAllValues: no key in the request", all, nil, allowed),
		when("ForAllValues: an empty set", all, tags(), allowed),
		when("ForAllValues with Null false: no key in the request", `{"ForAllValues:StringEquals":{"aws:TagKeys":["environment"]},"Null":{"aws:TagKeys":"false"}}`, nil, implicitly),
		when("ForAllValues with Null false: all listed", `{"ForAllValues:StringEquals":{"aws:TagKeys":["environment"]},"Null":{"aws:TagKeys":"false"}}`, tags("environment"), allowed),
		when("ForAllValues negated: none listed", none, tags("cost-center"), allowed),
		when("ForAllValues negated: one listed", none, tags("cost-center", "webserver"), implicitly),
		when("ForAnyValue: one listed", anyone, tags("environment", "cost-center"), allowed),
		when("ForAnyValue: none listed", anyone, tags("cost-center"), implicitly),
		when("ForAnyValue: no key in the request", anyone, nil, implicitly),
		when("ForAnyValue negated: one is not listed", `{"ForAnyValue:StringNotEquals":{"aws:TagKeys":["environment"]}}`, tags("environment", "other"), allowed),
		when("ForAnyValue with wildcards: a path of the organization", `{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":["o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*"]}}`, has{"aws:PrincipalOrgPaths": []any{"o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/ou-ab12-22222222/"}}, allowed),
		when("ForAnyValue with wildcards: another path", `{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":["o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*"]}}`, has{"aws:PrincipalOrgPaths": []any{"o-a1b2c3d4e5/r-ab12/ou-ab12-99999999/"}}, implicitly),
		when("several values need a set operator", `{"StringEquals":{"aws:TagKeys":"environment"}}`, tags("environment", "webserver"), implicitly),
		when("CalledVia: DynamoDB through CloudFormation", `{"ForAnyValue:StringEquals":{"aws:CalledVia":["dynamodb.amazonaws.com"]}}`, has{"aws:CalledVia": []any{"cloudformation.amazonaws.com", "dynamodb.amazonaws.com"}}, allowed),
	})
	deny := func(says, condition string, context has, want string) documented {
		return documented{says: says, identity: []string{adminAll, `Deny s3:* on * if ` + condition}, context: context, want: want}
	}
	answerAll(t, multivalued, []documented{
		deny("Deny with ForAllValues and no key in the request", all, nil, explicitly),
		deny("Deny with ForAnyValue and no key in the request", anyone, nil, allowed),
		deny("Deny with ForAnyValue and one listed", anyone, tags("webserver", "other"), explicitly),
		deny("Deny with a negated operator and no key in the request", `{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}`, nil, explicitly),
		deny("Deny with a negated IfExists and no key in the request", `{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}}`, nil, explicitly),
		deny("Deny with Bool and no key in the request", `{"Bool":{"aws:MultiFactorAuthPresent":"false"}}`, nil, allowed),
		deny("Deny with BoolIfExists and no key in the request", `{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}`, nil, explicitly),
	})
}

// What is not known leaves open what hangs on it, and nothing else.
func TestUnknownKeysOfABatch(t *testing.T) {
	mfa := `{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`
	const key = "aws:MultiFactorAuthPresent"
	answerAll(t, conditionOperators, []documented{
		{says: "an allow on an unknown key is possible", identity: []string{`Allow s3:* on * if ` + mfa}, unknown: []string{key}, want: possible, evidences: "unknown: Allow identity policy identityPolicies[0], statement 1 depends on Bool aws:MultiFactorAuthPresent true"},
		{says: "an allow on a key that is absent is not", identity: []string{`Allow s3:* on * if ` + mfa}, unknown: []string{"aws:SourceIp"}, want: implicitly},
		{says: "all keys may be unknown", identity: []string{`Allow s3:* on * if ` + mfa}, unknown: []string{"*"}, want: possible},
		{says: "a key that is given is not unknown", identity: []string{`Allow s3:* on * if ` + mfa}, context: has{key: "false"}, unknown: []string{"*"}, want: implicitly},
		{says: "an unconditional allow beside it decides", identity: []string{`Allow s3:* on * if ` + mfa, getAll}, unknown: []string{"*"}, want: allowed},
		{says: "a deny on an unknown key over an allow is possible", identity: []string{adminAll, `Deny s3:* on * if ` + mfa}, unknown: []string{"*"}, want: possible, evidences: "unknown: Deny"},
		{says: "a deny on an unknown key without an allow is an implicit deny", identity: []string{onlyEC2, `Deny s3:* on * if ` + mfa}, unknown: []string{"*"}, want: implicitly},
		{says: "a definite deny decides", identity: []string{`Allow s3:* on * if ` + mfa, `Deny s3:* on *`}, unknown: []string{"*"}, want: explicitly},
		{says: "a guardrail that does not allow decides", identity: []string{`Allow s3:* on * if ` + mfa}, scps: [][]string{{onlyEC2}}, unknown: []string{"*"}, want: implicitly},
		{says: "a guardrail's condition makes it possible", identity: []string{adminAll}, boundary: []string{`Allow s3:* on * if ` + mfa}, unknown: []string{"*"}, want: possible, evidences: "permissions boundary"},
		{says: "an RCP's condition makes it possible", identity: []string{adminAll}, rcps: [][]string{{`Deny s3:* on * to everyone if {"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}`}}, unknown: []string{"*"}, want: possible},
		{says: "a resource's condition makes it possible for anyone", who: "anonymous", resource: toAnyone + ` if {"StringEquals":{"aws:SourceVpce":"vpce-1"}}`, unknown: []string{"aws:SourceVpce"}, want: possible},
		{says: "a variable without known value makes it possible", identity: []string{`Allow s3:* on arn:aws:s3:::bucket/${aws:username}*`}, unknown: []string{"aws:username"}, want: possible},
		{says: "a variable whose value cannot fit does not", identity: []string{`Allow s3:* on arn:aws:s3:::other/${aws:username}*`}, unknown: []string{"aws:username"}, want: implicitly},
		{says: "Null on an unknown key is possible", identity: []string{`Allow s3:* on * if {"Null":{"aws:TokenIssueTime":"true"}}`}, unknown: []string{"aws:TokenIssueTime"}, want: possible},
		{says: "two conditions that exclude each other are not possible", identity: []string{`Allow s3:* on * if {"StringEquals":{"aws:RequestedRegion":"us-east-1"}}`}, scps: [][]string{{`Allow * on * if {"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}`}}, unknown: []string{"aws:RequestedRegion"}, want: implicitly},
		{says: "two allows that leave nothing out are certain", identity: []string{`Allow s3:* on * if {"Bool":{"aws:SecureTransport":"true"}}`, `Allow s3:* on * if {"BoolIfExists":{"aws:SecureTransport":"false"}}`}, unknown: []string{"aws:SecureTransport"}, want: allowed},
	})
}
