package aws

import (
	"slices"
	"strings"
)

// Extent is what a principal may do, as sets of requests. It is found by intersecting and subtracting what statements speak of,
// never by trying actions.
type Extent struct {
	Own  []Permission   // with resources of the principal's own account, by its own policies
	Held [][]Permission // with each held resource, by what its policies say
	// Complete is false when something was left out because it takes too many patterns to write down.
	Complete bool
}

// Permission is one set of requests that are allowed, all but those of the exceptions.
type Permission struct {
	Area
	Decision Decision // Allowed, or Possible: it hangs on Doubts
	By       []Match  // the statements of which it is the intersection: those that grant, and those of guardrails that must allow
	Doubts   []Doubt  // conditions and variables whose truth is not known
	Except   []Exception
	Root     bool // the root user has full access; no statement grants it
}

// Exception is a set of requests that a grant does not allow, for certain or, where there are doubts, perhaps.
type Exception struct {
	Area
	By     Match   // the statement that denies; none where Reason says it
	Doubts []Doubt // of a denial on conditions whose truth is not known
	Reason string
}

// Held is a resource whose own policies have a say.
type Held struct {
	Request  *Request   // by the same principal, of this resource: its account, and what is known of it
	Within   []*Pattern // what the policies can speak of: a bucket and its objects
	Policies *ResourcePolicies
}

// extentLimit bounds the sets of one intersection.
const extentLimit = 20_000

// ExtentOf gives what a principal may do with the resources of its own account, by its own policies, and with each of the held
// resources by what their policies say. request says who asks and what is known of the request; its action and resource are not
// looked at. on has what binds every resource of the account: its RCPs, and the endpoint.
//
// The rules are those of Evaluate, taken statement by statement: a grant is the intersection of a statement that allows with one
// statement of each guardrail that must allow, and what deny statements speak of is subtracted.
func ExtentOf(request *Request, principal *PrincipalPolicies, on *ResourcePolicies, held []Held) Extent {
	if principal == nil {
		principal = &PrincipalPolicies{}
	}
	if on == nil {
		on = &ResourcePolicies{}
	}
	own := newExtent(newEvaluation(request, principal, on, "", ""), nil)
	var others []*extent
	for i := range held {
		one := newExtent(newEvaluation(held[i].Request, principal, held[i].Policies, "", ""), &held[i])
		others = append(others, one)
		if one.e.sameAccount() {
			own.denials = append(own.denials, one.resourceDenials...)
		}
	}
	own.denials = append(own.denials, own.decidedElsewhere()...)
	out := Extent{Own: own.tell(), Complete: own.complete}
	for _, one := range others {
		if one.e.sameAccount() && decidedBy(one.held.Within) == nil {
			one.grants = beyond(one.grants, own.grants)
		}
		out.Held = append(out.Held, one.tell())
		out.Complete = out.Complete && one.complete
	}
	return out
}

// extent is what is allowed and denied of one account's resources, or of one held resource.
type extent struct {
	e               *evaluation
	held            *Held // nil: all that policies of resources do not decide
	grants          []piece
	denials         []Exception
	resourceDenials []Exception // those by the held resource's policies, which are among the denials too
	complete        bool
}

// piece is a set of requests in the making.
type piece struct {
	Area
	by     []Match
	doubts []Doubt
	root   bool
}

func newExtent(e *evaluation, held *Held) *extent {
	x := &extent{e: e, held: held, complete: true}
	own, personal, guards := x.principal()
	if held == nil {
		x.grants = x.limited(own, append(personal, guards...))
	} else if !e.publicAccessBlocked() {
		x.byResource(own, personal, guards)
	}
	x.control()
	return x
}

// principal reads the principal's side: what it is granted; what limits that, and what is granted to its role; and the SCPs, which
// limit everything.
func (x *extent) principal() (own []piece, personal, guards [][]piece) {
	p := &x.e.request.Principal
	policies := x.e.principal
	switch p.Kind {
	case Anonymous, Service, Provider:
		return nil, nil, nil
	case Root:
		own = []piece{{Area: Area{Actions: everything, Resources: everything}, root: true}}
	default:
		own = x.read(policies.Identity, reading{layer: IdentityLayer}).any()
		if policies.Boundary != nil {
			personal = append(personal, x.read(policies.Boundary, reading{layer: BoundaryLayer}).any())
		}
	}
	if policies.Session != nil || p.Kind == FederatedUser {
		personal = append(personal, x.read(policies.Session, reading{layer: SessionLayer}).any())
	}
	if !p.serviceLinked() {
		for level, list := range policies.SCPs {
			guards = append(guards, x.read(list, reading{layer: SCPLayer, level: level}).any())
		}
	}
	if x.e.resource.Endpoint != nil {
		guards = append(guards, x.read(x.e.resource.Endpoint, reading{layer: EndpointLayer, principals: true, anyone: true}).any())
	}
	return own, personal, guards
}

// byResource reads what the held resource's policies grant, each by the name that it gives the principal; see naming.
func (x *extent) byResource(own []piece, personal, guards [][]piece) {
	before := len(x.denials)
	named := x.read(x.e.resource.Resource, reading{layer: ResourceLayer, principals: true, everything: true})
	x.denials = append(x.denials[:before], x.clip(x.denials[before:], x.held.Within)...)
	x.resourceDenials = slices.Clone(x.denials[before:])
	within := []piece{{Area: Area{Actions: everything, Resources: x.held.Within}}}
	switch p := &x.e.request.Principal; {
	case p.Kind == Anonymous || p.Kind == Service || p.Kind == Provider:
		x.grants = x.meet(named.direct, within)
	case !x.e.sameAccount():
		x.grants = x.limited(x.meet(x.meet(named.any(), within), own), append(personal, guards...))
	default:
		x.grants = append(x.limited(x.meet(named.direct, within), guards), x.limited(x.meet(named.limited, within), append(personal, guards...))...)
		if decided := decidedBy(x.held.Within); decided != nil {
			x.grants = append(x.grants, x.limited(x.meet(x.meet(named.account, []piece{{Area: *decided}}), own), append(personal, guards...))...)
		}
		if p.Kind == Root {
			x.denials = append(x.denials, Exception{Area: Area{Actions: trusted, Resources: everyRole}, Reason: "the root user cannot assume roles"})
		}
	}
}

// byName are sets of a layer by how its statements name the principal.
type byName struct{ direct, limited, account []piece }

func (n byName) any() []piece { return slices.Concat(n.direct, n.limited, n.account) }

// read gives the sets that a layer's allow statements speak of, and puts what its deny statements speak of with the denials.
func (x *extent) read(policies []*Policy, how reading) byName {
	var out byName
	for _, p := range policies {
		for i := range p.Statements {
			st := &p.Statements[i]
			if how.denyOnly && st.Effect == Allow {
				continue
			}
			pieces, n := x.e.spoken(p, st, how)
			switch {
			case st.Effect == Deny:
				for _, each := range pieces {
					x.denials = append(x.denials, Exception{Area: each.Area, By: each.by[0], Doubts: each.doubts})
				}
			case n.direct != no:
				out.direct = append(out.direct, pieces...)
			case n.limited != no:
				out.limited = append(out.limited, pieces...)
			case n.account != no:
				out.account = append(out.account, pieces...)
			}
		}
	}
	return out
}

func (x *extent) limited(pieces []piece, by [][]piece) []piece {
	for _, limit := range by {
		pieces = x.meet(pieces, limit)
	}
	return pieces
}

func (x *extent) meet(pieces, with []piece) []piece {
	var out []piece
	for i := range pieces {
		for j := range with {
			area, some, complete := pieces[i].meet(&with[j].Area)
			x.complete = x.complete && complete
			if some && len(out) == extentLimit {
				x.complete = false
				return out
			}
			if some {
				out = append(out, piece{
					Area: area, by: slices.Concat(pieces[i].by, with[j].by), doubts: slices.Concat(pieces[i].doubts, with[j].doubts),
					root: pieces[i].root || with[j].root,
				})
			}
		}
	}
	return out
}

// control adds what RCPs deny of the services that they bind.
func (x *extent) control() {
	if x.e.request.Principal.serviceLinked() {
		return
	}
	bound := Area{NotActions: compiled("kms:retiregrant"), Resources: everything}
	for _, service := range actions().rcp {
		bound.Actions = append(bound.Actions, CompilePattern(service+":*"))
	}
	before := len(x.denials)
	for level, policies := range x.e.resource.RCPs {
		x.read(policies, reading{layer: RCPLayer, level: level, principals: true, anyone: true, denyOnly: true})
	}
	x.denials = append(x.denials[:before], x.narrow(x.denials[before:], &bound)...)
}

func (x *extent) clip(exceptions []Exception, within []*Pattern) []Exception {
	return x.narrow(exceptions, &Area{Actions: everything, Resources: within})
}

func (x *extent) narrow(exceptions []Exception, to *Area) []Exception {
	var out []Exception
	for _, exception := range exceptions {
		area, some, complete := exception.meet(to)
		x.complete = x.complete && complete
		if some {
			exception.Area = area
			out = append(out, exception)
		}
	}
	return out
}

// What the policies of resources decide even within an account; see trustPolicy and resourceDecides.
var (
	everyRole = compiled("arn:*:role/*")
	everyKey  = compiled("arn:*:key/*")
	trusted   = compiled("sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity", "sts:tagsession", "sts:setsourceidentity", "sts:setcontext")
	ofKeys    = compiled("kms:*")
)

func compiled(texts ...string) []*Pattern {
	out := make([]*Pattern, len(texts))
	for i, text := range texts {
		out[i] = CompilePattern(text)
	}
	return out
}

// decidedElsewhere excepts from what the principal's own policies grant what policies of resources decide: those that were
// held tell it themselves.
func (x *extent) decidedElsewhere() []Exception {
	return []Exception{
		{Area: Area{Actions: trusted, Resources: everyRole}, Reason: "a role's trust policy decides"},
		{Area: Area{Actions: ofKeys, Resources: everyKey}, Reason: "a key's policy decides"},
	}
}

// decidedBy is the part of a held resource that its policy decides alone; nil for most.
func decidedBy(within []*Pattern) *Area {
	of := func(kind string) bool {
		return slices.ContainsFunc(within, func(p *Pattern) bool { return strings.Contains(p.text, kind) })
	}
	switch {
	case of(":role/"):
		return &Area{Actions: trusted, Resources: within}
	case of(":key/"):
		return &Area{Actions: ofKeys, Resources: within}
	}
	return nil
}
