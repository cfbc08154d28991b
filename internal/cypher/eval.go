package cypher

import (
	"math"
	"strings"
)

// holds reports whether a condition is true, rather than false or null.
func holds(run *run, row []any, condition expr) (bool, error) {
	value, err := condition.eval(run, row)
	if err != nil || value == nil {
		return false, err
	}
	is, ok := value.(bool)
	if !ok {
		return false, failed("type mismatch: expected Boolean but was %s: %s", kindOf(value), condition.show())
	}
	return is, nil
}

func (value *literal) eval(*run, []any) (any, error) { return value.value, nil }

func (variable *variable) eval(_ *run, row []any) (any, error) { return row[variable.slot], nil }

func (parameter *parameter) eval(run *run, _ []any) (any, error) {
	return run.params[parameter.name], nil
}

func (slotted *slotted) eval(_ *run, row []any) (any, error) { return row[slotted.slot], nil }

func (property *property) eval(run *run, row []any) (any, error) {
	of, err := property.of.eval(run, row)
	if err != nil {
		return nil, err
	}
	return run.property(of, property.name)
}

// property gives what "." finds in a value.
func (run *run) property(of any, name string) (any, error) {
	switch of := of.(type) {
	case nil:
		return nil, nil
	case map[string]any:
		return of[name], nil
	case vertex:
		return run.graph.property(of, name), nil
	case edge:
		return run.graph.edgeProperty(of, name), nil
	case temporal:
		return of.component(name)
	}
	return nil, failed("type mismatch: expected a map, a node or a relationship but was %s: .%s", kindOf(of), name)
}

func (indexing *indexing) eval(run *run, row []any) (any, error) {
	of, err := indexing.of.eval(run, row)
	if err != nil {
		return nil, err
	}
	at, err := indexing.at.eval(run, row)
	if err != nil {
		return nil, err
	}
	switch of := of.(type) {
	case nil:
		return nil, nil
	case []any:
		switch at := at.(type) {
		case nil:
			return nil, nil
		case int64:
			if at < 0 {
				at += int64(len(of))
			}
			if at < 0 || at >= int64(len(of)) {
				return nil, nil
			}
			return of[at], nil
		}
		return nil, failed("type mismatch: a list's index must be an Integer, but was %s", kindOf(at))
	case map[string]any, vertex, edge:
		switch at := at.(type) {
		case nil:
			return nil, nil
		case string:
			return run.property(of, at)
		}
		return nil, failed("type mismatch: a property's name must be a String, but was %s", kindOf(at))
	}
	return nil, failed("type mismatch: %s has no elements", kindOf(of))
}

func (slicing *slicing) eval(run *run, row []any) (any, error) {
	of, err := slicing.of.eval(run, row)
	if err != nil || of == nil {
		return nil, err
	}
	list, ok := of.([]any)
	if !ok {
		return nil, failed("type mismatch: expected a list but was %s", kindOf(of))
	}
	bounds := [2]int64{0, int64(len(list))}
	for i, bound := range []expr{slicing.from, slicing.to} {
		if bound == nil {
			continue
		}
		value, err := bound.eval(run, row)
		if err != nil || value == nil {
			return nil, err
		}
		at, ok := value.(int64)
		if !ok {
			return nil, failed("type mismatch: a list's bounds must be Integers, but was %s", kindOf(value))
		}
		if at < 0 {
			at += int64(len(list))
		}
		bounds[i] = min(max(at, 0), int64(len(list)))
	}
	if bounds[0] >= bounds[1] {
		return []any{}, nil
	}
	return list[bounds[0]:bounds[1]:bounds[1]], nil
}

func (listing *listing) eval(run *run, row []any) (any, error) {
	list := make([]any, len(listing.items))
	for i, item := range listing.items {
		value, err := item.eval(run, row)
		if err != nil {
			return nil, err
		}
		list[i] = value
	}
	return list, run.fits(list)
}

func (mapping *mapping) eval(run *run, row []any) (any, error) {
	found := make(map[string]any, len(mapping.keys))
	for i, key := range mapping.keys {
		value, err := mapping.values[i].eval(run, row)
		if err != nil {
			return nil, err
		}
		found[key] = value
	}
	return found, run.fits(found)
}

func (picking *picking) eval(run *run, row []any) (any, error) {
	of, err := picking.of.eval(run, row)
	if err != nil || of == nil {
		return nil, err
	}
	found := map[string]any{}
	if picking.all {
		properties, err := run.properties(of)
		if err != nil {
			return nil, err
		}
		for key, value := range properties {
			found[key] = value
		}
	}
	for i, key := range picking.keys {
		value, err := picking.values[i].eval(run, row)
		if err != nil {
			return nil, err
		}
		found[key] = value
	}
	return found, run.fits(found)
}

func (run *run) properties(of any) (map[string]any, error) {
	switch of := of.(type) {
	case map[string]any:
		return of, nil
	case vertex:
		return run.graph.properties(of), nil
	case edge:
		return run.graph.edgeProperties(of), nil
	}
	return nil, failed("type mismatch: expected a map, a node or a relationship but was %s", kindOf(of))
}

func (unary *unary) eval(run *run, row []any) (any, error) {
	of, err := unary.of.eval(run, row)
	if err != nil || of == nil {
		return nil, err
	}
	switch of := of.(type) {
	case bool:
		if unary.op == "NOT" {
			return !of, nil
		}
	case int64:
		switch {
		case unary.op == "+":
			return of, nil
		case unary.op == "-" && of == math.MinInt64:
			return nil, failed("long overflow: -(%d)", of)
		case unary.op == "-":
			return -of, nil
		}
	case float64:
		switch unary.op {
		case "+":
			return of, nil
		case "-":
			return -of, nil
		}
	case duration:
		switch unary.op {
		case "+":
			return of, nil
		case "-":
			return of.times(-1)
		}
	}
	return nil, failed("type mismatch: %s cannot stand before %s", unary.op, kindOf(of))
}

func (operation *operation) eval(run *run, row []any) (any, error) {
	left, err := operation.left.eval(run, row)
	if err != nil {
		return nil, err
	}
	switch operation.op {
	case "AND", "OR", "XOR":
		return operation.logic(run, row, left)
	}
	right, err := operation.right.eval(run, row)
	if err != nil {
		return nil, err
	}
	switch operation.op {
	case "IN":
		return contained(run, left, right)
	case "STARTS WITH", "ENDS WITH", "CONTAINS", "=~":
		return operation.texts(run, left, right)
	}
	return run.arithmetic(operation.op, left, right)
}

// logic is three-valued (https://neo4j.com/docs/cypher-manual/5/syntax/operators/#query-operators-boolean).
func (operation *operation) logic(run *run, row []any, left any) (any, error) {
	first, err := truthIn(left)
	if err != nil {
		return nil, err
	}
	if operation.op == "AND" && first == no {
		return false, nil
	}
	if operation.op == "OR" && first == yes {
		return true, nil
	}
	right, err := operation.right.eval(run, row)
	if err != nil {
		return nil, err
	}
	second, err := truthIn(right)
	if err != nil {
		return nil, err
	}
	switch operation.op {
	case "AND":
		if second == no {
			return false, nil
		}
	case "OR":
		if second == yes {
			return true, nil
		}
	}
	if first == unknown || second == unknown {
		return nil, nil
	}
	switch operation.op {
	case "AND":
		return true, nil
	case "OR":
		return false, nil
	default:
		return first != second, nil
	}
}

func truthIn(value any) (truth, error) {
	switch value := value.(type) {
	case nil:
		return unknown, nil
	case bool:
		return truthOf(value), nil
	}
	return no, failed("type mismatch: expected Boolean but was %s", kindOf(value))
}

// contained is IN: null where it cannot be told.
func contained(run *run, value, in any) (any, error) {
	if in == nil {
		return nil, nil
	}
	list, ok := in.([]any)
	if !ok {
		return nil, failed("type mismatch: IN expected a list but was %s", kindOf(in))
	}
	if err := run.step(len(list)); err != nil {
		return nil, err
	}
	result := no
	for _, item := range list {
		switch equal(value, item) {
		case yes:
			return true, nil
		case unknown:
			result = unknown
		}
	}
	return result.value(), nil
}

// texts are the operators on texts, which give null for all else.
func (operation *operation) texts(run *run, left, right any) (any, error) {
	text, ok := left.(string)
	part, also := right.(string)
	if !ok || !also {
		if operation.op == "=~" && left != nil && right != nil && !also {
			return nil, failed("type mismatch: =~ expected a String but was %s", kindOf(right))
		}
		return nil, nil
	}
	switch operation.op {
	case "STARTS WITH":
		return strings.HasPrefix(text, part), nil
	case "ENDS WITH":
		return strings.HasSuffix(text, part), nil
	case "CONTAINS":
		return strings.Contains(text, part), nil
	}
	return run.matches(text, part)
}

func (comparing *comparing) eval(run *run, row []any) (any, error) {
	left, err := comparing.operands[0].eval(run, row)
	if err != nil {
		return nil, err
	}
	result := yes
	for i, op := range comparing.ops {
		right, err := comparing.operands[i+1].eval(run, row)
		if err != nil {
			return nil, err
		}
		switch compared(op, left, right) {
		case no:
			return false, nil
		case unknown:
			result = unknown
		}
		left = right
	}
	return result.value(), nil
}

func compared(op string, left, right any) truth {
	switch op {
	case "=":
		return equal(left, right)
	case "<>":
		return equal(left, right).not()
	}
	if left == nil || right == nil {
		return unknown
	}
	if kindOf(left)&isNumeric != 0 && kindOf(right)&isNumeric != 0 && (isNaN(left) || isNaN(right)) {
		return no
	}
	order, ok := compare(left, right)
	if !ok {
		if (op == "<=" || op == ">=") && kindOf(left) == isDuration && equal(left, right) == yes {
			return yes // of durations no more is known than whether they are the same
		}
		return unknown
	}
	switch op {
	case "<":
		return truthOf(order < 0)
	case "<=":
		return truthOf(order <= 0)
	case ">":
		return truthOf(order > 0)
	default:
		return truthOf(order >= 0)
	}
}

func (check *nullCheck) eval(run *run, row []any) (any, error) {
	of, err := check.of.eval(run, row)
	return (of == nil) != check.not, err
}

func (check *labelCheck) eval(run *run, row []any) (any, error) {
	of, err := check.of.eval(run, row)
	if err != nil {
		return nil, err
	}
	switch of := of.(type) {
	case nil:
		return nil, nil
	case vertex:
		return matchLabels(check.labels, run.graph.labels(of)), nil
	case edge:
		return matchLabels(check.labels, []string{run.kind(of)}), nil
	}
	return nil, failed("type mismatch: expected a node or a relationship but was %s", kindOf(of))
}

func (choosing *choosing) eval(run *run, row []any) (any, error) {
	var subject any
	if choosing.subject != nil {
		var err error
		if subject, err = choosing.subject.eval(run, row); err != nil {
			return nil, err
		}
	}
	for i, when := range choosing.whens {
		value, err := when.eval(run, row)
		if err != nil {
			return nil, err
		}
		chosen := equal(subject, value) == yes
		if choosing.subject == nil {
			truth, err := truthIn(value)
			if err != nil {
				return nil, err
			}
			chosen = truth == yes
		}
		if chosen {
			return choosing.thens[i].eval(run, row)
		}
	}
	if choosing.other == nil {
		return nil, nil
	}
	return choosing.other.eval(run, row)
}

// through calls with each element of a list; null is no list.
func (run *run) through(of expr, row []any, call func(item any) (bool, error)) (some bool, err error) {
	value, err := of.eval(run, row)
	if err != nil || value == nil {
		return false, err
	}
	list, ok := value.([]any)
	if !ok {
		return false, failed("type mismatch: expected a list but was %s: %s", kindOf(value), of.show())
	}
	for _, item := range list {
		if err := run.step(1); err != nil {
			return true, err
		}
		if on, err := call(item); err != nil || !on {
			return true, err
		}
	}
	return true, nil
}

func (value *listComprehension) eval(run *run, row []any) (any, error) {
	gathered := run.gathering()
	defer gathered.done()
	some, err := run.through(value.list, row, func(item any) (bool, error) {
		row[value.name.slot] = item
		if value.where != nil {
			if ok, err := holds(run, row, value.where); err != nil || !ok {
				return true, err
			}
		}
		if value.out != nil {
			var err error
			if item, err = value.out.eval(run, row); err != nil {
				return false, err
			}
		}
		return true, gathered.add(item)
	})
	if err != nil || !some {
		return nil, err
	}
	return gathered.list, nil
}

func (value *quantifier) eval(run *run, row []any) (any, error) {
	counts := [3]int{}
	some, err := run.through(value.list, row, func(item any) (bool, error) {
		row[value.name.slot] = item
		of, err := value.where.eval(run, row)
		if err != nil {
			return false, err
		}
		truth, err := truthIn(of)
		if err != nil {
			return false, err
		}
		counts[truth]++
		return true, nil
	})
	if err != nil || !some {
		return nil, err
	}
	trues, falses, unknowns := counts[yes], counts[no], counts[unknown]
	switch value.kind {
	case "all":
		if falses > 0 {
			return false, nil
		}
		return allKnown(unknowns, true)
	case "any":
		if trues > 0 {
			return true, nil
		}
		return allKnown(unknowns, false)
	case "none":
		if trues > 0 {
			return false, nil
		}
		return allKnown(unknowns, true)
	default:
		if trues > 1 {
			return false, nil
		}
		return allKnown(unknowns, trues == 1)
	}
}

func allKnown(unknowns int, answer bool) (any, error) {
	if unknowns > 0 {
		return nil, nil
	}
	return answer, nil
}

func (value *reducing) eval(run *run, row []any) (any, error) {
	into, err := value.first.eval(run, row)
	if err != nil {
		return nil, err
	}
	some, err := run.through(value.list, row, func(item any) (bool, error) {
		row[value.into.slot], row[value.name.slot] = into, item
		var err error
		if into, err = value.out.eval(run, row); err != nil {
			return false, err
		}
		return true, run.fits(into)
	})
	if err != nil || !some {
		return nil, err
	}
	return into, nil
}

func (value *patternCheck) eval(run *run, row []any) (any, error) {
	found := false
	err := value.search.each(run, row, func([]any) error {
		found = true
		return errEnough
	})
	return found, unlessEnough(err)
}

func unlessEnough(err error) error {
	if err == errEnough { //nolint:errorlint // it is never wrapped
		return nil
	}
	return err
}

func (value *shortestValue) eval(run *run, row []any) (any, error) {
	for _, node := range value.pattern.nodes {
		if row[node.slot] == nil {
			return nil, nil
		}
	}
	gathered := run.gathering()
	defer gathered.done()
	err := value.search.each(run, row, func(row []any) error { return gathered.add(row[value.search.path]) })
	if value.pattern.shortest == allShortest || err != nil {
		return gathered.list, err
	}
	if len(gathered.list) == 0 {
		return nil, nil
	}
	return gathered.list[0], nil
}

func (value *patternComprehension) eval(run *run, row []any) (any, error) {
	gathered := run.gathering()
	defer gathered.done()
	err := value.search.each(run, row, func(row []any) error {
		item, err := value.out.eval(run, row)
		if err != nil {
			return err
		}
		return gathered.add(item)
	})
	return gathered.list, err
}

func (value *subquery) eval(run *run, row []any) (any, error) {
	count := int64(0)
	gathered := run.gathering()
	defer gathered.done()
	err := value.plan.each(run, row, func(row []any) error {
		count++
		switch value.kind {
		case "EXISTS":
			return errEnough
		case "COLLECT":
			return gathered.add(row[value.plan.slots[0]])
		}
		return nil
	})
	if err := unlessEnough(err); err != nil {
		return nil, err
	}
	switch value.kind {
	case "EXISTS":
		return count > 0, nil
	case "COUNT":
		return count, nil
	}
	return gathered.list, nil
}
