package cypher

import (
	"slices"
)

// plan is a statement made ready to run.
type plan struct {
	parts   []*pipeline
	unique  bool // UNION without ALL
	columns []string
	slots   []int // of the columns
}

// pipeline is a single query: stages through which rows go one by one.
type pipeline struct {
	stages []stage
	out    []int // the slots of its columns, in the plan's order
}

// stage makes rows of rows.
type stage interface {
	// into gives the sink that takes the stage's input; what it makes goes to next. base is the row that the pipeline began with.
	into(run *run, base []any, next sink) sink
	// title says what the stage does, for a plan that is shown.
	title() string
}

// sink takes rows. A row stands only until the call returns: who keeps it must copy it.
type sink interface {
	row(row []any) error
	// done is called once, after the last row, unless a row failed otherwise than with errEnough.
	done() error
}

// finish passes the end on behind rows that a sink has given late.
func finish(err error, next sink) error {
	if err != nil && err != errEnough { //nolint:errorlint // it is never wrapped
		return err
	}
	return next.done()
}

// each runs the pipeline from one row.
func (pipeline *pipeline) each(run *run, base []any, last sink) error {
	next := last
	for i := range slices.Backward(pipeline.stages) {
		next = pipeline.stages[i].into(run, base, counted(run, pipeline.stages[i], next))
	}
	return finish(next.row(base), next)
}

// counted notes how many rows a stage gives.
func counted(run *run, stage stage, next sink) sink {
	if run.profile == nil {
		return next
	}
	return &counter{sink: next, count: run.profile.of(stage)}
}

type counter struct {
	sink
	count *int64
}

func (counter *counter) row(row []any) error {
	*counter.count++
	return counter.sink.row(row)
}

// each gives every row of the plan from one row, with the columns in the plan's slots.
func (plan *plan) each(run *run, base []any, give func(row []any) error) error {
	last := &giver{plan: plan, run: run, give: give}
	if plan.unique {
		last.seen = map[string]struct{}{}
	}
	defer func() { run.release(last.held) }()
	for _, part := range plan.parts {
		last.out = part.out
		if err := part.each(run, base, last); err != nil {
			return err
		}
		if last.stopped != nil {
			return last.stopped
		}
	}
	return nil
}

// giver hands a plan's rows out.
type giver struct {
	plan    *plan
	run     *run
	out     []int
	give    func(row []any) error
	seen    map[string]struct{}
	key     []byte
	held    int64
	stopped error // why nothing more is wanted
}

func (giver *giver) row(row []any) error {
	if giver.stopped != nil {
		return giver.stopped
	}
	for i, from := range giver.out {
		row[giver.plan.slots[i]] = row[from]
	}
	if giver.seen != nil {
		giver.key = giver.key[:0]
		for _, slot := range giver.plan.slots {
			giver.key = appendKey(giver.key, row[slot])
		}
		if _, ok := giver.seen[string(giver.key)]; ok {
			return nil
		}
		giver.seen[string(giver.key)] = struct{}{}
		giver.held += int64(len(giver.key)) + 48
		if err := giver.run.hold(int64(len(giver.key)) + 48); err != nil {
			return err
		}
	}
	giver.stopped = giver.give(row)
	return giver.stopped
}

func (giver *giver) done() error { return nil }

// statement compiles a statement. bare allows that it returns nothing, as EXISTS { MATCH … } does.
func (scope *scope) statement(body *statement, bare bool) (*plan, error) {
	plan := &plan{}
	for i, all := range body.all {
		if i > 0 && all != body.all[0] {
			return nil, body.parts[i+1].fault("UNION and UNION ALL cannot be mixed")
		}
		plan.unique = !all
	}
	for i, part := range body.parts {
		pipeline, columns, slots, err := scope.inside().single(part, bare)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			plan.columns = columns
			for range columns {
				plan.slots = append(plan.slots, scope.slot())
			}
		}
		pipeline.out = make([]int, len(plan.columns))
		if len(columns) != len(plan.columns) {
			return nil, part.fault("all parts of a UNION must return the same columns")
		}
		for at, column := range plan.columns {
			from := slices.Index(columns, column)
			if from < 0 {
				return nil, part.fault("all parts of a UNION must return the same columns: %q is missing", column)
			}
			pipeline.out[at] = slots[from]
		}
		plan.parts = append(plan.parts, pipeline)
	}
	return plan, nil
}

// subquery compiles what stands in { } of an expression: it sees all names around it.
func (scope *scope) subquery(place place, body *statement, bare bool) (*plan, error) {
	inner := scope.inside()
	inner.outer = inner.names
	plan, err := inner.statement(body, bare)
	if err != nil {
		return nil, err
	}
	if !bare && len(plan.columns) == 0 {
		return nil, place.fault("a subquery must end with RETURN")
	}
	return plan, nil
}

// single compiles a query without UNION, and gives its columns and their slots.
func (scope *scope) single(single *single, bare bool) (*pipeline, []string, []int, error) {
	pipeline := &pipeline{}
	for i, clause := range single.clauses {
		var stage stage
		var err error
		switch clause := clause.(type) {
		case *matching:
			stage, err = scope.matching(clause)
			if err == nil && i+1 < len(single.clauses) {
				if next, ok := single.clauses[i+1].(*projecting); ok {
					stage.(*search).follows(next)
				}
			}
		case *unwinding:
			stage, err = scope.unwinding(clause)
		case *calling:
			stage, err = scope.calling(clause)
		case *projecting:
			if clause.last && i < len(single.clauses)-1 {
				return nil, nil, nil, clause.fault("RETURN can only stand at the end")
			}
			var projection *projection
			if projection, err = scope.projecting(clause); err == nil && clause.last {
				pipeline.stages = append(pipeline.stages, projection)
				return pipeline, projection.columns, projection.slots, nil
			}
			stage = projection
		}
		if err != nil {
			return nil, nil, nil, err
		}
		pipeline.stages = append(pipeline.stages, stage)
	}
	if !bare {
		return nil, nil, nil, single.fault("a query must end with RETURN")
	}
	return pipeline, nil, nil, nil
}

// unwound is UNWIND.
type unwound struct {
	list expr
	slot int
	name string
}

func (scope *scope) unwinding(clause *unwinding) (stage, error) {
	kind, err := clause.list.resolve(scope)
	if err != nil {
		return nil, err
	}
	if _, taken := scope.names[clause.name.name]; taken {
		return nil, clause.name.fault("variable `%s` already declared", clause.name.name)
	}
	elements := isAny
	if kind&isList != 0 {
		elements = elementsOf(scope, clause.list)
	}
	clause.name.slot = scope.slot()
	scope.names[clause.name.name] = bound{slot: clause.name.slot, kind: elements}
	return &unwound{list: clause.list, slot: clause.name.slot, name: clause.name.name}, nil
}

func (unwound *unwound) title() string {
	return "Unwind " + unwound.list.show() + " AS " + unwound.name
}

func (unwound *unwound) into(run *run, _ []any, next sink) sink {
	return &unwinder{unwound: unwound, run: run, sink: next}
}

type unwinder struct {
	*unwound
	run *run
	sink
}

func (unwinder *unwinder) row(row []any) error {
	value, err := unwinder.list.eval(unwinder.run, row)
	if err != nil || value == nil {
		return err
	}
	list, ok := value.([]any)
	if !ok {
		list = []any{value} // https://neo4j.com/docs/cypher-manual/5/clauses/unwind/: a single value is a list of one
	}
	for _, item := range list {
		if err := unwinder.run.step(1); err != nil {
			return err
		}
		row[unwinder.slot] = item
		if err := unwinder.sink.row(row); err != nil {
			return err
		}
	}
	return nil
}

// called is CALL { }.
type called struct {
	plan     *plan
	optional bool
}

func (scope *scope) calling(clause *calling) (stage, error) {
	inner := scope.inside()
	inner.names, inner.outer = map[string]bound{}, nil
	switch {
	case clause.all:
		for name, bound := range scope.names {
			inner.names[name] = bound
		}
		inner.outer = inner.names
	case clause.scoped:
		for _, name := range clause.takes {
			if _, err := name.resolve(scope); err != nil {
				return nil, err
			}
			inner.names[name.name] = scope.names[name.name]
		}
		inner.outer = inner.names
	default:
		inner.imports = scope.names
	}
	plan, err := inner.statement(clause.body, false)
	if err != nil {
		return nil, err
	}
	for i, column := range plan.columns {
		if _, taken := scope.names[column]; taken {
			return nil, clause.fault("variable `%s` already declared: give what CALL returns another name", column)
		}
		scope.names[column] = bound{slot: plan.slots[i], kind: isAny}
	}
	return &called{plan: plan, optional: clause.optional}, nil
}

func (called *called) title() string { return "Call" }

func (called *called) into(run *run, _ []any, next sink) sink {
	return &caller{called: called, run: run, sink: next}
}

type caller struct {
	*called
	run *run
	sink
}

func (caller *caller) row(row []any) error {
	some := false
	err := caller.plan.each(caller.run, row, func(inner []any) error {
		some = true
		return caller.sink.row(inner)
	})
	if err != nil || some || !caller.optional {
		return err
	}
	for _, slot := range caller.plan.slots {
		row[slot] = nil
	}
	return caller.sink.row(row)
}
