package technique

import "github.com/inroad-security/inroad/graph"

// Authorizer answers what a principal may do, by the exact rules of its cloud. Implementations are made from one
// snapshot and are pure: equal questions get equal answers.
type Authorizer interface {
	// May is a cheap upper bound: false means that the principal can never perform the action on anything.
	May(principal graph.ID, action string) bool
	// Can decides one request. principal is a node's id, a service name such as lambda.amazonaws.com, or
	// graph.Internet for an anonymous caller. resource may hold wildcards: then all that it covers must be allowed.
	// context holds the request's condition keys that the caller knows.
	Can(principal graph.ID, action string, resource string, context map[string]string) Decision
	// Some decides whether there is one resource, matching the pattern, on which the principal may do all
	// that is needed: a function of any name, say, that it may both create and invoke. It returns that resource.
	Some(principal graph.ID, pattern string, needs []Need) (resource string, decision Decision)
}

// Need is one permission of several that must hold on the same resource.
type Need struct {
	Action  string
	Context map[string]string
}

// Decision is an Authorizer's answer. When Holds is false the rest tells why not.
type Decision struct {
	Holds bool
	// Verdict of an answer that holds: Proven, or Possible with the open conditions as Gap evidence, or Unknown.
	Verdict graph.Verdict
	// Cause is the statement that grants.
	Cause    graph.Cause
	Evidence []graph.Evidence
}
