package aws

import (
	"fmt"
	"strings"
	"testing"
)

// estate is a principal as accounts have them: an AWS-managed policy with many statements, two of the customer's own, a
// boundary, and an organization three levels deep with the usual guardrails.
func estate(tb testing.TB) *PrincipalPolicies {
	var managed strings.Builder
	for _, service := range []string{"ec2", "s3", "lambda", "logs", "cloudwatch", "dynamodb", "sqs", "sns", "ecs", "ecr", "rds", "kms"} {
		fmt.Fprintf(&managed, "Allow %s:Describe*, %s:List*, %s:Get* on *\n", service, service, service)
	}
	guard := []string{
		adminAll, `Deny organizations:LeaveOrganization, account:CloseAccount on *`,
		`Deny not iam:*, sts:*, organizations:*, support:* on * if {"StringNotEquals":{"aws:RequestedRegion":["us-east-1","eu-west-1"]},"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/admin"}}`,
	}
	return &PrincipalPolicies{
		Identity: policies(tb, []string{
			strings.TrimSpace(managed.String()),
			`Allow s3:GetObject, s3:PutObject on arn:aws:s3:::data-*/*, arn:aws:s3:::logs/${aws:username}/*
			Allow iam:PassRole on arn:aws:iam::111111111111:role/app-* if {"StringEquals":{"iam:PassedToService":"lambda.amazonaws.com"}}`,
			`Allow lambda:* on arn:aws:lambda:*:111111111111:function:app-*
			Deny s3:* on arn:aws:s3:::data-secret/* if {"Bool":{"aws:MultiFactorAuthPresent":"false"}}`,
		}),
		Boundary: policies(tb, []string{"Allow s3:*, lambda:*, logs:*, iam:PassRole on *"}),
		SCPs:     levels(tb, [][]string{guard, {adminAll}, {adminAll, `Deny s3:PutBucketPolicy on *`}}),
	}
}

func BenchmarkEvaluate(b *testing.B) {
	of := estate(b)
	on := &ResourcePolicies{Resource: policies(b, []string{`Deny s3:* on * to everyone if {"Bool":{"aws:SecureTransport":"false"}}`})}
	who, _ := ParsePrincipal(ann)
	context := keys{"aws:RequestedRegion": {"us-east-1"}, "aws:SecureTransport": {"true"}, "aws:MultiFactorAuthPresent": {"true"}, "iam:PassedToService": {"lambda.amazonaws.com"}}
	for _, c := range []struct {
		name, action, on string
		unknown          []string
		want             Decision
	}{
		{"allowed", "s3:GetObject", "arn:aws:s3:::data-1/k", nil, Allowed},
		{"variable", "s3:GetObject", "arn:aws:s3:::logs/ann/k", nil, Allowed},
		{"denied", "s3:PutBucketPolicy", "arn:aws:s3:::data-1", nil, ExplicitlyDenied},
		{"none", "iam:CreateUser", "arn:aws:iam::111111111111:user/x", nil, ImplicitlyDenied},
		{"pass", "iam:PassRole", "arn:aws:iam::111111111111:role/app-1", []string{"*"}, Allowed},
		{"pattern", "lambda:InvokeFunction", "arn:aws:lambda:us-east-1:111111111111:function:app-*", nil, Allowed},
		{"admin", "*", "*", nil, ExplicitlyDenied},
	} {
		b.Run(c.name, func(b *testing.B) {
			request := &Request{Principal: who, Action: c.action, Resource: c.on, ResourceAccount: one1, Context: context, Unknown: c.unknown}
			b.ReportAllocs()
			for b.Loop() {
				if r := Evaluate(request, of, on); r.Decision != c.want {
					b.Fatal(r.Evidence())
				}
			}
		})
	}
}

func BenchmarkSome(b *testing.B) {
	of := estate(b)
	who, _ := ParsePrincipal(ann)
	request := &Request{Principal: who, Resource: "arn:aws:lambda:us-east-1:111111111111:function:*", Context: keys{"aws:RequestedRegion": {"us-east-1"}}}
	b.ReportAllocs()
	for b.Loop() {
		if w := Some(request, []Step{{Action: "lambda:CreateFunction"}, {Action: "lambda:InvokeFunction"}}, of, nil); w.Decision != Allowed {
			b.Fatal(w)
		}
	}
}

func BenchmarkParsePolicy(b *testing.B) {
	text := []byte(document(`Allow s3:GetObject, s3:PutObject on arn:aws:s3:::data-*/*, arn:aws:s3:::logs/${aws:username}/*
		Deny s3:* on arn:aws:s3:::data-secret/* if {"Bool":{"aws:MultiFactorAuthPresent":"false"}}`))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParsePolicy("p", text); err != nil {
			b.Fatal(err)
		}
	}
}
