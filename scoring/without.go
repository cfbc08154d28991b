package scoring

// walkedAgain says which nodes are lost when moves are taken out, by looking at what comes after them alone. It keeps its memory between questions; for
// one goroutine.
type walkedAgain struct {
	field  *field
	inward inward
	gone   map[uint32]bool // the moves that are taken out
	place  []uint32        // of each node: its place in below plus one; 0 outside
	below  []uint32        // what comes after the moves
	kept   []bool          // of each of below
	work   int             // edges looked at so far
}

func newWalkedAgain(packed *field, inward inward) *walkedAgain {
	return &walkedAgain{field: packed, inward: inward, gone: map[uint32]bool{}, place: make([]uint32, len(packed.nodes))}
}

// lost gives the nodes that whoever holds the sources has by base and does not gain without the moves. Only nodes that come after one of the moves
// can be lost: of those, what a move from outside still gains is kept, and what follows from it.
func (again *walkedAgain) lost(base []bool, sources []uint32, moves []uint32) []uint32 {
	packed := again.field
	for _, m := range moves {
		again.gone[m] = true
	}
	isSource := make(map[uint32]bool, len(sources))
	for _, source := range sources {
		isSource[source] = true
	}
	again.below, again.kept = again.below[:0], again.kept[:0]
	enter := func(node uint32) {
		if base[node] && !isSource[node] && again.place[node] == 0 {
			again.below, again.kept = append(again.below, node), append(again.kept, false)
			again.place[node] = uint32(len(again.below))
		}
	}
	for _, m := range moves {
		enter(again.field.head(m))
	}
	for at := 0; at < len(again.below); at++ {
		again.each(again.below[at], func(m uint32) { enter(again.field.head(m)) })
	}
	var queue []uint32
	keep := func(node uint32) {
		if at := again.place[node]; at > 0 && !again.kept[at-1] && again.gained(base, node) {
			again.kept[at-1] = true
			queue = append(queue, node)
		}
	}
	for _, node := range again.below {
		keep(node)
	}
	for len(queue) > 0 {
		node := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		again.each(node, func(m uint32) {
			if packed.weight(m) != gone && !again.gone[m] {
				keep(again.field.head(m))
			}
		})
	}
	var lost []uint32
	for at, node := range again.below {
		again.place[node] = 0
		if !again.kept[at] {
			lost = append(lost, node)
		}
	}
	clear(again.gone)
	return lost
}

// each goes through the moves of which a node is a source.
func (again *walkedAgain) each(node uint32, do func(m uint32)) {
	packed := again.field
	for a := packed.start[node]; a < packed.start[node+1]; a++ {
		again.work++
		do(a)
	}
	for _, g := range packed.waiting(node) {
		again.work++
		do(uint32(len(packed.arcs)) + g)
	}
}

// gained tells whether a move that is left gains a node from what is held outside or was kept.
func (again *walkedAgain) gained(base []bool, node uint32) bool {
	for _, m := range again.inward.of(node) {
		again.work++
		if again.field.weight(m) == gone || again.gone[m] {
			continue
		}
		all := true
		for _, source := range again.field.sources(m) {
			at := again.place[source]
			all = all && (at == 0 && base[source] || at > 0 && again.kept[at-1])
		}
		if all {
			return true
		}
	}
	return false
}
