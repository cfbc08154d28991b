package aws

import (
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	iam "github.com/inroad-security/inroad/internal/iam/aws"
)

// subject is who asks: a principal with every policy that speaks of it.
type subject struct {
	id       graph.ID
	account  *account // nil for services and for the anonymous caller
	policies iam.PrincipalPolicies
	keys     []string // condition keys that the policies ask for
	// sessions are the ways in which the principal signs its requests; it may do what any of them may.
	sessions []session
	// gaps is what was not collected of its policies; holes are those of them that could grant something.
	gaps, holes []graph.Evidence
	patterns    map[string][]string // Where's answers by action, in lower case
	// stranger tells an identity provider's customer from whoever holds the provider: only the audience of its token is
	// its own to choose.
	stranger bool
	// audiences are the client ids whose tokens an identity provider is registered for; none where they were not collected.
	audiences []string
}

// outside reports whether the subject is nobody in particular: anyone, from anywhere on the internet.
func (subject *subject) outside() bool { return subject.id == graph.Internet || subject.stranger }

// session is one way of signing requests.
type session struct {
	principal iam.Principal
	context   map[string][]string // what the session itself tells
	evidence  []graph.Evidence    // how the principal comes by the session, where that is worth saying
}

// subject gives a principal by its node's id, a service by its name, or the anonymous caller. A group stands for a member
// that has no policies but the group's.
func (authorizer *Authorizer) subject(id graph.ID) *subject {
	if known, ok := authorizer.subjects[id]; ok {
		return known
	}
	made := authorizer.makeSubject(id)
	authorizer.subjects[id] = made
	return made
}

func (authorizer *Authorizer) makeSubject(id graph.ID) *subject {
	made := &subject{id: id, patterns: map[string][]string{}}
	name := string(id)
	switch group := parseARN(name); {
	case id == graph.Internet:
		name = "anonymous"
	case group.service == "iam" && strings.HasPrefix(group.resource, "group/"):
		name = "arn:" + group.partition + ":iam::" + group.account + ":user/" + fresh // a member of any name
	}
	principal, err := iam.ParsePrincipal(name)
	if err != nil {
		made.gaps = []graph.Evidence{missing(id, "principal", "%s is not the name of a principal", id)}
		return made
	}
	if digits := principal.Account(); digits != "" {
		made.account = authorizer.estate.account(parseARN(name).partition, digits)
	}
	if principal.Kind == iam.User || principal.Kind == iam.Role || principal.Kind == iam.Root {
		above := authorizer.levels(made.account, serviceControl)
		made.policies.SCPs, made.keys, made.gaps = above.levels, slices.Clone(above.keys), slices.Clone(above.gaps)
	}
	held, found := authorizer.estate.find(id)
	if found && principal.Kind == iam.Provider {
		made.audiences = held.Props.List("audiences")
	}
	switch {
	case principal.Kind == iam.Root, principal.Kind == iam.Service, principal.Kind == iam.Anonymous, principal.Kind == iam.Provider:
		made.sessions = []session{{principal: principal}}
		return made
	case !found || !held.known():
		made.sessions = []session{{principal: principal}}
		made.hole(missing(id, "policies", "the policies of %s were not collected", id))
		return made
	}
	principal.Tags = tagMap(held)
	principal.ID = held.Props.Text("user_id") + held.Props.Text("role_id")
	made.sessions = sessionsOf(held, principal)
	authorizer.collectPolicies(made, held)
	authorizer.enrol(made, held)
	return made
}

// sessionsOf tells how a principal can sign. A user's own access key brings no token and no MFA keys; with a password, or
// by sts:GetSessionToken, it has a session, whose MFA keys tell the second factor ("AWS global condition context keys",
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html). Whether whoever takes the user
// over has its second factor too is not known.
func sessionsOf(held *node, principal iam.Principal) []session {
	if held.Kind != kinds.AWSUser {
		return []session{{principal: principal}}
	}
	withKey := principal
	withKey.LongTerm = true
	sessions := []session{{principal: withKey}}
	if held.Props.Has("mfa") && !held.Props.Flag("mfa") {
		return append(sessions, session{principal: principal, context: map[string][]string{"aws:multifactorauthpresent": {"false"}}})
	}
	return append(sessions, session{principal: principal})
}

func (subject *subject) hole(gap graph.Evidence) {
	subject.gaps = append(subject.gaps, gap)
	subject.holes = append(subject.holes, gap)
}

// collectPolicies reads the principal's own policies, its groups' and its boundary.
func (authorizer *Authorizer) collectPolicies(subject *subject, held *node) {
	snapshot := authorizer.estate.snapshot
	holders := []graph.Index{held.index}
	for group := range snapshot.Successors(held.index, kinds.MemberOf) {
		holders = append(holders, group)
	}
	for _, holder := range holders {
		for policy := range snapshot.Successors(holder, kinds.HasPolicy) {
			parsed, gap := authorizer.policy(policy)
			if gap != nil {
				subject.hole(*gap)
				continue
			}
			subject.policies.Identity = append(subject.policies.Identity, parsed.policy)
			subject.keys = append(subject.keys, parsed.keys...)
		}
	}
	for policy := range snapshot.Successors(held.index, kinds.BoundedBy) {
		parsed, gap := authorizer.policy(policy)
		if gap != nil {
			subject.gaps = append(subject.gaps, *gap)
			continue
		}
		subject.policies.Boundary = append(subject.policies.Boundary, parsed.policy)
		subject.keys = append(subject.keys, parsed.keys...)
	}
	subject.keys = graph.Sorted(subject.keys)
}

// parsed is a policy node's document.
type parsed struct {
	policy *iam.Policy
	keys   []string
}

// policy reads a policy node; the gap says why it cannot be read.
func (authorizer *Authorizer) policy(i graph.Index) (parsed, *graph.Evidence) {
	if known, ok := authorizer.documents[i]; ok {
		return known.parsed, known.gap
	}
	id := authorizer.estate.snapshot.ID(i)
	read := reading{}
	if text := authorizer.estate.snapshot.Props(i).Text("document"); text == "" {
		gap := missing(id, "document", "the document of %s was not collected", id)
		read.gap = &gap
	} else if policy, keys, err := authorizer.library.read(id, text); err != nil {
		gap := missing(id, "document", "the document of %s cannot be read: %v", id, err)
		read.gap = &gap
	} else {
		read.parsed = parsed{policy, keys}
	}
	authorizer.documents[i] = read
	return read.parsed, read.gap
}

// reading is what came of reading a policy node.
type reading struct {
	parsed parsed
	gap    *graph.Evidence
}

// levels gives the control policies of a type that bind an account, with the condition keys that they ask for. Not
// collected is a gap; an organization in which no policy of the type was found does not use the type. "SCPs don't affect
// users or roles in the management account"
// (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html), and RCPs do not affect its
// resources (…/orgs_manage_policies_rcps.html).
func (authorizer *Authorizer) levels(of *account, kind string) hierarchy {
	switch {
	case of == nil || of.props.Flag("management") || of.props.Text("organizations") == "none":
		return hierarchy{}
	case of.props.Text("organizations") != "member":
		return hierarchy{gaps: []graph.Evidence{missing(of.id, Organizations, "%s control policies were not collected", controlWord[kind])}}
	case !authorizer.controlled(kind):
		return hierarchy{}
	}
	key := of.digits + kind
	known, ok := authorizer.hierarchies[key]
	if !ok {
		known = authorizer.readLevels(of, kind)
		authorizer.hierarchies[key] = known
	}
	return known
}

// hierarchy is what control policies say at each level above an account, root first.
type hierarchy struct {
	levels [][]*iam.Policy
	keys   []string
	gaps   []graph.Evidence
}

const (
	serviceControl  = "SERVICE_CONTROL_POLICY"
	resourceControl = "RESOURCE_CONTROL_POLICY"
)

var controlWord = map[string]string{serviceControl: "service", resourceControl: "resource"}

// unread stands in a level for a policy whose document is not known, so that the level does not deny what it may allow.
const unread = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`

func (authorizer *Authorizer) readLevels(of *account, kind string) hierarchy {
	var read hierarchy
	snapshot := authorizer.estate.snapshot
	places := of.units
	if self, ok := snapshot.Find(of.id); ok {
		places = append(places[:len(places):len(places)], self)
	}
	for _, place := range places {
		var level []*iam.Policy
		for policy := range snapshot.Predecessors(place, kinds.AttachedTo) {
			if snapshot.Kind(policy) != kinds.AWSControlPolicy || snapshot.Props(policy).Text("type") != kind {
				continue
			}
			found, gap := authorizer.policy(policy)
			if gap != nil {
				read.gaps = append(read.gaps, *gap)
				if stand, _, err := authorizer.library.read(snapshot.ID(policy), unread); err == nil {
					level = append(level, stand)
				}
				continue
			}
			level = append(level, found.policy)
			read.keys = append(read.keys, found.keys...)
		}
		if len(level) > 0 {
			read.levels = append(read.levels, level)
		}
	}
	return read
}

// controlled reports whether any control policy of the type was collected.
func (authorizer *Authorizer) controlled(kind string) bool {
	if authorizer.controlTypes == nil {
		authorizer.controlTypes = map[string]bool{}
		for i := range authorizer.estate.snapshot.OfKind(kinds.AWSControlPolicy) {
			authorizer.controlTypes[authorizer.estate.snapshot.Props(i).Text("type")] = true
		}
	}
	return authorizer.controlTypes[kind]
}

// tagMap reads a node's tags; nil when they were not collected.
func tagMap(held *node) map[string]string {
	if !held.Props.Has("tags") {
		return nil
	}
	tags := map[string]string{}
	for _, tag := range held.Props.List("tags") {
		key, value, _ := strings.Cut(tag, "=")
		tags[key] = value
	}
	return tags
}
