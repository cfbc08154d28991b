package aws

import "testing"

func TestDocumentedServices(t *testing.T) {
	own := []string{adminAll}
	queue, topic := "arn:aws:sqs:us-east-1:111111111111:q", "arn:aws:sns:us-east-1:111111111111:t"
	function := "arn:aws:lambda:us-east-1:111111111111:function:f"
	secretARN := "arn:aws:secretsmanager:us-east-1:111111111111:secret:s-AbCdEf"
	repository := "arn:aws:ecr:us-east-1:111111111111:repository/r"
	answerAll(t, "AmazonS3/latest/userguide/example-bucket-policies.html", []documented{
		{says: "CloudFront, by the distribution", who: "cloudfront.amazonaws.com", context: has{"aws:SourceArn": "arn:aws:cloudfront::111122223333:distribution/E1"}, resource: getAll + ` to service:cloudfront.amazonaws.com if {"StringEquals":{"aws:SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1"}}`, want: allowed},
		{says: "CloudFront, by another distribution", who: "cloudfront.amazonaws.com", context: has{"aws:SourceArn": "arn:aws:cloudfront::111122223333:distribution/E2"}, resource: getAll + ` to service:cloudfront.amazonaws.com if {"StringEquals":{"aws:SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1"}}`, want: implicitly},
		{says: "only TLS: plain requests are denied", identity: own, context: has{"aws:SecureTransport": "false"}, resource: `Deny s3:* on * to everyone if {"Bool":{"aws:SecureTransport":"false"}}`, want: explicitly},
		{says: "only TLS: others are not", identity: own, context: has{"aws:SecureTransport": "true"}, resource: `Deny s3:* on * to everyone if {"Bool":{"aws:SecureTransport":"false"}}`, want: allowed},
		{says: "only some addresses", identity: own, context: has{"aws:SourceIp": "203.0.113.1"}, resource: `Deny s3:* on * to everyone if {"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`, want: explicitly},
		{says: "only some addresses, save services on behalf of the principal", identity: own, context: has{"aws:SourceIp": "203.0.113.1", "aws:ViaAWSService": "true"}, resource: `Deny s3:* on * to everyone if {"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"},"BoolIfExists":{"aws:ViaAWSService":"false"}}`, want: allowed},
		{says: "MFA no older than an hour: too old", identity: own, context: has{"aws:MultiFactorAuthAge": "7200"}, resource: `Deny s3:* on * to everyone if {"NumericGreaterThan":{"aws:MultiFactorAuthAge":3600}}`, want: explicitly},
		{says: "MFA at all: none", identity: own, resource: `Deny s3:* on * to everyone if {"Null":{"aws:MultiFactorAuthAge":true}}`, want: explicitly},
		{says: "a canned ACL that gives the owner control", who: bobOf2, does: "s3:PutObject", identity: own, context: has{"s3:x-amz-acl": "bucket-owner-full-control"}, resource: `Allow s3:PutObject on arn:aws:s3:::bucket/* to ` + two2 + ` if {"StringEquals":{"s3:x-amz-acl":"bucket-owner-full-control"}}`, want: allowed},
		{says: "no such ACL", who: bobOf2, does: "s3:PutObject", identity: own, resource: `Allow s3:PutObject on arn:aws:s3:::bucket/* to ` + two2 + ` if {"StringEquals":{"s3:x-amz-acl":"bucket-owner-full-control"}}`, want: implicitly},
		{says: "the owner's root user replaces a policy that denies it", who: annRoot, does: "s3:PutBucketPolicy", on: "arn:aws:s3:::bucket", resource: `Deny s3:* on * to everyone`, want: allowed},
		{says: "one endpoint alone", identity: own, context: has{"aws:SourceVpce": "vpce-2"}, resource: `Deny s3:* on * to everyone if {"StringNotEquals":{"aws:SourceVpce":"vpce-1a2b3c4d"}}`, want: explicitly},
		{says: "one endpoint alone, and a request from nowhere", identity: own, resource: `Deny s3:* on * to everyone if {"StringNotEquals":{"aws:SourceVpce":"vpce-1a2b3c4d"}}`, want: explicitly},
	})
	answerAll(t, endpointPage, []documented{
		{says: "a full-access endpoint policy", identity: own, endpoint: []string{`Allow * on * to everyone`}, want: allowed},
		{says: "an endpoint policy for one bucket", identity: own, endpoint: []string{`Allow s3:* on arn:aws:s3:::other/* to everyone`}, want: implicitly, evidences: "VPC endpoint policy"},
		{says: "an endpoint policy for one account", identity: own, context: has{"aws:PrincipalAccount": one1}, endpoint: []string{`Allow * on * to everyone if {"StringEquals":{"aws:PrincipalAccount":"111111111111"}}`}, want: allowed},
		{says: "an endpoint policy's deny", identity: own, endpoint: []string{`Allow * on * to everyone` + "\n" + `Deny s3:GetObject on * to everyone`}, want: explicitly},
		{says: "an endpoint policy grants nothing", endpoint: []string{`Allow * on * to everyone`}, want: implicitly},
	})
	decrypt := func(says string, d documented) documented {
		d.says, d.does, d.on = says, "kms:Decrypt", kmsKey
		return d
	}
	answerAll(t, "kms/latest/developerguide/conditions-kms.html", []documented{
		decrypt("kms:ViaService: through the service", documented{context: has{"kms:ViaService": "ec2.us-west-2.amazonaws.com"}, resource: `Allow kms:* on * to ` + ann + ` if {"StringEquals":{"kms:ViaService":["ec2.us-west-2.amazonaws.com","rds.us-west-2.amazonaws.com"]}}`, want: allowed}),
		decrypt("kms:ViaService: directly", documented{resource: `Allow kms:* on * to ` + ann + ` if {"StringEquals":{"kms:ViaService":["ec2.us-west-2.amazonaws.com"]}}`, want: implicitly}),
		decrypt("kms:CallerAccount: everyone of the account through a service", documented{context: has{"kms:CallerAccount": one1, "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}, resource: `Allow kms:Decrypt on * to everyone if {"StringEquals":{"kms:CallerAccount":"111111111111","kms:ViaService":"secretsmanager.us-east-1.amazonaws.com"}}`, want: allowed}),
		decrypt("kms:EncryptionContext: the pair", documented{context: has{"kms:EncryptionContext:AppName": "ExampleApp"}, resource: `Allow kms:* on * to ` + ann + ` if {"StringEquals":{"kms:EncryptionContext:AppName":"ExampleApp"}}`, want: allowed}),
		decrypt("kms:EncryptionContext: another value", documented{context: has{"kms:EncryptionContext:AppName": "Other"}, resource: `Allow kms:* on * to ` + ann + ` if {"StringEquals":{"kms:EncryptionContext:AppName":"ExampleApp"}}`, want: implicitly}),
		decrypt("kms:EncryptionContextKeys: all listed", documented{context: has{"kms:EncryptionContextKeys": []any{"AppName"}}, resource: `Allow kms:* on * to ` + ann + ` if {"ForAllValues:StringEquals":{"kms:EncryptionContextKeys":["AppName","FilePath"]}}`, want: allowed}),
		decrypt("kms:EncryptionContextKeys: one not listed", documented{context: has{"kms:EncryptionContextKeys": []any{"AppName", "x"}}, resource: `Allow kms:* on * to ` + ann + ` if {"ForAllValues:StringEquals":{"kms:EncryptionContextKeys":["AppName","FilePath"]}}`, want: implicitly}),
		{says: "kms:GrantIsForAWSResource: for a service", does: "kms:CreateGrant", on: kmsKey, context: has{"kms:GrantIsForAWSResource": true}, resource: `Allow kms:CreateGrant on * to ` + ann + ` if {"Bool":{"kms:GrantIsForAWSResource":"true"}}`, want: allowed},
		{says: "kms:GrantIsForAWSResource: for oneself", does: "kms:CreateGrant", on: kmsKey, context: has{"kms:GrantIsForAWSResource": false}, resource: `Allow kms:CreateGrant on * to ` + ann + ` if {"Bool":{"kms:GrantIsForAWSResource":"true"}}`, want: implicitly},
	})
	ours := [][]string{{`Deny kms:* on * to everyone if {"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"my-org-id"},"Bool":{"aws:PrincipalIsAWSService":"false"}}`}}
	deputies := [][]string{{`Deny kms:* on * to everyone if {"StringNotEqualsIfExists":{"aws:SourceOrgID":"my-org-id"},"Bool":{"aws:PrincipalIsAWSService":"true"},"Null":{"aws:SourceAccount":"false"}}`}}
	granted := `Allow kms:* on * to everyone`
	answerAll(t, "kms/latest/developerguide/resource-control-policies.html", []documented{
		decrypt("an identity of the organization", documented{context: has{"aws:PrincipalOrgID": "my-org-id", "aws:PrincipalIsAWSService": "false"}, resource: granted, rcps: ours, want: allowed}),
		decrypt("an identity of another organization", documented{who: bobOf2, identity: own, context: has{"aws:PrincipalOrgID": "other", "aws:PrincipalIsAWSService": "false"}, resource: granted, rcps: ours, want: explicitly}),
		decrypt("an identity of no organization", documented{who: bobOf2, identity: own, context: has{"aws:PrincipalIsAWSService": "false"}, resource: granted, rcps: ours, want: explicitly}),
		decrypt("a service", documented{who: "ebs.amazonaws.com", context: has{"aws:PrincipalIsAWSService": "true"}, resource: granted, rcps: ours, want: allowed}),
		decrypt("a service for an account of the organization", documented{who: "ebs.amazonaws.com", context: has{"aws:PrincipalIsAWSService": "true", "aws:SourceAccount": one1, "aws:SourceOrgID": "my-org-id"}, resource: granted, rcps: deputies, want: allowed}),
		decrypt("a service for another's account", documented{who: "ebs.amazonaws.com", context: has{"aws:PrincipalIsAWSService": "true", "aws:SourceAccount": two2}, resource: granted, rcps: deputies, want: explicitly}),
		decrypt("a service that does not say for whom", documented{who: "ebs.amazonaws.com", context: has{"aws:PrincipalIsAWSService": "true"}, resource: granted, rcps: deputies, want: allowed}),
		{says: "a grant is retired whatever the wildcard says", does: "kms:RetireGrant", on: kmsKey, resource: granted, rcps: [][]string{{`Deny * on * to everyone`}}, want: allowed},
	})
	answerAll(t, "IAM/latest/UserGuide/reference_policies_iam-condition-keys.html", []documented{
		{says: "a role passed to the service named", does: "iam:PassRole", on: role, identity: []string{`Allow iam:PassRole on ` + role + ` if {"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}`}, context: has{"iam:PassedToService": "ec2.amazonaws.com"}, want: allowed},
		{says: "a role passed to another service", does: "iam:PassRole", on: role, identity: []string{`Allow iam:PassRole on ` + role + ` if {"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}`}, context: has{"iam:PassedToService": "lambda.amazonaws.com"}, want: implicitly},
		{says: "a role that may not be passed", does: "iam:PassRole", on: "arn:aws:iam::111111111111:role/admin", identity: []string{`Allow iam:PassRole on arn:aws:iam::111111111111:role/app-*`}, want: implicitly},
		{says: "an external id", who: bobOf2, does: "sts:AssumeRole", on: role, identity: own, context: has{"sts:ExternalId": "12345"}, resource: `Allow sts:AssumeRole to ` + two2 + ` if {"StringEquals":{"sts:ExternalId":"12345"}}`, want: allowed},
		{says: "no external id", who: bobOf2, does: "sts:AssumeRole", on: role, identity: own, resource: `Allow sts:AssumeRole to ` + two2 + ` if {"StringEquals":{"sts:ExternalId":"12345"}}`, want: implicitly},
		{says: "a role session named like the user", does: "sts:AssumeRole", on: role, identity: own, context: has{"sts:RoleSessionName": "ann", "aws:username": "ann"}, resource: `Allow sts:AssumeRole to ` + annRoot + ` if {"StringLike":{"sts:RoleSessionName":"${aws:username}"}}`, want: allowed},
		{says: "a role session named otherwise", does: "sts:AssumeRole", on: role, identity: own, context: has{"sts:RoleSessionName": "eve", "aws:username": "ann"}, resource: `Allow sts:AssumeRole to ` + annRoot + ` if {"StringLike":{"sts:RoleSessionName":"${aws:username}"}}`, want: implicitly},
		{says: "MFA to assume a role", does: "sts:AssumeRole", on: role, identity: own, resource: `Allow sts:AssumeRole to ` + annRoot + ` if {"Bool":{"aws:MultiFactorAuthPresent":"true"}}`, want: implicitly},
		{says: "a token of the repository", who: "token.actions.githubusercontent.com", does: "sts:AssumeRoleWithWebIdentity", on: role, context: has{"token.actions.githubusercontent.com:sub": "repo:octo-org/octo-repo:ref:refs/heads/main", "token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}, resource: `Allow sts:AssumeRoleWithWebIdentity to federated:arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com if {"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com","token.actions.githubusercontent.com:sub":"repo:octo-org/octo-repo:ref:refs/heads/main"}}`, want: allowed},
		{says: "a token of another repository", who: "token.actions.githubusercontent.com", does: "sts:AssumeRoleWithWebIdentity", on: role, context: has{"token.actions.githubusercontent.com:sub": "repo:evil/repo:ref:refs/heads/main", "token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}, resource: `Allow sts:AssumeRoleWithWebIdentity to federated:arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com if {"StringLike":{"token.actions.githubusercontent.com:sub":"repo:octo-org/*"}}`, want: implicitly},
		{says: "a service assumes the role that trusts it", who: "lambda.amazonaws.com", does: "sts:AssumeRole", on: role, resource: `Allow sts:AssumeRole to service:lambda.amazonaws.com`, want: allowed},
		{says: "another service does not", who: "ec2.amazonaws.com", does: "sts:AssumeRole", on: role, resource: `Allow sts:AssumeRole to service:lambda.amazonaws.com`, want: implicitly},
		{says: "a service acting for another account is stopped by SourceAccount", who: "lambda.amazonaws.com", does: "sts:AssumeRole", on: role, context: has{"aws:SourceAccount": two2}, resource: `Allow sts:AssumeRole to service:lambda.amazonaws.com if {"StringEquals":{"aws:SourceAccount":"111111111111"}}`, want: implicitly},
	})
	answerAll(t, "lambda/latest/dg/access-control-resource-based.html", []documented{
		{says: "a bucket's events invoke the function", who: "s3.amazonaws.com", does: "lambda:InvokeFunction", on: function, context: has{"aws:SourceArn": "arn:aws:s3:::bucket", "aws:SourceAccount": one1}, resource: `Allow lambda:InvokeFunction on ` + function + ` to service:s3.amazonaws.com if {"StringEquals":{"aws:SourceAccount":"111111111111"},"ArnLike":{"aws:SourceArn":"arn:aws:s3:::bucket"}}`, want: allowed},
		{says: "a bucket of another account does not", who: "s3.amazonaws.com", does: "lambda:InvokeFunction", on: function, context: has{"aws:SourceArn": "arn:aws:s3:::bucket", "aws:SourceAccount": two2}, resource: `Allow lambda:InvokeFunction on ` + function + ` to service:s3.amazonaws.com if {"StringEquals":{"aws:SourceAccount":"111111111111"},"ArnLike":{"aws:SourceArn":"arn:aws:s3:::bucket"}}`, want: implicitly},
		{says: "an account of the organization invokes the function", who: bobOf2, does: "lambda:InvokeFunction", on: function, identity: own, context: has{"aws:PrincipalOrgID": "o-a1b2c3d4e5f"}, resource: `Allow lambda:InvokeFunction on ` + function + ` to everyone if {"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5f"}}`, want: allowed},
		{says: "a topic sends to a queue", who: "sns.amazonaws.com", does: "sqs:SendMessage", on: queue, context: has{"aws:SourceArn": topic}, resource: `Allow sqs:SendMessage on ` + queue + ` to service:sns.amazonaws.com if {"ArnEquals":{"aws:SourceArn":"` + topic + `"}}`, want: allowed},
		{says: "another topic does not", who: "sns.amazonaws.com", does: "sqs:SendMessage", on: queue, context: has{"aws:SourceArn": topic + "2"}, resource: `Allow sqs:SendMessage on ` + queue + ` to service:sns.amazonaws.com if {"ArnEquals":{"aws:SourceArn":"` + topic + `"}}`, want: implicitly},
		{says: "a partner publishes to a topic", who: bobOf2, does: "sns:Publish", on: topic, identity: own, resource: `Allow sns:Publish on ` + topic + ` to ` + two2, want: allowed},
		{says: "a partner reads a secret", who: vendorS, does: "secretsmanager:GetSecretValue", on: secretARN, identity: own, resource: `Allow secretsmanager:GetSecretValue on * to ` + vendor, want: allowed},
		{says: "a partner's other role does not", who: "arn:aws:sts::222222222222:assumed-role/other/s", does: "secretsmanager:GetSecretValue", on: secretARN, identity: own, resource: `Allow secretsmanager:GetSecretValue on * to ` + vendor, want: implicitly},
		{says: "a partner pulls an image", who: bobOf2, does: "ecr:BatchGetImage", on: repository, identity: own, resource: raw(`{"Effect":"Allow","Action":["ecr:BatchGetImage","ecr:GetDownloadUrlForLayer"],"Principal":{"AWS":"arn:aws:iam::222222222222:root"}}`), want: allowed},
		{says: "a partner does not push one", who: bobOf2, does: "ecr:PutImage", on: repository, identity: own, resource: raw(`{"Effect":"Allow","Action":["ecr:BatchGetImage"],"Principal":{"AWS":"arn:aws:iam::222222222222:root"}}`), want: implicitly},
	})
	answerAll(t, "IAM/latest/UserGuide/access_tags.html", []documented{
		{says: "instances of one's own tag are stopped", does: "ec2:StopInstances", on: "arn:aws:ec2:us-east-1:111111111111:instance/i-1", identity: []string{`Allow ec2:StopInstances on arn:aws:ec2:*:*:instance/* if {"StringEquals":{"aws:ResourceTag/Owner":"${aws:username}"}}`}, context: has{"aws:username": "ann", "aws:ResourceTag/Owner": "ann"}, want: allowed},
		{says: "another's are not", does: "ec2:StopInstances", on: "arn:aws:ec2:us-east-1:111111111111:instance/i-1", identity: []string{`Allow ec2:StopInstances on arn:aws:ec2:*:*:instance/* if {"StringEquals":{"aws:ResourceTag/Owner":"${aws:username}"}}`}, context: has{"aws:username": "ann", "aws:ResourceTag/Owner": "bob"}, want: implicitly},
		{says: "a tag that is asked for in the request", does: "iam:CreateUser", on: "arn:aws:iam::111111111111:user/new", identity: []string{`Allow iam:CreateUser on * if {"StringEquals":{"aws:RequestTag/CostCenter":["A-123","B-456"]}}`}, context: has{"aws:RequestTag/CostCenter": "A-123"}, want: allowed},
		{says: "no such tag in the request", does: "iam:CreateUser", on: "arn:aws:iam::111111111111:user/new", identity: []string{`Allow iam:CreateUser on * if {"StringEquals":{"aws:RequestTag/CostCenter":["A-123","B-456"]}}`}, want: implicitly},
		{says: "a tag's value is case-sensitive, its key is not", does: "iam:CreateUser", on: "arn:aws:iam::111111111111:user/new", identity: []string{`Allow iam:CreateUser on * if {"StringEquals":{"aws:RequestTag/costcenter":"A-123"}}`}, context: has{"aws:RequestTag/CostCenter": "A-123"}, want: allowed},
	})
	answerAll(t, actionTables, []documented{
		{says: "an action without resource types is granted on all resources", does: "ec2:DescribeInstances", on: "*", identity: []string{`Allow ec2:Describe* on *`}, want: allowed},
		{says: "and not on one", does: "ec2:DescribeInstances", on: "*", identity: []string{`Allow ec2:Describe* on arn:aws:ec2:us-east-1:111111111111:instance/*`}, want: implicitly},
		{says: "listing all buckets is granted on every bucket", does: "s3:ListAllMyBuckets", on: "*", identity: []string{`Allow s3:* on arn:aws:s3:::*`}, want: allowed},
		{says: "asking who one is needs nothing", does: "sts:GetCallerIdentity", on: "*", identity: []string{`Deny * on *`}, want: allowed},
	})
}

// The batch's own form: a resource may be a pattern, and then all that it covers must be allowed.
func TestPatternsOfABatch(t *testing.T) {
	all := "arn:aws:s3:::bucket/*"
	answerAll(t, resourcePage, []documented{
		{says: "the same pattern", on: all, identity: []string{getAll}, want: allowed},
		{says: "a wider pattern", on: all, identity: []string{`Allow s3:* on arn:aws:s3:::b*`}, want: allowed},
		{says: "a narrower pattern", on: all, identity: []string{`Allow s3:* on arn:aws:s3:::bucket/a*`}, want: implicitly},
		{says: "two halves", on: all, identity: []string{`Allow s3:* on arn:aws:s3:::bucket/a*`, `Allow s3:* on not arn:aws:s3:::bucket/a*`}, want: allowed},
		{says: "a part denied", on: all, identity: []string{getAll, `Deny s3:* on arn:aws:s3:::bucket/secret/*`}, want: explicitly, evidences: "ExplicitlyDenied: s3:GetObject on arn:aws:s3:::bucket/secret/"},
		{says: "a part denied elsewhere", on: all, identity: []string{getAll, `Deny s3:* on arn:aws:s3:::other/*`}, want: allowed},
		{says: "a part possible", on: all, identity: []string{getAll, `Deny s3:* on arn:aws:s3:::bucket/x/* if {"Bool":{"aws:SecureTransport":"false"}}`}, unknown: []string{"*"}, want: possible},
		{says: "a part not allowed beside a part possible", on: all, identity: []string{`Allow s3:* on arn:aws:s3:::bucket/a* if {"Bool":{"aws:SecureTransport":"true"}}`}, unknown: []string{"*"}, want: implicitly},
		{says: "a boundary that allows a part", on: all, identity: []string{getAll}, boundary: []string{`Allow s3:* on arn:aws:s3:::bucket/a*`}, want: implicitly},
		{says: "a question mark", on: "arn:aws:s3:::bucket/?", identity: []string{`Allow s3:* on arn:aws:s3:::bucket/?`}, want: allowed},
		{says: "a question mark and a letter", on: "arn:aws:s3:::bucket/?", identity: []string{`Allow s3:* on arn:aws:s3:::bucket/a`}, want: implicitly},
		{says: "all users of an account", does: "iam:CreateAccessKey", on: "arn:aws:iam::111111111111:user/*", identity: []string{`Allow iam:CreateAccessKey on arn:aws:iam::111111111111:user/${aws:username}`}, context: has{"aws:username": "ann"}, want: implicitly},
		{says: "every resource", does: "iam:CreateAccessKey", on: "*", identity: []string{`Allow iam:CreateAccessKey on arn:aws:iam::*:user/*`}, want: allowed},
		{says: "a resource's own grant on a part", who: "anonymous", on: all, resource: `Allow s3:GetObject on arn:aws:s3:::bucket/public/* to everyone`, want: implicitly},
		{says: "a resource's own grant on all", who: "anonymous", on: all, resource: toAnyone, want: allowed},
	})
}
