package aws

import (
	"slices"
	"strings"
)

// evaluateSet answers for patterns. Every policy involved tells apart only finitely many kinds of action and resource;
// one member of each kind is examined, and the worst answer is the answer: explicitly denied before implicitly denied
// before possible before allowed.
func evaluateSet(request *Request, principal *PrincipalPolicies, resource *ResourcePolicies) Result {
	worst := Result{Decision: Allowed, Action: request.Action, Resource: request.Resource}
	seen := false
	complete := eachAction(request, principal, resource, func(action string) bool {
		return eachTarget(request, principal, resource, []string{action}, request.Resource, func(target string) bool {
			r := evaluateOne(request, principal, resource, action, target)
			switch {
			case !seen || severity(r.Decision) > severity(worst.Decision):
				worst, seen = r, true
			case r.Decision == worst.Decision && r.Decision != ExplicitlyDenied && r.Decision != ImplicitlyDenied:
				worst.merge(&r)
			}
			return worst.Decision != ExplicitlyDenied
		}) && worst.Decision != ExplicitlyDenied
	})
	switch {
	case !seen:
		worst.Decision = ImplicitlyDenied
		worst.Guardrails = []Check{{Layer: ResourceLayer, Outcome: Stopped, Reason: "the action acts on no resource that the pattern covers"}}
	case !complete && worst.Decision != ExplicitlyDenied:
		worst.Decision = ImplicitlyDenied
		worst.Guardrails = append(worst.Guardrails, Check{Outcome: Stopped, Reason: "the policies tell apart too many kinds of resource to prove it for all"})
	}
	return worst
}

func severity(d Decision) int {
	return [...]int{ImplicitlyDenied: 2, ExplicitlyDenied: 3, Possible: 1, Allowed: 0}[d]
}

// merge adds what another member of the set owes its answer to.
func (r *Result) merge(other *Result) {
	for _, m := range other.Allows {
		if !slices.Contains(r.Allows, m) {
			r.Allows = append(r.Allows, m)
		}
	}
	for _, d := range other.Unknown {
		if !slices.Contains(r.Unknown, d) {
			r.Unknown = append(r.Unknown, d)
		}
	}
}

// eachAction visits one action of each kind the policies tell apart. It answers false when there are too many kinds.
func eachAction(request *Request, principal *PrincipalPolicies, resource *ResourcePolicies, visit func(string) bool) bool {
	if !strings.ContainsAny(request.Action, "*?") {
		visit(request.Action)
		return true
	}
	within := CompilePattern(strings.ToLower(request.Action))
	service, _, found := strings.Cut(within.text, ":")
	if !found || strings.ContainsAny(service, "*?") {
		service = ""
	}
	var cuts []*Pattern
	everyPolicy(principal, resource, func(p *Policy) {
		p.candidates(service, func(st *Statement) {
			cuts = appendCuts(cuts, within, st.Actions...)
			cuts = appendCuts(cuts, within, st.NotActions...)
		})
	})
	return explore(within, cuts, func(witness string, _ []bool) bool { return visit(witness) })
}

// eachTarget visits one resource of each kind the policies tell apart for the actions. It answers false when there are
// too many kinds.
func eachTarget(request *Request, principal *PrincipalPolicies, resource *ResourcePolicies, actions []string, pattern string, visit func(string) bool) bool {
	if !strings.ContainsAny(pattern, "*?") || actsOnNothing(actions) {
		visit(pattern)
		return true
	}
	within := nonEmptyEnd(CompilePattern(pattern))
	var cuts []*Pattern
	for _, action := range actions {
		e := newEvaluation(request, principal, resource, action, pattern)
		cuts = appendCuts(cuts, within, resourceTypes(action)...)
		everyPolicy(principal, resource, func(p *Policy) {
			p.candidates(e.service, func(st *Statement) {
				if st.speaksOf(e.action) {
					cuts = e.appendResourceCuts(cuts, within, st.Resources)
					cuts = e.appendResourceCuts(cuts, within, st.NotResources)
				}
			})
		})
	}
	return explore(within, cuts, func(witness string, _ []bool) bool { return visit(witness) })
}

func (e *evaluation) appendResourceCuts(cuts []*Pattern, within *Pattern, templates []*Template) []*Pattern {
	for _, t := range templates {
		if p, state := t.resolve(e, true); state != absent {
			cuts = appendCuts(cuts, within, p)
		}
	}
	return cuts
}

// appendCuts keeps the patterns that really divide the set.
func appendCuts(cuts []*Pattern, within *Pattern, patterns ...*Pattern) []*Pattern {
	for _, p := range patterns {
		same := func(c *Pattern) bool { return slices.Equal(c.tokens, p.tokens) }
		if p.All() || slices.ContainsFunc(cuts, same) {
			continue
		}
		if _, meets := p.Intersects(within); meets {
			cuts = append(cuts, p)
		}
	}
	return cuts
}

// nonEmptyEnd reads a final star behind a delimiter as a name, which is never empty.
func nonEmptyEnd(p *Pattern) *Pattern {
	n := len(p.tokens)
	if n == 0 || p.tokens[n-1] != star || n > 1 && p.tokens[n-2] != ':' && p.tokens[n-2] != '/' {
		return p
	}
	return newPattern(append(append([]rune{}, p.tokens[:n-1]...), one, star))
}

func everyPolicy(principal *PrincipalPolicies, resource *ResourcePolicies, visit func(*Policy)) {
	for _, list := range [][]*Policy{principal.Identity, principal.Boundary, principal.Session, resource.Resource, resource.Endpoint} {
		for _, p := range list {
			visit(p)
		}
	}
	for _, levels := range [][][]*Policy{principal.SCPs, resource.RCPs} {
		for _, list := range levels {
			for _, p := range list {
				visit(p)
			}
		}
	}
}
