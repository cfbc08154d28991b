package cypher

import (
	"fmt"

	"github.com/inroad-security/inroad/graph"
)

// deepest is how deep expressions and subqueries may nest.
const deepest = 200

// parser reads a statement by recursive descent. Its grammar is that of Neo4j 5
// (https://neo4j.com/docs/cypher-manual/5/), so far as it reads.
type parser struct {
	chars  []rune
	tokens []token
	at     int
	depth  int
	tries  int // how often a pattern was tried where it may be an expression
	bar    int // the token that is the bar of the comprehension whose WHERE is read; labels end before it
}

// parse reads a statement. It fails with ErrInvalid: for what is no Cypher, and for what only Neo4j can run.
func parse(written string) (*statement, error) {
	parser, err := newParser(written)
	if err != nil {
		return nil, err
	}
	statement := &statement{}
	switch {
	case parser.takes("EXPLAIN"):
		statement.mode = explain
	case parser.takes("PROFILE"):
		statement.mode = profile
	}
	if err := parser.statement(statement); err != nil {
		return nil, err
	}
	parser.takesSymbol(";")
	if next := parser.next(); next.sort != end {
		return nil, parser.unexpected("a clause or the end")
	}
	return statement, nil
}

func newParser(written string) (*parser, error) {
	lexer := lexer{}
	if err := lexer.read(written); err != nil {
		return nil, err
	}
	tokens, err := lexer.tokens()
	if err != nil {
		return nil, err
	}
	return &parser{chars: lexer.chars, tokens: tokens}, nil
}

func (parser *parser) next() token { return parser.tokens[parser.at] }

func (parser *parser) look(ahead int) token {
	return parser.tokens[min(parser.at+ahead, len(parser.tokens)-1)]
}

// take gives the next token and passes over it; the end is never passed.
func (parser *parser) take() token {
	token := parser.next()
	if token.sort != end {
		parser.at++
	}
	return token
}

// takes passes over the keywords if they come next, all of them.
func (parser *parser) takes(keywords ...string) bool {
	for i, keyword := range keywords {
		if !parser.look(i).says(keyword) {
			return false
		}
	}
	parser.at += len(keywords)
	return true
}

func (parser *parser) takesSymbol(symbol string) bool {
	if !parser.next().is(symbol) {
		return false
	}
	parser.at++
	return true
}

func (parser *parser) wants(symbol string) error {
	if !parser.takesSymbol(symbol) {
		return parser.unexpected(fmt.Sprintf("%q", symbol))
	}
	return nil
}

func (parser *parser) unexpected(want string) error {
	token := parser.next()
	return token.fault("%s where %s must come", token, want)
}

// unsupported is the answer to what Neo4j can run and the embedded store cannot.
func (place place) unsupported(what string) error {
	return fmt.Errorf("%w: line %d, column %d: %s: not supported on the embedded store; supported on Neo4j", graph.ErrInvalid, place.line, place.column, what)
}

// enter counts a level of nesting; leave undoes it.
func (parser *parser) enter() error {
	parser.depth++
	if parser.depth > deepest {
		return parser.next().fault("nested more than %d deep: take the statement apart with WITH", deepest)
	}
	return nil
}

func (parser *parser) leave() { parser.depth-- }

// name reads an identifier.
func (parser *parser) name(what string) (string, error) {
	if token := parser.next(); token.sort == word || token.sort == quoted {
		parser.at++
		if token.text == "" {
			return "", token.fault("an empty name")
		}
		return token.text, nil
	}
	return "", parser.unexpected(what)
}

func (parser *parser) variable() (*variable, error) {
	place := parser.next().place
	name, err := parser.name("a variable")
	if err != nil {
		return nil, err
	}
	return &variable{place: place, name: name, slot: -1}, nil
}

// statement reads single queries up to what cannot go on with them.
func (parser *parser) statement(into *statement) error {
	if err := parser.enter(); err != nil {
		return err
	}
	defer parser.leave()
	for {
		part, err := parser.single()
		if err != nil {
			return err
		}
		into.parts = append(into.parts, part)
		if !parser.takes("UNION") {
			return nil
		}
		all := parser.takes("ALL")
		if !all {
			parser.takes("DISTINCT")
		}
		into.all = append(into.all, all)
	}
}

func (parser *parser) single() (*single, error) {
	single := &single{place: parser.next().place}
	for {
		clause, err := parser.clause()
		if err != nil {
			return nil, err
		}
		if clause == nil {
			if len(single.clauses) == 0 {
				return nil, parser.unexpected("MATCH, OPTIONAL MATCH, WITH, UNWIND, CALL or RETURN")
			}
			return single, nil
		}
		single.clauses = append(single.clauses, clause)
	}
}

// clause reads the next clause; nil where none begins.
func (parser *parser) clause() (clause, error) {
	token := parser.next()
	switch {
	case parser.takes("MATCH"):
		return parser.match(token.place, false)
	case parser.takes("OPTIONAL", "MATCH"):
		return parser.match(token.place, true)
	case parser.takes("OPTIONAL", "CALL"):
		return parser.call(token.place, true)
	case parser.takes("UNWIND"):
		return parser.unwind(token.place)
	case parser.takes("WITH"):
		return parser.project(token.place, false)
	case parser.takes("RETURN"):
		return parser.project(token.place, true)
	case parser.takes("CALL"):
		return parser.call(token.place, false)
	}
	if token.sort == word {
		for _, known := range []string{"ORDER", "SKIP", "LIMIT", "OFFSET", "FINISH", "USING", "FILTER", "LET", "FOR", "CYPHER"} {
			if token.says(known) && !(known == "FOR" || known == "LET" || known == "FILTER") {
				return nil, token.unsupported(known + " as a clause of its own")
			}
		}
		for writes, does := range refused {
			if token.says(writes) {
				return nil, fmt.Errorf("%w, and there by its own tools alone: Inroad only reads", token.unsupported(writes+", which "+does))
			}
		}
	}
	return nil, nil
}

func (parser *parser) match(place place, optional bool) (clause, error) {
	matching := &matching{place: place, optional: optional}
	for {
		pattern, err := parser.pattern()
		if err != nil {
			return nil, err
		}
		matching.patterns = append(matching.patterns, pattern)
		if !parser.takesSymbol(",") {
			break
		}
	}
	if token := parser.next(); token.says("USING") {
		return nil, token.unsupported("USING, a hint to the planner")
	}
	var err error
	matching.where, err = parser.where()
	return matching, err
}

// where reads WHERE and its expression; nil where there is none.
func (parser *parser) where() (expr, error) {
	if !parser.takes("WHERE") {
		return nil, nil
	}
	return parser.expression()
}

func (parser *parser) unwind(place place) (clause, error) {
	list, err := parser.expression()
	if err != nil {
		return nil, err
	}
	if !parser.takes("AS") {
		return nil, parser.unexpected("AS")
	}
	name, err := parser.variable()
	return &unwinding{place: place, list: list, name: name}, err
}

func (parser *parser) project(place place, last bool) (clause, error) {
	projecting := &projecting{place: place, last: last}
	// DISTINCT may also be the name of a variable, which none of these can come behind.
	if parser.next().says("DISTINCT") && !parser.look(1).is(",") && !parser.look(1).says("AS") && parser.look(1).sort != end && !parser.look(1).is(".") {
		parser.at++
		projecting.distinct = true
	}
	if parser.takesSymbol("*") {
		projecting.star = true
	}
	for first := true; ; first = false {
		if projecting.star && first {
			if !parser.takesSymbol(",") {
				break
			}
		}
		item, err := parser.item()
		if err != nil {
			return nil, err
		}
		projecting.items = append(projecting.items, item)
		if !parser.takesSymbol(",") {
			break
		}
	}
	return projecting, parser.projected(projecting)
}

func (parser *parser) item() (*item, error) {
	from := parser.next()
	value, err := parser.expression()
	if err != nil {
		return nil, err
	}
	to := parser.tokens[parser.at-1]
	item := &item{place: from.place, value: value, name: string(parser.chars[from.from:to.to])}
	switch value := value.(type) {
	case *variable:
		item.name = value.name
	case *picking: // Neo4j calls it as what it picks from, also where WITH wants a name
		item.name, item.named = value.of.(*variable).name, true
	}
	if parser.takes("AS") {
		item.named = true
		item.name, err = parser.name("a name")
	}
	return item, err
}

// projected reads what may follow the items: ORDER BY, SKIP, LIMIT and, after WITH, WHERE.
func (parser *parser) projected(into *projecting) error {
	var err error
	if parser.takes("ORDER", "BY") {
		for {
			ordering := &ordering{}
			if ordering.value, err = parser.expression(); err != nil {
				return err
			}
			if parser.takes("DESC") || parser.takes("DESCENDING") {
				ordering.descending = true
			} else if !parser.takes("ASC") {
				parser.takes("ASCENDING")
			}
			into.order = append(into.order, ordering)
			if !parser.takesSymbol(",") {
				break
			}
		}
	}
	if parser.takes("SKIP") || parser.takes("OFFSET") {
		if into.skip, err = parser.expression(); err != nil {
			return err
		}
	}
	if parser.takes("LIMIT") {
		if into.limit, err = parser.expression(); err != nil {
			return err
		}
	}
	if !into.last {
		into.where, err = parser.where()
	}
	return err
}

func (parser *parser) call(place place, optional bool) (clause, error) {
	calling := &calling{place: place, optional: optional}
	if parser.takesSymbol("(") {
		calling.scoped = true
		switch {
		case parser.takesSymbol("*"):
			calling.all = true
		case !parser.next().is(")"):
			for {
				name, err := parser.variable()
				if err != nil {
					return nil, err
				}
				calling.takes = append(calling.takes, name)
				if !parser.takesSymbol(",") {
					break
				}
			}
		}
		if err := parser.wants(")"); err != nil {
			return nil, err
		}
	}
	if !parser.next().is("{") {
		if !calling.scoped && (parser.next().sort == word || parser.next().sort == quoted) {
			return nil, place.unsupported("CALL of a procedure")
		}
		return nil, parser.unexpected(`"{"`)
	}
	body, err := parser.braced()
	if err != nil {
		return nil, err
	}
	calling.body = body
	if parser.next().says("IN") {
		return nil, parser.next().unsupported("CALL { } IN TRANSACTIONS")
	}
	return calling, nil
}

// braced reads { statement }.
func (parser *parser) braced() (*statement, error) {
	if err := parser.wants("{"); err != nil {
		return nil, err
	}
	body := &statement{}
	if err := parser.statement(body); err != nil {
		return nil, err
	}
	return body, parser.wants("}")
}
