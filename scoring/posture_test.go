package scoring

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"pgregory.net/rapid"
)

func postureOf(t rapid.TB, batch graph.Batch, config Config) *Posture {
	snapshot, err := graph.NewSnapshot(1, batch)
	if err != nil {
		t.Fatal(err)
	}
	analysis, err := New(snapshot, config)
	if err != nil {
		t.Fatal(err)
	}
	posture, err := analysis.Posture(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return posture
}

// written gives each technique the likelihood that it is named by.
func byName(technique string, _ graph.EdgeKind) float64 {
	value, _ := strconv.ParseFloat(technique, 64)
	return value
}

// exampleBatch is docs/scoring.md's: two ways in, a store and a secret in one account, and another account that nobody reaches.
func exampleBatch() (graph.Batch, Config) {
	batch := graph.Batch{Scope: "test/docs", Nodes: []graph.Node{
		{ID: "store", Kind: kinds.AWSBucket, Props: graph.Props{"account": "1"}},
		{ID: "secret", Kind: kinds.AWSSecret, Props: graph.Props{"account": "1"}},
		{ID: "root-1", Kind: kinds.AWSAccount, Props: graph.Props{"account": "1"}},
		{ID: "root-2", Kind: kinds.AWSAccount, Props: graph.Props{"account": "2"}},
	}, Edges: []graph.Edge{
		{From: graph.Internet, To: "web", Kind: kinds.CanExploit, Technique: "0.5", Cause: "rule:one"},
		{From: graph.Internet, To: "job", Kind: kinds.CanExploit, Technique: "0.5", Cause: "rule:two"},
		{From: "web", To: "store", Kind: kinds.CanRead, Technique: "0.8", Cause: "statement:a#0"},
		{From: "job", To: "store", Kind: kinds.CanRead, Technique: "0.5", Cause: "statement:b#0"},
		{From: "web", To: "secret", Kind: kinds.CanRead, Technique: "1", Cause: "statement:c#0"},
	}}
	return batch, Config{Likelihood: byName, Jewels: map[graph.ID]Jewel{
		"store": {8, "ours"}, "secret": {6, "ours"}, "root-1": {10, "ours"}, "root-2": {10, "ours"},
	}}
}

func TestTheDocumentedPosture(t *testing.T) {
	batch, config := exampleBatch()
	posture := postureOf(t, batch, config)
	want := func(name string, got Range, want float64) {
		t.Helper()
		if !got.Exact || got.Estimate != want || got.Lower != want || got.Upper != want {
			t.Errorf("%s is %+v, documented %g", name, got, want)
		}
	}
	store := posture.Assets[slices.IndexFunc(posture.Assets, func(asset AssetRisk) bool { return asset.ID == "store" })]
	want("the store's likelihood", store.Likelihood, 0.55)
	want("the store's risk", store.Risk, 4.4)
	want("the account's loss", posture.Accounts[0].Loss, 4.85)
	want("the account's score", posture.Accounts[0].Score, 51.5)
	want("the other account's score", posture.Accounts[1].Score, 100)
	want("the score", posture.Score, 75.75)
	if posture.Causes[0].Cause != "rule:one" {
		t.Errorf("the score hangs most on %s", posture.Causes[0].Cause)
	}
	want("the cause's points", posture.Causes[0].Points, 14.25)
}

// What is split into pieces that rest on the same causes is worth no more and no less; that is what keeps a score from falling when a bucket
// becomes a hundred.
func TestSplittingAnAssetChangesNoScore(t *testing.T) {
	batch, config := exampleBatch()
	before := postureOf(t, batch, config)
	for _, edge := range slices.Clone(batch.Edges) {
		if edge.To == "store" {
			for piece := range 5 {
				split := edge
				split.To = graph.ID(fmt.Sprintf("store-%d", piece))
				batch.Edges = append(batch.Edges, split)
			}
		}
	}
	for piece := range 5 {
		id := graph.ID(fmt.Sprintf("store-%d", piece))
		batch.Nodes = append(batch.Nodes, graph.Node{ID: id, Kind: kinds.AWSBucket, Props: graph.Props{"account": "1"}})
		config.Jewels[id] = Jewel{8, "a piece"}
	}
	if after := postureOf(t, batch, config); after.Score != before.Score || after.Loss != before.Loss || len(after.Assets) != len(before.Assets)+5 {
		t.Errorf("score %+v, before the split %+v", after.Score, before.Score)
	}
}

// postureBatch draws a graph whose nodes are spread over three accounts.
func postureBatch(t *rapid.T, doubt bool) (graph.Batch, Config) {
	batch := randomBatch(t, shape{nodes: 8, edges: 16, requires: 1, doubt: doubt})
	config := Config{Likelihood: testLikelihood, Jewels: map[graph.ID]Jewel{}}
	for i := range batch.Nodes {
		batch.Nodes[i].Props = graph.Props{"account": strconv.Itoa(i % 3)}
		if i > 0 && rapid.Bool().Draw(t, "jewel") {
			config.Jewels[batch.Nodes[i].ID] = Jewel{Value: rapid.IntRange(1, 10).Draw(t, "value"), Reason: "drawn"}
		}
	}
	return batch, config
}

func TestTheScoreIsAdditiveByAccountAndHoldsTheBestPaths(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		batch, config := postureBatch(t, true)
		posture := postureOf(t, batch, config)
		loss, most := 0.0, 0
		for _, account := range posture.Accounts {
			loss += account.Loss.Estimate
			most += account.Most
		}
		if math.Abs(loss-posture.Loss.Estimate) > 1e-4 || most != posture.Most {
			t.Fatalf("the accounts lose %g of %d, all together %g of %d", loss, most, posture.Loss.Estimate, posture.Most)
		}
		snapshot, _ := packedOf(t, batch)
		for _, path := range analyzed(t, snapshot, config).Paths {
			at := slices.IndexFunc(posture.Assets, func(asset AssetRisk) bool { return asset.ID == path.Target })
			if path.Entry == graph.Internet && (at < 0 || posture.Assets[at].Likelihood.Lower < path.Likelihood-1e-5) {
				t.Fatalf("%s is lost by one path with %g, by any with %+v", path.Target, path.Likelihood, posture.Assets)
			}
		}
	})
}

// An edge that the graph holds already, as its identity says, is not another one: its cause is merged with the first's.
func TestAnAddedEdgeNeverRaisesTheScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		batch, config := postureBatch(t, false)
		if len(batch.Edges) == 0 {
			return
		}
		less := batch
		less.Edges = batch.Edges[:len(batch.Edges)-1]
		added := batch.Edges[len(batch.Edges)-1]
		if slices.ContainsFunc(less.Edges, func(held graph.Edge) bool {
			return held.From == added.From && held.To == added.To && held.Kind == added.Kind && held.Technique == added.Technique && slices.Equal(graph.Sorted(texts(held.Requires)), graph.Sorted(texts(added.Requires)))
		}) {
			return
		}
		if with, without := postureOf(t, batch, config), postureOf(t, less, config); with.Score.Estimate > without.Score.Estimate+1e-4 {
			t.Fatalf("the score is %g with the edge, %g without", with.Score.Estimate, without.Score.Estimate)
		}
	})
}

func texts(ids []graph.ID) []string {
	plain := make([]string, len(ids))
	for i, id := range ids {
		plain[i] = string(id)
	}
	return plain
}

func TestWhatIsTooLargeIsBoundedByItsBestPath(t *testing.T) {
	batch, config := exampleBatch()
	for i := range coneLimit {
		batch.Edges = append(batch.Edges, graph.Edge{From: "web", To: "store", Kind: kinds.CanRead, Technique: "0.1", Cause: graph.Cause("rule:" + strconv.Itoa(i)), Requires: []graph.ID{graph.ID("n" + strconv.Itoa(i))}})
		batch.Edges = append(batch.Edges, graph.Edge{From: graph.Internet, To: graph.ID("n" + strconv.Itoa(i)), Kind: kinds.CanRead, Technique: "0.1"})
	}
	posture := postureOf(t, batch, config)
	store := posture.Assets[slices.IndexFunc(posture.Assets, func(asset AssetRisk) bool { return asset.ID == "store" })]
	if want := (Range{Lower: 0.4, Upper: 1, Estimate: 0.4}); store.Likelihood != want {
		t.Errorf("%+v, want %+v", store.Likelihood, want)
	}
}

// chance enumerates, straight from the edges, every combination of intervals of the causes' strengths, and sums those on which the goal is held.
func (oracle oracle) chance(goal graph.ID) float64 {
	type cause struct {
		edges []int
		steps []float64
	}
	likelihood := func(e int) float64 {
		edge := oracle.edges[e]
		return Likelihood(testLikelihood).of(edge.Technique, edge.Kind, edge.Verdict)
	}
	var causes []*cause
	named := map[graph.Cause]*cause{}
	for e, edge := range oracle.edges {
		own, known := named[edge.Cause]
		if !known || edge.Cause == "" {
			own = &cause{steps: []float64{0, 1}}
			causes = append(causes, own)
			named[edge.Cause] = own
		}
		own.edges = append(own.edges, e)
		own.steps = append(own.steps, likelihood(e))
	}
	works := make([]bool, len(oracle.edges))
	var sum func(c int) float64
	sum = func(c int) float64 {
		if c == len(causes) {
			var edges []graph.Edge
			for e, edge := range oracle.edges {
				if works[e] {
					edges = append(edges, edge)
				}
			}
			if oracle.held(edges, graph.Internet)[goal] {
				return 1
			}
			return 0
		}
		slices.Sort(causes[c].steps)
		total := 0.0
		for i := range len(causes[c].steps) - 1 {
			low, high := causes[c].steps[i], causes[c].steps[i+1]
			if low == high {
				continue
			}
			for _, e := range causes[c].edges {
				works[e] = (low+high)/2 < likelihood(e)
			}
			total += (high - low) * sum(c+1)
		}
		return total
	}
	return sum(0)
}

func TestAssetLikelihoodsEqualBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		batch := randomBatch(t, shape{nodes: 6, edges: 9, requires: 1, doubt: true})
		snapshot, _ := packedOf(t, batch)
		config := Config{Likelihood: testLikelihood, Jewels: map[graph.ID]Jewel{}}
		for _, node := range batch.Nodes[1:] {
			config.Jewels[node.ID] = Jewel{Value: 5, Reason: "drawn"}
		}
		given := map[graph.ID]Range{}
		for _, asset := range postureOf(t, batch, config).Assets {
			given[asset.ID] = asset.Likelihood
		}
		for id := range config.Jewels {
			want := newOracle(snapshot).chance(id)
			if got := given[id]; math.Abs(got.Estimate-want) > 1e-5 || want > 0 && !got.Exact {
				t.Fatalf("%s: %+v, by brute force %g", id, got, want)
			}
		}
	})
}
