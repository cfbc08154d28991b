package aws

import (
	"math/big"
	"net/netip"
	"slices"
	"strings"
)

// refineLimit bounds the circumstances that refine looks at one by one.
const refineLimit = 64

// refine settles a Possible whose conditions speak of the same unknown keys more than once, where each condition alone
// may hold but not all of them together: an allow for one region under an SCP that denies all but another. It puts in
// place of the unknown keys one value of each kind that the conditions tell apart, absence included, and looks at every
// combination. When they all agree, that is the answer.
func (e *evaluation) refine(r Result) Result {
	if r.Decision != Possible {
		return r
	}
	keys, choices, ok := circumstances(e, r.Unknown)
	if !ok {
		return r
	}
	denied, granted := r, r
	allowed, explicit := 0, 0
	total := 1
	for _, c := range choices {
		total *= len(c)
	}
	for n := range total {
		assumed := map[string]*string{}
		for i, rest := 0, n; i < len(keys); i++ {
			assumed[keys[i]] = choices[i][rest%len(choices[i])]
			rest /= len(choices[i])
		}
		one := evaluateAssuming(e.request, e.principal, e.resource, e.result.Action, e.result.Resource, assumed)
		switch one.Decision {
		case Possible:
			return r
		case Allowed:
			allowed, granted = allowed+1, one
		case ExplicitlyDenied:
			explicit, denied = explicit+1, one
		case ImplicitlyDenied:
			if explicit == 0 {
				denied = one
			}
		}
	}
	switch {
	case allowed == total:
		return granted
	case allowed == 0:
		if explicit < total {
			denied.Decision = ImplicitlyDenied
		}
		return denied
	}
	return r
}

// circumstances lists the unknown keys and the values of each to be tried; nil stands for absence. It declines when no
// key is spoken of twice and no condition stands out as lopsided, for then the conditions are independent and the answer is
// exact already, and when a condition compares in a way whose kinds of value it cannot list.
func circumstances(e *evaluation, doubts []Doubt) (keys []string, choices [][]*string, ok bool) {
	conditions := map[string][]*Condition{}
	repeated := false
	for _, d := range doubts {
		if d.Condition == nil || !d.Condition.enumerable() {
			return nil, nil, false
		}
		if _, state := e.lookup(d.Condition.key); state != unknown {
			return nil, nil, false
		}
		key := d.Condition.key
		if !slices.Contains(conditions[key], d.Condition) {
			conditions[key] = append(conditions[key], d.Condition)
		}
		if len(conditions[key]) == 1 {
			keys = append(keys, key)
		}
		repeated = repeated || len(conditions[key]) > 1 || d.Condition.lopsided()
	}
	if !repeated {
		return nil, nil, false
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	total := 1
	for _, key := range keys {
		values, ok := valueKinds(conditions[key])
		if !ok {
			return nil, nil, false
		}
		choice := []*string{nil}
		for i := range values {
			choice = append(choice, &values[i])
		}
		if total *= len(choice); total > refineLimit {
			return nil, nil, false
		}
		choices = append(choices, choice)
	}
	return keys, choices, true
}

// lopsided reports whether every value that the key may have is alike to the condition, as under StringLikeIfExists "*".
func (c *Condition) lopsided() bool {
	return c.op.wildcards && slices.ContainsFunc(c.Values, func(v *Template) bool { return v.parts == nil && v.pattern.All() })
}

// enumerable reports whether valueKinds can list the kinds of value that the condition tells apart.
func (c *Condition) enumerable() bool {
	if c.op.set != single {
		return false
	}
	for _, v := range c.Values {
		switch {
		case v.parts != nil:
			return false
		case c.op.family == arnFamily && !wildOnlyAtEnd(v.text):
			return false
		}
	}
	return c.op.family != dateFamily && c.op.family != binaryFamily && !strings.Contains(strings.ToLower(c.Operator), "ignorecase")
}

// wildOnlyAtEnd reports whether an ARN has wildcards in its last component only, so that it matches like plain text.
func wildOnlyAtEnd(arn string) bool {
	f := strings.SplitN(arn, ":", 6)
	return len(f) == 6 && !strings.ContainsAny(strings.Join(f[:5], ""), "*?")
}

// valueKinds gives one value of each kind that the conditions, all on one key, tell apart.
func valueKinds(conditions []*Condition) (values []string, ok bool) {
	var cuts []*Pattern
	families := map[family]bool{}
	for _, c := range conditions {
		families[c.op.family] = true
		for _, v := range c.Values {
			switch c.op.family {
			case stringFamily, arnFamily:
				pattern := v.pattern
				if !c.op.wildcards {
					pattern = literalPattern(v.text)
				}
				cuts = appendCuts(cuts, CompilePattern("*"), pattern)
			case ipFamily:
				values = append(values, addressKinds(v.text)...)
			case numericFamily:
				values = append(values, numberKinds(v.text)...)
			}
		}
	}
	delete(families, nullFamily)
	switch {
	case len(families) > 1 && !(len(families) == 2 && families[stringFamily] && families[arnFamily]):
		return nil, false
	case families[boolFamily]:
		return []string{"false", "true"}, true
	case families[ipFamily], families[numericFamily]:
		slices.Sort(values)
		return slices.Compact(values), true
	}
	complete := explore(newPattern([]rune{one, star}), cuts, alone(), func(witness string, _ []bool) bool {
		values = append(values, witness)
		return len(values) < refineLimit
	})
	return values, complete && len(values) < refineLimit
}

// addressKinds gives the ends of a block and their neighbours outside it; between two such points no block begins or
// ends.
func addressKinds(block string) []string {
	prefix, err := netip.ParsePrefix(block)
	if err != nil {
		address, err := netip.ParseAddr(block)
		if err != nil {
			return nil
		}
		prefix = netip.PrefixFrom(address, address.BitLen())
	}
	first := prefix.Masked().Addr()
	bytes := first.AsSlice()
	for bit := prefix.Bits(); bit < first.BitLen(); bit++ {
		bytes[bit/8] |= 1 << (7 - bit%8)
	}
	last, _ := netip.AddrFromSlice(bytes)
	out := []string{first.String(), last.String()}
	for _, outside := range []netip.Addr{first.Prev(), last.Next()} {
		if outside.IsValid() {
			out = append(out, outside.String())
		}
	}
	return out
}

// numberKinds gives a number and one just below and just above it.
func numberKinds(text string) []string {
	value, ok := number(text)
	if !ok {
		return nil
	}
	step := big.NewRat(1, 1e9)
	below, above := new(big.Rat).Sub(value, step), new(big.Rat).Add(value, step)
	return []string{below.FloatString(12), value.FloatString(12), above.FloatString(12)}
}
