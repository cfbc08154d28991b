package aws

import (
	"strings"
	"sync/atomic"
	"unicode/utf8"
)

// Pattern is a compiled wildcard expression: `*` stands for any run of characters, the empty one included, and `?` for
// exactly one.
//
// A `*` is not stopped by the colons of an ARN: "If the wildcard (*) character is the last character of a resource ARN
// segment, it can expand to match beyond the colon boundaries" (IAM JSON policy elements: Resource,
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html). ARN condition operators
// are stricter and match segment by segment; see arnPattern.
type Pattern struct {
	text    string
	literal bool // no wildcard: text is the only member
	prefix  bool // one wildcard, a final star: text[:len-1] is what members begin with
	// spelled is the text as tokens, made when it is first asked for: most patterns are plain text or a prefix, which match
	// without, and an organization has millions of them.
	spelled atomic.Pointer[[]rune]
}

const (
	star rune = -1
	one  rune = -2
)

// CompilePattern reads s as a wildcard expression. Every string is one.
func CompilePattern(s string) *Pattern {
	for strings.Contains(s, "**") {
		s = strings.ReplaceAll(s, "**", "*")
	}
	wild := strings.Count(s, "*") + strings.Count(s, "?")
	return &Pattern{text: s, literal: wild == 0, prefix: wild == 1 && strings.HasSuffix(s, "*")}
}

// tokens are the pattern's characters, with star and one for its wildcards.
func (p *Pattern) tokens() []rune {
	if made := p.spelled.Load(); made != nil {
		return *made
	}
	made := make([]rune, 0, len(p.text))
	for _, r := range p.text {
		made = append(made, wildcard(r))
	}
	p.spelled.Store(&made)
	return made
}

func wildcard(r rune) rune {
	switch r {
	case '*':
		return star
	case '?':
		return one
	}
	return r
}

// newPattern makes a pattern of tokens, in which a wildcard character may stand for itself.
func newPattern(tokens []rune) *Pattern {
	compact := tokens[:0]
	wild := 0
	var text strings.Builder
	for _, t := range tokens {
		switch {
		case t == star && len(compact) > 0 && compact[len(compact)-1] == star:
			continue
		case t == star:
			wild++
			text.WriteByte('*')
		case t == one:
			wild++
			text.WriteByte('?')
		default:
			text.WriteRune(t)
		}
		compact = append(compact, t)
	}
	p := &Pattern{text: text.String(), literal: wild == 0, prefix: wild == 1 && compact[len(compact)-1] == star}
	p.spelled.Store(&compact)
	return p
}

// literalPattern matches s only, wildcard characters in it included.
func literalPattern(s string) *Pattern {
	return newPattern([]rune(s))
}

// String spells the expression.
func (p *Pattern) String() string { return p.text }

// Literal reports whether the pattern has no wildcard.
func (p *Pattern) Literal() bool { return p.literal }

// All reports whether every string matches.
func (p *Pattern) All() bool { return p.prefix && len(p.text) == 1 }

// Match reports whether s is one of the strings the pattern stands for. Case matters.
func (p *Pattern) Match(s string) bool {
	switch {
	case p.literal:
		return p.text == s
	case p.prefix:
		return strings.HasPrefix(s, p.text[:len(p.text)-1])
	}
	return matchTokens(p.tokens(), s)
}

// matchTokens tries the last star again whenever the rest fails, which for wildcard expressions is enough: an earlier
// star can only give up characters that the last one could take as well.
func matchTokens(tokens []rune, s string) bool {
	i, at := 0, 0
	retryToken, retryAt := -1, 0
	for at < len(s) {
		if i < len(tokens) && tokens[i] == star {
			retryToken, retryAt = i, at
			i++
			continue
		}
		r, size := rune(s[at]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[at:])
		}
		if i < len(tokens) && (tokens[i] == r || tokens[i] == one) {
			i++
			at += size
			continue
		}
		if retryToken < 0 {
			return false
		}
		_, size = utf8.DecodeRuneInString(s[retryAt:])
		retryAt += size
		i, at = retryToken+1, retryAt
	}
	for i < len(tokens) && tokens[i] == star {
		i++
	}
	return i == len(tokens)
}

// Contains reports whether every string that q stands for is one that p stands for.
func (p *Pattern) Contains(q *Pattern) bool {
	switch {
	case p.All():
		return true
	case q.literal:
		return p.Match(q.text)
	case p.literal:
		return false
	case p.prefix && !hasLiteralPrefix(q, p.tokens()[:len(p.tokens())-1]):
		return false
	case p.prefix || p.plainlyContains(q):
		return true
	case p.plainlyMisses(q):
		return false
	}
	outside := false
	complete := explore(q, []*Pattern{p}, alone(), func(_ string, in []bool) bool {
		outside = outside || !in[0]
		return !outside
	})
	return complete && !outside
}

// Intersects reports whether some string is matched by both patterns, and gives one.
func (p *Pattern) Intersects(q *Pattern) (witness string, ok bool) {
	witness, ok, _ = p.intersect(q)
	return witness, ok
}

// intersect tells also whether the answer is certain, which a no is not when there was too much to look at.
func (p *Pattern) intersect(q *Pattern) (witness string, ok, certain bool) {
	switch {
	case p.literal:
		return p.text, q.Match(p.text), true
	case q.literal:
		return q.text, p.Match(q.text), true
	case p.plainlyMisses(q):
		return "", false, true
	}
	complete := explore(p, []*Pattern{q}, alone(), func(w string, in []bool) bool {
		if in[0] {
			witness, ok = w, true
		}
		return !ok
	})
	return witness, ok, ok || complete
}

// hasLiteralPrefix reports whether the first tokens of q are exactly the given literal ones. When they are not, some
// string of q begins otherwise: a wildcard among them can always stand for another character.
func hasLiteralPrefix(q *Pattern, prefix []rune) bool {
	tokens := q.tokens()
	if len(tokens) < len(prefix) {
		return false
	}
	for i, t := range prefix {
		if tokens[i] != t {
			return false
		}
	}
	return true
}

// plainlyContains is a quick test that says yes only where Contains does: read as plain text, q matches p with each of
// its wildcards under a star of p, so whatever the wildcards stand for is under that star too.
func (p *Pattern) plainlyContains(q *Pattern) bool {
	if p.All() {
		return true
	}
	outer, inner := p.tokens(), q.tokens()
	i, at := 0, 0
	retryToken, retryAt := -1, 0
	for at < len(inner) {
		switch {
		case i < len(outer) && outer[i] == star:
			retryToken, retryAt = i, at
			i++
		case i < len(outer) && inner[at] != star && (outer[i] == one || outer[i] == inner[at]):
			i++
			at++
		case retryToken < 0:
			return false
		default:
			retryAt++
			i, at = retryToken+1, retryAt
		}
	}
	for i < len(outer) && outer[i] == star {
		i++
	}
	return i == len(outer)
}

// plainlyMisses is a quick test that says yes only where Intersects says no: the texts before the first wildcards, or
// those behind the last, differ.
func (p *Pattern) plainlyMisses(q *Pattern) bool {
	a, b := p.tokens(), q.tokens()
	for i := 0; i < len(a) && i < len(b) && a[i] >= 0 && b[i] >= 0; i++ {
		if a[i] != b[i] {
			return true
		}
	}
	for i, j := len(a)-1, len(b)-1; i >= 0 && j >= 0 && a[i] >= 0 && b[j] >= 0; i, j = i-1, j-1 {
		if a[i] != b[j] {
			return true
		}
	}
	return false
}
