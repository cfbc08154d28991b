package scoring

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"pgregory.net/rapid"
)

// TestMain asks every property on 2,500 graphs, unless the command line says otherwise.
func TestMain(m *testing.M) {
	given := false
	flag.Parse()
	flag.Visit(func(set *flag.Flag) { given = given || set.Name == "rapid.checks" })
	if !given {
		if err := flag.Set("rapid.checks", "2500"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// likelihoods of the random graphs' techniques; few values, so that ties are common.
var testLikelihoods = map[string]float64{"sure": 1, "likely": 0.9, "even": 0.5, "rare": 0.1}

func testLikelihood(technique string, _ graph.EdgeKind) float64 { return testLikelihoods[technique] }

// shape bounds a random graph.
type shape struct {
	nodes, edges, requires int
	doubt                  bool
}

// name gives node i of a random graph; node 0 is the internet.
func name(i int) graph.ID {
	if i == 0 {
		return graph.Internet
	}
	return graph.ID(fmt.Sprintf("n%02d", i))
}

// randomBatch draws a graph: cycles, self-loops, parallel edges and gates all occur.
func randomBatch(t *rapid.T, shape shape) graph.Batch {
	batch := graph.Batch{Scope: "test/random"}
	count := rapid.IntRange(2, shape.nodes).Draw(t, "nodes")
	for i := range count {
		kind := kinds.AWSRole
		if i == count-1 {
			kind = kinds.AWSAccount
		}
		batch.Nodes = append(batch.Nodes, graph.Node{ID: name(i), Kind: kind, Props: graph.Props{"account": "1"}})
	}
	node := rapid.IntRange(0, count-1)
	for range rapid.IntRange(0, shape.edges).Draw(t, "edges") {
		edge := graph.Edge{
			From: name(node.Draw(t, "from")), To: name(node.Draw(t, "to")), Kind: rapid.SampledFrom([]graph.EdgeKind{kinds.CanAssume, kinds.CanRead}).Draw(t, "kind"),
			Technique: rapid.SampledFrom([]string{"sure", "likely", "even", "rare"}).Draw(t, "technique"),
			Cause:     rapid.SampledFrom([]graph.Cause{"", "rule:a", "rule:b", "rule:c", "rule:d", "rule:e"}).Draw(t, "cause"),
		}
		for range rapid.IntRange(0, shape.requires).Draw(t, "requires") {
			edge.Requires = append(edge.Requires, name(node.Draw(t, "required")))
		}
		if shape.doubt {
			edge.Verdict = rapid.SampledFrom([]graph.Verdict{graph.Proven, graph.Proven, graph.Possible, graph.Unknown}).Draw(t, "verdict")
		}
		batch.Edges = append(batch.Edges, edge)
	}
	return batch
}

// packedOf packs a batch with its weights.
func packedOf(t rapid.TB, batch graph.Batch) (*graph.Snapshot, *field) {
	snapshot, err := graph.NewSnapshot(1, batch)
	if err != nil {
		t.Fatal(err)
	}
	analysis := &Analysis{snapshot: snapshot, config: Config{Likelihood: testLikelihood}}
	packed := pack(snapshot)
	packed.weigh(analysis.weight)
	return snapshot, packed
}
