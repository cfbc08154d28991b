package identity

import (
	"cmp"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	iam "github.com/inroad-security/inroad/internal/iam/aws"
)

// WhoCan is who may make a request.
type WhoCan struct {
	Answers     []Answer `json:"answers"`     // who may, surest first, then by id
	Asked       int      `json:"asked"`       // principals that were considered
	Uncollected int      `json:"uncollected"` // users and roles whose policies are not known, and who may not as far as others' are
}

// WhoCan asks everyone whose policies, or whom the resource's policies, speak of the action on the resource: users, roles, root
// users, services, identity providers, and anyone on the internet.
func (policies *Policies) WhoCan(request Request) WhoCan {
	found := WhoCan{Answers: []Answer{}}
	target := iam.CompilePattern(request.Resource)
	ask := func(principal graph.ID) bool {
		answer := policies.Can(principal, request)
		if answer.Verdict == Denied {
			return false
		}
		found.Answers = append(found.Answers, answer)
		return true
	}
	for i := range policies.snapshot.OfKind(kinds.AWSUser, kinds.AWSRole) {
		found.Asked++
		id := policies.snapshot.ID(i)
		if may := policies.concerned(id, request, target) && ask(id); !may && policies.snapshot.Stub(i) {
			found.Uncollected++
		}
	}
	others := policies.others(request)
	found.Asked += len(others)
	for _, id := range others {
		ask(id)
	}
	slices.SortFunc(found.Answers, func(a, b Answer) int {
		return cmp.Or(cmp.Compare(rank(a.Verdict), rank(b.Verdict)), cmp.Compare(a.Principal, b.Principal))
	})
	return found
}

// concerned is a cheap upper bound: whether any policy speaks of the principal and the action on what the request covers.
func (policies *Policies) concerned(principal graph.ID, request Request, target *iam.Pattern) bool {
	if strings.ContainsAny(request.Action, "*?") {
		return true
	}
	if !policies.authorizer.May(principal, request.Action) {
		return false
	}
	patterns, bounded := policies.authorizer.Where(principal, request.Action)
	return !bounded || request.Resource == "*" || slices.ContainsFunc(patterns, func(pattern string) bool {
		_, meets := iam.CompilePattern(pattern).Intersects(target)
		return meets
	})
}

// others lists the principals that are neither users nor roles of the graph: root users, services, providers, whomever the
// resource's policy names beside, and the internet.
func (policies *Policies) others(request Request) []graph.ID {
	snapshot := policies.snapshot
	ids := []graph.ID{graph.Internet}
	for i := range snapshot.OfKind(kinds.AWSAccount, kinds.AWSService, kinds.AWSIdentityProvider) {
		ids = append(ids, snapshot.ID(i))
	}
	if at, ok := snapshot.Find(graph.ID(holderOf(request.Resource))); ok {
		for _, property := range []string{"policy", "trust"} {
			ids = append(ids, namedBy(snapshot.Props(at).Text(property))...)
		}
	}
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(id graph.ID) bool {
		at, ok := snapshot.Find(id)
		return ok && (snapshot.Kind(at) == kinds.AWSUser || snapshot.Kind(at) == kinds.AWSRole)
	})
}

// namedBy lists the principals that a policy names, without those that are no names of one.
func namedBy(document string) []graph.ID {
	policy, err := iam.ParsePolicy("", []byte(document))
	if err != nil {
		return nil
	}
	var ids []graph.ID
	for _, statement := range policy.Statements {
		if statement.Principal == nil {
			continue
		}
		for _, name := range slices.Concat(statement.Principal.AWS, statement.Principal.Service, statement.Principal.Federated) {
			if who, err := iam.ParsePrincipal(name); err == nil && who.Kind != iam.Anonymous {
				ids = append(ids, graph.ID(who.ARN))
			}
		}
	}
	return ids
}
