package scoring

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"pgregory.net/rapid"
)

// planBatch draws a graph whose causes are rules, statements, settings and vulnerabilities, so that changes of many sorts occur.
func planBatch(t *rapid.T, requires int) (graph.Batch, Config) {
	batch := randomBatch(t, shape{nodes: 6, edges: 9, requires: requires})
	causes := []graph.Cause{"", "rule:g#1", "rule:g#2", "statement:arn:aws:iam::1:policy/p#0", "statement:arn:aws:iam::1:policy/p#1", "statement:arn:aws:iam::aws:policy/q#0", "config:c#x", "cve:1"}
	for i := range batch.Edges {
		batch.Edges[i].Cause = rapid.SampledFrom(causes).Draw(t, "cause")
	}
	for _, node := range batch.Nodes {
		if node.ID != graph.Internet && rapid.Bool().Draw(t, "holds") {
			batch.Edges = append(batch.Edges, graph.Edge{From: node.ID, To: "arn:aws:iam::1:policy/p", Kind: kinds.HasPolicy})
		}
	}
	config := Config{Likelihood: testLikelihood, Jewels: map[graph.ID]Jewel{}}
	for _, node := range batch.Nodes[1:] {
		if rapid.Bool().Draw(t, "jewel") {
			config.Jewels[node.ID] = Jewel{Value: 5, Reason: "drawn"}
		}
	}
	return batch, config
}

func planOf(t rapid.TB, snapshot *graph.Snapshot, config Config) *Plan {
	analysis, err := New(snapshot, config)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := analysis.Plan(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// cheapest tries every set of actions, straight from the snapshot's edges, that closes all targets which taking everything away would.
func cheapestPlan(snapshot *graph.Snapshot, config Config, entry graph.ID) (cost int, tried bool) {
	oracle := newOracle(snapshot)
	changes := newChanges(snapshot)
	var all []action
	stops := make([][]int, len(oracle.edges))
	for e, edge := range oracle.edges {
		if spec, _ := kinds.EdgeSpec(edge.Kind); !spec.Traversable {
			continue
		}
		for _, action := range changes.of(graph.EdgeIndex(e)) {
			at := slices.Index(all, action)
			if at < 0 {
				at = len(all)
				all = append(all, action)
			}
			stops[e] = append(stops[e], at)
		}
	}
	if len(all) > 13 {
		return 0, false
	}
	reached := func(subset int) (held []graph.ID) {
		var left []graph.Edge
		for e, edge := range oracle.edges {
			spec, _ := kinds.EdgeSpec(edge.Kind)
			if spec.Traversable && !slices.ContainsFunc(stops[e], func(at int) bool { return subset&(1<<at) != 0 }) {
				left = append(left, edge)
			}
		}
		for id := range oracle.held(left, entry) {
			if _, jewel := config.Jewels[id]; jewel {
				held = append(held, id)
			}
		}
		return held
	}
	cannot := len(reached(1<<len(all) - 1))
	cost = -1
	for subset := range 1 << len(all) {
		sum := 0
		for at, action := range all {
			if subset&(1<<at) != 0 {
				sum += DefaultCosts()[action.kind]
			}
		}
		if (cost < 0 || sum < cost) && len(reached(subset)) == cannot {
			cost = sum
		}
	}
	return cost, true
}

// leavesNone takes the plan's changes out of the edges and looks for a path as Paths would.
func leavesNone(t *rapid.T, snapshot *graph.Snapshot, plan *Plan, entry graph.ID) {
	oracle := newOracle(snapshot)
	changes := newChanges(snapshot)
	var left []graph.Edge
	for e, edge := range oracle.edges {
		spec, _ := kinds.EdgeSpec(edge.Kind)
		made := slices.ContainsFunc(changes.of(graph.EdgeIndex(e)), func(action action) bool {
			return slices.ContainsFunc(plan.Changes, func(change Change) bool {
				return action.kind == change.Kind && action.subject == change.Subject && action.detail == change.Detail
			})
		})
		if spec.Traversable && !made {
			left = append(left, edge)
		}
	}
	for _, target := range plan.Closed {
		if oracle.gains(left, entry, target) {
			t.Fatalf("%s still gains %s after %+v", entry, target, plan.Changes)
		}
	}
}

func TestPlansAreTheCheapestAndLeaveNoPath(t *testing.T) {
	checked, methods := 0, map[string]int{}
	for _, requires := range []int{0, 1} {
		rapid.Check(t, func(t *rapid.T) {
			batch, config := planBatch(t, requires)
			entry := graph.Internet
			if rapid.Bool().Draw(t, "named") { // the attacker starts elsewhere, and the outsider goes his own ways
				entry = batch.Nodes[len(batch.Nodes)-1].ID
				config.Entries = []graph.ID{entry}
			}
			snapshot, _ := packedOf(t, batch)
			plan := planOf(t, snapshot, config)
			if err := VerifyPlan(context.Background(), snapshot, config, plan); err != nil {
				t.Fatalf("%v: %+v", err, plan)
			}
			leavesNone(t, snapshot, plan, entry)
			if requires > 0 && entry != graph.Internet {
				return // where the outsider may help, his own ways are closed too, which may cost more than need be
			}
			want, tried := cheapestPlan(snapshot, config, entry)
			if !tried {
				return
			}
			checked++
			methods[plan.Method]++
			if plan.Cost != want || plan.Gap != 0 {
				t.Fatalf("the plan costs %d with a gap of %d, the cheapest %d: %+v", plan.Cost, plan.Gap, want, plan.Changes)
			}
		})
	}
	if checked == 0 || methods["max-flow"] == 0 || methods["hitting-set"] == 0 {
		t.Errorf("%d plans were checked, by %v", checked, methods)
	}
}

func TestTheVerifierRefusesWhatIsWrong(t *testing.T) {
	snapshot, config := planWorld(t)
	right := planOf(t, snapshot, config)
	if err := VerifyPlan(context.Background(), snapshot, config, right); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Plan){
		"a plan that leaves a path": func(wrong *Plan) {
			wrong.Changes, wrong.Cost, wrong.Bound = nil, 0, 0
		},
		"a cost that does not add up": func(wrong *Plan) { wrong.Cost++; wrong.Gap++ },
		"a path that is none": func(wrong *Plan) {
			wrong.Certificate.Paths = slices.Clone(wrong.Certificate.Paths)
			wrong.Certificate.Paths[0].Steps = wrong.Certificate.Paths[0].Steps[1:]
		},
		"a path that hides a change": func(wrong *Plan) {
			wrong.Certificate.Paths = slices.Clone(wrong.Certificate.Paths)
			wrong.Certificate.Paths[0].Candidates = wrong.Certificate.Paths[0].Candidates[1:]
		},
		"a bound that nothing proves": func(wrong *Plan) { wrong.Certificate.Paths = nil },
	} {
		wrong := *right
		spoil(&wrong)
		if err := VerifyPlan(context.Background(), snapshot, config, &wrong); err == nil {
			t.Errorf("%s is let through", name)
		}
	}
}

// planWorld is docs/scoring.md's: two stores behind one rule and two policies, and one that the internet reads.
func planWorld(t testing.TB) (*graph.Snapshot, Config) {
	snapshot, err := graph.NewSnapshot(1, graph.Batch{Scope: "test/plan", Nodes: []graph.Node{
		{ID: "app", Kind: kinds.AWSRole}, {ID: "open", Kind: kinds.AWSBucket}, {ID: "other", Kind: kinds.AWSRole},
	}, Edges: []graph.Edge{
		{From: graph.Internet, To: "web", Kind: kinds.CanExploit, Technique: "even", Cause: "rule:group#22"},
		{From: "web", To: "app", Kind: kinds.RunsAs, Technique: "even", Cause: "config:web#role"},
		{From: "app", To: "one", Kind: kinds.CanRead, Technique: "even", Cause: "statement:p#0"},
		{From: "app", To: "two", Kind: kinds.CanRead, Technique: "even", Cause: "statement:p#1"},
		{From: graph.Internet, To: "open", Kind: kinds.CanRead, Technique: "even", Cause: "statement:open#0"},
		{From: "other", To: "open", Kind: kinds.CanRead, Technique: "even", Cause: "statement:open#0"},
		{From: "ops", To: "web", Kind: kinds.CanExploit, Technique: "even", Cause: "rule:group#22"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return snapshot, Config{Jewels: map[graph.ID]Jewel{"one": {9, "ours"}, "two": {5, "ours"}, "open": {8, "ours"}}}
}

func TestTheDocumentedPlan(t *testing.T) {
	snapshot, config := planWorld(t)
	plan := planOf(t, snapshot, config)
	var made []string
	for _, change := range plan.Changes {
		made = append(made, string(change.Kind)+" "+string(change.Subject))
	}
	if got := strings.Join(made, ", "); got != "block-public-access open, remove-rule group" || plan.Cost != 2 || plan.Bound != 2 {
		t.Errorf("%s at %d, bound %d", got, plan.Cost, plan.Bound)
	}
	rule := plan.Changes[1]
	if rule.Steps != 1 || rule.BreaksTotal != 1 || rule.Breaks[0] != (Access{"ops", kinds.CanExploit, "web"}) {
		t.Errorf("the rule breaks %+v, %d in all", rule.Breaks, rule.BreaksTotal)
	}
	if plan.Changes[0].BreaksTotal != 0 {
		t.Errorf("blocking public access breaks %+v", plan.Changes[0].Breaks)
	}
}

func TestWhatNoChangeClosesIsSaid(t *testing.T) {
	snapshot, err := graph.NewSnapshot(1, graph.Batch{Scope: "test/plan", Nodes: []graph.Node{{ID: "root", Kind: kinds.AWSAccount}}, Edges: []graph.Edge{
		{From: "root", To: "store", Kind: kinds.CanAdminister, Cause: "config:root#account"},
		{From: graph.Internet, To: "open", Kind: kinds.CanRead, Cause: "rule:g#1"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	plan := planOf(t, snapshot, Config{Entries: []graph.ID{"root", graph.Internet}, Jewels: map[graph.ID]Jewel{"store": {9, "ours"}, "open": {9, "ours"}}})
	if !slices.Equal(plan.Open, []graph.ID{"store"}) || !slices.Equal(plan.Closed, []graph.ID{"open"}) || plan.Cost != 1 {
		t.Errorf("%+v", plan)
	}
}

func TestCostsCanBeSet(t *testing.T) {
	snapshot, config := planWorld(t)
	config.Costs = map[ChangeKind]int{RemoveRule: 9}
	plan := planOf(t, snapshot, config)
	if plan.Cost != 4 || slices.ContainsFunc(plan.Changes, func(change Change) bool { return change.Kind == RemoveRule }) {
		t.Errorf("%+v", plan.Changes)
	}
}

// leastRisk tries every set of changes within a budget.
func leastRisk(t *rapid.T, snapshot *graph.Snapshot, config Config, budget int) (float64, bool) {
	analysis, err := New(snapshot, config)
	if err != nil {
		t.Fatal(err)
	}
	planner, err := analysis.planner(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(planner.actions) > 12 {
		return 0, false
	}
	least := -1.0
	for subset := range 1 << len(planner.actions) {
		var items []int
		for item := range planner.actions {
			if subset&(1<<item) != 0 {
				items = append(items, item)
			}
		}
		if planner.cost(items) > budget {
			continue
		}
		gone := map[graph.EdgeIndex]bool{}
		for _, item := range items {
			for _, m := range planner.removes[item] {
				gone[planner.area.move(m)] = true
			}
		}
		_, edges := snapshot.All()
		left := graph.Batch{Scope: "test/left"}
		e := graph.EdgeIndex(0)
		for edge := range edges {
			if !gone[e] {
				left.Edges = append(left.Edges, edge)
			}
			e++
		}
		for i := range graph.Index(snapshot.Len()) {
			left.Nodes = append(left.Nodes, snapshot.Node(i))
		}
		smaller, _ := packedOf(t, left)
		sum := 0.0
		for _, path := range analyzed(t, smaller, config).Paths {
			sum += path.Risk
		}
		if least < 0 || sum < least {
			least = sum
		}
	}
	return least, true
}

func TestWhatABudgetBuysIsTheMostWhereItSaysSo(t *testing.T) {
	exact := 0
	rapid.Check(t, func(t *rapid.T) {
		batch, config := planBatch(t, 1)
		config.Unfold = true
		batch.Edges = batch.Edges[:min(6, len(batch.Edges))]
		snapshot, _ := packedOf(t, batch)
		analysis, err := New(snapshot, config)
		if err != nil {
			t.Fatal(err)
		}
		budget := rapid.IntRange(1, 6).Draw(t, "budget")
		purchase, err := analysis.Within(context.Background(), budget)
		if err != nil {
			t.Fatal(err)
		}
		if purchase.Cost > budget || purchase.RiskAfter > purchase.RiskBefore {
			t.Fatalf("%+v", purchase)
		}
		want, tried := leastRisk(t, snapshot, config, budget)
		if !tried || !purchase.Exact {
			return
		}
		exact++
		if purchase.RiskAfter > want+1e-4 || purchase.RiskAfter < want-1e-4 {
			t.Fatalf("%g is left, the least is %g: %+v", purchase.RiskAfter, want, purchase)
		}
	})
	if exact == 0 {
		t.Error("nothing was exact")
	}
}

func TestABudgetIsSpentOnWhatLowersRiskMost(t *testing.T) {
	snapshot, config := planWorld(t)
	analysis, err := New(snapshot, config)
	if err != nil {
		t.Fatal(err)
	}
	purchase, err := analysis.Within(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	// The open store risks 8 × 0.95, all behind the rule (9 + 5) × 0.5 × 0.9 × 0.95.
	if len(purchase.Changes) != 1 || purchase.Changes[0].Kind != BlockPublicAccess || !purchase.Exact || purchase.RiskBefore != 13.585 || purchase.RiskAfter != 5.985 {
		t.Errorf("%+v", purchase)
	}
}

// ending is a context that ends after it was looked at some times, and counts how often it is looked at afterwards.
type ending struct {
	context.Context
	left, after atomic.Int64
}

func (ending *ending) Err() error {
	if ending.left.Add(-1) >= 0 {
		return nil
	}
	ending.after.Add(1)
	return context.Canceled
}

// However far a plan is when nobody waits for it any more, it ends with the context's error and looks no further: each look at the context is in turn the one at
// which it ends.
func TestAPlanThatNobodyWaitsForStopsWhereverItIs(t *testing.T) {
	snapshot, config := planWorld(t)
	analysis, err := New(snapshot, config)
	if err != nil {
		t.Fatal(err)
	}
	plan := planOf(t, snapshot, config)
	for name, work := range map[string]func(ctx context.Context) error{
		"plan":   func(ctx context.Context) error { _, err := analysis.Plan(ctx); return err },
		"budget": func(ctx context.Context) error { _, err := analysis.Within(ctx, 3); return err },
		"verify": func(ctx context.Context) error { return VerifyPlan(ctx, snapshot, config, plan) },
		"posture": func(ctx context.Context) error {
			_, err := analysis.Posture(ctx)
			return err
		},
		"chokepoints": func(ctx context.Context) error { _, err := analysis.Chokepoints(ctx); return err },
		"waypoints":   func(ctx context.Context) error { _, err := analysis.Waypoints(ctx); return err },
		"blast":       func(ctx context.Context) error { _, err := analysis.Blast(ctx, "app"); return err },
		"distinct": func(ctx context.Context) error {
			_, _, err := analysis.Distinct(ctx, graph.Internet, "one", 3)
			return err
		},
		"paths":       func(ctx context.Context) error { _, _, err := analysis.Paths(ctx); return err },
		"escalations": func(ctx context.Context) error { _, _, err := analysis.Escalations(ctx); return err },
	} {
		looks := 0
		for ; ; looks++ {
			ctx := &ending{Context: t.Context()}
			ctx.left.Store(int64(looks))
			err := work(ctx)
			if ctx.after.Load() == 0 {
				break
			}
			if !errors.Is(err, context.Canceled) || ctx.after.Load() > 8 {
				t.Fatalf("%s, ended at look %d: %v, and %d looks more", name, looks, err, ctx.after.Load())
			}
		}
		if looks == 0 {
			t.Errorf("%s never looks at its context", name)
		}
	}
}

func TestAPlanWhereNothingIsReached(t *testing.T) {
	snapshot, config := planWorld(t)
	config.Entries = []graph.ID{"two"}
	config.Jewels = map[graph.ID]Jewel{"app": {5, "ours"}}
	plan := planOf(t, snapshot, config)
	if err := VerifyPlan(t.Context(), snapshot, config, plan); err != nil || plan.Cost != 0 || len(plan.Closed) != 0 {
		t.Errorf("%+v, %v", plan, err)
	}
}

func TestTokensAreRequiredOfTheOneInstanceThatAForgedRequestReaches(t *testing.T) {
	answers := func(instances ...graph.ID) (evidence []graph.Evidence) {
		for _, id := range instances {
			evidence = append(evidence, graph.Evidence{Kind: graph.Grant, Source: id, Locator: "metadata_tokens"})
		}
		return evidence
	}
	for _, test := range []struct {
		name      string
		instances []graph.ID
		want      ChangeKind
	}{
		{"one answers", []graph.ID{"i-1"}, RequireIMDSv2},
		{"two with the same role answer: one change leaves the other", []graph.ID{"i-1", "i-2"}, SetBoundary},
	} {
		snapshot, err := graph.NewSnapshot(1, graph.Batch{Scope: "test/forged", Nodes: []graph.Node{{ID: "app", Kind: kinds.AWSRole}}, Edges: []graph.Edge{
			{From: graph.Internet, To: "app", Kind: kinds.CanEscalateTo, Technique: forgedRequest, Cause: "rule:group#443", Evidence: answers(test.instances...)},
			{From: "app", To: "store", Kind: kinds.CanRead, Cause: "statement:arn:aws:iam::aws:policy/q#0"},
		}})
		if err != nil {
			t.Fatal(err)
		}
		plan := planOf(t, snapshot, Config{Jewels: map[graph.ID]Jewel{"store": {9, "ours"}}, Costs: map[ChangeKind]int{RemoveRule: 9}})
		if len(plan.Changes) != 1 || plan.Changes[0].Kind != test.want {
			t.Errorf("%s: %+v", test.name, plan.Changes)
		}
	}
}
