package cypher

import (
	"context"
	"fmt"

	"github.com/inroad-security/inroad/graph"
)

// profiled counts the rows that each stage gave.
type profiled struct{ counts map[stage]*int64 }

func (profiled *profiled) of(stage stage) *int64 {
	count, ok := profiled.counts[stage]
	if !ok {
		count = new(int64)
		profiled.counts[stage] = count
	}
	return count
}

// explained gives a plan as rows: one for each step, in the order in which they are done, with how many rows it gave where it ran.
func (plan *plan) explained(profile *profiled) *graph.Rows {
	rows := &graph.Rows{Columns: []string{"step", "detail"}}
	if profile != nil {
		rows.Columns = append(rows.Columns, "rows")
	}
	var all [][]any
	add := func(name, detail string, count any) {
		row := []any{name, detail}
		if profile != nil {
			row = append(row, count)
		}
		all = append(all, row)
	}
	plan.steps("", profile, add)
	rows.All = func(yield func([]any, error) bool) {
		for _, row := range all {
			if !yield(row, nil) {
				return
			}
		}
	}
	return rows
}

// steps calls with each step of the plan and of its subqueries.
func (plan *plan) steps(prefix string, profile *profiled, add func(name, detail string, count any)) {
	for i, part := range plan.parts {
		if i > 0 {
			add(prefix+"Union", "", nil)
		}
		for _, stage := range part.stages {
			var count any
			if profile != nil {
				count = *profile.of(stage)
			}
			detail := ""
			if search, ok := stage.(*search); ok {
				detail = search.shown()
			}
			add(prefix+stage.title(), detail, count)
			if called, ok := stage.(*called); ok {
				called.plan.steps(prefix+"  ", profile, add)
			}
		}
	}
}

// profiled runs a plan, and gives what each of its steps did in place of its rows.
func (run *run) profiled(plan *plan, slots int, cancel context.CancelFunc) (*graph.Rows, error) {
	defer cancel()
	var failure error
	run.all(plan, slots, func(_ []any, err error) bool {
		failure = err
		return err == nil
	})
	if failure != nil {
		return nil, fmt.Errorf("profile: %w", failure)
	}
	rows := plan.explained(run.profile)
	steps := rows.All
	rows.All = func(yield func([]any, error) bool) {
		for row, err := range steps {
			if !yield(row, err) {
				return
			}
		}
		yield([]any{"Work", "relationships, nodes and items looked at", run.work}, nil)
	}
	return rows, nil
}
