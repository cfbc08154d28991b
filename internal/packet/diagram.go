package packet

import (
	"slices"
)

// node is one level of an interval decision diagram: its edges cut the level's whole range into intervals. A nil
// node stands for nothing; a node without edges is a terminal, its value the decision reached. Nodes never change.
type node struct {
	edges []edge
	value int32
	full  bool // every combination of the remaining fields reaches the terminal
	hash  uint64
}

// edge leads from the numbers after the previous edge's last, up to and with last.
type edge struct {
	last number
	to   *node
}

// weave builds one diagram. Within it equal nodes are the same node; nodes of other weaves are taken over with own.
type weave struct {
	tops  []number // the greatest number of each level
	known map[uint64][]*node
	owned map[*node]*node
	pairs map[[2]*node]*node
}

func newWeave(tops []number) *weave {
	return &weave{tops, map[uint64][]*node{}, map[*node]*node{}, map[[2]*node]*node{}}
}

// extend appends an interval, merged with the one before it when both lead to the same node.
func extend(edges []edge, last number, to *node) []edge {
	if end := len(edges) - 1; end >= 0 && edges[end].to == to {
		edges[end].last = last
		return edges
	}
	return append(edges, edge{last, to})
}

// join returns the one node with these merged edges to nodes of this weave.
func (weave *weave) join(edges []edge) *node {
	if len(edges) == 1 && edges[0].to == nil {
		return nil
	}
	hash := uint64(14695981039346656037)
	for _, edge := range edges {
		hash = mix(mix(hash, edge.last.hi), edge.last.lo)
		if edge.to != nil {
			hash = mix(hash, edge.to.hash)
		}
	}
	for _, candidate := range weave.known[hash] {
		if slices.Equal(candidate.edges, edges) {
			return candidate
		}
	}
	made := &node{edges: slices.Clone(edges), full: len(edges) == 1 && edges[0].to.full, hash: hash}
	weave.known[hash] = append(weave.known[hash], made)
	return made
}

func (weave *weave) terminal(value int32) *node {
	hash := mix(1, uint64(uint32(value)))
	for _, candidate := range weave.known[hash] {
		if len(candidate.edges) == 0 && candidate.value == value {
			return candidate
		}
	}
	made := &node{value: value, full: true, hash: hash}
	weave.known[hash] = append(weave.known[hash], made)
	return made
}

func mix(hash, value uint64) uint64 {
	hash = (hash ^ value) * 0x9e3779b97f4a7c15
	return hash ^ hash>>29
}

// own takes a diagram over from another weave.
func (weave *weave) own(foreign *node) *node {
	return weave.revalue(foreign, func(value int32) (int32, bool) { return value, true })
}

// revalue takes a diagram over with other terminals: as says what becomes of each, false being nothing.
// One weave must not be given two different functions.
func (weave *weave) revalue(foreign *node, as func(int32) (int32, bool)) *node {
	if foreign == nil {
		return nil
	}
	if mine, done := weave.owned[foreign]; done {
		return mine
	}
	var mine *node
	if len(foreign.edges) == 0 {
		if value, kept := as(foreign.value); kept {
			mine = weave.terminal(value)
		}
	} else {
		edges := make([]edge, 0, len(foreign.edges))
		for _, edge := range foreign.edges {
			edges = extend(edges, edge.last, weave.revalue(edge.to, as))
		}
		mine = weave.join(edges)
	}
	weave.owned[foreign] = mine
	return mine
}

// operation says what a pair of nodes amounts to when one glance decides it.
type operation func(weave *weave, left, right *node) (result *node, decided bool)

func union(weave *weave, left, right *node) (*node, bool) {
	switch {
	case left == right, right == nil, left != nil && left.full:
		return weave.own(left), true
	case left == nil, right.full:
		return weave.own(right), true
	}
	return nil, false
}

func intersect(weave *weave, left, right *node) (*node, bool) {
	switch {
	case left == nil, right == nil:
		return nil, true
	case left == right, right.full:
		return weave.own(left), true
	case left.full:
		return weave.own(right), true
	}
	return nil, false
}

func minus(weave *weave, left, right *node) (*node, bool) {
	switch {
	case left == nil, left == right, right != nil && right.full:
		return nil, true
	case right == nil:
		return weave.own(left), true
	}
	return nil, false
}

// apply combines two diagrams whose terminals are all equal. One weave must be given one operation only.
func (weave *weave) apply(combine operation, left, right *node) *node {
	if result, decided := combine(weave, left, right); decided {
		return result
	}
	pair := [2]*node{left, right}
	if result, done := weave.pairs[pair]; done {
		return result
	}
	var edges []edge
	for i, j := 0, 0; i < len(left.edges) && j < len(right.edges); {
		a, b := left.edges[i], right.edges[j]
		last := a.last
		switch order := a.last.compare(b.last); {
		case order < 0:
			i++
		case order > 0:
			j++
			last = b.last
		default:
			i++
			j++
		}
		edges = extend(edges, last, weave.apply(combine, a.to, b.to))
	}
	result := weave.join(edges)
	weave.pairs[pair] = result
	return result
}

// branch groups the intervals of a node that lead to the same child.
type branch struct {
	numbers spans
	to      *node
}

// branches are in the order of their least number; what leads nowhere is left out.
func (from *node) branches() []branch {
	if from == nil {
		return nil
	}
	var found []branch
	place := map[*node]int{}
	var first number
	for _, edge := range from.edges {
		if edge.to != nil {
			at, seen := place[edge.to]
			if !seen {
				at = len(found)
				place[edge.to] = at
				found = append(found, branch{to: edge.to})
			}
			found[at].numbers = append(found[at].numbers, span{first, edge.last})
		}
		first = edge.last.next()
	}
	return found
}

// walk visits every path from the node to a terminal as one set of numbers per level, in order, until visit returns false.
func (node *node) walk(path []spans, visit func(path []spans, value int32) bool) bool {
	if node == nil {
		return true
	}
	if len(node.edges) == 0 {
		return visit(path, node.value)
	}
	for _, branch := range node.branches() {
		if !branch.to.walk(append(path, branch.numbers), visit) {
			return false
		}
	}
	return true
}

// at follows one packet; nil when it leads nowhere.
func (node *node) at(fields []number) *node {
	for _, field := range fields {
		if node == nil {
			return nil
		}
		place, _ := slices.BinarySearchFunc(node.edges, field, func(e edge, v number) int { return e.last.compare(v) })
		node = node.edges[place].to
	}
	return node
}

// same reports whether two diagrams, of whatever weaves, are equal.
func same(left, right *node, seen map[[2]*node]bool) bool {
	if left == right {
		return true
	}
	if left == nil || right == nil || left.hash != right.hash || left.value != right.value || len(left.edges) != len(right.edges) {
		return false
	}
	pair := [2]*node{left, right}
	if seen[pair] {
		return true
	}
	for i := range left.edges {
		if left.edges[i].last != right.edges[i].last || !same(left.edges[i].to, right.edges[i].to, seen) {
			return false
		}
	}
	seen[pair] = true
	return true
}
