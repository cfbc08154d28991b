package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/identity"
)

// run runs a command line as a user would, with a text as standard input.
func run(t *testing.T, stores Stores, input string, args ...string) (out string, err error) {
	t.Helper()
	root := New(stores, "test")
	var stdout bytes.Buffer
	root.SetIn(strings.NewReader(input))
	root.SetOut(&stdout)
	root.SetErr(&bytes.Buffer{})
	root.SetArgs(args)
	err = root.ExecuteContext(context.Background())
	return stdout.String(), err
}

func noStores(context.Context, string, bool) (graph.Store, error) {
	return nil, graph.ErrNotFound
}

func policyCase(id, principal string, padding int) string {
	return fmt.Sprintf(`{"id":%s,"principal":%q,"action":"s3:GetObject","resource":"arn:aws:s3:::b/k","padding":%q,`+
		`"identityPolicies":[{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}]}`, id, principal, strings.Repeat("x", padding))
}

func TestSimulateAnswersEachLineInOrder(t *testing.T) {
	user := "arn:aws:iam::111111111111:user/ann"
	batch := strings.Join([]string{
		policyCase(`1`, user, 0), `{"id":2`, ``, policyCase(`"three"`, user, 17<<20), policyCase(`4`, "nobody", 0), `{"context":[],"id":5}`,
		policyCase(`6`, "anonymous", 0),
	}, "\n")
	out, err := run(t, noStores, batch, "iam", "simulate", "--batch", "-")
	if err != nil {
		t.Fatal(err)
	}
	want := []struct{ id, result, fault string }{
		{"1", "Allowed", ""},
		{"", "", "unexpected end"},
		{`"three"`, "Allowed", ""},
		{"4", "", "not an ARN"},
		{"5", "", "context: a JSON array does not belong there"},
		{"6", "ImplicitlyDenied", ""},
	}
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if len(lines) != len(want) {
		t.Fatalf("%d answers, want %d", len(lines), len(want))
	}
	for i, line := range lines {
		var answer struct {
			ID            json.RawMessage
			Result, Error string
			Evidence      []string
		}
		if err := json.Unmarshal([]byte(line), &answer); err != nil {
			t.Fatalf("line %d: %v", i+1, err)
		}
		if string(answer.ID) != want[i].id || answer.Result != want[i].result || !strings.Contains(answer.Error, want[i].fault) {
			t.Errorf("line %d: %s", i+1, line)
		}
		if (answer.Error == "") == (answer.Evidence == nil) {
			t.Errorf("line %d: evidence %q with error %q", i+1, answer.Evidence, answer.Error)
		}
	}
}

func TestALineThatIsTooLongIsAnsweredAndTheRestGoesOn(t *testing.T) {
	for _, end := range []string{"\n" + policyCase(`2`, "anonymous", 0), ""} {
		var out bytes.Buffer
		if err := simulate(strings.NewReader(policyCase(`1`, "anonymous", 100_000)+end), &out, 90_000); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); !strings.HasPrefix(got, `{"error":"a line of more than 90000 bytes"}`) || strings.Count(got, "\n") != 1+strings.Count(end, "\n") {
			t.Errorf("got %s", got)
		}
	}
}

func TestSimulateNeedsABatchThatThereIs(t *testing.T) {
	if _, err := run(t, noStores, "", "iam", "simulate"); err == nil || !strings.Contains(err.Error(), "batch") {
		t.Errorf("without --batch: %v", err)
	}
	if _, err := run(t, noStores, "", "iam", "simulate", "--batch", "no-such-file"); err == nil || !strings.Contains(err.Error(), "no-such-file") {
		t.Errorf("with a file that is not there: %v", err)
	}
}

// sample writes the sample organization's bundle.
func sample(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "sample")
	if _, err := run(t, noStores, "", "demo", "--keep", folder); err != nil {
		t.Fatal(err)
	}
	return folder
}

const production, staging = "arn:aws:iam::200000000002:", "arn:aws:iam::300000000003:"

func TestCan(t *testing.T) {
	bundle := sample(t)
	for _, c := range []struct{ name, as, action, resource, want string }{
		{"a role that the trust names and whose policy allows it", staging + "role/ci-deployer", "sts:AssumeRole", production + "role/platform-admin", "Allowed: "},
		{"a session is asked for by its role", "arn:aws:sts::300000000003:assumed-role/ci-deployer/build", "sts:AssumeRole", production + "role/platform-admin", "Allowed: " + staging + "role/ci-deployer"},
		{"an SCP stops what the user's policy allows", production + "user/helpdesk", "iam:CreateAccessKey", production + "user/ops-admin", "stopped: denied explicitly"},
		{"anyone is asked for as the internet", "internet", "sts:AssumeRole", production + "role/platform-admin", "Denied: internet"},
		{"a service may be asked for", "ec2.amazonaws.com", "sts:AssumeRole", production + "role/platform-admin", "Denied: ec2.amazonaws.com"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, err := run(t, noStores, "", "iam", "can", "--bundle", bundle, "--as", c.as, "--action", c.action, "--resource", c.resource)
			if err != nil || !strings.Contains(out, c.want) {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

func TestCanRefusesWhatCannotBeMeant(t *testing.T) {
	bundle := sample(t)
	for _, c := range []struct{ name, as, action, resource, context, want string }{
		{"a mistyped user brings the near one", production + "user/helpdesc", "iam:GetUser", "*", "k=v", "near it: " + production + "user/helpdesk"},
		{"a bare name brings the ARN", "helpdesk", "iam:GetUser", "*", "k=v", production + "user/helpdesk"},
		{"an action without service", production + "user/helpdesk", "GetUser", "*", "k=v", "want service:Action"},
		{"a resource that is no ARN", production + "user/helpdesk", "iam:GetUser", "platform-admin", "k=v", production + "role/platform-admin"},
		{"a key without value", production + "user/helpdesk", "iam:GetUser", "*", "k", "want key=value"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, err := run(t, noStores, "", "iam", "can", "--bundle", bundle, "--as", c.as, "--action", c.action, "--resource", c.resource, "--context", c.context)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

func TestWhoCanListsThemInOrder(t *testing.T) {
	bundle := sample(t)
	var first string
	for range 2 {
		out, err := run(t, noStores, "", "iam", "who-can", "--bundle", bundle, "--action", "iam:ListUsers", "--resource", "*", "--format", "json")
		if err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = out
		}
		if out != first {
			t.Fatalf("two answers to one question:\n%s\n%s", first, out)
		}
	}
	var found identity.WhoCan
	if err := json.Unmarshal([]byte(first), &found); err != nil {
		t.Fatal(err)
	}
	verdicts := map[string]string{}
	for i, said := range found.Answers {
		verdicts[string(said.Principal)] = said.Verdict
		if len(said.Evidence) == 0 {
			t.Errorf("%s: %s without evidence", said.Principal, said.Verdict)
		}
		if i > 0 && said.Verdict == found.Answers[i-1].Verdict && said.Principal <= found.Answers[i-1].Principal {
			t.Errorf("%s comes behind %s", said.Principal, found.Answers[i-1].Principal)
		}
	}
	if verdicts[production+"role/platform-admin"] != "Allowed" || verdicts[production+"root"] != "Allowed" {
		t.Errorf("an administrator or root user is missing: %v", verdicts)
	}
	if said, ok := verdicts["internet"]; ok {
		t.Errorf("internet: %s", said)
	}
	if _, ok := verdicts[production+"role/orders-api"]; ok || found.Asked < len(found.Answers) {
		t.Errorf("a workload's role lists users, or more answered than were asked: %v", verdicts)
	}
}

func TestWhoCanNamesWhomTheResourceTrusts(t *testing.T) {
	out, err := run(t, noStores, "", "iam", "who-can", "--bundle", sample(t), "--action", "sts:AssumeRole", "--resource", production+"role/platform-admin")
	if err != nil || !strings.Contains(out, "Allowed: "+staging+"role/ci-deployer") || !strings.Contains(out, "\n1 may sts:AssumeRole") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestWhatCanTellsSetsAndExceptions(t *testing.T) {
	bundle := sample(t)
	out, err := run(t, noStores, "", "iam", "what-can", "--bundle", bundle, "--as", production+"role/platform-admin")
	if err != nil || !strings.Contains(out, "Allowed: * on *\n") || !strings.Contains(out, "except      iam:CreateAccessKey, ") || !strings.Contains(out, "NoLongLivedCredentials") {
		t.Errorf("%v\n%s", err, out)
	}
	var found identity.WhatCan
	out, err = run(t, noStores, "", "iam", "what-can", "--bundle", bundle, "--as", staging+"role/ci-deployer", "--format", "json")
	if err != nil || json.Unmarshal([]byte(out), &found) != nil || len(found.Permissions) == 0 || !found.Complete {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := run(t, noStores, "", "iam", "what-can", "--bundle", bundle, "--as", production+"user/helpdesc"); err == nil || !strings.Contains(err.Error(), "near it") {
		t.Errorf("a mistyped user: %v", err)
	}
}

func TestWhoCanBecomeTellsEachStep(t *testing.T) {
	bundle := sample(t)
	out, err := run(t, noStores, "", "iam", "who-can-become", production+"role/platform-admin", "--bundle", bundle)
	if err != nil || !strings.Contains(out, "Allowed: "+staging+"role/ci-deployer becomes it directly\n") || !strings.Contains(out, "-[aws-assume-role]-> "+production+"role/platform-admin") {
		t.Errorf("%v\n%s", err, out)
	}
	var found identity.WhoCanBecome
	out, err = run(t, noStores, "", "iam", "who-can-become", production+"root", "--bundle", bundle, "--format", "json")
	if err != nil || json.Unmarshal([]byte(out), &found) != nil || len(found.Becoming) == 0 {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := run(t, noStores, "", "iam", "who-can-become", "arn:aws:s3:::northwind-trail", "--bundle", bundle); err == nil {
		t.Error("a bucket can be become")
	}
}
