package aws

import (
	"maps"
	"slices"
	"strings"
)

// Step is one action of several that must all be possible on the same resource.
type Step struct {
	Action  string
	Context map[string][]string // laid over the request's context for this step
}

// Witness is a resource found by Some.
type Witness struct {
	Decision Decision // of the weakest step: Allowed, Possible, or the reason why there is none
	Resource string   // the resource; of a denial, the one that came nearest
	Results  []Result // one per step
}

// Some looks for one concrete resource that request.Resource covers and on which every step is allowed, or failing that
// possible. request.Action is not looked at. Actions without resource-level permissions are asked of "*".
func Some(request *Request, steps []Step, principal *PrincipalPolicies, resource *ResourcePolicies) Witness {
	if principal == nil {
		principal = &PrincipalPolicies{}
	}
	if resource == nil {
		resource = &ResourcePolicies{}
	}
	requests := make([]Request, len(steps))
	asked := make([]*evaluation, len(steps))
	for i, step := range steps {
		requests[i] = *request
		requests[i].Action = step.Action
		requests[i].Context = overlay(request.Context, step.Context)
		asked[i] = newEvaluation(&requests[i], principal, resource, step.Action, request.Resource)
	}
	var best Witness
	found := false
	if len(steps) == 0 {
		return Witness{Decision: Allowed, Resource: request.Resource}
	}
	eachTarget(asked, everyStatement(principal, resource), together(), func(target string) bool {
		w := Witness{Decision: Allowed, Resource: target, Results: make([]Result, len(steps))}
		for i := range requests {
			w.Results[i] = evaluateOne(&requests[i], principal, resource, requests[i].Action, target)
			if severity(w.Results[i].Decision) > severity(w.Decision) {
				w.Decision = w.Results[i].Decision
			}
		}
		if !found || severity(w.Decision) < severity(best.Decision) {
			best, found = w, true
		}
		return best.Decision != Allowed
	})
	return best
}

// overlay lays one context over another. Key names are the same whatever their case.
func overlay(base, top map[string][]string) map[string][]string {
	if len(top) == 0 {
		return base
	}
	merged := maps.Clone(base)
	if merged == nil {
		merged = map[string][]string{}
	}
	maps.DeleteFunc(merged, func(key string, _ []string) bool {
		_, replaced := foldedLookup(top, key)
		return replaced
	})
	maps.Copy(merged, top)
	return merged
}

// ResourcePatterns gives the patterns of the allow statements of the identity policies that speak of the action, sorted.
// Whatever the principal's own policies allow the action on is covered by one of them. Variables in them stand as `*`.
func (p *PrincipalPolicies) ResourcePatterns(action string) []string {
	action = strings.ToLower(action)
	service, _, _ := strings.Cut(action, ":")
	return p.collect(service, func(st *Statement) []string {
		switch {
		case !st.speaksOf(action):
			return nil
		case st.NotResources != nil:
			return []string{"*"}
		}
		return texts(st.Resources)
	})
}

// Actions gives the action patterns, in lower case and sorted, of the allow statements of the identity policies that may
// speak of the resource, which may be a pattern. "*" stands for a NotAction.
func (p *PrincipalPolicies) Actions(resource string) []string {
	within := CompilePattern(resource)
	return p.collect("", func(st *Statement) []string {
		meets := st.NotResources != nil || slices.ContainsFunc(st.Resources, func(t *Template) bool {
			_, ok := t.Pattern().Intersects(within)
			return ok
		})
		switch {
		case !meets:
			return nil
		case st.NotActions != nil:
			return []string{"*"}
		}
		var out []string
		for _, a := range st.Actions {
			out = append(out, a.text)
		}
		return out
	})
}

func (p *PrincipalPolicies) collect(service string, from func(*Statement) []string) []string {
	var out []string
	for _, policy := range p.Identity {
		policy.candidates(service, func(st *Statement) {
			if st.Effect == Allow {
				out = append(out, from(st)...)
			}
		})
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func texts(templates []*Template) []string {
	out := make([]string, len(templates))
	for i, t := range templates {
		out[i] = t.Pattern().text
	}
	return out
}
