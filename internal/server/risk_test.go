package server

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/threatmodel"
	inroadv1 "github.com/inroad-security/inroad/proto/inroad/v1"
)

// last drains a stream and gives its last message, with the number before it.
func last[M any](t *testing.T, receive func() (M, error)) (final M, before int) {
	t.Helper()
	before = -1
	for {
		message, err := receive()
		if errors.Is(err, io.EOF) {
			return final, before
		}
		if err != nil {
			t.Fatal(err)
		}
		final = message
		before++
	}
}

func whole(t *testing.T, given *inroadv1.Provenance) {
	t.Helper()
	if given.GetRevision() != 7 || given.GetTotalIncomplete() != 1 {
		t.Errorf("the answer is of revision %d with %d gaps", given.GetRevision(), given.GetTotalIncomplete())
	}
}

func TestAssessPosture(t *testing.T) {
	client := inroadv1.NewRiskServiceClient(serveWorld(t))
	stream, err := client.AssessPosture(within(t), &inroadv1.AssessPostureRequest{Limit: 2})
	if err != nil {
		t.Fatal(err)
	}
	message, before := last(t, stream.Recv)
	posture := message.GetPosture()
	whole(t, posture.GetProvenance())
	// host .5 × web .9 × admin .95/2 × account 1, host .5 × database .95/4, host .5 × web .9 × secret .95, bucket .95/2.
	if before < 4 || len(posture.GetAssets()) != 2 || posture.GetTruncated().GetTotal() != 4 {
		t.Fatalf("%d progress messages, %d assets: %v", before, len(posture.GetAssets()), posture)
	}
	first := posture.GetAssets()[0]
	if first.GetId() != string(secret) || !first.GetLikelihood().GetExact() || first.GetLikelihood().GetEstimate() != 0.4275 || first.GetRisk().GetEstimate() != 2.565 {
		t.Errorf("first %v", first)
	}
	if len(posture.GetCauses()) == 0 || posture.GetCauses()[0].GetCause() != "rule:sg-1#0" {
		t.Errorf("causes %v", posture.GetCauses())
	}
}

func TestPlanFixes(t *testing.T) {
	client := inroadv1.NewRiskServiceClient(serveWorld(t))
	stream, err := client.PlanFixes(within(t), &inroadv1.PlanFixesRequest{})
	if err != nil {
		t.Fatal(err)
	}
	message, _ := last(t, stream.Recv)
	plan := message.GetPlan()
	whole(t, plan.GetProvenance())
	var made []string
	for _, change := range plan.GetChanges() {
		made = append(made, change.GetKind())
		if len(change.GetGuide()) == 0 {
			t.Errorf("%v has no guide", change)
		}
	}
	equal(t, "changes", made, []string{"block-public-access", "remove-rule"})
	if plan.GetCost() != 2 || plan.GetBound() != 2 || len(plan.GetClosed()) != 4 || len(plan.GetCertificate().GetPaths()) == 0 {
		t.Errorf("%v", plan)
	}
	if plan.GetRehearsal() != nil {
		t.Error("a rehearsal that nobody asked for")
	}
	stream, err = client.PlanFixes(within(t), &inroadv1.PlanFixesRequest{Rehearse: true})
	if err != nil {
		t.Fatal(err)
	}
	message, _ = last(t, stream.Recv)
	// The bucket is a fact of this world; the group is none, so that its rule is taken on trust.
	if told := message.GetPlan().GetRehearsal(); told.GetMade() != 1 || len(told.GetTaken()) != 1 || told.GetTaken()[0].GetKind() != "remove-rule" || len(told.GetReached()) > 0 {
		t.Errorf("%v", told)
	}
	spent, err := client.PlanFixes(within(t), &inroadv1.PlanFixesRequest{Budget: 1})
	if err != nil {
		t.Fatal(err)
	}
	message, _ = last(t, spent.Recv)
	if purchase := message.GetPurchase(); purchase.GetCost() != 1 || purchase.GetChanges()[0].GetKind() != "remove-rule" || purchase.GetRiskAfter() >= purchase.GetRiskBefore() {
		t.Errorf("%v", purchase)
	}
}

func TestOneNodesBlastAndExposure(t *testing.T) {
	client := inroadv1.NewRiskServiceClient(serveWorld(t))
	blast, err := client.GetBlastRadius(within(t), &inroadv1.GetBlastRadiusRequest{Id: string(web), Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	whole(t, blast.GetProvenance())
	// The account, admin and the secret; and the bucket, which anyone reads, so that a named entry does (docs/scoring.md).
	if blast.GetTotal() != 4 || blast.GetValue() != 10+6+3 || blast.GetGains()[0].GetId() != string(account) || blast.GetTruncated().GetTotal() != 4 {
		t.Errorf("%v", blast)
	}
	exposure, err := client.GetExposure(within(t), &inroadv1.GetExposureRequest{Id: string(account), Question: &inroadv1.Question{From: []string{"internet", "class:Principal"}}})
	if err != nil {
		t.Fatal(err)
	}
	var entries []string
	for _, path := range exposure.GetPaths() {
		entries = append(entries, path.GetEntry())
	}
	equal(t, "entries", entries, []string{string(graph.Internet), string(admin), string(dev), string(web)})
	distinct, err := client.ListDistinctPaths(within(t), &inroadv1.ListDistinctPathsRequest{Entry: "internet", Target: string(account)})
	if err != nil || len(distinct.GetPaths()) != 1 {
		t.Errorf("%v, %v", distinct, err)
	}
	_, err = client.GetBlastRadius(within(t), &inroadv1.GetBlastRadiusRequest{Id: "nobody"})
	refused(t, err, codes.NotFound, "NOT_FOUND")
	_, err = client.GetExposure(within(t), &inroadv1.GetExposureRequest{Id: string(account), Question: &inroadv1.Question{From: []string{"arn:aws:ec2:eu-west-1:111111111111:instance/i"}}})
	if message := refused(t, err, codes.NotFound, "NOT_FOUND"); !strings.Contains(message, string(host)) {
		t.Error(message)
	}
}

func TestWhatIfAndAssertions(t *testing.T) {
	client := inroadv1.NewRiskServiceClient(serveWorld(t))
	answer, err := client.WhatIf(within(t), &inroadv1.WhatIfRequest{Remove: []string{"rule:sg-1#0"}, Add: []string{"internet -[CAN_ASSUME]-> " + string(dev)}})
	if err != nil {
		t.Fatal(err)
	}
	whole(t, answer.GetProvenance())
	if len(answer.GetGone()) != 2 || len(answer.GetChanged()) != 1 || answer.GetSame() != 1 || answer.GetGone()[0].GetRemoved()[0].GetCause() != "rule:sg-1#0" {
		t.Errorf("%v", answer)
	}
	_, err = client.WhatIf(within(t), &inroadv1.WhatIfRequest{Remove: []string{"rule:none#0"}})
	refused(t, err, codes.NotFound, "NOT_FOUND")

	report, err := client.CheckAssertions(within(t), &inroadv1.CheckAssertionsRequest{
		Assertions: "assertions: [{name: shut, to: '" + string(volume) + "'}, {name: no secret, to: '" + string(secret) + "'}]",
	})
	if err != nil {
		t.Fatal(err)
	}
	if report.GetFailed() != 1 || !report.GetResults()[0].GetPassed() || len(report.GetResults()[1].GetPaths()) != 1 {
		t.Errorf("%v", report)
	}
	_, err = client.CheckAssertions(within(t), &inroadv1.CheckAssertionsRequest{Assertions: "assert: []"})
	if message := refused(t, err, codes.InvalidArgument, "INVALID"); !strings.Contains(message, "assertions:1: assert") {
		t.Error(message)
	}
}

func TestExplainQuestionAndChokepoints(t *testing.T) {
	client := inroadv1.NewRiskServiceClient(serveWorld(t))
	explained, err := client.ExplainQuestion(within(t), &inroadv1.ExplainQuestionRequest{Question: &inroadv1.Question{ThreatModel: "jewels: [{tag: team=web, value: 9}]\nonly: true"}})
	if err != nil || len(explained.GetJewels()) != 1 || explained.GetJewels()[0].GetBy() != "threat_model:1: jewels[0]" || explained.GetEntries()[0].GetId() != "internet" {
		t.Errorf("%v, %v", explained, err)
	}
	_, err = client.ExplainQuestion(within(t), &inroadv1.ExplainQuestionRequest{Question: &inroadv1.Question{ThreatModel: "jewel: []"}})
	refused(t, err, codes.InvalidArgument, "INVALID")
	chokepoints, err := client.ListChokepoints(within(t), &inroadv1.ListChokepointsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	whole(t, chokepoints.GetProvenance())
	if chokepoints.GetChokepoints()[0].GetCause() != "rule:sg-1#0" || chokepoints.GetWaypoints()[0].GetId() != string(host) || chokepoints.GetWaypoints()[0].GetJewels() != 3 {
		t.Errorf("%v", chokepoints)
	}
}

func TestAPostureThatNobodyWaitsForIsStopped(t *testing.T) {
	client := inroadv1.NewRiskServiceClient(serveWorld(t))
	ctx, cancel := context.WithCancel(within(t))
	cancel()
	stream, err := client.AssessPosture(ctx, &inroadv1.AssessPostureRequest{})
	if err == nil {
		_, err = stream.Recv()
	}
	if err == nil {
		t.Error("a cancelled call is answered")
	}
}

func TestTheServersThreatModelHoldsWhereACallBringsNone(t *testing.T) {
	model, err := threatmodel.Parse("inroad.yaml", []byte("entries: [{id: '"+string(dev)+"'}]\njewels: [{kind: AWSAccount, value: 7}]\nonly: true\ncontrols: [{name: approval, kinds: [CAN_ESCALATE_TO], strength: 0.5}]"))
	if err != nil {
		t.Fatal(err)
	}
	connection := serve(t, of(snapshotOf(t, 7, world()...), nil), Options{Model: model})
	listed, err := inroadv1.NewAttackPathServiceClient(connection).ListAttackPaths(within(t), &inroadv1.ListAttackPathsRequest{})
	if err != nil || len(listed.GetPaths()) != 1 || listed.GetPaths()[0].GetEntry() != string(dev) || listed.GetPaths()[0].GetRisk() != 2.8 { // 7 × 0.8 × 0.5
		t.Errorf("%v, %v", listed, err)
	}
	climbs, err := inroadv1.NewAttackPathServiceClient(connection).ListEscalations(within(t), &inroadv1.ListEscalationsRequest{Principal: string(dev)})
	if err != nil || len(climbs.GetEscalations()) != 1 || climbs.GetEscalations()[0].GetLikelihood() != 0.4 {
		t.Errorf("%v, %v", climbs, err)
	}
	client := inroadv1.NewRiskServiceClient(connection)
	for text, want := range map[string]int{"": 1, "jewels: [{kind: AWSSecret, value: 1}]\nonly: true": 0} {
		stream, err := client.PlanFixes(within(t), &inroadv1.PlanFixesRequest{Question: &inroadv1.Question{ThreatModel: text, From: []string{string(dev)}}})
		if err != nil {
			t.Fatal(err)
		}
		if message, _ := last(t, stream.Recv); len(message.GetPlan().GetClosed()) != want {
			t.Errorf("with %q: %v", text, message)
		}
	}
}
