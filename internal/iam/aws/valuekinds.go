package aws

import (
	"math/big"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// valueKinds gives one value of each kind that the conditions, all on one key, tell apart. It answers false when it cannot list
// them.
func valueKinds(conditions []*Condition) (values []string, ok bool) {
	var cuts []*Pattern
	families := map[family]bool{}
	cases := map[bool]bool{} // whether texts are compared without regard to the case of letters
	for _, c := range conditions {
		families[c.op.family] = true
		if c.op.family == stringFamily || c.op.family == arnFamily {
			cases[c.op.folds] = true
		}
		for _, v := range c.Values {
			switch c.op.family {
			case stringFamily, arnFamily:
				if c.op.family == arnFamily && !wildOnlyAtEnd(v.text) {
					return nil, false
				}
				cuts = appendCuts(cuts, CompilePattern("*"), c.cut(v))
			case ipFamily:
				values = append(values, addressKinds(v.text)...)
			case numericFamily:
				values = append(values, numberKinds(v.text)...)
			case dateFamily:
				values = append(values, dateKinds(v.text)...)
			case binaryFamily:
				return nil, false
			}
		}
	}
	delete(families, nullFamily)
	switch {
	case len(cases) > 1:
		return nil, false
	case len(families) > 1 && !(len(families) == 2 && families[stringFamily] && families[arnFamily]):
		return nil, false
	case families[boolFamily]:
		return []string{"false", "true"}, true
	case families[ipFamily], families[numericFamily], families[dateFamily]:
		slices.Sort(values)
		return slices.Compact(values), true
	}
	if slices.ContainsFunc(cuts, func(p *Pattern) bool { return p.Match("") }) {
		values = append(values, "")
	}
	complete := explore(newPattern([]rune{one, star}), cuts, alone(), func(witness string, _ []bool) bool {
		values = append(values, witness)
		return len(values) < refineLimit
	})
	return values, complete && len(values) < refineLimit
}

// cut is what a value of the policy tells apart from other texts. One that is compared without regard to case is in lower case.
func (c *Condition) cut(v *Template) *Pattern {
	switch {
	case c.op.folds:
		return literalPattern(strings.ToLower(v.text))
	case c.op.wildcards:
		return v.pattern
	}
	return literalPattern(v.text)
}

// wildOnlyAtEnd reports whether an ARN has wildcards in its last component only, so that it matches like plain text.
func wildOnlyAtEnd(arn string) bool {
	f := strings.SplitN(arn, ":", 6)
	return len(f) == 6 && !strings.ContainsAny(strings.Join(f[:5], ""), "*?")
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

// dateKinds gives an instant and one just before and just after it.
func dateKinds(text string) []string {
	at, ok := instant(text)
	if !ok {
		return nil
	}
	kinds := make([]string, 0, 3)
	for _, off := range []time.Duration{-1, 0, 1} {
		kinds = append(kinds, at.Add(off).UTC().Format(time.RFC3339Nano))
	}
	return kinds
}
