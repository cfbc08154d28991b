package technique

import (
	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// Narrower is an Authorizer that can also bound where a principal may act. Deriving with one costs in proportion to
// what each principal is granted, rather than to everything that its account holds.
type Narrower interface {
	// Where gives resource patterns (with * and ?) that together cover every resource on which the principal may
	// perform the action. It is an upper bound, as May is. false means that no bound is known.
	Where(principal graph.ID, action string) (patterns []string, bounded bool)
}

// Supposer is an Authorizer that can also judge what nobody listed. Without one, whoever may ever perform an action may do so there.
type Supposer interface {
	// Suppose decides whether there may be something of a kind, at a place where it was not listed, on which the principal may do what
	// is needed, as far as the thing's own policy leaves that to its account.
	Suppose(principal graph.ID, need Need, place kinds.Unread) Decision
}
