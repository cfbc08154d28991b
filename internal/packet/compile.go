package packet

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"strconv"
)

// clause is one rule in compiled form: a set of numbers for each level, and the decision where all match.
// Without a decision it hides the clauses after it.
type clause struct {
	fields  []spans
	value   int32
	decides bool
}

// compiler turns an ordered list of clauses into a diagram, first match first.
type compiler struct {
	*weave
	clauses []clause
	shape   [][]int32 // per level and clause: equal when the fields from that level on are equal
	effect  [][]int32 // as shape, and the decision is equal
	open    [][]bool  // the fields from that level on hold everything
	done    map[string]*node
	shown   []int // per shape: the last call of relevant that met it
	calls   int
	rooms   []room // per level
	key     []byte
	order   []int32
}

// room is the working memory of one level, used again once the levels below are done.
type room struct {
	turns  []turn
	now    []uint64 // a bit for each place in the list of clauses: active in this atom
	within []int32
}

// turn is where the clause at a place in the list becomes active, or ceases to be.
type turn struct {
	at    number
	place int32
}

// compile cuts each level into atoms, the intervals within which the same clauses are active, and compiles each
// distinct list of clauses once.
func (weave *weave) compile(clauses []clause) *node {
	clauses = slices.DeleteFunc(slices.Clone(clauses), func(c clause) bool {
		return slices.ContainsFunc(c.fields, func(field spans) bool { return len(field) == 0 })
	})
	compiler := &compiler{
		weave: weave, clauses: clauses, done: map[string]*node{},
		shown: make([]int, len(clauses)), rooms: make([]room, len(weave.tops)),
	}
	compiler.classify()
	active := make([]int32, len(clauses))
	for i := range active {
		active[i] = int32(i)
	}
	return compiler.from(0, active)
}

func (compiler *compiler) classify() {
	levels, count := len(compiler.tops), len(compiler.clauses)
	for range levels + 1 {
		compiler.shape = append(compiler.shape, make([]int32, count))
		compiler.effect = append(compiler.effect, make([]int32, count))
		compiler.open = append(compiler.open, make([]bool, count))
	}
	for i, clause := range compiler.clauses {
		compiler.open[levels][i] = true
		compiler.effect[levels][i] = clause.value
		if !clause.decides {
			compiler.effect[levels][i] = -1
		}
	}
	for level := levels - 1; level >= 0; level-- {
		shapes, effects := map[string]int32{}, map[[2]int32]int32{}
		whole := span{last: compiler.tops[level]}
		for i, clause := range compiler.clauses {
			compiler.open[level][i] = compiler.open[level+1][i] && clause.fields[level].covers(whole)
			key := binary.BigEndian.AppendUint32(nil, uint32(compiler.shape[level+1][i]))
			for _, interval := range clause.fields[level] {
				for _, part := range [...]uint64{interval.first.hi, interval.first.lo, interval.last.hi, interval.last.lo} {
					key = binary.BigEndian.AppendUint64(key, part)
				}
			}
			compiler.shape[level][i] = numbered(shapes, string(key))
			compiler.effect[level][i] = numbered(effects, [2]int32{compiler.shape[level][i], compiler.effect[levels][i]})
		}
	}
}

func numbered[K comparable](numbers map[K]int32, key K) int32 {
	number, seen := numbers[key]
	if !seen {
		number = int32(len(numbers))
		numbers[key] = number
	}
	return number
}

func (compiler *compiler) from(level int, active []int32) *node {
	active = compiler.relevant(level, active)
	if len(active) == 0 {
		return nil
	}
	if level == len(compiler.tops) {
		return compiler.terminal(compiler.clauses[active[0]].value)
	}
	key := compiler.keyOf(level, active)
	if result, done := compiler.done[key]; done {
		return result
	}
	var edges []edge
	room := &compiler.rooms[level]
	room.prepare(compiler.clauses, active, level, compiler.tops[level])
	for at := 0; at < len(room.turns); {
		start := room.turns[at].at
		for ; at < len(room.turns) && room.turns[at].at == start; at++ {
			room.toggle(room.turns[at].place)
		}
		last := compiler.tops[level]
		if at < len(room.turns) {
			last = room.turns[at].at.previous()
		}
		edges = extend(edges, last, compiler.from(level+1, room.list(active)))
	}
	result := compiler.join(edges)
	compiler.done[key] = result
	return result
}

// relevant drops, in place, the clauses that an earlier one hides, and those at the end that decide what the default does too.
func (compiler *compiler) relevant(level int, active []int32) []int32 {
	kept := active[:0]
	compiler.calls++
	for _, id := range active {
		if shape := compiler.shape[level][id]; compiler.shown[shape] != compiler.calls {
			compiler.shown[shape] = compiler.calls
			kept = append(kept, id)
		}
		if compiler.open[level][id] {
			break
		}
	}
	for len(kept) > 0 && !compiler.clauses[kept[len(kept)-1]].decides {
		kept = kept[:len(kept)-1]
	}
	return kept
}

// keyOf names what the clauses amount to from this level on. The order among neighbours that decide alike is of no
// importance.
func (compiler *compiler) keyOf(level int, active []int32) string {
	effects, decisions := compiler.effect[level], compiler.effect[len(compiler.tops)]
	ordered := compiler.order[:0]
	for i := 0; i < len(active); {
		run := len(ordered)
		decision := decisions[active[i]]
		for ; i < len(active) && decisions[active[i]] == decision; i++ {
			ordered = append(ordered, effects[active[i]])
		}
		slices.Sort(ordered[run:])
	}
	compiler.order = ordered
	compiler.key = strconv.AppendInt(compiler.key[:0], int64(level), 10)
	for _, effect := range ordered {
		compiler.key = binary.BigEndian.AppendUint32(compiler.key, uint32(effect))
	}
	return string(compiler.key)
}

// prepare sets the room to before the first atom. A turn at zero that concerns no clause makes sure that there is one.
func (room *room) prepare(clauses []clause, active []int32, level int, top number) {
	turns := append(room.turns[:0], turn{place: -1})
	for place, id := range active {
		for _, interval := range clauses[id].fields[level] {
			turns = append(turns, turn{interval.first, int32(place)})
			if interval.last.less(top) {
				turns = append(turns, turn{interval.last.next(), int32(place)})
			}
		}
	}
	slices.SortFunc(turns, func(a, b turn) int { return a.at.compare(b.at) })
	room.turns = turns
	words := (len(active) + 63) / 64
	room.now = slices.Grow(room.now[:0], words)[:words]
	clear(room.now)
}

func (room *room) toggle(place int32) {
	if place >= 0 {
		room.now[place/64] ^= 1 << (place % 64)
	}
}

// list is the part of active that is active now, valid until the next call.
func (room *room) list(active []int32) []int32 {
	room.within = room.within[:0]
	for word, rest := range room.now {
		for ; rest != 0; rest &= rest - 1 {
			room.within = append(room.within, active[word*64+bits.TrailingZeros64(rest)])
		}
	}
	return room.within
}
