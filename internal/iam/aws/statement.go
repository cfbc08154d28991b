package aws

import "slices"

// reading says how the statements of a layer are read.
type reading struct {
	layer      Layer
	level      int
	principals bool // Principal elements count: resource and endpoint policies
	anyone     bool // a statement without a Principal element speaks of everyone
	everything bool // a statement without a Resource element speaks of the resource the policy is attached to
	denyOnly   bool // allow statements are not looked at
}

// outcome of reading a layer: how the allow statements name the principal (all as direct when principals do not count), whether a
// deny statement applies, and the statements that decided.
type outcome struct {
	naming
	deny    tri
	allowed Match
	denied  Match
}

// read goes through the policies of one layer. What a doubt touches is put down in grants or limits.
func (e *evaluation) read(policies []*Policy, how reading) outcome {
	var out outcome
	firstDoubt := len(e.grants)
	for _, p := range policies {
		p.candidates(e.service, func(st *Statement) {
			if how.denyOnly && st.Effect == Allow {
				return
			}
			n := e.applies(st, how)
			verdict := n.any()
			if verdict == no {
				return
			}
			m := Match{Layer: how.layer, Level: how.level, Policy: p, Statement: st}
			if st.Effect == Deny {
				out.deny = max(out.deny, verdict)
				if verdict == yes && out.denied.Statement == nil {
					out.denied = m
				}
				e.put(&e.limits, verdict, m)
				return
			}
			out.direct, out.limited, out.account = max(out.direct, n.direct), max(out.limited, n.limited), max(out.account, n.account)
			if verdict == yes {
				if out.allowed.Statement == nil {
					out.allowed = m
				}
				if how.layer == IdentityLayer || how.layer == ResourceLayer {
					e.result.Allows = append(e.result.Allows, m)
				}
			}
			e.put(&e.grants, verdict, m)
		})
	}
	if out.direct == yes {
		e.grants = e.grants[:firstDoubt]
	}
	e.deny = max(e.deny, out.deny)
	return out
}

// put keeps the doubts about the statement at hand, if it is in doubt.
func (e *evaluation) put(list *[]Doubt, verdict tri, m Match) {
	if verdict == maybe {
		for _, d := range e.doubts {
			d.Match = m
			*list = append(*list, d)
		}
	}
}

// applies tells whether a statement speaks of the request, and by which name of the principal.
func (e *evaluation) applies(st *Statement, how reading) naming {
	e.doubts = e.doubts[:0]
	if !st.speaksOf(e.action) {
		return naming{}
	}
	verdict := e.covers(st, how)
	if verdict == no {
		return naming{}
	}
	n := naming{direct: yes}
	if how.principals {
		if n = e.named(st, how); n.any() == no {
			return naming{}
		}
	}
	for i := range st.Conditions {
		c := &st.Conditions[i]
		held := c.holds(e)
		if held == no {
			return naming{}
		}
		if held == maybe {
			e.doubts = append(e.doubts, Doubt{Key: c.Key, Condition: c})
		}
		verdict = min(verdict, held)
	}
	return naming{direct: min(n.direct, verdict), limited: min(n.limited, verdict), account: min(n.account, verdict)}
}

// speaksOf matches the action, given in lower case. NotAction matches everything except the actions listed (IAM JSON
// policy elements: NotAction).
func (st *Statement) speaksOf(action string) bool {
	matches := func(p *Pattern) bool { return p.Match(action) }
	if st.NotActions != nil {
		return !slices.ContainsFunc(st.NotActions, matches)
	}
	return slices.ContainsFunc(st.Actions, matches)
}

// covers matches the resource. NotResource matches everything except the resources listed (IAM JSON policy elements:
// NotResource); a variable without value matches none.
func (e *evaluation) covers(st *Statement, how reading) tri {
	list := st.Resources
	if st.NotResources != nil {
		list = st.NotResources
	}
	if list == nil {
		return is(how.everything)
	}
	result := no
	for _, template := range list {
		pattern, state := template.resolve(e, true)
		if state == absent || !e.meets(pattern, st) {
			continue
		}
		if state == present {
			result = yes
			break
		}
		result = maybe
		e.doubts = append(e.doubts, e.unknownVariables(template)...)
	}
	if result == yes {
		e.doubts = e.doubts[:0]
	}
	return result.negatedIf(st.NotResources != nil)
}

func (e *evaluation) unknownVariables(template *Template) []Doubt {
	var doubts []Doubt
	for _, p := range template.parts {
		if p.key == "" {
			continue
		}
		if _, state := e.variable(p.key); state == unknown {
			doubts = append(doubts, Doubt{Key: p.key})
		}
	}
	return doubts
}

// named matches the Principal or NotPrincipal element.
func (e *evaluation) named(st *Statement, how reading) naming {
	switch {
	case st.Principal != nil:
		n := st.Principal.names(e)
		if n.any() == maybe {
			e.doubts = append(e.doubts, Doubt{Key: "sts:RoleSessionName"})
		}
		return n
	case st.NotPrincipal != nil:
		return e.notExcepted(st)
	case how.anyone:
		return naming{direct: yes}
	}
	return naming{}
}
