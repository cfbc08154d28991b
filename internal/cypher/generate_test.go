package cypher

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// randomBatch makes a small graph: every node has some of the properties n (whole), f (fraction), s (text), b (flag) and l (list
// of texts), every relationship some of w (whole) and s.
func randomBatch(random *rand.Rand) graph.Batch {
	batch := graph.Batch{Scope: "aws/111111111111/eu-west-1/random"}
	nodeKinds := []graph.NodeKind{kinds.AWSSecret, kinds.AWSRole, kinds.AWSUser, kinds.AWSBucket, "Internet"}
	nodes := 3 + random.IntN(4)
	for i := range nodes {
		props := graph.Props{}
		some(random, func() { props["n"] = int64(random.IntN(4) - 1) })
		some(random, func() { props["f"] = float64(random.IntN(5)) / 2 })
		some(random, func() { props["s"] = []string{"", "a", "b", "ab", "Ä"}[random.IntN(5)] })
		some(random, func() { props["b"] = random.IntN(2) == 0 })
		some(random, func() { props["l"] = []string{"a", "b", "c"}[:1+random.IntN(3)] })
		batch.Nodes = append(batch.Nodes, graph.Node{ID: graph.ID(fmt.Sprintf("n%d", i)), Kind: nodeKinds[random.IntN(len(nodeKinds))], Props: props})
	}
	edgeKinds := []graph.EdgeKind{kinds.CanRead, kinds.CanRead, kinds.RunsAs, kinds.CanAssume}
	for i := range 3 + random.IntN(7) {
		props := graph.Props{}
		some(random, func() { props["w"] = int64(random.IntN(3)) })
		some(random, func() { props["s"] = []string{"a", "b"}[random.IntN(2)] })
		batch.Edges = append(batch.Edges, graph.Edge{
			From: graph.ID(fmt.Sprintf("n%d", random.IntN(nodes))), To: graph.ID(fmt.Sprintf("n%d", random.IntN(nodes))),
			Kind: edgeKinds[random.IntN(len(edgeKinds))], Technique: fmt.Sprintf("t%d", i%3), Props: props,
		})
	}
	return batch
}

func some(random *rand.Rand, do func()) {
	if random.IntN(3) > 0 {
		do()
	}
}

// author writes random queries of the names in scope, so that each means something.
type author struct {
	random                             *rand.Rand
	nodes, links, paths, values, lists []string
	fresh                              int
	ordered, unordered                 bool // the rows come in one order; lists in them come in any
}

// randomQuery writes a query. ordered says that its rows come in one order alone, loose that lists in them come in any.
func randomQuery(random *rand.Rand) (text string, ordered, loose bool) {
	author := &author{random: random}
	var parts []string
	for range 1 + random.IntN(3) {
		parts = append(parts, author.clause())
	}
	parts = append(parts, author.result())
	text = strings.Join(parts, "\n")
	if author.unordered && strings.Contains(text, "DISTINCT") {
		return randomQuery(random) // lists that differ in their order alone would be told apart, or not
	}
	if !author.ordered && random.IntN(12) == 0 {
		text = author.union()
	}
	return text, author.ordered, author.unordered
}

func (author *author) union() string {
	var parts []string
	for range 2 {
		one := &strings.Builder{}
		inner := *author
		inner.nodes, inner.links, inner.paths, inner.values, inner.lists = nil, nil, nil, nil, nil
		fmt.Fprintf(one, "%s RETURN %s AS x, %s AS y", inner.match("MATCH"), inner.number(1), inner.text(1))
		author.fresh = inner.fresh
		parts = append(parts, one.String())
	}
	return strings.Join(parts, []string{"\nUNION\n", "\nUNION ALL\n"}[author.random.IntN(2)])
}

func (author *author) name(prefix string) string {
	author.fresh++
	return fmt.Sprintf("%s%d", prefix, author.fresh)
}

func (author *author) pick(of ...string) string { return of[author.random.IntN(len(of))] }

func (author *author) chance(one int) bool { return author.random.IntN(one) == 0 }

func (author *author) clause() string {
	if author.chance(8) {
		return author.shortest()
	}
	switch choice := author.random.IntN(12); {
	case len(author.nodes) == 0 || choice < 4:
		return author.match("MATCH")
	case choice < 6:
		return author.match("OPTIONAL MATCH")
	case choice < 7:
		list := author.list(1)
		name := author.name("u")
		author.values = append(author.values, name)
		return "UNWIND " + list + " AS " + name
	case choice < 8:
		return author.call()
	default:
		return author.with()
	}
}

// match writes a MATCH of new names and old ones.
func (author *author) match(clause string) string {
	var patterns []string
	for range 1 + author.random.IntN(5)/4 {
		patterns = append(patterns, author.pattern())
	}
	text := clause + " " + strings.Join(patterns, ", ")
	if author.chance(2) {
		text += " WHERE " + author.condition(2)
	}
	return text
}

func (author *author) pattern() string {
	var newNodes, newLinks []string
	node := func() string {
		if len(author.nodes) > 0 && author.chance(3) {
			return "(" + author.pick(author.nodes...) + author.labels(8) + ")"
		}
		if author.chance(4) {
			return "(" + author.labels(3) + author.props(10) + ")"
		}
		name := author.name("a")
		newNodes = append(newNodes, name)
		return "(" + name + author.labels(4) + author.props(12) + ")"
	}
	text := node()
	for range author.random.IntN(3) {
		span, list := "", false
		if author.chance(4) {
			span, list = author.pick("*1..2", "*0..2", "*2", "*..3", "*0..1"), true
		}
		name := ""
		if author.chance(2) {
			name = author.name("r")
			if !list {
				newLinks = append(newLinks, name)
			}
		}
		kinds := author.pick("", "", ":CAN_READ", ":RUNS_AS|CAN_READ", ":!CAN_READ")
		if list && strings.Contains(kinds, "!") {
			kinds = ""
		}
		props := ""
		if author.chance(10) {
			props = " {w: 1}"
		}
		body := "[" + name + kinds + span + props + "]"
		text += author.pick("-"+body+"->", "<-"+body+"-", "-"+body+"-") + node()
	}
	if author.chance(6) {
		path := author.name("p")
		text = path + " = " + text
		author.paths = append(author.paths, path)
	}
	author.nodes, author.links = append(author.nodes, newNodes...), append(author.links, newLinks...)
	return text
}

// shortest writes a search for shortest paths. Which of several is found is open, so of one only the length is used.
func (author *author) shortest() string {
	from, to, path, length := author.name("a"), author.name("a"), author.name("p"), author.name("v")
	relation := "[" + author.pick("", ":CAN_READ", ":CAN_READ|RUNS_AS") + author.pick("*", "*..3", "*..2") + "]"
	which := author.pick("shortestPath", "allShortestPaths")
	ends := fmt.Sprintf("MATCH (%s%s), (%s%s) WHERE %s <> %s\n", from, author.labels(5), to, author.labels(5), from, to)
	where, clause := "", author.pick("MATCH ", "OPTIONAL MATCH ")
	if author.chance(3) {
		// Behind an OPTIONAL MATCH with a condition on the path as a whole, Neo4j 5.26 gives null for what was bound before.
		clause = "MATCH "
		where = " WHERE " + author.pick(fmt.Sprintf("all(x IN relationships(%s) WHERE x.w >= 1)", path), fmt.Sprintf("none(x IN nodes(%s) WHERE x.n < 0)", path), fmt.Sprintf("length(%s) > 1", path))
	}
	text := ends + clause + path + " = " + which + "((" + from + ")" + author.pick("-"+relation+"->", "<-"+relation+"-", "-"+relation+"-") + "(" + to + "))" + where +
		" WITH *, length(" + path + ") AS " + length
	author.nodes, author.values = append(author.nodes, from, to), append(author.values, length)
	if which == "allShortestPaths" {
		author.paths = append(author.paths, path)
	}
	return text
}

func (author *author) labels(one int) string {
	if !author.chance(one) {
		return ""
	}
	return author.pick(":AWSRole", ":Principal", ":DataStore", ":AWSUser|AWSRole", ":!Principal", ":Principal&AWSRole", ":%", ":Missing")
}

func (author *author) props(one int) string {
	if !author.chance(one) {
		return ""
	}
	return author.pick(" {n: 1}", " {s: 'a'}", " {id: 'n1'}", " {b: true, n: 0}", " {l: ['a', 'b']}")
}

// with writes a WITH, behind which only what it names is in scope.
func (author *author) with() string {
	if author.chance(3) {
		return author.aggregating("WITH")
	}
	var items []string
	kept := func(names []string) []string {
		var left []string
		for _, name := range names {
			if !author.chance(4) {
				left = append(left, name)
				items = append(items, name)
			}
		}
		return left
	}
	nodes, links, paths, values, lists := kept(author.nodes), kept(author.links), kept(author.paths), kept(author.values), kept(author.lists)
	value, list := author.name("v"), author.name("l")
	items = append(items, author.number(2)+" AS "+value)
	values = append(values, value)
	if author.chance(3) {
		items = append(items, author.list(1)+" AS "+list)
		lists = append(lists, list)
	}
	distinct := ""
	if author.chance(4) {
		distinct = "DISTINCT "
	}
	author.nodes, author.links, author.paths, author.values, author.lists = nodes, links, paths, values, lists
	text := "WITH " + distinct + strings.Join(items, ", ")
	if author.chance(3) {
		text += " WHERE " + author.condition(2)
	}
	return text
}

// aggregating writes a projection that groups.
func (author *author) aggregating(clause string) string {
	items := []string{}
	var nodes, values []string
	if len(author.nodes) > 0 && author.chance(2) {
		nodes = []string{author.pick(author.nodes...)}
		items = append(items, nodes[0])
	}
	if author.chance(2) {
		name := author.name("g")
		items = append(items, author.pick(author.number(1), author.text(1), author.condition(1))+" AS "+name)
		values = append(values, name)
	}
	for range 1 + author.random.IntN(2) {
		name := author.name("c")
		items = append(items, author.fold()+" AS "+name)
		values = append(values, name)
	}
	author.nodes, author.links, author.paths, author.values, author.lists = nodes, nil, nil, values, nil
	return clause + " " + strings.Join(items, ", ")
}

func (author *author) fold() string {
	distinct := ""
	if author.chance(3) {
		distinct = "DISTINCT "
	}
	switch author.random.IntN(9) {
	case 0:
		return "count(*)"
	case 1:
		return "count(" + distinct + author.any(1) + ")"
	case 2:
		return "sum(" + distinct + author.number(1) + ")"
	case 3:
		return "avg(" + author.number(1) + ")"
	case 4:
		return "min(" + author.pick(author.number(1), author.text(1)) + ")"
	case 5:
		return "max(" + author.pick(author.number(1), author.text(1)) + ")"
	case 6:
		return "size(collect(" + distinct + author.any(1) + "))"
	case 7:
		return author.pick("percentileCont", "percentileDisc") + "(" + author.number(1) + ", " + author.pick("0.5", "0.0", "1.0", "0.3") + ")"
	default:
		return author.pick("stDev", "stDevP") + "(" + author.number(1) + ")"
	}
}

func (author *author) call() string {
	node := author.pick(author.nodes...)
	inner, out := author.name("a"), author.name("c")
	author.values = append(author.values, out)
	if author.chance(2) {
		return fmt.Sprintf("CALL (%s) { MATCH (%s)%s(%s) RETURN count(%s) AS %s }", node, node, author.pick("-->", "--", "<-[:CAN_READ]-"), inner, inner, out)
	}
	return fmt.Sprintf("CALL { WITH %s OPTIONAL MATCH (%s)-->(%s) RETURN %s.n AS %s }", node, node, inner, inner, out)
}

// result writes the RETURN.
func (author *author) result() string {
	if author.chance(3) {
		text := author.aggregating("RETURN")
		return text
	}
	distinct := ""
	if author.chance(5) {
		distinct = "DISTINCT "
	}
	if author.chance(3) {
		return author.inOrder(distinct)
	}
	var items []string
	for i := range 1 + author.random.IntN(3) {
		items = append(items, author.any(2)+fmt.Sprintf(" AS x%d", i))
	}
	return "RETURN " + distinct + strings.Join(items, ", ")
}

// inOrder writes a RETURN whose rows are sorted by all columns.
func (author *author) inOrder(distinct string) string {
	author.ordered = true
	var items, keys []string
	for i := range 1 + author.random.IntN(3) {
		items = append(items, author.pick(author.number(2), author.text(2), author.condition(1))+fmt.Sprintf(" AS x%d", i))
		keys = append(keys, fmt.Sprintf("x%d", i)+author.pick("", " DESC"))
	}
	text := "RETURN " + distinct + strings.Join(items, ", ") + " ORDER BY " + strings.Join(keys, ", ")
	if author.chance(2) {
		text += " SKIP " + author.pick("0", "1", "2")
	}
	if author.chance(2) {
		text += " LIMIT " + author.pick("0", "1", "3", "7")
	}
	return text
}

func (author *author) any(depth int) string {
	choices := []func() string{
		func() string { return author.number(depth) }, func() string { return author.text(depth) },
		func() string { return author.condition(depth) }, func() string { return author.list(depth) },
	}
	if len(author.nodes) > 0 {
		choices = append(choices, func() string { return author.comprehension() })
	}
	for _, names := range [][]string{author.nodes, author.links, author.paths, author.values, author.lists} {
		if len(names) > 0 {
			choices = append(choices, func() string { return author.pick(names...) })
		}
	}
	return choices[author.random.IntN(len(choices))]()
}

// comprehension writes one of a pattern, whose list comes in any order.
func (author *author) comprehension() string {
	author.unordered = true
	return "[(" + author.pick(author.nodes...) + ")" + author.pick("-->", "--") + "(y) WHERE y.n IS NOT NULL | y.n]"
}

// property writes a property of a node, or of a relationship where it has one of the name.
func (author *author) property(name, ofLink string) string {
	if ofLink != "" && len(author.links) > 0 && author.chance(4) {
		return author.pick(author.links...) + "." + ofLink
	}
	if len(author.nodes) == 0 {
		return "null"
	}
	return author.pick(author.nodes...) + "." + name
}

func (author *author) number(depth int) string {
	if depth == 0 {
		return author.pick("0", "1", "2", "-1", "1.5", author.property("n", "w"), author.property("n", "w"), author.property("f", ""))
	}
	switch author.random.IntN(13) {
	case 0:
		return "(" + author.number(depth-1) + author.pick(" + ", " - ", " * ") + author.number(depth-1) + ")"
	case 1:
		return "(" + author.number(depth-1) + author.pick(" / 2", " % 2", " / 2.0", " ^ 2") + ")"
	case 2:
		return "coalesce(" + author.number(depth-1) + ", " + author.number(0) + ")"
	case 3:
		return "CASE WHEN " + author.condition(depth-1) + " THEN " + author.number(depth-1) + " ELSE " + author.number(0) + " END"
	case 4:
		return "size(" + author.pick(author.list(depth-1), author.text(depth-1)) + ")"
	case 5:
		return author.pick("abs", "sign", "round", "floor", "ceil", "toInteger", "toFloat") + "(" + author.number(depth-1) + ")"
	case 6:
		return "toInteger(" + author.text(depth-1) + ")"
	case 7:
		if len(author.paths) > 0 {
			return "length(" + author.pick(author.paths...) + ")"
		}
	case 8:
		return fmt.Sprintf("reduce(t = 0, x IN [1, 2, %s] | t + x)", author.number(depth-1))
	case 9:
		if len(author.nodes) > 0 {
			// Neo4j 5.26 compares a bare COUNT { } with a fraction as if that were whole.
			return "(0 + COUNT { (" + author.pick(author.nodes...) + ")" + author.pick("-->()", "--(:Principal)", "<-[:CAN_READ]-()") + " })"
		}
	case 10:
		return "-" + author.pick("(", "abs(") + author.number(depth-1) + ")"
	}
	return author.number(0)
}

func (author *author) text(depth int) string {
	if depth == 0 {
		return author.pick("'a'", "'b'", "''", "'1'", "'x1'", author.property("s", "s"), author.property("id", ""))
	}
	switch author.random.IntN(10) {
	case 0:
		return "(" + author.text(depth-1) + " + " + author.text(depth-1) + ")"
	case 1:
		return author.pick("toUpper", "toLower", "trim", "reverse", "toString") + "(" + author.text(depth-1) + ")"
	case 2:
		return "substring(" + author.text(depth-1) + ", " + author.pick("0", "1", "5") + author.pick("", ", 1") + ")"
	case 3:
		return "replace(" + author.text(depth-1) + ", 'a', " + author.text(0) + ")"
	case 4:
		return "toString(" + author.pick(author.number(depth-1), author.condition(depth-1)) + ")"
	case 5:
		if len(author.links) > 0 {
			return "type(" + author.pick(author.links...) + ")"
		}
	case 6:
		return "coalesce(" + author.text(depth-1) + ", 'none')"
	case 7:
		return author.pick("left", "right") + "(" + author.text(depth-1) + ", 1)"
	}
	return author.text(0)
}

func (author *author) condition(depth int) string {
	if depth == 0 {
		return author.pick("true", "false", "null", author.property("b", ""), author.property("n", "w")+" > 0", author.property("s", "s")+" = 'a'")
	}
	switch author.random.IntN(16) {
	case 0:
		return "(" + author.condition(depth-1) + author.pick(" AND ", " OR ", " XOR ") + author.condition(depth-1) + ")"
	case 1:
		return "NOT (" + author.condition(depth-1) + ")"
	case 2, 3:
		return "(" + author.number(depth-1) + author.pick(" < ", " <= ", " = ", " <> ", " > ", " >= ") + author.number(depth-1) + ")"
	case 4:
		return "(" + author.text(depth-1) + author.pick(" STARTS WITH ", " ENDS WITH ", " CONTAINS ", " = ", " < ", " >= ") + author.text(depth-1) + ")"
	case 5:
		return "(" + author.any(depth-1) + author.pick(" IS NULL", " IS NOT NULL") + ")"
	case 6:
		return "(" + author.text(depth-1) + " IN " + author.list(depth-1) + ")"
	case 7:
		return author.pick("all", "any", "none", "single") + "(x IN " + author.numbers(depth-1) + " WHERE x " + author.pick("> 0", "= 1", "IS NOT NULL") + ")"
	case 8:
		if len(author.nodes) > 0 {
			return author.pick(author.nodes...) + author.pick(":Principal", ":AWSRole|DataStore", ":!DataStore")
		}
	case 9:
		if len(author.nodes) > 0 {
			return "(true AND (" + author.pick(author.nodes...) + ")" + author.pick("-->()", "-[:CAN_READ]->(:DataStore)", "--()", "<-[:RUNS_AS*1..2]-()") + ")"
		}
	case 10:
		if len(author.nodes) > 0 {
			inner := author.name("e")
			return fmt.Sprintf("EXISTS { (%s)%s(%s) WHERE %s.n > 0 }", author.pick(author.nodes...), author.pick("-->", "--", "<--"), inner, inner)
		}
	case 11:
		return "(" + author.number(depth-1) + " < " + author.number(0) + " <= " + author.number(0) + ")"
	case 12:
		return "(" + author.text(depth-1) + " =~ " + author.pick("'a.*'", "'[ab]+'", "'(?i)A.?'", "'n\\\\d'") + ")"
	case 13:
		if len(author.nodes) > 1 {
			return "(" + author.pick(author.nodes...) + author.pick(" = ", " <> ") + author.pick(author.nodes...) + ")"
		}
	}
	return author.condition(0)
}

func (author *author) numbers(depth int) string {
	return "[" + author.number(depth) + ", " + author.number(depth) + author.pick("", ", null") + "]"
}

// list writes a list of texts or numbers.
func (author *author) list(depth int) string {
	if depth == 0 {
		return author.pick("['a', 'b']", "[]", "['a', null]", author.property("l", ""))
	}
	switch author.random.IntN(9) {
	case 0:
		return "[x IN " + author.numbers(depth-1) + " WHERE x > 0 | x * 2]"
	case 1:
		return "(" + author.list(depth-1) + " + " + author.list(0) + ")"
	case 2:
		return "tail(" + author.list(depth-1) + ")"
	case 6:
		return "reverse(" + author.numbers(depth-1) + ")" // Neo4j does not reverse a property's list
	case 3:
		return author.list(depth-1) + author.pick("[0..1]", "[1..]", "[..-1]")
	case 4:
		return author.numbers(depth - 1)
	case 5:
		return "range(0, " + author.pick("0", "2", "-1") + ")"
	case 7:
		if len(author.paths) > 0 {
			return "[x IN " + author.pick("nodes(", "relationships(") + author.pick(author.paths...) + ") | x." + author.pick("s", "id") + "]"
		}
	}
	return author.list(0)
}
