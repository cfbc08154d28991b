package scoring_test

import (
	"context"
	"encoding/json"
	"maps"
	"os"
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

func TestExposedAndOnPath(t *testing.T) {
	group := graph.ID("arn:aws:ec2:eu-west-1:111111111111:security-group/sg-1")
	other := graph.ID("arn:aws:ec2:eu-west-1:111111111111:instance/i-other")
	snapshot := snapshotOf(t, graph.Batch{
		Scope: "aws/111111111111/global/world",
		Nodes: []graph.Node{
			{ID: account, Kind: kinds.AWSAccount}, {ID: web, Kind: kinds.AWSInstance}, {ID: other, Kind: kinds.AWSInstance}, {ID: group, Kind: kinds.AWSSecurityGroup},
		},
		Edges: []graph.Edge{
			{From: graph.Internet, To: other, Kind: kinds.CanReach},
			{From: graph.Internet, To: web, Kind: kinds.CanExploit, Evidence: []graph.Evidence{
				{Kind: graph.Grant, Source: group, Locator: "sgr-1"}, {Kind: graph.Guardrail, Source: account}, {Kind: graph.Grant, Source: "not-a-node"},
			}},
			{From: web, To: account, Kind: kinds.CanAdminister},
			{From: account, To: other, Kind: kinds.CanAdminister},
			{From: graph.Internet, To: account, Kind: kinds.Contains},
		},
	})
	if got, want := scoring.Exposed(snapshot), map[graph.ID]bool{other: true, web: true, group: true}; !maps.Equal(got, want) {
		t.Errorf("exposed %v, want %v", got, want)
	}
	analysis, err := scoring.New(snapshot, scoring.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := analysis.OnPath(), map[graph.ID]bool{graph.Internet: true, web: true, group: true, account: true}; !maps.Equal(got, want) {
		t.Errorf("on a path %v, want %v", got, want)
	}
}

func TestPathsThatShareACauseAreNotPunishedTwice(t *testing.T) {
	snapshot := snapshotOf(t, graph.Batch{
		Scope: "test/shared",
		Nodes: []graph.Node{{ID: account, Kind: kinds.AWSAccount}},
		Edges: []graph.Edge{
			{From: graph.Internet, To: web, Kind: kinds.CanExploit, Cause: "cve:CVE-1"},
			{From: web, To: admin, Kind: kinds.CanExploit, Cause: "cve:CVE-1"},
			{From: admin, To: account, Kind: kinds.CanEscalateTo, Cause: "statement:p#0"},
		},
	})
	analysis, err := scoring.New(snapshot, scoring.Config{})
	if err != nil {
		t.Fatal(err)
	}
	paths, _, err := analysis.Paths(t.Context())
	if err != nil || len(paths) != 1 || paths[0].Likelihood != 0.4 || paths[0].Risk != 4 {
		t.Errorf("%+v, %v: want 0.5 once, times 0.8", paths, err)
	}
}

func TestAPathsIDDoesNotDependOnOtherPaths(t *testing.T) {
	whole := analyze(t, world(t), scoring.Config{})
	alone := analyze(t, world(t), scoring.Config{Jewels: map[graph.ID]scoring.Jewel{bucket: {Value: 1, Reason: "ours"}}})
	if len(alone.Paths) != 1 || alone.Paths[0].ID != whole.Paths[1].ID || len(alone.Paths[0].ID) != 12 {
		t.Errorf("%+v", alone.Paths)
	}
}

func TestTruncationIsSaid(t *testing.T) {
	document := analyze(t, world(t), scoring.Config{Limit: 1, EscalationLimit: 2})
	if want := (scoring.Truncation{Limit: 1, Shown: 1, Total: 2}); len(document.Paths) != 1 || document.Truncated == nil || *document.Truncated != want {
		t.Errorf("paths: %+v, want %+v", document.Truncated, want)
	}
	if want := (scoring.Truncation{Limit: 2, Shown: 2, Total: 3}); len(document.Escalations) != 2 || *document.EscalationsTruncated != want {
		t.Errorf("escalations: %+v, want %+v", document.EscalationsTruncated, want)
	}
}

func TestAProvenPathGoesBeforeALikelierDoubtfulOne(t *testing.T) {
	snapshot := snapshotOf(t, graph.Batch{
		Scope: "test/doubt",
		Nodes: []graph.Node{{ID: account, Kind: kinds.AWSAccount}},
		Edges: []graph.Edge{
			{From: graph.Internet, To: account, Kind: kinds.CanAssume, Verdict: graph.Possible, Evidence: []graph.Evidence{{Kind: graph.Gap, Detail: "aws:SourceIp is not known."}}},
			{From: graph.Internet, To: web, Kind: kinds.CanExploit},
			{From: web, To: admin, Kind: kinds.CanExploit},
			{From: admin, To: account, Kind: kinds.CanAdminister},
		},
	})
	document := analyze(t, snapshot, scoring.Config{})
	if len(document.Paths) != 1 || document.Paths[0].Verdict != "proven" || document.Paths[0].Likelihood != 0.25 {
		t.Errorf("%+v", document.Paths)
	}
	doubtful := analyze(t, snapshot, scoring.Config{Entries: []graph.ID{graph.Internet}, Likelihood: func(string, graph.EdgeKind) float64 { return 2 }})
	if doubtful.Paths[0].ID != document.Paths[0].ID {
		t.Error("a likelihood outside (0, 1] is not replaced by the default")
	}
}

// The document's names are a contract with other programs.
func TestDocumentsJSON(t *testing.T) {
	document := analyze(t, world(t), scoring.Config{Entries: []graph.ID{alice}, Jewels: map[graph.ID]scoring.Jewel{bucket: {Value: 9, Reason: "ours"}}, Principals: []graph.ID{alice}})
	document.Escalations = document.Escalations[:1]
	got, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/document.json")
	if err != nil {
		t.Fatal(err)
	}
	if string(got)+"\n" != string(want) {
		t.Errorf("got %s", got)
	}
}

func analyze(t testing.TB, snapshot *graph.Snapshot, config scoring.Config) *scoring.Document {
	t.Helper()
	document, err := scoring.Analyze(context.Background(), snapshot, config)
	if err != nil {
		t.Fatal(err)
	}
	return document
}

func TestWhatAnAccountHoldsFoldsIntoItsPath(t *testing.T) {
	secret := graph.ID("arn:aws:secretsmanager:eu-west-1:111111111111:secret:db")
	direct := graph.ID("arn:aws:secretsmanager:eu-west-1:111111111111:secret:web")
	snapshot := snapshotOf(t, graph.Batch{
		Scope: "test/fold",
		Nodes: []graph.Node{
			{ID: account, Kind: kinds.AWSAccount},
			{ID: web, Kind: kinds.AWSInstance},
			{ID: admin, Kind: kinds.AWSRole},
			{ID: secret, Kind: kinds.AWSSecret},
			{ID: direct, Kind: kinds.AWSSecret},
		},
		Edges: []graph.Edge{
			{From: graph.Internet, To: web, Kind: kinds.CanExploit, Cause: "rule:sgr-1"},
			{From: web, To: admin, Kind: kinds.RunsAs, Cause: "config:profile#roles"},
			{From: web, To: direct, Kind: kinds.CanRead, Cause: "statement:q#0"},
			{From: admin, To: account, Kind: kinds.CanAdminister, Cause: "statement:p#0"},
			{From: account, To: secret, Kind: kinds.CanAdminister, Cause: "config:secret#account"},
			{From: account, To: direct, Kind: kinds.CanAdminister, Cause: "config:web#account"},
		},
	})
	folded := analyze(t, snapshot, scoring.Config{})
	if len(folded.Paths) != 2 || folded.Paths[0].Target != account || folded.Paths[0].Implies != 1 || folded.Paths[1].Target != direct {
		t.Errorf("folded: %+v", folded.Paths)
	}
	unfolded := analyze(t, snapshot, scoring.Config{Unfold: true})
	if len(unfolded.Paths) != 3 || unfolded.Paths[0].Implies != 0 {
		t.Errorf("unfolded: %+v", unfolded.Paths)
	}
	asked := analyze(t, snapshot, scoring.Config{Jewels: map[graph.ID]scoring.Jewel{secret: {Value: 6, Reason: "a secret"}}})
	if len(asked.Paths) != 1 || len(asked.Paths[0].Steps) != 4 {
		t.Fatalf("asked for by itself: %+v", asked.Paths)
	}
	if fix := asked.Paths[0].Fix; fix == nil || fix.Step != 0 {
		t.Errorf("that a secret is in its account is nothing to change: %+v", fix)
	}
}
