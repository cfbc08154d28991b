package azure

import "slices"

// Decision is three-valued: what hangs on something that is not known is Possible.
type Decision int

// The decisions, from no to yes.
const (
	Denied Decision = iota
	Possible
	Allowed
)

// Assignment gives a principal a role at a scope.
type Assignment struct {
	ID, Principal, Scope string
	// Role is nil where its definition is not known.
	Role *Role
	// Condition narrows what the role allows; nil for none.
	Condition *Condition
	// Eligible assignments must be activated first.
	Eligible bool
}

// Deny takes actions from principals at a scope, whatever roles they have.
//
// "Understand Azure deny assignments": https://learn.microsoft.com/azure/role-based-access-control/deny-assignments
type Deny struct {
	ID, Scope string
	// Principals are those that it holds for, or Everyone; Excluded are those that it leaves out.
	Principals, Excluded []string
	Permissions          []Permission
	// Children tells that it holds below its scope, too.
	Children  bool
	Condition *Condition
}

// Everyone stands for all principals of a tenant.
const Everyone = "everyone"

// Request is one action on one resource.
type Request struct {
	// Principals are who asks and every group that it is in, itself or through other groups.
	Principals []string
	Action     string
	// Data tells an action on the data inside a resource.
	Data bool
	// Scopes are the resource and all that holds it, the narrowest first.
	Scopes []string
	// Attributes are those that are known, as conditions spell them: "@Request[…:RoleDefinitionId]", in lower case.
	Attributes map[string][]string
}

// Grant is an assignment that allows the request, or may.
type Grant struct {
	Assignment *Assignment
	// Pattern is the role's, by which it allows.
	Pattern string
	// Decision is Possible where the condition is not known to be met, or where the role must be activated first.
	Decision Decision
}

// Check is a deny assignment that was looked at: it denies, may deny, or does not.
type Check struct {
	Deny     *Deny
	Decision Decision // Denied: it does; Possible: it may; Allowed: it does not
}

// Result is a decision with what made it.
type Result struct {
	Decision Decision
	// Grants are the assignments that allow, the most certain first.
	Grants []Grant
	// Checks are the deny assignments of these principals that hold at the scopes.
	Checks []Check
	// Unread are assignments at the scopes whose role's definition is not known: nobody knows whether they allow.
	Unread []*Assignment
}

// Evaluate decides a request: a deny assignment that covers it goes first; then any assignment at the resource or above
// whose role allows it suffices, for roles add up.
func Evaluate(assignments []*Assignment, denies []*Deny, request Request) Result {
	var result Result
	best := Denied
	for _, assignment := range assignments {
		if !slices.Contains(request.Principals, assignment.Principal) || !slices.Contains(request.Scopes, assignment.Scope) {
			continue
		}
		if assignment.Role == nil {
			result.Unread = append(result.Unread, assignment)
			continue
		}
		if grant := assignment.allows(request); grant.Decision > Denied {
			result.Grants = append(result.Grants, grant)
			best = max(best, grant.Decision)
		}
	}
	slices.SortStableFunc(result.Grants, func(a, b Grant) int { return int(b.Decision) - int(a.Decision) })
	for _, deny := range denies {
		if !deny.concerns(request) {
			continue
		}
		decision := deny.decides(request)
		result.Checks = append(result.Checks, Check{deny, decision})
		best = min(best, decision)
	}
	result.Decision = best
	return result
}

// allows tells how sure it is that an assignment at the scope allows the request.
func (assignment *Assignment) allows(request Request) Grant {
	best := Grant{Assignment: assignment}
	for _, permission := range assignment.Role.Permissions {
		pattern, covered := permission.covers(request.Action, request.Data)
		if !covered {
			continue
		}
		decision := met(min(assignment.Condition.truth(request), permission.Condition.truth(request)))
		if assignment.Eligible {
			decision = min(decision, Possible)
		}
		if decision > best.Decision {
			best.Pattern, best.Decision = pattern, decision
		}
	}
	return best
}

// met turns a condition's truth into what it leaves of a grant.
func met(truth truth) Decision {
	switch truth {
	case yes:
		return Allowed
	case unknown:
		return Possible
	default:
		return Denied
	}
}

// concerns tells whether a deny assignment is about these principals at these scopes. Membership in an excluded group
// excludes.
func (deny *Deny) concerns(request Request) bool {
	asked := func(principal string) bool { return slices.Contains(request.Principals, principal) }
	if !slices.Contains(deny.Principals, Everyone) && !slices.ContainsFunc(deny.Principals, asked) || slices.ContainsFunc(deny.Excluded, asked) {
		return false
	}
	at := slices.Index(request.Scopes, deny.Scope)
	return at == 0 || at > 0 && deny.Children
}

// decides tells what the deny assignment leaves of the request.
func (deny *Deny) decides(request Request) Decision {
	for _, permission := range deny.Permissions {
		if _, covered := permission.covers(request.Action, request.Data); covered {
			switch deny.Condition.truth(request) {
			case yes:
				return Denied
			case unknown:
				return Possible
			}
		}
	}
	return Allowed
}
