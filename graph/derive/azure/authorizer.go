package azure

import (
	"slices"
	"strings"
	"sync"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/technique"
	iam "github.com/inroad-security/inroad/internal/iam/azure"
)

// Authorizer answers what Azure lets a principal of one snapshot do, by the role and deny assignments found in it. It is
// safe for use by several goroutines at once.
//
// A role whose definition was not collected allows nothing here; the answer has the gap as evidence.
type Authorizer struct {
	mutex  sync.Mutex // guards what is filled on first use
	estate *estate
	asked  map[graph.ID]*subject
	chains map[string][]string
}

var (
	_ technique.Authorizer = (*Authorizer)(nil)
	_ technique.Narrower   = (*Authorizer)(nil)
)

// NewAuthorizer makes an Authorizer for a snapshot.
func NewAuthorizer(snapshot *graph.Snapshot) *Authorizer {
	return &Authorizer{estate: newEstate(snapshot), asked: map[graph.ID]*subject{}, chains: map[string][]string{}}
}

// subject is a principal with all that it has through groups.
type subject struct {
	principals  []string
	assignments []*iam.Assignment
}

func (authorizer *Authorizer) subject(principal graph.ID) *subject {
	known, ok := authorizer.asked[principal]
	if !ok {
		known = &subject{}
		for _, holder := range authorizer.estate.holders(principal) {
			known.principals = append(known.principals, string(holder))
			known.assignments = append(known.assignments, authorizer.estate.assignments[holder]...)
		}
		authorizer.asked[principal] = known
	}
	return known
}

func (authorizer *Authorizer) above(scope string) []string {
	known, ok := authorizer.chains[scope]
	if !ok {
		known = iam.Above(scope, func(holder string) string { return authorizer.estate.above[holder] })
		authorizer.chains[scope] = known
	}
	return known
}

// plane takes the prefix off an action that is one on the data inside a resource.
func plane(action string) (name string, data bool) { return strings.CutPrefix(action, "data:") }

// May implements technique.Authorizer.
func (authorizer *Authorizer) May(principal graph.ID, action string) bool {
	patterns, _ := authorizer.Where(principal, action)
	return len(patterns) > 0
}

// Where implements technique.Narrower: the scopes of the assignments whose role speaks of the action, and what is below them.
func (authorizer *Authorizer) Where(principal graph.ID, action string) (patterns []string, bounded bool) {
	authorizer.mutex.Lock()
	defer authorizer.mutex.Unlock()
	if inDirectory(action) {
		for _, right := range authorizer.estate.rights(principal, action) {
			if authorizer.estate.one(right.scope) {
				patterns = append(patterns, string(right.scope))
			} else { // a tenant, or an administrative unit
				return []string{"*"}, true
			}
		}
		return graph.Sorted(patterns), true
	}
	name, data := plane(action)
	who := authorizer.subject(principal)
	for _, assignment := range who.assignments {
		request := iam.Request{Principals: who.principals, Action: name, Data: data, Scopes: []string{assignment.Scope}}
		if iam.Evaluate([]*iam.Assignment{assignment}, nil, request).Decision == iam.Denied {
			continue
		}
		if subscriptionOf(assignment.Scope) == "" { // a management group, or all
			return []string{"*"}, true
		}
		patterns = append(patterns, assignment.Scope, assignment.Scope+"/*")
	}
	return graph.Sorted(patterns), true
}

// Can implements technique.Authorizer. context holds attributes as conditions spell them.
func (authorizer *Authorizer) Can(principal graph.ID, action, resource string, context map[string]string) technique.Decision {
	if inDirectory(action) {
		authorizer.mutex.Lock()
		defer authorizer.mutex.Unlock()
		return authorizer.estate.directoryDecision(principal, action, graph.ID(resource))
	}
	authorizer.mutex.Lock()
	who, scopes := authorizer.subject(principal), authorizer.above(resource)
	authorizer.mutex.Unlock()
	name, data := plane(action)
	request := iam.Request{Principals: who.principals, Action: name, Data: data, Scopes: scopes, Attributes: map[string][]string{}}
	for attribute, value := range context {
		request.Attributes[strings.ToLower(attribute)] = []string{value}
	}
	return authorizer.conclude(principal, resource, request, iam.Evaluate(who.assignments, authorizer.estate.denies, request))
}

// Some implements technique.Authorizer: something new of the actor's choice is allowed where what would hold it allows.
func (authorizer *Authorizer) Some(principal graph.ID, pattern string, needs []technique.Need) (string, technique.Decision) {
	resource := strings.ReplaceAll(pattern, "*", "new")
	joined := technique.Decision{Holds: true}
	for i, need := range needs {
		decision := authorizer.Can(principal, need.Action, resource, need.Context)
		if !decision.Holds {
			return "", decision
		}
		if i == 0 {
			joined.Cause = decision.Cause
		}
		joined.Verdict = joined.Verdict.And(decision.Verdict)
		joined.Evidence = append(joined.Evidence, decision.Evidence...)
	}
	return resource, joined
}

// conclude turns the evaluator's result into a decision with its evidence.
func (authorizer *Authorizer) conclude(principal graph.ID, resource string, request iam.Request, result iam.Result) technique.Decision {
	decision := technique.Decision{Holds: result.Decision > iam.Denied}
	for _, unread := range result.Unread {
		decision.Evidence = append(decision.Evidence, missing(graph.ID(unread.ID), "role", "the definition of its role was not collected: collect role/definition-list"))
	}
	if !decision.Holds {
		return decision
	}
	best := result.Grants[0]
	if result.Decision == iam.Possible {
		decision.Verdict = graph.Possible
	}
	id := graph.ID(best.Assignment.ID)
	decision.Cause = graph.Cause("statement:" + best.Assignment.ID + "#" + best.Assignment.Role.Name)
	through := ""
	if best.Assignment.Principal != string(principal) {
		through = ", which it has through the group " + best.Assignment.Principal
	}
	evidence := []graph.Evidence{granted(id, best.Assignment.Role.Name, "%s at %s allows %s by %s%s", best.Assignment.Role.Name, best.Assignment.Scope, request.Action, best.Pattern, through)}
	if best.Assignment.Eligible {
		evidence = append(evidence, missing(id, "eligible", "the role must be activated in Privileged Identity Management; whether that asks for an approval or a second factor was not collected"))
	}
	if condition := best.Assignment.Condition; condition != nil && (best.Decision == iam.Possible || authorizer.estate.problems[best.Assignment.ID] != "") {
		evidence = append(evidence, missing(id, "condition", "it hangs on the condition %s", condition))
	} else if condition != nil {
		evidence = append(evidence, guarded(id, "condition", "its condition is met: %s", condition))
	}
	for _, check := range result.Checks {
		if check.Decision == iam.Possible {
			evidence = append(evidence, missing(graph.ID(check.Deny.ID), "condition", "the deny assignment stops it if its condition is met: %s", check.Deny.Condition))
		} else {
			evidence = append(evidence, guarded(graph.ID(check.Deny.ID), "permissions", "the deny assignment does not cover %s", request.Action))
		}
	}
	if subscription := subscriptionOf(resource); authorizer.estate.unreadDeny[subscription] {
		decision.Verdict = decision.Verdict.And(graph.Possible)
		evidence = append(evidence, missing(graph.ID(subscription), "role/deny-assignment-list", "deny assignments were not collected"))
	}
	decision.Evidence = slices.Concat(evidence, decision.Evidence)
	return decision
}
