package technique

import "github.com/inroad-security/inroad/graph"

// Narrower is an Authorizer that can also bound where a principal may act. Deriving with one costs in proportion to
// what each principal is granted, rather than to everything that its account holds.
type Narrower interface {
	// Where gives resource patterns (with * and ?) that together cover every resource on which the principal may
	// perform the action. It is an upper bound, as May is. false means that no bound is known.
	Where(principal graph.ID, action string) (patterns []string, bounded bool)
}
