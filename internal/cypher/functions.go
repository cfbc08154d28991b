package cypher

import (
	"fmt"
	"slices"
	"strings"
)

// function is one of Cypher's functions (https://neo4j.com/docs/cypher-manual/5/functions/).
type function struct {
	name        string // as the manual writes it
	least, most int    // how many arguments
	args        []kind // their types; the last stands for all that follow
	out         kind
	nulls       bool // it is called with null as well; otherwise null gives null
	call        func(run *run, args []any) (any, error)
	begin       func(call *calledFunction) folder // of an aggregate
}

// library is the functions by their name in lower case.
var library = func() map[string]*function {
	all := map[string]*function{}
	for _, group := range [][]function{scalars, listFunctions, mathFunctions, textFunctions, conversions, foldFunctions, temporalFunctions} {
		for i := range group {
			all[strings.ToLower(group[i].name)] = &group[i]
		}
	}
	// https://neo4j.com/docs/cypher-manual/5/functions/string/: other names of the same.
	for alias, name := range map[string]string{"lower": "tolower", "upper": "toupper", "char_length": "size", "character_length": "size", "collect_list": "collect"} {
		all[alias] = all[name]
	}
	delete(all, "collect_list")
	return all
}()

// elsewhere are functions that Neo4j has and the embedded store has not.
var elsewhere = []string{
	"randomuuid", "normalize", "valuetype", "point", "point.distance", "point.withinbbox", "vector.similarity.cosine", "vector.similarity.euclidean",
	"file", "linenumber", "exists", "graph.names", "graph.byname", "graph.byelementid", "graph.propertiesbyname", "db.namefromelementid", "percentile_cont",
}

func (call *calledFunction) resolve(scope *scope) (kind, error) {
	found, ok := library[strings.ToLower(call.name)]
	if !ok {
		if slices.Contains(elsewhere, strings.ToLower(call.name)) || strings.HasPrefix(strings.ToLower(call.name), "apoc.") || strings.HasPrefix(strings.ToLower(call.name), "gds.") {
			return 0, call.unsupported("the function " + call.name)
		}
		return 0, call.fault("unknown function '%s'", call.name)
	}
	call.function, call.name = found, found.name
	if call.star && found.name != "count" {
		return 0, call.fault("* is an argument of count alone")
	}
	if call.distinct && found.begin == nil {
		return 0, call.fault("DISTINCT is for functions that aggregate, which %s does not", found.name)
	}
	if given := len(call.args); !call.star && (given < found.least || given > found.most) {
		return 0, call.fault("%s takes %s, not %d", found.name, arguments(found.least, found.most), given)
	}
	inner := scope
	if found.begin != nil {
		if scope.folds == nil {
			if scope.inner {
				return 0, call.fault("%s aggregates, and cannot stand inside another aggregate, a comprehension or a subquery", found.name)
			}
			return 0, call.fault("%s aggregates, and can stand only in WITH and RETURN", found.name)
		}
		inner = scope.plainly()
	}
	kinds := make([]kind, len(call.args))
	for i, arg := range call.args {
		kind, err := arg.resolve(inner)
		if err != nil {
			return 0, err
		}
		if err := call.mustBe(kind, found.arg(i)); err != nil {
			return 0, err
		}
		kinds[i] = kind
	}
	if found.begin != nil {
		for _, arg := range call.args {
			random := false
			walkExpr(arg, func(of expr) {
				called, ok := of.(*calledFunction)
				random = random || ok && called.name == "rand"
			})
			if random {
				return 0, call.fault("rand() cannot stand inside an aggregate")
			}
		}
		call.fold = &fold{slot: scope.slot(), begin: found.begin}
		*scope.folds = append(*scope.folds, call)
		return found.out, nil
	}
	if found.out == 0 { // as the first argument
		return kinds[0] | isNull, nil
	}
	if found.nulls {
		return found.out, nil
	}
	return found.out | isNull, nil
}

func arguments(least, most int) string {
	switch {
	case most > 100:
		return fmt.Sprintf("%d arguments or more", least)
	case least == most:
		return fmt.Sprintf("%d arguments", least)
	}
	return fmt.Sprintf("%d to %d arguments", least, most)
}

func (function *function) arg(i int) kind {
	if len(function.args) == 0 {
		return isAny
	}
	return function.args[min(i, len(function.args)-1)]
}

func (call *calledFunction) eval(run *run, row []any) (any, error) {
	if call.fold != nil {
		return row[call.fold.slot], nil
	}
	args := make([]any, len(call.args))
	for i, arg := range call.args {
		value, err := arg.eval(run, row)
		if err != nil {
			return nil, err
		}
		if value == nil {
			if !call.function.nulls {
				return nil, nil
			}
		} else if want := call.function.arg(i); kindOf(value)&want == 0 {
			return nil, failed("type mismatch: %s expected %s but was %s", call.name, want&^isNull, kindOf(value))
		}
		args[i] = value
	}
	return call.function.call(run, args)
}

const many = 1 << 20

var scalars = []function{
	{name: "coalesce", least: 1, most: many, out: isAny, nulls: true, call: func(_ *run, args []any) (any, error) {
		for _, arg := range args {
			if arg != nil {
				return arg, nil
			}
		}
		return nil, nil
	}},
	{name: "nullIf", least: 2, most: 2, out: isAny, nulls: true, call: func(_ *run, args []any) (any, error) {
		if equal(args[0], args[1]) == yes {
			return nil, nil
		}
		return args[0], nil
	}},
	{name: "id", least: 1, most: 1, args: []kind{isVertex | isEdge}, out: isWhole, call: func(_ *run, args []any) (any, error) {
		if at, ok := args[0].(vertex); ok {
			return int64(at), nil
		}
		return int64(args[0].(edge)), nil
	}},
	{name: "elementId", least: 1, most: 1, args: []kind{isVertex | isEdge}, out: isText, call: func(_ *run, args []any) (any, error) {
		if at, ok := args[0].(vertex); ok {
			return "node:" + numberOf(int64(at)), nil
		}
		return "relationship:" + numberOf(int64(args[0].(edge))), nil
	}},
	{name: "type", least: 1, most: 1, args: []kind{isEdge}, out: isText, call: func(run *run, args []any) (any, error) {
		return run.kind(args[0].(edge)), nil
	}},
	{name: "labels", least: 1, most: 1, args: []kind{isVertex}, out: isList, call: func(run *run, args []any) (any, error) {
		return listOf(run.graph.labels(args[0].(vertex))), nil
	}},
	{name: "keys", least: 1, most: 1, args: []kind{isVertex | isEdge | isMap}, out: isList, call: func(run *run, args []any) (any, error) {
		properties, err := run.properties(args[0])
		if err != nil {
			return nil, err
		}
		return listOf(sortedKeys(properties)), nil
	}},
	{name: "properties", least: 1, most: 1, args: []kind{isVertex | isEdge | isMap}, out: isMap, call: func(run *run, args []any) (any, error) {
		return run.properties(args[0])
	}},
	{name: "startNode", least: 1, most: 1, args: []kind{isEdge}, out: isVertex, call: func(run *run, args []any) (any, error) {
		from, _ := run.graph.ends(args[0].(edge))
		return from, nil
	}},
	{name: "endNode", least: 1, most: 1, args: []kind{isEdge}, out: isVertex, call: func(run *run, args []any) (any, error) {
		_, to := run.graph.ends(args[0].(edge))
		return to, nil
	}},
	{name: "nodes", least: 1, most: 1, args: []kind{isWalk}, out: isList, call: func(_ *run, args []any) (any, error) {
		return listOf(args[0].(*walk).vertices), nil
	}},
	{name: "relationships", least: 1, most: 1, args: []kind{isWalk}, out: isList, call: func(_ *run, args []any) (any, error) {
		return listOf(args[0].(*walk).edges), nil
	}},
	{name: "length", least: 1, most: 1, args: []kind{isWalk}, out: isWhole, call: func(_ *run, args []any) (any, error) {
		return int64(len(args[0].(*walk).edges)), nil
	}},
	{name: "timestamp", out: isWhole, call: func(run *run, _ []any) (any, error) {
		now, err := run.clock()
		return now.UnixMilli(), err
	}},
}

func listOf[T any](of []T) []any {
	list := make([]any, len(of))
	for i, item := range of {
		list[i] = item
	}
	return list
}

var listFunctions = []function{
	{name: "size", least: 1, most: 1, args: []kind{isList | isText}, out: isWhole, call: func(_ *run, args []any) (any, error) {
		if text, ok := args[0].(string); ok {
			return int64(characters(text)), nil
		}
		return int64(len(args[0].([]any))), nil
	}},
	{name: "isEmpty", least: 1, most: 1, args: []kind{isList | isText | isMap}, out: isBool, call: func(_ *run, args []any) (any, error) {
		switch of := args[0].(type) {
		case string:
			return of == "", nil
		case []any:
			return len(of) == 0, nil
		default:
			return len(of.(map[string]any)) == 0, nil
		}
	}},
	{name: "head", least: 1, most: 1, args: []kind{isList}, out: isAny, call: func(_ *run, args []any) (any, error) {
		if list := args[0].([]any); len(list) > 0 {
			return list[0], nil
		}
		return nil, nil
	}},
	{name: "last", least: 1, most: 1, args: []kind{isList}, out: isAny, call: func(_ *run, args []any) (any, error) {
		if list := args[0].([]any); len(list) > 0 {
			return list[len(list)-1], nil
		}
		return nil, nil
	}},
	{name: "tail", least: 1, most: 1, args: []kind{isList}, out: isList, call: func(_ *run, args []any) (any, error) {
		list := args[0].([]any)
		return list[min(1, len(list)):], nil
	}},
	{name: "reverse", least: 1, most: 1, args: []kind{isList | isText}, call: func(_ *run, args []any) (any, error) {
		if text, ok := args[0].(string); ok {
			runes := []rune(text)
			slices.Reverse(runes)
			return string(runes), nil
		}
		list := slices.Clone(args[0].([]any))
		slices.Reverse(list)
		return list, nil
	}},
	{name: "range", least: 2, most: 3, args: []kind{isWhole}, out: isList, call: func(run *run, args []any) (any, error) {
		from, to, by := args[0].(int64), args[1].(int64), int64(1)
		if len(args) == 3 {
			by = args[2].(int64)
		}
		if by == 0 {
			return nil, failed("range: the step cannot be zero")
		}
		if by > 0 && from > to || by < 0 && from < to {
			return []any{}, nil
		}
		count := magnitudeBetween(from, to)/magnitude(by) + 1
		if count > mostHeld/16 {
			return nil, run.hold(mostHeld + 1)
		}
		list := make([]any, 0, count)
		if err := run.step(int(count)); err != nil {
			return nil, err
		}
		for range count {
			list = append(list, from)
			from += by
		}
		return list, run.fits(list)
	}},
}

// magnitudeBetween is how far two numbers lie apart.
func magnitudeBetween(a, b int64) uint64 {
	if a > b {
		a, b = b, a
	}
	return uint64(b) - uint64(a)
}
