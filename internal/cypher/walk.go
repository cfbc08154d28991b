package cypher

import (
	"slices"
	"strings"
)

// along is how a relationship of a pattern is gone along: from a bound end to the other.
type along struct {
	*link
	from, to  int  // slots, in the order of going
	check     bool // the far end is bound as well
	direction direction
	backward  bool // against the order of the pattern
	types     types
}

func (along along) shown() string {
	span := ""
	if along.variable {
		span = "*"
	}
	arrows := map[direction][2]string{outward: {"-[", "]->"}, inward: {"<-[", "]-"}, either: {"-[", "]-"}}[along.direction]
	return shownName(nil, along.from) + arrows[0] + shownLabels(along.link.types) + span + arrows[1] + shownName(nil, along.to)
}

// types tells by a type's place which a pattern means; nil means every.
type types []bool

func typesOf(graph source, of labels) types {
	if of == nil {
		return nil
	}
	kinds := graph.kinds()
	meant := make(types, len(kinds))
	for i, kind := range kinds {
		meant[i] = matchLabels(of, []string{kind})
	}
	if !slices.Contains(meant, false) {
		return nil
	}
	return meant
}

// kind gives a relationship's type.
func (run *run) kind(of edge) string { return run.graph.kinds()[run.graph.kindAt(of)] }

// matchLabels reports whether labels, in order, fulfil an expression.
func matchLabels(of labels, have []string) bool {
	switch of := of.(type) {
	case labelName:
		return slices.Contains(have, of.name)
	case labelNot:
		return !matchLabels(of.of, have)
	case labelAnd:
		return matchLabels(of.left, have) && matchLabels(of.right, have)
	case labelOr:
		return matchLabels(of.left, have) || matchLabels(of.right, have)
	default:
		return len(have) > 0
	}
}

// neighbours calls with the relationships of a node in a direction and their other ends, a loop but once.
func (run *run) neighbours(of vertex, direction direction, types types, call func(edge, vertex) error) error {
	if direction != inward {
		first, beyond := run.graph.out(of)
		if err := run.step(int(beyond - first)); err != nil {
			return err
		}
		for e := first; e < beyond; e++ {
			if types != nil && !types[run.graph.kindAt(e)] {
				continue
			}
			_, to := run.graph.ends(e)
			if err := call(e, to); err != nil {
				return err
			}
		}
	}
	if direction != outward {
		in := run.graph.in(of)
		if err := run.step(len(in)); err != nil {
			return err
		}
		for _, at := range in {
			e := edge(at)
			if types != nil && !types[run.graph.kindAt(e)] {
				continue
			}
			from, _ := run.graph.ends(e)
			if from == of && direction == either {
				continue
			}
			if err := call(e, from); err != nil {
				return err
			}
		}
	}
	return nil
}

// givenStep looks at a node that a clause before has bound: from null, nothing goes on.
type givenStep struct{ slot int }

func (step *givenStep) title() string { return "Given " + shownName(nil, step.slot) }

func (step *givenStep) run(walker *walker, next int) error {
	switch value := walker.row[step.slot].(type) {
	case nil:
		return nil
	case vertex:
		return walker.on(next)
	default:
		return failed("type mismatch: a pattern expected a Node but got %s", kindOf(value))
	}
}

// seekStep finds a node by its id.
type seekStep struct {
	slot int
	id   expr
}

func (step *seekStep) title() string { return "Seek id = " + step.id.show() }

func (step *seekStep) run(walker *walker, next int) error {
	value, err := step.id.eval(walker.run, walker.row)
	if err != nil {
		return err
	}
	id, ok := value.(string)
	if !ok {
		return nil
	}
	at, found, known := walker.run.graph.find(id)
	if !known {
		return (&scanStep{slot: step.slot}).run(walker, next)
	}
	if !found {
		return nil
	}
	walker.row[step.slot] = at
	return walker.on(next)
}

// scanStep goes through all nodes, or those with a label.
type scanStep struct {
	slot  int
	label string
}

func (step *scanStep) title() string {
	if step.label == "" {
		return "Scan all nodes"
	}
	return "Scan :" + step.label
}

func (step *scanStep) run(walker *walker, next int) error {
	visit := func(at vertex) error {
		if err := walker.run.step(1); err != nil {
			return err
		}
		walker.row[step.slot] = at
		return walker.on(next)
	}
	if step.label != "" {
		labelled, _ := walker.run.graph.labelled(step.label)
		for at := range labelled {
			if err := visit(at); err != nil {
				return err
			}
		}
		return nil
	}
	for at := range walker.run.graph.vertices() {
		if err := visit(vertex(at)); err != nil {
			return err
		}
	}
	return nil
}

// checkStep looks at a condition.
type checkStep struct{ of expr }

func (step *checkStep) title() string { return "Filter " + step.of.show() }

func (step *checkStep) run(walker *walker, next int) error {
	holds, err := holds(walker.run, walker.row, step.of)
	if err != nil || !holds {
		return err
	}
	return walker.on(next)
}

// expandStep goes along one relationship.
type expandStep struct{ along }

func (step *expandStep) title() string { return "Expand " + step.shown() }

func (step *expandStep) run(walker *walker, next int) error {
	from := walker.row[step.from].(vertex)
	target, _ := walker.row[step.to].(vertex)
	return walker.run.neighbours(from, step.direction, step.types, func(e edge, to vertex) error {
		if step.check && to != target {
			return nil
		}
		if walker.trail {
			if walker.used.has(e) {
				return nil
			}
			walker.used.add(e)
			defer walker.used.remove(e)
		}
		walker.row[step.slot] = e
		if !step.check {
			walker.row[step.to] = to
		}
		return walker.on(next)
	})
}

// boundStep goes along a relationship that a clause before has bound.
type boundStep struct {
	along
	knowsFrom, knowsTo bool
}

func (step *boundStep) title() string { return "Along bound " + step.shown() }

func (step *boundStep) run(walker *walker, next int) error {
	value := walker.row[step.slot]
	e, ok := value.(edge)
	if !ok {
		if value == nil {
			return nil
		}
		return failed("type mismatch: a pattern expected a Relationship but got %s", kindOf(value))
	}
	if step.types != nil && !step.types[walker.run.graph.kindAt(e)] || walker.trail && walker.used.has(e) {
		return nil
	}
	if walker.trail {
		walker.used.add(e)
		defer walker.used.remove(e)
	}
	from, to := walker.run.graph.ends(e)
	try := func(left, right vertex) error {
		if step.knowsFrom && walker.row[step.link.from] != left || step.knowsTo && walker.row[step.link.to] != right {
			return nil
		}
		if step.link.from == step.link.to && left != right {
			return nil
		}
		walker.row[step.link.from], walker.row[step.link.to] = left, right
		return walker.on(next)
	}
	kept := [2]any{walker.row[step.link.from], walker.row[step.link.to]}
	if step.link.direction != inward {
		if err := try(from, to); err != nil {
			return err
		}
		walker.row[step.link.from], walker.row[step.link.to] = kept[0], kept[1]
	}
	if step.link.direction == inward || step.link.direction == either && from != to {
		return try(to, from)
	}
	return nil
}

// spreadStep goes along several relationships, from as few as least to as many as most.
type spreadStep struct {
	along
	once bool // each end is wanted but once
}

func (step *spreadStep) title() string {
	title := "Spread "
	if step.once {
		title = "Reach "
	}
	return title + step.shown()
}

func (step *spreadStep) run(walker *walker, next int) error {
	from := walker.row[step.from].(vertex)
	switch {
	case step.given:
		return step.retrace(walker, next, from)
	case step.once:
		return step.reach(walker, next, from)
	}
	spread := &spread{spreadStep: step, walker: walker, next: next}
	spread.target, _ = walker.row[step.to].(vertex)
	return spread.from(from)
}

// spread is one going along: the relationships so far.
type spread struct {
	*spreadStep
	walker *walker
	next   int
	target vertex
	trail  []edge
}

func (spread *spread) from(at vertex) error {
	if len(spread.trail) >= spread.least {
		if err := spread.arrive(at); err != nil {
			return err
		}
	}
	if spread.most >= 0 && len(spread.trail) >= spread.most {
		return nil
	}
	return spread.walker.run.neighbours(at, spread.direction, spread.types, func(e edge, to vertex) error {
		if spread.walker.used.has(e) {
			return nil
		}
		if ok, err := spread.hopHolds(spread.walker.run, spread.walker.row, e); err != nil || !ok {
			return err
		}
		spread.walker.used.add(e)
		spread.trail = append(spread.trail, e)
		err := spread.from(to)
		spread.trail = spread.trail[:len(spread.trail)-1]
		spread.walker.used.remove(e)
		return err
	})
}

// hopHolds looks at what is demanded of each relationship.
func (link *link) hopHolds(run *run, row []any, e edge) (bool, error) {
	for _, hop := range link.hops {
		row[link.hop] = e
		if holds, err := holds(run, row, hop); err != nil || !holds {
			return false, err
		}
	}
	return true, nil
}

func (spread *spread) arrive(at vertex) error {
	if spread.check {
		if at != spread.target {
			return nil
		}
	} else {
		spread.walker.row[spread.to] = at
	}
	if spread.kept {
		spread.walker.row[spread.slot] = edgeList(spread.trail, spread.backward)
	}
	return spread.walker.on(spread.next)
}

func edgeList(trail []edge, backward bool) []any {
	list := make([]any, len(trail))
	for i, e := range trail {
		if backward {
			i = len(trail) - 1 - i
		}
		list[i] = e
	}
	return list
}

// retrace goes along the relationships of a list that a clause before has bound.
func (step *spreadStep) retrace(walker *walker, next int, from vertex) error {
	list, ok := walker.row[step.slot].([]any)
	if !ok {
		if walker.row[step.slot] == nil {
			return nil
		}
		return failed("type mismatch: a pattern expected a List<Relationship> but got %s", kindOf(walker.row[step.slot]))
	}
	if len(list) < step.least || step.most >= 0 && len(list) > step.most {
		return nil
	}
	at := from
	var marked []edge
	defer func() {
		for _, e := range marked {
			walker.used.remove(e)
		}
	}()
	for i := range list {
		if step.backward {
			i = len(list) - 1 - i
		}
		e, ok := list[i].(edge)
		if !ok {
			return failed("type mismatch: a pattern expected a List<Relationship> with a Relationship in it but got %s", kindOf(list[i]))
		}
		source, target := walker.run.graph.ends(e)
		switch {
		case walker.used.has(e), step.types != nil && !step.types[walker.run.graph.kindAt(e)]:
			return nil
		case step.direction != inward && source == at:
			at = target
		case step.direction != outward && target == at:
			at = source
		default:
			return nil
		}
		if ok, err := step.hopHolds(walker.run, walker.row, e); err != nil || !ok {
			return err
		}
		walker.used.add(e)
		marked = append(marked, e)
	}
	if step.check {
		if at != walker.row[step.to].(vertex) {
			return nil
		}
	} else {
		walker.row[step.to] = at
	}
	return walker.on(next)
}

// reach gives each end once, nearest first.
func (step *spreadStep) reach(walker *walker, next int, from vertex) error {
	target, _ := walker.row[step.to].(vertex)
	seen := map[vertex]struct{}{}
	defer func() { walker.run.release(int64(len(seen)) * 16) }()
	arrive := func(at vertex) error {
		if step.check {
			if at != target {
				return nil
			}
		} else {
			walker.row[step.to] = at
		}
		return walker.on(next)
	}
	if step.least == 0 {
		seen[from] = struct{}{}
		if err := walker.run.hold(16); err != nil {
			return err
		}
		if err := arrive(from); err != nil {
			return err
		}
	}
	level := []vertex{from}
	for depth := 1; len(level) > 0 && (step.most < 0 || depth <= step.most); depth++ {
		var further []vertex
		for _, at := range level {
			err := walker.run.neighbours(at, step.direction, step.types, func(e edge, to vertex) error {
				if _, ok := seen[to]; ok {
					return nil
				}
				if ok, err := step.hopHolds(walker.run, walker.row, e); err != nil || !ok {
					return err
				}
				seen[to] = struct{}{}
				if err := walker.run.hold(16); err != nil {
					return err
				}
				further = append(further, to)
				return arrive(to)
			})
			if err != nil {
				return err
			}
		}
		level = further
	}
	return nil
}

// routeStep makes the path of a named pattern.
type routeStep struct{ *route }

func (step *routeStep) title() string { return "Path" }

func (step *routeStep) run(walker *walker, next int) error {
	walk, err := step.build(walker.run, walker.row)
	if err != nil {
		return err
	}
	walker.row[step.slot] = walk
	return walker.on(next)
}

func (route *route) build(run *run, row []any) (*walk, error) {
	at := row[route.nodes[0]].(vertex)
	walk := &walk{vertices: []vertex{at}}
	add := func(value any) {
		e := value.(edge)
		from, to := run.graph.ends(e)
		if from == at {
			at = to
		} else {
			at = from
		}
		walk.edges, walk.vertices = append(walk.edges, e), append(walk.vertices, at)
	}
	for _, link := range route.links {
		switch value := row[link.slot].(type) {
		case edge:
			add(value)
		case []any:
			for _, item := range value {
				add(item)
			}
		}
	}
	return walk, nil
}

func shownLabels(of labels) string {
	if of == nil {
		return ""
	}
	return ":" + strings.TrimSuffix(strings.TrimPrefix(of.show(), "("), ")")
}
