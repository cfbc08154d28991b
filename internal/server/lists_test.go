package server

import (
	"fmt"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	inroadv1 "github.com/inroad-security/inroad/proto/inroad/v1"
)

func TestListFindings(t *testing.T) {
	client := inroadv1.NewFindingServiceClient(serveWorld(t))
	public := fmt.Sprintf("CRITICAL aws-s3-public-read %s", bucket)  // HIGH, exposed, on a path
	readable := fmt.Sprintf("HIGH aws-rds-unencrypted %s", database) // HIGH, not exposed, on a path
	unencrypted := fmt.Sprintf("LOW aws-ebs-unencrypted %s", volume) // MEDIUM, neither
	for _, test := range []struct {
		name    string
		request *inroadv1.ListFindingsRequest
		want    []string
	}{
		{"all, highest priority first", &inroadv1.ListFindingsRequest{}, []string{public, readable, unencrypted}},
		{"at least HIGH", &inroadv1.ListFindingsRequest{AtLeast: inroadv1.Priority_PRIORITY_HIGH}, []string{public, readable}},
		{"of one check", &inroadv1.ListFindingsRequest{Check: "aws-ebs-unencrypted"}, []string{unencrypted}},
		{"of no check", &inroadv1.ListFindingsRequest{Check: "aws-ebs"}, nil},
		{"of one account", &inroadv1.ListFindingsRequest{Account: "222222222222"}, []string{unencrypted}},
		{"of an account without any", &inroadv1.ListFindingsRequest{Account: "333333333333"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			response, err := client.ListFindings(within(t), test.request)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, finding := range response.GetFindings() {
				got = append(got, fmt.Sprintf("%s %s %s", finding.GetPriority().String()[len("PRIORITY_"):], finding.GetCheck(), finding.GetResource()))
			}
			equal(t, "findings", got, test.want)
		})
	}
}

// A key of 60 days is old to whom asks for keys older than 30.
func TestFindingsByOtherLimits(t *testing.T) {
	key := graph.Node{ID: "arn:aws:iam::111111111111:user/dev/AKIA1", Kind: kinds.AWSAccessKey, Props: graph.Props{
		"account": "111111111111", "status": "Active", "created": collected.AddDate(0, 0, -60).Format(time.RFC3339), "last_used": collected.AddDate(0, 0, -20).Format(time.RFC3339),
	}}
	batch := graph.Batch{Scope: "aws/111111111111/global/iam", Collected: collected, Nodes: []graph.Node{key}}
	client := inroadv1.NewFindingServiceClient(serve(t, of(snapshotOf(t, 1, batch), nil), Options{}))
	for _, test := range []struct {
		limits *inroadv1.FindingLimits
		want   []string
	}{
		{nil, nil},
		{&inroadv1.FindingLimits{KeyAgeDays: 30}, []string{"aws-access-key-old"}},
		{&inroadv1.FindingLimits{UnusedDays: 19}, []string{"aws-access-key-unused"}},
		{&inroadv1.FindingLimits{KeyAgeDays: 60, UnusedDays: 20}, nil},
	} {
		listed, err := client.ListFindings(within(t), &inroadv1.ListFindingsRequest{Limits: test.limits})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, each := range listed.GetFindings() {
			got = append(got, each.GetCheck())
			if _, err := client.GetFinding(within(t), &inroadv1.GetFindingRequest{Id: each.GetId(), Limits: test.limits}); err != nil {
				t.Errorf("%s of the list is not to be had by its id: %v", each.GetCheck(), err)
			}
		}
		equal(t, fmt.Sprintf("findings by %v", test.limits), got, test.want)
	}
	_, err := client.ListFindings(within(t), &inroadv1.ListFindingsRequest{Limits: &inroadv1.FindingLimits{KeyAgeDays: 40000}})
	refused(t, err, codes.InvalidArgument, "INVALID")
}

func TestGetFinding(t *testing.T) {
	connection := serveWorld(t)
	client := inroadv1.NewFindingServiceClient(connection)
	listed, err := client.ListFindings(within(t), &inroadv1.ListFindingsRequest{Check: "aws-rds-unencrypted"})
	if err != nil || len(listed.GetFindings()) != 1 {
		t.Fatal(listed, err)
	}
	paths, err := inroadv1.NewAttackPathServiceClient(connection).ListAttackPaths(within(t), &inroadv1.ListAttackPathsRequest{
		Filter: &inroadv1.AttackPathFilter{Verdicts: []inroadv1.Verdict{inroadv1.Verdict_VERDICT_UNKNOWN}},
	})
	if err != nil || len(paths.GetPaths()) != 1 {
		t.Fatal(paths, err)
	}
	got, err := client.GetFinding(within(t), &inroadv1.GetFindingRequest{Id: listed.GetFindings()[0].GetId()})
	if err != nil {
		t.Fatal(err)
	}
	finding := got.GetFinding()
	if !proto.Equal(finding, listed.GetFindings()[0]) {
		t.Error("it differs from the finding in the list")
	}
	if finding.GetSeverity() != inroadv1.Severity_SEVERITY_HIGH || finding.GetExposed() || !finding.GetOnPath() || finding.GetTitle() == "" ||
		finding.GetRemediation() == "" || len(finding.GetEvidence()) != 1 || finding.GetVerdict() != inroadv1.Verdict_VERDICT_PROVEN {
		t.Errorf("%v", finding)
	}
	equal(t, "its paths", finding.GetPaths(), []string{paths.GetPaths()[0].GetId()})
	_, err = client.GetFinding(within(t), &inroadv1.GetFindingRequest{Id: "0000000000000000"})
	refused(t, err, codes.NotFound, "NOT_FOUND")
}

func TestListAssets(t *testing.T) {
	client := inroadv1.NewInventoryServiceClient(serveWorld(t))
	for _, test := range []struct {
		name    string
		request *inroadv1.ListAssetsRequest
		want    []graph.ID
	}{
		{"all by id, without what is known by name alone", &inroadv1.ListAssetsRequest{}, []graph.ID{host, volume, admin, web, account, dev, database, bucket, secret, graph.Internet}},
		{"of a kind", &inroadv1.ListAssetsRequest{Kinds: []string{"AWSRole"}}, []graph.ID{admin, web}},
		{"of a class", &inroadv1.ListAssetsRequest{Kinds: []string{"DataStore"}}, []graph.ID{volume, database, bucket, secret}},
		{"of a kind or a class", &inroadv1.ListAssetsRequest{Kinds: []string{"AWSUser", "Workload"}}, []graph.ID{host, dev}},
		{"of an account", &inroadv1.ListAssetsRequest{Account: "222222222222"}, []graph.ID{volume}},
		{"with a tag's key", &inroadv1.ListAssetsRequest{Tag: "env"}, []graph.ID{database, bucket}},
		{"with a tag's key and value", &inroadv1.ListAssetsRequest{Tag: "env=prod"}, []graph.ID{bucket}},
		{"with another value of the tag", &inroadv1.ListAssetsRequest{Tag: "env=pro"}, nil},
		{"with the beginning of a key", &inroadv1.ListAssetsRequest{Tag: "en"}, nil},
		{"all conditions hold together", &inroadv1.ListAssetsRequest{Kinds: []string{"AWSBucket", "AWSVolume"}, Account: "111111111111", Tag: "team"}, []graph.ID{bucket}},
	} {
		t.Run(test.name, func(t *testing.T) {
			response, err := client.ListAssets(within(t), test.request)
			if err != nil {
				t.Fatal(err)
			}
			var got []graph.ID
			for _, asset := range response.GetAssets() {
				got = append(got, graph.ID(asset.GetId()))
			}
			equal(t, "assets", got, test.want)
		})
	}
	_, err := client.ListAssets(within(t), &inroadv1.ListAssetsRequest{Kinds: []string{"AWSRole", "Bucket"}})
	refused(t, err, codes.InvalidArgument, "INVALID")
}

func TestGetAsset(t *testing.T) {
	client := inroadv1.NewInventoryServiceClient(serveWorld(t))
	got, err := client.GetAsset(within(t), &inroadv1.GetAssetRequest{Id: string(dev)})
	if err != nil {
		t.Fatal(err)
	}
	asset := got.GetAsset()
	if asset.GetKind() != "AWSUser" || asset.GetStub() || asset.GetProperties().AsMap()["access_keys"] != 2.0 || asset.GetProperties().AsMap()["account"] != "111111111111" {
		t.Errorf("%v", asset)
	}
	equal(t, "classes", asset.GetClasses(), []string{"Principal"})

	got, err = client.GetAsset(within(t), &inroadv1.GetAssetRequest{Id: string(web)})
	if err != nil {
		t.Fatal(err)
	}
	var relations []string
	for _, relation := range got.GetRelations() {
		relations = append(relations, fmt.Sprintf("%s %s %s %s %s", relation.GetFrom(), relation.GetKind(), relation.GetTo(), relation.GetTechnique(), relation.GetVerdict()))
	}
	equal(t, "relations, outgoing first", relations, []string{
		fmt.Sprintf("%s CAN_ASSUME %s assume VERDICT_POSSIBLE", web, admin),
		fmt.Sprintf("%s CAN_READ %s store VERDICT_PROVEN", web, secret),
		fmt.Sprintf("%s RUNS_AS %s profile VERDICT_PROVEN", host, web),
	})
	if got.GetTotalRelations() != 3 {
		t.Errorf("a total of %d relations", got.GetTotalRelations())
	}

	got, err = client.GetAsset(within(t), &inroadv1.GetAssetRequest{Id: string(secret)})
	if name := got.GetAsset().GetProperties().AsMap()["name"]; err != nil || name != "\uFFFDkey" {
		t.Errorf("text that is not UTF-8: %q, %v", name, err)
	}
	for _, id := range []graph.ID{partner, ghosts} {
		got, err := client.GetAsset(within(t), &inroadv1.GetAssetRequest{Id: string(id)})
		if err != nil || !got.GetAsset().GetStub() {
			t.Errorf("known by name alone: %v, %v", got.GetAsset(), err)
		}
	}
	_, err = client.GetAsset(within(t), &inroadv1.GetAssetRequest{Id: "arn:aws:s3:::nowhere"})
	refused(t, err, codes.NotFound, "NOT_FOUND")
}

func TestGetAssetBoundsItsRelations(t *testing.T) {
	batch := graph.Batch{Scope: "aws/111111111111/global/iam", Nodes: []graph.Node{{ID: account, Kind: kinds.AWSAccount}}, Edges: []graph.Edge{{From: account, To: account, Kind: kinds.Contains}}}
	for i := range 1200 {
		batch.Edges = append(batch.Edges, graph.Edge{From: graph.ID(fmt.Sprintf("arn:aws:iam::111111111111:user/u%04d", i)), To: account, Kind: kinds.MemberOf})
	}
	client := inroadv1.NewInventoryServiceClient(serve(t, of(snapshotOf(t, 1, batch), nil), Options{}))
	got, err := client.GetAsset(within(t), &inroadv1.GetAssetRequest{Id: string(account)})
	if err != nil || len(got.GetRelations()) != 1000 || got.GetTotalRelations() != 1201 {
		t.Errorf("%d of %d relations, %v: want 1000 of 1201, an edge to itself counted once", len(got.GetRelations()), got.GetTotalRelations(), err)
	}
}

func TestListScopes(t *testing.T) {
	client := inroadv1.NewIngestServiceClient(serveWorld(t))
	for _, test := range []struct {
		name    string
		request *inroadv1.ListScopesRequest
		want    []string
	}{
		{"all by name", &inroadv1.ListScopesRequest{}, []string{
			"aws/111111111111/eu-west-1/data complete true 3 nodes 0 edges", "aws/111111111111/eu-west-1/ec2 complete true 1 nodes 0 edges",
			"aws/111111111111/global/iam complete false 4 nodes 1 edges", "aws/222222222222/eu-west-1/ec2 complete true 1 nodes 0 edges",
			"derived/aws complete true 1 nodes 8 edges",
		}},
		{"below a prefix", &inroadv1.ListScopesRequest{Prefix: "aws/2"}, []string{"aws/222222222222/eu-west-1/ec2 complete true 1 nodes 0 edges"}},
		{"incomplete ones", &inroadv1.ListScopesRequest{IncompleteOnly: true}, []string{"aws/111111111111/global/iam complete false 4 nodes 1 edges"}},
		{"incomplete ones where there are none", &inroadv1.ListScopesRequest{IncompleteOnly: true, Prefix: "aws/2"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			response, err := client.ListScopes(within(t), test.request)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, scope := range response.GetScopes() {
				got = append(got, fmt.Sprintf("%s complete %t %d nodes %d edges", scope.GetScope(), scope.GetComplete(), scope.GetNodes(), scope.GetEdges()))
				if when := scope.GetCollected(); (when != nil) != (scope.GetScope() == "aws/111111111111/eu-west-1/ec2") || when != nil && !when.AsTime().Equal(collected) {
					t.Errorf("%s was collected at %v", scope.GetScope(), when)
				}
				if !scope.GetComplete() {
					equal(t, "reasons", scope.GetReasons(), []string{"AccessDenied: iam:ListUsers"})
				}
			}
			equal(t, "scopes", got, test.want)
			if response.GetRevision() != 7 {
				t.Errorf("revision %d", response.GetRevision())
			}
		})
	}
}

func TestProvenanceIsBounded(t *testing.T) {
	batch := graph.Batch{Scope: "aws/111111111111/global/iam"}
	for i := range 150 {
		batch.Incomplete = append(batch.Incomplete, fmt.Sprintf("AccessDenied: call %03d", i))
	}
	client := inroadv1.NewInventoryServiceClient(serve(t, of(snapshotOf(t, 1, batch), nil), Options{}))
	response, err := client.ListAssets(within(t), &inroadv1.ListAssetsRequest{})
	if provenance := response.GetProvenance(); err != nil || len(provenance.GetIncomplete()) != 100 || provenance.GetTotalIncomplete() != 150 {
		t.Errorf("%d of %d, %v", len(provenance.GetIncomplete()), provenance.GetTotalIncomplete(), err)
	}
}
