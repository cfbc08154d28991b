package cypher

import (
	"fmt"
	"strings"
)

// search is MATCH made ready: steps, each of which binds or checks something in the row.
type search struct {
	clause *matching
	number int // of its trail
	trail  bool
	steps  []step
	binds  []int // what it newly binds
	path   int   // of a pattern that is an expression: where its path goes
}

// leave tells which new names a pattern may introduce.
type leave uint8

const (
	open          leave = iota
	closed              // none
	closedButPath       // only its path's, which the compiler gave it
)

// step is one step of a search.
type step interface {
	// run does the step and, for each way to do it, the steps from the one behind it.
	run(walker *walker, next int) error
	title() string
}

// walker runs one search from one row.
type walker struct {
	*search
	run  *run
	row  []any
	give func(row []any) error
	used edgeSet
}

func (walker *walker) on(next int) error {
	if next == len(walker.steps) {
		return walker.give(walker.row)
	}
	return walker.steps[next].run(walker, next+1)
}

// each gives the row as often as the patterns match.
func (search *search) each(run *run, row []any, give func(row []any) error) error {
	walker := &walker{search: search, run: run, row: row, give: give}
	if search.trail {
		walker.used = run.trail(search.number)
	}
	return walker.on(0)
}

func (search *search) into(run *run, _ []any, next sink) sink {
	return &matcherSink{search: search, run: run, sink: next}
}

func (search *search) title() string {
	title := "Match"
	if search.clause.optional {
		title = "OptionalMatch"
	}
	return title
}

type matcherSink struct {
	*search
	run *run
	sink
}

func (sink *matcherSink) row(row []any) error {
	some := false
	err := sink.each(sink.run, row, func(row []any) error {
		some = true
		return sink.sink.row(row)
	})
	if err != nil || some || !sink.clause.optional {
		return err
	}
	for _, slot := range sink.binds {
		row[slot] = nil
	}
	return sink.sink.row(row)
}

// matching compiles MATCH, whose names are in scope from there on.
func (scope *scope) matching(clause *matching) (stage, error) {
	return scope.search(clause, open)
}

// seeker makes the steps of a search.
type seeker struct {
	*scope
	*search
	leave  leave
	fresh  map[int]bool // slots that the search binds
	bound  map[int]bool // of those, the ones that are bound by the steps so far
	names  map[string]kind
	nodes  []*sought
	bySlot map[int]*sought
	links  []*link
	conds  []*condition
	paths  []*route
}

// sought is a node of the patterns, under one slot.
type sought struct {
	slot   int
	labels []string        // those that it surely has
	equals map[string]expr // its properties that must equal something
	given  bool            // bound by a clause before
}

// link is a relationship of the patterns.
type link struct {
	*relationPattern
	slot     int
	from, to int // slots of its ends, from left to right
	given    bool
	kept     bool // its relationships are asked for
	shortest shortest
	route    *route
	hops     []expr // conditions on each relationship, which stands in hop
	hop      int
	done     bool
}

// route is a named path.
type route struct {
	slot  int
	nodes []int
	links []*link
	built bool
}

// condition is a part of WHERE, or of a pattern, that must hold.
type condition struct {
	of    expr
	needs map[int]bool // of the fresh slots
	done  bool
}

// search compiles patterns with WHERE.
func (scope *scope) search(clause *matching, leave leave) (*search, error) {
	seeker := &seeker{
		scope: scope, leave: leave, fresh: map[int]bool{}, bound: map[int]bool{}, names: map[string]kind{}, bySlot: map[int]*sought{},
		search: &search{clause: clause, number: scope.matches},
	}
	scope.matches++
	for _, pattern := range clause.patterns {
		if err := seeker.declare(pattern); err != nil {
			return nil, err
		}
	}
	for _, pattern := range clause.patterns {
		if err := seeker.require(pattern); err != nil {
			return nil, err
		}
	}
	if err := scope.where(clause, seeker); err != nil {
		return nil, err
	}
	relations := 0
	for _, link := range seeker.links {
		if relations++; link.variable {
			relations++
		}
	}
	seeker.trail = relations > 1
	return seeker.search, seeker.plan()
}

func (scope *scope) where(clause *matching, seeker *seeker) error {
	if clause.where == nil {
		return nil
	}
	for _, part := range conjuncts(clause.where, nil) {
		if err := seeker.condition(part); err != nil {
			return err
		}
	}
	return nil
}

// conjuncts takes an AND apart.
func conjuncts(of expr, into []expr) []expr {
	if and, ok := of.(*operation); ok && and.op == "AND" {
		return conjuncts(and.right, conjuncts(and.left, into))
	}
	return append(into, of)
}

// name gives a pattern's name a slot, and reports whether a clause before has bound it.
func (seeker *seeker) name(of *variable, kind kind) (slot int, given bool, err error) {
	if of == nil {
		slot = seeker.slot()
		seeker.fresh[slot] = true
		seeker.binds = append(seeker.binds, slot)
		return slot, false, nil
	}
	if known, here := seeker.names[of.name]; here && known != kind {
		return 0, false, of.fault("variable `%s` is a %s here and a %s elsewhere in the pattern", of.name, kind, known)
	}
	if found, ok := seeker.scope.names[of.name]; ok {
		if found.kind&kind == 0 && found.kind != isNull {
			return 0, false, of.fault("type mismatch: `%s` was declared with the type %s, and is a %s here", of.name, found.kind&^isNull, kind)
		}
		_, here := seeker.names[of.name]
		seeker.names[of.name] = kind
		if seeker.seen != nil {
			seeker.seen[found.slot] = true
		}
		return found.slot, !here && !seeker.fresh[found.slot], nil
	}
	if seeker.leave == closed || seeker.leave == closedButPath && kind != isWalk {
		return 0, false, of.fault("variable `%s` not defined: a pattern in an expression brings no new names", of.name)
	}
	slot = seeker.slot()
	seeker.fresh[slot] = true
	seeker.binds = append(seeker.binds, slot)
	seeker.names[of.name] = kind
	seeker.scope.names[of.name] = bound{slot: slot, kind: kind | isNull}
	return slot, false, nil
}

// declare gives everything in a pattern its slot.
func (seeker *seeker) declare(pattern *pattern) error {
	slots := make([]int, len(pattern.nodes))
	for i, node := range pattern.nodes {
		slot, given, err := seeker.name(node.name, isVertex)
		if err != nil {
			return err
		}
		slots[i], node.slot = slot, slot
		if seeker.bySlot[slot] == nil {
			seeker.bySlot[slot] = &sought{slot: slot, given: given, equals: map[string]expr{}}
			seeker.nodes = append(seeker.nodes, seeker.bySlot[slot])
		}
	}
	var links []*link
	for i, relation := range pattern.relations {
		link := &link{relationPattern: relation, from: slots[i], to: slots[i+1], kept: relation.name != nil || pattern.name != nil, shortest: pattern.shortest}
		if relation.name != nil {
			if _, twice := seeker.names[relation.name.name]; twice {
				return relation.name.fault("variable `%s` stands twice in one pattern: a relationship is walked but once", relation.name.name)
			}
		}
		kind := isEdge
		if relation.variable || pattern.shortest != everyPath {
			kind = isList
		}
		slot, given, err := seeker.name(relation.name, kind)
		if err != nil {
			return err
		}
		if kind == isList && relation.name != nil && !given {
			bound := seeker.scope.names[relation.name.name]
			bound.relations = true
			seeker.scope.names[relation.name.name] = bound
		}
		link.slot, link.given, relation.link = slot, given, link
		if link.given && pattern.shortest != everyPath {
			return relation.fault("the relationships of a shortest path cannot be bound before")
		}
		links = append(links, link)
	}
	seeker.links = append(seeker.links, links...)
	if pattern.name != nil {
		if _, taken := seeker.scope.names[pattern.name.name]; taken {
			return pattern.name.fault("variable `%s` already declared", pattern.name.name)
		}
		slot, _, err := seeker.name(pattern.name, isWalk)
		if err != nil {
			return err
		}
		seeker.path = slot
		route := &route{slot: slot, nodes: slots, links: links}
		for _, link := range links {
			link.route = route
		}
		seeker.paths = append(seeker.paths, route)
	}
	return nil
}

// require turns what a pattern demands of its nodes and relationships into conditions.
func (seeker *seeker) require(pattern *pattern) error {
	for _, node := range pattern.nodes {
		slot := node.slot
		here := &slotted{slot: slot, kind: isVertex, text: shownName(node.name, slot)}
		if node.labels != nil {
			if err := seeker.condition(&labelCheck{place: node.place, of: here, labels: node.labels}); err != nil {
				return err
			}
			seeker.bySlot[slot].labels = surely(node.labels, seeker.bySlot[slot].labels)
		}
		if err := seeker.props(node.place, here, node.props, seeker.bySlot[slot]); err != nil {
			return err
		}
		if node.where != nil {
			for _, part := range conjuncts(node.where, nil) {
				if err := seeker.condition(part); err != nil {
					return err
				}
			}
		}
	}
	for _, relation := range pattern.relations {
		if err := seeker.requireOf(relation.link); err != nil {
			return err
		}
	}
	return nil
}

func (seeker *seeker) props(place place, of expr, props expr, node *sought) error {
	if props == nil {
		return nil
	}
	given := props.(*mapping)
	for i, key := range given.keys {
		if node != nil {
			node.equals[key] = given.values[i]
		}
		equal := &comparing{place: place, operands: []expr{&property{place: place, of: of, name: key}, given.values[i]}, ops: []string{"="}}
		if err := seeker.condition(equal); err != nil {
			return err
		}
	}
	return nil
}

func (seeker *seeker) requireOf(link *link) error {
	if !link.variable && link.shortest == everyPath {
		here := &slotted{slot: link.slot, kind: isEdge, text: shownName(link.name, link.slot)}
		if err := seeker.props(link.place, here, link.props, nil); err != nil {
			return err
		}
		if link.where != nil {
			for _, part := range conjuncts(link.where, nil) {
				if err := seeker.condition(part); err != nil {
					return err
				}
			}
		}
		return nil
	}
	if link.props == nil {
		return nil
	}
	link.hop = seeker.slot()
	here := &slotted{slot: link.hop, kind: isEdge, text: "relationship"}
	given := link.props.(*mapping)
	for i, key := range given.keys {
		seen := seeker.seen
		seeker.seen = map[int]bool{}
		if _, err := given.values[i].resolve(seeker.plainly()); err != nil {
			return err
		}
		for slot := range seeker.seen {
			if seeker.fresh[slot] {
				return link.unsupported("a property of a relationship of variable length that hangs on another part of the pattern")
			}
			if seen != nil {
				seen[slot] = true
			}
		}
		seeker.seen = seen
		link.hops = append(link.hops, &comparing{place: link.place, operands: []expr{&property{place: link.place, of: here, name: key}, given.values[i]}, ops: []string{"="}})
	}
	return nil
}

// condition resolves a condition, and notes what must be bound before it can be looked at.
func (seeker *seeker) condition(of expr) error {
	seen := seeker.seen
	seeker.seen = map[int]bool{}
	asCondition(of)
	kind, err := of.resolve(seeker.plainly())
	if err != nil {
		return err
	}
	if err := seeker.clause.mustBe(kind, isBool); err != nil {
		return err
	}
	found := &condition{of: of, needs: map[int]bool{}}
	for slot := range seeker.seen {
		if seeker.fresh[slot] {
			found.needs[slot] = true
		}
		if seen != nil {
			seen[slot] = true
		}
	}
	seeker.seen = seen
	seeker.conds = append(seeker.conds, found)
	seeker.notice(of)
	return nil
}

// notice learns from WHERE n:Label and WHERE n.name = value what the planner may begin with.
func (seeker *seeker) notice(of expr) {
	switch of := of.(type) {
	case *labelCheck:
		if variable, ok := of.of.(*variable); ok && seeker.bySlot[variable.slot] != nil {
			node := seeker.bySlot[variable.slot]
			node.labels = surely(of.labels, node.labels)
		}
	case *comparing:
		if len(of.ops) != 1 || of.ops[0] != "=" {
			return
		}
		for i := range 2 {
			property, ok := of.operands[i].(*property)
			if !ok {
				continue
			}
			if variable, ok := property.of.(*variable); ok && seeker.bySlot[variable.slot] != nil {
				node := seeker.bySlot[variable.slot]
				if _, known := node.equals[property.name]; !known {
					node.equals[property.name] = of.operands[1-i]
				}
			}
		}
	}
}

// surely gives the labels without which an expression cannot hold.
func surely(of labels, into []string) []string {
	switch of := of.(type) {
	case labelName:
		return append(into, of.name)
	case labelAnd:
		return surely(of.right, surely(of.left, into))
	}
	return into
}

func shownName(name *variable, slot int) string {
	if name != nil {
		return name.name
	}
	return fmt.Sprintf("#%d", slot)
}

func (search *search) shown() string {
	var titles []string
	for _, step := range search.steps {
		titles = append(titles, step.title())
	}
	return strings.Join(titles, " → ")
}
