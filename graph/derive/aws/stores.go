package aws

import (
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/technique"
	iam "github.com/inroad-security/inroad/internal/iam/aws"
)

// storeAccesses derives which principals use which stores and keys. Administrators of a store's account are left
// out: they get there by the account. So are service-linked roles, whom nobody can be.
//
// A principal is only asked about stores that its own policies may cover or whose policies let it in. That a store is open
// to anyone is not said again of each principal.
//
// Their edges are most of all edges, so each principal's evidence is shared before the next one's is made.
func (authorizer *Authorizer) storeAccesses(administers map[graph.ID]string, sharer sharer) []graph.Edge {
	var edges []graph.Edge
	shelves, invitations := authorizer.shelves(), authorizer.invitations()
	for _, account := range authorizer.estate.mine() {
		for _, principal := range account.principals {
			if serviceLinked(principal) || !principal.known() {
				continue
			}
			own := len(edges)
			for _, way := range accesses {
				for _, store := range authorizer.within(principal, way, shelves.of(account.digits, way.kind), invitations) {
					holder := authorizer.estate.holder(store)
					if holder != nil && administers[principal.ID] == holder.digits {
						continue
					}
					if edge, holds := authorizer.uses(authorizer.subject(principal.ID), store, way); holds {
						edges = append(edges, edge)
					}
				}
			}
			sharer.share(edges[own:])
		}
	}
	return edges
}

// shelf is stores of one kind, ordered by their names.
type shelf struct {
	names  []string
	stores []*node
}

func (shelf *shelf) put(store *node) {
	shelf.names, shelf.stores = append(shelf.names, string(store.ID)), append(shelf.stores, store)
}

// shelves holds, for each account and kind of store, the stores that its principals can have anything to do with: its own,
// and those of other accounts whose policies speak of it. AWS allows nothing else across accounts.
type shelves map[shelfKey]*shelf

type shelfKey struct {
	account string
	kind    graph.NodeKind
}

func (shelves shelves) of(account string, kind graph.NodeKind) *shelf {
	key := shelfKey{account, kind}
	if shelves[key] == nil {
		shelves[key] = &shelf{}
	}
	return shelves[key]
}

func (authorizer *Authorizer) shelves() shelves {
	shelves := shelves{}
	seen := map[graph.NodeKind]bool{}
	for _, way := range accesses {
		if seen[way.kind] {
			continue
		}
		seen[way.kind] = true
		for _, store := range authorizer.estate.seen(way.kind) {
			if store.known() {
				for _, digits := range authorizer.concerned(store, authorizer.public(store)) {
					shelves.of(digits, way.kind).put(store)
				}
			}
		}
	}
	return shelves
}

// concerned gives the accounts whose principals a store may let in, sorted.
func (authorizer *Authorizer) concerned(store *node, public bool) []string {
	var accounts []string
	if holder := authorizer.estate.holder(store); holder != nil {
		accounts = append(accounts, holder.digits)
	}
	named, anyone := authorizer.target(string(store.ID)).named()
	for _, name := range named {
		if digits := parseARN(name).account; digits != "" {
			accounts = append(accounts, digits)
		} else if isAccount(name) {
			accounts = append(accounts, name)
		}
	}
	if anyone && !public {
		for _, account := range authorizer.estate.order {
			accounts = append(accounts, account.digits)
		}
	}
	return graph.Sorted(accounts)
}

// within gives the stores of a shelf that the principal's permissions may be about, in the order of their ids.
func (authorizer *Authorizer) within(principal *node, way access, shelf *shelf, invitations map[string][]string) []*node {
	if len(shelf.stores) == 0 {
		return nil
	}
	who := authorizer.subject(principal.ID)
	found := map[int]bool{}
	look := func(patterns []string) {
		for _, text := range patterns {
			reach := newReach(text, way)
			start, _ := slices.BinarySearch(shelf.names, reach.literal)
			for i := start; i < len(shelf.names) && strings.HasPrefix(shelf.names[i], reach.literal); i++ {
				if !found[i] && reach.concerns(shelf.names[i]) {
					found[i] = true
				}
			}
		}
	}
	for _, action := range way.actions {
		action = strings.ToLower(action)
		byName, _ := authorizer.lettingIn(who, action)
		look(who.policies.ResourcePatterns(action))
		look(byName)
		look(invitations[action])
	}
	var stores []*node
	for i, store := range shelf.stores {
		if found[i] {
			stores = append(stores, store)
		}
	}
	return stores
}

// reach is a resource pattern as far as it is about stores of a kind.
type reach struct {
	pattern *iam.Pattern
	literal string // what the names of all the stores that it is about begin with
	beneath bool   // it is about what lies beneath stores
	exact   bool   // it is about what lies beneath the one store that literal names
}

func newReach(text string, way access) reach {
	made := reach{pattern: iam.CompilePattern(text), literal: text, beneath: way.beneath}
	if at := strings.IndexAny(text, "*?"); at >= 0 {
		made.literal = text[:at]
	}
	if made.beneath {
		made.literal, made.exact = upTo(made.literal, way.slashes)
	}
	return made
}

// upTo cuts a name before the slash that follows so many others, and tells whether there is one.
func upTo(name string, slashes int) (string, bool) {
	for at := range len(name) {
		if name[at] != '/' {
			continue
		}
		if slashes == 0 {
			return name[:at], true
		}
		slashes--
	}
	return name, false
}

func (reach reach) concerns(name string) bool {
	switch {
	case reach.pattern.All():
		return true
	case reach.exact:
		return name == reach.literal
	case reach.beneath:
		_, meets := reach.pattern.Intersects(iam.CompilePattern(name + "/*"))
		return meets
	}
	return reach.pattern.Match(name)
}

// uses decides one principal's access to one store.
func (authorizer *Authorizer) uses(principal *subject, store *node, way access) (graph.Edge, bool) {
	best, part := authorizer.mayUse(principal, store, way)
	if !best.Holds {
		return graph.Edge{}, false
	}
	edge := graph.Edge{
		From: principal.id, To: store.ID, Kind: way.edge, Technique: way.called(), Requires: authorizer.encryptedWith(store, way.edge),
		Verdict: best.Verdict, Cause: best.Cause, Evidence: best.Evidence,
	}
	if part != "" {
		edge.Props = graph.Props{"objects": part}
	}
	authorizer.unlocked(principal.id, &edge)
	way.weaken(store, &edge)
	return edge, authorizer.readable(store, principal.account, &edge) && !authorizer.decryptsElsewhere(principal, store, &edge)
}

// mayUse takes the best that any of a way's actions gives; part names what lies beneath the store, where it is only some.
func (authorizer *Authorizer) mayUse(who *subject, store *node, way access) (best technique.Decision, part string) {
	if way.beneath {
		part, best = authorizer.objects(who, store, way.actions)
		return best, part
	}
	target := authorizer.target(string(store.ID))
	for _, action := range way.actions {
		decision := authorizer.judge(who, target, action, string(store.ID), nil)
		if way.along != "" && way.edge != kinds.CanAdminister && decision.Holds {
			_, besides := authorizer.some(who, target, siblings(store, way.along), []technique.Need{{Action: action}})
			decision = both(decision, besides)
		}
		if decision.Holds && (!best.Holds || decision.Verdict < best.Verdict) {
			best = decision
		}
		if best.Holds && best.Verdict == graph.Proven {
			break
		}
	}
	return best, ""
}

// siblings is a pattern of resources of the store's own service, account and region.
func siblings(store *node, pattern string) string {
	name := parseARN(string(store.ID))
	return strings.Join([]string{"arn", name.partition, name.service, name.region, name.account, pattern}, ":")
}

// weaken says what a permission alone does not tell: whether the requester stands where the store answers, and has
// what else it asks for.
func (way access) weaken(store *node, edge *graph.Edge) {
	if way.edge == kinds.CanAdminister {
		return // by the provider's API, which answers anywhere
	}
	if network := store.Props.Text(way.within); way.within != "" && network != "" {
		edge.Verdict = edge.Verdict.And(graph.Possible)
		edge.Evidence = append(edge.Evidence, missing(store.ID, way.within, "it answers inside %s alone: whoever asks needs a place from which packets arrive there", network))
	}
	if way.needs != "" {
		edge.Verdict = edge.Verdict.And(graph.Possible)
		edge.Evidence = append(edge.Evidence, missing(store.ID, "permission", "needs as well: %s", way.needs))
	}
}
