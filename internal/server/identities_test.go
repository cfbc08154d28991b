package server

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/ingest"
	"github.com/inroad-security/inroad/ingest/aws"
	"github.com/inroad-security/inroad/internal/analysis"
	"github.com/inroad-security/inroad/internal/estate"
	"github.com/inroad-security/inroad/internal/identity"
	inroadv1 "github.com/inroad-security/inroad/proto/inroad/v1"
)

const (
	deployer      = "arn:aws:iam::300000000003:role/ci-deployer"
	platformAdmin = "arn:aws:iam::200000000002:role/platform-admin"
)

// sampled gives the sample organization with its attack edges, which has policies, and a client to a server of it.
func sampled(t *testing.T) (*graph.Snapshot, inroadv1.IdentityServiceClient) {
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
	return snapshot, inroadv1.NewIdentityServiceClient(serve(t, of(snapshot, nil), Options{}))
}

// The service says what package identity says, which the command line prints.
func TestIdentityServiceSaysWhatTheCommandLineSays(t *testing.T) {
	snapshot, client := sampled(t)
	policies := identity.New(snapshot)
	request := identity.Request{Action: "sts:AssumeRole", Resource: platformAdmin}

	can, err := client.Can(within(t), &inroadv1.CanRequest{Principal: deployer, Action: request.Action, Resource: request.Resource})
	if err != nil || can.GetAnswer().GetAccess() != inroadv1.Access_ACCESS_ALLOWED || !proto.Equal(can.GetAnswer(), wireAnswer(policies.Can(deployer, request))) {
		t.Errorf("can: %v, %v", can, err)
	}
	denied, err := client.Can(within(t), &inroadv1.CanRequest{Principal: "internet", Action: request.Action, Resource: request.Resource})
	if err != nil || denied.GetAnswer().GetAccess() != inroadv1.Access_ACCESS_DENIED || len(denied.GetAnswer().GetEvidence()) == 0 {
		t.Errorf("can, of anyone: %v, %v", denied, err)
	}
	session, err := client.Can(within(t), &inroadv1.CanRequest{Principal: "arn:aws:sts::300000000003:assumed-role/ci-deployer/build", Action: request.Action, Resource: request.Resource})
	if err != nil || session.GetAnswer().GetPrincipal() != deployer || len(session.GetNotes()) != 1 {
		t.Errorf("can, of a session: %v, %v", session, err)
	}

	who, err := client.WhoCan(within(t), &inroadv1.WhoCanRequest{Action: request.Action, Resource: request.Resource})
	if want := policies.WhoCan(request); err != nil || len(want.Answers) == 0 || len(who.GetAnswers()) != len(want.Answers) || who.GetAsked() != int64(want.Asked) {
		t.Errorf("who can: %v, %v, want %v", who, err, want)
	}
	what, err := client.WhatCan(within(t), &inroadv1.WhatCanRequest{Principal: platformAdmin})
	if want := policies.WhatCan(platformAdmin); err != nil || !what.GetComplete() || len(what.GetPermissions()) != len(want.Permissions) ||
		!proto.Equal(what.GetPermissions()[0], wirePermission(want.Permissions[0])) || len(what.GetPermissions()[0].GetExceptions()) == 0 {
		t.Errorf("what can: %v, %v, want %v", what, err, want)
	}
	become, err := client.WhoCanBecome(within(t), &inroadv1.WhoCanBecomeRequest{Target: platformAdmin})
	want, wrong := identity.Become(within(t), snapshot, platformAdmin)
	if err != nil || wrong != nil || len(want.Becoming) == 0 || len(become.GetBecoming()) != len(want.Becoming) || become.GetBecoming()[0].GetPrincipal() != deployer ||
		!become.GetBecoming()[0].GetDirect() || become.GetBecoming()[0].GetVerdict() != inroadv1.Verdict_VERDICT_PROVEN {
		t.Errorf("who can become: %v, %v", become, err)
	}
}

func TestIdentityServicePagesItsLists(t *testing.T) {
	_, client := sampled(t)
	whole, err := client.WhoCan(within(t), &inroadv1.WhoCanRequest{Action: "iam:ListUsers", Resource: "*"})
	if err != nil || len(whole.GetAnswers()) < 3 {
		t.Fatal(whole, err)
	}
	var got []string
	page := &inroadv1.PageRequest{Size: 2}
	for {
		part, err := client.WhoCan(within(t), &inroadv1.WhoCanRequest{Action: "iam:ListUsers", Resource: "*", Page: page})
		if err != nil {
			t.Fatal(err)
		}
		for _, answer := range part.GetAnswers() {
			got = append(got, answer.GetPrincipal())
		}
		if page.Token = part.GetPage().GetNextToken(); page.GetToken() == "" {
			break
		}
	}
	var want []string
	for _, answer := range whole.GetAnswers() {
		want = append(want, answer.GetPrincipal())
	}
	equal(t, "principals", got, want)
	first, err := client.WhatCan(within(t), &inroadv1.WhatCanRequest{Principal: platformAdmin, Page: &inroadv1.PageRequest{Size: 1}})
	if err != nil || len(first.GetPermissions()) != 1 || first.GetPage().GetNextToken() == "" {
		t.Fatal(first, err)
	}
	_, err = client.WhatCan(within(t), &inroadv1.WhatCanRequest{Principal: deployer, Page: &inroadv1.PageRequest{Token: first.GetPage().GetNextToken()}})
	refused(t, err, codes.InvalidArgument, "INVALID")
}

func TestIdentityServiceRefusesWhatCannotBeMeant(t *testing.T) {
	_, client := sampled(t)
	long := strings.Repeat("x", 3000)
	can := func(principal, action, resource string) error {
		_, err := client.Can(within(t), &inroadv1.CanRequest{Principal: principal, Action: action, Resource: resource})
		return err
	}
	for _, c := range []struct {
		name   string
		err    error
		code   codes.Code
		reason string
	}{
		{"an empty question", can("", "", ""), codes.InvalidArgument, "INVALID"},
		{"a principal that there is not", can(platformAdmin+"s", "s3:GetObject", "*"), codes.NotFound, "NOT_FOUND"},
		{"an action without service", can(platformAdmin, "GetObject", "*"), codes.InvalidArgument, "INVALID"},
		{"a resource that is no ARN", can(platformAdmin, "s3:GetObject", "bucket"), codes.NotFound, "NOT_FOUND"},
		{"a name that is too long", can(long, "s3:GetObject", "*"), codes.InvalidArgument, "INVALID"},
		{"who can, without action", func() error { _, err := client.WhoCan(within(t), &inroadv1.WhoCanRequest{Resource: "*"}); return err }(), codes.InvalidArgument, "INVALID"},
		{"what can, of nobody", func() error {
			_, err := client.WhatCan(within(t), &inroadv1.WhatCanRequest{Principal: deployer + "-none"})
			return err
		}(), codes.NotFound, "NOT_FOUND"},
		{"who can become a bucket", func() error {
			_, err := client.WhoCanBecome(within(t), &inroadv1.WhoCanBecomeRequest{Target: "arn:aws:s3:::northwind-trail"})
			return err
		}(), codes.InvalidArgument, "INVALID"},
	} {
		t.Run(c.name, func(t *testing.T) { refused(t, c.err, c.code, c.reason) })
	}
}

// told is what a server says of the cases that it is sent.
func simulated(t *testing.T, client inroadv1.IdentityServiceClient, cases ...string) []*inroadv1.SimulateResponse {
	t.Helper()
	stream, err := client.Simulate(within(t))
	if err != nil {
		t.Fatal(err)
	}
	var said []*inroadv1.SimulateResponse
	for _, each := range cases {
		if err := stream.Send(&inroadv1.SimulateRequest{CaseJson: each}); err != nil {
			t.Fatal(err)
		}
		response, err := stream.Recv() // each is answered as it comes
		if err != nil {
			t.Fatal(err)
		}
		said = append(said, response)
	}
	if err := stream.CloseSend(); err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); !errors.Is(err, io.EOF) {
		t.Fatalf("after the last case: %v", err)
	}
	return said
}

func TestSimulate(t *testing.T) {
	client := inroadv1.NewIdentityServiceClient(serveWorld(t))
	const case1 = `{"id":1,"principal":"arn:aws:iam::111111111111:user/ann","action":"s3:GetObject","resource":"arn:aws:s3:::b/k",` +
		`"identityPolicies":[{"Version":"2012-10-17","Statement":{"Sid":"Read","Effect":"Allow","Action":"s3:*","Resource":"*"}}]}`
	said := simulated(t, client, case1, `{"id":"two","principal":7}`, `no JSON`, strings.Replace(case1, "Allow", "Deny", 1))
	if said[0].GetIdJson() != "1" || said[0].GetDecision() != inroadv1.Decision_DECISION_ALLOWED || !slices.ContainsFunc(said[0].GetEvidence(), func(fact string) bool { return strings.Contains(fact, `"Read"`) }) {
		t.Errorf("a case: %v", said[0])
	}
	if said[1].GetIdJson() != `"two"` || said[1].GetError() == "" || said[1].GetDecision() != inroadv1.Decision_DECISION_UNSPECIFIED {
		t.Errorf("a case that cannot be read: %v", said[1])
	}
	if said[2].GetError() == "" || said[3].GetDecision() != inroadv1.Decision_DECISION_EXPLICITLY_DENIED {
		t.Errorf("after it the rest go on: %v, %v", said[2], said[3])
	}
	var stream grpc.BidiStreamingClient[inroadv1.SimulateRequest, inroadv1.SimulateResponse]
	stream, err := client.Simulate(within(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Send(&inroadv1.SimulateRequest{}); err != nil {
		t.Fatal(err)
	}
	_, err = stream.Recv()
	refused(t, err, codes.InvalidArgument, "INVALID")
}
