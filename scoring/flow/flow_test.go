package flow_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/graph/network"
	"gonum.org/v1/gonum/graph/simple"

	own "github.com/inroad-security/inroad/scoring/flow"
)

func TestCutsEqualGonumsLargestFlow(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for trial := range 3000 {
		nodes := 2 + random.IntN(8)
		var edges []own.Edge
		other := simple.NewWeightedDirectedGraph(0, 0)
		for i := range nodes {
			other.AddNode(simple.Node(i))
		}
		for range random.IntN(25) {
			edge := own.Edge{From: uint32(random.IntN(nodes)), To: uint32(random.IntN(nodes)), Capacity: 1 + random.IntN(5)}
			edges = append(edges, edge)
			if edge.From != edge.To { // gonum holds no loop, and one edge for each pair
				known, _ := other.Weight(int64(edge.From), int64(edge.To))
				other.SetWeightedEdge(other.NewWeightedEdge(simple.Node(edge.From), simple.Node(edge.To), known+float64(edge.Capacity)))
			}
		}
		cut, paths, ok, err := own.MinCut(t.Context(), nodes, edges, 0, uint32(nodes-1))
		if err != nil || !ok {
			t.Fatal("every edge can be cut", err)
		}
		cost := 0
		for _, e := range cut {
			cost += edges[e].Capacity
		}
		if want := network.MaxFlowDinic(other, simple.Node(0), simple.Node(nodes-1), 1e-9); float64(cost) != want {
			t.Fatalf("graph %d: the cut costs %d, gonum's flow is %g", trial, cost, want)
		}
		if left := without(edges, cut); reaches(nodes, left) {
			t.Fatalf("graph %d: the cut leaves a path", trial)
		}
		carried, amount := make([]int, len(edges)), 0
		for _, path := range paths {
			amount += path.Amount
			at := uint32(0)
			for _, e := range path.Edges {
				if edges[e].From != at {
					t.Fatalf("graph %d: a path breaks", trial)
				}
				at = edges[e].To
				carried[e] += path.Amount
			}
			if at != uint32(nodes-1) {
				t.Fatalf("graph %d: a path ends early", trial)
			}
		}
		for e, edge := range edges {
			if carried[e] > edge.Capacity {
				t.Fatalf("graph %d: edge %d carries %d of %d", trial, e, carried[e], edge.Capacity)
			}
		}
		if amount != cost {
			t.Fatalf("graph %d: the paths carry %d, the cut costs %d", trial, amount, cost)
		}
	}
}

func TestWhatCannotBeCutIsSaid(t *testing.T) {
	edges := []own.Edge{{From: 0, To: 1, Capacity: own.Endless}, {From: 1, To: 2, Capacity: 3}}
	if cut, _, ok, err := own.MinCut(t.Context(), 3, edges, 0, 2); err != nil || !ok || !slices.Equal(cut, []int{1}) {
		t.Errorf("cut %v, %v", cut, ok)
	}
	edges[1].Capacity = own.Endless
	if _, _, ok, err := own.MinCut(t.Context(), 3, edges, 0, 2); err != nil || ok {
		t.Error("a path of which no edge can be cut was cut")
	}
}

func without(edges []own.Edge, cut []int) []own.Edge {
	var left []own.Edge
	for e, edge := range edges {
		if !slices.Contains(cut, e) {
			left = append(left, edge)
		}
	}
	return left
}

func reaches(nodes int, edges []own.Edge) bool {
	held := make([]bool, nodes)
	held[0] = true
	for range nodes {
		for _, edge := range edges {
			held[edge.To] = held[edge.To] || held[edge.From]
		}
	}
	return held[nodes-1]
}
