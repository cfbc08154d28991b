// Package assertion checks what must hold of attack paths, "no path from the internet to personal data", as a pipeline runs it on every change.
package assertion

import (
	"context"
	"fmt"
	"math"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/analysis"
	"github.com/inroad-security/inroad/internal/threatmodel"
	"github.com/inroad-security/inroad/internal/yamlfile"
	"github.com/inroad-security/inroad/scoring"
)

// Assertion is one thing that must hold.
type Assertion struct {
	Name string
	// From and To are ids or selectors, as of --from and --to; the threat model's when empty.
	From, To []string
	// Exists asks that there is a path to each target; else there must be none.
	Exists bool
	// Surest is the least sure verdict that counts: Unknown counts every path, Proven only proven ones.
	Surest graph.Verdict
	// Except are targets to which paths are accepted.
	Except []graph.ID
	// Line in the file.
	Line int
}

// Result is what became of an assertion.
type Result struct {
	Name   string `json:"name"`
	Passed bool   `json:"passed"`
	// Message says why it failed, or what it was checked on.
	Message string `json:"message"`
	// Paths are those that break it.
	Paths []scoring.Path `json:"paths"`
	Line  int            `json:"line"`
}

// Report is what became of a file of assertions.
type Report struct {
	File     string         `json:"file"`
	Revision graph.Revision `json:"revision"`
	Results  []Result       `json:"results"`
	Failed   int            `json:"failed"`
	// Incomplete is what was not read: paths that need it cannot be seen.
	Incomplete []scoring.Gap `json:"incomplete"`
}

var verdicts = map[string]graph.Verdict{"proven": graph.Proven, "possible": graph.Possible, "unknown": graph.Unknown}

// Parse reads a file of assertions. name is the file's, for errors, which tell the file, the line and the field.
func Parse(name string, data []byte) ([]Assertion, error) {
	var assertions []Assertion
	names := map[string]bool{}
	err := yamlfile.Read(name, data, map[string]yamlfile.Field{"assertions": func(value yamlfile.Value) {
		value.Each(func(item yamlfile.Value) {
			one := Assertion{Line: item.Line(), Surest: graph.Unknown}
			item.Map(map[string]yamlfile.Field{
				"name": func(value yamlfile.Value) { one.Name = value.Text() },
				"from": func(value yamlfile.Value) { one.From = some(value) },
				"to":   func(value yamlfile.Value) { one.To = some(value) },
				"expect": func(value yamlfile.Value) {
					switch one.Exists = value.Text() == "path"; {
					case !one.Exists && value.Text() != "no-path":
						value.Fail("want path or no-path")
					}
				},
				"verdict": func(value yamlfile.Value) {
					known, ok := verdicts[value.Text()]
					if !ok {
						value.Fail("want proven, possible or unknown: the least sure path that counts")
					}
					one.Surest = known
				},
				"except": func(value yamlfile.Value) {
					for _, id := range value.Texts() {
						one.Except = append(one.Except, graph.ID(id))
					}
				},
			})
			if one.Name == "" || names[one.Name] {
				item.Fail("name is missing, or another assertion has it")
			}
			names[one.Name] = true
			assertions = append(assertions, one)
		})
		if len(assertions) == 0 {
			value.Fail("there is nothing to assert")
		}
	}})
	if err == nil && len(assertions) == 0 {
		err = fmt.Errorf("%w: %s: assertions is missing", graph.ErrInvalid, name)
	}
	return assertions, err
}

// some reads texts of which there is one at least: an empty list would ask what leaving the field out asks, which nobody means.
func some(value yamlfile.Value) []string {
	texts := value.Texts()
	if len(texts) == 0 {
		value.Fail("the list is empty: name ids or selectors, or leave the field out")
	}
	return texts
}

// Check checks assertions on a graph that holds its attack edges. A selector that chooses nothing fails its assertion: what cannot fail checks nothing.
func Check(ctx context.Context, snapshot *graph.Snapshot, model *threatmodel.Model, file string, assertions []Assertion) (*Report, error) {
	report := &Report{File: file, Revision: snapshot.Revision(), Results: []Result{}, Incomplete: scoring.Incomplete(snapshot)}
	for _, one := range assertions {
		result, err := one.check(ctx, snapshot, model)
		if err != nil {
			return nil, err
		}
		if !result.Passed {
			report.Failed++
		}
		report.Results = append(report.Results, result)
	}
	return report, nil
}

func (one Assertion) check(ctx context.Context, snapshot *graph.Snapshot, model *threatmodel.Model) (Result, error) {
	result := Result{Name: one.Name, Line: one.Line, Paths: []scoring.Path{}}
	question := analysis.Question{Model: model, From: one.From, To: one.To, Unfold: true, Limit: math.MaxInt}
	targets, err := analysis.Targets(snapshot, question)
	if err != nil {
		result.Message = "it checks nothing: " + err.Error()
		return result, ctx.Err()
	}
	paths, _, err := analysis.Paths(ctx, snapshot, question)
	if err != nil {
		return result, err
	}
	accepted := map[graph.ID]bool{}
	for _, id := range one.Except {
		accepted[id] = true
	}
	reached := map[graph.ID]bool{}
	for _, path := range paths {
		if verdicts[path.Verdict] > one.Surest || accepted[path.Target] {
			continue
		}
		reached[path.Target] = true
		if !one.Exists {
			result.Paths = append(result.Paths, path)
		}
	}
	if !one.Exists {
		result.Passed = len(result.Paths) == 0
		result.Message = fmt.Sprintf("%d paths to %d of %d targets", len(result.Paths), len(reached), len(targets))
		return result, nil
	}
	missing := 0
	for _, id := range targets {
		if !reached[id] && !accepted[id] {
			missing++
			result.Message = fmt.Sprintf("no path to %s", id)
		}
	}
	result.Passed = missing == 0
	if result.Passed {
		result.Message = fmt.Sprintf("a path to each of %d targets", len(targets))
	} else if missing > 1 {
		result.Message += fmt.Sprintf(" and %d more", missing-1)
	}
	return result, nil
}
