package aws

import "strings"

// PrincipalPolicies are the policies that speak of the principal. A nil value is a principal without any.
type PrincipalPolicies struct {
	Identity []*Policy   // managed, inline, and of the user's groups
	Boundary []*Policy   // nil = no permissions boundary
	Session  []*Policy   // passed when the session was made, inline or by ARN; nil = none
	SCPs     [][]*Policy // one element per level, root first; nil = none apply: no organization, or its management account
	Missing  []string    // what could not be collected
}

// ResourcePolicies are the policies that speak of the resource and of the way to it. A nil value means none.
type ResourcePolicies struct {
	Resource       []*Policy   // the resource's own: bucket policy, trust policy, key policy and grants, …
	RCPs           [][]*Policy // one element per level, root first; AWS's full-access policy is implied at each
	Endpoint       []*Policy   // the policy of the VPC endpoint used; nil = none used
	RestrictPublic bool        // S3's RestrictPublicBuckets is set on the bucket or on its account
	Missing        []string    // what could not be collected
}

// evaluation is the state of answering one request about one action and one resource.
type evaluation struct {
	request    *Request
	principal  *PrincipalPolicies
	resource   *ResourcePolicies
	action     string // lower case
	service    string
	target     string
	account    string   // that owns the target; "" when it is not known
	whole      *Pattern // unless nil, all the resources of this pattern are judged at once; see wholly
	anyUnknown bool
	assumed    map[string][]string // keys whose values are tried out; nil = absent
	result     Result
	deny       tri
	doubts     []Doubt // of the statement at hand
	grants     []Doubt // of statements that would grant
	limits     []Doubt // of statements that would deny, or guardrails that would let through
}

// Evaluate answers a request.
//
// An explicit deny in any policy that applies decides at once. Otherwise every guardrail must let the request through,
// and it must be granted: within an account by the identity policies or by the resource's policy, across accounts by
// both (Policy evaluation logic,
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html, and
// Cross-account policy evaluation logic, …/reference_policies_evaluation-logic-cross-account.html).
func Evaluate(request *Request, principal *PrincipalPolicies, resource *ResourcePolicies) Result {
	if principal == nil {
		principal = &PrincipalPolicies{}
	}
	if resource == nil {
		resource = &ResourcePolicies{}
	}
	if strings.ContainsAny(request.Action, "*?") || strings.ContainsAny(request.Resource, "*?") {
		return evaluateSet(request, principal, resource)
	}
	return evaluateOne(request, principal, resource, request.Action, request.Resource)
}

// evaluateOne answers for one action and one resource, which may be the literal "*" of actions that act on none.
func evaluateOne(request *Request, principal *PrincipalPolicies, resource *ResourcePolicies, action, target string) Result {
	e := newEvaluation(request, principal, resource, action, target)
	return e.refine(e.decide())
}

// evaluateAssuming answers as if the keys had the values given, or were absent where there are none.
func evaluateAssuming(request *Request, principal *PrincipalPolicies, resource *ResourcePolicies, action, target string, assumed map[string][]string) Result {
	e := newEvaluation(request, principal, resource, action, target)
	e.assumed = assumed
	return e.decide()
}

func (e *evaluation) decide() Result {
	reason := e.inapplicable()
	if e.unconditional() {
		return e.finish(yes, yes)
	}
	allow := e.granted()
	if reason != "" {
		e.check(Check{Layer: ResourceLayer, Outcome: Stopped, Reason: reason})
		allow = no
	}
	guarded := min(e.serviceControl(), e.resourceControl(), e.endpoint())
	return e.finish(allow, guarded)
}

func newEvaluation(request *Request, principal *PrincipalPolicies, resource *ResourcePolicies, action, target string) *evaluation {
	e := &evaluation{request: request, principal: principal, resource: resource, target: target}
	e.action = strings.ToLower(action)
	e.service, _, _ = strings.Cut(e.action, ":")
	e.account = request.ResourceAccount
	if e.account == "" {
		e.account = arnAccount(request.Resource)
	}
	if e.account == "" {
		e.account = request.Principal.Account()
	}
	for _, u := range request.Unknown {
		e.anyUnknown = e.anyUnknown || u == "*"
	}
	e.result.Action, e.result.Resource = action, target
	e.result.Guardrails = make([]Check, 0, 3+len(principal.SCPs)+len(resource.RCPs))
	return e
}

// sameAccount reports whether principal and resource belong to one account.
func (e *evaluation) sameAccount() bool {
	account := e.request.Principal.Account()
	return account != "" && account == e.account
}

// granted decides whether the policies that can grant do, before SCPs, RCPs and endpoint policies have their say. All
// layers are read even when one has decided, because each may hold an explicit deny.
func (e *evaluation) granted() tri {
	p := &e.request.Principal
	resource := e.resourceBased()
	switch p.Kind {
	case Anonymous, Service, Provider:
		return resource.direct
	}
	identity := e.identity()
	boundary := e.boundary()
	session := e.sessionPolicy()
	limits := min(boundary, session)
	own := min(identity, limits)
	if p.Kind == Root && e.trustPolicy() {
		e.check(Check{Layer: IdentityLayer, Outcome: Stopped, Reason: "the root user cannot assume roles"})
		return no
	}
	switch {
	case !e.sameAccount():
		return min(own, resource.any())
	case e.resourceDecides():
		return max(resource.direct, min(resource.limited, limits), min(resource.account, own))
	}
	return max(resource.direct, min(resource.limited, limits), own)
}

// finish turns what the layers said into a decision.
func (e *evaluation) finish(granted, guarded tri) Result {
	r := &e.result
	switch allow := min(granted, guarded); {
	case e.deny == yes:
		r.Decision = ExplicitlyDenied
	case allow == no:
		r.Decision = ImplicitlyDenied
	case allow == maybe || e.deny == maybe:
		r.Decision = Possible
		if granted == maybe {
			r.Unknown = e.grants
		}
		r.Unknown = append(r.Unknown, e.limits...)
	default:
		r.Decision = Allowed
	}
	if r.Decision != ExplicitlyDenied && (e.principal.Missing != nil || e.resource.Missing != nil) {
		r.Missing = append(append(r.Missing, e.principal.Missing...), e.resource.Missing...)
	}
	return *r
}

func (e *evaluation) check(c Check) {
	e.result.Guardrails = append(e.result.Guardrails, c)
}
