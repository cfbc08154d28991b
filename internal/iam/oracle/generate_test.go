package oracle

import (
	"math/rand/v2"
	"slices"
	"strings"
)

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
	{name: "aws:TokenIssueTime", kind: "date", asked: []string{"2025-01-01T00:00:00Z"}, values: []string{"2024-12-31T23:59:59Z", "2025-01-01T00:00:01Z"}},
}

var operators = map[string][]string{
	"string":  {"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike"},
	"arn":     {"ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike", "StringEquals", "StringLike", "StringNotLike"},
	"bool":    {"Bool"},
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
		user, user, role, session, session, session, "arn:aws:iam::222222222222:user/bob", "arn:aws:sts::222222222222:assumed-role/vendor/v1",
		"arn:aws:sts::111111111111:federated-user/ann", "arn:aws:iam::111111111111:root", "anonymous", "sns.amazonaws.com",
		"arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
	}
	namedAWS = []string{
		user, role, session, "arn:aws:sts::111111111111:assumed-role/app/s2", home, "arn:aws:iam::111111111111:root", abroad,
		"arn:aws:iam::222222222222:user/bob", "arn:aws:iam::222222222222:role/vendor", "arn:aws:sts::111111111111:federated-user/ann", "arn:aws:iam::111111111111:user/eve",
	}
	namedServices = []string{"sns.amazonaws.com", "lambda.amazonaws.com"}
)

// maker draws one question.
type maker struct {
	*rand.Rand
	target target
	keys   []key
}

// draw gives the question of a number. Each number has its own sequence, so that one question can be drawn alone.
func draw(seed uint64, id int) *question {
	m := &maker{Rand: rand.New(rand.NewPCG(seed, uint64(id)))} //nolint:gosec // the same questions every time
	m.target = pick(m, targets)
	m.keys = m.someKeys()
	q := &question{ID: id, Principal: pick(m, requesters), Action: m.target.action, Resource: m.target.resource, ResourceAccount: home, Context: m.context()}
	if m.one(12) && !strings.Contains(q.Resource, home) {
		q.ResourceAccount = abroad
	}
	anonymous, service := q.Principal == "anonymous", strings.HasSuffix(q.Principal, ".amazonaws.com")
	if !anonymous && !service {
		q.IdentityPolicies = m.list(m.IntN(3), m.permissions)
		if m.one(4) {
			q.PermissionBoundaries = m.list(1, m.permissions)
		}
	}
	if !anonymous && m.one(3) {
		for range 1 + m.IntN(3) {
			q.ServiceControlPolicies = append(q.ServiceControlPolicies, m.list(m.IntN(3), m.permissions))
		}
	}
	if sessions := strings.Contains(q.Principal, ":assumed-role/") || strings.Contains(q.Principal, ":federated-user/"); sessions && m.one(3) {
		q.SessionPolicy = m.permissions()
	}
	if m.target.resource != "*" && (m.one(2) || (q.service() == "kms" || q.service() == "sts") && !m.one(8)) {
		q.ResourcePolicy = m.policy(m.resourceStatement)
	}
	if m.one(5) {
		for range 1 + m.IntN(2) {
			q.ResourceControlPolicies = append(q.ResourceControlPolicies, m.list(m.IntN(2), m.rcp))
		}
	}
	if m.one(8) {
		q.VPCEndpointPolicies = m.list(1, func() *policy { return m.policy(m.endpointStatement) })
	}
	return q
}

func pick[T any](m *maker, from []T) T { return from[m.IntN(len(from))] }

// one is true once in so many times.
func (m *maker) one(in int) bool { return m.IntN(in) == 0 }

// someKeys keeps few keys, so that policies and the request often speak of the same.
func (m *maker) someKeys() []key {
	keys := slices.Clone(m.target.keys)
	for range 3 {
		keys = append(keys, pick(m, globalKeys))
	}
	return keys
}

func (m *maker) context() map[string]any {
	context := map[string]any{}
	for _, k := range m.keys {
		switch {
		case m.one(3):
		case k.many:
			values := []any{}
			for range 1 + m.IntN(3) {
				values = append(values, pick(m, k.values))
			}
			context[k.name] = values
		default:
			context[k.name] = pick(m, k.values)
		}
	}
	if m.one(2) {
		context["aws:username"] = "ann"
	}
	return context
}

func (m *maker) list(count int, each func() *policy) []*policy {
	var out []*policy
	for range count {
		out = append(out, each())
	}
	return out
}

func (m *maker) policy(each func() *statement) *policy {
	p := &policy{Version: "2012-10-17"}
	if m.one(20) {
		p.Version = ""
	}
	for range 1 + m.IntN(3) {
		p.Statement = append(p.Statement, each())
	}
	return p
}

func (m *maker) permissions() *policy {
	return m.policy(func() *statement {
		st := m.statement()
		m.resources(st)
		return st
	})
}

// statement draws all but principals and resources.
func (m *maker) statement() *statement {
	st := &statement{Effect: "Allow"}
	if m.one(4) {
		st.Effect = "Deny"
	}
	service, name, _ := strings.Cut(m.target.action, ":")
	actions := []string{m.target.action, service + ":*", "*", service + ":" + name[:3] + "*", strings.ToUpper(service) + ":" + name[:len(name)-1] + "?", "iam:List*", service + ":Nothing"}
	chosen := []string{pick(m, actions)}
	if m.one(4) {
		chosen = append(chosen, pick(m, actions))
	}
	if m.one(8) {
		st.NotAction = chosen
	} else {
		st.Action = chosen
	}
	for m.one(3) {
		m.condition(st)
	}
	return st
}

func (m *maker) resources(st *statement) {
	resource := m.target.resource
	patterns := []string{"*", "*", resource}
	if m.target.action == "s3:ListAllMyBuckets" {
		patterns = append(patterns, "arn:aws:s3:::*")
	}
	if resource != "*" {
		patterns = append(patterns, resource[:len(resource)-2]+"*", resource[:len(resource)-1]+"?", "arn:aws:*:*:*:*", resource+"-other",
			"arn:aws:s3:::bucket/home/${aws:username}/*", "arn:aws:s3:::bucket/team/${aws:PrincipalTag/team, 'red'}/*", "arn:aws:s3:::bucket/${aws:PrincipalTag/team}*")
	}
	chosen := []string{pick(m, patterns)}
	if m.one(3) {
		chosen = append(chosen, pick(m, patterns))
	}
	if m.one(8) {
		st.NotResource = chosen
	} else {
		st.Resource = chosen
	}
}

func (m *maker) condition(st *statement) {
	k := pick(m, m.keys)
	operator := pick(m, operators[k.kind])
	values := []string{pick(m, k.asked)}
	for m.one(3) {
		values = append(values, pick(m, k.asked))
	}
	if m.one(10) {
		operator, values = "Null", []string{pick(m, []string{"true", "false"})}
	} else {
		if m.one(4) {
			operator += "IfExists"
		}
		if k.many && !m.one(8) || m.one(20) {
			operator = pick(m, []string{"ForAllValues:", "ForAnyValue:"}) + operator
		}
	}
	if st.Condition == nil {
		st.Condition = map[string]map[string][]string{}
	}
	if st.Condition[operator] == nil {
		st.Condition[operator] = map[string][]string{}
	}
	st.Condition[operator][k.name] = values
}

// resourceStatement draws a statement of a resource's policy. Trust policies name no resource.
func (m *maker) resourceStatement() *statement {
	st := m.statement()
	if m.target.action != "sts:AssumeRole" {
		m.resources(st)
	} else if st.NotAction != nil || slices.Contains(st.Action, "*") {
		st.NotAction, st.Action = nil, []string{"sts:AssumeRole"}
	}
	switch {
	case m.one(4):
		st.Principal = "*"
	case m.one(8):
		st.Principal = map[string][]string{"AWS": {"*"}}
	case m.one(6):
		st.Principal = map[string][]string{"Service": {pick(m, namedServices)}, "AWS": {pick(m, namedAWS)}}
	case st.Effect == "Deny" && m.one(2) && m.target.action != "sts:AssumeRole":
		st.NotPrincipal = map[string][]string{"AWS": m.some(namedAWS)}
	default:
		st.Principal = map[string][]string{"AWS": m.some(namedAWS)}
	}
	return st
}

func (m *maker) some(from []string) []string {
	chosen := []string{pick(m, from)}
	for m.one(2) {
		chosen = append(chosen, pick(m, from))
	}
	return chosen
}

func (m *maker) rcp() *policy {
	p := m.policy(m.rcpStatement)
	p.Version = "2012-10-17"
	return p
}

// rcpStatement draws a statement of a resource control policy: it denies, for everyone, actions of one service.
func (m *maker) rcpStatement() *statement {
	st := m.statement()
	service, _, _ := strings.Cut(m.target.action, ":")
	st.Effect, st.Principal, st.NotAction = "Deny", "*", nil
	st.Action = []string{pick(m, []string{service + ":*", m.target.action, "kms:*"})}
	m.resources(st)
	return st
}

// endpointStatement draws a statement of an endpoint's policy.
func (m *maker) endpointStatement() *statement {
	st := m.statement()
	st.Principal = "*"
	m.resources(st)
	return st
}
