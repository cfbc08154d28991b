package cypher

import (
	"slices"
	"strings"
)

// projection is WITH or RETURN made ready.
type projection struct {
	clause  *projecting
	items   []expr
	slots   []int // where the items go
	columns []string
	groups  []int // which items are the grouping keys, where there are aggregates
	folds   []*calledFunction
	grouped bool
	order   []*ordering
	skip    expr
	limit   expr
	where   expr
}

func (scope *scope) projecting(clause *projecting) (*projection, error) {
	projection := &projection{clause: clause}
	if clause.star {
		if err := scope.star(clause); err != nil {
			return nil, err
		}
	}
	before := scope
	if scope.imports != nil {
		if clause.imports() {
			before = scope.inside()
			before.names = scope.imports
			if clause.star {
				clause.items = nil
				if err := before.star(clause); err != nil {
					return nil, err
				}
			}
		}
		scope.imports = nil
	}
	after := make(map[string]bound, len(clause.items))
	for name, bound := range scope.outer {
		after[name] = bound
	}
	taken := map[string]bool{}
	for i, item := range clause.items {
		if _, plain := item.value.(*variable); !plain && !item.named && !clause.last {
			return nil, item.fault("an expression in WITH must be given a name with AS")
		}
		if taken[item.name] {
			return nil, item.fault("two columns have the name %q", item.name)
		}
		taken[item.name] = true
		folds := len(projection.folds)
		inner := *before
		inner.folds = &projection.folds
		kind, err := item.value.resolve(&inner)
		if err != nil {
			return nil, err
		}
		slot := scope.slot()
		bound := bound{slot: slot, kind: kind}
		if variable, ok := item.value.(*variable); ok {
			bound.relations = before.names[variable.name].relations
		}
		if old, ok := scope.outer[item.name]; ok {
			if variable, same := item.value.(*variable); !same || variable.slot != old.slot {
				return nil, item.fault("variable `%s` of the query around cannot be declared again", item.name)
			}
		}
		after[item.name] = bound
		projection.items, projection.slots, projection.columns = append(projection.items, item.value), append(projection.slots, slot), append(projection.columns, item.name)
		if len(projection.folds) == folds {
			projection.groups = append(projection.groups, i)
		}
	}
	projection.grouped = len(projection.folds) > 0
	if projection.grouped {
		if err := projection.unambiguous(clause); err != nil {
			return nil, err
		}
	}
	if err := projection.tail(scope, before, after); err != nil {
		return nil, err
	}
	scope.names = after
	return projection, nil
}

// star puts every name in place of "*".
func (scope *scope) star(clause *projecting) error {
	var all []*item
	for _, name := range scope.sorted() {
		if strings.HasPrefix(name, " ") {
			continue
		}
		all = append(all, &item{place: clause.place, value: &variable{place: clause.place, name: name, slot: -1}, name: name})
	}
	if len(all) == 0 && clause.last {
		return clause.fault("RETURN * where no variable is in scope")
	}
	clause.items = append(all, clause.items...)
	return nil
}

// imports reports whether the WITH that begins a CALL { } takes variables of the query around it.
func (clause *projecting) imports() bool {
	for _, item := range clause.items {
		if variable, ok := item.value.(*variable); !ok || item.named && item.name != variable.name {
			return false
		}
	}
	return !clause.last && (clause.star || len(clause.items) > 0)
}

// tail compiles ORDER BY, SKIP, LIMIT and WHERE. They see the columns and, where rows are neither grouped nor told apart, the
// names before as well.
func (projection *projection) tail(scope, before *scope, after map[string]bound) error {
	clause := projection.clause
	inner := before.inside()
	inner.folds = nil
	if projection.grouped || clause.distinct {
		inner.names = map[string]bound{}
	}
	for name, bound := range after {
		inner.names[name] = bound
	}
	for _, ordering := range clause.order {
		projection.replace(&ordering.value, aggregates(ordering.value))
		if _, err := ordering.value.resolve(inner); err != nil {
			return err
		}
	}
	projection.order = clause.order
	bare := (&compiler{graph: scope.graph, params: scope.params}).scope()
	for _, bound := range []*expr{&clause.skip, &clause.limit} {
		if *bound == nil {
			continue
		}
		kind, err := (*bound).resolve(bare)
		if err != nil {
			return clause.fault("SKIP and LIMIT want a number that hangs on no row: %v", err)
		}
		if err := clause.mustBe(kind&^isNull, isWhole); err != nil {
			return err
		}
		if literal, ok := (*bound).(*literal); ok && literal.value.(int64) < 0 {
			return clause.fault("SKIP and LIMIT want a number that is not below zero")
		}
	}
	projection.skip, projection.limit, projection.where = clause.skip, clause.limit, clause.where
	if projection.where != nil && (projection.grouped || clause.distinct) {
		projection.replace(&projection.where, false)
	}
	return inner.condition(clause.place, projection.where)
}

// replace puts the column in place of what is the same expression. Beside an aggregate, only a variable, a property or an
// aggregate is taken for a column, as in Neo4j.
func (projection *projection) replace(of *expr, simple bool) {
	shown := (*of).show()
	_, plain := (*of).(*variable)
	for i, item := range projection.items {
		if item.show() != shown || plain && !projection.covers(shown) {
			continue
		}
		switch item.(type) {
		case *variable, *property, *calledFunction:
		default:
			if simple {
				continue
			}
		}
		*of = &slotted{slot: projection.slots[i], kind: isAny, text: shown}
		return
	}
	(*of).each(func(inner *expr) { projection.replace(inner, simple) })
}

// covers reports whether a name is no longer in scope and no column has it, so that only the column of its value can be meant.
func (projection *projection) covers(name string) bool {
	return (projection.grouped || projection.clause.distinct) && !slices.Contains(projection.columns, name)
}

// unambiguous fails where a column with an aggregate also uses something that is neither a grouping key nor constant
// (https://neo4j.com/docs/cypher-manual/5/functions/aggregating/#grouping-keys).
func (projection *projection) unambiguous(clause *projecting) error {
	keys := map[string]bool{}
	for _, i := range projection.groups {
		switch clause.items[i].value.(type) {
		case *variable, *property, *indexing, *calledFunction, *slotted:
			keys[clause.items[i].value.show()] = true
		}
	}
	var check func(of *expr) error
	check = func(of *expr) error {
		if *of == nil || keys[(*of).show()] {
			return nil
		}
		switch value := (*of).(type) {
		case *calledFunction:
			if value.fold != nil {
				return nil
			}
		case *variable:
			return value.fault("%s stands beside an aggregate and is no grouping key: return it as a column of its own, or group by it with WITH first", value.name)
		case *listComprehension:
			return check(&value.list)
		case *quantifier:
			return check(&value.list)
		case *reducing:
			return check(&value.list)
		case *subquery, *patternComprehension, *patternCheck:
			return nil
		}
		var failed error
		(*of).each(func(inner *expr) {
			if failed == nil {
				failed = check(inner)
			}
		})
		return failed
	}
	for i := range clause.items {
		if slices.Contains(projection.groups, i) {
			continue
		}
		if err := check(&clause.items[i].value); err != nil {
			return err
		}
	}
	return nil
}

func (projection *projection) title() string {
	title := "Project "
	switch {
	case projection.grouped:
		title = "Aggregate "
	case projection.clause.distinct:
		title = "Distinct "
	}
	title += strings.Join(projection.columns, ", ")
	if len(projection.order) > 0 {
		title += ", sorted"
	}
	if projection.skip != nil {
		title += ", skip " + projection.skip.show()
	}
	if projection.limit != nil {
		title += ", limit " + projection.limit.show()
	}
	if projection.where != nil {
		title += ", where " + projection.where.show()
	}
	return title
}

func (projection *projection) into(run *run, base []any, next sink) sink {
	if projection.where != nil {
		next = &sieve{where: projection.where, run: run, sink: next}
	}
	if projection.skip != nil || projection.limit != nil {
		next = &window{projection: projection, run: run, sink: next}
	}
	if len(projection.order) > 0 {
		next = &sorter{projection: projection, run: run, sink: next}
	}
	if projection.clause.distinct {
		next = &distinct{slots: projection.slots, run: run, sink: next, seen: map[string]struct{}{}}
	}
	if projection.grouped {
		return &grouper{projection: projection, run: run, base: base, sink: next, groups: map[string]*group{}}
	}
	return &computer{projection: projection, run: run, sink: next}
}

// computer computes the columns of each row.
type computer struct {
	*projection
	run *run
	sink
}

func (computer *computer) row(row []any) error {
	for i, item := range computer.items {
		value, err := item.eval(computer.run, row)
		if err != nil {
			return err
		}
		row[computer.slots[i]] = value
	}
	return computer.sink.row(row)
}

// sieve lets rows through for which a condition holds.
type sieve struct {
	where expr
	run   *run
	sink
}

func (sieve *sieve) row(row []any) error {
	holds, err := holds(sieve.run, row, sieve.where)
	if err != nil || !holds {
		return err
	}
	return sieve.sink.row(row)
}

// window is SKIP and LIMIT.
type window struct {
	*projection
	run *run
	sink
	begun       bool
	skips, left int64
}

func (window *window) begin(row []any) error {
	window.begun, window.left = true, -1
	for _, bound := range []struct {
		of   expr
		into *int64
	}{{window.skip, &window.skips}, {window.limit, &window.left}} {
		if bound.of == nil {
			continue
		}
		count, err := countOf(window.run, row, bound.of)
		if err != nil {
			return err
		}
		*bound.into = count
	}
	return nil
}

// countOf evaluates SKIP or LIMIT.
func countOf(run *run, row []any, of expr) (int64, error) {
	value, err := of.eval(run, row)
	if err != nil {
		return 0, err
	}
	count, ok := value.(int64)
	if !ok || count < 0 {
		return 0, failed("SKIP and LIMIT want a whole number that is not below zero, not %s", shown(value))
	}
	return count, nil
}

func (window *window) row(row []any) error {
	if !window.begun {
		if err := window.begin(row); err != nil {
			return err
		}
	}
	if window.left == 0 {
		return errEnough
	}
	if window.skips > 0 {
		window.skips--
		return nil
	}
	if window.left > 0 {
		window.left--
	}
	if err := window.sink.row(row); err != nil {
		return err
	}
	if window.left == 0 {
		return errEnough
	}
	return nil
}

// distinct lets each row through once.
type distinct struct {
	slots []int
	run   *run
	sink
	seen map[string]struct{}
	key  []byte
	held int64
}

func (distinct *distinct) row(row []any) error {
	distinct.key = distinct.key[:0]
	for _, slot := range distinct.slots {
		distinct.key = appendKey(distinct.key, row[slot])
	}
	if _, ok := distinct.seen[string(distinct.key)]; ok {
		return nil
	}
	distinct.seen[string(distinct.key)] = struct{}{}
	distinct.held += int64(len(distinct.key)) + 48
	if err := distinct.run.hold(int64(len(distinct.key)) + 48); err != nil {
		return err
	}
	return distinct.sink.row(row)
}

func (distinct *distinct) done() error {
	distinct.run.release(distinct.held)
	return distinct.sink.done()
}

// sorter is ORDER BY. With a LIMIT, it keeps no more rows than about twice what is wanted.
type sorter struct {
	*projection
	run *run
	sink
	rows []sortedRow
	held int64
	most int // 0: all
}

type sortedRow struct {
	keys, row []any
	bytes     int64
}

func (sorter *sorter) row(row []any) error {
	if len(sorter.rows) == 0 && sorter.limit != nil && sorter.held == 0 {
		if err := sorter.bound(row); err != nil {
			return err
		}
	}
	keys := make([]any, len(sorter.order))
	for i, ordering := range sorter.order {
		value, err := ordering.value.eval(sorter.run, row)
		if err != nil {
			return err
		}
		keys[i] = value
	}
	bytes, err := sorter.run.holdRow(row)
	sorter.held += bytes
	if err != nil {
		return err
	}
	sorter.rows = append(sorter.rows, sortedRow{keys, slices.Clone(row), bytes})
	if sorter.most > 0 && len(sorter.rows) > 2*sorter.most+64 {
		sorter.sort()
		for _, row := range sorter.rows[sorter.most:] {
			sorter.run.release(row.bytes)
			sorter.held -= row.bytes
		}
		clear(sorter.rows[sorter.most:])
		sorter.rows = sorter.rows[:sorter.most]
	}
	return nil
}

// bound finds how many of the first rows can be wanted.
func (sorter *sorter) bound(row []any) error {
	most, err := countOf(sorter.run, row, sorter.limit)
	if err != nil {
		return err
	}
	if sorter.skip != nil {
		skip, err := countOf(sorter.run, row, sorter.skip)
		if err != nil {
			return err
		}
		most = min(most, 1<<30) + min(skip, 1<<30)
	}
	if most > 0 && most < 1<<20 {
		sorter.most = int(most)
	}
	return nil
}

func (sorter *sorter) sort() {
	slices.SortStableFunc(sorter.rows, func(a, b sortedRow) int {
		for i, ordering := range sorter.order {
			by := order(a.keys[i], b.keys[i])
			if ordering.descending {
				by = -by
			}
			if by != 0 {
				return by
			}
		}
		return 0
	})
}

func (sorter *sorter) done() error {
	sorter.sort()
	var err error
	for i := range sorter.rows {
		if err = sorter.run.step(1); err != nil {
			return err
		}
		if err = sorter.sink.row(sorter.rows[i].row); err != nil {
			break
		}
	}
	sorter.run.release(sorter.held)
	sorter.rows = nil
	return finish(err, sorter.sink)
}

// grouper groups rows by the columns that do not aggregate.
type grouper struct {
	*projection
	run  *run
	base []any
	sink
	groups map[string]*group
	order  []*group
	key    []byte
	held   int64
}

// group is the rows of one key: the first of them, and what the aggregates have made of all.
type group struct {
	row     []any
	folders []folder
}

func (grouper *grouper) row(row []any) error {
	grouper.key = grouper.key[:0]
	for _, i := range grouper.projection.groups {
		value, err := grouper.items[i].eval(grouper.run, row)
		if err != nil {
			return err
		}
		row[grouper.slots[i]] = value
		grouper.key = appendKey(grouper.key, value)
	}
	into, ok := grouper.groups[string(grouper.key)]
	if !ok {
		bytes, err := grouper.run.holdRow(row)
		grouper.held += bytes
		if err != nil {
			return err
		}
		into = grouper.open(row)
		grouper.groups[string(grouper.key)] = into
	}
	for i, call := range grouper.folds {
		if err := into.folders[i].add(grouper.run, row, call); err != nil {
			return err
		}
	}
	return nil
}

func (grouper *grouper) open(row []any) *group {
	group := &group{row: slices.Clone(row), folders: make([]folder, len(grouper.folds))}
	for i, call := range grouper.folds {
		group.folders[i] = call.fold.begin(call)
	}
	grouper.order = append(grouper.order, group)
	return group
}

func (grouper *grouper) done() error {
	if len(grouper.order) == 0 && len(grouper.projection.groups) == 0 {
		grouper.open(grouper.base)
	}
	var err error
	for _, group := range grouper.order {
		if err = grouper.run.step(1); err != nil {
			return err
		}
		if err = grouper.give(group); err != nil {
			break
		}
	}
	grouper.run.release(grouper.held)
	for _, group := range grouper.order {
		for _, folder := range group.folders {
			grouper.run.release(folder.bytes())
		}
	}
	return finish(err, grouper.sink)
}

// give computes the columns that aggregate.
func (grouper *grouper) give(group *group) error {
	for i, call := range grouper.folds {
		value, err := group.folders[i].result(grouper.run)
		if err != nil {
			return err
		}
		group.row[call.fold.slot] = value
	}
	for i, item := range grouper.items {
		if slices.Contains(grouper.projection.groups, i) {
			continue
		}
		value, err := item.eval(grouper.run, group.row)
		if err != nil {
			return err
		}
		group.row[grouper.slots[i]] = value
	}
	return grouper.sink.row(group.row)
}
