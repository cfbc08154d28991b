// Package threatmodel reads what a defender knows and a cloud cannot say: where attackers start, what is worth reaching, and which
// controls stand in their way. A model is a YAML file; resolved against a snapshot it becomes a scoring.Config.
package threatmodel

import (
	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/yamlfile"
	"github.com/inroad-security/inroad/scoring"
)

// Model is a threat model before it meets a snapshot. The zero value is the default: the internet, and what classification finds.
type Model struct {
	file string
	// Entries are where an attacker starts; the internet alone when empty.
	Entries []Rule
	// Jewels add to, change or (value 0) take away from what classification finds; the last rule that selects a node holds.
	Jewels []Rule
	// Classification says what tags and names tell of the data in a store, beside or in place of what scoring.DefaultTaxonomy says.
	Classification Classification
	// Only leaves out what classification finds by itself.
	Only bool
	// Controls are compensating controls.
	Controls []Control
	// Costs of changes, from 1 to 1000, for those that are not the defaults.
	Costs map[scoring.ChangeKind]int
}

// Rule selects nodes and says what they are.
type Rule struct {
	Selector
	// Value of a jewel, from 1 to 10; 0 says that it is none.
	Value int
	// Why, for a person; what selects it when empty.
	Why string
	// Line of the rule in its file.
	Line int
}

// Control is something outside the graph that stops some of the steps that would else be brought off.
type Control struct {
	Name string
	// Techniques and Kinds of the steps that it hinders; a step that is named by either.
	Techniques []string
	Kinds      []graph.EdgeKind
	// On selects the targets of those steps; everything when empty.
	On []Selector
	// Strength is how often it stops a step that would else succeed, in (0, 1].
	Strength float64
	Line     int
}

// Parse reads a model. name is the file's, for errors: they tell the file, the line and the field.
func Parse(name string, data []byte) (*Model, error) {
	model := &Model{file: name}
	err := yamlfile.Read(name, data, map[string]yamlfile.Field{
		"entries": func(value yamlfile.Value) {
			value.Each(func(item yamlfile.Value) { model.Entries = append(model.Entries, rule(item, false)) })
		},
		"jewels": func(value yamlfile.Value) {
			value.Each(func(item yamlfile.Value) { model.Jewels = append(model.Jewels, rule(item, true)) })
		},
		"only":           func(value yamlfile.Value) { model.Only = value.Flag() },
		"classification": func(value yamlfile.Value) { model.Classification = classification(value) },
		"controls":       func(value yamlfile.Value) { value.Each(func(item yamlfile.Value) { model.control(item) }) },
		"costs":          func(value yamlfile.Value) { model.Costs = costs(value) },
	})
	if err != nil {
		return nil, err
	}
	return model, nil
}

func costs(value yamlfile.Value) map[scoring.ChangeKind]int {
	read := map[scoring.ChangeKind]int{}
	fields := map[string]yamlfile.Field{}
	for kind := range scoring.DefaultCosts() {
		fields[string(kind)] = func(value yamlfile.Value) { read[kind] = value.Whole(1, 1000) }
	}
	value.Map(fields)
	return read
}

func rule(item yamlfile.Value, valued bool) Rule {
	rule := Rule{Line: item.Line(), Value: -1}
	fields := rule.fields()
	fields["why"] = func(value yamlfile.Value) { rule.Why = value.Text() }
	if valued {
		fields["value"] = func(value yamlfile.Value) { rule.Value = value.Whole(0, 10) }
	}
	item.Map(fields)
	if rule.empty() {
		item.Fail("the rule selects nothing: give it an id, a kind, a class, a tag, a name or an account")
	}
	if valued && rule.Value < 0 {
		item.Fail("value is missing: want a whole number from 1 to 10, or 0 for what is no jewel")
	}
	return rule
}

func (model *Model) control(item yamlfile.Value) {
	control := Control{Line: item.Line()}
	item.Map(map[string]yamlfile.Field{
		"name":       func(value yamlfile.Value) { control.Name = value.Text() },
		"techniques": func(value yamlfile.Value) { control.Techniques = value.Texts() },
		"kinds": func(value yamlfile.Value) {
			for _, name := range value.Texts() {
				if spec, ok := kinds.EdgeSpec(graph.EdgeKind(name)); !ok || !spec.Traversable {
					value.Fail("%s is no kind of edge that is walked: docs/kinds.md lists them", name)
				}
				control.Kinds = append(control.Kinds, graph.EdgeKind(name))
			}
		},
		"on": func(value yamlfile.Value) {
			value.Each(func(item yamlfile.Value) {
				var on Selector
				item.Map(on.fields())
				control.On = append(control.On, on)
			})
		},
		"strength": func(value yamlfile.Value) { control.Strength = value.Number(0, 1) },
	})
	if control.Name == "" {
		item.Fail("name is missing")
	}
	if control.Strength == 0 {
		item.Fail("strength is missing: how often the control stops a step, above 0 and at most 1")
	}
	if len(control.Techniques)+len(control.Kinds) == 0 {
		item.Fail("techniques or kinds is missing: which steps the control hinders")
	}
	model.Controls = append(model.Controls, control)
}
