package scoring

import "slices"

// arrange renumbers the nodes so that every strongly connected component is a run and edges lead from earlier runs to
// later ones: one sweep then settles all that lies on no cycle. It returns each old node's new number.
// The algorithm is Tarjan's (Depth-first search and linear graph algorithms, 1972), without recursion.
func (packed *field) arrange() (arranged *field, place []uint32) {
	type frame struct {
		node, next uint32 // next: how many of the node's edges were followed
		low        uint32 // least index that the node was seen to lead back to
	}
	count := uint32(len(packed.nodes))
	index := make([]uint32, count) // order of discovery from 1; 0 before, none once the node's component is closed
	var path []frame
	var open, order, sizes []uint32
	clock := uint32(0)
	enter := func(node uint32) {
		clock++
		index[node] = clock
		path, open = append(path, frame{node: node, low: clock}), append(open, node)
	}
	for root := range count {
		if index[root] != 0 {
			continue
		}
		enter(root)
		for len(path) > 0 {
			top := &path[len(path)-1]
			if head, ok := packed.follow(top.node, top.next); ok {
				top.next++
				if index[head] == 0 {
					enter(head)
				} else {
					top.low = min(top.low, index[head])
				}
				continue
			}
			done := *top
			if path = path[:len(path)-1]; len(path) > 0 {
				parent := &path[len(path)-1]
				parent.low = min(parent.low, done.low)
			}
			if done.low != index[done.node] {
				continue
			}
			first := len(open) - 1
			for open[first] != done.node {
				first--
			}
			for _, node := range open[first:] {
				index[node] = none
			}
			order = append(order, open[first:]...)
			sizes = append(sizes, uint32(len(open)-first))
			open = open[:first]
		}
	}
	// Tarjan closes a component after all that it leads to.
	slices.Reverse(order)
	slices.Reverse(sizes)
	arranged, place = packed.take(order)
	arranged.bounds = make([]uint32, len(sizes)+1)
	for i, size := range sizes {
		arranged.bounds[i+1] = arranged.bounds[i] + size
	}
	return arranged, place
}

// follow gives the head of a node's nth edge, arcs before gates.
func (packed *field) follow(node, nth uint32) (head uint32, ok bool) {
	if at := packed.start[node] + nth; at < packed.start[node+1] {
		return packed.arcs[at].to, true
	}
	waiting := packed.waiting(node)
	if at := nth - (packed.start[node+1] - packed.start[node]); at < uint32(len(waiting)) {
		return packed.gates[waiting[at]].to, true
	}
	return 0, false
}
