package identity

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
	"github.com/inroad-security/inroad/ingest/aws"
	"github.com/inroad-security/inroad/internal/analysis"
	"github.com/inroad-security/inroad/internal/estate"
	iam "github.com/inroad-security/inroad/internal/iam/aws"
)

const production, staging = "arn:aws:iam::200000000002:", "arn:aws:iam::300000000003:"

// sample is the sample organization with its attack edges.
func sample(t *testing.T) *graph.Snapshot {
	t.Helper()
	folder := t.TempDir()
	if err := estate.WriteSample(folder); err != nil {
		t.Fatal(err)
	}
	batches, _, err := ingest.Read(context.Background(), folder, aws.Cloud())
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := analysis.Read(context.Background(), batches...)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

// covers tells what the sets say of one request on a resource of an account ("" = not known whose): certainly allowed, perhaps, or
// neither.
func (told *WhatCan) covers(action, resource, owner string) (certain, perhaps bool) {
	matches := func(patterns []string, text string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool { return iam.CompilePattern(strings.ToLower(p)).Match(strings.ToLower(text)) })
	}
	in := func(area *Area) bool {
		return matches(area.Actions, action) && !matches(area.NotActions, action) && matches(area.Resources, resource) && !matches(area.NotResources, resource)
	}
	for i := range told.Permissions {
		permission := &told.Permissions[i]
		elsewhere := permission.Within != graph.ID(resource) && owner != "" && owner != account(permission.Within)
		if elsewhere || !in(&permission.Area) {
			continue
		}
		stopped, doubted := false, false
		for j := range permission.Except {
			if in(&permission.Except[j].Area) {
				stopped, doubted = stopped || len(permission.Except[j].Conditions) == 0, true
			}
		}
		perhaps = perhaps || !stopped
		certain = certain || permission.Verdict == "Allowed" && !doubted
	}
	return certain, perhaps
}

// What a principal can do, as sets, must be what it can do when asked of each action and resource.
func TestWhatCanAgreesWithCan(t *testing.T) {
	snapshot := sample(t)
	policies := New(snapshot)
	asked := map[graph.NodeKind][]string{
		kinds.AWSBucket: {"s3:ListBucket", "s3:PutBucketPolicy"}, kinds.AWSRole: {"sts:AssumeRole", "iam:PassRole", "iam:UpdateAssumeRolePolicy"},
		kinds.AWSUser: {"iam:CreateAccessKey", "iam:DeleteUser"}, kinds.AWSKey: {"kms:Decrypt", "kms:ScheduleKeyDeletion"},
		kinds.AWSFunction: {"lambda:InvokeFunction", "lambda:UpdateFunctionCode"}, kinds.AWSSecret: {"secretsmanager:GetSecretValue"},
		kinds.AWSInstance: {"ec2:StopInstances", "ssm:StartSession"},
	}
	compared, allowed := 0, 0
	for i := range snapshot.OfKind(kinds.AWSUser, kinds.AWSRole) {
		if snapshot.Stub(i) {
			continue
		}
		principal := snapshot.ID(i)
		told := policies.WhatCan(principal)
		if !told.Complete {
			t.Errorf("%s: sets are missing", principal)
		}
		for kind, actions := range asked {
			for r := range snapshot.OfKind(kind) {
				resource := string(snapshot.ID(r))
				owner := snapshot.Props(r).Text("account")
				for _, action := range actions {
					said := policies.Can(principal, Request{Action: action, Resource: resource})
					certain, perhaps := told.covers(action, resource, owner)
					compared++
					switch {
					case certain && said.Verdict != "Allowed", said.Verdict != Denied && !perhaps:
						t.Errorf("%s may %s on %s: %s, but the sets say certainly %v, perhaps %v", principal, action, resource, said.Verdict, certain, perhaps)
					case said.Verdict != Denied:
						allowed++
					}
				}
			}
		}
	}
	if compared < 500 || allowed < 50 {
		t.Errorf("only %d requests were compared, of which %d are allowed", compared, allowed)
	}
}

func account(id graph.ID) string { return strings.Split(string(id), ":")[4] }

func TestWhatCanTellsEachSetWithItsEvidence(t *testing.T) {
	policies := New(sample(t))
	told := policies.WhatCan(production + "role/platform-admin")
	if len(told.Gaps) > 0 || len(told.Permissions) == 0 {
		t.Fatalf("%d sets, gaps %v", len(told.Permissions), told.Gaps)
	}
	all := told.Permissions[0]
	if !slices.Equal(all.Actions, []string{"*"}) || !slices.Equal(all.Resources, []string{"*"}) || all.Verdict != "Allowed" {
		t.Errorf("an administrator's first set is %+v", all.Area)
	}
	stopped := slices.ContainsFunc(all.Except, func(x Exception) bool {
		return slices.Contains(x.Actions, "iam:CreateAccessKey") && len(x.Conditions) == 0 && x.Evidence[0].Locator == "NoLongLivedCredentials"
	})
	if !stopped {
		t.Errorf("the control policy's denial is not among %+v", all.Except)
	}
	for _, permission := range told.Permissions {
		if len(permission.Evidence) == 0 {
			t.Errorf("%+v has no evidence", permission.Area)
		}
	}
	if deployer := policies.WhatCan(staging + "role/ci-deployer"); !slices.ContainsFunc(deployer.Permissions, func(p Permission) bool {
		return slices.Equal(p.Actions, []string{"sts:AssumeRole"}) && slices.Equal(p.Resources, []string{production + "role/platform-admin"})
	}) {
		t.Errorf("a role of another account that lets it in is not among %+v", deployer.Permissions)
	}
}

func TestBecome(t *testing.T) {
	snapshot := sample(t)
	found, err := Become(context.Background(), snapshot, production+"role/platform-admin")
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Becoming) == 0 || found.Becoming[0].Principal != staging+"role/ci-deployer" || !found.Becoming[0].Direct || found.Becoming[0].Verdict != "Allowed" {
		t.Fatalf("%+v", found.Becoming)
	}
	for _, one := range found.Becoming {
		if one.Direct != (len(one.Steps) == 1) || one.Steps[len(one.Steps)-1].To != found.Target {
			t.Errorf("%s: direct %v, %d steps", one.Principal, one.Direct, len(one.Steps))
		}
		for _, step := range one.Steps {
			if len(step.Evidence) == 0 {
				t.Errorf("%s: the step from %s to %s has no evidence", one.Principal, step.From, step.To)
			}
		}
		if one.Principal == production+"user/helpdesk" {
			t.Error("a user whom an SCP stops is said to become it")
		}
	}
	if !slices.ContainsFunc(found.Becoming, func(b Becoming) bool { return !b.Direct }) {
		t.Error("nobody becomes it by way of others")
	}
}

func TestBecomeRefusesWhatNobodyCanBe(t *testing.T) {
	snapshot := sample(t)
	if _, err := Become(context.Background(), snapshot, production+"role/platform-admn"); !errors.Is(err, graph.ErrNotFound) {
		t.Errorf("a role that there is not: %v", err)
	}
	for i := range snapshot.OfKind(kinds.AWSBucket) {
		if _, err := Become(context.Background(), snapshot, snapshot.ID(i)); !errors.Is(err, graph.ErrInvalid) {
			t.Errorf("a bucket: %v", err)
		}
	}
}
