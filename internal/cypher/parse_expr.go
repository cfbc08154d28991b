package cypher

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// expression reads an expression. What binds more loosely is read first, in the order of
// https://neo4j.com/docs/cypher-manual/5/syntax/operators/#syntax-operator-precedence.
func (parser *parser) expression() (expr, error) {
	if err := parser.enter(); err != nil {
		return nil, err
	}
	defer parser.leave()
	return parser.logical("OR", parser.exclusive)
}

func (parser *parser) exclusive() (expr, error) { return parser.logical("XOR", parser.both) }

func (parser *parser) both() (expr, error) { return parser.logical("AND", parser.not) }

// logical reads operands joined by the word.
func (parser *parser) logical(op string, operand func() (expr, error)) (expr, error) {
	left, err := operand()
	for err == nil && parser.next().says(op) {
		place := parser.take().place
		var right expr
		if right, err = operand(); err == nil {
			left = &operation{place: place, op: op, left: left, right: right}
		}
	}
	return left, err
}

func (parser *parser) not() (expr, error) {
	token := parser.next()
	if !token.says("NOT") {
		return parser.comparison()
	}
	if err := parser.enter(); err != nil {
		return nil, err
	}
	defer parser.leave()
	parser.at++
	of, err := parser.not()
	return &unary{place: token.place, op: "NOT", of: of}, err
}

func (parser *parser) comparison() (expr, error) {
	first, err := parser.predicate()
	if err != nil {
		return nil, err
	}
	chain := &comparing{place: parser.next().place, operands: []expr{first}}
	for {
		token := parser.next()
		if token.is("!=") {
			return nil, token.fault("!= is not an operator: write <>")
		}
		if !token.is("=") && !token.is("<>") && !token.is("<") && !token.is("<=") && !token.is(">") && !token.is(">=") {
			break
		}
		parser.at++
		operand, err := parser.predicate()
		if err != nil {
			return nil, err
		}
		chain.operands, chain.ops = append(chain.operands, operand), append(chain.ops, token.text)
	}
	if len(chain.ops) == 0 {
		return first, nil
	}
	return chain, nil
}

// predicate reads =~, IN, STARTS WITH, ENDS WITH, CONTAINS and IS NULL.
func (parser *parser) predicate() (expr, error) {
	left, err := parser.sum()
	for err == nil {
		token := parser.next()
		var op string
		switch {
		case parser.takesSymbol("=~"):
			op = "=~"
		case parser.takes("IN"):
			op = "IN"
		case parser.takes("STARTS", "WITH"):
			op = "STARTS WITH"
		case parser.takes("ENDS", "WITH"):
			op = "ENDS WITH"
		case parser.takes("CONTAINS"):
			op = "CONTAINS"
		case parser.takes("IS", "NULL"):
			left = &nullCheck{of: left}
			continue
		case parser.takes("IS", "NOT", "NULL"):
			left = &nullCheck{of: left, not: true}
			continue
		case token.says("IS") || token.is("::"):
			return nil, token.unsupported("a check of a value's type or form")
		default:
			return left, nil
		}
		var right expr
		if right, err = parser.sum(); err == nil {
			left = &operation{place: token.place, op: op, left: left, right: right}
		}
	}
	return left, err
}

func (parser *parser) sum() (expr, error) { return parser.operators(parser.product, "+", "-", "||") }

func (parser *parser) product() (expr, error) {
	return parser.operators(parser.power, "*", "/", "%")
}

func (parser *parser) power() (expr, error) { return parser.operators(parser.sign, "^") }

// operators reads operands joined by the symbols, from the left.
func (parser *parser) operators(operand func() (expr, error), symbols ...string) (expr, error) {
	left, err := operand()
	for err == nil {
		token := parser.next()
		op := ""
		for _, symbol := range symbols {
			if token.is(symbol) {
				op = symbol
			}
		}
		if op == "" {
			break
		}
		parser.at++
		var right expr
		if right, err = operand(); err == nil {
			left = &operation{place: token.place, op: op, left: left, right: right}
		}
	}
	return left, err
}

func (parser *parser) sign() (expr, error) {
	token := parser.next()
	if !token.is("-") && !token.is("+") {
		return parser.postfix()
	}
	if err := parser.enter(); err != nil {
		return nil, err
	}
	defer parser.leave()
	parser.at++
	if number := parser.next(); token.is("-") && number.sort == whole && !parser.look(1).is(".") && !parser.look(1).is("[") {
		parser.at++
		return parser.whole(number, "-")
	}
	of, err := parser.sign()
	return &unary{place: token.place, op: token.text, of: of}, err
}

// postfix reads an atom and what is hung on it: .name, [index], [from..to], :labels.
func (parser *parser) postfix() (expr, error) {
	value, err := parser.atom()
	for err == nil {
		token := parser.next()
		switch {
		case token.is(".") && (parser.look(1).sort == word || parser.look(1).sort == quoted):
			parser.at++
			var name string
			name, err = parser.name("a property")
			value = &property{place: token.place, of: value, name: name}
		case token.is("["):
			parser.at++
			value, err = parser.index(token.place, value)
		case token.is(":"):
			parser.at++
			var labels labels
			labels, err = parser.labelExpression()
			value = &labelCheck{place: token.place, of: value, labels: labels}
		default:
			return value, nil
		}
	}
	return nil, err
}

func (parser *parser) index(place place, of expr) (expr, error) {
	var from, to expr
	var err error
	if !parser.next().is("..") {
		if from, err = parser.expression(); err != nil {
			return nil, err
		}
		if parser.takesSymbol("]") {
			return &indexing{place: place, of: of, at: from}, nil
		}
	}
	if err := parser.wants(".."); err != nil {
		return nil, err
	}
	if !parser.next().is("]") {
		if to, err = parser.expression(); err != nil {
			return nil, err
		}
	}
	return &slicing{place: place, of: of, from: from, to: to}, parser.wants("]")
}

func (parser *parser) atom() (expr, error) {
	token := parser.next()
	switch token.sort {
	case text:
		parser.at++
		return &literal{token.text}, nil
	case whole:
		parser.at++
		return parser.whole(token, "")
	case number:
		parser.at++
		value, err := strconv.ParseFloat(token.text, 64)
		if err != nil || math.IsInf(value, 0) {
			return nil, token.fault("%s is beyond what a number can hold", token.text)
		}
		return &literal{value}, nil
	case param:
		parser.at++
		return &parameter{token.place, token.text}, nil
	case symbol:
		switch token.text {
		case "(":
			return parser.parenthesis()
		case "[":
			return parser.list()
		case "{":
			return parser.mapLiteral()
		}
	case word:
		if value, err := parser.keyworded(token); value != nil || err != nil {
			return value, err
		}
		return parser.named()
	case quoted:
		return parser.named()
	}
	return nil, parser.unexpected("an expression")
}

// whole reads a whole number; a prefix 0x or 0o gives its base.
func (parser *parser) whole(token token, sign string) (expr, error) {
	digits, base := token.text, 10
	switch {
	case strings.HasPrefix(strings.ToLower(digits), "0x"):
		digits, base = digits[2:], 16
	case strings.HasPrefix(strings.ToLower(digits), "0o"):
		digits, base = digits[2:], 8
	case len(digits) > 1 && digits[0] == '0':
		return nil, token.fault("%s: a whole number has no leading zero; octal begins with 0o", token.text)
	}
	value, err := strconv.ParseInt(sign+digits, base, 64)
	if err != nil {
		return nil, token.fault("%s%s is no whole number of 64 bits", sign, token.text)
	}
	return &literal{value}, nil
}

func (parser *parser) parenthesis() (expr, error) {
	if parser.patternAhead() {
		at, depth := parser.at, parser.depth
		if parser.tries++; parser.tries > 10_000 {
			return nil, parser.next().fault("too many patterns in expressions: take the statement apart with WITH")
		}
		pattern, err := parser.path()
		if err == nil {
			return &patternCheck{place: pattern.place, pattern: pattern}, nil
		}
		failed := err
		parser.at, parser.depth = at, depth
		value, err := parser.grouped()
		if err != nil {
			return nil, failed
		}
		return value, nil
	}
	return parser.grouped()
}

func (parser *parser) grouped() (expr, error) {
	if err := parser.wants("("); err != nil {
		return nil, err
	}
	value, err := parser.expression()
	if err != nil {
		return nil, err
	}
	return value, parser.wants(")")
}

// list reads a list or a comprehension.
func (parser *parser) list() (expr, error) {
	place := parser.take().place
	if (parser.next().sort == word || parser.next().sort == quoted) && parser.look(1).says("IN") {
		return parser.comprehension(place)
	}
	if parser.next().is("(") && parser.patternAhead() || (parser.next().sort == word || parser.next().sort == quoted) && parser.look(1).is("=") && parser.look(2).is("(") {
		at, depth := parser.at, parser.depth
		if parser.tries++; parser.tries > 10_000 {
			return nil, place.fault("too many patterns in expressions: take the statement apart with WITH")
		}
		value, err := parser.patternComprehension(place)
		if err != nil {
			return nil, err
		}
		if value != nil {
			return value, nil
		}
		parser.at, parser.depth = at, depth
	}
	list := &listing{}
	if parser.takesSymbol("]") {
		return list, nil
	}
	for {
		item, err := parser.expression()
		if err != nil {
			return nil, err
		}
		list.items = append(list.items, item)
		if !parser.takesSymbol(",") {
			return list, parser.wants("]")
		}
	}
}

func (parser *parser) comprehension(place place) (expr, error) {
	name, err := parser.variable()
	if err != nil {
		return nil, err
	}
	parser.at++
	value := &listComprehension{place: place, name: name}
	if value.list, err = parser.expression(); err != nil {
		return nil, err
	}
	if value.where, err = parser.whereBeforeBar(); err != nil {
		return nil, err
	}
	if parser.takesSymbol("|") {
		if value.out, err = parser.expression(); err != nil {
			return nil, err
		}
	}
	return value, parser.wants("]")
}

// whereBeforeBar reads the WHERE of a comprehension. A bar may stand between labels there, as in [x IN xs WHERE x:A|B | x.name]; the last
// one before the bracket that closes the comprehension is its own.
func (parser *parser) whereBeforeBar() (expr, error) {
	outer := parser.bar
	defer func() { parser.bar = outer }()
	depth := 0
	for at := parser.at; at < len(parser.tokens) && depth >= 0; at++ {
		switch here := parser.tokens[at]; {
		case here.is("("), here.is("["), here.is("{"):
			depth++
		case here.is(")"), here.is("]"), here.is("}"):
			depth--
		case here.is("|") && depth == 0:
			parser.bar = at
		}
	}
	return parser.where()
}

// patternComprehension gives nil where what looks like one is a list of patterns.
func (parser *parser) patternComprehension(place place) (expr, error) {
	pattern, err := parser.pattern()
	if err != nil {
		return nil, nil //nolint:nilerr // it is read again, as an expression
	}
	value := &patternComprehension{place: place, pattern: pattern}
	if value.where, err = parser.whereBeforeBar(); err != nil {
		return nil, err
	}
	if !parser.takesSymbol("|") {
		return nil, nil
	}
	if value.out, err = parser.expression(); err != nil {
		return nil, err
	}
	return value, parser.wants("]")
}

func (parser *parser) mapLiteral() (*mapping, error) {
	if err := parser.wants("{"); err != nil {
		return nil, err
	}
	value := &mapping{}
	if parser.takesSymbol("}") {
		return value, nil
	}
	for {
		key, err := parser.name("a key")
		if err != nil {
			return nil, err
		}
		if err := parser.wants(":"); err != nil {
			return nil, err
		}
		of, err := parser.expression()
		if err != nil {
			return nil, err
		}
		value.keys, value.values = append(value.keys, key), append(value.values, of)
		if !parser.takesSymbol(",") {
			return value, parser.wants("}")
		}
	}
}

// keyworded reads what begins with a word that is no name where it stands; nil where it is one.
func (parser *parser) keyworded(token token) (expr, error) {
	next := parser.look(1)
	switch {
	case token.says("TRUE", "FALSE", "NULL"):
		parser.at++
		values := map[string]any{"TRUE": true, "FALSE": false, "NULL": nil}
		return &literal{values[strings.ToUpper(token.text)]}, nil
	case token.says("CASE") && next.sort != end && !(next.sort == symbol && !next.is("(") && !next.is("[") && !next.is("{") && !next.is("-")) && !next.says("AS"):
		parser.at++
		return parser.choosing()
	case token.says("EXISTS", "COUNT", "COLLECT") && next.is("{"):
		parser.at++
		return parser.subquery(token)
	case shortestNamed(token) != everyPath && next.is("("):
		pattern, err := parser.unnamed()
		if err != nil {
			return nil, err
		}
		return &shortestValue{place: token.place, pattern: pattern}, nil
	case token.says("ALL", "ANY", "NONE", "SINGLE") && next.is("("):
		return parser.quantifier(token)
	case token.says("REDUCE") && next.is("("):
		return parser.reducing(token)
	}
	return nil, nil
}

func (parser *parser) choosing() (expr, error) {
	value := &choosing{}
	var err error
	if !parser.next().says("WHEN") {
		if value.subject, err = parser.expression(); err != nil {
			return nil, err
		}
	}
	for parser.takes("WHEN") {
		if value.subject != nil && parser.operatorAhead() {
			return nil, parser.next().unsupported("an operator behind WHEN")
		}
		when, err := parser.expression()
		if err != nil {
			return nil, err
		}
		if parser.next().is(",") {
			return nil, parser.next().unsupported("several values after WHEN")
		}
		if !parser.takes("THEN") {
			return nil, parser.unexpected("THEN")
		}
		then, err := parser.expression()
		if err != nil {
			return nil, err
		}
		value.whens, value.thens = append(value.whens, when), append(value.thens, then)
	}
	if len(value.whens) == 0 {
		return nil, parser.unexpected("WHEN")
	}
	if parser.takes("ELSE") {
		if value.other, err = parser.expression(); err != nil {
			return nil, err
		}
	}
	if !parser.takes("END") {
		return nil, parser.unexpected("END")
	}
	return value, nil
}

// operatorAhead reports whether what comes behind WHEN is an operator of which the subject of CASE is the left side
// (https://neo4j.com/docs/cypher-manual/5/expressions/conditional-expressions/#case-extended-simple).
func (parser *parser) operatorAhead() bool {
	token, next := parser.next(), parser.look(1)
	if token.sort == symbol {
		return slices.Contains([]string{"=", "<>", "<", "<=", ">", ">=", "=~", "::"}, token.text)
	}
	return token.says("IS") && (next.says("NULL", "NOT", "TYPED") || next.is("::")) || token.says("STARTS", "ENDS") && next.says("WITH")
}

// subquery reads EXISTS { }, COUNT { } or COLLECT { }: a statement, or patterns with WHERE.
func (parser *parser) subquery(token token) (expr, error) {
	value := &subquery{place: token.place, kind: strings.ToUpper(token.text)}
	first := parser.look(1)
	if first.is("(") || (first.sort == word || first.sort == quoted) && (parser.look(2).is("=") || shortestNamed(first) != everyPath) {
		parser.at++
		matched, err := parser.match(first.place, false)
		if err != nil {
			return nil, err
		}
		value.body = &statement{parts: []*single{{place: first.place, clauses: []clause{matched}}}}
		return value, parser.wants("}")
	}
	var err error
	value.body, err = parser.braced()
	return value, err
}

func (parser *parser) quantifier(token token) (expr, error) {
	if !parser.look(3).says("IN") {
		return nil, token.fault("%s wants (variable IN list WHERE condition)", token.text)
	}
	parser.at += 2
	value := &quantifier{place: token.place, kind: strings.ToLower(token.text)}
	var err error
	if value.name, err = parser.variable(); err != nil {
		return nil, err
	}
	parser.at++
	if value.list, err = parser.expression(); err != nil {
		return nil, err
	}
	if value.where, err = parser.where(); err != nil {
		return nil, err
	}
	if value.where == nil {
		return nil, parser.unexpected("WHERE")
	}
	return value, parser.wants(")")
}

func (parser *parser) reducing(token token) (expr, error) {
	parser.at += 2
	value := &reducing{place: token.place}
	var err error
	if value.into, err = parser.variable(); err != nil {
		return nil, err
	}
	if err := parser.wants("="); err != nil {
		return nil, err
	}
	if value.first, err = parser.expression(); err != nil {
		return nil, err
	}
	if err := parser.wants(","); err != nil {
		return nil, err
	}
	if value.name, err = parser.variable(); err != nil {
		return nil, err
	}
	if !parser.takes("IN") {
		return nil, parser.unexpected("IN")
	}
	if value.list, err = parser.expression(); err != nil {
		return nil, err
	}
	if err := parser.wants("|"); err != nil {
		return nil, err
	}
	if value.out, err = parser.expression(); err != nil {
		return nil, err
	}
	return value, parser.wants(")")
}

// named reads a variable, a map projection of one, or the call of a function.
func (parser *parser) named() (expr, error) {
	from := parser.at
	name := ""
	for at := from; parser.tokens[at].sort == word || parser.tokens[at].sort == quoted; at += 2 {
		name += parser.tokens[at].text
		if next := parser.tokens[at+1]; next.is("(") {
			parser.at = at + 1
			return parser.function(parser.tokens[from].place, name)
		} else if !next.is(".") {
			break
		}
		name += "."
	}
	variable, err := parser.variable()
	if err != nil {
		return nil, err
	}
	if parser.next().is("{") {
		return parser.picking(variable)
	}
	return variable, nil
}

func (parser *parser) function(place place, name string) (expr, error) {
	call := &calledFunction{place: place, name: name}
	parser.at++
	if strings.EqualFold(name, "trim") && parser.next().says("BOTH", "LEADING", "TRAILING") && !parser.look(1).is(")") {
		return nil, parser.next().unsupported("trim with " + parser.next().text)
	}
	if parser.takesSymbol("*") {
		call.star = true
		return call, parser.wants(")")
	}
	if parser.next().says("DISTINCT") && !parser.look(1).is(")") && !parser.look(1).is(",") {
		parser.at++
		call.distinct = true
	}
	if parser.takesSymbol(")") {
		return call, nil
	}
	for {
		arg, err := parser.expression()
		if err != nil {
			return nil, err
		}
		call.args = append(call.args, arg)
		if !parser.takesSymbol(",") {
			return call, parser.wants(")")
		}
	}
}

func (parser *parser) picking(of *variable) (expr, error) {
	value := &picking{place: of.place, of: of}
	parser.at++
	if parser.takesSymbol("}") {
		return value, nil
	}
	for {
		token := parser.next()
		switch {
		case token.is(".") && parser.look(1).is("*"):
			parser.at += 2
			value.all = true
		case token.is("."):
			parser.at++
			key, err := parser.name("a property")
			if err != nil {
				return nil, err
			}
			value.keys, value.values = append(value.keys, key), append(value.values, &property{place: token.place, of: &variable{place: of.place, name: of.name, slot: -1}, name: key})
		default:
			name, err := parser.variable()
			if err != nil {
				return nil, err
			}
			var of expr = name
			if parser.takesSymbol(":") {
				if of, err = parser.expression(); err != nil {
					return nil, err
				}
			}
			value.keys, value.values = append(value.keys, name.name), append(value.values, of)
		}
		if !parser.takesSymbol(",") {
			return value, parser.wants("}")
		}
	}
}
