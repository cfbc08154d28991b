package cypher

import (
	"fmt"
	"strconv"
	"strings"
)

// shown gives a value as an error names it.
func shown(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case string:
		return strconv.Quote(value)
	case float64:
		return floatText(value)
	case bool, int64:
		return fmt.Sprint(value)
	}
	return kindOf(value).String()
}

func shownAll(of []expr) string {
	texts := make([]string, len(of))
	for i, one := range of {
		texts[i] = one.show()
	}
	return strings.Join(texts, ", ")
}

func eachOf(of []expr, call func(*expr)) {
	for i := range of {
		call(&of[i])
	}
}

// eachSome calls with those that are there.
func eachSome(call func(*expr), of ...*expr) {
	for _, one := range of {
		if *one != nil {
			call(one)
		}
	}
}

func (value *literal) each(func(*expr)) {}
func (value *literal) show() string     { return shown(value.value) }

func (variable *variable) each(func(*expr)) {}
func (variable *variable) show() string     { return variable.name }

func (parameter *parameter) each(func(*expr)) {}
func (parameter *parameter) show() string     { return "$" + parameter.name }

func (slotted *slotted) each(func(*expr)) {}
func (slotted *slotted) show() string     { return slotted.text }

func (property *property) each(call func(*expr)) { call(&property.of) }
func (property *property) show() string          { return property.of.show() + "." + property.name }

func (indexing *indexing) each(call func(*expr)) { eachSome(call, &indexing.of, &indexing.at) }
func (indexing *indexing) show() string {
	return indexing.of.show() + "[" + indexing.at.show() + "]"
}

func (slicing *slicing) each(call func(*expr)) {
	eachSome(call, &slicing.of, &slicing.from, &slicing.to)
}

func (slicing *slicing) show() string {
	return slicing.of.show() + "[" + shownSome(slicing.from) + ".." + shownSome(slicing.to) + "]"
}

func shownSome(of expr) string {
	if of == nil {
		return ""
	}
	return of.show()
}

func (listing *listing) each(call func(*expr)) { eachOf(listing.items, call) }
func (listing *listing) show() string          { return "[" + shownAll(listing.items) + "]" }

func shownEntries(keys []string, values []expr) string {
	entries := make([]string, len(keys))
	for i, key := range keys {
		entries[i] = strconv.Quote(key) + ": " + values[i].show()
	}
	return strings.Join(entries, ", ")
}

func (mapping *mapping) each(call func(*expr)) { eachOf(mapping.values, call) }
func (mapping *mapping) show() string {
	return "{" + shownEntries(mapping.keys, mapping.values) + "}"
}

func (picking *picking) each(call func(*expr)) {
	call(&picking.of)
	eachOf(picking.values, call)
}

func (picking *picking) show() string {
	all := ""
	if picking.all {
		all = ".*, "
	}
	return picking.of.show() + "{" + all + shownEntries(picking.keys, picking.values) + "}"
}

func (unary *unary) each(call func(*expr)) { call(&unary.of) }
func (unary *unary) show() string          { return unary.op + " " + unary.of.show() }

func (operation *operation) each(call func(*expr)) { eachSome(call, &operation.left, &operation.right) }

func (operation *operation) show() string {
	return "(" + operation.left.show() + " " + operation.op + " " + operation.right.show() + ")"
}

func (comparing *comparing) each(call func(*expr)) { eachOf(comparing.operands, call) }
func (comparing *comparing) show() string {
	text := comparing.operands[0].show()
	for i, op := range comparing.ops {
		text += " " + op + " " + comparing.operands[i+1].show()
	}
	return "(" + text + ")"
}

func (check *nullCheck) each(call func(*expr)) { call(&check.of) }
func (check *nullCheck) show() string {
	if check.not {
		return "(" + check.of.show() + " IS NOT NULL)"
	}
	return "(" + check.of.show() + " IS NULL)"
}

func (check *labelCheck) each(call func(*expr)) { call(&check.of) }
func (check *labelCheck) show() string          { return check.of.show() + ":" + check.labels.show() }

func (name labelName) show() string { return name.name }
func (anyLabel) show() string       { return "%" }
func (not labelNot) show() string   { return "!" + not.of.show() }
func (and labelAnd) show() string   { return "(" + and.left.show() + "&" + and.right.show() + ")" }
func (or labelOr) show() string     { return "(" + or.left.show() + "|" + or.right.show() + ")" }

func (choosing *choosing) each(call func(*expr)) {
	eachSome(call, &choosing.subject)
	eachOf(choosing.whens, call)
	eachOf(choosing.thens, call)
	eachSome(call, &choosing.other)
}

func (choosing *choosing) show() string {
	text := "CASE " + shownSome(choosing.subject)
	for i := range choosing.whens {
		text += " WHEN " + choosing.whens[i].show() + " THEN " + choosing.thens[i].show()
	}
	return text + " ELSE " + shownSome(choosing.other) + " END"
}

func (call *calledFunction) each(of func(*expr)) { eachOf(call.args, of) }
func (call *calledFunction) show() string {
	args := shownAll(call.args)
	switch {
	case call.star:
		args = "*"
	case call.distinct:
		args = "DISTINCT " + args
	}
	return strings.ToLower(call.name) + "(" + args + ")"
}

func (value *listComprehension) each(call func(*expr)) {
	eachSome(call, &value.list, &value.where, &value.out)
}

func (value *listComprehension) show() string {
	return "[" + value.name.name + " IN " + value.list.show() + " WHERE " + shownSome(value.where) + " | " + shownSome(value.out) + "]"
}

func (value *quantifier) each(call func(*expr)) { eachSome(call, &value.list, &value.where) }
func (value *quantifier) show() string {
	return value.kind + "(" + value.name.name + " IN " + value.list.show() + " WHERE " + value.where.show() + ")"
}

func (value *reducing) each(call func(*expr)) {
	eachSome(call, &value.first, &value.list, &value.out)
}

func (value *reducing) show() string {
	return "reduce(" + value.into.name + " = " + value.first.show() + ", " + value.name.name + " IN " + value.list.show() + " | " + value.out.show() + ")"
}

func (value *patternCheck) each(func(*expr)) {}
func (value *patternCheck) show() string     { return value.pattern.show() }

func (value *shortestValue) each(func(*expr)) {}
func (value *shortestValue) show() string     { return value.pattern.show() }

func (value *patternComprehension) each(call func(*expr)) { eachSome(call, &value.where, &value.out) }

func (value *patternComprehension) show() string {
	return "[" + value.pattern.show() + " WHERE " + shownSome(value.where) + " | " + value.out.show() + "]"
}

func (value *subquery) each(func(*expr)) {}

// show tells a subquery by its place: two of them are never taken for the same.
func (value *subquery) show() string {
	return fmt.Sprintf("%s { %d:%d }", value.kind, value.line, value.column)
}

func (pattern *pattern) show() string {
	text := map[shortest]string{oneShortest: "shortestPath(", allShortest: "allShortestPaths("}[pattern.shortest]
	for i, node := range pattern.nodes {
		if i > 0 {
			text += pattern.relations[i-1].show()
		}
		text += "(" + shownVariable(node.name) + shownLabels(node.labels) + shownSome(node.props) + shownSome(node.where) + ")"
	}
	return text
}

func (relation *relationPattern) show() string {
	span := ""
	if relation.variable {
		span = fmt.Sprintf("*%d..%d", relation.least, relation.most)
	}
	return fmt.Sprintf("%d[%s%s%s%s%s]", relation.direction, shownVariable(relation.name), shownLabels(relation.types), span, shownSome(relation.props), shownSome(relation.where))
}

func shownVariable(name *variable) string {
	if name == nil {
		return ""
	}
	return name.name
}
