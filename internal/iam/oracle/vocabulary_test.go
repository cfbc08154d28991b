package oracle

const (
	home   = "111111111111"
	abroad = "222222222222"
)

// target is an action with a resource that it acts on and the keys that AWS publishes for it beside the global ones.
type target struct {
	action, resource string
	keys             []key
}

// key is a condition key with values that policies ask for and values that requests have.
type key struct {
	name   string
	kind   string // string, arn, bool, number, date or address
	many   bool   // its type is a list
	asked  []string
	values []string
}

var targets = []target{
	{"s3:GetObject", "arn:aws:s3:::bucket/team/red/report", []key{{name: "s3:ExistingObjectTag/env", kind: "string", asked: []string{"dev", "prod", "${aws:PrincipalTag/team}"}, values: []string{"dev", "red"}}}},
	{"s3:PutObject", "arn:aws:s3:::bucket/home/ann/f", []key{{name: "s3:x-amz-acl", kind: "string", asked: []string{"private", "public-*"}, values: []string{"private", "public-read"}}}},
	{"s3:ListBucket", "arn:aws:s3:::bucket", []key{
		{name: "s3:prefix", kind: "string", asked: []string{"home/${aws:username}/*", "home/*", "team/"}, values: []string{"home/ann/x", "team/", "home/bob/", ""}},
		{name: "s3:max-keys", kind: "number", asked: []string{"10", "10.5", "100"}, values: []string{"9", "10", "10.50", "1000"}},
	}},
	{"s3:ListAllMyBuckets", "*", nil},
	{"s3:PutBucketPolicy", "arn:aws:s3:::bucket", nil},
	{"kms:Decrypt", "arn:aws:kms:us-east-1:111111111111:key/k-1", []key{
		{name: "kms:ViaService", kind: "string", asked: []string{"s3.us-east-1.amazonaws.com", "s3.*.amazonaws.com"}, values: []string{"s3.us-east-1.amazonaws.com", "sqs.us-east-1.amazonaws.com"}},
		{name: "kms:CallerAccount", kind: "string", asked: []string{home}, values: []string{home, abroad}},
	}},
	{"kms:RetireGrant", "arn:aws:kms:us-east-1:111111111111:key/k-1", nil},
	{"sts:AssumeRole", "arn:aws:iam::111111111111:role/target", []key{{name: "sts:ExternalId", kind: "string", asked: []string{"x-1", "x-*"}, values: []string{"x-1", "x-2", "y"}}}},
	{"sts:GetCallerIdentity", "*", nil},
	{"sqs:SendMessage", "arn:aws:sqs:us-east-1:111111111111:queue", nil},
	{"sns:Publish", "arn:aws:sns:us-east-1:111111111111:topic", nil},
	{"secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:111111111111:secret:db-AbCdEf", nil},
	{"lambda:InvokeFunction", "arn:aws:lambda:us-east-1:111111111111:function:f", nil},
	{"dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:111111111111:table/t", []key{{name: "dynamodb:Attributes", kind: "string", many: true, asked: []string{"id", "name", "n*"}, values: []string{"id", "name", "secret"}}}},
	{"iam:PassRole", "arn:aws:iam::111111111111:role/target", []key{{name: "iam:PassedToService", kind: "string", asked: []string{"ec2.amazonaws.com", "*.amazonaws.com"}, values: []string{"ec2.amazonaws.com", "lambda.amazonaws.com"}}}},
	{"iam:TagUser", "arn:aws:iam::111111111111:user/new", []key{{name: "aws:RequestTag/team", kind: "string", asked: []string{"red", "${aws:PrincipalTag/team}"}, values: []string{"red", "blue"}}}},
	{"ec2:StopInstances", "arn:aws:ec2:us-east-1:111111111111:instance/i-1", []key{{name: "aws:ResourceTag/team", kind: "string", asked: []string{"red", "${aws:PrincipalTag/team}"}, values: []string{"red", "blue"}}}},
	{"ec2:DescribeInstances", "*", nil},
	{"s3:PutObjectTagging", "arn:aws:s3:::bucket/team/red/report", []key{
		{name: "s3:RequestObjectTag/env", kind: "string", asked: []string{"dev", "${s3:ExistingObjectTag/env}"}, values: []string{"dev", "prod"}},
		{name: "s3:RequestObjectTagKeys", kind: "string", many: true, asked: []string{"env", "team"}, values: []string{"env", "team", "owner"}},
	}},
	{"s3:DeleteObject", "arn:aws:s3:::bucket/a b+c/[x](1)$", nil},
	{"kms:GenerateDataKey", "arn:aws:kms:us-east-1:111111111111:key/k-1", []key{
		{name: "kms:EncryptionContext:team", kind: "string", asked: []string{"red", "${aws:PrincipalTag/team}"}, values: []string{"red", "blue"}},
		{name: "kms:EncryptionContextKeys", kind: "string", many: true, asked: []string{"team", "env"}, values: []string{"team", "env"}},
		{name: "aws:ResourceTag/team", kind: "string", asked: []string{"red", "${aws:PrincipalTag/team, 'blue'}"}, values: []string{"red", "blue"}},
	}},
	{"kms:CreateGrant", "arn:aws:kms:us-east-1:111111111111:key/k-1", []key{
		{name: "kms:GrantIsForAWSResource", kind: "bool", asked: []string{"true", "false"}, values: []string{"true", "false"}},
		{name: "kms:GrantOperations", kind: "string", many: true, asked: []string{"Decrypt", "Encrypt", "*"}, values: []string{"Decrypt", "Encrypt", "CreateGrant"}},
	}},
	{"sts:TagSession", "arn:aws:iam::111111111111:role/target", []key{{name: "aws:RequestTag/team", kind: "string", asked: []string{"red", "${aws:PrincipalTag/team}"}, values: []string{"red", "blue"}}}},
	{"secretsmanager:PutResourcePolicy", "arn:aws:secretsmanager:us-east-1:111111111111:secret:db-AbCdEf", []key{
		{name: "secretsmanager:BlockPublicPolicy", kind: "bool", asked: []string{"true", "false"}, values: []string{"true", "false"}},
		{name: "aws:ResourceTag/team", kind: "string", asked: []string{"red", "${aws:PrincipalTag/team, 'red'}"}, values: []string{"red", "blue"}},
	}},
	{"lambda:AddPermission", "arn:aws:lambda:us-east-1:111111111111:function:f", []key{{name: "lambda:FunctionUrlAuthType", kind: "string", asked: []string{"AWS_IAM", "NONE"}, values: []string{"AWS_IAM", "NONE"}}}},
	{"iam:CreateRole", "arn:aws:iam::111111111111:role/new", []key{{name: "iam:PermissionsBoundary", kind: "arn", asked: []string{"arn:aws:iam::111111111111:policy/edge", "arn:aws:iam::${aws:PrincipalAccount}:policy/*"}, values: []string{"arn:aws:iam::111111111111:policy/edge", "arn:aws:iam::aws:policy/AdministratorAccess"}}}},
	{"iam:AttachRolePolicy", "arn:aws:iam::111111111111:role/target", []key{{name: "iam:PolicyARN", kind: "arn", asked: []string{"arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/*"}, values: []string{"arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::111111111111:policy/own"}}}},
	{"ec2:CreateTags", "arn:aws:ec2:us-east-1:111111111111:instance/i-1", []key{
		{name: "ec2:CreateAction", kind: "string", asked: []string{"RunInstances", "*"}, values: []string{"RunInstances", "CreateVolume"}},
		{name: "aws:RequestTag/team", kind: "string", asked: []string{"red", "r?d"}, values: []string{"red", "blue"}},
	}},
	{"dynamodb:Query", "arn:aws:dynamodb:us-east-1:111111111111:table/t", []key{
		{name: "dynamodb:LeadingKeys", kind: "string", many: true, asked: []string{"${aws:username}", "ann", "${aws:PrincipalTag/team, 'none'}-*"}, values: []string{"ann", "bob", "red-1"}},
		{name: "dynamodb:Select", kind: "string", asked: []string{"SPECIFIC_ATTRIBUTES"}, values: []string{"SPECIFIC_ATTRIBUTES", "COUNT"}},
	}},
	{"ecr:BatchGetImage", "arn:aws:ecr:us-east-1:111111111111:repository/app", nil},
	{"ssm:GetParameter", "arn:aws:ssm:us-east-1:111111111111:parameter/app/db", []key{{name: "aws:ResourceTag/team", kind: "string", asked: []string{"red", "${aws:PrincipalTag/team}"}, values: []string{"red", "blue"}}}},
	{"sns:Subscribe", "arn:aws:sns:us-east-1:111111111111:topic", []key{{name: "sns:Protocol", kind: "string", asked: []string{"https", "sqs"}, values: []string{"https", "email"}}}},
	{"iam:CreateServiceLinkedRole", "arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX", []key{{name: "iam:AWSServiceName", kind: "string", asked: []string{"x.amazonaws.com", "*.amazonaws.com"}, values: []string{"x.amazonaws.com", "y.amazonaws.com"}}}},
	{"organizations:LeaveOrganization", "*", nil},
}

var globalKeys = []key{
	{name: "aws:PrincipalOrgID", kind: "string", asked: []string{"o-1", "o-2", "o-*"}, values: []string{"o-1", "o-2"}},
	{name: "aws:PrincipalOrgPaths", kind: "string", many: true, asked: []string{"o-1/r-1/ou-1/*", "o-1/*"}, values: []string{"o-1/r-1/ou-1/ou-2/", "o-2/r-2/"}},
	{name: "aws:PrincipalArn", kind: "arn", asked: []string{"arn:aws:iam::111111111111:role/app", "arn:aws:iam::*:user/*", "arn:aws:iam::111111111111:*"}, values: []string{"arn:aws:iam::111111111111:role/app", "arn:aws:iam::111111111111:user/ann", "arn:aws:iam::222222222222:user/bob"}},
	{name: "aws:PrincipalAccount", kind: "string", asked: []string{home, abroad}, values: []string{home, abroad}},
	{name: "aws:PrincipalTag/team", kind: "string", asked: []string{"red", "r*", "blue"}, values: []string{"red", "blue", "ann", "r*"}},
	{name: "aws:PrincipalIsAWSService", kind: "bool", asked: []string{"true", "false"}, values: []string{"true", "false"}},
	{name: "aws:username", kind: "string", asked: []string{"ann", "a?n", "Ann"}, values: []string{"ann", "bob"}},
	{name: "aws:SourceIp", kind: "address", asked: []string{"203.0.113.0/24", "198.51.100.7", "10.0.0.0/8", "2001:db8::/32", "0.0.0.0/0"}, values: []string{"203.0.113.9", "198.51.100.7", "10.1.2.3", "2001:db8::5"}},
	{name: "aws:SourceVpce", kind: "string", asked: []string{"vpce-1", "vpce-*"}, values: []string{"vpce-1", "vpce-2"}},
	{name: "aws:SourceArn", kind: "arn", asked: []string{"arn:aws:sns:us-east-1:111111111111:topic", "arn:aws:sns:*:111111111111:*", "arn:aws:s3:::bucket"}, values: []string{"arn:aws:sns:us-east-1:111111111111:topic", "arn:aws:s3:::bucket", "arn:aws:sns:us-east-1:222222222222:topic:sub"}},
	{name: "aws:SourceAccount", kind: "string", asked: []string{home}, values: []string{home, abroad}},
	{name: "aws:SecureTransport", kind: "bool", asked: []string{"true", "false"}, values: []string{"true", "false"}},
	{name: "aws:MultiFactorAuthPresent", kind: "bool", asked: []string{"true", "false"}, values: []string{"true", "false"}},
	{name: "aws:MultiFactorAuthAge", kind: "number", asked: []string{"3600", "60"}, values: []string{"59", "60", "3600", "7200"}},
	{name: "aws:ViaAWSService", kind: "bool", asked: []string{"true", "false"}, values: []string{"true", "false"}},
	{name: "aws:CalledVia", kind: "string", many: true, asked: []string{"cloudformation.amazonaws.com", "dynamodb.amazonaws.com"}, values: []string{"cloudformation.amazonaws.com", "dynamodb.amazonaws.com", "athena.amazonaws.com"}},
	{name: "aws:TagKeys", kind: "string", many: true, asked: []string{"team", "env", "t*"}, values: []string{"team", "env", "owner", "Team", ""}},
	{name: "aws:RequestedRegion", kind: "string", asked: []string{"us-east-1", "eu-*", "us-east-?"}, values: []string{"us-east-1", "eu-west-1"}},
	{name: "aws:CurrentTime", kind: "date", asked: []string{"2025-01-01T00:00:00Z", "2026-06-30T12:00:00Z", "1735689600", "2026"}, values: []string{"2024-12-31T23:59:59Z", "2025-01-01T00:00:00Z", "2026-07-01T00:00:00Z", "1767225600"}},
	{name: "aws:SourceVpc", kind: "string", asked: []string{"vpc-1", "vpc-*"}, values: []string{"vpc-1", "vpc-2"}},
	{name: "aws:VpcSourceIp", kind: "address", asked: []string{"10.0.0.0/8", "10.1.2.3/32"}, values: []string{"10.1.2.3", "172.16.0.1"}},
	{name: "aws:userid", kind: "string", asked: []string{"AIDAEXAMPLE", "AROAEXAMPLE:*", "*:s1"}, values: []string{"AIDAEXAMPLE", "AROAEXAMPLE:s1"}},
	{name: "aws:PrincipalType", kind: "string", asked: []string{"User", "AssumedRole"}, values: []string{"User", "AssumedRole", "Account", "Anonymous"}},
	{name: "aws:ResourceAccount", kind: "string", asked: []string{home, abroad, "${aws:PrincipalAccount}"}, values: []string{home, abroad}},
	{name: "aws:ResourceOrgID", kind: "string", asked: []string{"o-1", "${aws:PrincipalOrgID}"}, values: []string{"o-1", "o-2"}},
	{name: "aws:SourceOrgID", kind: "string", asked: []string{"o-1"}, values: []string{"o-1", "o-2"}},
	{name: "aws:SourceOrgPaths", kind: "string", many: true, asked: []string{"o-1/*"}, values: []string{"o-1/r-1/ou-1/", "o-2/r-2/"}},
	{name: "aws:PrincipalServiceName", kind: "string", asked: []string{"sns.amazonaws.com", "*.amazonaws.com"}, values: []string{"sns.amazonaws.com", "logs.amazonaws.com"}},
	{name: "aws:PrincipalServiceNamesList", kind: "string", many: true, asked: []string{"sns.amazonaws.com", "logs.*"}, values: []string{"sns.amazonaws.com", "logs.us-east-1.amazonaws.com"}},
	{name: "aws:SourceIdentity", kind: "string", asked: []string{"ann", "${aws:username}"}, values: []string{"ann", "bob"}},
	{name: "aws:PrincipalTag/dept", kind: "string", asked: []string{"${aws:PrincipalTag/team}", "${aws:PrincipalTag/team, 'red'}", "${*}", "r${?}d"}, values: []string{"red", "*", "r?d", "blue"}},
	{name: "aws:TokenIssueTime", kind: "date", asked: []string{"2025-01-01T00:00:00Z"}, values: []string{"2024-12-31T23:59:59Z", "2025-01-01T00:00:01Z"}},
}

var operators = map[string][]string{
	"string":  {"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike"},
	"arn":     {"ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike", "StringEquals", "StringLike", "StringNotLike"},
	"bool":    {"Bool", "Bool", "StringEquals", "StringNotEquals"},
	"number":  {"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals"},
	"date":    {"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals"},
	"address": {"IpAddress", "NotIpAddress"},
}

const (
	user    = "arn:aws:iam::111111111111:user/ann"
	role    = "arn:aws:iam::111111111111:role/app"
	session = "arn:aws:sts::111111111111:assumed-role/app/s1"
)

var (
	requesters = []string{
		user, user, user, role, role, session, session, session, "arn:aws:iam::222222222222:user/bob", "arn:aws:sts::222222222222:assumed-role/vendor/v1",
		"arn:aws:sts::111111111111:federated-user/ann", "arn:aws:iam::111111111111:root", "anonymous", "sns.amazonaws.com", "lambda.amazonaws.com",
		"arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
	}
	namedAWS = []string{
		user, role, session, "arn:aws:sts::111111111111:assumed-role/app/s2", home, "arn:aws:iam::111111111111:root", abroad,
		"arn:aws:iam::222222222222:user/bob", "arn:aws:iam::222222222222:role/vendor", "arn:aws:sts::111111111111:federated-user/ann", "arn:aws:iam::111111111111:user/eve",
		"arn:aws:sts::222222222222:assumed-role/vendor/v1", "arn:aws:iam::222222222222:root",
	}
	namedServices = []string{"sns.amazonaws.com", "lambda.amazonaws.com"}
)
