package aws

import (
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	iam "github.com/inroad-security/inroad/internal/iam/aws"
)

// foreignAccesses derives what other accounts do with stores and keys whose own policies let them in. Both accounts must
// agree, and whoever holds the account that a policy names makes a principal there that may do everything ("Cross-account
// policy evaluation logic",
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html). What a user or role may
// that a policy names in an account which was not collected is Unknown. That a store is open to anyone is not said again.
func (authorizer *Authorizer) foreignAccesses() []graph.Edge {
	var edges []graph.Edge
	for _, way := range accesses {
		if way.policy == "" {
			continue
		}
		for _, store := range authorizer.estate.all(way.kind) {
			if !store.known() || authorizer.public(store) {
				continue
			}
			for _, who := range authorizer.foreigners(store) {
				if edge, holds := authorizer.usesFromAbroad(who, store, way); holds {
					edges = append(edges, edge)
				}
			}
		}
	}
	return edges
}

// foreigners gives whom a store's policy may let in of other accounts: the accounts themselves, and the users and roles of those
// that were not collected.
func (authorizer *Authorizer) foreigners(store *node) []*subject {
	holder := authorizer.estate.holder(store)
	if holder == nil {
		return nil
	}
	target := authorizer.target(string(store.ID))
	named, anyone := target.named()
	if anyone {
		named = append(named, target.accountsAsked()...)
	}
	var found []*subject
	for _, name := range graph.Sorted(named) {
		parsed := parseARN(name)
		digits := parsed.account
		if isAccount(name) {
			digits = name
		}
		if !isAccount(digits) || digits == holder.digits {
			continue
		}
		account := authorizer.estate.account(holder.partition, digits)
		switch {
		case isAccount(name), parsed.resource == "root":
			if stand := authorizer.anyOf(account.id); !slices.ContainsFunc(found, func(known *subject) bool { return known.id == stand.id }) {
				found = append(found, stand)
			}
		case account.collected, parsed.service != "iam", !strings.HasPrefix(parsed.resource, "role/") && !strings.HasPrefix(parsed.resource, "user/"):
		default:
			found = append(found, authorizer.permitted(authorizer.subject(graph.ID(name))))
		}
	}
	return found
}

// accountsAsked lists the accounts that the conditions of statements about everyone ask for.
func (made *target) accountsAsked() []string {
	return made.asked("aws:principalaccount", "kms:calleraccount")
}

// asked lists the values that the conditions of statements that allow ask of the keys.
func (made *target) asked(keys ...string) []string {
	var asked []string
	for _, policy := range made.policies.Resource {
		for i := range policy.Statements {
			if policy.Statements[i].Effect != iam.Allow {
				continue
			}
			for _, condition := range policy.Statements[i].Conditions {
				if slices.Contains(keys, strings.ToLower(condition.Key)) {
					for _, value := range condition.Values {
						asked = append(asked, value.String())
					}
				}
			}
		}
	}
	return asked
}

// usesFromAbroad decides what a foreigner may by the store's policy.
func (authorizer *Authorizer) usesFromAbroad(who *subject, store *node, way access) (graph.Edge, bool) {
	best, part := authorizer.mayUse(who, store, way)
	if !best.Holds {
		return graph.Edge{}, false
	}
	edge := graph.Edge{
		From: who.id, To: store.ID, Kind: way.edge, Technique: way.called(), Requires: authorizer.encryptedWith(store, way.edge),
		Verdict: best.Verdict, Cause: best.Cause,
		Evidence: slices.DeleteFunc(best.Evidence, func(piece graph.Evidence) bool { return piece.Kind == graph.Grant && piece.Source == who.id }),
	}
	if len(who.holes) > 0 {
		edge.Verdict = graph.Unknown
	} else {
		edge.Evidence = append(edge.Evidence, granted(who.id, "account", "whoever holds account %s makes a principal there that its own policies let do this", who.account.digits))
	}
	if cause, found := byPolicyOf(store, &edge); found {
		edge.Cause = cause
	}
	if part != "" {
		edge.Props = graph.Props{"objects": part}
	}
	way.weaken(store, &edge)
	return edge, authorizer.readable(store, who.account, &edge)
}

// byPolicyOf gives the statement of the store's own policy that an edge hangs on.
func byPolicyOf(store *node, edge *graph.Edge) (graph.Cause, bool) {
	for _, piece := range edge.Evidence {
		if piece.Kind == graph.Grant && piece.Source == store.ID {
			return graph.Cause("statement:" + string(store.ID) + "#" + piece.Locator), true
		}
	}
	return "", false
}
