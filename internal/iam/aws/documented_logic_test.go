package aws

import "testing"

const (
	fedAnn   = "arn:aws:sts::111111111111:federated-user/ann"
	bobOf2   = "arn:aws:iam::222222222222:user/bob"
	vendorS  = "arn:aws:sts::222222222222:assumed-role/vendor/v1"
	vendor   = "arn:aws:iam::222222222222:role/vendor"
	onlyEC2  = `Allow ec2:* on *`
	getAll   = `Allow s3:GetObject on arn:aws:s3:::bucket/*`
	toAnyone = getAll + ` to everyone`
)

func grants(principal string) string { return getAll + ` to ` + principal }

func TestDocumentedLogicOfOneAccount(t *testing.T) {
	answerAll(t, evaluation1, []documented{
		{says: "by default all requests are denied implicitly", want: implicitly},
		{says: "the root user has full access", who: annRoot, want: allowed},
		{says: "an explicit allow overrides the default", identity: []string{getAll}, want: allowed, evidences: "allowed by identity policy identityPolicies[0], statement 1"},
		{says: "an explicit deny overrides any allow", identity: []string{getAll, `Deny s3:* on *`}, want: explicitly, evidences: "denied explicitly (identityPolicies[1], statement 1)"},
		{says: "a deny of the resource overrides the user's allow", identity: []string{getAll}, resource: `Deny s3:GetObject on * to ` + ann, want: explicitly, evidences: "resourcePolicy, statement 1"},
		{says: "a resource policy alone suffices", resource: grants(ann), want: allowed},
		{says: "an identity policy alone suffices", identity: []string{getAll}, resource: grants(role), want: allowed},
		{says: "a user's grant by a resource passes an implicit deny of the boundary", resource: grants(ann), boundary: []string{onlyEC2}, want: allowed},
		{says: "a role's grant by a resource does not pass an implicit deny of the boundary", who: appS1, resource: grants(role), boundary: []string{onlyEC2}, want: implicitly},
		{says: "a role's grant by a resource needs no identity policy", who: appS1, resource: grants(role), want: allowed},
		{says: "a role's grant by a resource does not pass an implicit deny of the session policy", who: appS1, resource: grants(role), session: onlyEC2, want: implicitly},
		{says: "a role's grant within boundary and session policy holds", who: appS1, resource: grants(role), boundary: []string{getAll}, session: getAll, want: allowed},
		{says: "a session's grant passes an implicit deny of the boundary", who: appS1, resource: grants(appS1), boundary: []string{onlyEC2}, want: allowed},
		{says: "a session's grant passes an implicit deny of the session policy", who: appS1, resource: grants(appS1), session: onlyEC2, want: allowed},
		{says: "a session's grant does not pass an explicit deny of the session policy", who: appS1, resource: grants(appS1), session: `Deny s3:* on *`, want: explicitly},
		{says: "a session's grant does not pass an explicit deny of the boundary", who: appS1, resource: grants(appS1), boundary: []string{`Deny s3:* on *`}, want: explicitly},
		{says: "a session's grant is none to another session", who: appS2, resource: grants(appS1), want: implicitly},
		{says: "a grant to the user who federated is limited by the session policy", who: fedAnn, resource: grants(ann), session: onlyEC2, want: implicitly},
		{says: "a grant to the user who federated holds within the session policy", who: fedAnn, resource: grants(ann), session: getAll, want: allowed},
		{says: "a grant to the federated session passes the session policy", who: fedAnn, resource: grants(fedAnn), session: onlyEC2, want: allowed},
		{says: "a federated session has what user and session policy share", who: fedAnn, identity: []string{getAll}, session: getAll, want: allowed},
		{says: "a federated session has nothing beyond the session policy", who: fedAnn, identity: []string{adminAll}, session: onlyEC2, want: implicitly},
		{says: "an SCP without allow denies", identity: []string{getAll}, scps: [][]string{{onlyEC2}}, want: implicitly, evidences: "no SCP of this level allows"},
		{says: "an SCP limits the root user", who: annRoot, scps: [][]string{{adminAll, `Deny s3:* on *`}}, want: explicitly},
		{says: "an RCP limits a resource's grant to anyone", who: "anonymous", resource: toAnyone, rcps: [][]string{{`Deny s3:* on * to everyone`}}, want: explicitly},
		{says: "an identity policy's allow needs the boundary's", identity: []string{getAll}, boundary: []string{onlyEC2}, want: implicitly, evidences: "the boundary does not allow"},
		{says: "an identity policy's allow needs the session policy's", who: appS1, identity: []string{getAll}, session: onlyEC2, want: implicitly, evidences: "the session policy does not allow"},
		{says: "a trust policy must allow explicitly", does: "sts:AssumeRole", on: role, identity: []string{`Allow sts:AssumeRole on *`}, want: implicitly},
		{says: "a trust policy that names the user suffices", does: "sts:AssumeRole", on: role, resource: `Allow sts:AssumeRole to ` + ann, want: allowed},
		{says: "a trust policy that names the account leaves it to identity policies", does: "sts:AssumeRole", on: role, resource: `Allow sts:AssumeRole to ` + annRoot, want: implicitly},
		{says: "a trust policy that names the account and an identity policy suffice", does: "sts:AssumeRole", on: role, identity: []string{`Allow sts:AssumeRole on ` + role}, resource: `Allow sts:AssumeRole to ` + annRoot, want: allowed},
		{says: "a key policy must allow explicitly", does: "kms:Decrypt", on: kmsKey, identity: []string{`Allow kms:* on *`}, want: implicitly},
		{says: "a key policy that enables IAM policies leaves it to them", does: "kms:Decrypt", on: kmsKey, identity: []string{`Allow kms:* on *`}, resource: `Allow kms:* on * to ` + annRoot, want: allowed},
	})
}

func TestDocumentedLogicAcrossAccounts(t *testing.T) {
	answerAll(t, crossAccount, []documented{
		{says: "both accounts must allow", who: bobOf2, identity: []string{getAll}, resource: grants(bobOf2), want: allowed},
		{says: "the trusted account must allow", who: bobOf2, resource: grants(bobOf2), want: implicitly},
		{says: "the trusting account must allow", who: bobOf2, identity: []string{getAll}, want: implicitly},
		{says: "a grant to the account suffices on the trusting side", who: bobOf2, identity: []string{getAll}, resource: grants(two2), want: allowed},
		{says: "a grant to everyone suffices on the trusting side", who: bobOf2, identity: []string{getAll}, resource: toAnyone, want: allowed},
		{says: "a grant to a role of the account is none to a user", who: bobOf2, identity: []string{getAll}, resource: grants(vendor), want: implicitly},
		{says: "a role's session is granted by its role", who: vendorS, identity: []string{getAll}, resource: grants(vendor), want: allowed},
		{says: "a role's session named needs its identity policy", who: vendorS, resource: grants(vendorS), want: implicitly},
		{says: "a boundary limits what a resource of another account grants", who: bobOf2, identity: []string{getAll}, boundary: []string{onlyEC2}, resource: grants(bobOf2), want: implicitly},
		{says: "a session policy limits what a resource of another account grants to the session", who: vendorS, identity: []string{getAll}, session: onlyEC2, resource: grants(vendorS), want: implicitly},
		{says: "an SCP of the trusted account limits it", who: bobOf2, identity: []string{getAll}, resource: grants(bobOf2), scps: [][]string{{onlyEC2}}, want: implicitly},
		{says: "an explicit deny on the trusting side decides", who: bobOf2, identity: []string{getAll}, resource: grants(bobOf2) + "\n" + `Deny s3:* on * to everyone`, want: explicitly},
		{says: "an explicit deny on the trusted side decides", who: bobOf2, identity: []string{getAll, `Deny s3:* on *`}, resource: grants(bobOf2), want: explicitly},
		{says: "the root user of another account needs the resource's grant", who: "arn:aws:iam::222222222222:root", want: implicitly},
		{says: "the root user of another account is granted by its account", who: "arn:aws:iam::222222222222:root", resource: grants(two2), want: allowed},
		{says: "a role of another account is assumed when both sides allow", who: bobOf2, does: "sts:AssumeRole", on: role, identity: []string{`Allow sts:AssumeRole on ` + role}, resource: `Allow sts:AssumeRole to ` + two2, want: allowed},
		{says: "a role of another account is not assumed by its trust alone", who: bobOf2, does: "sts:AssumeRole", on: role, resource: `Allow sts:AssumeRole to ` + bobOf2, want: implicitly},
		{says: "a key of another account is used when both sides allow", who: bobOf2, does: "kms:Decrypt", on: kmsKey, identity: []string{`Allow kms:Decrypt on ` + kmsKey}, resource: `Allow kms:Decrypt on * to ` + two2, want: allowed},
		{says: "a key of another account is not used by its policy alone", who: bobOf2, does: "kms:Decrypt", on: kmsKey, resource: `Allow kms:Decrypt on * to ` + bobOf2, want: implicitly},
		{says: "without a resource's account the ARN tells it", does: "sqs:SendMessage", on: "arn:aws:sqs:us-east-1:222222222222:q", owner: "-", identity: []string{`Allow sqs:* on *`}, want: implicitly},
		{says: "a bucket's ARN tells none, and it is taken for the principal's own", owner: "-", identity: []string{getAll}, want: allowed},
	})
}

func TestDocumentedControlPolicies(t *testing.T) {
	full := []string{adminAll}
	linked := "arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
	rcp := func(deny string) [][]string { return [][]string{{deny + ` to everyone`}} }
	own := []string{adminAll}
	perimeter := `Deny s3:* on * to everyone if {"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-1"},"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}`
	deputy := `Deny s3:* on * to everyone if {"StringNotEqualsIfExists":{"aws:SourceOrgID":"o-1"},"Null":{"aws:SourceAccount":"false"},"Bool":{"aws:PrincipalIsAWSService":"true"}}`
	answerAll(t, scpEvaluation, []documented{
		{says: "allow at the root, the unit and the account", identity: own, scps: [][]string{full, full, full}, want: allowed},
		{says: "no allow at the unit", identity: own, scps: [][]string{full, {onlyEC2}, full}, want: implicitly, evidences: "service control policy level 2: stopped"},
		{says: "no policies at the account", identity: own, scps: [][]string{full, full, {}}, want: implicitly, evidences: "service control policy level 3: stopped"},
		{says: "a deny at the root", identity: own, scps: [][]string{{adminAll, `Deny s3:* on *`}, full, full}, want: explicitly},
		{says: "an SCP grants nothing", scps: [][]string{full}, want: implicitly},
		{says: "the management account has none", identity: own, want: allowed},
		{says: "service-linked roles are not restricted", who: linked, identity: own, scps: [][]string{{`Deny * on *`}}, want: allowed},
		{says: "resource-based policies' grants to outsiders are not restricted by SCPs of the resource's account", who: "anonymous", resource: toAnyone, scps: [][]string{{onlyEC2}}, want: allowed},
		{says: "a deny of other regions spares global services", does: "iam:GetUser", on: ann, identity: own, context: map[string]any{"aws:RequestedRegion": "ap-south-1"}, scps: [][]string{{adminAll, `Deny not iam:*, organizations:*, support:* on * if {"StringNotEquals":{"aws:RequestedRegion":["eu-central-1","eu-west-1"]}}`}}, want: allowed},
		{says: "a deny of other regions stops the rest", does: "ec2:RunInstances", on: "arn:aws:ec2:ap-south-1:111111111111:instance/*", identity: own, context: map[string]any{"aws:RequestedRegion": "ap-south-1"}, scps: [][]string{{adminAll, `Deny not iam:* on * if {"StringNotEquals":{"aws:RequestedRegion":["eu-central-1","eu-west-1"]}}`}}, want: explicitly},
		{says: "a deny except for one role spares the role", who: appS1, identity: own, context: map[string]any{"aws:PrincipalArn": role}, scps: [][]string{{adminAll, `Deny s3:* on * if {"StringNotLike":{"aws:PrincipalARN":"arn:aws:iam::*:role/app"}}`}}, want: allowed},
		{says: "a deny of root users stops the root user", who: annRoot, context: map[string]any{"aws:PrincipalArn": annRoot}, scps: [][]string{{adminAll, `Deny * on * if {"StringLike":{"aws:PrincipalArn":["arn:aws:iam::*:root"]}}`}}, want: explicitly},
		{says: "a deny of root users spares users", identity: own, context: map[string]any{"aws:PrincipalArn": ann}, scps: [][]string{{adminAll, `Deny * on * if {"StringLike":{"aws:PrincipalArn":["arn:aws:iam::*:root"]}}`}}, want: allowed},
	})
	answerAll(t, rcpPage, []documented{
		{says: "a level without customer policies has RCPFullAWSAccess", identity: own, rcps: [][]string{{}, {}, {}}, want: allowed},
		{says: "a deny at any level", identity: own, rcps: [][]string{{}, {`Deny s3:* on * to everyone`}}, want: explicitly, evidences: "resource control policy level 2"},
		{says: "an RCP grants nothing", rcps: [][]string{{}}, want: implicitly},
		{says: "outsiders are kept out of the perimeter", who: "anonymous", resource: toAnyone, rcps: [][]string{{perimeter}}, want: explicitly},
		{says: "members are let through the perimeter", identity: own, context: map[string]any{"aws:PrincipalOrgID": "o-1"}, rcps: [][]string{{perimeter}}, want: allowed},
		{says: "services are let through the perimeter", who: "cloudtrail.amazonaws.com", resource: getAll + ` to service:cloudtrail.amazonaws.com`, context: map[string]any{"aws:PrincipalIsAWSService": "true"}, rcps: [][]string{{perimeter}}, want: allowed},
		{says: "a service that acts for an outsider is a confused deputy", who: "cloudtrail.amazonaws.com", resource: getAll + ` to service:cloudtrail.amazonaws.com`, context: map[string]any{"aws:PrincipalIsAWSService": "true", "aws:SourceAccount": two2, "aws:SourceOrgID": "o-2"}, rcps: [][]string{{deputy}}, want: explicitly},
		{says: "a service that acts for a member is none", who: "cloudtrail.amazonaws.com", resource: getAll + ` to service:cloudtrail.amazonaws.com`, context: map[string]any{"aws:PrincipalIsAWSService": "true", "aws:SourceAccount": one1, "aws:SourceOrgID": "o-1"}, rcps: [][]string{{deputy}}, want: allowed},
		{says: "service-linked roles are not restricted", who: linked, identity: own, rcps: rcp(`Deny s3:* on *`), want: allowed},
		{says: "secrets are restricted", does: "secretsmanager:GetSecretValue", on: "arn:aws:secretsmanager:us-east-1:111111111111:secret:s-AbCdEf", identity: own, rcps: rcp(`Deny secretsmanager:* on *`), want: explicitly},
		{says: "queues are restricted", does: "sqs:SendMessage", on: "arn:aws:sqs:us-east-1:111111111111:q", identity: own, rcps: rcp(`Deny sqs:* on *`), want: explicitly},
		{says: "assuming a role is restricted", does: "sts:AssumeRole", on: role, resource: `Allow sts:AssumeRole to ` + ann, rcps: rcp(`Deny sts:AssumeRole on *`), want: explicitly},
		{says: "what supports no RCPs is not restricted", does: "ec2:StopInstances", on: "arn:aws:ec2:us-east-1:111111111111:instance/i-1", identity: own, rcps: rcp(`Deny * on *`), want: allowed},
		{says: "an SCP's deny and an RCP's allow", identity: own, scps: [][]string{{adminAll, `Deny s3:* on *`}}, rcps: [][]string{{}}, want: explicitly},
	})
}
