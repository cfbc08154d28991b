package cypher

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/inroad-security/inroad/graph"
)

// mostText is how many characters a statement may have.
const mostText = 1 << 18

// sort tells tokens apart.
type sort uint8

const (
	end    sort = iota
	word        // an identifier or a keyword: the two are told apart by where they stand
	quoted      // an identifier in backticks, which is never a keyword
	text        // a string
	whole       // a number without a fraction, as written
	number      // a number with a fraction or an exponent, as written
	param       // a parameter; its text is its name
	symbol
)

// place is where in a statement something stands, from 1.
type place struct{ line, column int }

// token is one word of a statement.
type token struct {
	sort
	text string // what it means: escapes are resolved, quotes are gone
	place
	from, to int // its characters, in the statement without escapes
}

// is reports whether the token is the symbol.
func (token token) is(text string) bool { return token.sort == symbol && token.text == text }

// says reports whether the token is one of the keywords, which are given in upper case.
func (token token) says(keywords ...string) bool {
	if token.sort != word {
		return false
	}
	for _, keyword := range keywords {
		if strings.EqualFold(token.text, keyword) {
			return true
		}
	}
	return false
}

// String is the token as an error names it.
func (token token) String() string {
	switch token.sort {
	case end:
		return "the end"
	case text:
		return "a string"
	case param:
		return "$" + token.text
	default:
		return strconv.Quote(token.text)
	}
}

// fault is an error at a place of a statement; it is ErrInvalid.
func (place place) fault(format string, args ...any) error {
	return fmt.Errorf("%w: line %d, column %d: %s", graph.ErrInvalid, place.line, place.column, fmt.Sprintf(format, args...))
}

// lexer cuts a statement into tokens.
type lexer struct {
	chars  []rune
	places []place // of each character in the text as written
	at     int
}

// lex cuts a statement into tokens, the last of which is the end. It fails with ErrInvalid.
//
// Neo4j 5 resolves \uXXXX before all else, in names, comments and strings alike, so that \u0027 ends a string
// (https://neo4j.com/docs/cypher-manual/5/syntax/parsing/#_using_unicodes_in_cypher); so it is here.
func lex(statement string) ([]token, error) {
	lexer := lexer{}
	if err := lexer.read(statement); err != nil {
		return nil, err
	}
	return lexer.tokens()
}

func (lexer *lexer) tokens() ([]token, error) {
	var tokens []token
	for {
		if err := lexer.skip(); err != nil {
			return nil, err
		}
		from := lexer.at
		token, err := lexer.next()
		if err != nil {
			return nil, err
		}
		token.from, token.to = from, lexer.at
		tokens = append(tokens, token)
		if token.sort == end {
			return tokens, nil
		}
	}
}

// read resolves unicode escapes and notes where each character stands.
func (lexer *lexer) read(statement string) error {
	written := []rune(statement)
	if len(written) > mostText {
		return fmt.Errorf("%w: a statement of %d characters; at most %d are read: give lists as parameters", graph.ErrInvalid, len(written), mostText)
	}
	lexer.chars, lexer.places = make([]rune, 0, len(written)), make([]place, 0, len(written)+1)
	here := place{1, 1}
	keep := func(char rune) {
		lexer.chars, lexer.places = append(lexer.chars, char), append(lexer.places, here)
	}
	for i := 0; i < len(written); i++ {
		char := written[i]
		switch {
		case char == '\\' && i+1 < len(written) && written[i+1] == 'u':
			if i+6 > len(written) {
				return here.fault(`\u wants four hexadecimal digits after it`)
			}
			code, err := strconv.ParseUint(string(written[i+2:i+6]), 16, 16)
			if err != nil {
				return here.fault(`\u wants four hexadecimal digits after it`)
			}
			// Two escapes may make one character, as in UTF-16.
			if last := len(lexer.chars) - 1; last >= 0 && unicode.Is(unicode.Cs, rune(code)) && highSurrogate(lexer.chars[last]) {
				lexer.chars[last] = surrogates(lexer.chars[last], rune(code))
			} else {
				keep(rune(code))
			}
			i += 5
			here.column += 6
		case char == '\\' && i+1 < len(written) && written[i+1] == '\\':
			keep(char)
			here.column++
			keep(char)
			here.column++
			i++
		default:
			keep(char)
			here.column++
			if char == '\n' {
				here = place{here.line + 1, 1}
			}
		}
	}
	lexer.places = append(lexer.places, here)
	return nil
}

func highSurrogate(char rune) bool { return char >= 0xD800 && char < 0xDC00 }

func surrogates(high, low rune) rune {
	if low < 0xDC00 {
		return unicode.ReplacementChar
	}
	return (high-0xD800)<<10 + (low - 0xDC00) + 0x10000
}

func (lexer *lexer) place(at int) place { return lexer.places[min(at, len(lexer.places)-1)] }

// peek gives the character so far ahead, 0 beyond the end.
func (lexer *lexer) peek(ahead int) rune {
	if lexer.at+ahead < len(lexer.chars) {
		return lexer.chars[lexer.at+ahead]
	}
	return 0
}

// skip passes over white space and comments.
func (lexer *lexer) skip() error {
	for lexer.at < len(lexer.chars) {
		switch char := lexer.peek(0); {
		case unicode.IsSpace(char) || char >= 0x1C && char <= 0x1F || char == 0x2028 || char == 0x2029:
			lexer.at++
		case char == '/' && lexer.peek(1) == '/':
			for lexer.at < len(lexer.chars) && lexer.peek(0) != '\n' && lexer.peek(0) != '\r' {
				lexer.at++
			}
		case char == '/' && lexer.peek(1) == '*':
			from := lexer.place(lexer.at)
			for lexer.at += 2; lexer.peek(0) != '*' || lexer.peek(1) != '/'; lexer.at++ {
				if lexer.at >= len(lexer.chars) {
					return from.fault("a comment is not closed: end it with */")
				}
			}
			lexer.at += 2
		default:
			return nil
		}
	}
	return nil
}

// symbols of more than one character, the longer first. A single one is any of singles.
var symbols = []string{"..", "<>", "<=", ">=", "=~", "||", "::", "!="}

const singles = "()[]{},.:;|&!%=<>+-*/^$"

func (lexer *lexer) next() (token, error) {
	here := lexer.place(lexer.at)
	if lexer.at >= len(lexer.chars) {
		return token{sort: end, place: here}, nil
	}
	char := lexer.peek(0)
	switch {
	case startsName(char):
		return token{sort: word, text: lexer.name(), place: here}, nil
	case char == '`':
		name, err := lexer.backticks()
		return token{sort: quoted, text: name, place: here}, err
	case char == '\'' || char == '"':
		value, err := lexer.string()
		return token{sort: text, text: value, place: here}, err
	case digit(char) || char == '.' && digit(lexer.peek(1)):
		return lexer.number()
	case char == '$' && (partOfName(lexer.peek(1)) && lexer.peek(1) != '$'):
		lexer.at++
		return token{sort: param, text: lexer.name(), place: here}, nil
	case char == '$' && lexer.peek(1) == '`':
		lexer.at++
		name, err := lexer.backticks()
		return token{sort: param, text: name, place: here}, err
	}
	for _, known := range symbols {
		if char == rune(known[0]) && lexer.peek(1) == rune(known[1]) {
			lexer.at += 2
			return token{sort: symbol, text: known, place: here}, nil
		}
	}
	if char < unicode.MaxASCII && strings.ContainsRune(singles, char) {
		lexer.at++
		return token{sort: symbol, text: string(char), place: here}, nil
	}
	return token{}, here.fault("the character %q means nothing here", char)
}

func digit(char rune) bool { return char >= '0' && char <= '9' }

func startsName(char rune) bool {
	return unicode.IsLetter(char) || unicode.In(char, unicode.Pc, unicode.Nl)
}

func partOfName(char rune) bool {
	return startsName(char) || char == '$' || unicode.In(char, unicode.Nd, unicode.Mn, unicode.Mc)
}

func (lexer *lexer) name() string {
	from := lexer.at
	for lexer.at < len(lexer.chars) && partOfName(lexer.peek(0)) {
		lexer.at++
	}
	return string(lexer.chars[from:lexer.at])
}

func (lexer *lexer) backticks() (string, error) {
	from := lexer.place(lexer.at)
	var name strings.Builder
	for lexer.at++; lexer.at < len(lexer.chars); lexer.at++ {
		char := lexer.peek(0)
		if char == '`' {
			if lexer.peek(1) != '`' {
				lexer.at++
				return name.String(), nil
			}
			lexer.at++
		}
		name.WriteRune(char)
	}
	return "", from.fault("a name is not closed: end it with `")
}

// escapes are what a backslash makes of the character after it; before any other, it stands for itself
// (https://neo4j.com/docs/cypher-manual/5/syntax/expressions/#cypher-expressions-string-literals).
var escapes = map[rune]rune{'\\': '\\', '\'': '\'', '"': '"', '`': '`', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

func (lexer *lexer) string() (string, error) {
	from, quote := lexer.place(lexer.at), lexer.peek(0)
	var value strings.Builder
	for lexer.at++; lexer.at < len(lexer.chars); lexer.at++ {
		char := lexer.peek(0)
		if char == quote {
			lexer.at++
			return value.String(), nil
		}
		if char == '\\' {
			if meant, ok := escapes[lexer.peek(1)]; ok {
				lexer.at++
				char = meant
			}
		}
		value.WriteRune(char)
	}
	return "", from.fault("a string is not closed: end it with %c", quote)
}

func (lexer *lexer) number() (token, error) {
	from := lexer.at
	found := token{sort: whole, place: lexer.place(from)}
	digits := func(allowed func(rune) bool) {
		for allowed(lexer.peek(0)) || lexer.peek(0) == '_' && allowed(lexer.peek(1)) {
			lexer.at++
		}
	}
	if prefix := unicode.ToLower(lexer.peek(1)); lexer.peek(0) == '0' && (prefix == 'x' || prefix == 'o') {
		lexer.at += 2
		digits(func(char rune) bool { return digit(char) || char >= 'a' && char <= 'f' || char >= 'A' && char <= 'F' })
	} else {
		digits(digit)
		if lexer.peek(0) == '.' && digit(lexer.peek(1)) {
			found.sort = number
			lexer.at++
			digits(digit)
		}
		if lexer.exponent() {
			found.sort = number
			digits(digit)
		}
	}
	if partOfName(lexer.peek(0)) {
		return token{}, found.fault("%q is no number: put a space between a number and a name", string(lexer.chars[from:lexer.at+1]))
	}
	found.text = strings.ReplaceAll(string(lexer.chars[from:lexer.at]), "_", "")
	return found, nil
}

// exponent passes over e, e+ or e- where digits follow.
func (lexer *lexer) exponent() bool {
	if lexer.peek(0) != 'e' && lexer.peek(0) != 'E' {
		return false
	}
	width := 1
	if lexer.peek(1) == '+' || lexer.peek(1) == '-' {
		width = 2
	}
	if !digit(lexer.peek(width)) {
		return false
	}
	lexer.at += width
	return true
}
