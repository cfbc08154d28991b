package cypher

import "errors"

// shortestStep finds shortest paths between two bound nodes.
type shortestStep struct {
	along
	each   []hopCondition // on each relationship or node of a path
	wholes []expr         // on a path as a whole
}

// hopCondition is all(x IN relationships(p) WHERE …) or its like, taken into the search.
type hopCondition struct {
	slot  int
	of    expr
	nodes bool
	want  bool // what it must be: true for all( ), false for none( )
}

func (step *shortestStep) title() string {
	title := "ShortestPath "
	if step.shortest == allShortest {
		title = "AllShortestPaths "
	}
	return title + step.shown()
}

// takes takes a condition in if it speaks of each relationship or node alone.
func (step *shortestStep) takes(of expr) bool {
	quantifier, ok := of.(*quantifier)
	if !ok || quantifier.kind != "all" && quantifier.kind != "none" {
		return false
	}
	condition := hopCondition{slot: quantifier.name.slot, of: quantifier.where, want: quantifier.kind == "all"}
	switch list := quantifier.list.(type) {
	case *variable:
		if list.slot != step.slot {
			return false
		}
	case *calledFunction:
		path, ok := any(nil), false
		if len(list.args) == 1 {
			path, ok = list.args[0], true
		}
		variable, named := path.(*variable)
		if !ok || !named || step.route == nil || variable.slot != step.route.slot || list.name != "nodes" && list.name != "relationships" {
			return false
		}
		condition.nodes = list.name == "nodes"
	default:
		return false
	}
	free := true
	walkExpr(quantifier.where, func(inner expr) {
		switch inner := inner.(type) {
		case *variable:
			free = free && inner.slot != step.slot && (step.route == nil || inner.slot != step.route.slot)
		case *subquery, *patternCheck, *patternComprehension, *shortestValue:
			free = false // they may speak of the path
		}
	})
	if free {
		step.each = append(step.each, condition)
	}
	return free
}

// notebook is what a search notes of nodes: how far they are from either of its ends, side by side, since it asks for both.
type notebook struct {
	notes [][2]note // by node
	now   [2]uint32 // by end, the search under way
}

// note is the search in which a node was last seen, and how far it was.
type note struct {
	stamp uint32
	far   int32
}

// notebook gives one that is the run's until its end.
func (run *run) notebook() *notebook {
	taken, _ := run.books.Get().(*notebook)
	if taken == nil {
		taken = &notebook{notes: make([][2]note, run.graph.vertices())}
	}
	run.taken = append(run.taken, taken)
	return taken
}

// wave is what was seen from one end, level by level.
type wave struct {
	*notebook
	end   int // 0 or 1
	from  vertex
	depth int32
	level []vertex // at that depth
	spare []vertex // room for the next level
}

func (wave *wave) seen(at vertex) bool { return wave.notes[at][wave.end].stamp == wave.now[wave.end] }

func (wave *wave) far(at vertex) int { return int(wave.notes[at][wave.end].far) }

func (wave *wave) mark(at vertex, far int32) {
	wave.notes[at][wave.end] = note{wave.now[wave.end], far}
}

// again makes the wave begin anew.
func (wave *wave) again(from vertex) {
	if wave.now[wave.end]++; wave.now[wave.end] == 0 {
		for at := range wave.notes {
			wave.notes[at][wave.end] = note{}
		}
		wave.now[wave.end] = 1
	}
	wave.from, wave.depth, wave.level = from, 0, append(wave.level[:0], from)
	wave.mark(from, 0)
}

// pathSearch is one search.
type pathSearch struct {
	*shortestStep
	walker *walker
	next   int
	ends   [2]vertex // where the pattern's path begins and ends
	waves  *[2]*wave
	found  int
}

// noBound stands for a path of any length.
const noBound = 1 << 30

func (step *shortestStep) run(walker *walker, next int) error {
	search := &pathSearch{shortestStep: step, walker: walker, next: next}
	search.ends[0], search.ends[1] = walker.row[step.link.from].(vertex), walker.row[step.link.to].(vertex)
	if search.ends[0] == search.ends[1] {
		if step.least == 0 {
			return search.standing()
		}
		return failed("the shortest path algorithm does not work when the start and end nodes are the same: ask for two different nodes, as with WHERE a <> b")
	}
	for _, end := range search.ends {
		if ok, err := search.nodeHolds(end); err != nil || !ok {
			return err
		}
	}
	kept := search.begin()
	met, err := search.meet(kept)
	if err != nil {
		return err
	}
	if met != nil {
		if err := search.through(met); err != nil {
			return err
		}
	}
	if search.found > 0 || len(step.wholes) == 0 || met == nil {
		return nil
	}
	return search.longer(search.length(met[0]) + 1)
}

// keptWeight is how much cheaper it is to go on from an end from which the search before began as well: the next may use it.
const keptWeight = 8

// begin makes the waves ready. Where one end is that of the search before, what was seen from it still stands, unless conditions
// may hang on the row. It gives which wave that is, -1 for none.
func (search *pathSearch) begin() int {
	run := search.walker.run
	search.waves = run.waves[search.shortestStep]
	if search.waves == nil {
		if run.waves == nil {
			run.waves = map[*shortestStep]*[2]*wave{}
		}
		book := run.notebook()
		search.waves = &[2]*wave{{notebook: book}, {notebook: book, end: 1}}
		run.waves[search.shortestStep] = search.waves
	} else if len(search.hops) == 0 && len(search.each) == 0 {
		for i, wave := range search.waves {
			if wave.from == search.ends[i] {
				search.waves[1-i].again(search.ends[1-i])
				return i
			}
		}
	}
	for i, wave := range search.waves {
		wave.again(search.ends[i])
	}
	return -1
}

// length is that of the paths through a node that both waves have seen.
func (search *pathSearch) length(middle vertex) int {
	return search.waves[0].far(middle) + search.waves[1].far(middle)
}

// standing gives the path of no relationship, from a node to itself.
func (search *pathSearch) standing() error {
	if ok, err := search.nodeHolds(search.ends[0]); err != nil || !ok {
		return err
	}
	if err := search.give(nil); err != nil || search.found > 0 {
		return err
	}
	return failed("the shortest path from a node to itself has no relationships and does not fulfil the conditions; longer ones from a node to itself: not supported on the embedded store; supported on Neo4j")
}

// bound is the greatest length of a path.
func (search *pathSearch) bound() int32 {
	switch {
	case !search.variable:
		return 1
	case search.most < 0:
		return noBound
	}
	return int32(min(search.most, noBound))
}

// meet searches from both ends at once, level by level, the smaller level first, and gives the nodes in which the two first
// meet. Every shortest path goes through exactly one of them.
func (search *pathSearch) meet(kept int) ([]vertex, error) {
	if kept >= 0 && search.waves[kept].seen(search.ends[1-kept]) {
		return search.ends[1-kept : 2-kept], nil
	}
	weights := [2]int{keptWeight, keptWeight}
	if kept >= 0 {
		weights[kept] = 1
	}
	for search.waves[0].depth+search.waves[1].depth < search.bound() {
		near := 0
		if len(search.waves[1].level)*weights[1] < len(search.waves[0].level)*weights[0] {
			near = 1
		}
		met, err := search.widen(near)
		if err != nil || met != nil {
			return met, err
		}
		if len(search.waves[near].level) == 0 {
			return nil, nil
		}
	}
	return nil, nil
}

// directionFrom is how to go from the first end, or back from the second.
func (search *pathSearch) directionFrom(i int) direction {
	if i == 1 {
		return search.link.direction.turned()
	}
	return search.link.direction
}

// widen goes one level further from an end, and gives where that meets the other.
func (search *pathSearch) widen(i int) ([]vertex, error) {
	var met []vertex
	near, other := search.waves[i], search.waves[1-i]
	further := near.spare[:0]
	free := len(search.hops) == 0 && len(search.each) == 0
	for _, at := range near.level {
		err := search.walker.run.neighbours(at, search.directionFrom(i), search.types, func(e edge, to vertex) error {
			if near.seen(to) {
				return nil
			}
			if !free {
				if ok, err := search.holds(e, to); err != nil || !ok {
					return err
				}
			}
			near.mark(to, near.depth+1)
			further = append(further, to)
			if other.seen(to) {
				met = append(met, to)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	near.level, near.spare = further, near.level
	near.depth++
	return met, nil
}

// holds looks at what is demanded of a relationship and of the node it leads to.
func (search *pathSearch) holds(e edge, to vertex) (bool, error) {
	run, row := search.walker.run, search.walker.row
	if ok, err := search.hopHolds(run, row, e); err != nil || !ok {
		return false, err
	}
	for _, condition := range search.each {
		if condition.nodes {
			continue
		}
		row[condition.slot] = e
		if ok, err := condition.holds(run, row); err != nil || !ok {
			return false, err
		}
	}
	return search.nodeHolds(to)
}

func (search *pathSearch) nodeHolds(at vertex) (bool, error) {
	for _, condition := range search.each {
		if !condition.nodes {
			continue
		}
		search.walker.row[condition.slot] = at
		if ok, err := condition.holds(search.walker.run, search.walker.row); err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

func (condition *hopCondition) holds(run *run, row []any) (bool, error) {
	value, err := condition.of.eval(run, row)
	if err != nil {
		return false, err
	}
	is, ok := value.(bool)
	if !ok && value != nil {
		return false, failed("type mismatch: expected Boolean but was %s", kindOf(value))
	}
	return ok && is == condition.want, nil
}

// through gives the paths through the nodes in which the search met: back to the first end, then on to the second.
func (search *pathSearch) through(met []vertex) error {
	length := search.length(met[0])
	trail := make([]edge, length)
	for _, middle := range met {
		half := search.waves[0].far(middle)
		err := search.descend(0, middle, half, func(step int, e edge) { trail[step] = e }, func() error {
			return search.descend(1, middle, length-half, func(step int, e edge) { trail[length-1-step] = e }, func() error {
				if err := search.give(trail); err != nil {
					return err
				}
				if search.enough() {
					return errFound
				}
				return nil
			})
		})
		if err == errFound { //nolint:errorlint // it is never wrapped
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// errFound ends the way back from where the waves met, once the one path that is wanted was given.
var errFound = errors.New("found")

// enough reports whether the one path that is wanted was found.
func (search *pathSearch) enough() bool {
	return search.shortest == oneShortest && search.found > 0
}

// descend goes from a node to an end along every shortest way. put notes the relationship so many steps from that end.
func (search *pathSearch) descend(i int, at vertex, far int, put func(int, edge), arrived func() error) error {
	if far == 0 {
		return arrived()
	}
	wave := search.waves[i]
	return search.walker.run.neighbours(at, search.directionFrom(i).turned(), search.types, func(e edge, to vertex) error {
		if !wave.seen(to) || wave.far(to) != far-1 {
			return nil
		}
		if ok, err := search.holds(e, at); err != nil || !ok {
			return err
		}
		put(far-1, e)
		return search.descend(i, to, far-1, put, arrived)
	})
}

// give hands a path on, if it fulfils what is demanded of paths as a whole.
func (search *pathSearch) give(trail []edge) error {
	row := search.walker.row
	if search.kept {
		row[search.slot] = edgeList(trail, false)
	}
	if search.route != nil {
		walk, err := search.route.build(search.walker.run, row)
		if err != nil {
			return err
		}
		row[search.route.slot] = walk
	}
	for _, whole := range search.wholes {
		if ok, err := holds(search.walker.run, row, whole); err != nil || !ok {
			return err
		}
	}
	search.found++
	return search.walker.on(search.next)
}

// longer goes through trails that are longer than the shortest path, length by length, until one fulfils what is demanded.
func (search *pathSearch) longer(from int) error {
	round, far, err := search.distances()
	if err != nil {
		return err
	}
	used := make(edgeSet, search.walker.run.graph.edges()/64+1)
	most := int(min(search.bound(), int32(search.walker.run.graph.edges())))
	for length := from; length <= most && search.found == 0; length++ {
		cut := false // whether there may be longer trails
		var trail []edge
		var on func(at vertex) error
		on = func(at vertex) error {
			if search.enough() {
				return nil
			}
			if len(trail) == length {
				cut = true
				if at != search.ends[1] {
					return nil
				}
				return search.give(trail)
			}
			return search.walker.run.neighbours(at, search.link.direction, search.types, func(e edge, to vertex) error {
				if used.has(e) || round[to] == 0 {
					return nil
				}
				if int(far[to]) > length-len(trail)-1 {
					cut = true
					return nil
				}
				if ok, err := search.holds(e, to); err != nil || !ok {
					return err
				}
				used.add(e)
				trail = append(trail, e)
				err := on(to)
				trail = trail[:len(trail)-1]
				used.remove(e)
				return err
			})
		}
		if err := on(search.ends[0]); err != nil {
			return err
		}
		if !cut {
			return nil
		}
	}
	return nil
}

// distances gives how far each node is from the path's end; round is 0 for a node from which there is no way.
func (search *pathSearch) distances() (round []uint32, far []int32, err error) {
	vertices := search.walker.run.graph.vertices()
	round, far = make([]uint32, vertices), make([]int32, vertices)
	level := []vertex{search.ends[1]}
	round[search.ends[1]] = 1
	for depth := int32(1); len(level) > 0; depth++ {
		var further []vertex
		for _, at := range level {
			err := search.walker.run.neighbours(at, search.directionFrom(1), search.types, func(_ edge, to vertex) error {
				if round[to] == 0 {
					round[to], far[to] = 1, depth
					further = append(further, to)
				}
				return nil
			})
			if err != nil {
				return nil, nil, err
			}
		}
		level = further
	}
	return round, far, nil
}
