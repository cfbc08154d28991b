package cypher

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

// visits is what searches for shortest paths note of nodes: how far they are from either end.
type visits struct {
	round uint32
	sides [2]side
}

type side struct {
	round []uint32 // in which round the node was seen
	far   []int32
}

func (side *side) seen(at vertex, round uint32) bool { return side.round[at] == round }

// visiting gives visits that no search is using.
func (run *run) visiting() *visits {
	if last := len(run.spare) - 1; last >= 0 {
		visits := run.spare[last]
		run.spare = run.spare[:last]
		visits.round++
		return visits
	}
	visits := &visits{round: 1}
	for i := range visits.sides {
		visits.sides[i] = side{make([]uint32, run.graph.vertices()), make([]int32, run.graph.vertices())}
	}
	return visits
}

// pathSearch is one search.
type pathSearch struct {
	*shortestStep
	walker *walker
	next   int
	ends   [2]vertex // where the pattern's path begins and ends
	visits *visits
	depth  [2]int32
	level  [2][]vertex
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
	search.visits = walker.run.visiting()
	defer func() { walker.run.spare = append(walker.run.spare, search.visits) }()
	met, err := search.meet()
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
	return search.longer(int(search.depth[0] + search.depth[1] + 1))
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
func (search *pathSearch) meet() ([]vertex, error) {
	for i, end := range search.ends {
		search.depth[i], search.level[i] = 0, []vertex{end}
		search.mark(i, end)
	}
	for search.depth[0]+search.depth[1] < search.bound() {
		near := 0
		if len(search.level[1]) < len(search.level[0]) {
			near = 1
		}
		met, err := search.widen(near)
		if err != nil || met != nil {
			return met, err
		}
		if len(search.level[near]) == 0 {
			return nil, nil
		}
	}
	return nil, nil
}

func (search *pathSearch) mark(i int, at vertex) {
	side := &search.visits.sides[i]
	side.round[at], side.far[at] = search.visits.round, search.depth[i]
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
	var met, further []vertex
	search.depth[i]++
	round := search.visits.round
	near, other := &search.visits.sides[i], &search.visits.sides[1-i]
	for _, at := range search.level[i] {
		err := search.walker.run.neighbours(at, search.directionFrom(i), search.types, func(e edge, to vertex) error {
			if near.seen(to, round) {
				return nil
			}
			if ok, err := search.holds(e, to); err != nil || !ok {
				return err
			}
			search.mark(i, to)
			further = append(further, to)
			if other.seen(to, round) {
				met = append(met, to)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	search.level[i] = further
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
	length := int(search.depth[0] + search.depth[1])
	trail := make([]edge, length)
	for _, middle := range met {
		half := int(search.visits.sides[0].far[middle])
		err := search.descend(0, middle, half, func(step int, e edge) { trail[step] = e }, func() error {
			return search.descend(1, middle, length-half, func(step int, e edge) { trail[length-1-step] = e }, func() error {
				return search.give(trail)
			})
		})
		if err != nil {
			return err
		}
		if search.enough() {
			return nil
		}
	}
	return nil
}

// enough reports whether the one path that is wanted was found.
func (search *pathSearch) enough() bool {
	return search.shortest == oneShortest && search.found > 0
}

// descend goes from a node to an end along every shortest way. put notes the relationship so many steps from that end.
func (search *pathSearch) descend(i int, at vertex, far int, put func(int, edge), arrived func() error) error {
	if far == 0 {
		return arrived()
	}
	side, round := &search.visits.sides[i], search.visits.round
	return search.walker.run.neighbours(at, search.directionFrom(i).turned(), search.types, func(e edge, to vertex) error {
		if search.enough() || !side.seen(to, round) || int(side.far[to]) != far-1 {
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
