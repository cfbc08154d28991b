package technique

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// comparison is one fact about a bound node, such as
//
//	access_keys < 2          state = running          role = $role
//	roles has $role          id in $profile.roles     count(CONTAINS) < 4
//	kms_key like *alias/aws/*
//
// The left side is a property of the node, its id, the number of its outgoing edges of a kind, or its power: what the
// actor would be with the node's policies, "administrator" or nothing. The right side is a literal, or $variable (its id)
// or $variable.property.
type comparison struct {
	text     string
	prop     string
	count    graph.EdgeKind
	operator string
	literal  any // string, bool or int64
	variable int // noVariable where the right side is a literal
	of       string
}

// powerProp and administratorPower are spelled so in comparisons.
const (
	powerProp          = "power"
	administratorPower = "administrator"
)

var comparisonForm = regexp.MustCompile(`^(\w+|count\(\w+\)) (=|!=|<|>=|has|in|like) (\S.*)$`)

// parseComparison reads a comparison on a node of one of the kinds.
func parseComparison(text string, of []graph.NodeKind, index func(string) (int, bool)) (comparison, error) {
	parts := comparisonForm.FindStringSubmatch(text)
	if parts == nil {
		return comparison{}, fmt.Errorf("%q: want <property> <operator> <value> with an operator of = != < >= has in like", text)
	}
	parsed := comparison{text: text, prop: parts[1], operator: parts[2], variable: noVariable}
	if parsed.prop == powerProp && (parsed.operator != "=" || parts[3] != administratorPower) {
		return comparison{}, fmt.Errorf("%q: power can only be asked to be = %s", text, administratorPower)
	}
	if inside, ok := strings.CutPrefix(parts[1], "count("); ok {
		parsed.count = graph.EdgeKind(strings.TrimSuffix(inside, ")"))
		if _, known := kinds.EdgeSpec(parsed.count); !known {
			return comparison{}, fmt.Errorf("%q: no kind of edge is called %s", text, parsed.count)
		}
	}
	kind, err := parsed.leftType(of)
	if err != nil {
		return comparison{}, err
	}
	if name, ok := strings.CutPrefix(parts[3], "$"); ok {
		name, prop, _ := strings.Cut(name, ".")
		at, known := index(name)
		if !known {
			return comparison{}, fmt.Errorf("%q: no variable is called %s", text, name)
		}
		if prop == "" {
			prop = "id"
		}
		parsed.variable, parsed.of = at, prop
		return parsed, nil
	}
	switch kind {
	case graph.Flag:
		parsed.literal, err = strconv.ParseBool(parts[3])
	case graph.Whole:
		parsed.literal, err = strconv.ParseInt(parts[3], 10, 64)
	default:
		parsed.literal = strings.Trim(parts[3], `"`)
	}
	if err != nil {
		return comparison{}, fmt.Errorf("%q: %s is not a %s", text, parts[3], kind)
	}
	return parsed, nil
}

// leftType gives the type of the left side, which every kind that the node may have must know.
func (comparison comparison) leftType(of []graph.NodeKind) (graph.Type, error) {
	switch {
	case comparison.count != "":
		return graph.Whole, nil
	case comparison.prop == "id", comparison.prop == powerProp:
		return graph.Text, nil
	}
	var found graph.Type
	for _, kind := range of {
		spec, _ := kinds.NodeSpec(kind)
		at := slices.IndexFunc(spec.Props, func(prop graph.PropSpec) bool { return prop.Name == comparison.prop })
		if at < 0 {
			return "", fmt.Errorf("%q: %s has no property %s", comparison.text, kind, comparison.prop)
		}
		found = spec.Props[at].Type
	}
	return found, nil
}

// compare applies an operator to values whose types fit it; anything else does not hold.
func compare(left any, operator string, right any) bool {
	switch operator {
	case "=":
		return equal(left, right)
	case "!=":
		return !equal(left, right)
	case "<", ">=":
		a, ok := left.(int64)
		b, okToo := right.(int64)
		return ok && okToo && (a < b) == (operator == "<")
	case "has":
		return contains(left, right)
	case "like":
		value, ok := left.(string)
		pattern, okToo := right.(string)
		return ok && okToo && glob(pattern, value)
	default: // in
		return contains(right, left)
	}
}

func equal(left, right any) bool {
	switch left := left.(type) {
	case string, bool, int64:
		return left == right
	default:
		return false
	}
}

func contains(list, item any) bool {
	items, _ := list.([]string)
	text, ok := item.(string)
	return ok && slices.Contains(items, text)
}

// sentence says for a person what was found; of is the node that a variable on the right side stands for.
func (comparison comparison) sentence(left any, of graph.ID) string {
	if comparison.variable != noVariable {
		return fmt.Sprintf("%s %s %s of %s", comparison.prop, comparison.operator, comparison.of, of)
	}
	return fmt.Sprintf("%s is %v, as needed: %s", comparison.prop, left, comparison.text)
}
