// Package flow finds the cheapest cut between two nodes of a directed graph, and a flow of the same size that proves it.
package flow

import (
	"context"
	"math"
)

// Endless is the capacity of an edge that cannot be cut.
const Endless = math.MaxInt

// Edge of a network. Capacity is what cutting it costs.
type Edge struct {
	From, To uint32
	Capacity int
}

// Path carries part of a flow, edge by edge, from the source to the sink.
type Path struct {
	Edges  []int
	Amount int
}

// network is a residual graph: arc 2e is edge e, and arc 2e+1 leads back.
type network struct {
	edges []Edge
	head  []int32 // first arc of each node, −1 for none
	next  []int32 // of each arc
	left  []int   // of each arc: what may still flow
	level []int32
	trial []int32 // of each node: the arc that is tried next
}

func (network *network) to(arc int32) uint32 {
	if arc&1 == 0 {
		return network.edges[arc>>1].To
	}
	return network.edges[arc>>1].From
}

// MinCut finds the cheapest edges without which no path leads from the source to the sink, as their places, ascending, and a largest flow as paths: each
// carries its amount over edges of which none carries more than its capacity, so that no cut is cheaper than the amounts' sum, which is what the cut costs
// (Ford and Fulkerson, Maximal flow through a network, 1956). ok is false where some path cannot be cut. The algorithm is Dinic's. The error is the context's.
func MinCut(ctx context.Context, nodes int, edges []Edge, source, sink uint32) (cut []int, paths []Path, ok bool, err error) {
	network := &network{edges: edges, head: make([]int32, nodes), next: make([]int32, 2*len(edges)), left: make([]int, 2*len(edges)), level: make([]int32, nodes)}
	for i := range network.head {
		network.head[i] = -1
	}
	for e := len(edges) - 1; e >= 0; e-- {
		network.left[2*e] = edges[e].Capacity
		network.next[2*e], network.head[edges[e].From] = network.head[edges[e].From], int32(2*e)
		network.next[2*e+1], network.head[edges[e].To] = network.head[edges[e].To], int32(2*e+1)
	}
	for network.layer(source, sink) {
		network.trial = append(network.trial[:0], network.head...)
		for {
			if err := ctx.Err(); err != nil {
				return nil, nil, false, err
			}
			pushed := network.push(source, sink)
			if pushed == Endless {
				return nil, nil, false, nil
			}
			if pushed == 0 {
				break
			}
		}
	}
	for e, edge := range edges {
		if network.level[edge.From] >= 0 && network.level[edge.To] < 0 {
			cut = append(cut, e)
		}
	}
	paths, err = network.decompose(ctx, source, sink)
	return cut, paths, err == nil, err
}

// layer numbers the nodes by their distance from the source in what may still flow; false when the sink is out of reach.
func (network *network) layer(source, sink uint32) bool {
	for i := range network.level {
		network.level[i] = -1
	}
	network.level[source] = 0
	queue := []uint32{source}
	for at := 0; at < len(queue); at++ {
		for arc := network.head[queue[at]]; arc >= 0; arc = network.next[arc] {
			if to := network.to(arc); network.left[arc] > 0 && network.level[to] < 0 {
				network.level[to] = network.level[queue[at]] + 1
				queue = append(queue, to)
			}
		}
	}
	return network.level[sink] >= 0
}

// push sends what one path of the layers lets through, and gives how much that is.
func (network *network) push(source, sink uint32) int {
	var arcs []int32
	node := source
	for node != sink {
		arc := network.trial[node]
		for arc >= 0 && (network.left[arc] == 0 || network.level[network.to(arc)] != network.level[node]+1) {
			arc = network.next[arc]
		}
		network.trial[node] = arc
		if arc >= 0 {
			arcs = append(arcs, arc)
			node = network.to(arc)
			continue
		}
		if len(arcs) == 0 {
			return 0
		}
		back := arcs[len(arcs)-1]
		arcs = arcs[:len(arcs)-1]
		node = network.to(back ^ 1)
		network.trial[node] = network.next[back]
	}
	least := Endless
	for _, arc := range arcs {
		least = min(least, network.left[arc])
	}
	if least == Endless {
		return Endless
	}
	for _, arc := range arcs {
		if network.left[arc] != Endless {
			network.left[arc] -= least
		}
		if network.left[arc^1] != Endless {
			network.left[arc^1] += least
		}
	}
	return least
}

// decompose takes the flow apart into paths; what flows in circles is left out.
func (network *network) decompose(ctx context.Context, source, sink uint32) ([]Path, error) {
	flows := make([]int, len(network.edges))
	for e := range network.edges {
		flows[e] = network.left[2*e+1]
	}
	var paths []Path
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		// A path from the source over edges that carry something, no node twice.
		by := map[uint32]int{}
		seen := map[uint32]bool{source: true}
		queue := []uint32{source}
		for at := 0; at < len(queue) && !seen[sink]; at++ {
			for arc := network.head[queue[at]]; arc >= 0; arc = network.next[arc] {
				if to := network.to(arc); arc&1 == 0 && flows[arc>>1] > 0 && !seen[to] {
					seen[to], by[to] = true, int(arc>>1)
					queue = append(queue, to)
				}
			}
		}
		if !seen[sink] {
			return paths, nil
		}
		path := Path{Amount: Endless}
		for node := sink; node != source; node = network.edges[by[node]].From {
			path.Edges = append([]int{by[node]}, path.Edges...)
			path.Amount = min(path.Amount, flows[by[node]])
		}
		for _, e := range path.Edges {
			flows[e] -= path.Amount
		}
		paths = append(paths, path)
	}
}
