package aws

import (
	"encoding/json"
	"testing"
)

// Whatever form of JSON the grammar allows means the same.
func TestFormsOfABatch(t *testing.T) {
	policy := func(text string) string { return document(text) }
	quoted, err := json.Marshal(document(getAll))
	if err != nil {
		t.Fatal(err)
	}
	head := `{"id":7,"principal":"` + ann + `","action":"S3:getobject","resource":"` + object + `","resourceAccount":"` + one1 + `"`
	own := `"identityPolicies":[` + policy(adminAll) + `]`
	for _, c := range []struct{ says, rest, want string }{
		{"a policy as a string of JSON", `"identityPolicies":[` + string(quoted) + `]`, allowed},
		{"no statement has a Sid, nor the policy an Id or a Version", `"identityPolicies":[{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}]`, allowed},
		{"layers that are null or empty", own + `,"context":null,"unknown":null,"resourcePolicy":null,"sessionPolicy":null,"permissionBoundaries":null,"serviceControlPolicies":[],"resourceControlPolicies":null,"vpcEndpointPolicies":[]`, allowed},
		{"members that nobody asked for", own + `,"description":"x","expected":"?"`, allowed},
		{"several session policies, as with ARNs beside an inline one", own + `,"sessionPolicy":[` + policy(onlyEC2) + `,` + policy(getAll) + `]`, allowed},
		{"several session policies of which none allows", own + `,"sessionPolicy":[` + policy(onlyEC2) + `]`, implicitly},
		{"an empty list of session policies is none", own + `,"sessionPolicy":[]`, allowed},
		{"a resource with several policies", `"resourcePolicy":[` + policy(`Allow s3:PutObject on * to everyone`) + `,` + policy(toAnyone) + `]`, allowed},
		{"numbers and truths in a condition", `"context":{"s3:max-keys":5,"aws:SecureTransport":true},"identityPolicies":[{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"NumericLessThan":{"s3:max-keys":10},"Bool":{"aws:SecureTransport":[true]}}}}]`, allowed},
		{"seconds as a number", `"context":{"aws:EpochTime":1735689600},"identityPolicies":[{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"DateLessThan":{"aws:EpochTime":1893456000}}}}]`, allowed},
		{"operators and keys in another case", `"context":{"AWS:principalORGid":"o-1"},"identityPolicies":[{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"stringequals":{"aws:PrincipalOrgID":"o-1"}}}}]`, allowed},
		{"a statement without Resource grants nothing to an identity", `"identityPolicies":[{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*"}}]`, implicitly},
	} {
		expectAnswer(t, c.says, head+","+c.rest+"}", c.want)
	}
}

func expectAnswer(t *testing.T, says, line, want string) {
	t.Helper()
	var answer struct{ Result, Error string }
	if err := json.Unmarshal(SimulateLine([]byte(line)), &answer); err != nil || answer.Result != want {
		t.Errorf("%s: got %s%s, want %s\n%s", says, answer.Result, answer.Error, want, line)
	}
}

func TestDocumentedOperationsWithoutPermission(t *testing.T) {
	deny := []string{`Deny * on *`}
	token := func(says, who string, identity []string, want string) documented {
		return documented{says: says, who: who, does: "sts:GetSessionToken", on: "*", identity: identity, want: want}
	}
	answerAll(t, "IAM/latest/UserGuide/id_credentials_temp_control-access_getsessiontoken.html", []documented{
		token("a user needs no permission for a session token", ann, nil, allowed),
		token("a policy has no effect on it", ann, deny, allowed),
		token("nor has the root user's lack of one", annRoot, nil, allowed),
		token("a role's session has none of its own to ask with", appS1, nil, implicitly),
		{says: "a federation token needs permission", does: "sts:GetFederationToken", on: "arn:aws:sts::111111111111:federated-user/x", want: implicitly},
	})
	answerAll(t, "STS/latest/APIReference/API_GetCallerIdentity.html", []documented{
		{says: "not even an SCP denies who one is", does: "sts:GetCallerIdentity", on: "*", scps: [][]string{{}}, want: allowed},
		{says: "nobody is nobody", who: "anonymous", does: "sts:GetCallerIdentity", on: "*", want: implicitly},
	})
}

// A user with a session policy is the session that the user federated.
func TestDocumentedSessionsOfUsers(t *testing.T) {
	answerAll(t, sessions, []documented{
		{says: "a grant to the user is limited by the session policy", resource: grants(ann), session: onlyEC2, want: implicitly},
		{says: "a grant to the user holds within the session policy", resource: grants(ann), session: getAll, want: allowed},
		{says: "a grant to the user, who has no session policy", resource: grants(ann), want: allowed},
		{says: "user and session policy allow", identity: []string{getAll}, session: getAll, want: allowed},
		{says: "the user allows alone", identity: []string{getAll}, session: onlyEC2, want: implicitly},
		{says: "a grant to the federated session needs no session policy", who: fedAnn, resource: grants(fedAnn), want: allowed},
	})
}

func TestDocumentedExamplesOfConditions(t *testing.T) {
	const (
		finance  = "arn:aws:someservice:*:111122223333:finance/*"
		longer   = "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt"
		examples = "IAM/latest/UserGuide/reference_policies_condition_examples-multi-valued-context-keys.html"
		sizes    = `{"StringLike":{"ec2:InstanceType":["t1.*","t2.*","m3.*"]}}`
		orNone   = `{"StringLikeIfExists":{"ec2:InstanceType":["t1.*","t2.*","m3.*"]}}`
	)
	answerAll(t, conditionOperators, []documented{
		when("StringLike reaches across colons", `{"StringLike":{"aws:SourceArn":"`+finance+`"}}`, has{"aws:SourceArn": longer}, allowed),
		when("ArnLike does not", `{"ArnLike":{"aws:SourceArn":"`+finance+`"}}`, has{"aws:SourceArn": longer}, implicitly),
		{says: "a topic's message to a queue, by the account", does: "sqs:SendMessage", on: "arn:aws:sqs:us-east-1:111111111111:q", resource: `Allow SQS:SendMessage on arn:aws:sqs:us-east-1:111111111111:q to 111111111111 if {"ArnEquals":{"aws:SourceArn":"arn:aws:sns:us-east-1:111111111111:t"}}`, want: implicitly},
		{says: "an instance of a size that is listed", does: "ec2:RunInstances", on: "arn:aws:ec2:us-east-1:111111111111:instance/*", context: has{"ec2:InstanceType": "t2.micro"}, identity: []string{`Allow ec2:RunInstances on * if ` + sizes}, want: allowed},
		{says: "its image has no size: the policy does not work", does: "ec2:RunInstances", on: "arn:aws:ec2:us-east-1::image/ami-1", identity: []string{`Allow ec2:RunInstances on * if ` + sizes}, want: implicitly},
		{says: "its image has no size: with IfExists it works", does: "ec2:RunInstances", on: "arn:aws:ec2:us-east-1::image/ami-1", identity: []string{`Allow ec2:RunInstances on * if ` + orNone}, want: allowed},
		{says: "an instance of another size", does: "ec2:RunInstances", on: "arn:aws:ec2:us-east-1:111111111111:instance/*", context: has{"ec2:InstanceType": "c5.large"}, identity: []string{`Allow ec2:RunInstances on * if ` + orNone}, want: implicitly},
	})
	tag := func(says, condition string, keys []any, want string) documented {
		d := documented{says: says, does: "iam:TagUser", on: ann, identity: []string{adminAll, `Deny iam:Tag*, iam:UnTag* on * if ` + condition}, want: want}
		if keys != nil {
			d.context = has{"aws:TagKeys": keys}
		}
		return d
	}
	key1, both := `{"ForAllValues:StringNotLike":{"aws:TagKeys":"key1*"}}`, `{"ForAllValues:StringNotLike":{"aws:TagKeys":["key1*","key2*"]}}`
	answerAll(t, examples, []documented{
		tag("the prefix is there", key1, []any{"key1:legal"}, allowed),
		tag("all have the prefix", key1, []any{"key1:hr", "key1:personnel"}, allowed),
		tag("another prefix", key1, []any{"key2:audit"}, explicitly),
		tag("no tag keys in the request", key1, nil, explicitly),
		tag("one of two prefixes", both, []any{"key1:legal"}, allowed),
		tag("both prefixes", both, []any{"key1:hr", "key2:audit"}, allowed),
		tag("neither", both, []any{"key3:audit"}, explicitly),
		tag("one with and one without: not every value is without", both, []any{"key1:hr", "key3:audit"}, allowed),
	})
}

// What several conditions on one unknown key say together.
func TestDocumentedConditionsThatExcludeEachOther(t *testing.T) {
	unknown := func(says, want string, identity ...string) documented {
		return documented{says: says, unknown: []string{"*"}, identity: identity, want: want}
	}
	past, future := `{"DateLessThan":{"aws:CurrentTime":"2024-01-01T00:00:00Z"}`, `"DateGreaterThan":{"aws:CurrentTime":"2025-01-01T00:00:00Z"}}`
	answerAll(t, severalKeys, []documented{
		unknown("before a date and after a later one", implicitly, `Allow s3:* on * if `+past+`,`+future),
		unknown("before a date, unless after a later one", possible, `Allow s3:* on * if `+past+`}`, `Deny s3:* on * if {`+future),
		unknown("a tag in any case and never in that case", implicitly, `Allow s3:* on * if {"StringEqualsIgnoreCase":{"aws:PrincipalTag/t":"a"},"StringNotEqualsIgnoreCase":{"aws:PrincipalTag/t":"A"}}`),
		unknown("only certain tags, and some other", implicitly, `Allow s3:* on * if {"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]},"ForAnyValue:StringNotEquals":{"aws:TagKeys":["a","b"]}}`),
		unknown("only certain tags, or some other", allowed, `Allow s3:* on * if {"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}}`, `Allow s3:* on * if {"ForAnyValue:StringNotEquals":{"aws:TagKeys":["a","b"]}}`),
		unknown("with MFA and without, whatever a tag is", implicitly, `Allow s3:* on * if {"Bool":{"aws:MultiFactorAuthPresent":"true"},"StringEquals":{"aws:ResourceTag/t":"${aws:PrincipalTag/t}"}}`, `Deny s3:* on * if {"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}`),
		unknown("an empty prefix is a prefix", possible, `Allow s3:* on * if {"StringEquals":{"s3:prefix":""}}`, `Deny s3:* on * if {"StringNotEquals":{"s3:prefix":["","home/"]}}`),
		unknown("true or false, where it is told", allowed, `Allow s3:* on * if {"BoolIfExists":{"aws:SecureTransport":["true","false"]}}`),
	})
}
