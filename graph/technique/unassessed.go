package technique

import (
	"fmt"
	"math"
	"slices"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// unread is what a variable is bound to where things of its kinds may exist that nobody listed.
const unread = graph.Index(math.MaxUint32)

// assess looks for a way in which the actor would use the technique on something that was not listed, and gives it as a gap: an
// edge that is not walked, for nobody knows whether there is such a thing. What is settled by what was collected has to hold;
// comparisons on what was not listed are taken to.
func (actor *actor) assess(technique Technique) []graph.Edge {
	if len(actor.world.unread) == 0 || kinds.Is(actor.world.snapshot.Kind(actor.node), kinds.Container) { // a member says it
		return nil
	}
	search := search{actor: actor, technique: technique, rule: technique.rule, assessing: true}
	for at := range technique.rule.options {
		option := &technique.rule.options[at]
		if search.missed == nil && actor.unreadIn(technique.rule, option) && actor.mayAll(option) {
			search.begin(option)
		}
	}
	if search.missed == nil {
		return nil
	}
	return []graph.Edge{*search.missed}
}

// unreadIn reports whether an option binds something that was not listed in full in the actor's account.
func (actor *actor) unreadIn(rule *rule, option *option) bool {
	return slices.ContainsFunc(option.bind, func(index int) bool {
		return len(actor.world.unlisted(actor.account, rule.variables[index].kinds)) > 0
	})
}

// unlisted gives the places in an account where things of the kinds were not listed.
func (world *world) unlisted(account string, of []graph.NodeKind) []kinds.Unread {
	var places []kinds.Unread
	for _, kind := range of {
		for _, place := range world.unread[kind] {
			if place.Account == account {
				places = append(places, place)
			}
		}
	}
	return places
}

// unlistedFor gives the places in which something may be that the variable could be bound to: the actor's permissions on it reach there.
// It holds, without a place, of what only something unlisted leads to.
func (search *search) unlistedFor(index int, variable *variable) (places []kinds.Unread, holds bool) {
	if !search.assessing || variable.identity == isActor {
		return nil, false
	}
	if search.touchesUnread(variable.mentions()) {
		return nil, true
	}
	places = search.world.unlisted(search.account, variable.kinds)
	for _, permission := range search.option.permissions {
		if permission.direct() == index && (permission.subject < 0 || permission.subject < index && search.bound[permission.subject] != unread) {
			places = slices.DeleteFunc(places, func(place kinds.Unread) bool { return !search.reaches(permission, place) })
		}
	}
	return places, len(places) > 0
}

// reaches reports whether a permission may apply to something at a place.
func (search *search) reaches(permission permission, place kinds.Unread) bool {
	supposer, able := search.world.authorizer.(Supposer)
	if !able {
		return true
	}
	need := Need{Action: permission.action}
	for _, key := range permission.context {
		if search.touchesUnread(key.value.mentions()) {
			continue
		}
		if need.Context == nil {
			need.Context = map[string]string{}
		}
		need.Context[key.key] = search.expand(key.value)
	}
	question := fmt.Sprint("at ", search.subjectKey(permission.subject), need, place)
	decision, known := search.decisions[question]
	if !known {
		decision = supposer.Suppose(search.idOf(permission.subject), need, place)
		search.decisions[question] = decision
	}
	return search.accept(finding{holds: decision.Holds, verdict: decision.Verdict, evidence: decision.Evidence})
}

// touchesUnread reports whether any of the variables is bound to what was not listed.
func (search *search) touchesUnread(indexes []int) bool {
	return search.assessing && slices.ContainsFunc(indexes, func(index int) bool { return index >= 0 && search.bound[index] == unread })
}

// suppose notes what would have to be listed.
func (search *search) suppose(places []kinds.Unread) {
	var gaps []graph.Evidence
	for _, place := range places {
		gaps = append(gaps, graph.Evidence{
			Kind: graph.Gap, Source: search.root, Locator: string(place.Scope), Detail: kinds.NotCollected + place.Operation,
		})
	}
	search.proof = append(search.proof, proof{verdict: graph.Unknown, evidence: gaps})
}

// miss concludes an assessment in which something unlisted was supposed.
func (search *search) miss() {
	if !search.touchesUnread(search.option.bind) {
		return
	}
	edge := graph.Edge{From: search.id, To: search.root, Kind: kinds.NotAssessed, Technique: search.technique.ID, Verdict: graph.Unknown}
	for _, proof := range search.proof {
		for _, piece := range proof.evidence {
			if !slices.Contains(edge.Evidence, piece) {
				edge.Evidence = append(edge.Evidence, piece)
			}
		}
	}
	search.missed = &edge
}
