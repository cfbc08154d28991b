package technique

import (
	"fmt"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
)

// passes decides a test.
func (search *search) passes(test test) bool {
	if search.touchesUnread(test.mentions()) {
		return true
	}
	if test.condition != nil {
		comparison := test.condition.comparison
		return search.accept(search.holds(search.bound[test.condition.variable], comparison))
	}
	decision := search.decide(test.permissions)
	if decision.Holds {
		search.proof = append(search.proof, proof{verdict: decision.Verdict, evidence: decision.Evidence, cause: decision.Cause, place: test.place})
	}
	return decision.Holds
}

// decide asks about each resource that the permissions' template names, and keeps the surest answer: where a placeholder is
// a list, such as the objects that a pipeline takes its source from, any of them will do.
func (search *search) decide(permissions []permission) Decision {
	best := Decision{}
	for _, resource := range search.resources(permissions[0].resource) {
		decision := search.decideOn(resource, permissions)
		if decision.Holds && (!best.Holds || decision.Verdict < best.Verdict) {
			best = decision
		}
	}
	return best
}

// decideOn asks the authorizer, once for each distinct question.
func (search *search) decideOn(resource string, permissions []permission) Decision {
	var question strings.Builder
	needs := make([]Need, len(permissions))
	subject := permissions[0].subject
	fmt.Fprintf(&question, "%d %s", search.subjectKey(subject), resource)
	for i, permission := range permissions {
		needs[i] = Need{Action: permission.action}
		question.WriteString(" " + permission.action)
		for _, key := range permission.context {
			if needs[i].Context == nil {
				needs[i].Context = map[string]string{}
			}
			value := search.expand(key.value)
			needs[i].Context[key.key] = value
			question.WriteString(" " + key.key + "=" + value)
		}
	}
	key := question.String()
	decision, known := search.decisions[key]
	if !known {
		if permissions[0].resource.open() {
			decision = search.choose(subject, resource, needs)
		} else {
			decision = search.world.authorizer.Can(search.idOf(subject), needs[0].Action, resource, needs[0].Context)
		}
		search.decisions[key] = decision
	}
	return decision
}

// choose looks for a resource of the actor's choice on which all is allowed, region by region where that is open.
func (search *search) choose(subject int, pattern string, needs []Need) Decision {
	best := Decision{}
	try := func(pattern string) {
		chosen, decision := search.world.authorizer.Some(search.idOf(subject), pattern, needs)
		if !decision.Holds || !fits(pattern, chosen) || best.Holds && best.Verdict <= decision.Verdict {
			return
		}
		decision.Evidence = append(slices.Clone(decision.Evidence), graph.Evidence{
			Kind: graph.Grant, Source: search.idOf(subject), Locator: pattern, Detail: actionsOf(needs) + " on " + chosen,
		})
		best = decision
	}
	before, after, open := strings.Cut(pattern, anyRegion)
	if !open {
		try(pattern)
		return best
	}
	for _, region := range search.regionsFor(subject, needs) {
		if try(before + region + after); best.Holds && best.Verdict == graph.Proven {
			break
		}
	}
	return best
}

// actionsOf names the actions of needs for a person.
func actionsOf(needs []Need) string {
	names := make([]string, len(needs))
	for i, need := range needs {
		names[i] = need.Action
	}
	return strings.Join(names, " and ")
}

func (search *search) subjectKey(subject int) int64 {
	if subject == actorIndex {
		return -1
	}
	return int64(search.bound[subject])
}

// anyRegion stands in an expanded template for a region of the actor's choice.
const anyRegion = "{region}"

// resources gives what a template names: one resource or, of a placeholder whose property is a list, one for each of its
// items. A property that is empty or absent names nothing.
func (search *search) resources(template template) []string {
	names := []string{""}
	for at := range template {
		values := []string{search.expand(template[at : at+1])}
		if piece := template[at]; piece.prop != "" && piece.variable >= 0 {
			node, _ := search.nodeOf(piece.variable)
			if list, several := search.world.value(node, piece.prop).([]string); several {
				values = list
			}
		}
		var longer []string
		for _, name := range names {
			for _, value := range values {
				if value != "" {
					longer = append(longer, name+value)
				}
			}
		}
		names = longer
	}
	return names
}

// expand fills a template's placeholders.
func (search *search) expand(template template) string {
	var text strings.Builder
	for _, piece := range template {
		switch {
		case piece.prop == "":
			text.WriteString(piece.text)
		case piece.prop == "partition":
			text.WriteString(search.partition)
		case piece.prop == "region" && piece.variable == actorIndex:
			text.WriteString(anyRegion)
		case piece.variable == accountIndex:
			text.WriteString(search.account)
		default:
			node, _ := search.nodeOf(piece.variable)
			value, _ := search.world.value(node, piece.prop).(string)
			text.WriteString(value)
		}
	}
	return text.String()
}
