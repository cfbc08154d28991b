package scoring_test

import (
	"context"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/scoring"
)

const (
	account = graph.ID("arn:aws:iam::111111111111:root")
	admin   = graph.ID("arn:aws:iam::111111111111:role/admin")
	web     = graph.ID("arn:aws:ec2:eu-west-1:111111111111:instance/i-web")
	alice   = graph.ID("arn:aws:iam::111111111111:user/alice")
	bucket  = graph.ID("arn:aws:s3:::customer-records")
	key     = graph.ID("arn:aws:kms:eu-west-1:111111111111:key/k")
)

func snapshotOf(t testing.TB, batches ...graph.Batch) *graph.Snapshot {
	t.Helper()
	snapshot, err := graph.NewSnapshot(1, batches...)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

// world: the internet exploits a web server whose role is the administrator; the bucket needs its key.
func world(t testing.TB) *graph.Snapshot {
	t.Helper()
	return snapshotOf(t, graph.Batch{
		Scope: "aws/111111111111/global/world", Incomplete: []string{"kms: AccessDenied"},
		Nodes: []graph.Node{
			{ID: account, Kind: kinds.AWSAccount, Props: graph.Props{"account": "111111111111"}},
			{ID: admin, Kind: kinds.AWSRole, Props: graph.Props{"account": "111111111111"}},
			{ID: alice, Kind: kinds.AWSUser, Props: graph.Props{"account": "111111111111"}},
			{ID: web, Kind: kinds.AWSInstance},
			{ID: bucket, Kind: kinds.AWSBucket, Props: graph.Props{"tags": []string{"data-classification=pii"}}},
			{ID: key, Kind: kinds.AWSKey},
		},
		Edges: []graph.Edge{
			{From: graph.Internet, To: web, Kind: kinds.CanExploit, Technique: "ssh-open", Cause: "rule:sgr-1"},
			{From: web, To: admin, Kind: kinds.RunsAs, Technique: "instance-metadata", Cause: "config:i-web#instance_profile"},
			{From: admin, To: account, Kind: kinds.CanAdminister, Technique: "admin", Cause: "statement:p#0"},
			{From: admin, To: key, Kind: kinds.CanDecrypt, Technique: "kms-decrypt", Cause: "statement:p#0"},
			{From: admin, To: bucket, Kind: kinds.CanRead, Technique: "s3-read", Cause: "statement:p#0", Requires: []graph.ID{key}},
			{From: alice, To: admin, Kind: kinds.CanAssume, Technique: "sts-assume", Cause: "statement:trust#0"},
		},
	})
}

func TestAnalyzeTellsTheWorld(t *testing.T) {
	document, err := scoring.Analyze(context.Background(), world(t), scoring.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if len(document.Paths) != 2 {
		t.Fatalf("%d paths, want 2: %+v", len(document.Paths), document.Paths)
	}
	first, second := document.Paths[0], document.Paths[1]
	if first.Target != account || first.Risk != 4.5 || first.Priority != scoring.Critical || first.Likelihood != 0.45 {
		t.Errorf("first: %+v", first)
	}
	if second.Target != bucket || len(second.Steps) != 4 || second.Likelihood != 0.4275 || second.Steps[2].To != key {
		t.Errorf("second: %+v", second)
	}
	if fix := first.Fix; fix == nil || !fix.Closes || fix.Cause != "config:i-web#instance_profile" && fix.Cause != "rule:sgr-1" || fix.Paths != 2 {
		t.Errorf("fix: %+v", first.Fix)
	}
	if len(document.Escalations) != 3 || !document.Escalations[0].Admin {
		t.Errorf("escalations: %+v", document.Escalations)
	}
	if len(document.Chokepoints) != 1 || document.Chokepoints[0].Closed != 2 || document.Chokepoints[0].RiskRemoved != 8.3475 {
		t.Errorf("chokepoints: %+v", document.Chokepoints)
	}
	if len(document.Incomplete) != 1 || document.Truncated != nil || document.EscalationsTruncated != nil {
		t.Errorf("rest: %+v", document)
	}
}
