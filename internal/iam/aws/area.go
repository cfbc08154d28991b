package aws

import "slices"

// Area is a set of requests: an action that one of Actions matches and none of NotActions, on a resource that one of
// Resources matches and none of NotResources. Actions are in lower case.
type Area struct {
	Actions, NotActions     []*Pattern
	Resources, NotResources []*Pattern
}

var everything = []*Pattern{CompilePattern("*")}

// Covers reports whether a request is in the area.
func (a *Area) Covers(action, resource string) bool {
	return (&side{a.Actions, a.NotActions}).covers(action) && (&side{a.Resources, a.NotResources}).covers(resource)
}

// meet gives what two areas share; some is false when that is nothing. complete is false when it takes too many patterns to say.
func (a *Area) meet(b *Area) (both Area, some, complete bool) {
	actions, known := (&side{a.Actions, a.NotActions}).meet(&side{b.Actions, b.NotActions})
	if len(actions.in) == 0 {
		return Area{}, false, known
	}
	resources, knownToo := (&side{a.Resources, a.NotResources}).meet(&side{b.Resources, b.NotResources})
	both = Area{Actions: actions.in, NotActions: actions.out, Resources: resources.in, NotResources: resources.out}
	return both, len(resources.in) > 0, known && knownToo
}

// contains reports whether the area holds all of another. It may say no where it takes too much to prove.
func (a *Area) contains(b *Area) bool {
	return (&side{a.Actions, a.NotActions}).contains(&side{b.Actions, b.NotActions}) &&
		(&side{a.Resources, a.NotResources}).contains(&side{b.Resources, b.NotResources})
}

// side is an area's actions or its resources: what some pattern of in matches and no pattern of out.
type side struct{ in, out []*Pattern }

func (s *side) covers(text string) bool {
	matches := func(p *Pattern) bool { return p.Match(text) }
	return slices.ContainsFunc(s.in, matches) && !slices.ContainsFunc(s.out, matches)
}

func (s *side) meet(other *side) (both side, complete bool) {
	complete = true
	for _, p := range s.in {
		for _, q := range other.in {
			shared, known := p.Meet(q)
			both.in, complete = append(both.in, shared...), complete && known
		}
	}
	both.out = slices.Concat(s.out, other.out)
	return both.tidy(), complete
}

// tidy leaves out patterns that say nothing: those excluded as a whole, and exceptions to nothing.
func (s *side) tidy() side {
	var tidied side
	for _, p := range Minimal(s.in) {
		if !covered(p, nil, &side{in: s.out}) {
			tidied.in = append(tidied.in, p)
		}
	}
	for _, p := range Minimal(s.out) {
		if slices.ContainsFunc(tidied.in, func(in *Pattern) bool {
			_, meets, certain := in.intersect(p)
			return meets || !certain
		}) {
			tidied.out = append(tidied.out, p)
		}
	}
	return tidied
}

func (s *side) contains(other *side) bool {
	for _, p := range other.in {
		if !covered(p, other.out, s) {
			return false
		}
	}
	return true
}

// covered reports whether all that a pattern stands for, less the exceptions, is on a side. Too much to look at is a no.
func covered(p *Pattern, except []*Pattern, by *side) bool {
	if len(by.out) == 0 && slices.ContainsFunc(by.in, func(q *Pattern) bool { return q.plainlyContains(p) }) {
		return true
	}
	cuts := slices.Concat(except, by.in, by.out)
	outside := false
	complete := explore(p, cuts, alone(), func(_ string, in []bool) bool {
		excepted := slices.Contains(in[:len(except)], true)
		inside := slices.Contains(in[len(except):len(except)+len(by.in)], true) && !slices.Contains(in[len(except)+len(by.in):], true)
		outside = outside || !excepted && !inside
		return !outside
	})
	return complete && !outside
}
