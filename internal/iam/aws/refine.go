package aws

import (
	"maps"
	"slices"
	"strings"
)

// refineLimit bounds the circumstances that refine looks at one by one.
const refineLimit = 64

// refine settles a Possible whose conditions speak of the same unknown keys more than once, where each condition alone
// may hold but not all of them together: an allow for one region under an SCP that denies all but another. It puts in
// place of the unknown keys one value of each kind that the conditions tell apart, absence included, and looks at every
// combination. When they all agree, that is the answer. Keys whose kinds of value cannot be listed stay unknown.
func (e *evaluation) refine(r Result) Result {
	if r.Decision != Possible {
		return r
	}
	keys, choices := circumstances(e, r.Unknown)
	if len(keys) == 0 {
		return r
	}
	denied, granted := r, r
	allowed, explicit := 0, 0
	total := 1
	for _, c := range choices {
		total *= len(c)
	}
	for n := range total {
		assumed := map[string][]string{}
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

// circumstances lists unknown keys and the values of each to be tried; nil stands for absence. It leaves out keys that are
// spoken of once, for then the conditions are independent and the answer is exact already, save where a condition stands
// out as lopsided; those that a variable stands for; and those whose kinds of value cannot be listed.
func circumstances(e *evaluation, doubts []Doubt) (keys []string, choices [][][]string) {
	conditions := map[string][]*Condition{}
	open := map[string]bool{} // keys whose value matters in other ways than by its kind
	for _, d := range doubts {
		if d.Condition == nil {
			open[strings.ToLower(d.Key)] = true
			continue
		}
		key := d.Condition.key
		for _, v := range d.Condition.Values {
			for _, p := range v.parts {
				open[p.key] = true
				open[key] = open[key] || p.key != ""
			}
		}
		if _, state := e.lookup(key); state != unknown {
			open[key] = true
		}
		if !slices.Contains(conditions[key], d.Condition) {
			conditions[key] = append(conditions[key], d.Condition)
		}
	}
	total := 1
	for _, key := range slices.Sorted(maps.Keys(conditions)) {
		if all := conditions[key]; open[key] || len(all) == 1 && !all[0].lopsided() {
			continue
		}
		values, ok := valueKinds(conditions[key])
		if !ok {
			continue
		}
		choice := [][]string{nil}
		if slices.ContainsFunc(conditions[key], func(c *Condition) bool { return c.op.set != single }) {
			choice = append(choice, subsets(values)...)
		} else {
			for i := range values {
				choice = append(choice, values[i:i+1])
			}
		}
		if total*len(choice) > refineLimit {
			continue
		}
		total *= len(choice)
		keys, choices = append(keys, key), append(choices, choice)
	}
	return keys, choices
}

// subsets gives the sets of one value or more that a key of several values may have, as far as refineLimit lets them be tried.
func subsets(values []string) [][]string {
	sets := [][]string{{}}
	for _, value := range values {
		for _, set := range sets {
			sets = append(sets, append(slices.Clip(set), value))
		}
		if len(sets) > refineLimit {
			break
		}
	}
	return sets[1:]
}

// lopsided reports whether every value that the key may have is alike to the condition, as under StringLikeIfExists "*".
func (c *Condition) lopsided() bool {
	if c.op.family == boolFamily {
		return len(c.Values) > 1
	}
	return c.op.wildcards && slices.ContainsFunc(c.Values, func(v *Template) bool { return v.parts == nil && v.pattern.All() })
}
