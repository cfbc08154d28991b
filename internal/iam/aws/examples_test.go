package aws

import "testing"

// Policy evaluation logic, "Example identity-based and resource-based policy evaluation"
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html).
func TestCarlosInOneAccount(t *testing.T) {
	carlos := "arn:aws:iam::111111111111:user/carlossalazar"
	own := []string{`Allow s3:GetBucketLocation, s3:GetAccountPublicAccessBlock, s3:ListAccessPoints, s3:ListAllMyBuckets on arn:aws:s3:::*
		Allow s3:* on arn:aws:s3:::carlossalazar/*, arn:aws:s3:::carlossalazar
		Deny s3:* on arn:aws:s3:::*log*`}
	bucket := []string{`Allow s3:* on arn:aws:s3:::carlossalazar/*, arn:aws:s3:::carlossalazar to ` + carlos}
	askAll(t, []question{
		{name: "his own bucket is allowed by both policies", who: carlos, action: "s3:PutObject", on: "arn:aws:s3:::carlossalazar/f", identity: own, resource: bucket, want: Allowed},
		{name: "the logs bucket is denied explicitly", who: carlos, action: "s3:PutObject", on: "arn:aws:s3:::carlossalazar-logs/f", identity: own, want: ExplicitlyDenied},
		{name: "the bucket's policy alone suffices", who: carlos, action: "s3:PutObject", on: "arn:aws:s3:::carlossalazar/f", resource: bucket, want: Allowed},
		{name: "another bucket is allowed by nothing", who: carlos, action: "s3:PutObject", on: "arn:aws:s3:::other/f", identity: own, want: ImplicitlyDenied},
	})
}

// Cross-account policy evaluation logic, "Example cross-account policy evaluation"
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html).
func TestCarlosAcrossAccounts(t *testing.T) {
	carlos := "arn:aws:iam::111111111111:user/carlossalazar"
	own := []string{`Allow s3:ListAllMyBuckets on *
		Allow s3:*Object* on arn:aws:s3:::Production/*
		Deny s3:* on arn:aws:s3:::*log*, arn:aws:s3:::*log*/*`}
	bucket := []string{`Allow s3:GetObject*, s3:PutObject*, s3:ReplicateObject, s3:RestoreObject on arn:aws:s3:::Production/* to ` + carlos}
	askAll(t, []question{
		{name: "both accounts allow", who: carlos, action: "s3:PutObject", on: "arn:aws:s3:::Production/f", owner: two2, identity: own, resource: bucket, want: Allowed},
		{name: "his account denies logs", who: carlos, action: "s3:PutObject", on: "arn:aws:s3:::Production-logs/f", owner: two2, identity: own, want: ExplicitlyDenied},
		{name: "the bucket does not allow deletion", who: carlos, action: "s3:DeleteObject", on: "arn:aws:s3:::Production/f", owner: two2, identity: own, resource: bucket, want: ImplicitlyDenied},
		{name: "the bucket alone does not suffice", who: carlos, action: "s3:PutObject", on: "arn:aws:s3:::Production/f", owner: two2, resource: bucket, want: ImplicitlyDenied},
		{name: "his account alone does not suffice", who: carlos, action: "s3:PutObject", on: "arn:aws:s3:::Production/f", owner: two2, identity: own, want: ImplicitlyDenied},
	})
}

// Permissions boundaries for IAM entities, the user ShirleyRodriguez
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html).
func TestShirleysBoundary(t *testing.T) {
	boundary := []string{`Allow s3:*, cloudwatch:*, ec2:* on *`}
	create := []string{`Allow iam:CreateUser on *`}
	user := "arn:aws:iam::111111111111:user/new"
	askAll(t, []question{
		{name: "a boundary limits what the identity policy allows", action: "iam:CreateUser", on: user, identity: create, boundary: boundary, want: ImplicitlyDenied},
		{name: "a boundary grants nothing", action: "s3:GetObject", on: object, identity: create, boundary: boundary, want: ImplicitlyDenied},
		{name: "without the boundary she may", action: "iam:CreateUser", on: user, identity: create, want: Allowed},
		{name: "what both allow is allowed", action: "s3:GetObject", on: object, identity: []string{adminAll}, boundary: boundary, want: Allowed},
	})
}

// Policy evaluation logic, the table "Resource-based policies and implicit denies in other policy types (same account)".
func TestWhatAResourcePolicyOverrides(t *testing.T) {
	ec2 := []string{`Allow ec2:* on *`}
	to := func(principal string) []string {
		return []string{`Allow s3:GetObject on arn:aws:s3:::bucket/* to ` + principal}
	}
	federated := "arn:aws:sts::111111111111:federated-user/ann"
	askAll(t, []question{
		{name: "a grant to a user is not limited by the boundary", action: "s3:GetObject", on: object, boundary: ec2, resource: to(ann), want: Allowed},
		{name: "a grant to a role is limited by the boundary", who: appS1, action: "s3:GetObject", on: object, boundary: ec2, resource: to(role), want: ImplicitlyDenied},
		{name: "a grant to a role is limited by the session policy", who: appS1, action: "s3:GetObject", on: object, session: ec2, resource: to(role), want: ImplicitlyDenied},
		{name: "a grant to a role needs no identity policy", who: appS1, action: "s3:GetObject", on: object, resource: to(role), want: Allowed},
		{name: "a grant to a session is not limited by the boundary", who: appS1, action: "s3:GetObject", on: object, boundary: ec2, resource: to(appS1), want: Allowed},
		{name: "a grant to a session is not limited by the session policy", who: appS1, action: "s3:GetObject", on: object, session: ec2, resource: to(appS1), want: Allowed},
		{name: "a grant to one session is none to another", who: appS2, action: "s3:GetObject", on: object, resource: to(appS1), want: ImplicitlyDenied},
		{name: "a grant to everyone is not limited by the boundary", who: appS1, action: "s3:GetObject", on: object, boundary: ec2, resource: to("everyone"), want: Allowed},
		{name: "an explicit deny in the boundary still holds", action: "s3:GetObject", on: object, boundary: []string{`Deny s3:* on *`}, resource: to(ann), want: ExplicitlyDenied},
		{name: "a grant to the account lets the account's policies decide: they do not", action: "s3:GetObject", on: object, resource: to(one1), want: ImplicitlyDenied},
		{name: "a grant to the account lets the account's policies decide: they do", action: "s3:GetObject", on: object, identity: []string{adminAll}, resource: to(annRoot), want: Allowed},
		{name: "a grant to a federated session is not limited", who: federated, action: "s3:GetObject", on: object, session: ec2, resource: to(federated), want: Allowed},
		{name: "a grant to the user who federated is limited by the session policy", who: federated, action: "s3:GetObject", on: object, session: ec2, resource: to(ann), want: ImplicitlyDenied},
		{name: "a grant to the user who federated holds within the session policy", who: federated, action: "s3:GetObject", on: object, session: []string{adminAll}, resource: to(ann), want: Allowed},
		{name: "a federated user without session policy has nothing of the user's", who: federated, action: "s3:GetObject", on: object, identity: []string{adminAll}, want: ImplicitlyDenied},
		{name: "across accounts the boundary limits even a direct grant", action: "s3:GetObject", on: object, owner: two2, identity: []string{adminAll}, boundary: ec2, resource: to(ann), want: ImplicitlyDenied},
	})
}

// AWS JSON policy elements: NotPrincipal, "NotPrincipal with Deny"
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html).
func TestNotPrincipal(t *testing.T) {
	except := func(principals string) []string { return []string{`Deny s3:* on * to not ` + principals} }
	own := []string{adminAll}
	askAll(t, []question{
		{name: "the user listed with the account is not denied", action: "s3:GetObject", on: object, identity: own, resource: except(ann + ", " + annRoot), want: Allowed},
		{name: "another user of the account listed is denied", who: "arn:aws:iam::111111111111:user/eve", action: "s3:GetObject", on: object, identity: own, resource: except(ann + ", " + annRoot), want: ExplicitlyDenied},
		{name: "the session listed with role and account is not denied", who: appS1, action: "s3:GetObject", on: object, identity: own, resource: except(appS1 + ", " + role + ", " + annRoot), want: Allowed},
		{name: "another session of that role is denied", who: appS2, action: "s3:GetObject", on: object, identity: own, resource: except(appS1 + ", " + role + ", " + annRoot), want: ExplicitlyDenied},
		{name: "a role listed with its account excepts its sessions", who: appS1, action: "s3:GetObject", on: object, identity: own, resource: except(role + ", " + annRoot), want: Allowed},
		{name: "with Allow everyone else is granted, even anonymous", who: "anonymous", action: "s3:GetObject", on: object, resource: []string{`Allow s3:GetObject on * to not ` + two2}, want: Allowed},
	})
}

// Service control policies and SCP evaluation
// (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html).
func TestServiceControlPolicies(t *testing.T) {
	full := []string{adminAll}
	linked := "arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
	get := func(name, who string, scps [][]string, want Decision) question {
		return question{name: name, who: who, action: "s3:GetObject", on: object, identity: full, scps: scps, want: want}
	}
	askAll(t, []question{
		get("every level allows", "", [][]string{full, full, full}, Allowed),
		get("a level without policies allows nothing", "", [][]string{full, {}, full}, ImplicitlyDenied),
		get("a level that allows other services only stops", "", [][]string{full, {`Allow ec2:* on *`}}, ImplicitlyDenied),
		get("a deny at any level stops", "", [][]string{full, {adminAll, `Deny s3:* on *`}}, ExplicitlyDenied),
		get("one of a level's policies suffices", "", [][]string{{`Allow ec2:* on *`, `Allow s3:* on *`}}, Allowed),
		get("the root user is bound", annRoot, [][]string{full, {`Allow ec2:* on *`}}, ImplicitlyDenied),
		get("service-linked roles are not bound", linked, [][]string{{`Deny * on *`}}, Allowed),
		{name: "a service is not bound", who: "cloudtrail.amazonaws.com", action: "s3:PutObject", on: object, resource: []string{`Allow s3:PutObject on * to service:cloudtrail.amazonaws.com`}, scps: [][]string{{`Deny * on *`}}, want: Allowed},
		{name: "a grant by a resource is bound", action: "s3:GetObject", on: object, resource: []string{`Allow s3:GetObject on * to ` + ann}, scps: [][]string{{`Allow ec2:* on *`}}, want: ImplicitlyDenied},
	})
}

// Resource control policies (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html).
func TestResourceControlPolicies(t *testing.T) {
	outsiders := `Deny s3:*, kms:* on * to everyone if {"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-1"},"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}`
	open := []string{`Allow s3:GetObject on * to everyone`}
	linked := "arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
	askAll(t, []question{
		{name: "an anonymous request from outside is denied", who: "anonymous", action: "s3:GetObject", on: object, resource: open, rcps: [][]string{{outsiders}}, want: ExplicitlyDenied},
		{name: "a member of the organization is not", action: "s3:GetObject", on: object, context: map[string][]string{"aws:PrincipalOrgID": {"o-1"}}, resource: open, rcps: [][]string{{outsiders}}, want: Allowed},
		{name: "a service is not", who: "cloudtrail.amazonaws.com", action: "s3:GetObject", on: object, resource: open, rcps: [][]string{{outsiders}}, want: Allowed},
		{name: "the root user of the account is bound", who: annRoot, action: "s3:GetObject", on: object, rcps: [][]string{{`Deny s3:* on * to everyone`}}, want: ExplicitlyDenied},
		{name: "a level without customer policies lets through", action: "s3:GetObject", on: object, identity: []string{adminAll}, rcps: [][]string{{}}, want: Allowed},
		{name: "services without support are not bound", action: "ec2:StopInstances", on: "arn:aws:ec2:us-east-1:111111111111:instance/i-1", identity: []string{adminAll}, rcps: [][]string{{`Deny * on * to everyone`}}, want: Allowed},
		{name: "service-linked roles are not bound", who: linked, action: "s3:GetObject", on: object, identity: []string{adminAll}, rcps: [][]string{{`Deny s3:* on * to everyone`}}, want: Allowed},
	})
}
