package azure

import (
	"fmt"
	"strings"
)

// ParseCondition reads a condition. A text that does not parse gives a condition of which nothing is known, and the error
// that says where; an empty text is no condition.
func ParseCondition(text string) (*Condition, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	condition := &Condition{text: text}
	parser := parser{text: text}
	root, err := parser.expression(0)
	if err == nil && parser.skip() < len(text) {
		err = parser.fail("an end")
	}
	if err != nil {
		return condition, fmt.Errorf("condition: %w", err)
	}
	condition.root = root
	return condition, nil
}

// deepest is how deep parentheses may nest; a condition has 8 KB at most
// (https://learn.microsoft.com/azure/role-based-access-control/conditions-faq).
const deepest = 500

type parser struct {
	text string
	at   int
}

func (parser *parser) fail(want string) error {
	return fmt.Errorf("byte %d: want %s", parser.at, want)
}

func (parser *parser) skip() int {
	for parser.at < len(parser.text) && strings.IndexByte(" \t\r\n", parser.text[parser.at]) >= 0 {
		parser.at++
	}
	return parser.at
}

// word takes a keyword or a symbol, if it is next. A word ends where letters do.
func (parser *parser) word(want string) bool {
	rest := parser.text[parser.skip():]
	if len(rest) < len(want) || !strings.EqualFold(rest[:len(want)], want) {
		return false
	}
	letter := func(char byte) bool { return char|0x20 >= 'a' && char|0x20 <= 'z' }
	if letter(want[len(want)-1]) && len(rest) > len(want) && letter(rest[len(want)]) {
		return false
	}
	parser.at += len(want)
	return true
}

// expression reads what AND and OR join. AND binds more tightly.
func (parser *parser) expression(depth int) (expression, error) {
	var parts one
	for {
		var terms all
		for {
			term, err := parser.term(depth)
			if err != nil {
				return nil, err
			}
			terms = append(terms, term)
			if !parser.word("AND") && !parser.word("&&") {
				break
			}
		}
		parts = append(parts, terms)
		if !parser.word("OR") && !parser.word("||") {
			return parts, nil
		}
	}
}

func (parser *parser) term(depth int) (expression, error) {
	if depth > deepest {
		return nil, parser.fail("less nesting")
	}
	switch {
	case parser.word("NOT"), parser.word("!"):
		inner, err := parser.term(depth + 1)
		return not{inner}, err
	case parser.word("("):
		inner, err := parser.expression(depth + 1)
		if err == nil && !parser.word(")") {
			err = parser.fail(")")
		}
		return inner, err
	case parser.word("ActionMatches"):
		patterns, err := parser.values()
		return action{patterns: patterns}, err
	case parser.word("SubOperationMatches"):
		patterns, err := parser.values()
		return action{patterns, true}, err
	case parser.word("Exists"):
		attribute, err := parser.attribute()
		return exists{attribute}, err
	default:
		return parser.comparison()
	}
}

// comparison reads <operand> [ForAnyOfAnyValues:]Operator <operand>.
func (parser *parser) comparison() (expression, error) {
	left, err := parser.operand()
	if err != nil {
		return nil, err
	}
	start := parser.skip()
	for parser.at < len(parser.text) && strings.IndexByte(" \t\r\n{'@", parser.text[parser.at]) < 0 {
		parser.at++
	}
	operator := parser.text[start:parser.at]
	built := comparison{left: left}
	if quantifier, rest, ok := strings.Cut(operator, ":"); ok {
		operator = rest
		switch strings.ToLower(quantifier) {
		case "foranyofanyvalues":
		case "forallofanyvalues":
			built.allLeft = true
		case "foranyofallvalues":
			built.allOfRight = true
		case "forallofallvalues":
			built.allLeft, built.allOfRight = true, true
		default:
			parser.at = start
			return nil, parser.fail("an operator, not " + quantifier)
		}
	}
	compare, known := comparator(operator)
	if !known {
		parser.at = start
		return nil, parser.fail("an operator, not " + operator)
	}
	built.compare = compare
	built.right, err = parser.operand()
	return built, err
}

func (parser *parser) operand() (operand, error) {
	rest := parser.text[parser.skip():]
	switch {
	case strings.HasPrefix(rest, "@"):
		attribute, err := parser.attribute()
		return operand{attribute: attribute}, err
	case strings.HasPrefix(rest, "{"):
		values, err := parser.values()
		return operand{values: values}, err
	default:
		value, err := parser.value()
		return operand{values: []string{value}}, err
	}
}

// attribute reads @Source[name], and gives it in lower case without spaces.
func (parser *parser) attribute() (string, error) {
	start := parser.skip()
	end := strings.IndexByte(parser.text[start:], ']')
	open := strings.IndexByte(parser.text[start:], '[')
	if start >= len(parser.text) || parser.text[start] != '@' || open < 0 || end < open {
		return "", parser.fail("an attribute such as @Resource[…]")
	}
	parser.at = start + end + 1
	return strings.ToLower(strings.Join(strings.Fields(parser.text[start:parser.at]), "")), nil
}

// values reads {'a', 'b'}.
func (parser *parser) values() ([]string, error) {
	if !parser.word("{") {
		return nil, parser.fail("{")
	}
	values := []string{}
	for !parser.word("}") {
		if len(values) > 0 && !parser.word(",") {
			return nil, parser.fail(", or }")
		}
		value, err := parser.value()
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, nil
}

// value reads a quoted text, in which a quote is written twice or after a backslash, or a bare number, GUID or truth value.
func (parser *parser) value() (string, error) {
	start := parser.skip()
	if start < len(parser.text) && parser.text[start] == '\'' {
		var text strings.Builder
		for parser.at = start + 1; parser.at < len(parser.text); parser.at++ {
			switch char := parser.text[parser.at]; {
			case char != '\'' && char != '\\':
				text.WriteByte(char)
			case parser.at+1 < len(parser.text) && parser.text[parser.at+1] == '\'':
				text.WriteByte('\'')
				parser.at++
			case char == '\\':
				text.WriteByte(char)
			default:
				parser.at++
				return text.String(), nil
			}
		}
		return "", parser.fail("a closing quote")
	}
	for parser.at < len(parser.text) && strings.IndexByte(" \t\r\n,(){}'@", parser.text[parser.at]) < 0 {
		parser.at++
	}
	if parser.at == start {
		return "", parser.fail("a value")
	}
	return parser.text[start:parser.at], nil
}
