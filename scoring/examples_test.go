package scoring

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// says fails when docs/scoring.md does not hold a text: an example that was changed there is to be changed here too.
func says(t *testing.T, texts ...string) {
	t.Helper()
	document, err := os.ReadFile("../docs/scoring.md")
	if err != nil {
		t.Fatal(err)
	}
	plain := strings.ReplaceAll(string(document), "\n> ", " ")
	for _, text := range texts {
		if !strings.Contains(plain, text) {
			t.Errorf("docs/scoring.md does not say %q", text)
		}
	}
}

// exampleOf analyzes edges from the internet with the published likelihoods of kinds, where a technique does not name its own.
func exampleOf(t *testing.T, config Config, nodes []graph.Node, edges ...graph.Edge) *Document {
	t.Helper()
	snapshot, err := graph.NewSnapshot(1, graph.Batch{Scope: "test/docs", Nodes: nodes, Edges: edges})
	if err != nil {
		t.Fatal(err)
	}
	return analyzed(t, snapshot, config)
}

func TestTheDocumentedOrderOfSteps(t *testing.T) {
	says(t, "`internet → web server → role → key`, and `role → bucket` requires the key. The path to the bucket has four steps, and `role → key` comes before `role → bucket`.")
	document := exampleOf(t, Config{Jewels: map[graph.ID]Jewel{"bucket": {9, "ours"}}}, nil,
		graph.Edge{From: graph.Internet, To: "web server", Kind: kinds.CanExploit}, graph.Edge{From: "web server", To: "role", Kind: kinds.RunsAs},
		graph.Edge{From: "role", To: "key", Kind: kinds.CanDecrypt}, graph.Edge{From: "role", To: "bucket", Kind: kinds.CanRead, Requires: []graph.ID{"key"}})
	var gained []string
	for _, step := range document.Paths[0].Steps {
		gained = append(gained, string(step.To))
	}
	if !slices.Equal(gained, []string{"web server", "role", "key", "bucket"}) {
		t.Errorf("the steps gain %v", gained)
	}
}

func TestTheDocumentedLikelihoodsOfAPath(t *testing.T) {
	says(t,
		"Likelihood 0.5 × 0.8 = **0.4**, not 0.5 × 0.5 × 0.8 = 0.2.",
		"The same exploit, only *possible*: 0.5 × 0.5 = 0.25, and the path 0.25 × 0.8 = **0.2**, verdict possible.",
		"The same exploit, proven, behind a firewall of strength 0.8: 0.5 × (1 − 0.8) = 0.1.",
		"9 × 0.4 = **3.6**")
	for _, test := range []struct {
		name       string
		verdict    graph.Verdict
		controls   []Control
		likelihood float64
		said       string
	}{
		{"two steps of one cause", graph.Proven, nil, 0.4, "proven"},
		{"one of them possible", graph.Possible, nil, 0.2, "possible"},
		{"behind a firewall, as likely as the least likely step of the cause", graph.Proven, []Control{{Name: "firewall", Kinds: []graph.EdgeKind{kinds.CanExploit}, Strength: 0.8}}, 0.08, "proven"},
	} {
		document := exampleOf(t, Config{Controls: test.controls, Jewels: map[graph.ID]Jewel{"account": {9, "ours"}}}, nil,
			graph.Edge{From: graph.Internet, To: "web", Kind: kinds.CanExploit, Cause: "cve:1", Verdict: test.verdict},
			graph.Edge{From: "web", To: "app", Kind: kinds.CanExploit, Cause: "cve:1"},
			graph.Edge{From: "app", To: "account", Kind: kinds.CanEscalateTo, Cause: "statement:p#0"})
		path := document.Paths[0]
		if path.Likelihood != test.likelihood || path.Verdict != test.said || path.Risk != rounded(9*test.likelihood) {
			t.Errorf("%s: likelihood %g, %s, risk %g", test.name, path.Likelihood, path.Verdict, path.Risk)
		}
	}
}

func TestTheDocumentedFold(t *testing.T) {
	says(t, "Three machines, one rule, one role, and a statement that opens 3,000 buckets of value 5: one path, `alike` 2,999, with `instead` 2 at the machine.")
	var edges []graph.Edge
	for i := range 3 {
		machine := graph.ID(fmt.Sprintf("machine-%d", i))
		edges = append(edges, graph.Edge{From: graph.Internet, To: machine, Kind: kinds.CanExploit, Cause: "rule:g#22"}, graph.Edge{From: machine, To: "role", Kind: kinds.RunsAs, Cause: graph.Cause("config:" + string(machine) + "#role")})
	}
	config := Config{Fold: true, Jewels: map[graph.ID]Jewel{}}
	var nodes []graph.Node
	for i := range 3000 {
		bucket := graph.ID(fmt.Sprintf("bucket-%04d", i))
		nodes = append(nodes, graph.Node{ID: bucket, Kind: kinds.AWSBucket})
		config.Jewels[bucket] = Jewel{5, "ours"}
		edges = append(edges, graph.Edge{From: "role", To: bucket, Kind: kinds.CanRead, Cause: "statement:p#0"})
	}
	document := exampleOf(t, config, nodes, edges...)
	if len(document.Paths) != 1 || len(document.Paths[0].Alike) != 2999 || document.Paths[0].Steps[0].Instead != 2 {
		t.Errorf("%d paths", len(document.Paths))
	}
	config.Fold, config.Limit = false, 10
	if unfolded := exampleOf(t, config, nodes, edges...); len(unfolded.Paths) != 10 || *unfolded.Truncated != (Truncation{Limit: 10, Shown: 10, Total: 3000}) {
		t.Errorf("%d paths unfolded, truncated by %+v", len(unfolded.Paths), unfolded.Truncated)
	}
}

func TestTheDocumentedWaypoints(t *testing.T) {
	says(t, "`web` and `role` are waypoints of `ten` alone; the best path to `nine` may cross them too.")
	snapshot, err := graph.NewSnapshot(1, graph.Batch{Scope: "test/docs", Edges: []graph.Edge{
		{From: graph.Internet, To: "web", Kind: kinds.CanExploit, Technique: "0.5"},
		{From: "web", To: "role", Kind: kinds.RunsAs, Technique: "1"},
		{From: "role", To: "ten", Kind: kinds.CanRead, Technique: "1"},
		{From: "role", To: "nine", Kind: kinds.CanRead, Technique: "1"},
		{From: graph.Internet, To: "nine", Kind: kinds.CanRead, Technique: "0.2"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	analysis, err := New(snapshot, Config{Likelihood: byName, Jewels: map[graph.ID]Jewel{"ten": {10, "ours"}, "nine": {9, "ours"}}})
	if err != nil {
		t.Fatal(err)
	}
	places, err := analysis.Waypoints(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, id := range []graph.ID{"role", "web"} {
		// Behind it lies ten, 10 × 0.5; the best paths to ten and to nine cross it, (10 + 9) × 0.5.
		if got := places.Waypoints[i]; got.ID != id || got.Jewels != 1 || got.Risk != 5 || got.Crossing != 9.5 {
			t.Errorf("%+v", got)
		}
	}
}

// The other examples are recomputed where what they show is tested: what a document says of them must be what is tested there.
func TestTheOtherExamplesAreThoseOfTheirTests(t *testing.T) {
	says(t,
		"1 − (1 − 0.4)(1 − 0.25) = **0.55**, which is exact. A store of value 8 then has risk 8 × 0.55 = **4.4**", // TestTheDocumentedPosture, with the three below
		"Loss = (8 − 6) × 0.55 + 6 × 0.625 = **4.85**",
		"its score is 100 × (1 − 4.85/10) = **51.5**", "the estate's is 100 × (1 − 4.85/20) = **75.75**", "**14.25** points",
		"Disjoint paths give 1 − (1 − 1/4)² = 7/16", "so **15/32**", // TestTheBridgeByHand
		"9.5 − 1.8 = **7.7**", // TestTheDocumentedChokepointExample
		"The plan costs **2**, and the shares of the paths to `one` (1) and `open` (1) prove it", // TestTheDocumentedPlan
		"(9 + 5) × 0.5 × 0.9 × 0.95 = 5.985, blocking public access 8 × 0.95 = **7.6**",          // TestABudgetIsSpentOnWhatLowersRiskMost
	)
}

// A million ways out of one node, and all of them on to one jewel, beside loops of each node on itself: the best path is found, and folding and planning end.
func TestAMillionWaysOutOfOneNode(t *testing.T) {
	const fan = 1_000_000
	batch := graph.Batch{Scope: "test/fan"}
	hub := graph.ID("hub")
	batch.Edges = append(batch.Edges, graph.Edge{From: graph.Internet, To: hub, Kind: kinds.CanExploit, Cause: "rule:g#1"}, graph.Edge{From: hub, To: hub, Kind: kinds.CanAssume})
	for i := range fan {
		leaf := graph.ID(fmt.Sprintf("leaf-%07d", i))
		batch.Edges = append(batch.Edges, graph.Edge{From: hub, To: leaf, Kind: kinds.CanAssume, Cause: "statement:p#0"})
		if i%10_000 == 0 {
			batch.Edges = append(batch.Edges, graph.Edge{From: leaf, To: "store", Kind: kinds.CanRead, Cause: "statement:q#0"}, graph.Edge{From: leaf, To: leaf, Kind: kinds.CanAssume})
		}
	}
	snapshot, err := graph.NewSnapshot(1, batch)
	if err != nil {
		t.Fatal(err)
	}
	config := Config{Jewels: map[graph.ID]Jewel{"store": {9, "ours"}}, Fold: true}
	analysis, err := New(snapshot, config)
	if err != nil {
		t.Fatal(err)
	}
	paths, _, err := analysis.Paths(t.Context())
	if err != nil || len(paths) != 1 || len(paths[0].Steps) != 3 || paths[0].Steps[1].Instead != fan/10_000-1 {
		t.Fatalf("%d paths, %v", len(paths), err)
	}
	plan, err := analysis.Plan(t.Context())
	if err != nil || plan.Cost != 1 || plan.Gap != 0 {
		t.Fatalf("%+v, %v", plan, err)
	}
	if err := VerifyPlan(t.Context(), snapshot, config, plan); err != nil {
		t.Error(err)
	}
}
