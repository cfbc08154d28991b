package aws

import "testing"

// AssumeRole, "Permissions" (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html), and Policy
// evaluation logic on role trust policies.
func TestBecomingARole(t *testing.T) {
	own := []string{`Allow sts:AssumeRole on ` + role}
	trusts := func(principal string) []string { return []string{`Allow sts:AssumeRole to ` + principal} }
	become := func(name, who string, identity, trust []string, want Decision) question {
		return question{name: name, who: who, action: "sts:AssumeRole", on: role, identity: identity, resource: trust, want: want}
	}
	stranger := "arn:aws:iam::222222222222:user/bob"
	askAll(t, []question{
		become("a user whom the trust names needs no policy", ann, nil, trusts(ann), Allowed),
		become("trust in the account needs a policy of the user", ann, nil, trusts(annRoot), ImplicitlyDenied),
		become("trust in the account and a policy of the user suffice", ann, own, trusts(one1), Allowed),
		become("a policy of the user without trust does not", ann, own, trusts(two2), ImplicitlyDenied),
		become("no trust policy at all does not", ann, own, nil, ImplicitlyDenied),
		become("a stranger whom the trust names needs a policy too", stranger, nil, trusts(stranger), ImplicitlyDenied),
		become("a stranger with trust and policy may", stranger, own, trusts(two2), Allowed),
		become("trust in everyone needs no policy within the account", ann, nil, trusts("everyone"), Allowed),
		become("trust in everyone needs a policy outside it", stranger, nil, trusts("everyone"), ImplicitlyDenied),
		become("the root user cannot assume roles", annRoot, nil, trusts(annRoot), ImplicitlyDenied),
		become("the service named may", "lambda.amazonaws.com", nil, trusts("service:lambda.amazonaws.com"), Allowed),
		become("another service may not", "ec2.amazonaws.com", nil, trusts("service:lambda.amazonaws.com"), ImplicitlyDenied),
		become("trust in a service is none in a user", ann, own, trusts("service:lambda.amazonaws.com"), ImplicitlyDenied),
		become("a role may be named without its path being known", "arn:aws:sts::222222222222:assumed-role/ci/x", own, trusts("arn:aws:iam::222222222222:role/team/ci"), Allowed),
		become("the boundary of a role limits the trust in it", "arn:aws:iam::111111111111:role/ci", nil, trusts("arn:aws:iam::111111111111:role/ci"), Allowed),
		{name: "a boundary without sts stops a role that the trust names", who: "arn:aws:iam::111111111111:role/ci", action: "sts:AssumeRole", on: role, boundary: []string{`Allow s3:* on *`}, resource: trusts("arn:aws:iam::111111111111:role/ci"), want: ImplicitlyDenied},
		{name: "a boundary without sts does not stop a user whom the trust names", action: "sts:AssumeRole", on: role, boundary: []string{`Allow s3:* on *`}, resource: trusts(ann), want: Allowed},
		{name: "an external ID not given stops", who: stranger, action: "sts:AssumeRole", on: role, identity: own, resource: []string{`Allow sts:AssumeRole to 222222222222 if {"StringEquals":{"sts:ExternalId":"x"}}`}, want: ImplicitlyDenied},
		{name: "an external ID not known leaves it open", who: stranger, action: "sts:AssumeRole", on: role, unknown: []string{"sts:ExternalId"}, identity: own, resource: []string{`Allow sts:AssumeRole to 222222222222 if {"StringEquals":{"sts:ExternalId":"x"}}`}, want: Possible},
	})
}

// Creating a role for OpenID Connect federation
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html).
func TestWebIdentity(t *testing.T) {
	github := "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com"
	trust := []string{`Allow sts:AssumeRoleWithWebIdentity to federated:` + github + ` if {"StringLike":{"token.actions.githubusercontent.com:sub":"repo:org/*"}}`}
	come := func(name, who, sub string, want Decision) question {
		return question{name: name, who: who, action: "sts:AssumeRoleWithWebIdentity", on: role, resource: trust, want: want, context: map[string][]string{"token.actions.githubusercontent.com:sub": {sub}}}
	}
	askAll(t, []question{
		come("a workflow of the organization may", github, "repo:org/app:ref:refs/heads/main", Allowed),
		come("a workflow of another may not", github, "repo:evil/app:ref:refs/heads/main", ImplicitlyDenied),
		come("another provider may not", "arn:aws:iam::111111111111:oidc-provider/gitlab.com", "repo:org/app", ImplicitlyDenied),
		come("a user of the account may not", ann, "repo:org/app", ImplicitlyDenied),
	})
}

// Key policies in AWS KMS, "Default key policy" (https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html).
func TestKeyPolicies(t *testing.T) {
	own := []string{`Allow kms:* on *`}
	account := []string{`Allow kms:* on * to ` + annRoot}
	use := func(name, who string, identity, key []string, want Decision) question {
		return question{name: name, who: who, action: "kms:Decrypt", on: kmsKey, identity: identity, resource: key, want: want}
	}
	askAll(t, []question{
		use("an identity policy alone is without effect", ann, own, nil, ImplicitlyDenied),
		use("a key policy that names the account enables identity policies", ann, own, account, Allowed),
		use("naming the account alone grants nothing", ann, nil, account, ImplicitlyDenied),
		use("a key policy may grant directly", ann, nil, []string{`Allow kms:Decrypt on * to ` + ann}, Allowed),
		use("the root user needs the key policy too", annRoot, nil, nil, ImplicitlyDenied),
		use("the root user named may", annRoot, nil, account, Allowed),
		use("across accounts both are needed", "arn:aws:iam::222222222222:user/bob", nil, []string{`Allow kms:* on * to 222222222222`}, ImplicitlyDenied),
		use("across accounts both suffice", "arn:aws:iam::222222222222:user/bob", own, []string{`Allow kms:* on * to 222222222222`}, Allowed),
		{name: "creating a key needs no key policy", action: "kms:CreateKey", on: "*", identity: own, want: Allowed},
	})
}

func TestGrants(t *testing.T) {
	grant := func(g Grant) Result {
		p, err := GrantPolicy("grant g", g)
		if err != nil {
			t.Fatal(err)
		}
		who, _ := ParsePrincipal(appS1)
		request := &Request{Principal: who, Action: "kms:Decrypt", Resource: kmsKey, Context: map[string][]string{"kms:EncryptionContext:app": {"x"}, "kms:EncryptionContextKeys": {"app"}}}
		return Evaluate(request, nil, &ResourcePolicies{Resource: []*Policy{p}})
	}
	for _, c := range []struct {
		name  string
		grant Grant
		want  Decision
	}{
		{"the grantee may do what is granted", Grant{Grantee: role, Operations: []string{"Decrypt"}}, Allowed},
		{"the grantee may do nothing else", Grant{Grantee: role, Operations: []string{"Encrypt"}}, ImplicitlyDenied},
		{"nobody else may", Grant{Grantee: ann, Operations: []string{"Decrypt"}}, ImplicitlyDenied},
		{"the encryption context agrees", Grant{Grantee: role, Operations: []string{"Decrypt"}, Equals: map[string]string{"app": "x"}}, Allowed},
		{"the encryption context is part of what is asked for", Grant{Grantee: role, Operations: []string{"Decrypt"}, Subset: map[string]string{"app": "y"}}, ImplicitlyDenied},
		{"the encryption context has more than it may", Grant{Grantee: role, Operations: []string{"Decrypt"}, Equals: map[string]string{"env": "p"}}, ImplicitlyDenied},
		{"the encryption context lacks a pair", Grant{Grantee: role, Operations: []string{"Decrypt"}, Equals: map[string]string{"app": "x", "env": "p"}}, ImplicitlyDenied},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := grant(c.grant).Decision; got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// CreateGrant, Constraints: they bind the operations that take an encryption context.
func TestConstraintsBindWhatTakesAnEncryptionContext(t *testing.T) {
	grant, err := GrantPolicy("grant g", Grant{Grantee: role, Retiree: ann, Operations: []string{"Decrypt", "DescribeKey"}, Subset: map[string]string{"app": "x"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		who, action string
		want        Decision
	}{{appS1, "kms:Decrypt", ImplicitlyDenied}, {appS1, "kms:DescribeKey", Allowed}, {ann, "kms:RetireGrant", Allowed}, {appS1, "kms:RetireGrant", ImplicitlyDenied}, {ann, "kms:DescribeKey", ImplicitlyDenied}} {
		who, _ := ParsePrincipal(c.who)
		if got := Evaluate(&Request{Principal: who, Action: c.action, Resource: kmsKey}, nil, &ResourcePolicies{Resource: []*Policy{grant}}); got.Decision != c.want {
			t.Errorf("%s by %s: %q", c.action, c.who, got.Evidence())
		}
	}
}

// Policy evaluation logic on the root user; GetCallerIdentity; VPC endpoint policies; S3 block public access.
func TestSpecialCases(t *testing.T) {
	public := []string{`Allow s3:GetObject on * to everyone`}
	partner := []string{`Allow s3:GetObject on * to everyone
		Allow s3:GetObject on * to 222222222222`}
	bob := "arn:aws:iam::222222222222:user/bob"
	askAll(t, []question{
		{name: "the root user may do everything in the account", who: annRoot, action: "s3:GetObject", on: object, want: Allowed},
		{name: "a bucket policy denies the root user", who: annRoot, action: "s3:GetObject", on: object, resource: []string{`Deny s3:* on * to everyone`}, want: ExplicitlyDenied},
		{name: "the root user of another account needs the resource's consent", who: annRoot, action: "s3:GetObject", on: object, owner: two2, want: ImplicitlyDenied},
		{name: "who one is can always be asked", action: "sts:GetCallerIdentity", on: "*", identity: []string{`Deny * on *`}, want: Allowed},
		{name: "an endpoint policy limits", action: "s3:GetObject", on: object, identity: []string{adminAll}, endpoint: []string{`Allow s3:* on arn:aws:s3:::other/* to everyone`}, want: ImplicitlyDenied},
		{name: "an endpoint policy grants nothing", action: "s3:GetObject", on: object, endpoint: []string{`Allow * on * to everyone`}, want: ImplicitlyDenied},
		{name: "both allow", action: "s3:GetObject", on: object, identity: []string{adminAll}, endpoint: []string{`Allow * on * to everyone`}, want: Allowed},
		{name: "a public bucket is open to anyone", who: "anonymous", action: "s3:GetObject", on: object, owner: one1, resource: public, want: Allowed},
		{name: "the block closes it to anonymous requests", who: "anonymous", action: "s3:GetObject", on: object, owner: one1, resource: public, noPublic: true, want: ImplicitlyDenied},
		{name: "the block closes it to partners named beside everyone", who: bob, action: "s3:GetObject", on: object, owner: one1, identity: []string{adminAll}, resource: partner, noPublic: true, want: ImplicitlyDenied},
		{name: "the block leaves a policy that is not public alone", who: bob, action: "s3:GetObject", on: object, owner: one1, identity: []string{adminAll}, resource: []string{`Allow s3:GetObject on * to 222222222222`}, noPublic: true, want: Allowed},
		{name: "the block leaves the owner's account alone", action: "s3:GetObject", on: object, owner: one1, resource: public, noPublic: true, want: Allowed},
	})
}

// AWS global condition context keys, aws:PrincipalIsAWSService, and the table of principal key values.
func TestKeysThatFollowFromThePrincipal(t *testing.T) {
	when := func(name, who, condition string, want Decision) question {
		return question{name: name, who: who, action: "s3:GetObject", on: object, owner: one1, identity: []string{adminAll}, resource: []string{`Allow s3:GetObject on * to everyone`, `Deny s3:* on * to everyone if ` + condition}, want: want}
	}
	askAll(t, []question{
		when("a user has a name", ann, `{"StringEquals":{"aws:username":"ann"}}`, ExplicitlyDenied),
		when("a role has none", appS1, `{"StringLike":{"aws:username":"*"}}`, Allowed),
		when("a session is known by its role", appS1, `{"ArnEquals":{"aws:PrincipalArn":"`+role+`"}}`, ExplicitlyDenied),
		when("a session is not known by its own ARN", appS1, `{"ArnEquals":{"aws:PrincipalArn":"`+appS1+`"}}`, Allowed),
		when("anonymous has no ARN, so that a negated condition holds", "anonymous", `{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/*"}}`, ExplicitlyDenied),
		when("anonymous belongs to the account anonymous", "anonymous", `{"StringEquals":{"aws:PrincipalAccount":"anonymous"}}`, ExplicitlyDenied),
		when("a service is a service", "cloudtrail.amazonaws.com", `{"Bool":{"aws:PrincipalIsAWSService":"false"}}`, Allowed),
		when("a user is none", ann, `{"Bool":{"aws:PrincipalIsAWSService":"false"}}`, ExplicitlyDenied),
		when("the resource's account is known", ann, `{"StringNotEquals":{"aws:ResourceAccount":"111111111111"}}`, Allowed),
		{name: "tags known to be none", action: "s3:GetObject", on: object, unknown: []string{"*"}, identity: []string{`Allow s3:* on * if {"StringEquals":{"aws:PrincipalTag/team":"red"}}`}, principal: func(p *Principal) { p.Tags = map[string]string{} }, want: ImplicitlyDenied},
		{name: "tags match without regard to the case of their keys", action: "s3:GetObject", on: object, identity: []string{`Allow s3:* on * if {"StringEquals":{"aws:PrincipalTag/Team":"red"}}`}, principal: func(p *Principal) { p.Tags = map[string]string{"team": "red"} }, want: Allowed},
		{name: "an access key carries no token", action: "s3:GetObject", on: object, unknown: []string{"*"}, identity: []string{adminAll, `Deny * on * if {"Null":{"aws:TokenIssueTime":"true"}}`}, principal: func(p *Principal) { p.LongTerm = true }, want: ExplicitlyDenied},
	})
}
