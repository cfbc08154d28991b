package scoring

// reach gives, for each node, whether it is held in the end by whoever holds the sources: the least fixpoint of AND over OR.
func (packed *field) reach(sources []uint32) []bool {
	held := make([]bool, len(packed.nodes))
	missing := make([]uint32, len(packed.gates))
	for g, gate := range packed.gates {
		missing[g] = uint32(len(gate.sources))
	}
	queue := make([]uint32, 0, len(sources))
	gain := func(node uint32) {
		if !held[node] {
			held[node] = true
			queue = append(queue, node)
		}
	}
	for _, source := range sources {
		gain(source)
	}
	for len(queue) > 0 {
		node := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, arc := range packed.arcs[packed.start[node]:packed.start[node+1]] {
			if !held[arc.to] && arc.weight != gone {
				gain(arc.to)
			}
		}
		for _, g := range packed.waiting(node) {
			missing[g]--
			if missing[g] == 0 && packed.gates[g].weight != gone {
				gain(packed.gates[g].to)
			}
		}
	}
	return held
}

// relevant gives, for each node, whether a proof of some goal may use it. Where a gate needs several things, all are relevant.
func (packed *field) relevant(goals []uint32) []bool {
	inward := packed.inward()
	wanted := make([]bool, len(packed.nodes))
	var queue []uint32
	want := func(node uint32) {
		if !wanted[node] {
			wanted[node] = true
			queue = append(queue, node)
		}
	}
	for _, goal := range goals {
		want(goal)
	}
	for len(queue) > 0 {
		node := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, move := range inward.of(node) {
			for _, source := range packed.sources(move) {
				want(source)
			}
		}
	}
	return wanted
}

// chosen lists the numbers of the nodes that are marked, ascending.
func chosen(marks []bool) []uint32 {
	var list []uint32
	for i, marked := range marks {
		if marked {
			list = append(list, uint32(i))
		}
	}
	return list
}
