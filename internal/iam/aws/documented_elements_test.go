package aws

import "testing"

// raw is a policy of one statement in JSON, with what the short form cannot say.
func raw(statement string) string {
	return `{"Version":"2012-10-17","Statement":[` + statement + `]}`
}

func TestDocumentedElements(t *testing.T) {
	may := func(says, policy, want string) documented {
		return documented{says: says, identity: []string{policy}, want: want}
	}
	act := func(says, action, on, policy, want string) documented {
		return documented{says: says, does: action, on: on, identity: []string{policy}, want: want}
	}
	user := "arn:aws:iam::111111111111:user/"
	answerAll(t, "IAM/latest/UserGuide/reference_policies_elements_action.html", []documented{
		act("a name with wildcards: iam:*AccessKey* covers CreateAccessKey", "iam:CreateAccessKey", ann, `Allow iam:*AccessKey* on *`, allowed),
		act("a name with wildcards: iam:*AccessKey* covers ListAccessKeys", "iam:ListAccessKeys", ann, `Allow iam:*AccessKey* on *`, allowed),
		act("a name with wildcards does not cover others", "iam:CreateUser", ann, `Allow iam:*AccessKey* on *`, implicitly),
		act("a name is not case-sensitive", "S3:getOBJECT", object, `Allow s3:GetObject on *`, allowed),
		act("all actions of a service", "sqs:SendMessage", "arn:aws:sqs:us-east-1:111111111111:q", `Allow sqs:* on *`, allowed),
		act("all actions of all services", "sqs:SendMessage", "arn:aws:sqs:us-east-1:111111111111:q", `Allow * on *`, allowed),
		act("a question mark is one character", "s3:GetObject", object, `Allow s3:GetObjec? on *`, allowed),
	})
	answerAll(t, notAction, []documented{
		act("NotAction allows all others", "s3:PutObject", object, `Allow not s3:DeleteBucket on arn:aws:s3:::*`, allowed),
		act("NotAction does not allow those named", "s3:DeleteBucket", "arn:aws:s3:::bucket", `Allow not s3:DeleteBucket on arn:aws:s3:::*`, implicitly),
		act("NotAction allows no resource beside its own", "sqs:SendMessage", "arn:aws:sqs:us-east-1:111111111111:q", `Allow not s3:DeleteBucket on arn:aws:s3:::*`, implicitly),
		act("NotAction iam:* allows every other service", "ec2:StopInstances", "arn:aws:ec2:us-east-1:111111111111:instance/i-1", `Allow not iam:* on *`, allowed),
		{says: "NotAction with Deny denies all others without MFA", does: "s3:GetObject", identity: []string{adminAll, `Deny not iam:* on * if {"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}`}, want: explicitly},
		{says: "NotAction with Deny spares those named", does: "iam:GetUser", on: ann, identity: []string{adminAll, `Deny not iam:* on * if {"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}`}, want: allowed},
	})
	hr := `Allow s3:* on arn:aws:s3:::HRBucket, arn:aws:s3:::HRBucket/*` + "\n" + `Deny s3:* on not arn:aws:s3:::HRBucket, arn:aws:s3:::HRBucket/*`
	answerAll(t, notResource, []documented{
		act("NotResource with Deny spares those named", "s3:PutObject", "arn:aws:s3:::HRBucket/f", hr, allowed),
		{says: "NotResource with Deny denies all others", does: "s3:PutObject", on: "arn:aws:s3:::other/f", identity: []string{hr, adminAll}, want: explicitly},
		act("NotResource with Allow allows all others", "s3:GetObject", object, `Allow s3:* on not arn:aws:s3:::HRBucket/*`, allowed),
		act("NotResource with Allow does not allow those named", "s3:GetObject", "arn:aws:s3:::HRBucket/f", `Allow s3:* on not arn:aws:s3:::HRBucket/*`, implicitly),
	})
	answerAll(t, resourcePage, []documented{
		act("a user by name", "iam:GetUser", user+"Bob", `Allow iam:GetUser on `+user+`Bob`, allowed),
		act("all users", "iam:GetUser", user+"Bob", `Allow iam:GetUser on `+user+`*`, allowed),
		act("all users of a path", "iam:GetUser", user+"accounting/Bob", `Allow iam:GetUser on `+user+`accounting/*`, allowed),
		act("another path", "iam:GetUser", user+"sales/Bob", `Allow iam:GetUser on `+user+`accounting/*`, implicitly),
		act("any characters before test: one folder", "s3:GetObject", "arn:aws:s3:::bucket/1/test/object.jpg", `Allow s3:* on arn:aws:s3:::bucket/*/test/*`, allowed),
		act("any characters before test: several", "s3:GetObject", "arn:aws:s3:::bucket/1/2/3/test/object.jpg", `Allow s3:* on arn:aws:s3:::bucket/*/test/*`, allowed),
		act("any characters before test: none", "s3:GetObject", "arn:aws:s3:::bucket/test/object.jpg", `Allow s3:* on arn:aws:s3:::bucket/*/test/*`, implicitly),
		act("a resource's case matters", "s3:GetObject", "arn:aws:s3:::Bucket/key", `Allow s3:* on arn:aws:s3:::bucket/*`, implicitly),
		act("a star at the end of a segment reaches beyond it", "s3:GetObject", object, `Allow s3:* on arn:aws:s3*`, allowed),
		act("a bucket is not its objects", "s3:GetObject", object, `Allow s3:* on arn:aws:s3:::bucket`, implicitly),
		act("objects are not their bucket", "s3:ListBucket", "arn:aws:s3:::bucket", `Allow s3:* on arn:aws:s3:::bucket/*`, implicitly),
		act("several resources", "s3:ListBucket", "arn:aws:s3:::bucket", `Allow s3:* on arn:aws:s3:::bucket, arn:aws:s3:::bucket/*`, allowed),
	})
	answerAll(t, "IAM/latest/UserGuide/reference_policies_grammar.html", []documented{
		may("a statement by itself", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}`, allowed),
		may("lists of one", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["*"]}]}`, allowed),
		may("no Version is 2008-10-17", `{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}`, allowed),
		may("an Id and a Sid", `{"Version":"2012-10-17","Id":"x","Statement":{"Sid":"1","Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}`, allowed),
		may("no statements", `{"Version":"2012-10-17","Statement":[]}`, implicitly),
		may("an empty Condition", raw(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{}}`), allowed),
		may("Effect is case-sensitive", raw(`{"Effect":"allow","Action":"s3:GetObject","Resource":"*"}`), ""),
		may("Action and NotAction together", raw(`{"Effect":"Allow","Action":"s3:GetObject","NotAction":"iam:*","Resource":"*"}`), ""),
		may("Resource and NotResource together", raw(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","NotResource":"*"}`), ""),
		may("neither Action nor NotAction", raw(`{"Effect":"Allow","Resource":"*"}`), ""),
		may("a version that there is not", `{"Version":"2020-01-01","Statement":[]}`, ""),
		may("an element that there is not", raw(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Actions":"x"}`), ""),
		may("an element twice", raw(`{"Effect":"Deny","Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`), ""),
	})
}

func TestDocumentedVariables(t *testing.T) {
	on := func(says, version, resource string, context has, key, want string) documented {
		policy := `{"Version":"` + version + `","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/` + resource + `"}}`
		return documented{says: says, on: "arn:aws:s3:::bucket/" + key, identity: []string{policy}, context: context, want: want}
	}
	ann := has{"aws:username": "ann"}
	team := has{"aws:PrincipalTag/team": "yellow"}
	account := has{"aws:PrincipalAccount": "111111111111"}
	queueOf := func(account string) string {
		return raw(`{"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:us-east-1:` + account + `:queue"}`)
	}
	const now, old = "2012-10-17", "2008-10-17"
	answerAll(t, variablesPage, []documented{
		on("the user's own folder", now, "${aws:username}/*", ann, "ann/f", allowed),
		on("another user's folder", now, "${aws:username}/*", ann, "bob/f", implicitly),
		on("no name in the request", now, "${aws:username}/*", nil, "ann/f", implicitly),
		on("names of keys are not case-sensitive", now, "${AWS:UserName}/*", ann, "ann/f", allowed),
		on("before 2012-10-17 a variable is text", old, "${aws:username}/*", ann, "ann/f", implicitly),
		on("before 2012-10-17 the text itself matches", old, "${aws:username}/*", ann, "${aws:username}/f", allowed),
		on("a default, with a value", now, "${aws:PrincipalTag/team, 'company-wide'}/*", team, "yellow/f", allowed),
		on("a default, without a value", now, "${aws:PrincipalTag/team, 'company-wide'}/*", nil, "company-wide/f", allowed),
		on("a default is not used where there is a value", now, "${aws:PrincipalTag/team, 'company-wide'}/*", team, "company-wide/f", implicitly),
		when("a star as itself", `{"StringLike":{"s3:prefix":"a${*}b"}}`, has{"s3:prefix": "a*b"}, allowed),
		when("a star as itself in StringLike is no wildcard", `{"StringLike":{"s3:prefix":"a${*}b"}}`, has{"s3:prefix": "axb"}, implicitly),
		on("a star as itself is no wildcard", now, "a${*}b", nil, "axb", implicitly),
		on("a question mark as itself", now, "a${?}b", nil, "axb", implicitly),
		on("a dollar sign as itself", now, "a${$}b", nil, "a$b", allowed),
		{says: "no variable in place of the account", does: "sqs:SendMessage", on: "arn:aws:sqs:us-east-1:111111111111:queue", context: account, identity: []string{queueOf("${aws:PrincipalAccount}")}, want: implicitly},
		{says: "the account itself", does: "sqs:SendMessage", on: "arn:aws:sqs:us-east-1:111111111111:queue", context: account, identity: []string{queueOf("111111111111")}, want: allowed},
		{says: "a variable after the fifth colon", does: "sqs:SendMessage", on: "arn:aws:sqs:us-east-1:111111111111:111111111111", context: account, identity: []string{raw(`{"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:*:*:${aws:PrincipalAccount}"}`)}, want: allowed},
		{says: "all but what a variable in place of the account would mean", does: "sqs:SendMessage", on: "arn:aws:sqs:us-east-1:111111111111:queue", context: account, identity: []string{raw(`{"Effect":"Allow","Action":"sqs:*","NotResource":"arn:aws:sqs:us-east-1:${aws:PrincipalAccount}:queue"}`)}, want: allowed},
		on("two variables", now, "${aws:PrincipalTag/team}/${aws:username}", has{"aws:PrincipalTag/team": "red", "aws:username": "ann"}, "red/ann", allowed),
		on("a key of several values has none", now, "${aws:TagKeys}/*", has{"aws:TagKeys": []any{"a", "b"}}, "a/f", implicitly),
		on("a value's wildcards are no wildcards", now, "${aws:PrincipalTag/team}/*", has{"aws:PrincipalTag/team": "*"}, "red/f", implicitly),
		when("in a condition: the tags of principal and resource agree", `{"StringEquals":{"aws:ResourceTag/access-project":"${aws:PrincipalTag/access-project}"}}`, has{"aws:ResourceTag/access-project": "peg", "aws:PrincipalTag/access-project": "peg"}, allowed),
		when("in a condition: they differ", `{"StringEquals":{"aws:ResourceTag/access-project":"${aws:PrincipalTag/access-project}"}}`, has{"aws:ResourceTag/access-project": "uni", "aws:PrincipalTag/access-project": "peg"}, implicitly),
		when("in a condition: neither has the tag", `{"StringEquals":{"aws:ResourceTag/access-project":"${aws:PrincipalTag/access-project}"}}`, nil, implicitly),
		when("in a condition: a negated operator against no value", `{"StringNotEquals":{"aws:ResourceTag/access-project":"${aws:PrincipalTag/access-project}"}}`, has{"aws:ResourceTag/access-project": "uni"}, allowed),
		when("in a numeric condition a variable is none", `{"NumericEquals":{"s3:max-keys":"${aws:PrincipalTag/max}"}}`, has{"s3:max-keys": "10", "aws:PrincipalTag/max": "10"}, implicitly),
	})
}

func TestDocumentedPrincipals(t *testing.T) {
	to := func(says, who, principal, want string) documented {
		d := documented{says: says, who: who, resource: raw(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*","Principal":` + principal + `}`), want: want}
		if who == bobOf2 || who == vendorS {
			d.identity = []string{getAll}
		}
		return d
	}
	answerAll(t, principals, []documented{
		to("an account by its number", bobOf2, `{"AWS":"222222222222"}`, allowed),
		to("an account by its root", bobOf2, `{"AWS":"arn:aws:iam::222222222222:root"}`, allowed),
		to("several accounts", bobOf2, `{"AWS":["333333333333","222222222222"]}`, allowed),
		to("another account", bobOf2, `{"AWS":"333333333333"}`, implicitly),
		to("a user", ann, `{"AWS":"`+ann+`"}`, allowed),
		to("a user's name is case-sensitive", ann, `{"AWS":"arn:aws:iam::111111111111:user/Ann"}`, implicitly),
		to("no wildcard for a part of an ARN", ann, `{"AWS":"arn:aws:iam::111111111111:user/*"}`, implicitly),
		to("a role, for its sessions", appS1, `{"AWS":"`+role+`"}`, allowed),
		to("a session", appS1, `{"AWS":"`+appS1+`"}`, allowed),
		to("no wildcard for all sessions", appS1, `{"AWS":"arn:aws:sts::111111111111:assumed-role/app/*"}`, implicitly),
		to("a federated user session", fedAnn, `{"AWS":"`+fedAnn+`"}`, allowed),
		to("a service", "ecs.amazonaws.com", `{"Service":["ecs.amazonaws.com","elasticloadbalancing.amazonaws.com"]}`, allowed),
		to("another service", "ec2.amazonaws.com", `{"Service":"ecs.amazonaws.com"}`, implicitly),
		to("everyone", "anonymous", `"*"`, allowed),
		to("everyone, as AWS", "anonymous", `{"AWS":"*"}`, allowed),
		to("an account is not everyone", "anonymous", `{"AWS":"111111111111"}`, implicitly),
		to("a web identity provider", "cognito-identity.amazonaws.com", `{"Service":"s3.amazonaws.com"}`, implicitly),
		{says: "no Principal grants nothing in a resource policy", resource: raw(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`), want: implicitly},
		{says: "everyone, narrowed to the organization: a member", who: bobOf2, identity: []string{getAll}, context: has{"aws:PrincipalOrgID": "o-xxxxxxxxxxx"}, resource: toAnyone + ` if {"StringEquals":{"aws:PrincipalOrgID":"o-xxxxxxxxxxx"}}`, want: allowed},
		{says: "everyone, narrowed to the organization: an outsider", who: "anonymous", resource: toAnyone + ` if {"StringEquals":{"aws:PrincipalOrgID":"o-xxxxxxxxxxx"}}`, want: implicitly},
		{says: "everyone but one role, denied", who: appS1, identity: []string{getAll}, context: has{"aws:PrincipalArn": role}, resource: `Deny s3:* on * to everyone if {"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111111111111:role/other"}}`, want: explicitly},
		{says: "a deny of the account denies its users", identity: []string{getAll}, resource: `Deny s3:* on * to ` + annRoot, want: explicitly},
		{says: "a deny of a role denies its sessions", who: appS1, identity: []string{getAll}, resource: `Deny s3:* on * to ` + role, want: explicitly},
		{says: "a deny of one session spares others", who: appS2, identity: []string{getAll}, resource: `Deny s3:* on * to ` + appS1, want: allowed},
	})
	answerAll(t, notPrincipal, []documented{
		{says: "Bob, listed with his account, is not denied", identity: []string{getAll}, resource: `Deny s3:* on * to not ` + ann + `, ` + annRoot, want: allowed},
		{says: "another user is denied", who: "arn:aws:iam::111111111111:user/eve", identity: []string{getAll}, resource: `Deny s3:* on * to not ` + ann + `, ` + annRoot, want: explicitly},
		{says: "the session listed with role and account is not denied", who: appS1, identity: []string{getAll}, resource: `Deny s3:* on * to not ` + appS1 + `, ` + role + `, ` + annRoot, want: allowed},
		{says: "anyone else is denied", who: "anonymous", resource: toAnyone + "\n" + `Deny s3:* on * to not ` + ann + `, ` + annRoot, want: explicitly},
		{says: "a principal with a boundary is always denied", identity: []string{getAll}, boundary: []string{adminAll}, resource: `Deny s3:* on * to not ` + ann + `, ` + annRoot, want: explicitly},
	})
}
