package cypher

import (
	"regexp"
	"strings"
)

// matcher is a regular expression that is ready.
type matcher struct {
	*regexp.Regexp
	folds bool // it tells no upper from lower case
	err   error
}

// matches is =~: whether the whole text matches.
func (run *run) matches(text, pattern string) (any, error) {
	found, ok := run.patterns[pattern]
	if !ok {
		found = compileJava(pattern)
		if run.patterns == nil || len(run.patterns) > 1000 {
			run.patterns = map[string]matcher{}
		}
		run.patterns[pattern] = found
	}
	if found.err != nil {
		return nil, found.err
	}
	// These alone are folded into ASCII here and not by Java.
	if found.folds && strings.ContainsAny(text, "\u017F\u212A") {
		return nil, regexRefused(pattern, "(?i) on a text with the long s or the Kelvin sign")
	}
	return found.MatchString(text), nil
}

func regexRefused(pattern, what string) error {
	return failed("the regular expression %q: %s: not supported on the embedded store; supported on Neo4j", pattern, what)
}

// compileJava makes a regular expression that means what it means in Java, as Neo4j has it
// (https://neo4j.com/docs/cypher-manual/5/clauses/where/#query-where-regex). What the two read in different ways is put in the
// words of this one, or refused.
func compileJava(pattern string) matcher {
	translated, folds, refused := translate(pattern)
	if refused != "" {
		return matcher{err: regexRefused(pattern, refused)}
	}
	compiled, err := regexp.Compile(translated)
	if err != nil {
		return matcher{err: regexRefused(pattern, err.Error())}
	}
	return matcher{Regexp: compiled, folds: folds}
}

// classes are what Java means by some short forms.
const (
	javaSpace = `\t\n\x0B\f\r `
	javaDot   = `[^\n\r\x{85}\x{2028}\x{2029}]`
)

// translate gives the expression in RE2's words, or what cannot be said in them.
func translate(pattern string) (translated string, folds bool, refused string) {
	var out strings.Builder
	out.WriteString(`^(?:`)
	rest, all := pattern, false
	if flags, ok := leadingFlags(pattern); ok {
		rest = pattern[len(flags)+3:]
		folds, all = strings.Contains(flags, "i"), strings.Contains(flags, "s")
		out.Reset()
		out.WriteString(`(?` + flags + `)^(?:`)
	}
	if folds {
		for _, char := range pattern {
			if char > 0x7F {
				return "", false, "(?i) with letters beyond ASCII"
			}
		}
	}
	class := false
	for i := 0; i < len(rest); i++ {
		switch char := rest[i]; {
		case char == '\\' && i+1 < len(rest):
			i++
			switch next := rest[i]; {
			case next == 's' && class:
				out.WriteString(javaSpace)
			case next == 's':
				out.WriteString("[" + javaSpace + "]")
			case next == 'S' && !class:
				out.WriteString("[^" + javaSpace + "]")
			case (next == 'p' || next == 'P') && strings.HasPrefix(rest[i+1:], "{"): // of a class of characters, whose braces are its own
				closed := strings.IndexByte(rest[i:], '}')
				if closed < 0 {
					return "", false, `\p without }`
				}
				out.WriteString(rest[i-1 : i+closed+1])
				i += closed
			case strings.IndexByte("dDwWtnrfpP", next) >= 0 || !isAlphanumeric(next):
				out.WriteString(rest[i-1 : i+1])
			default:
				return "", false, `\` + string(next)
			}
		case class && char == '[', class && char == '&' && strings.HasPrefix(rest[i:], "&&"):
			return "", false, "a class made of classes"
		case class && char == ']':
			class = false
			out.WriteByte(char)
		case class:
			out.WriteByte(char)
		case char == '[':
			class = true
			out.WriteByte(char)
			if strings.HasPrefix(rest[i+1:], "^") {
				i++
				out.WriteByte('^')
			}
			if strings.HasPrefix(rest[i+1:], "]") {
				return "", false, "a class that begins with ]"
			}
		case char == '(' && strings.HasPrefix(rest[i:], "(?") && !strings.HasPrefix(rest[i:], "(?:"):
			return "", false, "a group that begins with (?"
		case char == '.' && !all:
			out.WriteString(javaDot)
		case char == '+' && i > 0 && strings.IndexByte("*+?}", rest[i-1]) >= 0 && (i < 2 || rest[i-2] != '\\'):
			return "", false, "a possessive quantifier"
		case char == '{' && !repeats.MatchString(rest[i:]):
			return "", false, "{ that begins no number of times"
		case char == '$' && i < len(rest)-1:
			return "", false, "$ before the end"
		default:
			out.WriteByte(char)
		}
	}
	return out.String() + `)$`, folds, ""
}

// repeats is what "{" must begin for Java, which RE2 takes for itself where it begins nothing.
var repeats = regexp.MustCompile(`^\{\d+(,\d*)?\}`)

// leadingFlags gives the flags of an expression that begins with (?i), (?s) or both.
func leadingFlags(pattern string) (string, bool) {
	for _, flags := range []string{"i", "s", "is", "si"} {
		if strings.HasPrefix(pattern, "(?"+flags+")") {
			return flags, true
		}
	}
	return "", false
}

func isAlphanumeric(char byte) bool {
	return char >= '0' && char <= '9' || char >= 'a' && char <= 'z' || char >= 'A' && char <= 'Z'
}
