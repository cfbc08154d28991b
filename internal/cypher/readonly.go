package cypher

import "strings"

// CheckReadOnly reports with ErrInvalid, naming the place, a statement that does anything but read. It is for text that is sent to
// Neo4j: what it lets through are the reading clauses, subqueries, and the procedures that tell of the schema. A word such as
// CREATE may still be the name of a property, a label, a map's key or a variable. Where a name in such a place could be taken for
// the clause, the statement is refused: backticks make it a name beyond doubt.
//
// It goes by tokens and knows no grammar, so it also lets through text that is no Cypher; Neo4j refuses that. Where Neo4j can
// guard as well (a read transaction, a user that may only read), it should.
func CheckReadOnly(statement string) error {
	tokens, err := lex(statement)
	if err != nil {
		return err
	}
	first := 0
	if tokens[0].says("EXPLAIN", "PROFILE") {
		first = 1
	}
	if !tokens[first].says("MATCH", "OPTIONAL", "WITH", "UNWIND", "RETURN", "CALL") {
		return tokens[first].fault("a statement that begins with %s is not one that reads: begin with MATCH, OPTIONAL MATCH, WITH, UNWIND, CALL or RETURN", tokens[first])
	}
	for at := first; tokens[at].sort != end; at++ {
		if err := (guard{tokens, at}).check(); err != nil {
			return err
		}
	}
	return nil
}

// guard looks at one token among the others.
type guard struct {
	tokens []token
	at     int
}

// look gives the token so far from the one looked at; beyond the statement, an end.
func (guard guard) look(ahead int) token {
	at := guard.at + ahead
	if at < 0 || at >= len(guard.tokens) {
		return token{sort: end}
	}
	return guard.tokens[at]
}

func (guard guard) check() error {
	this := guard.look(0)
	switch {
	case this.is(";") && guard.look(1).sort != end:
		return guard.look(1).fault("a second statement: send one at a time")
	case this.sort == quoted || this.sort == word:
		if this.says("LOAD") && !guard.look(1).says("CSV") {
			break
		}
		if clause, ok := refused[strings.ToUpper(this.text)]; ok && this.sort == word && !guard.named() {
			return this.fault("%s %s, and only reading is allowed here; if it is meant as a name, write `%s`", strings.ToUpper(this.text), clause, this.text)
		}
		if this.says("TRANSACTIONS", "TRANSACTION") && guard.batches() {
			return this.fault("CALL { } IN TRANSACTIONS commits, and only reading is allowed here; leave IN TRANSACTIONS out")
		}
		if this.says("CALL") && !guard.named() {
			return guard.call()
		}
		return guard.function()
	}
	return nil
}

// refused are the words that begin a clause or a command that is not let through, with what it does.
var refused = map[string]string{
	"CREATE": "writes", "INSERT": "writes", "MERGE": "writes", "SET": "writes", "DELETE": "writes", "DETACH": "writes", "NODETACH": "writes",
	"REMOVE": "writes", "FOREACH": "writes", "DROP": "changes the schema", "ALTER": "changes the database", "LOAD": "reads files and addresses",
	"USE": "leaves for another graph", "SHOW": "tells of the server", "TERMINATE": "stops others' work", "GRANT": "changes rights",
	"DENY": "changes rights", "REVOKE": "changes rights",
}

// before are the symbols after which an operand or a name must come, so that no clause can. Neither + nor * nor % is among them:
// ((a)-->(b))+, WITH * and :% end there.
var before = map[string]bool{
	".": true, ",": true, "(": true, "[": true, ":": true, "|": true, "&": true, "!": true, "=": true, "<>": true, "<": true, ">": true,
	"<=": true, ">=": true, "=~": true, "||": true, "-": true, "/": true, "^": true,
}

// after are the symbols that can follow an operand or a map's key but none of the words of refused, nor CALL.
var after = map[string]bool{
	".": true, ",": true, ")": true, "]": true, "}": true, ":": true, "|": true, "=": true, "<>": true, "<": true, ">": true, "<=": true,
	">=": true, "=~": true, "/": true, "*": true, "^": true, "%": true,
}

// named reports whether the word can be nothing but a name.
func (guard guard) named() bool {
	last, next := guard.look(-1), guard.look(1)
	switch {
	case last.sort == symbol && before[last.text]:
		return true
	case next.sort == end || next.is(";") || next.sort == symbol && after[next.text]:
		return true
	case last.says("AS"): // unless that is itself the name of a variable
		switch of := guard.look(-2); of.sort {
		case symbol:
			return of.is(")") || of.is("]") || of.is("}")
		case word:
			return !awaits[strings.ToUpper(of.text)] || guard.look(-3).is(".")
		default:
			return true
		}
	case next.says("AS"): // as in RETURN set AS x; but DELETE as RETURN 1 deletes the variable "as"
		name := guard.look(2)
		return last.says("RETURN", "WITH", "UNWIND", "DISTINCT") && (name.sort == quoted || name.sort == word && !clauses[strings.ToUpper(name.text)] && refused[strings.ToUpper(name.text)] == "")
	}
	return false
}

// awaits are the words after which an operand or a name comes, where they are not names themselves.
var awaits = map[string]bool{
	"AS": true, "WITH": true, "RETURN": true, "DISTINCT": true, "WHERE": true, "NOT": true, "AND": true, "OR": true, "XOR": true, "IN": true,
	"CONTAINS": true, "BY": true, "UNWIND": true, "CASE": true, "WHEN": true, "THEN": true, "ELSE": true, "YIELD": true, "SKIP": true,
	"LIMIT": true, "OFFSET": true, "IS": true, "MATCH": true, "OPTIONAL": true, "CALL": true, "UNION": true, "ALL": true, "ON": true, "DELETE": true, "CONCURRENT": true,
}

// clauses are the words that begin a reading clause.
var clauses = map[string]bool{
	"MATCH": true, "OPTIONAL": true, "WITH": true, "UNWIND": true, "CALL": true, "RETURN": true, "UNION": true, "ORDER": true, "SKIP": true,
	"LIMIT": true, "OFFSET": true, "WHERE": true, "FINISH": true, "USING": true, "YIELD": true,
}

// batches reports whether the word ends CALL { } IN TRANSACTIONS, or CALL { } IN 3 CONCURRENT TRANSACTIONS.
func (guard guard) batches() bool {
	last := guard.look(-1)
	return last.says("IN") && guard.look(-2).is("}") || last.says("CONCURRENT")
}

// call looks at what CALL calls: a subquery is looked at token by token, and a procedure must be a known one.
func (guard guard) call() error {
	if guard.look(1).is("{") || guard.look(1).is("(") {
		return nil
	}
	name, _ := guard.dotted(1)
	if procedures[name] {
		return nil
	}
	return guard.look(1).fault("the procedure %q is not one of those that may be called here: db.labels, db.relationshipTypes, db.propertyKeys, db.schema.nodeTypeProperties, db.schema.relTypeProperties, db.schema.visualization", name)
}

// procedures are those that tell of the schema and of nothing else
// (https://neo4j.com/docs/operations-manual/5/procedures/).
var procedures = map[string]bool{
	"db.labels": true, "db.relationshipTypes": true, "db.propertyKeys": true, "db.schema.nodeTypeProperties": true,
	"db.schema.relTypeProperties": true, "db.schema.visualization": true,
}

// dotted gives the name with dots that begins so far ahead, and how many tokens it has.
func (guard guard) dotted(ahead int) (name string, length int) {
	for guard.look(ahead+length).sort == word || guard.look(ahead+length).sort == quoted {
		name += guard.look(ahead + length).text
		length++
		if !guard.look(ahead + length).is(".") {
			break
		}
		name += "."
		length++
	}
	return name, length
}

// function refuses a call of a function that Cypher does not bring along: a plug-in's may do anything.
func (guard guard) function() error {
	if guard.look(-1).is(".") {
		return nil // a part of what was looked at before
	}
	name, length := guard.dotted(0)
	if procedures[name] && guard.look(-1).says("CALL") {
		return nil
	}
	if length < 3 || !guard.look(length).is("(") {
		return nil
	}
	space, _, _ := strings.Cut(strings.ToLower(name), ".")
	if namespaces[space] || strings.EqualFold(name, "vector.similarity.cosine") || strings.EqualFold(name, "vector.similarity.euclidean") {
		return nil
	}
	return guard.look(0).fault("the function %s is not one of Cypher's own, and no other may be called here", name)
}

// namespaces are those of the temporal and spatial functions (https://neo4j.com/docs/cypher-manual/5/functions/).
var namespaces = map[string]bool{"date": true, "datetime": true, "localdatetime": true, "time": true, "localtime": true, "duration": true, "point": true}
