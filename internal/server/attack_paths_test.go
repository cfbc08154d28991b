package server

import (
	"fmt"
	"io"
	"math"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	inroadv1 "github.com/inroad-security/inroad/proto/inroad/v1"
)

func targetsOf(paths []*inroadv1.AttackPath) []graph.ID {
	var targets []graph.ID
	for _, path := range paths {
		targets = append(targets, graph.ID(path.GetTarget()))
	}
	return targets
}

func TestListAttackPathsOrders(t *testing.T) {
	client := inroadv1.NewAttackPathServiceClient(serveWorld(t))
	for _, test := range []struct {
		name  string
		order inroadv1.AttackPathOrder
		want  []graph.ID
	}{
		{"gravest first: CRITICAL, HIGH with risk 2.565, HIGH with risk 0.7125, MEDIUM", 0, []graph.ID{account, secret, database, bucket}},
		{"by risk: 2.565, 2.1375, 1.425, 0.7125", inroadv1.AttackPathOrder_ATTACK_PATH_ORDER_RISK, []graph.ID{secret, account, bucket, database}},
		{"by likelihood: 0.475, 0.4275, 0.21375, 0.11875", inroadv1.AttackPathOrder_ATTACK_PATH_ORDER_LIKELIHOOD, []graph.ID{bucket, secret, account, database}},
		{"by length: 1, 2, 3, 4 steps", inroadv1.AttackPathOrder_ATTACK_PATH_ORDER_LENGTH, []graph.ID{bucket, database, secret, account}},
	} {
		t.Run(test.name, func(t *testing.T) {
			response, err := client.ListAttackPaths(within(t), &inroadv1.ListAttackPathsRequest{Order: test.order})
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "targets", targetsOf(response.GetPaths()), test.want)
		})
	}
}

func TestListAttackPathsFilters(t *testing.T) {
	client := inroadv1.NewAttackPathServiceClient(serveWorld(t))
	for _, test := range []struct {
		name   string
		filter *inroadv1.AttackPathFilter
		want   []graph.ID
	}{
		{"an empty filter lets all through", &inroadv1.AttackPathFilter{}, []graph.ID{account, secret, database, bucket}},
		{"at least HIGH", &inroadv1.AttackPathFilter{AtLeast: inroadv1.Priority_PRIORITY_HIGH}, []graph.ID{account, secret, database}},
		{"at least CRITICAL", &inroadv1.AttackPathFilter{AtLeast: inroadv1.Priority_PRIORITY_CRITICAL}, []graph.ID{account}},
		{"proven alone", &inroadv1.AttackPathFilter{Verdicts: []inroadv1.Verdict{inroadv1.Verdict_VERDICT_PROVEN}}, []graph.ID{secret}},
		{
			"possible or unknown", &inroadv1.AttackPathFilter{Verdicts: []inroadv1.Verdict{inroadv1.Verdict_VERDICT_POSSIBLE, inroadv1.Verdict_VERDICT_UNKNOWN}},
			[]graph.ID{account, database, bucket},
		},
		{"by a technique on the way", &inroadv1.AttackPathFilter{Technique: "profile"}, []graph.ID{account, secret}},
		{"by a technique that nothing uses", &inroadv1.AttackPathFilter{Technique: "prof"}, nil},
		{"all conditions hold together", &inroadv1.AttackPathFilter{Technique: "store", AtLeast: inroadv1.Priority_PRIORITY_HIGH, Verdicts: []inroadv1.Verdict{inroadv1.Verdict_VERDICT_UNKNOWN}}, []graph.ID{database}},
		{"to one target", &inroadv1.AttackPathFilter{Targets: []string{string(secret)}}, []graph.ID{secret}},
		{"to a target that is no crown jewel", &inroadv1.AttackPathFilter{Targets: []string{string(web)}}, []graph.ID{web}},
		{"to the administrator of any account", &inroadv1.AttackPathFilter{Targets: []string{"administrator"}}, []graph.ID{account}},
		{"from the internet by name", &inroadv1.AttackPathFilter{Entries: []string{"internet"}}, []graph.ID{account, secret, database, bucket}},
		{"from one's own entry to a target that it cannot reach", &inroadv1.AttackPathFilter{Entries: []string{string(dev)}, Targets: []string{string(volume)}}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			response, err := client.ListAttackPaths(within(t), &inroadv1.ListAttackPathsRequest{Filter: test.filter})
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "targets", targetsOf(response.GetPaths()), test.want)
			if total := response.GetPage().GetTotal(); total != int64(len(test.want)) {
				t.Errorf("a total of %d: want %d", total, len(test.want))
			}
		})
	}
	for name, filter := range map[string]*inroadv1.AttackPathFilter{
		"an entry that is unknown":                           {Entries: []string{"arn:aws:iam::111111111111:user/nobody"}},
		"a target that is unknown":                           {Targets: []string{"arn:aws:s3:::nowhere"}},
		"an entry named by the word for targets":             {Entries: []string{"administrator"}},
		"a target by less than its id, though it is the one": {Targets: []string{"arn:aws:ec2:eu-west-1:222222222222:volume/vol"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := client.ListAttackPaths(within(t), &inroadv1.ListAttackPathsRequest{Filter: filter})
			refused(t, err, codes.NotFound, "NOT_FOUND")
		})
	}
}

func TestGetAttackPathTellsAllOfIt(t *testing.T) {
	client := inroadv1.NewAttackPathServiceClient(serveWorld(t))
	listed, err := client.ListAttackPaths(within(t), &inroadv1.ListAttackPathsRequest{Filter: &inroadv1.AttackPathFilter{Technique: "administrator"}})
	if err != nil || len(listed.GetPaths()) != 1 {
		t.Fatal(listed, err)
	}
	got, err := client.GetAttackPath(within(t), &inroadv1.GetAttackPathRequest{Id: listed.GetPaths()[0].GetId()})
	if err != nil {
		t.Fatal(err)
	}
	path := got.GetPath()
	if !proto.Equal(path, listed.GetPaths()[0]) {
		t.Error("it differs from the path in the list")
	}
	if path.GetEntry() != "internet" || path.GetTarget() != string(account) || path.GetValue() != 10 || path.GetReason() != "full control of the account" {
		t.Errorf("from %s to %s, worth %v: %s", path.GetEntry(), path.GetTarget(), path.GetValue(), path.GetReason())
	}
	if math.Abs(path.GetLikelihood()-0.21375) > 1e-9 || math.Abs(path.GetRisk()-2.1375) > 1e-9 { // .5 × .9 × .95/2 × 1
		t.Errorf("likelihood %v and risk %v: want 0.21375 and 2.1375", path.GetLikelihood(), path.GetRisk())
	}
	if path.GetPriority() != inroadv1.Priority_PRIORITY_CRITICAL || path.GetSeverity() != inroadv1.Severity_SEVERITY_HIGH ||
		path.GetVerdict() != inroadv1.Verdict_VERDICT_POSSIBLE || !path.GetExposed() || path.GetWhy() == "" {
		t.Errorf("priority %s, severity %s, verdict %s, exposed %t, why %q", path.GetPriority(), path.GetSeverity(), path.GetVerdict(), path.GetExposed(), path.GetWhy())
	}
	var steps []string
	for _, step := range path.GetSteps() {
		steps = append(steps, step.GetKind()+" "+step.GetTo())
	}
	equal(t, "steps", steps, []string{"CAN_EXPLOIT " + string(host), "RUNS_AS " + string(web), "CAN_ASSUME " + string(admin), "CAN_ADMINISTER " + string(account)})
	assume := path.GetSteps()[2]
	if assume.GetFrom() != string(web) || assume.GetTechnique() != "assume" || assume.GetCause() != "statement:admin#trust" ||
		assume.GetVerdict() != inroadv1.Verdict_VERDICT_POSSIBLE || math.Abs(assume.GetLikelihood()-0.475) > 1e-9 {
		t.Errorf("the third step: %v", assume)
	}
	want := &inroadv1.Evidence{Kind: inroadv1.EvidenceKind_EVIDENCE_KIND_GAP, Source: string(admin), Locator: "Condition", Detail: "wants an external id"}
	if len(assume.GetEvidence()) != 1 || !proto.Equal(assume.GetEvidence()[0], want) {
		t.Errorf("its evidence: %v", assume.GetEvidence())
	}
	if fix := path.GetFix(); fix == nil || fix.GetCause() == "" || fix.GetChange() == "" || !fix.GetCloses() {
		t.Errorf("fix: %v", path.GetFix())
	}
	if provenance := got.GetProvenance(); provenance.GetRevision() != 7 || provenance.GetTotalIncomplete() != 1 ||
		provenance.GetIncomplete()[0].GetScope() != "aws/111111111111/global/iam" || provenance.GetIncomplete()[0].GetReason() != "AccessDenied: iam:ListUsers" {
		t.Errorf("provenance: %v", provenance)
	}
	_, err = client.GetAttackPath(within(t), &inroadv1.GetAttackPathRequest{Id: "000000000000"})
	refused(t, err, codes.NotFound, "NOT_FOUND")
}

func TestGetAttackPathOfAQuestionOfItsOwn(t *testing.T) {
	client := inroadv1.NewAttackPathServiceClient(serveWorld(t))
	entries, targets := []string{string(dev)}, []string{string(account)}
	listed, err := client.ListAttackPaths(within(t), &inroadv1.ListAttackPathsRequest{Filter: &inroadv1.AttackPathFilter{Entries: entries, Targets: targets}})
	if err != nil || len(listed.GetPaths()) != 1 {
		t.Fatal(listed, err)
	}
	path := listed.GetPaths()[0]
	if path.GetEntry() != string(dev) || math.Abs(path.GetRisk()-8) > 1e-9 || path.GetExposed() || path.GetPriority() != inroadv1.Priority_PRIORITY_HIGH {
		t.Errorf("an insider's path: %v", path)
	}
	if _, err := client.GetAttackPath(within(t), &inroadv1.GetAttackPathRequest{Id: path.GetId(), Entries: entries, Targets: targets}); err != nil {
		t.Error("it was listed and is not found:", err)
	}
	_, err = client.GetAttackPath(within(t), &inroadv1.GetAttackPathRequest{Id: path.GetId()})
	refused(t, err, codes.NotFound, "NOT_FOUND")
}

func TestStreamAttackPathsEqualsTheList(t *testing.T) {
	client := inroadv1.NewAttackPathServiceClient(serveWorld(t))
	filter := &inroadv1.AttackPathFilter{AtLeast: inroadv1.Priority_PRIORITY_HIGH}
	for name, order := range inroadv1.AttackPathOrder_value {
		order := inroadv1.AttackPathOrder(order)
		t.Run(name, func(t *testing.T) {
			listed, err := client.ListAttackPaths(within(t), &inroadv1.ListAttackPathsRequest{Filter: filter, Order: order})
			if err != nil {
				t.Fatal(err)
			}
			stream, err := client.StreamAttackPaths(within(t), &inroadv1.StreamAttackPathsRequest{Filter: filter, Order: order})
			if err != nil {
				t.Fatal(err)
			}
			first, err := stream.Recv()
			if err != nil || first.GetPath() != nil || first.GetTotal() != 3 || !proto.Equal(first.GetProvenance(), listed.GetProvenance()) {
				t.Fatal(first, err)
			}
			var streamed []*inroadv1.AttackPath
			for {
				message, err := stream.Recv()
				if err == io.EOF {
					break
				}
				if err != nil || message.GetProvenance() != nil {
					t.Fatal(message, err)
				}
				streamed = append(streamed, message.GetPath())
			}
			if !proto.Equal(&inroadv1.ListAttackPathsResponse{Paths: streamed}, &inroadv1.ListAttackPathsResponse{Paths: listed.GetPaths()}) {
				t.Errorf("streamed %v\nlisted %v", targetsOf(streamed), targetsOf(listed.GetPaths()))
			}
		})
	}
	stream, err := client.StreamAttackPaths(within(t), &inroadv1.StreamAttackPathsRequest{Filter: &inroadv1.AttackPathFilter{Targets: []string{"nothing"}}})
	if err == nil {
		_, err = stream.Recv()
	}
	refused(t, err, codes.NotFound, "NOT_FOUND")
}

func climbs(escalations []*inroadv1.Escalation) []string {
	var climbs []string
	for _, escalation := range escalations {
		climbs = append(climbs, fmt.Sprintf("%s > %s admin %t %s", escalation.GetPrincipal(), escalation.GetTarget(), escalation.GetAdmin(), escalation.GetVerdict()))
	}
	return climbs
}

func TestListEscalations(t *testing.T) {
	client := inroadv1.NewAttackPathServiceClient(serveWorld(t))
	adminGains := fmt.Sprintf("%s > %s admin true VERDICT_PROVEN", admin, account)
	webGains := fmt.Sprintf("%s > %s admin true VERDICT_POSSIBLE", web, account)
	devGains := fmt.Sprintf("%s > %s admin true VERDICT_PROVEN", dev, account)
	webBecomes := fmt.Sprintf("%s > %s admin false VERDICT_POSSIBLE", web, admin)
	for _, test := range []struct {
		name    string
		request *inroadv1.ListEscalationsRequest
		want    []string
	}{
		{"all, administrators first", &inroadv1.ListEscalationsRequest{}, []string{adminGains, webGains, devGains, webBecomes}},
		{"administrators alone", &inroadv1.ListEscalationsRequest{AdminOnly: true}, []string{adminGains, webGains, devGains}},
		{"of one principal", &inroadv1.ListEscalationsRequest{Principal: string(web)}, []string{webGains, webBecomes}},
		{"of one principal, administrators alone", &inroadv1.ListEscalationsRequest{Principal: string(web), AdminOnly: true}, []string{webGains}},
		{"of one who is known by name alone", &inroadv1.ListEscalationsRequest{Principal: string(partner)}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			response, err := client.ListEscalations(within(t), test.request)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "escalations", climbs(response.GetEscalations()), test.want)
			if response.GetTruncated() != nil || response.GetProvenance().GetRevision() != 7 {
				t.Errorf("truncated %v, provenance %v", response.GetTruncated(), response.GetProvenance())
			}
			for _, escalation := range response.GetEscalations() {
				if escalation.GetPrincipal() == string(dev) && (math.Abs(escalation.GetLikelihood()-0.8) > 1e-9 || len(escalation.GetSteps()) != 1) {
					t.Errorf("%v", escalation)
				}
			}
		})
	}
	for name, principal := range map[string]graph.ID{"unknown": "arn:aws:iam::111111111111:user/nobody", "no principal": bucket} {
		_, err := client.ListEscalations(within(t), &inroadv1.ListEscalationsRequest{Principal: string(principal)})
		t.Run(name, func(t *testing.T) { refused(t, err, codes.NotFound, "NOT_FOUND") })
	}
}

func TestListEscalationsSaysWhatWasCut(t *testing.T) {
	const users = 5001 // one more than scoring.DefaultEscalationLimit
	batch := graph.Batch{Scope: "aws/111111111111/global/iam", Nodes: []graph.Node{{ID: account, Kind: kinds.AWSAccount}}}
	for i := range users {
		user := graph.ID(fmt.Sprintf("arn:aws:iam::111111111111:user/u%04d", i))
		batch.Nodes = append(batch.Nodes, graph.Node{ID: user, Kind: kinds.AWSUser})
		batch.Edges = append(batch.Edges, graph.Edge{From: user, To: account, Kind: kinds.CanEscalateTo})
	}
	client := inroadv1.NewAttackPathServiceClient(serve(t, of(snapshotOf(t, 1, batch), nil), Options{}))
	response, err := client.ListEscalations(within(t), &inroadv1.ListEscalationsRequest{Page: &inroadv1.PageRequest{Size: 1}})
	if err != nil {
		t.Fatal(err)
	}
	if cut := response.GetTruncated(); cut.GetLimit() != 5000 || cut.GetShown() != 5000 || cut.GetTotal() != users {
		t.Errorf("truncated: %v", cut)
	}
	if response.GetPage().GetTotal() != 5000 || len(response.GetEscalations()) != 1 {
		t.Errorf("page: %v", response.GetPage())
	}
}
