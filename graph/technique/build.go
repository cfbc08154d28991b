package technique

import (
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// maxOptions bounds the conjunctions that a file's any and all unfold to.
const maxOptions = 64

// rule compiles bind, needs and gain.
func (reading *reading) rule() *rule {
	built := &rule{}
	if bind := reading.value("bind"); bind != nil {
		for i := 0; i+1 < len(bind.Content); i += 2 {
			name := bind.Content[i].Value
			built.variables = append(built.variables, reading.variable(name, reading.written.Bind[name]))
			reading.names = append(reading.names, name) // after, so that a variable is defined by those before it
		}
	}
	built.options = []option{{}}
	for i, need := range reading.written.Needs {
		built.options = reading.and(built.options, reading.need([]any{"needs", i}, need), []any{"needs", i})
	}
	if reading.written.Gain == nil {
		return nil
	}
	built.gain = reading.gain(*reading.written.Gain)
	if reading.err != nil {
		return nil
	}
	built.compile()
	return built
}

// value gives the node of a top-level key.
func (reading *reading) value(key string) *yaml.Node {
	for i := 0; i+1 < len(reading.root.Content); i += 2 {
		if reading.root.Content[i].Value == key {
			return reading.root.Content[i+1]
		}
	}
	return nil
}

// index finds a variable by its name.
func (reading *reading) index(name string) (int, bool) {
	switch name {
	case actorName:
		return actorIndex, true
	case accountName:
		return accountIndex, true
	}
	for index, known := range reading.names {
		if known == name {
			return index, true
		}
	}
	return noVariable, false
}

func (reading *reading) mustIndex(place []any, name string) int {
	index, known := reading.index(name)
	if !known {
		reading.fail(place, "no variable is called %q", name)
	}
	return index
}

func (reading *reading) variable(name string, written bindDocument) variable {
	place := func(keys ...any) []any { return append([]any{"bind", name}, keys...) }
	built := variable{name: name, kinds: written.Kinds, trusts: written.Trusts, anywhere: written.Anywhere}
	if !nameForm.MatchString(name) || name == actorName || name == accountName || name == "partition" || name == "region" {
		reading.fail(place(), "%q cannot name a variable", name)
	}
	if len(written.Kinds) == 0 {
		reading.fail(place(), "%s needs kinds", name)
	}
	for i, kind := range written.Kinds {
		if _, known := kinds.NodeSpec(kind); !known {
			reading.fail(place("kinds", i), "no kind of node is called %q", kind)
		}
	}
	switch written.Is {
	case "":
	case "actor":
		built.identity = isActor
	case "not-actor":
		built.identity = notActor
	default:
		reading.fail(place("is"), "is: %q: want actor or not-actor", written.Is)
	}
	for i, text := range written.Where {
		comparison, err := parseComparison(text, written.Kinds, reading.index)
		if err != nil {
			reading.fail(place("where", i), "%w", err)
		}
		built.where = append(built.where, comparison)
	}
	if written.Linked != "" {
		built.link = reading.link(place("linked"), written.Linked)
	}
	return built
}

// link reads <variable> <EDGE>…, where an edge may begin with < (walked backward) and end with ? (or not at all).
func (reading *reading) link(place []any, text string) *link {
	words := strings.Fields(text)
	if len(words) < 2 {
		reading.fail(place, "linked: %q: want a variable and the edges that lead from it", text)
		return nil
	}
	built := &link{from: reading.mustIndex(place, words[0])}
	for _, word := range words[1:] {
		step := linkStep{}
		word, step.backward = strings.CutPrefix(word, "<")
		word, step.optional = strings.CutSuffix(word, "?")
		step.edge = graph.EdgeKind(word)
		if spec, known := kinds.EdgeSpec(step.edge); !known || spec.Attack {
			reading.fail(place, "linked: no structure edge is called %q", word)
		}
		built.steps = append(built.steps, step)
	}
	return built
}

// need unfolds a need into the options that satisfy it.
func (reading *reading) need(place []any, written needDocument) []option {
	shapes := 0
	for _, used := range []bool{written.Action != "", written.Is != "", written.Exists != "", written.Assume != "", len(written.Any) > 0, len(written.All) > 0} {
		if used {
			shapes++
		}
	}
	if shapes != 1 {
		reading.fail(place, "a need is one of: an action, an is, an exists, an assume, an any, an all")
		return nil
	}
	switch {
	case written.Action != "":
		return []option{{permissions: []permission{reading.permission(place, written)}}}
	case written.Is != "":
		return []option{{conditions: []condition{reading.condition(place, written)}}}
	case written.Exists != "":
		return []option{{exists: []int{reading.mustIndex(append(place[:len(place):len(place)], "exists"), written.Exists)}}}
	case written.Assume != "":
		return []option{{assumptions: []string{written.Assume}}}
	case len(written.All) > 0:
		options := []option{{}}
		for i, part := range written.All {
			options = reading.and(options, reading.need(append(place[:len(place):len(place)], "all", i), part), place)
		}
		return options
	default:
		var options []option
		for i, part := range written.Any {
			options = append(options, reading.need(append(place[:len(place):len(place)], "any", i), part)...)
		}
		return options
	}
}

// and joins each option of one list with each of the other.
func (reading *reading) and(left, right []option, place []any) []option {
	if len(left)*len(right) > maxOptions {
		reading.fail(place, "the needs unfold to more than %d combinations", maxOptions)
		return left
	}
	var joined []option
	for _, a := range left {
		for _, b := range right {
			joined = append(joined, option{
				permissions: append(a.permissions[:len(a.permissions):len(a.permissions)], b.permissions...),
				conditions:  append(a.conditions[:len(a.conditions):len(a.conditions)], b.conditions...),
				exists:      append(a.exists[:len(a.exists):len(a.exists)], b.exists...),
				assumptions: append(a.assumptions[:len(a.assumptions):len(a.assumptions)], b.assumptions...),
			})
		}
	}
	return joined
}

func (reading *reading) permission(place []any, written needDocument) permission {
	at := func(key string) []any { return append(place[:len(place):len(place)], key) }
	built := permission{subject: actorIndex, action: written.Action}
	if !reading.cloud.action.MatchString(written.Action) {
		reading.fail(at("action"), "action %q: want one action, such as iam:PassRole, without wildcards", written.Action)
	}
	if written.Of != "" {
		reading.fail(at("of"), "of belongs to a condition")
	}
	if written.By != "" {
		built.subject = reading.mustIndex(at("by"), written.By)
	}
	pattern := written.On
	switch {
	case pattern == "":
		reading.fail(place, "%s: on is missing: a variable, an ARN pattern, or * for an action that has no resource", written.Action)
	case pattern != "*" && !strings.HasPrefix(pattern, "arn:") && !strings.HasPrefix(pattern, "{"):
		reading.mustIndex(at("on"), pattern)
		pattern = "{" + pattern + "}"
	}
	resource, err := parseTemplate(pattern, reading.index)
	if err != nil {
		reading.fail(at("on"), "%w", err)
	}
	built.resource = resource
	for key, text := range written.Context {
		value, err := parseTemplate(text, reading.index)
		if err != nil {
			reading.fail(append(at("context"), key), "%w", err)
		}
		built.context = append(built.context, contextKey{key: key, value: value})
	}
	sort.Slice(built.context, func(i, j int) bool { return built.context[i].key < built.context[j].key })
	return built
}

func (reading *reading) condition(place []any, written needDocument) condition {
	built := condition{variable: reading.mustIndex(append(place[:len(place):len(place)], "of"), written.Of)}
	if built.variable < 0 {
		reading.fail(place, "of: %q is not a bound variable", written.Of)
		return built
	}
	comparison, err := parseComparison(written.Is, reading.written.Bind[written.Of].Kinds, reading.index)
	if err != nil {
		reading.fail(append(place[:len(place):len(place)], "is"), "%w", err)
	}
	built.comparison = comparison
	return built
}

func (reading *reading) gain(written gainDocument) gain {
	place := []any{"gain"}
	built := gain{edge: written.Edge, to: reading.mustIndex(append(place, "to"), written.To), as: noVariable}
	if spec, known := kinds.EdgeSpec(written.Edge); !known || !spec.Attack {
		reading.fail(append(place, "edge"), "no attack edge is called %q", written.Edge)
	}
	if written.As != "" {
		built.as = reading.mustIndex(append(place, "as"), written.As)
	}
	if (built.to == accountIndex) == (built.as == noVariable && !written.Uncapped) || written.As != "" && written.Uncapped {
		reading.fail(place, "a gain of the account, and no other, needs either as (the principal whose permissions become those of an administrator) or uncapped: true")
	}
	for i, name := range written.Requires {
		built.requires = append(built.requires, reading.mustIndex(append(place, "requires", i), name))
	}
	return built
}
