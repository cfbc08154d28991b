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
	complete := eachKind(request, principal, resource, everyStatement(principal, resource), together(), func(r Result) bool {
		switch {
		case !seen || severity(r.Decision) > severity(worst.Decision):
			worst, seen = r, true
		case r.Decision == worst.Decision:
			worst.merge(&r)
		}
		return worst.Decision >= Possible
	})
	if seen && worst.Decision == ImplicitlyDenied {
		return explicitPart(request, principal, resource, worst)
	}
	switch {
	case !seen:
		worst.Decision = ImplicitlyDenied
		worst.Guardrails = []Check{{Layer: ResourceLayer, Outcome: Stopped, Reason: "the action acts on no resource that the pattern covers"}}
	case !complete && worst.Decision >= Possible:
		worst.Decision = ImplicitlyDenied
		worst.Unknown = nil
		worst.Guardrails = append(worst.Guardrails, Check{Layer: ResourceLayer, Outcome: Stopped, Reason: "the policies tell apart too many kinds of resource to prove it for all"})
	}
	return worst
}

// explicitPart looks for a part of the set that is denied explicitly, given that another is denied implicitly. A deny
// statement decides alone, so that each can be looked at by itself.
func explicitPart(request *Request, principal *PrincipalPolicies, resource *ResourcePolicies, implicit Result) Result {
	worst, left := implicit, together()
	everyStatement(principal, resource)("", func(st *Statement) {
		if st.Effect == Allow || worst.Decision == ExplicitlyDenied {
			return
		}
		itself := func(_ string, visit func(*Statement)) { visit(st) }
		eachKind(request, principal, resource, itself, left, func(r Result) bool {
			if r.Decision == ExplicitlyDenied {
				worst = r
			}
			return worst.Decision != ExplicitlyDenied
		})
	})
	return worst
}

// statements calls visit for each statement that may speak of a service ("" = of any).
type statements func(service string, visit func(*Statement))

func everyStatement(principal *PrincipalPolicies, resource *ResourcePolicies) statements {
	return func(service string, visit func(*Statement)) {
		everyPolicy(principal, resource, func(p *Policy) { p.candidates(service, visit) })
	}
}

// eachKind evaluates one member of each kind of action and resource that the statements tell apart.
func eachKind(request *Request, principal *PrincipalPolicies, resource *ResourcePolicies, from statements, left *effort, visit func(Result) bool) (complete bool) {
	complete = true
	whole := eachAction(request, from, left, func(action string) bool {
		going := true
		e := newEvaluation(request, principal, resource, action, request.Resource)
		if r, all := e.wholly(); all {
			return visit(r)
		}
		complete = eachTarget([]*evaluation{e}, from, left, func(target string) bool {
			going = visit(evaluateOne(request, principal, resource, action, target))
			return going
		}) && complete
		return going
	})
	return whole && complete
}

// wholly proves at once, if it can, that the action is allowed on every resource of a pattern: then an allow statement counts
// only where it covers them all, and a deny statement where it meets any. Roles and keys are left out, because what their
// policies mean depends on the resource.
func (e *evaluation) wholly() (Result, bool) {
	if !strings.ContainsAny(e.target, "*?") || !e.actsOnResources() || e.service == "sts" || e.service == "kms" {
		return Result{}, false
	}
	all := newEvaluation(e.request, e.principal, e.resource, e.result.Action, e.target)
	all.whole = nonEmptyEnd(CompilePattern(e.target))
	r := all.decide()
	return r, r.Decision == Allowed
}

// meets matches a statement's resource, or one it excepts, with the request's.
func (e *evaluation) meets(pattern *Pattern, st *Statement) bool {
	switch {
	case e.whole == nil:
		return pattern.Match(e.target)
	case (st.Effect == Allow) == (st.NotResources == nil):
		return pattern.Contains(e.whole)
	}
	_, met, certain := pattern.intersect(e.whole)
	return met || !certain
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

// eachAction visits one action of each kind the statements tell apart. It answers false when there are too many kinds.
func eachAction(request *Request, from statements, left *effort, visit func(string) bool) bool {
	if !strings.ContainsAny(request.Action, "*?") {
		visit(request.Action)
		return true
	}
	within := CompilePattern(strings.ToLower(request.Action))
	if within.All() {
		within = CompilePattern("?*:?*")
	}
	service, _, found := strings.Cut(within.text, ":")
	if !found || strings.ContainsAny(service, "*?") {
		service = ""
	}
	var cuts []*Pattern
	from(service, func(st *Statement) {
		cuts = appendCuts(cuts, within, st.Actions...)
		cuts = appendCuts(cuts, within, st.NotActions...)
	})
	return explore(within, cuts, left, func(witness string, _ []bool) bool { return visit(witness) })
}

// eachTarget visits one resource of each kind the statements tell apart for the evaluations, which ask different actions
// of one pattern, of the resources that one of the actions acts on. It answers false when there are too many kinds.
func eachTarget(asked []*evaluation, from statements, left *effort, visit func(string) bool) bool {
	pattern := asked[0].target
	if !strings.ContainsAny(pattern, "*?") || !slices.ContainsFunc(asked, (*evaluation).actsOnResources) {
		visit(pattern)
		return true
	}
	within := nonEmptyEnd(CompilePattern(pattern))
	var cuts []*Pattern
	for _, e := range asked {
		for _, kind := range resourceTypes(e.action, e.partition()) {
			if !elsewhere(kind.text, pattern) {
				cuts = appendCuts(cuts, within, kind)
			}
		}
		from(e.service, func(st *Statement) {
			if st.speaksOf(e.action) {
				cuts = e.appendResourceCuts(cuts, within, st.Resources)
				cuts = e.appendResourceCuts(cuts, within, st.NotResources)
			}
		})
	}
	return explore(within, cuts, left, func(witness string, _ []bool) bool {
		exists := slices.ContainsFunc(asked, func(e *evaluation) bool {
			a := findAction(e.action)
			return a == nil || a.actsOn(witness) && e.reaches(witness)
		})
		return !exists || visit(witness)
	})
}

// partition is the principal's; "" for one that has no account.
func (e *evaluation) partition() string {
	_, rest, found := strings.Cut(e.request.Principal.ARN, "arn:")
	if !found || e.request.Principal.Account() == "" {
		return ""
	}
	partition, _, _ := strings.Cut(rest, ":")
	return partition
}

// reaches reports whether a resource is in the principal's partition.
func (e *evaluation) reaches(arn string) bool {
	partition := e.partition()
	return partition == "" || !strings.HasPrefix(arn, "arn:") || strings.HasPrefix(arn, "arn:"+partition+":")
}

// elsewhere reports whether a type of resource, its ARN's placeholders read as stars, holds nothing that a pattern names: a part
// of the ARN before the resource's own differs, or what both spell out of that. No such part holds a colon ("Amazon Resource
// Names", https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html), so no star of the type runs across one there.
func elsewhere(kind, pattern string) bool {
	types, names := strings.SplitN(kind, ":", 6), strings.SplitN(pattern, ":", 6)
	if len(types) < 6 || len(names) < 6 || strings.ContainsAny(strings.Join(names[:5], ""), "*?") {
		return false
	}
	for i, name := range names[:5] {
		if types[i] != name && !strings.Contains(types[i], "*") {
			return true
		}
	}
	one, other := spelledOut(types[5]), spelledOut(names[5])
	shared := min(len(one), len(other))
	return one[:shared] != other[:shared]
}

// spelledOut is what a pattern says before its first wildcard.
func spelledOut(pattern string) string {
	if at := strings.IndexAny(pattern, "*?"); at >= 0 {
		return pattern[:at]
	}
	return pattern
}

func (e *evaluation) appendResourceCuts(cuts []*Pattern, within *Pattern, templates []*Template) []*Pattern {
	for _, t := range templates {
		if p, state := t.resolve(e, true); state != absent {
			cuts = appendCuts(cuts, within, p)
		}
	}
	return cuts
}

// appendCuts keeps the patterns that may divide the set: those that plainly cover it, or plainly miss it, do not.
func appendCuts(cuts []*Pattern, within *Pattern, patterns ...*Pattern) []*Pattern {
	for _, p := range patterns {
		same := func(c *Pattern) bool { return slices.Equal(c.tokens(), p.tokens()) }
		if !p.plainlyContains(within) && !p.plainlyMisses(within) && !slices.ContainsFunc(cuts, same) {
			cuts = append(cuts, p)
		}
	}
	return cuts
}

// nonEmptyEnd reads a final star behind a delimiter as a name, which is never empty.
func nonEmptyEnd(p *Pattern) *Pattern {
	tokens := p.tokens()
	n := len(tokens)
	if n == 0 || tokens[n-1] != star || n > 1 && tokens[n-2] != ':' && tokens[n-2] != '/' {
		return p
	}
	return newPattern(append(append([]rune{}, tokens[:n-1]...), one, star))
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
