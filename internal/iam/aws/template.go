package aws

import "strings"

// Template is a policy string that may hold policy variables: `${key}`, `${key, 'default'}`, and the escapes `${*}`,
// `${?}` and `${$}` (IAM policy elements: Variables and tags,
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html). Variables exist in policies of
// version 2012-10-17 only; in older ones `${` is plain text.
type Template struct {
	text    string
	parts   []part   // nil without variables
	pattern *Pattern // compiled once when there are no variables
}

// part is a run of text or one variable.
type part struct {
	text     string // policy text; wildcards in it count, unless verbatim
	verbatim bool
	key      string // lower case; "" for text
	fallback *string
	written  string // of a variable or an escape, with its braces
}

func newTemplate(text string, variables bool) *Template {
	t := &Template{text: text}
	if variables && strings.Contains(text, "${") {
		t.parts = splitVariables(text)
	}
	if t.parts == nil {
		t.pattern = CompilePattern(text)
	}
	return t
}

// newResource makes a template of a resource: "You can't use a variable to replace parts of the ARN before the fifth colon, such as the
// service or account" (same page, "Where you can use policy variables"), so that there it is text.
func newResource(text string, variables bool) *Template {
	t := newTemplate(text, variables)
	if t.parts == nil || !strings.HasPrefix(text, "arn:") {
		return t
	}
	colons := 0
	for i := range t.parts {
		piece := &t.parts[i]
		switch {
		case piece.written == "":
			colons += strings.Count(piece.text, ":")
		case colons < 5:
			*piece = part{text: piece.written, verbatim: true, written: piece.written}
		}
	}
	return t
}

func splitVariables(text string) []part {
	var parts []part
	for {
		open := strings.Index(text, "${")
		if open < 0 {
			break
		}
		length := strings.IndexByte(text[open:], '}')
		if length < 0 {
			break
		}
		if open > 0 {
			parts = append(parts, part{text: text[:open]})
		}
		read := readVariable(text[open+2 : open+length])
		read.written = text[open : open+length+1]
		parts = append(parts, read)
		text = text[open+length+1:]
	}
	if text != "" {
		parts = append(parts, part{text: text})
	}
	return parts
}

func readVariable(inside string) part {
	switch inside {
	case "*", "?", "$":
		return part{text: inside, verbatim: true}
	}
	key, rest, hasDefault := strings.Cut(inside, ",")
	p := part{key: strings.ToLower(strings.TrimSpace(key))}
	if rest = strings.TrimSpace(rest); hasDefault && len(rest) >= 2 && rest[0] == '\'' && rest[len(rest)-1] == '\'' {
		value := rest[1 : len(rest)-1]
		p.fallback = &value
	}
	return p
}

// String gives the template as it was written.
func (t *Template) String() string { return t.text }

// Pattern gives the widest pattern the template can stand for: each variable may take any value.
func (t *Template) Pattern() *Pattern {
	if t.pattern != nil {
		return t.pattern
	}
	var tokens []rune
	for _, p := range t.parts {
		if p.key != "" {
			tokens = append(tokens, star)
			continue
		}
		tokens = p.appendTokens(tokens, true)
	}
	return newPattern(tokens)
}

func (p *part) appendTokens(tokens []rune, wildcards bool) []rune {
	for _, r := range p.text {
		if wildcards && !p.verbatim {
			r = wildcard(r)
		}
		tokens = append(tokens, r)
	}
	return tokens
}

// resolve puts the request's values in place of the variables. A value is taken verbatim: a wildcard character in it is
// no wildcard. A variable without a value and without a default makes the whole template match nothing, and state says
// absent. One whose value is not known makes it unknown, and the pattern is then the widest possible.
func (t *Template) resolve(e *evaluation, wildcards bool) (p *Pattern, state presence) {
	if t.parts == nil {
		if wildcards || t.pattern.literal {
			return t.pattern, present
		}
		return literalPattern(t.text), present
	}
	state = present
	var tokens []rune
	for i := range t.parts {
		piece := &t.parts[i]
		if piece.key == "" {
			tokens = piece.appendTokens(tokens, wildcards)
			continue
		}
		value, found := e.variable(piece.key)
		switch {
		case found == present:
			tokens = append(tokens, []rune(value)...)
		case found == absent && piece.fallback != nil:
			tokens = append(tokens, []rune(*piece.fallback)...)
		case found == absent:
			return nil, absent
		default:
			tokens = append(tokens, star)
			state = unknown
		}
	}
	return newPattern(tokens), state
}
