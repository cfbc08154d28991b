package scoring

// inward lists a field's moves by what they gain.
type inward struct {
	start []uint32 // moves that gain node i: moves[start[i]:start[i+1]]
	moves []uint32
}

// inward turns the field round. Moves that were taken out are listed too.
func (packed *field) inward() inward {
	count := len(packed.nodes)
	start := make([]uint32, count+1)
	for _, arc := range packed.arcs {
		start[arc.to+1]++
	}
	for _, gate := range packed.gates {
		start[gate.to+1]++
	}
	for i := range count {
		start[i+1] += start[i]
	}
	moves := make([]uint32, len(packed.arcs)+len(packed.gates))
	next := append([]uint32(nil), start...)
	for a, arc := range packed.arcs {
		moves[next[arc.to]] = uint32(a)
		next[arc.to]++
	}
	for g, gate := range packed.gates {
		moves[next[gate.to]] = uint32(len(packed.arcs) + g)
		next[gate.to]++
	}
	return inward{start: start, moves: moves}
}

// of gives the moves that gain a node.
func (inward inward) of(node uint32) []uint32 {
	return inward.moves[inward.start[node]:inward.start[node+1]]
}

// cone marks what bears on the goals: it gives their number and their nodes, in the order found. The walk stops past the limit of moves, and then
// ok is false.
func (packed *field) cone(inward inward, goals []uint32, limit int) (nodes []uint32, moves int, ok bool) {
	seen := make(map[uint32]bool, len(goals))
	want := func(node uint32) {
		if !seen[node] {
			seen[node] = true
			nodes = append(nodes, node)
		}
	}
	for _, goal := range goals {
		want(goal)
	}
	for at := 0; at < len(nodes); at++ {
		into := inward.of(nodes[at])
		if moves += len(into); moves > limit {
			return nil, moves, false
		}
		for _, move := range into {
			if packed.weight(move) == gone {
				continue
			}
			for _, source := range packed.sources(move) {
				want(source)
			}
		}
	}
	return nodes, moves, true
}
