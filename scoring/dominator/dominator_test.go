package dominator_test

import (
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/graph/flow"
	"gonum.org/v1/gonum/graph/simple"

	"github.com/inroad-security/inroad/scoring/dominator"
)

func TestDominatorsEqualGonums(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for trial := range 3000 {
		nodes := 2 + random.IntN(12)
		heads := make([][]uint32, nodes)
		other := simple.NewDirectedGraph()
		for i := range nodes + 1 {
			other.AddNode(simple.Node(i))
		}
		for range random.IntN(3 * nodes) {
			from, to := random.IntN(nodes), random.IntN(nodes)
			heads[from] = append(heads[from], uint32(to))
			if from != to {
				other.SetEdge(other.NewEdge(simple.Node(from), simple.Node(to)))
			}
		}
		var sources []uint32
		for range 1 + random.IntN(3) {
			source := random.IntN(nodes)
			sources = append(sources, uint32(source))
			other.SetEdge(other.NewEdge(simple.Node(nodes), simple.Node(source)))
		}
		graph := dominator.Graph{Start: []uint32{0}}
		for _, to := range heads {
			graph.Heads = append(graph.Heads, to...)
			graph.Start = append(graph.Start, uint32(len(graph.Heads)))
		}
		tree := dominator.Of(graph, sources)
		want := flow.Dominators(simple.Node(nodes), other)
		placed := map[uint32]bool{}
		for _, node := range tree.Order {
			if above := tree.Above[node]; above != dominator.None && !placed[above] {
				t.Fatalf("graph %d: %d comes before its dominator %d", trial, node, above)
			}
			placed[node] = true
		}
		for node := range nodes {
			expected := dominator.None
			if above := want.DominatorOf(int64(node)); above != nil && above.ID() != int64(nodes) {
				expected = uint32(above.ID())
			}
			if tree.Above[node] != expected {
				t.Fatalf("graph %d: node %d is dominated by %d, by gonum %d", trial, node, tree.Above[node], expected)
			}
		}
	}
}
