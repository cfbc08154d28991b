package aws

import "slices"

// exploreLimit bounds the states visited by one exploration; policies of AWS's maximum size stay far below it.
const exploreLimit = 20000

// effort is what is left of a bound on the states visited, shared by the explorations that answer one question.
type effort int

// alone is the effort of an exploration that shares it with no other.
func alone() *effort {
	left := effort(exploreLimit)
	return &left
}

// together is the effort of one question that takes many explorations, some seconds of work at the most.
func together() *effort {
	left := effort(5 * exploreLimit)
	return &left
}

// explore finds every way in which the strings of a pattern are told apart by others. For each distinct combination it
// calls visit once with a shortest witness and, for each of the cuts, whether that witness matches it. visit stops the
// exploration by answering false.
//
// It walks the product of the patterns' automata breadth first, so a question about infinitely many strings is answered
// by looking at one of each kind. It answers false when it gave up, at exploreLimit or because no effort was left.
func explore(within *Pattern, cuts []*Pattern, left *effort, visit func(witness string, in []bool) bool) (complete bool) {
	if len(cuts) == 0 {
		visit(within.shortest(), nil)
		return true
	}
	walk := newWalk(within, cuts)
	seenStates := map[string]bool{}
	seenKinds := map[string]bool{}
	queue := []node{{positions: walk.start()}}
	seenStates[key(queue[0].positions)] = true
	for head := 0; head < len(queue); head++ {
		if *left--; head >= exploreLimit || *left < 0 {
			return false
		}
		in, accepted := walk.accepts(queue[head].positions)
		if accepted && !seenKinds[string(in)] {
			seenKinds[string(in)] = true
			if !visit(spell(queue, head), flags(in)) {
				return true
			}
		}
		for _, symbol := range walk.symbols(queue[head].positions) {
			next := walk.step(queue[head].positions, symbol)
			if next == nil {
				continue
			}
			k := key(next)
			if !seenStates[k] {
				seenStates[k] = true
				queue = append(queue, node{positions: next, from: head, symbol: symbol})
			}
		}
	}
	return true
}

// node is one reached state: the positions at which the automata stand, and how it was reached.
type node struct {
	positions []int32
	from      int
	symbol    rune
}

// walk holds the automata laid end to end: position p of automaton a has index base[a]+p; index base[a+1]-1 accepts.
// Automaton 0 is the pattern explored, the others are the cuts.
type walk struct {
	tokens []rune // the token to be read at each index; accept at the end of each automaton
	base   []int32
	fresh  rune // a character that no pattern names
}

const accept rune = -3

func newWalk(within *Pattern, cuts []*Pattern) *walk {
	w := &walk{}
	used := map[rune]bool{}
	for _, p := range append([]*Pattern{within}, cuts...) {
		w.base = append(w.base, int32(len(w.tokens)))
		w.tokens = append(append(w.tokens, p.tokens()...), accept)
		for _, t := range p.tokens() {
			used[t] = true
		}
	}
	w.base = append(w.base, int32(len(w.tokens)))
	w.fresh = freshRune(used)
	return w
}

// freshRune prefers a letter or digit, so that witnesses look like names.
func freshRune(used map[rune]bool) rune {
	for _, r := range "xyzwvuqjkabcdefghilmnoprst0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" {
		if !used[r] {
			return r
		}
	}
	r := rune(0x100)
	for used[r] {
		r++
	}
	return r
}

func (w *walk) start() []int32 {
	var positions []int32
	for _, b := range w.base[:len(w.base)-1] {
		positions = w.add(positions, b)
	}
	return positions
}

// add appends an index, and the one behind it when a star may be skipped.
func (w *walk) add(positions []int32, at int32) []int32 {
	if n := len(positions); n > 0 && positions[n-1] >= at {
		if slices.Contains(positions, at) {
			return positions
		}
	}
	positions = append(positions, at)
	if w.tokens[at] == star {
		return w.add(positions, at+1)
	}
	return positions
}

// step reads one character. It answers nil when the explored pattern cannot go on.
func (w *walk) step(positions []int32, symbol rune) []int32 {
	var next []int32
	alive := false
	for _, at := range positions {
		before := len(next)
		switch t := w.tokens[at]; {
		case t == star:
			next = w.add(next, at)
		case t == one || t == symbol:
			next = w.add(next, at+1)
		}
		if len(next) > before && at < w.base[1] {
			alive = true
		}
	}
	if !alive {
		return nil
	}
	slices.Sort(next)
	return next
}

// symbols lists the characters worth reading next: those the automata name here, and one that none names.
func (w *walk) symbols(positions []int32) []rune {
	var symbols []rune
	free := false
	for _, at := range positions {
		t := w.tokens[at]
		if at < w.base[1] && (t == star || t == one) {
			free = true
		}
		if t >= 0 && !slices.Contains(symbols, t) {
			symbols = append(symbols, t)
		}
	}
	slices.Sort(symbols)
	if free {
		symbols = append([]rune{w.fresh}, symbols...)
	}
	return symbols
}

// accepts tells whether the explored pattern may end here, and which of the cuts may.
func (w *walk) accepts(positions []int32) (in []byte, accepted bool) {
	in = make([]byte, len(w.base)-2)
	for _, at := range positions {
		if w.tokens[at] != accept {
			continue
		}
		automaton, _ := slices.BinarySearch(w.base, at+1)
		if automaton == 1 {
			accepted = true
		} else {
			in[automaton-2] = 1
		}
	}
	return in, accepted
}

func key(positions []int32) string {
	b := make([]byte, 0, 3*len(positions))
	for _, p := range positions {
		b = append(b, byte(p), byte(p>>8), byte(p>>16))
	}
	return string(b)
}

func spell(queue []node, at int) string {
	var symbols []rune
	for ; at != 0; at = queue[at].from {
		symbols = append(symbols, queue[at].symbol)
	}
	slices.Reverse(symbols)
	return string(symbols)
}

func flags(in []byte) []bool {
	out := make([]bool, len(in))
	for i, b := range in {
		out[i] = b == 1
	}
	return out
}

// shortest gives one of the shortest strings the pattern stands for.
func (p *Pattern) shortest() string {
	if p.literal {
		return p.text
	}
	used := map[rune]bool{}
	for _, t := range p.tokens() {
		used[t] = true
	}
	var out []rune
	for _, t := range p.tokens() {
		switch t {
		case star:
		case one:
			out = append(out, freshRune(used))
		default:
			out = append(out, t)
		}
	}
	return string(out)
}
