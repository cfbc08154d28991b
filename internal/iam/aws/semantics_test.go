package aws

import "testing"

// twins is a rule of AWS's documentation with a request that it allows and a near twin that it does not.
type twins struct {
	rule   string
	page   string // below https://docs.aws.amazon.com/
	may    question
	mayNot question // want is ImplicitlyDenied unless set
}

const (
	evaluation1   = "IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html"
	crossAccount  = "IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html"
	boundaries    = "IAM/latest/UserGuide/access_policies_boundaries.html"
	sessions      = "IAM/latest/UserGuide/access_policies.html#policies_session"
	principals    = "IAM/latest/UserGuide/reference_policies_elements_principal.html"
	notPrincipal  = "IAM/latest/UserGuide/reference_policies_elements_notprincipal.html"
	notAction     = "IAM/latest/UserGuide/reference_policies_elements_notaction.html"
	notResource   = "IAM/latest/UserGuide/reference_policies_elements_notresource.html"
	resourcePage  = "IAM/latest/UserGuide/reference_policies_elements_resource.html"
	variablesPage = "IAM/latest/UserGuide/reference_policies_variables.html"
	globalKeys    = "IAM/latest/UserGuide/reference_policies_condition-keys.html"
	scpPage       = "organizations/latest/userguide/orgs_manage_policies_scps.html"
	scpEvaluation = "organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html"
	rcpPage       = "organizations/latest/userguide/orgs_manage_policies_rcps.html"
	endpointPage  = "vpc/latest/privatelink/vpc-endpoints-access.html"
	keyPolicy     = "kms/latest/developerguide/key-policy-default.html"
	assumeRole    = "STS/latest/APIReference/API_AssumeRole.html"
	publicAccess  = "AmazonS3/latest/userguide/access-control-block-public-access.html"
	bucketPolicy  = "AmazonS3/latest/API/API_PutBucketPolicy.html"
	actionTables  = "service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"
	oidcRoles     = "IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html"
	samlRoles     = "IAM/latest/UserGuide/id_roles_create_for-idp_saml.html"
	grantsPage    = "kms/latest/developerguide/grants.html"
)

func askTwins(t *testing.T, all []twins) {
	t.Helper()
	for _, pair := range all {
		pair.may.want = Allowed
		for _, q := range []question{pair.may, pair.mayNot} {
			if q.action == "" {
				q.action, q.on = "s3:GetObject", object
			}
			if got := q.ask(t); got.Decision != q.want {
				t.Errorf("%s (https://docs.aws.amazon.com/%s): got %s, want %s\n%q", pair.rule, pair.page, got.Decision, q.want, got.Evidence())
			}
		}
	}
}

func TestAnExplicitDenyInAnyPolicyWins(t *testing.T) {
	all := []string{adminAll}
	toAll, denied := []string{`Allow * on * to everyone`}, `Deny s3:GetObject on *`
	other := `Deny s3:PutObject on *`
	layer := func(name string, with func(q *question, deny string)) twins {
		base := question{who: appS1, identity: all, boundary: all, session: all, scps: [][]string{all, all}, resource: toAll, rcps: [][]string{{}}, endpoint: toAll}
		may, mayNot := base, base
		with(&may, other)
		with(&mayNot, denied)
		mayNot.want = ExplicitlyDenied
		return twins{rule: "an explicit deny overrides an explicit allow: " + name, page: evaluation1, may: may, mayNot: mayNot}
	}
	askTwins(t, []twins{
		layer("identity policy", func(q *question, deny string) { q.identity = []string{adminAll, deny} }),
		layer("permissions boundary", func(q *question, deny string) { q.boundary = []string{adminAll + "\n" + deny} }),
		layer("session policy", func(q *question, deny string) { q.session = []string{adminAll + "\n" + deny} }),
		layer("service control policy of the root", func(q *question, deny string) { q.scps = [][]string{{adminAll, deny}, all} }),
		layer("service control policy of the account", func(q *question, deny string) { q.scps = [][]string{all, {adminAll, deny}} }),
		layer("resource policy", func(q *question, deny string) { q.resource = []string{toAll[0] + "\n" + deny + " to everyone"} }),
		layer("resource control policy", func(q *question, deny string) { q.rcps = [][]string{{deny + " to everyone"}} }),
		layer("endpoint policy", func(q *question, deny string) { q.endpoint = []string{toAll[0] + "\n" + deny + " to everyone"} }),
	})
}

func TestWhoMustAllow(t *testing.T) {
	own, ec2 := []string{`Allow s3:GetObject on arn:aws:s3:::bucket/*`}, []string{`Allow ec2:* on *`}
	to := func(who string) []string { return []string{`Allow s3:GetObject on arn:aws:s3:::bucket/* to ` + who} }
	bob := "arn:aws:iam::222222222222:user/bob"
	askTwins(t, []twins{
		{"within an account an identity policy suffices", evaluation1, question{identity: own}, question{}},
		{"within an account a resource policy suffices", evaluation1, question{resource: to(ann)}, question{resource: to(role)}},
		{"across accounts both must allow: the identity policy", crossAccount, question{owner: two2, identity: own, resource: to(ann)}, question{owner: two2, resource: to(ann)}},
		{"across accounts both must allow: the resource policy", crossAccount, question{owner: two2, identity: own, resource: to(ann)}, question{owner: two2, identity: own}},
		{"across accounts * needs an identity policy too", principals, question{who: bob, owner: one1, identity: own, resource: to("everyone")}, question{who: bob, owner: one1, resource: to("everyone")}},
		{"across accounts a session named needs the role's policy too", crossAccount, question{who: appS1, owner: two2, identity: own, resource: to(appS1)}, question{who: appS1, owner: two2, resource: to(appS1)}},
		{"an account named only delegates to it", principals, question{resource: to(annRoot), identity: own}, question{resource: to(annRoot)}},
		{"the root user has full access to its account", evaluation1, question{who: annRoot}, question{who: annRoot, owner: two2}},
		{"a grant to a user passes its boundary, a grant to its account does not", boundaries, question{boundary: ec2, resource: to(ann)}, question{boundary: ec2, identity: own, resource: to(annRoot)}},
		{"a grant to a role is limited by the boundary, one to the session is not", boundaries, question{who: appS1, boundary: ec2, resource: to(appS1)}, question{who: appS1, boundary: ec2, resource: to(role)}},
		{"a grant to a role is limited by the session policy, one to the session is not", sessions, question{who: appS1, session: ec2, resource: to(appS1)}, question{who: appS1, session: ec2, resource: to(role)}},
		{"a grant to a role counts within the session policy", sessions, question{who: appS1, session: own, resource: to(role)}, question{who: appS1, session: ec2, identity: own, resource: to(role)}},
		{"a grant to * passes boundary and session policy", principals, question{who: appS1, boundary: ec2, session: ec2, resource: to("everyone")}, question{who: appS1, boundary: ec2, session: ec2, resource: to(role)}},
		{"across accounts the boundary limits every grant", crossAccount, question{owner: two2, identity: own, boundary: own, resource: to(ann)}, question{owner: two2, identity: own, boundary: ec2, resource: to(ann)}},
		{"across accounts the session policy limits every grant", crossAccount, question{who: appS1, owner: two2, identity: own, session: own, resource: to(appS1)}, question{who: appS1, owner: two2, identity: own, session: ec2, resource: to(appS1)}},
		{"a session policy grants nothing", sessions, question{who: appS1, identity: own, session: own}, question{who: appS1, session: own}},
		{"a boundary grants nothing", boundaries, question{identity: own, boundary: own}, question{boundary: own}},
		{"anonymous requests need a grant to everyone", principals, question{who: "anonymous", resource: to("everyone")}, question{who: "anonymous", resource: to(one1)}},
	})
}

func TestControlPolicies(t *testing.T) {
	all, ec2 := []string{adminAll}, []string{`Allow ec2:* on *`}
	linked := "arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
	open := []string{`Allow s3:* on * to everyone`}
	sns := "arn:aws:sns:us-east-1:111111111111:t"
	deny := func(what string) [][]string { return [][]string{{`Deny ` + what + ` on * to everyone`}} }
	askTwins(t, []twins{
		{"SCPs of every level must allow", scpEvaluation, question{identity: all, scps: [][]string{all, all, all}}, question{identity: all, scps: [][]string{all, ec2, all}}},
		{"a level without SCPs allows nothing", scpEvaluation, question{identity: all, scps: [][]string{all}}, question{identity: all, scps: [][]string{all, {}}}},
		{"SCPs do not bind the management account, for which none are given", scpPage, question{identity: all}, question{identity: all, scps: [][]string{ec2}}},
		{"SCPs bind the root user of a member", scpPage, question{who: annRoot, scps: [][]string{all}}, question{who: annRoot, scps: [][]string{ec2}}},
		{"SCPs do not bind service-linked roles", scpPage, question{who: linked, identity: all, scps: [][]string{ec2}}, question{who: appS1, identity: all, scps: [][]string{ec2}}},
		{"SCPs do not bind sessions of service-linked roles", scpPage, question{who: "arn:aws:sts::111111111111:assumed-role/AWSServiceRoleForX/s", identity: all, scps: [][]string{ec2}}, question{who: "arn:aws:sts::111111111111:assumed-role/MyAWSServiceRoleForX/s", identity: all, scps: [][]string{ec2}}},
		{"SCPs bind what a resource policy grants", scpPage, question{resource: open, scps: [][]string{all}}, question{resource: open, scps: [][]string{ec2}}},
		{"SCPs of the caller's account do not bind services", scpPage, question{who: "cloudtrail.amazonaws.com", resource: open, scps: [][]string{ec2}}, question{resource: open, scps: [][]string{ec2}}},
		{"RCPs without customer policies let through", rcpPage, question{identity: all, rcps: [][]string{{}, {}}}, question{identity: all, rcps: [][]string{{}, deny("s3:*")[0]}, want: ExplicitlyDenied}},
		{"RCPs bind principals of other organizations", rcpPage, question{who: "anonymous", resource: open, rcps: deny("kms:*")}, question{who: "anonymous", resource: open, rcps: deny("s3:*"), want: ExplicitlyDenied}},
		{"RCPs do not bind service-linked roles", rcpPage, question{who: linked, identity: all, rcps: deny("s3:*")}, question{who: appS1, identity: all, rcps: deny("s3:*"), want: ExplicitlyDenied}},
		{"RCPs bind the services that support them", rcpPage, question{action: "sns:Publish", on: sns, identity: all, rcps: deny("*")}, question{action: "sqs:SendMessage", on: "arn:aws:sqs:us-east-1:111111111111:q", identity: all, rcps: deny("*"), want: ExplicitlyDenied}},
		{"RCPs do not bind kms:RetireGrant", rcpPage, question{action: "kms:RetireGrant", on: kmsKey, resource: []string{`Allow kms:* on * to ` + ann}, rcps: deny("kms:*")}, question{action: "kms:CreateGrant", on: kmsKey, resource: []string{`Allow kms:* on * to ` + ann}, rcps: deny("kms:*"), want: ExplicitlyDenied}},
		{"an endpoint's policy must allow and grants nothing", endpointPage, question{identity: all, endpoint: open}, question{identity: all, endpoint: []string{`Allow ec2:* on * to everyone`}}},
		{"an endpoint's policy alone does not suffice", endpointPage, question{identity: all, endpoint: open}, question{endpoint: open}},
	})
}

func TestPrincipalInAllItsForms(t *testing.T) {
	own := []string{adminAll}
	plain := func(principal string) []string {
		return []string{`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":` + principal + `}}`}
	}
	canonical := func(id string) func(*Principal) { return func(p *Principal) { p.Canonical = id } }
	org := ` if {"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`
	from := func(q question) question { q.owner = one1; return q }
	saml, oidc := "arn:aws:iam::111111111111:saml-provider/idp", "token.actions.githubusercontent.com"
	bob := "arn:aws:iam::222222222222:user/bob"
	origin := "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"
	askTwins(t, []twins{
		{"everyone, bare", principals, from(question{who: "anonymous", resource: plain(`"*"`)}), from(question{who: "anonymous", resource: plain(`"111111111111"`)})},
		{"everyone, as AWS", principals, from(question{who: "anonymous", resource: plain(`{"AWS":"*"}`)}), from(question{who: "anonymous", resource: plain(`{"Service":"s3.amazonaws.com"}`)})},
		{"everyone under a condition", principals, from(question{who: bob, identity: own, context: keys{"aws:PrincipalOrgID": {"o-1"}}, resource: []string{`Allow s3:* on * to everyone` + org}}), from(question{who: bob, identity: own, context: keys{"aws:PrincipalOrgID": {"o-2"}}, resource: []string{`Allow s3:* on * to everyone` + org}})},
		{"an account by its number", principals, from(question{who: bob, identity: own, resource: plain(`{"AWS":"222222222222"}`)}), from(question{who: bob, identity: own, resource: plain(`{"AWS":"333333333333"}`)})},
		{"an account by its root ARN", principals, from(question{who: bob, identity: own, resource: plain(`{"AWS":"arn:aws:iam::222222222222:root"}`)}), from(question{who: bob, identity: own, resource: plain(`{"AWS":"arn:aws:iam::333333333333:root"}`)})},
		{"an account as a plain string", principals, from(question{who: bob, identity: own, resource: plain(`"222222222222"`)}), from(question{who: bob, identity: own, resource: plain(`"333333333333"`)})},
		{"a user as a plain string", principals, question{resource: plain(`"` + ann + `"`)}, question{resource: plain(`"` + bob + `"`)}},
		{"a service as a plain string", principals, question{who: "sns.amazonaws.com", resource: plain(`"sns.amazonaws.com"`)}, question{who: "sqs.amazonaws.com", resource: plain(`"sns.amazonaws.com"`)}},
		{"a role", principals, question{who: appS1, resource: plain(`{"AWS":"` + role + `"}`)}, question{who: appS1, resource: plain(`{"AWS":"arn:aws:iam::111111111111:role/other"}`)}},
		{"a role with a path, known by a session's ARN", principals, question{who: appS1, resource: plain(`{"AWS":"arn:aws:iam::111111111111:role/team/app"}`)}, question{who: role, resource: plain(`{"AWS":"arn:aws:iam::111111111111:role/team/app"}`)}},
		{"a session", principals, question{who: appS1, resource: plain(`{"AWS":"` + appS1 + `"}`)}, question{who: appS2, resource: plain(`{"AWS":"` + appS1 + `"}`)}},
		{"no wildcard in an ARN", principals, question{resource: plain(`{"AWS":["` + ann + `"]}`)}, question{resource: plain(`{"AWS":"arn:aws:iam::111111111111:user/*"}`)}},
		{"a canonical user", principals, from(question{who: bob, identity: own, principal: canonical("79a5"), resource: plain(`{"CanonicalUser":"79a5"}`)}), from(question{who: bob, identity: own, principal: canonical("0000"), resource: plain(`{"CanonicalUser":"79a5"}`)})},
		{"a service", principals, question{who: "sns.amazonaws.com", resource: plain(`{"Service":["sns.amazonaws.com"]}`)}, question{who: "sns.amazonaws.com", resource: plain(`{"Service":["sqs.amazonaws.com"]}`)}},
		{"CloudFront's origin access identity", principals, question{who: origin, resource: plain(`{"AWS":"` + origin + `"}`)}, question{who: origin, resource: plain(`{"AWS":"` + origin + `0"}`)}},
		{"an OpenID Connect provider by its ARN", oidcRoles, becomes(saml, `federated:`+saml, "sts:AssumeRoleWithSAML"), becomes(saml, `federated:`+saml+`2`, "sts:AssumeRoleWithSAML")},
		{"a web identity by its host", oidcRoles, becomes(oidc, `federated:arn:aws:iam::111111111111:oidc-provider/`+oidc, "sts:AssumeRoleWithWebIdentity"), becomes("gitlab.com", `federated:arn:aws:iam::111111111111:oidc-provider/`+oidc, "sts:AssumeRoleWithWebIdentity")},
		{"a public web identity", oidcRoles, becomes("accounts.google.com", `federated:accounts.google.com`, "sts:AssumeRoleWithWebIdentity"), becomes("www.amazon.com", `federated:accounts.google.com`, "sts:AssumeRoleWithWebIdentity")},
		{"a SAML provider by its ARN", samlRoles, becomes(saml, `federated:`+saml, "sts:AssumeRoleWithSAML"), becomes(ann, `federated:`+saml, "sts:AssumeRoleWithSAML")},
	})
}

func becomes(who, trusted, action string) question {
	return question{who: who, action: action, on: role, owner: one1, resource: []string{`Allow ` + action + ` to ` + trusted}}
}

func TestTheNegatedElements(t *testing.T) {
	own, full := []string{adminAll}, `Allow s3:* on * to everyone`
	except := func(who string) []string { return []string{full, `Deny s3:* on * to not ` + who} }
	eve := "arn:aws:iam::111111111111:user/eve"
	denied := func(q question) question { q.want = ExplicitlyDenied; return q }
	askTwins(t, []twins{
		{"NotAction allows all but the actions listed", notAction, question{identity: []string{`Allow not iam:* on *`}}, question{identity: []string{`Allow not s3:Get* on *`}}},
		{"NotAction denies all but the actions listed", notAction, question{identity: []string{adminAll, `Deny not s3:* on *`}}, denied(question{identity: []string{adminAll, `Deny not iam:* on *`}})},
		{"NotResource allows all but the resources listed", notResource, question{identity: []string{`Allow s3:* on not arn:aws:s3:::HRBucket/*`}}, question{identity: []string{`Allow s3:* on not arn:aws:s3:::bucket/*`}}},
		{"NotResource denies all but the resources listed", notResource, question{identity: []string{adminAll, `Deny s3:* on not arn:aws:s3:::bucket, arn:aws:s3:::bucket/*`}}, denied(question{identity: []string{adminAll, `Deny s3:* on not arn:aws:s3:::HRBucket/Payroll/*`}})},
		{"NotPrincipal denies all but the user listed with its account", notPrincipal, question{identity: own, resource: except(ann + ", " + annRoot)}, denied(question{who: eve, identity: own, resource: except(ann + ", " + annRoot)})},
		{"NotPrincipal denies all but the account listed", notPrincipal, question{identity: own, resource: except(one1)}, denied(question{identity: own, resource: except(two2)})},
		{"NotPrincipal denies all but the session listed with role and account", notPrincipal, question{who: appS1, resource: except(appS1 + ", " + role + ", " + annRoot)}, denied(question{who: appS2, resource: except(appS1 + ", " + role + ", " + annRoot)})},
		{"NotPrincipal denies all but the role listed", notPrincipal, question{who: role, resource: except(appS1 + ", " + role + ", " + annRoot)}, denied(question{who: role, resource: except(appS1 + ", " + annRoot)})},
		{"NotPrincipal with Deny always denies principals with a boundary", notPrincipal, question{identity: own, resource: except(ann + ", " + annRoot)}, denied(question{identity: own, boundary: own, resource: except(ann + ", " + annRoot)})},
		{"NotPrincipal excepts services", notPrincipal, question{who: "sns.amazonaws.com", resource: except("service:sns.amazonaws.com")}, denied(question{who: "sqs.amazonaws.com", resource: except("service:sns.amazonaws.com")})},
	})
}

func TestRolesKeysAndBuckets(t *testing.T) {
	own, root := []string{adminAll}, annRoot
	trust := func(who string) []string { return []string{`Allow sts:AssumeRole to ` + who} }
	become := func(q question) question { q.action, q.on = "sts:AssumeRole", role; return q }
	decrypt := func(q question) question { q.action, q.on = "kms:Decrypt", kmsKey; return q }
	policy := func(action, who string) question {
		return question{who: who, action: action, on: "arn:aws:s3:::bucket", resource: []string{`Deny s3:* on * to everyone`}, want: ExplicitlyDenied}
	}
	public := []string{`Allow s3:GetObject on * to everyone`}
	askTwins(t, []twins{
		{"a role must trust the principal even within the account", assumeRole, become(question{identity: own, resource: trust(root)}), become(question{identity: own, resource: trust(two2)})},
		{"a user whom the trust names needs no policy, one of the account does", assumeRole, become(question{resource: trust(ann)}), become(question{resource: trust(root)})},
		{"trust in a stranger's account needs the stranger's policy", assumeRole, become(question{who: "arn:aws:iam::222222222222:user/bob", identity: own, resource: trust(two2)}), become(question{who: "arn:aws:iam::222222222222:user/bob", resource: trust(two2)})},
		{"the root user cannot assume a role", assumeRole, become(question{identity: own, resource: trust(root)}), become(question{who: root, resource: trust(root)})},
		{"tagging a session is decided by the trust policy too", assumeRole, question{action: "sts:TagSession", on: role, identity: own, resource: []string{`Allow sts:TagSession to ` + root}}, question{action: "sts:TagSession", on: role, identity: own, resource: trust(root)}},
		{"a key's policy must let the account's policies count", keyPolicy, decrypt(question{identity: own, resource: []string{`Allow kms:* on * to ` + root}}), decrypt(question{identity: own})},
		{"a key's policy may name the principal alone", keyPolicy, decrypt(question{resource: []string{`Allow kms:Decrypt on * to ` + ann}}), decrypt(question{resource: []string{`Allow kms:Encrypt on * to ` + ann}})},
		{"even the root user needs the key's policy", keyPolicy, decrypt(question{who: root, resource: []string{`Allow kms:* on * to ` + root}}), decrypt(question{who: root})},
		{"an alias has no policy of its own", keyPolicy, question{action: "kms:DeleteAlias", on: "arn:aws:kms:us-east-1:111111111111:alias/a", identity: own}, question{action: "kms:DeleteAlias", on: "arn:aws:kms:us-east-1:111111111111:alias/a"}},
		{"the owner's root user can mend a bucket's policy that denies it", bucketPolicy, policy("s3:PutBucketPolicy", root), policy("s3:PutBucketAcl", root)},
		{"the owner's other users cannot", bucketPolicy, policy("s3:DeleteBucketPolicy", root), policy("s3:DeleteBucketPolicy", ann)},
		{"RestrictPublicBuckets stops anonymous requests", publicAccess, question{who: "anonymous", owner: one1, resource: public}, question{who: "anonymous", owner: one1, resource: public, noPublic: true}},
		{"RestrictPublicBuckets leaves a policy that is not public alone", publicAccess, question{who: "arn:aws:iam::222222222222:user/bob", owner: one1, identity: own, resource: []string{`Allow s3:* on * to 222222222222`}, noPublic: true}, question{who: "arn:aws:iam::222222222222:user/bob", owner: one1, identity: own, resource: public, noPublic: true}},
	})
}

func TestWildcardsAndWhatAnActionActsOn(t *testing.T) {
	on := func(action, resource string, identity ...string) question {
		return question{action: action, on: resource, identity: identity}
	}
	instance, objects := "arn:aws:ec2:us-east-1:111111111111:instance/i-1", "arn:aws:s3:::bucket/*"
	denied := func(q question) question { q.want = ExplicitlyDenied; return q }
	home := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::bucket/${aws:PrincipalTag/team, 'company-wide'}/*"}}`
	tag := func(team string) keys { return keys{"aws:PrincipalTag/team": {team}} }
	askTwins(t, []twins{
		{"a star reaches across slashes", resourcePage, on("s3:GetObject", "arn:aws:s3:::b/1/2/test/3", `Allow s3:* on arn:aws:s3:::b/*/test/*`), on("s3:GetObject", "arn:aws:s3:::b/test/3", `Allow s3:* on arn:aws:s3:::b/*/test/*`)},
		{"a question mark is one character", resourcePage, on("s3:GetObject", object, `Allow s3:* on arn:aws:s3:::bucke?/key`), on("s3:GetObject", object, `Allow s3:* on arn:aws:s3:::bucket?/key`)},
		{"names of actions are matched in any case, of resources not", resourcePage, on("s3:getobject", object, `Allow S3:GetObject on *`), on("s3:GetObject", object, `Allow s3:* on arn:aws:s3:::Bucket/key`)},
		{"an action without resource types is granted on all", actionTables, on("ec2:DescribeInstances", "*", `Allow ec2:Describe* on *`), on("ec2:DescribeInstances", "*", `Allow ec2:Describe* on `+instance)},
		{"an action acts on its resource types only", actionTables, on("ec2:StopInstances", instance, `Allow ec2:* on *`), on("s3:GetObject", "arn:aws:s3:::bucket", `Allow s3:* on *`)},
		{"a pattern is allowed when all that it covers is", resourcePage, on("s3:GetObject", objects, `Allow s3:GetObject on arn:aws:s3:::buck*`), on("s3:GetObject", objects, `Allow s3:GetObject on arn:aws:s3:::bucket/a/*`)},
		{"a deny on a part denies the pattern", resourcePage, on("s3:GetObject", objects, adminAll, `Deny s3:* on arn:aws:s3:::other/*`), denied(on("s3:GetObject", objects, adminAll, `Deny s3:* on arn:aws:s3:::bucket/secret/*`))},
		{"two allows may cover a pattern together", resourcePage, on("s3:GetObject", objects, `Allow s3:* on arn:aws:s3:::bucket/a*`, `Allow s3:* on not arn:aws:s3:::bucket/a*`), on("s3:GetObject", objects, `Allow s3:* on arn:aws:s3:::bucket/a*`, `Allow s3:* on not arn:aws:s3:::bucket/*`)},
		{"a pattern of actions is allowed when every action is", resourcePage, on("s3:Get*", "*", `Allow s3:* on *`), on("s3:Get*", "*", `Allow s3:GetObject* on *`)},
		{"a variable takes the request's value", variablesPage, question{action: "s3:GetObject", on: "arn:aws:s3:::bucket/red/f", context: tag("red"), identity: []string{home}}, question{action: "s3:GetObject", on: "arn:aws:s3:::bucket/red/f", context: tag("blue"), identity: []string{home}}},
		{"a variable's default stands in when there is no value", variablesPage, question{action: "s3:GetObject", on: "arn:aws:s3:::bucket/company-wide/f", identity: []string{home}}, question{action: "s3:GetObject", on: "arn:aws:s3:::bucket/company-wide/f", context: tag("red"), identity: []string{home}}},
		{"a value's wildcard is none", variablesPage, question{action: "s3:GetObject", on: "arn:aws:s3:::bucket/red/f", context: tag("red"), identity: []string{home}}, question{action: "s3:GetObject", on: "arn:aws:s3:::bucket/red/f", context: tag("*"), identity: []string{home}}},
	})
}
