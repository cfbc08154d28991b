package aws

import (
	"slices"
	"testing"
)

func TestPatternsAreAllowedOnlyAsAWhole(t *testing.T) {
	ask := func(name, action, on string, want Decision, identity ...string) question {
		return question{name: name, action: action, on: on, identity: identity, want: want}
	}
	askAll(t, []question{
		ask("all that a pattern covers is allowed by a wider one", "s3:GetObject", "arn:aws:s3:::bucket/*", Allowed, `Allow s3:* on arn:aws:s3:::b*`),
		ask("a narrower one allows a part only", "s3:GetObject", "arn:aws:s3:::bucket/*", ImplicitlyDenied, `Allow s3:* on arn:aws:s3:::bucket/a*`),
		ask("a deny on a part denies", "s3:GetObject", "arn:aws:s3:::bucket/*", ExplicitlyDenied, adminAll, `Deny s3:* on arn:aws:s3:::bucket/secret/*`),
		ask("a deny elsewhere does not", "s3:GetObject", "arn:aws:s3:::bucket/*", Allowed, adminAll, `Deny s3:* on arn:aws:s3:::other/*`),
		ask("parts together may cover the whole", "s3:GetObject", "arn:aws:s3:::bucket/*", Allowed, `Allow s3:* on arn:aws:s3:::bucket/a*`, `Allow s3:* on not arn:aws:s3:::bucket/a*`),
		ask("a condition on a part makes the whole possible only if it may hold", "s3:GetObject", "arn:aws:s3:::bucket/*", ImplicitlyDenied, `Allow s3:* on arn:aws:s3:::bucket/a*`, `Allow s3:* on arn:aws:s3:::bucket/* if {"Bool":{"aws:SecureTransport":"true"}}`),
		ask("everything on everything is an administrator", "*", "*", Allowed, adminAll),
		ask("everything but IAM is none", "*", "*", ImplicitlyDenied, `Allow not iam:* on *`),
		ask("everything with one deny is none", "*", "*", ExplicitlyDenied, adminAll, `Deny s3:DeleteBucket on *`),
		ask("power users and IAM together are", "*", "*", Allowed, `Allow not iam:* on *`, `Allow iam:* on *`),
		ask("all actions of a service", "s3:*", "*", Allowed, `Allow s3:* on *`),
		ask("all actions of a name", "s3:Get*", "arn:aws:s3:::bucket/*", ImplicitlyDenied, `Allow s3:GetObject on *`),
		ask("a user pattern", "iam:CreateAccessKey", "arn:aws:iam::111111111111:user/*", Allowed, `Allow iam:* on arn:aws:iam::111111111111:user/*`),
		ask("objects are not granted on buckets", "s3:GetObject", "*", ImplicitlyDenied, `Allow s3:* on arn:aws:s3:::bucket`),
	})
}

// Service Authorization Reference: an action without resource types can only be granted on "*".
func TestActionsActOnTheirResourceTypesOnly(t *testing.T) {
	instance := "arn:aws:ec2:us-east-1:111111111111:instance/i-1"
	askAll(t, []question{
		{name: "describing instances cannot be granted on one", action: "ec2:DescribeInstances", on: instance, identity: []string{`Allow ec2:* on ` + instance}, want: ImplicitlyDenied},
		{name: "describing instances is granted on all", action: "ec2:DescribeInstances", on: "*", identity: []string{`Allow ec2:Describe* on *`}, want: Allowed},
		{name: "listing all buckets is granted on every bucket", action: "s3:ListAllMyBuckets", on: "*", identity: []string{`Allow s3:* on arn:aws:s3:::*`}, want: Allowed},
		{name: "listing all buckets is not granted on some", action: "s3:ListAllMyBuckets", on: "*", identity: []string{`Allow s3:* on arn:aws:s3:::b*`}, want: ImplicitlyDenied},
		{name: "an object is no bucket to list", action: "s3:ListBucket", on: object, identity: []string{adminAll}, want: ImplicitlyDenied},
		{name: "listing a bucket is not granted on its objects", action: "s3:ListBucket", on: "arn:aws:s3:::bucket", identity: []string{`Allow s3:* on arn:aws:s3:::bucket/*`}, want: ImplicitlyDenied},
		{name: "an explicit deny shows even where the action does not act", action: "s3:GetObject", on: "arn:aws:s3:::bucket", identity: []string{adminAll, `Deny s3:* on *`}, want: ExplicitlyDenied},
		{name: "an object is not a bucket", action: "s3:GetObject", on: "arn:aws:s3:::bucket", identity: []string{adminAll}, want: ImplicitlyDenied},
		{name: "starting an instance is granted on it", action: "ec2:StartInstances", on: instance, identity: []string{`Allow ec2:* on ` + instance}, want: Allowed},
		{name: "an action nobody knows is judged by the policies alone", action: "new:Action", on: instance, identity: []string{`Allow new:* on ` + instance}, want: Allowed},
	})
}

func TestLookupAction(t *testing.T) {
	a, ok := LookupAction("iam:passrole")
	if !ok || a.Name != "iam:PassRole" || len(a.Resources) != 1 || !a.Resources[0].Required || !slices.Contains(a.ConditionKeys, "iam:PassedToService") {
		t.Errorf("iam:PassRole is %+v", a)
	}
	if a, ok := LookupAction("ec2:DescribeInstances"); !ok || len(a.Resources) != 0 || a.Access != "List" {
		t.Errorf("ec2:DescribeInstances is %+v", a)
	}
	if _, ok := LookupAction("no:Such"); ok {
		t.Error("no:Such is known")
	}
	if services := len(actions().services); services < 450 {
		t.Errorf("%d services in the table", services)
	}
	if !supportsRCPs("s3") || supportsRCPs("ec2") {
		t.Error("wrong about the services that support RCPs")
	}
}

func TestSomeFindsOneResourceForAllSteps(t *testing.T) {
	functions := "arn:aws:lambda:us-east-1:111111111111:function:*"
	steps := []Step{{Action: "lambda:CreateFunction"}, {Action: "lambda:InvokeFunction"}}
	some := func(identity ...string) Witness {
		who, _ := ParsePrincipal(ann)
		return Some(&Request{Principal: who, Resource: functions, Unknown: []string{"*"}}, steps, &PrincipalPolicies{Identity: policies(t, identity)}, nil)
	}
	for _, c := range []struct {
		name     string
		identity []string
		want     Decision
		resource string
	}{
		{"any name will do", []string{adminAll}, Allowed, functions[:len(functions)-1] + "x"},
		{"both steps meet in one name", []string{`Allow lambda:CreateFunction on *:dev-*`, `Allow lambda:InvokeFunction on *-run`}, Allowed, ""},
		{"the steps never meet", []string{`Allow lambda:CreateFunction on arn:aws:lambda:us-east-1:111111111111:function:dev-*`, `Allow lambda:InvokeFunction on arn:aws:lambda:us-east-1:111111111111:function:prod-*`}, ImplicitlyDenied, ""},
		{"a deny leaves no name", []string{adminAll, `Deny lambda:InvokeFunction on *`}, ExplicitlyDenied, ""},
		{"a deny leaves some names", []string{adminAll, `Deny lambda:* on *:function:a*`}, Allowed, ""},
		{"a condition on one step", []string{`Allow lambda:CreateFunction on *`, `Allow lambda:InvokeFunction on * if {"Bool":{"aws:MultiFactorAuthPresent":"true"}}`}, Possible, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := some(c.identity...)
			if w.Decision != c.want || c.resource != "" && w.Resource != c.resource {
				t.Errorf("got %s on %s", w.Decision, w.Resource)
			}
			if !CompilePattern(functions).Match(w.Resource) || len(w.Results) != len(steps) {
				t.Errorf("witness %s with %d results", w.Resource, len(w.Results))
			}
		})
	}
}

func TestWhereAndWhatAPrincipalMay(t *testing.T) {
	of := &PrincipalPolicies{Identity: policies(t, []string{`Allow s3:Get*, s3:PutObject on arn:aws:s3:::a/*, arn:aws:s3:::b/${aws:username}/*
		Deny s3:* on arn:aws:s3:::c/*
		Allow not iam:* on not arn:aws:s3:::d/*
		Allow ec2:* on *`})}
	if got, want := of.ResourcePatterns("s3:GetObject"), []string{"*", "arn:aws:s3:::a/*", "arn:aws:s3:::b/*/*"}; !slices.Equal(got, want) {
		t.Errorf("s3:GetObject on %q", got)
	}
	if got := of.ResourcePatterns("iam:PassRole"); len(got) != 0 {
		t.Errorf("iam:PassRole on %q", got)
	}
	if got, want := of.Actions("arn:aws:s3:::a/x"), []string{"*", "ec2:*", "s3:get*", "s3:putobject"}; !slices.Equal(got, want) {
		t.Errorf("on a: %q", got)
	}
}

// AWS fault isolation boundaries, "Partitions": accounts and resources of one partition are of no use in another.
func TestAPatternCoversThePrincipalsPartitionOnly(t *testing.T) {
	abroad := "arn:aws-cn:iam::111111111111:user/ann"
	askAll(t, []question{
		{name: "every user is one of the principal's partition", action: "iam:GetUser", on: "*", identity: []string{`Allow iam:* on arn:aws:iam::*:user/*`}, want: Allowed},
		{name: "which another partition's are not", who: abroad, action: "iam:GetUser", on: "*", identity: []string{`Allow iam:* on arn:aws:iam::*:user/*`}, want: ImplicitlyDenied},
		{name: "a user of that partition has those", who: abroad, action: "iam:GetUser", on: "*", identity: []string{`Allow iam:* on arn:aws-cn:iam::*:user/*`}, want: Allowed},
		{name: "one account of the partition is not all", action: "iam:GetUser", on: "*", identity: []string{`Allow iam:* on arn:aws:iam::111111111111:user/*`}, want: ImplicitlyDenied},
		{name: "objects are reached through access points too", action: "s3:GetObject", on: "*", identity: []string{`Allow s3:* on arn:aws:s3:::*`}, want: ImplicitlyDenied},
	})
}
