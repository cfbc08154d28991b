package cypher

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/inroad-security/inroad/graph"
)

var update = flag.Bool("update", false, "write docs/cypher.md anew")

// verdict is how a scenario came out.
type verdict int

const (
	passed   verdict = iota
	declined         // in scope, and refused with the error that says so
	outside          // it writes or calls a procedure, and is refused
	wrong
)

func TestTCK(t *testing.T) {
	folder := os.Getenv("INROAD_TCK")
	if folder == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("INROAD_TCK is not set: make unit fetches the openCypher TCK and sets it")
		}
		t.Skip("INROAD_TCK is not set: the openCypher TCK was not run; make unit fetches it")
	}
	scenarios, err := features(filepath.Join(folder, "features"))
	if err != nil {
		t.Fatal(err)
	}
	if len(scenarios) < 3500 {
		t.Fatalf("only %d scenarios are in %s", len(scenarios), folder)
	}
	tally := map[string]*[4]int{}
	for _, scenario := range scenarios {
		came, err := scenario.run(folder)
		if came == wrong {
			t.Errorf("%s: %s\n%s\n%v", scenario.feature, scenario.name, scenario.query, err)
		}
		if came == declined && testing.Verbose() {
			t.Logf("refused: %s: %s: %v", scenario.feature, scenario.name, err)
		}
		group := filepath.ToSlash(filepath.Dir(scenario.feature))
		if tally[group] == nil {
			tally[group] = &[4]int{}
		}
		tally[group][came]++
	}
	var all [4]int
	for _, counts := range tally {
		for i, count := range counts {
			all[i] += count
		}
	}
	t.Logf("passed %d, refused %d, outside %d, wrong %d", all[passed], all[declined], all[outside], all[wrong])
	if inScope := all[passed] + all[declined] + all[wrong]; all[passed]*100 < inScope*98 {
		t.Errorf("%d of %d scenarios that read pass: less than 98 %%", all[passed], inScope)
	}
	documentTCK(t, tally)
}

// inScope reports whether a query only reads, and calls no procedure.
func (scenario *scenario) inScope() bool {
	err := CheckReadOnly(scenario.query)
	return !scenario.procedure && (err == nil || !strings.Contains(err.Error(), "only reading is allowed") && !strings.Contains(err.Error(), "the procedure") && !strings.Contains(err.Error(), "is not one that reads"))
}

func (scenario *scenario) run(folder string) (verdict, error) {
	memory := &memory{}
	if strings.HasPrefix(scenario.graph, "binary") {
		written, err := os.ReadFile(filepath.Join(folder, "graphs", scenario.graph, scenario.graph+".cypher"))
		if err != nil {
			return wrong, err
		}
		scenario.before = append([]string{string(written)}, scenario.before...)
	}
	memory.settle()
	for _, statement := range scenario.before {
		if err := memory.execute(statement); err != nil {
			return wrong, fmt.Errorf("making the graph: %w", err)
		}
	}
	params := map[string]any{}
	for _, param := range scenario.params {
		value, err := memory.value(param[1])
		if err != nil {
			return wrong, err
		}
		params[param[0]] = value
	}
	querier := &querier{graph: memory, now: func() time.Time { return time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC) }}
	answer, columns, early, err := collect(querier, graph.Query{Text: scenario.query, Params: params})
	if !scenario.inScope() {
		if early != nil && errors.Is(early, graph.ErrInvalid) {
			return outside, nil
		}
		return wrong, fmt.Errorf("it writes or calls a procedure, and was not refused: %v", errors.Join(early, err))
	}
	failure := errors.Join(early, err)
	if failure != nil && strings.Contains(failure.Error(), "not supported on the embedded store") {
		return declined, failure
	}
	if kind, raised := strings.CutPrefix(scenario.then, "a "); raised && strings.Contains(kind, "should be raised") {
		switch {
		case strings.Contains(kind, "at compile time") && early == nil:
			return wrong, fmt.Errorf("want %s before the first row; got %v, %v", kind, answer, err)
		case failure == nil:
			return wrong, fmt.Errorf("want %s; got %v", kind, answer)
		}
		return passed, nil
	}
	if failure != nil {
		return wrong, fmt.Errorf("failed: %w", failure)
	}
	return scenario.compare(columns, answer)
}

// collect gives an answer, the error before the first row, and the one behind it.
func collect(querier graph.Querier, query graph.Query) (answer [][]any, columns []string, early, late error) {
	rows, err := querier.Query(context.Background(), query)
	if err != nil {
		return nil, nil, err, nil
	}
	for row, err := range rows.All {
		if err != nil {
			return answer, rows.Columns, nil, err
		}
		answer = append(answer, row)
	}
	return answer, rows.Columns, nil, nil
}

// value evaluates an expression without variables, such as a parameter's value.
func (memory *memory) value(written string) (any, error) {
	answer, _, early, late := collect(&querier{graph: memory}, graph.Query{Text: "RETURN " + written})
	if err := errors.Join(early, late); err != nil {
		return nil, err
	}
	return answer[0][0], nil
}

// compare holds an answer against the table of a scenario.
func (scenario *scenario) compare(columns []string, answer [][]any) (verdict, error) {
	if scenario.then == "the result should be empty" {
		if len(answer) == 0 {
			return passed, nil
		}
		return wrong, fmt.Errorf("want nothing, got %v", answer)
	}
	anyOrder := strings.Contains(scenario.then, "ignoring element order")
	var want, got []string
	for _, row := range scenario.table[1:] {
		var cells []string
		for _, cell := range row {
			canonical, err := (&tckValue{text: cell, anyOrder: anyOrder}).all()
			if err != nil {
				return wrong, err
			}
			cells = append(cells, canonical)
		}
		want = append(want, strings.Join(cells, " | "))
	}
	for _, row := range answer {
		cells := make([]string, len(columns))
		for i, column := range scenario.table[0] {
			at := slices.Index(columns, column)
			if at < 0 {
				return wrong, fmt.Errorf("the columns are %q; %q is not among them", columns, column)
			}
			cells[i] = canonical(row[at], anyOrder)
		}
		got = append(got, strings.Join(cells, " | "))
	}
	if len(columns) != len(scenario.table[0]) {
		return wrong, fmt.Errorf("the columns are %q, want %q", columns, scenario.table[0])
	}
	if !strings.Contains(scenario.then, "in order") {
		slices.Sort(want)
		slices.Sort(got)
	}
	if !slices.Equal(want, got) {
		return wrong, fmt.Errorf("want\n  %s\ngot\n  %s", strings.Join(want, "\n  "), strings.Join(got, "\n  "))
	}
	return passed, nil
}
