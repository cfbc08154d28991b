package cypher

import (
	"strconv"
)

// pattern reads a path pattern of MATCH, with its name and shortestPath( ).
func (parser *parser) pattern() (*pattern, error) {
	var name *variable
	if (parser.next().sort == word || parser.next().sort == quoted) && parser.look(1).is("=") {
		var err error
		if name, err = parser.variable(); err != nil {
			return nil, err
		}
		parser.at++
	}
	pattern, err := parser.unnamed()
	if err != nil {
		return nil, err
	}
	pattern.name = name
	return pattern, nil
}

func (parser *parser) unnamed() (*pattern, error) {
	token := parser.next()
	if token.says("SHORTEST", "ANY", "ALL") && token.sort == word {
		return nil, token.unsupported("the path selector " + token.text)
	}
	if which := shortestNamed(token); which != everyPath && parser.look(1).is("(") {
		parser.at += 2
		pattern, err := parser.path()
		if err != nil {
			return nil, err
		}
		pattern.shortest, pattern.place = which, token.place
		if len(pattern.relations) != 1 {
			return nil, token.fault("%s needs a pattern of one relationship", token.text)
		}
		switch relation := pattern.relations[0]; {
		case relation.quantified:
			return nil, relation.fault("%s takes no quantifier: write * and bounds inside the brackets, as in -[:X*..4]->", token.text)
		case relation.least > 1:
			return nil, relation.fault("%s has no other least length than 0 or 1", token.text)
		}
		return pattern, parser.wants(")")
	}
	return parser.path()
}

func shortestNamed(token token) shortest {
	switch {
	case token.says("SHORTESTPATH"):
		return oneShortest
	case token.says("ALLSHORTESTPATHS"):
		return allShortest
	}
	return everyPath
}

// path reads nodes and the relations between them.
func (parser *parser) path() (*pattern, error) {
	if err := parser.enter(); err != nil {
		return nil, err
	}
	defer parser.leave()
	pattern := &pattern{place: parser.next().place}
	if parser.next().is("(") && parser.look(1).is("(") {
		return nil, pattern.unsupported("a quantified path pattern")
	}
	node, err := parser.node()
	if err != nil {
		return nil, err
	}
	pattern.nodes = append(pattern.nodes, node)
	for parser.relationBegins() {
		relation, err := parser.relation()
		if err != nil {
			return nil, err
		}
		if parser.next().is("(") && parser.look(1).is("(") {
			return nil, pattern.unsupported("a quantified path pattern")
		}
		node, err := parser.node()
		if err != nil {
			return nil, err
		}
		pattern.relations, pattern.nodes = append(pattern.relations, relation), append(pattern.nodes, node)
	}
	if parser.next().is("(") && len(pattern.nodes) > 0 && parser.look(1).is("(") {
		return nil, pattern.unsupported("a quantified path pattern")
	}
	return pattern, nil
}

// relationBegins reports whether -[, --, <-[ or <-- comes next.
func (parser *parser) relationBegins() bool {
	ahead := 0
	if parser.next().is("<") {
		ahead = 1
	}
	return parser.look(ahead).is("-") && (parser.look(ahead+1).is("-") || parser.look(ahead+1).is("["))
}

func (parser *parser) node() (*nodePattern, error) {
	node := &nodePattern{place: parser.next().place}
	if err := parser.wants("("); err != nil {
		return nil, err
	}
	if token := parser.next(); (token.sort == word || token.sort == quoted) && !(token.says("WHERE") && !parser.look(1).is(")") && !parser.look(1).is(":") && !parser.look(1).is("{")) && !parser.isLabels(token) {
		name, err := parser.variable()
		if err != nil {
			return nil, err
		}
		node.name = name
	}
	var err error
	if node.labels, err = parser.labelled(); err != nil {
		return nil, err
	}
	if node.props, err = parser.patternProps(); err != nil {
		return nil, err
	}
	if node.where, err = parser.where(); err != nil {
		return nil, err
	}
	return node, parser.wants(")")
}

// isLabels reports whether IS begins a label expression, as in (IS Person).
func (parser *parser) isLabels(token token) bool {
	return token.says("IS") && parser.look(1).sort == word
}

// labelled reads ":" and a label expression, if they come.
func (parser *parser) labelled() (labels, error) {
	if token := parser.next(); token.says("IS") {
		return nil, token.unsupported("IS before labels; write ':'")
	}
	if !parser.takesSymbol(":") {
		return nil, nil
	}
	return parser.labelExpression()
}

// labelExpression reads what comes behind the ":" of labels or types. ":A:B" and ":A&B" are the same; Neo4j does not take the two ways of
// writing them in one expression, and neither is it guessed here how they bind.
func (parser *parser) labelExpression() (labels, error) {
	from := parser.at
	labels, err := parser.labelOr()
	if err != nil {
		return nil, err
	}
	colon, other := token{}, false
	for at := from; at < parser.at; at++ {
		switch token := parser.tokens[at]; {
		case token.is(":") && !parser.tokens[at-1].is("|"):
			colon = token
		case token.is("|") || token.is("&") || token.is("!") || token.is("%"):
			other = true
		}
	}
	if colon.is(":") && other {
		return nil, colon.fault("':' between labels cannot stand beside |, &, ! and %%: write & in its place")
	}
	return labels, nil
}

func (parser *parser) labelOr() (labels, error) {
	if err := parser.enter(); err != nil {
		return nil, err
	}
	defer parser.leave()
	left, err := parser.labelAnd()
	for err == nil && parser.next().is("|") && parser.at != parser.bar {
		parser.at++
		parser.takesSymbol(":") // as in :A|:B
		var right labels
		if right, err = parser.labelAnd(); err == nil {
			left = labelOr{left, right}
		}
	}
	return left, err
}

func (parser *parser) labelAnd() (labels, error) {
	left, err := parser.labelNot()
	for err == nil && (parser.next().is("&") || parser.next().is(":")) {
		parser.at++
		var right labels
		if right, err = parser.labelNot(); err == nil {
			left = labelAnd{left, right}
		}
	}
	return left, err
}

func (parser *parser) labelNot() (labels, error) {
	if err := parser.enter(); err != nil {
		return nil, err
	}
	defer parser.leave()
	switch {
	case parser.takesSymbol("!"):
		of, err := parser.labelNot()
		return labelNot{of}, err
	case parser.takesSymbol("%"):
		return anyLabel{}, nil
	case parser.takesSymbol("("):
		of, err := parser.labelOr()
		if err != nil {
			return nil, err
		}
		return of, parser.wants(")")
	case parser.next().is("$"):
		return nil, parser.next().unsupported("a label that is computed")
	}
	name, err := parser.name("a label or a type")
	return labelName{name}, err
}

// patternProps reads { } or a parameter, if one comes.
func (parser *parser) patternProps() (expr, error) {
	switch token := parser.next(); {
	case token.is("{"):
		return parser.mapLiteral()
	case token.sort == param:
		return nil, token.fault("a parameter cannot stand for all properties of a pattern: write {name: $%s.name}", token.text)
	}
	return nil, nil
}

func (parser *parser) relation() (*relationPattern, error) {
	relation := &relationPattern{place: parser.next().place, least: 1, most: 1}
	left := parser.takesSymbol("<")
	if err := parser.wants("-"); err != nil {
		return nil, err
	}
	if parser.takesSymbol("[") {
		if err := parser.relationBody(relation); err != nil {
			return nil, err
		}
	}
	if err := parser.wants("-"); err != nil {
		return nil, err
	}
	right := parser.takesSymbol(">")
	switch {
	case left && !right:
		relation.direction = inward
	case right && !left:
		relation.direction = outward
	default:
		relation.direction = either
	}
	return relation, parser.quantity(relation)
}

func (parser *parser) relationBody(relation *relationPattern) error {
	if token := parser.next(); (token.sort == word || token.sort == quoted) && !(token.says("WHERE") && !parser.look(1).is("]") && !parser.look(1).is(":") && !parser.look(1).is("*") && !parser.look(1).is("{")) {
		name, err := parser.variable()
		if err != nil {
			return err
		}
		relation.name = name
	}
	var err error
	if relation.types, err = parser.labelled(); err != nil {
		return err
	}
	if parser.next().is("*") {
		if err := parser.span(relation); err != nil {
			return err
		}
	}
	if relation.props, err = parser.patternProps(); err != nil {
		return err
	}
	if at := parser.next(); at.says("WHERE") {
		if relation.variable {
			return at.fault("WHERE cannot stand inside a relationship of variable length: use all(r IN ... WHERE ...) behind the pattern")
		}
		if relation.where, err = parser.where(); err != nil {
			return err
		}
	}
	return parser.wants("]")
}

// span reads *, *n, *m.., *..n or *m..n.
func (parser *parser) span(relation *relationPattern) error {
	parser.at++
	relation.variable, relation.most = true, -1
	given := false
	if parser.next().sort == whole {
		least, err := parser.count()
		if err != nil {
			return err
		}
		relation.least, relation.most, given = least, least, true
	}
	if parser.takesSymbol("..") {
		relation.most = -1
		if !given {
			relation.least = 1
		}
		if parser.next().sort == whole {
			most, err := parser.count()
			if err != nil {
				return err
			}
			relation.most = most
		}
	}
	return nil
}

func (parser *parser) count() (int, error) {
	token := parser.take()
	count, err := strconv.ParseInt(token.text, 10, 32)
	if err != nil {
		return 0, token.fault("%s is no number of relationships", token)
	}
	return int(count), nil
}

// quantity reads +, *, {n} or {m,n} behind a relationship.
func (parser *parser) quantity(relation *relationPattern) error {
	token := parser.next()
	if !token.is("+") && !token.is("*") && !token.is("{") {
		return nil
	}
	if relation.variable {
		return token.fault("a relationship has both * and a quantifier")
	}
	relation.variable, relation.quantified = true, true
	parser.at++
	switch {
	case token.is("+"):
		relation.least, relation.most = 1, -1
		return nil
	case token.is("*"):
		relation.least, relation.most = 0, -1
		return nil
	}
	relation.least, relation.most = 0, -1
	var err error
	if parser.next().sort == whole {
		if relation.least, err = parser.count(); err != nil {
			return err
		}
		relation.most = relation.least
	}
	if parser.takesSymbol(",") {
		relation.most = -1
		if parser.next().sort == whole {
			if relation.most, err = parser.count(); err != nil {
				return err
			}
		}
	}
	if relation.most == 0 || relation.most > 0 && relation.most < relation.least {
		return token.fault("a quantifier's upper bound must be above zero and not below its lower one")
	}
	return parser.wants("}")
}

// patternAhead reports whether what comes is a parenthesis that is closed and followed by a relationship: a pattern, if it can be read as one.
func (parser *parser) patternAhead() bool {
	depth := 0
	for at := parser.at; at < len(parser.tokens); at++ {
		switch here := parser.tokens[at]; {
		case here.is("("), here.is("["), here.is("{"):
			depth++
		case here.is(")"), here.is("]"), here.is("}"):
			if depth--; depth > 0 {
				continue
			}
			next := func(ahead int) token { return parser.tokens[min(at+ahead, len(parser.tokens)-1)] }
			ahead := 1
			if next(1).is("<") {
				ahead = 2
			}
			if !next(ahead).is("-") {
				return false
			}
			return next(ahead+1).is("[") || next(ahead+1).is("-") && (next(ahead+2).is("(") || next(ahead+2).is(">"))
		}
	}
	return false
}
