package scoring

// arrange renumbers the nodes so that every strongly connected component is a run and edges lead from earlier runs to
// later ones: one sweep then settles all that lies on no cycle. It returns each old node's new number.
// The algorithm is Tarjan's (Depth-first search and linear graph algorithms, 1972), without recursion.
func (packed *field) arrange() (arranged *field, place []uint32) {
	count := uint32(len(packed.nodes))
	index := make([]uint32, count) // order of discovery from 1; 0 means not yet
	low := make([]uint32, count)
	cursor := make([]uint32, count) // edges of the node that were followed: arcs, then gates
	closed := make([]bool, count)
	var stack, path, order, sizes []uint32
	clock := uint32(0)
	open := func(node uint32) {
		clock++
		index[node], low[node] = clock, clock
		stack, path = append(stack, node), append(path, node)
	}
	for root := range count {
		if index[root] != 0 {
			continue
		}
		open(root)
		for len(path) > 0 {
			node := path[len(path)-1]
			next, ok := packed.follow(node, cursor[node])
			cursor[node]++
			switch {
			case ok && index[next] == 0:
				open(next)
			case ok && !closed[next]:
				low[node] = min(low[node], index[next])
			case !ok:
				path = path[:len(path)-1]
				if len(path) > 0 {
					parent := path[len(path)-1]
					low[parent] = min(low[parent], low[node])
				}
				if low[node] != index[node] {
					continue
				}
				size := uint32(0)
				for done := false; !done; size++ {
					top := stack[len(stack)-1]
					stack = stack[:len(stack)-1]
					closed[top] = true
					order = append(order, top)
					done = top == node
				}
				sizes = append(sizes, size)
			}
		}
	}
	// Tarjan closes a component after all that it leads to.
	for i, j := 0, len(order)-1; i < j; i, j = i+1, j-1 {
		order[i], order[j] = order[j], order[i]
	}
	arranged, place = packed.take(order, nil)
	arranged.bounds = append(make([]uint32, 0, len(sizes)+1), 0)
	for i := len(sizes) - 1; i >= 0; i-- {
		arranged.bounds = append(arranged.bounds, arranged.bounds[len(arranged.bounds)-1]+sizes[i])
	}
	return arranged, place
}

// follow gives the head of a node's nth edge, arcs before gates.
func (packed *field) follow(node, nth uint32) (head uint32, ok bool) {
	arcs := packed.start[node+1] - packed.start[node]
	if nth < arcs {
		return packed.arcs[packed.start[node]+nth].to, true
	}
	if waiting := packed.waiting(node); nth-arcs < uint32(len(waiting)) {
		return packed.gates[waiting[nth-arcs]].to, true
	}
	return 0, false
}
