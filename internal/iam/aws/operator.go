package aws

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/big"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// operator is a condition operator taken apart: "ForAnyValue:StringNotLikeIfExists" compares strings with wildcards,
// negated, over the set of the request's values. The list and each operator's meaning are those of IAM JSON policy
// elements: Condition operators
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html).
type operator struct {
	written   string
	set       setOperator
	family    family
	order     order
	negated   bool
	ifExists  bool
	wildcards bool // `*` and `?` in policy values count
	folds     bool // the case of letters does not count
	variables bool // policy variables are allowed: string, ARN and Boolean operators
	match     func(policy *Pattern, value string) bool
}

type setOperator uint8

const (
	single setOperator = iota
	forAll
	forAny
)

type family uint8

const (
	stringFamily family = iota
	arnFamily
	boolFamily
	numericFamily
	dateFamily
	ipFamily
	binaryFamily
	nullFamily
)

// order is what a numeric or date operator asks of the sign of value − policy value.
type order uint8

const (
	equal order = iota
	less
	lessOrEqual
	greater
	greaterOrEqual
)

func (o order) accepts(sign int) bool {
	switch o {
	case less:
		return sign < 0
	case lessOrEqual:
		return sign <= 0
	case greater:
		return sign > 0
	case greaterOrEqual:
		return sign >= 0
	}
	return sign == 0
}

var orders = map[string]order{
	"Equals": equal, "LessThan": less, "LessThanEquals": lessOrEqual, "GreaterThan": greater, "GreaterThanEquals": greaterOrEqual,
}

// parseOperator reads an operator's name. AWS accepts any case for it.
func parseOperator(written string) (operator, error) {
	op := operator{written: written}
	name := written
	if prefix, rest, found := strings.Cut(written, ":"); found {
		switch strings.ToLower(prefix) {
		case "forallvalues":
			op.set = forAll
		case "foranyvalue":
			op.set = forAny
		default:
			return op, errUnknownOperator
		}
		name = rest
	}
	name = strings.ToLower(name)
	name, op.ifExists = strings.CutSuffix(name, "ifexists")
	if name == "null" && !op.ifExists {
		op.family = nullFamily
		return op, nil
	}
	if base, known := operators[name]; known {
		base.written, base.set, base.ifExists = op.written, op.set, op.ifExists
		return base, nil
	}
	return op, errUnknownOperator
}

// reads reports whether text is of the kind that the operator compares.
func (op *operator) reads(text string) bool {
	ok := true
	switch op.family {
	case numericFamily:
		_, ok = number(text)
	case dateFamily:
		_, ok = instant(text)
	case ipFamily:
		_, ok = addressBlock(text)
	case arnFamily:
		ok = strings.Count(text, ":") >= 4 // what does not reach as far as the account is no ARN at all
	}
	return ok
}

var errUnknownOperator = fmt.Errorf("not a condition operator")

var operators = func() map[string]operator {
	table := map[string]operator{}
	both := func(positive, negative string, op operator) {
		table[strings.ToLower(positive)] = op
		op.negated = true
		table[strings.ToLower(negative)] = op
	}
	both("StringEquals", "StringNotEquals", operator{family: stringFamily, variables: true, match: textEqual})
	both("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", operator{family: stringFamily, folds: true, variables: true, match: textEqualFold})
	both("StringLike", "StringNotLike", operator{family: stringFamily, variables: true, wildcards: true, match: (*Pattern).Match})
	both("ArnEquals", "ArnNotEquals", operator{family: arnFamily, variables: true, wildcards: true, match: arnMatch})
	both("ArnLike", "ArnNotLike", operator{family: arnFamily, variables: true, wildcards: true, match: arnMatch})
	both("IpAddress", "NotIpAddress", operator{family: ipFamily, match: addressMatch})
	table["bool"] = operator{family: boolFamily, variables: true, match: boolMatch}
	table["binaryequals"] = operator{family: binaryFamily, match: binaryMatch}
	for suffix, o := range orders {
		table["numeric"+strings.ToLower(suffix)] = operator{family: numericFamily, order: o, match: ordered(o, compareNumbers)}
		table["date"+strings.ToLower(suffix)] = operator{family: dateFamily, order: o, match: ordered(o, compareDates)}
	}
	table["numericnotequals"] = operator{family: numericFamily, negated: true, match: ordered(equal, compareNumbers)}
	table["datenotequals"] = operator{family: dateFamily, negated: true, match: ordered(equal, compareDates)}
	return table
}()

// textEqual compares character for character. A pattern with wildcards can only come from a variable whose value is not
// known, and then tells what is possible.
func textEqual(policy *Pattern, value string) bool { return policy.Match(value) }

func textEqualFold(policy *Pattern, value string) bool {
	if policy.literal {
		return strings.EqualFold(policy.text, value)
	}
	folded := make([]rune, 0, len(policy.tokens()))
	for _, t := range policy.tokens() {
		if t >= 0 {
			t = []rune(strings.ToLower(string(t)))[0]
		}
		folded = append(folded, t)
	}
	return matchTokens(folded, strings.ToLower(value))
}

// arnMatch compares each of the six colon-delimited components separately, so that no wildcard reaches across a colon,
// except in the last component, which holds all the rest. What has no six components is no ARN and matches nothing.
func arnMatch(policy *Pattern, value string) bool {
	segments := splitTokens(policy.tokens())
	values := strings.SplitN(value, ":", 6)
	if len(segments) != 6 || len(values) != 6 {
		return false
	}
	for i, segment := range segments {
		if !matchTokens(segment, values[i]) {
			return false
		}
	}
	return true
}

func splitTokens(tokens []rune) [][]rune {
	var segments [][]rune
	from := 0
	for i, t := range tokens {
		if t == ':' && len(segments) < 5 {
			segments = append(segments, tokens[from:i])
			from = i + 1
		}
	}
	return append(segments, tokens[from:])
}

func boolMatch(policy *Pattern, value string) bool {
	want, ok := truth(policy.text)
	have, known := truth(value)
	return ok && known && want == have
}

func truth(s string) (value, ok bool) {
	switch strings.ToLower(s) {
	case "true":
		return true, true
	case "false":
		return false, true
	}
	return false, false
}

func binaryMatch(policy *Pattern, value string) bool {
	want, err := base64.StdEncoding.DecodeString(policy.text)
	if err != nil {
		return false
	}
	have, err := base64.StdEncoding.DecodeString(value)
	return err == nil && bytes.Equal(want, have)
}

// addressMatch compares with a CIDR block; an address without a prefix length stands for itself alone.
func addressMatch(policy *Pattern, value string) bool {
	have, ok := addressBlock(value)
	want, known := addressBlock(policy.text)
	return ok && known && have.IsSingleIP() && want.Contains(have.Addr())
}

func addressBlock(text string) (netip.Prefix, bool) {
	if block, err := netip.ParsePrefix(text); err == nil {
		return block, true
	}
	address, err := netip.ParseAddr(text)
	if err != nil || address.Zone() != "" {
		return netip.Prefix{}, false
	}
	address = address.Unmap()
	return netip.PrefixFrom(address, address.BitLen()), true
}

func ordered(o order, compare func(value, policy string) (sign int, ok bool)) func(*Pattern, string) bool {
	return func(policy *Pattern, value string) bool {
		sign, ok := compare(value, policy.text)
		return ok && o.accepts(sign)
	}
}

func compareNumbers(value, policy string) (int, bool) {
	a, ok := number(value)
	b, known := number(policy)
	if !ok || !known {
		return 0, false
	}
	return a.Cmp(b), true
}

// number reads a decimal exactly. The length bound keeps a hostile exponent from costing memory.
func number(s string) (*big.Rat, bool) {
	if len(s) > 40 || strings.ContainsAny(s, "/eEpPxXbBoO_") {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

func compareDates(value, policy string) (int, bool) {
	a, ok := instant(value)
	b, known := instant(policy)
	return a.Compare(b), ok && known
}

// dateLayouts are the W3C profile of ISO 8601 that the Date operators accept, from a year to a fraction of a second.
var dateLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04Z07:00", "2006-01-02T15:04", "20060102T150405Z",
	"2006-01-02T15:04:05-0700", "2006-01-02", "2006-01", "2006",
}

// instant reads an ISO 8601 date or seconds since the epoch. Four digits are a year.
func instant(s string) (time.Time, bool) {
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	if seconds, err := strconv.ParseInt(s, 10, 64); err == nil && seconds > -1<<40 && seconds < 1<<40 {
		return time.Unix(seconds, 0), true
	}
	return time.Time{}, false
}

// holdsFrom evaluates a condition on a moment of which only the earliest possible value is known. Whatever a
// comparison says of that value it may say otherwise of a later one, save where later values can only agree.
func (c *Condition) holdsFrom(e *evaluation) tri {
	if c.op.family != dateFamily && c.op.family != numericFamily {
		return maybe
	}
	result := no
	for _, template := range c.Values {
		limit, ok := instant(template.text)
		if !ok {
			continue
		}
		sign := e.request.NotBefore.Compare(limit)
		one := maybe
		switch c.op.order {
		case less:
			if sign >= 0 {
				one = no
			}
		case lessOrEqual, equal:
			if sign > 0 {
				one = no
			}
		case greater:
			if sign > 0 {
				one = yes
			}
		case greaterOrEqual:
			if sign >= 0 {
				one = yes
			}
		}
		result = max(result, one)
	}
	return result.negatedIf(c.op.negated)
}
