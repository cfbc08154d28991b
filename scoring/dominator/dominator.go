// Package dominator says which nodes of a directed graph every way from its sources to a node must pass.
package dominator

// None is the immediate dominator of a source, of a node that several sources reach by ways with nothing in common, and of one that no source reaches.
const None = ^uint32(0)

// Graph is directed: edges of node i lead to Heads[Start[i]:Start[i+1]].
type Graph struct {
	Start []uint32
	Heads []uint32
}

// Tree is the dominator tree of a graph whose sources hang on one root.
type Tree struct {
	// Above is each node's immediate dominator, or None.
	Above []uint32
	// Order lists the reached nodes, each after its dominators.
	Order []uint32
}

// Of finds the dominators of all nodes. The algorithm is that of Cooper, Harvey and Kennedy (A Simple, Fast Dominance Algorithm, 2001).
func Of(graph Graph, sources []uint32) Tree {
	nodes := len(graph.Start) - 1
	root := uint32(nodes) // leads to every source
	post := make([]uint32, nodes+1)
	for i := range post {
		post[i] = None
	}
	edges := func(node uint32) []uint32 {
		if node == root {
			return sources
		}
		return graph.Heads[graph.Start[node]:graph.Start[node+1]]
	}
	order := postorder(root, post, edges)
	// Predecessors that are reached, by postorder number.
	start := make([]uint32, len(order)+1)
	for _, node := range order {
		for _, head := range edges(node) {
			start[post[head]+1]++
		}
	}
	for i := range order {
		start[i+1] += start[i]
	}
	before := make([]uint32, start[len(order)])
	next := append([]uint32(nil), start...)
	for _, node := range order {
		for _, head := range edges(node) {
			before[next[post[head]]] = post[node]
			next[post[head]]++
		}
	}
	top := uint32(len(order) - 1)
	above := make([]uint32, len(order)) // by postorder number
	for i := range above {
		above[i] = None
	}
	above[top] = top
	for changed := true; changed; {
		changed = false
		for at := int(top) - 1; at >= 0; at-- {
			fresh := None
			for _, other := range before[start[at]:start[at+1]] {
				switch {
				case above[other] == None:
				case fresh == None:
					fresh = other
				default:
					fresh = meet(above, fresh, other)
				}
			}
			if above[at] != fresh {
				above[at], changed = fresh, true
			}
		}
	}
	tree := Tree{Above: make([]uint32, nodes)}
	for i := range tree.Above {
		tree.Above[i] = None
	}
	for at := int(top) - 1; at >= 0; at-- {
		tree.Order = append(tree.Order, order[at])
		if dominator := order[above[at]]; dominator != root {
			tree.Above[order[at]] = dominator
		}
	}
	return tree
}

// meet is the nearest dominator that two nodes share; higher numbers are nearer to the root.
func meet(above []uint32, a, b uint32) uint32 {
	for a != b {
		for a < b {
			a = above[a]
		}
		for b < a {
			b = above[b]
		}
	}
	return a
}

// postorder lists what the root reaches, each after all that it leads to first, and numbers it.
func postorder(root uint32, post []uint32, edges func(uint32) []uint32) []uint32 {
	type frame struct {
		node uint32
		next int
	}
	seen := make([]bool, len(post))
	seen[root] = true
	var order []uint32
	stack := []frame{{root, 0}}
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		if heads := edges(top.node); top.next < len(heads) {
			head := heads[top.next]
			top.next++
			if !seen[head] {
				seen[head] = true
				stack = append(stack, frame{head, 0})
			}
			continue
		}
		post[top.node] = uint32(len(order))
		order = append(order, top.node)
		stack = stack[:len(stack)-1]
	}
	return order
}
