package aws

import "slices"

// spoken gives the sets of requests by the principal that a statement speaks of, and by which name of the principal. Of a
// condition or variable whose truth is not known the set takes a doubt along.
func (e *evaluation) spoken(p *Policy, st *Statement, how reading) ([]piece, naming) {
	e.doubts = nil
	n := naming{direct: yes}
	if how.principals {
		n = e.named(st, how)
	}
	if n.any() == no {
		return nil, n
	}
	for i := range st.Conditions {
		c := &st.Conditions[i]
		switch c.holds(e) {
		case no:
			return nil, naming{}
		case maybe:
			e.doubts = append(e.doubts, Doubt{Key: c.Key, Condition: c})
		}
	}
	m := Match{Layer: how.layer, Level: how.level, Policy: p, Statement: st}
	pieces := e.sets(st, how, e.doubts)
	for i := range pieces {
		pieces[i].by = []Match{m}
		pieces[i].doubts = slices.Clone(pieces[i].doubts)
		for j := range pieces[i].doubts {
			pieces[i].doubts[j].Match = m
		}
	}
	return pieces, n
}

// sets gives what a statement's actions and resources stand for: one set for what is certain, and one for what variables without
// known value may stand for.
func (e *evaluation) sets(st *Statement, how reading, doubts []Doubt) []piece {
	actions := side{in: st.Actions}
	if st.NotActions != nil {
		actions = side{in: everything, out: st.NotActions}
	}
	list := st.Resources
	if st.NotResources != nil {
		list = st.NotResources
	}
	var certain, open []*Pattern
	var variables []Doubt
	for _, template := range list {
		switch pattern, state := template.resolve(e, true); state {
		case present:
			certain = append(certain, pattern)
		case unknown:
			open = append(open, pattern)
			variables = append(variables, e.unknownVariables(template)...)
		}
	}
	var out []piece
	add := func(resources side, doubts []Doubt) {
		if tidied := resources.tidy(); len(tidied.in) > 0 {
			out = append(out, piece{Area: Area{Actions: actions.in, NotActions: actions.out, Resources: tidied.in, NotResources: tidied.out}, doubts: doubts})
		}
	}
	doubtful := slices.Concat(doubts, variables)
	switch {
	case list == nil && how.everything:
		add(side{in: everything}, doubts)
	case list == nil:
	case st.NotResources != nil:
		add(side{in: everything, out: slices.Concat(certain, open)}, doubts)
		if open != nil {
			add(side{in: everything, out: certain}, doubtful)
		}
	default:
		add(side{in: certain}, doubts)
		add(side{in: open}, doubtful)
	}
	return out
}
