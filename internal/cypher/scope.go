package cypher

import (
	"fmt"
	"slices"
)

// compiler turns a statement into a plan. Every name that a clause introduces gets a slot of its own in the row, so that
// subqueries and comprehensions read and write the row of the clause that they stand in.
type compiler struct {
	graph   source
	params  map[string]any
	slots   int
	matches int
	seen    map[int]bool // the slots that were looked up, where somebody asks
}

func (compiler *compiler) slot() int {
	compiler.slots++
	return compiler.slots - 1
}

// scope is the names that can be used at a place.
type scope struct {
	*compiler
	names map[string]bound
	// aggregates tells whether aggregating functions may stand here, and takes them.
	folds *[]*calledFunction
	inner bool // inside an aggregate's arguments
	// outer are the names of the query around a subquery, which no WITH inside takes away.
	outer map[string]bound
	// imports are those that the WITH at the beginning of CALL { } may take.
	imports map[string]bound
}

// bound is a name's slot and types.
type bound struct {
	slot int
	kind kind
	// relations: the name is that of a relationship of variable length, which is a list of such.
	relations bool
}

func (compiler *compiler) scope() *scope {
	return &scope{compiler: compiler, names: map[string]bound{}}
}

// with gives a scope with one more name.
func (scope *scope) with(name *variable, kind kind) *scope {
	inner := scope.inside()
	name.slot = scope.slot()
	inner.names[name.name] = bound{slot: name.slot, kind: kind}
	return inner
}

// inside gives a copy for what stands inside.
func (scope *scope) inside() *scope {
	inner := *scope
	inner.names = make(map[string]bound, len(scope.names)+1)
	for name, bound := range scope.names {
		inner.names[name] = bound
	}
	return &inner
}

// plainly gives the scope without leave to aggregate.
func (scope *scope) plainly() *scope {
	if scope.folds == nil {
		return scope
	}
	inner := *scope
	inner.folds, inner.inner = nil, true
	return &inner
}

func (scope *scope) sorted() []string {
	names := make([]string, 0, len(scope.names))
	for name := range scope.names {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// mustBe fails where an expression can be none of the types.
func (place place) mustBe(have, want kind) error {
	if have&want == 0 && have != isNull && want&isNull == 0 {
		return place.fault("type mismatch: expected %s but was %s", want&^isNull, have&^isNull)
	}
	return nil
}

// resolveAll resolves expressions that may each be nil.
func (scope *scope) resolveAll(exprs ...expr) error {
	for _, expr := range exprs {
		if expr == nil {
			continue
		}
		if _, err := expr.resolve(scope); err != nil {
			return err
		}
	}
	return nil
}

// condition resolves an expression that must be a truth value.
func (scope *scope) condition(place place, of expr) error {
	if of == nil {
		return nil
	}
	asCondition(of)
	kind, err := of.resolve(scope)
	if err != nil {
		return err
	}
	return place.mustBe(kind, isBool)
}

func (value *literal) resolve(*scope) (kind, error) { return kindOf(value.value), nil }

func (variable *variable) resolve(scope *scope) (kind, error) {
	found, ok := scope.names[variable.name]
	if !ok {
		return 0, variable.fault("variable `%s` not defined", variable.name)
	}
	variable.slot = found.slot
	if scope.seen != nil {
		scope.seen[found.slot] = true
	}
	return found.kind, nil
}

func (parameter *parameter) resolve(scope *scope) (kind, error) {
	value, ok := scope.params[parameter.name]
	if !ok {
		return 0, parameter.fault("the parameter $%s is not given", parameter.name)
	}
	return kindOf(value), nil
}

func (slotted *slotted) resolve(scope *scope) (kind, error) {
	if scope.seen != nil {
		scope.seen[slotted.slot] = true
	}
	return slotted.kind, nil
}

func (property *property) resolve(scope *scope) (kind, error) {
	of, err := property.of.resolve(scope)
	if err != nil {
		return 0, err
	}
	if err := property.mustBe(of, isMap|isVertex|isEdge|isTemporal); err != nil {
		return 0, err
	}
	if of&^isNull&^isTemporal == 0 {
		return isWhole | isText | isNull, nil
	}
	return isAny, nil
}

func (indexing *indexing) resolve(scope *scope) (kind, error) {
	of, err := indexing.of.resolve(scope)
	if err != nil {
		return 0, err
	}
	at, err := indexing.at.resolve(scope)
	if err != nil {
		return 0, err
	}
	if err := indexing.mustBe(of, isList|isMap|isVertex|isEdge); err != nil {
		return 0, err
	}
	if of&^isNull == isList {
		return isAny, indexing.mustBe(at, isWhole)
	}
	if of&(isList|isNull) == 0 {
		return isAny, indexing.mustBe(at, isText)
	}
	return isAny, indexing.mustBe(at, isWhole|isText)
}

func (slicing *slicing) resolve(scope *scope) (kind, error) {
	of, err := slicing.of.resolve(scope)
	if err != nil {
		return 0, err
	}
	if err := slicing.mustBe(of, isList); err != nil {
		return 0, err
	}
	for _, bound := range []expr{slicing.from, slicing.to} {
		if bound == nil {
			continue
		}
		kind, err := bound.resolve(scope)
		if err != nil {
			return 0, err
		}
		if err := slicing.mustBe(kind, isWhole); err != nil {
			return 0, err
		}
	}
	return isList | isNull, nil
}

func (listing *listing) resolve(scope *scope) (kind, error) {
	return isList, scope.resolveAll(listing.items...)
}

func (mapping *mapping) resolve(scope *scope) (kind, error) {
	return isMap, scope.resolveAll(mapping.values...)
}

func (picking *picking) resolve(scope *scope) (kind, error) {
	of, err := picking.of.resolve(scope)
	if err != nil {
		return 0, err
	}
	if err := picking.mustBe(of, isMap|isVertex|isEdge); err != nil {
		return 0, err
	}
	return isMap | isNull, scope.resolveAll(picking.values...)
}

func (unary *unary) resolve(scope *scope) (kind, error) {
	if unary.op == "NOT" {
		asCondition(unary.of)
	}
	of, err := unary.of.resolve(scope)
	if err != nil {
		return 0, err
	}
	if unary.op == "NOT" {
		return isBool | isNull, unary.mustBe(of, isBool)
	}
	if err := unary.mustBe(of, isNumeric|isDuration); err != nil {
		return 0, err
	}
	return of&(isNumeric|isDuration) | isNull, nil
}

func (operation *operation) resolve(scope *scope) (kind, error) {
	if operation.op == "AND" || operation.op == "OR" || operation.op == "XOR" {
		asCondition(operation.left, operation.right)
	}
	left, err := operation.left.resolve(scope)
	if err != nil {
		return 0, err
	}
	right, err := operation.right.resolve(scope)
	if err != nil {
		return 0, err
	}
	switch operation.op {
	case "AND", "OR", "XOR":
		if err := operation.mustBe(left, isBool); err != nil {
			return 0, err
		}
		return isBool | isNull, operation.mustBe(right, isBool)
	case "IN":
		return isBool | isNull, operation.mustBe(right, isList)
	case "STARTS WITH", "ENDS WITH", "CONTAINS", "=~":
		return isBool | isNull, nil
	}
	return operation.arithmetic(left, right)
}

// arithmetic gives the types of a sum and its like.
func (operation *operation) arithmetic(left, right kind) (kind, error) {
	want := isNumeric
	switch operation.op {
	case "+":
		want |= isText | isList | isTemporal
		if (left|right)&isList != 0 {
			return isAny, nil
		}
	case "||":
		want = isText | isList
	case "-":
		want |= isTemporal
	case "*", "/":
		want |= isDuration
	}
	if err := operation.mustBe(left, want); err != nil {
		return 0, err
	}
	if err := operation.mustBe(right, want); err != nil {
		return 0, err
	}
	left, right = left&^isNull, right&^isNull
	switch {
	case operation.op == "^":
		return isNumber | isNull, nil
	case left == isWhole && right == isWhole:
		return isWhole | isNull, nil
	case left&^isNumeric == 0 && right&^isNumeric == 0 && left != 0 && right != 0:
		if left == isNumber || right == isNumber {
			return isNumber | isNull, nil
		}
		return isNumeric | isNull, nil
	case operation.op == "+" && left == isText && right&^(isText|isNumeric) == 0:
		return isText | isNull, nil
	}
	return isAny, nil
}

func (comparing *comparing) resolve(scope *scope) (kind, error) {
	return isBool | isNull, scope.resolveAll(comparing.operands...)
}

func (check *nullCheck) resolve(scope *scope) (kind, error) {
	return isBool, scope.resolveAll(check.of)
}

func (check *labelCheck) resolve(scope *scope) (kind, error) {
	of, err := check.of.resolve(scope)
	if err != nil {
		return 0, err
	}
	return isBool | isNull, check.mustBe(of, isVertex|isEdge)
}

func (choosing *choosing) resolve(scope *scope) (kind, error) {
	if err := scope.resolveAll(choosing.subject); err != nil {
		return 0, err
	}
	if choosing.subject == nil {
		asCondition(choosing.whens...)
	}
	if err := scope.resolveAll(choosing.whens...); err != nil {
		return 0, err
	}
	result := kind(0)
	if choosing.other == nil {
		result = isNull
	}
	for _, then := range append(slices.Clone(choosing.thens), choosing.other) {
		if then == nil {
			continue
		}
		kind, err := then.resolve(scope)
		if err != nil {
			return 0, err
		}
		result |= kind
	}
	return result, nil
}

// listOf resolves a list that something goes through.
func (scope *scope) listOf(place place, list expr) error {
	kind, err := list.resolve(scope)
	if err != nil {
		return err
	}
	return place.mustBe(kind, isList)
}

func (value *listComprehension) resolve(scope *scope) (kind, error) {
	if err := scope.listOf(value.place, value.list); err != nil {
		return 0, err
	}
	inner := scope.plainly().with(value.name, elementsOf(scope, value.list))
	if err := inner.condition(value.place, value.where); err != nil {
		return 0, err
	}
	return isList | isNull, inner.resolveAll(value.out)
}

// elementsOf gives the types of a list's elements, where the list says.
func elementsOf(scope *scope, list expr) kind {
	switch list := list.(type) {
	case *calledFunction:
		switch list.name {
		case "nodes":
			return isVertex
		case "relationships":
			return isEdge
		case "range":
			return isWhole
		case "keys", "labels", "split":
			return isText
		}
	case *variable:
		if scope.names[list.name].relations {
			return isEdge
		}
	case *listing:
		kinds := kind(0)
		for _, item := range list.items {
			literal, ok := item.(*literal)
			if !ok {
				return isAny
			}
			kinds |= kindOf(literal.value)
		}
		if kinds != 0 {
			return kinds
		}
	}
	return isAny
}

func (value *quantifier) resolve(scope *scope) (kind, error) {
	if err := scope.listOf(value.place, value.list); err != nil {
		return 0, err
	}
	inner := scope.plainly().with(value.name, elementsOf(scope, value.list))
	return isBool | isNull, inner.condition(value.place, value.where)
}

func (value *reducing) resolve(scope *scope) (kind, error) {
	if err := scope.resolveAll(value.first); err != nil {
		return 0, err
	}
	if err := scope.listOf(value.place, value.list); err != nil {
		return 0, err
	}
	inner := scope.plainly().with(value.into, isAny).with(value.name, elementsOf(scope, value.list))
	return isAny, inner.resolveAll(value.out)
}

// asCondition tells patterns that they stand where a truth value is wanted.
func asCondition(of ...expr) {
	for _, one := range of {
		if check, ok := one.(*patternCheck); ok {
			check.condition = true
		}
	}
}

func (value *patternCheck) resolve(scope *scope) (kind, error) {
	if !value.condition {
		return 0, value.fault("a pattern can stand only where a truth value is wanted, as in WHERE: write EXISTS { }, COUNT { } or a comprehension")
	}
	search, err := scope.plainly().search(&matching{place: value.place, patterns: []*pattern{value.pattern}}, closed)
	value.search = search
	return isBool, err
}

func (value *shortestValue) resolve(scope *scope) (kind, error) {
	for _, node := range value.pattern.nodes {
		if node.name == nil {
			return 0, node.fault("a shortest path that is a value needs two nodes that are bound before: MATCH them first")
		}
		if _, bound := scope.names[node.name.name]; !bound {
			return 0, node.name.fault("variable `%s` not defined", node.name.name)
		}
	}
	value.pattern.name = &variable{place: value.place, name: fmt.Sprintf("  path@%d", scope.slots), slot: -1}
	search, err := scope.plainly().inside().search(&matching{place: value.place, patterns: []*pattern{value.pattern}}, closedButPath)
	value.search = search
	if value.pattern.shortest == allShortest {
		return isList, err
	}
	return isWalk | isNull, err
}

func (value *patternComprehension) resolve(scope *scope) (kind, error) {
	inner := scope.plainly().inside()
	search, err := inner.search(&matching{place: value.place, patterns: []*pattern{value.pattern}, where: value.where}, open)
	if err != nil {
		return 0, err
	}
	value.search = search
	return isList, inner.resolveAll(value.out)
}

func (value *subquery) resolve(scope *scope) (kind, error) {
	plan, err := scope.plainly().subquery(value.place, value.body, value.kind != "COLLECT")
	if err != nil {
		return 0, err
	}
	value.plan = plan
	switch value.kind {
	case "EXISTS":
		return isBool, nil
	case "COUNT":
		return isWhole, nil
	}
	if len(plan.columns) != 1 {
		return 0, value.fault("COLLECT { } must return one column")
	}
	return isList, nil
}
