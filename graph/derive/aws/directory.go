package aws

import (
	"regexp"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// reserved is what Identity Center calls the role of a permission set in an account: AWSReservedSSO_<set>_<16 digits> ("Referencing permission
// sets in resource policies", https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html).
var reserved = regexp.MustCompile(`^AWSReservedSSO_(.+)_[0-9a-f]{16}$`)

// reservedPath is the path of such roles.
const reservedPath = "aws-reserved/sso.amazonaws.com/"

// directory derives which roles the users and groups of Identity Center's directory have: whoever is assigned a permission set in an account
// has the role that Identity Center made of it there ("Manage access to AWS accounts",
// https://docs.aws.amazon.com/singlesignon/latest/userguide/manage-your-accounts.html). Members have what their groups are
// assigned. A user who is disabled has nothing.
func (authorizer *Authorizer) directory() []graph.Edge {
	var edges []graph.Edge
	assigned := map[graph.ID]bool{}
	roles := authorizer.estate.reservedRoles()
	for _, assignment := range authorizer.estate.seen(kinds.AWSAssignment) {
		who := graph.ID("arn:" + parseARN(string(assignment.ID)).partition + ":identitystore:::" + strings.ToLower(assignment.Props.Text("principal_type")) + "/" + assignment.Props.Text("principal"))
		if held, found := authorizer.estate.find(who); found && held.Props.Text("status") == "DISABLED" {
			continue
		}
		edge, found := authorizer.assigned(assignment, who, roles)
		if !found {
			continue
		}
		assigned[who] = true
		if authorizer.estate.owns(assignment) {
			edges = append(edges, edge)
		}
	}
	for _, user := range authorizer.estate.all(kinds.AWSDirectoryUser) {
		if user.Props.Text("status") == "DISABLED" {
			continue
		}
		for at := range authorizer.estate.snapshot.Successors(user.index, kinds.MemberOf) {
			if group := authorizer.estate.node(at); assigned[group.ID] {
				edges = append(edges, graph.Edge{
					From: user.ID, To: group.ID, Kind: kinds.CanAssume, Technique: identityCenter, Cause: setting(group.ID, "members"),
					Evidence: []graph.Evidence{granted(group.ID, "members", "%s is a member of the group", user.ID)},
				})
			}
		}
	}
	return edges
}

// assigned finds the role that an assignment gives. Where the account was not collected, that there is one is known and not which.
func (authorizer *Authorizer) assigned(assignment *node, who graph.ID, roles map[string]*node) (graph.Edge, bool) {
	digits := assignment.Props.Text("target")
	set, named := authorizer.estate.permissionSet(assignment)
	account := authorizer.estate.accounts[digits]
	switch {
	case !named || account == nil:
		return graph.Edge{}, false
	case !account.collected:
		return graph.Edge{
			From: who, To: account.id, Kind: kinds.NotAssessed, Technique: identityCenter, Verdict: graph.Unknown,
			Evidence: []graph.Evidence{
				granted(assignment.ID, "principal", "has the permission set %s in account %s", set.Props.Text("name"), digits),
				missing(account.id, "aws/"+digits+"/global/iam", kinds.NotCollected+"iam/get-account-authorization-details"),
			},
		}, true
	}
	role, found := roles[digits+"/"+set.Props.Text("name")]
	if !found {
		return graph.Edge{}, false // not provisioned
	}
	edge := graph.Edge{
		From: who, To: role.ID, Kind: kinds.CanAssume, Technique: identityCenter, Cause: setting(assignment.ID, "principal"),
		Evidence: []graph.Evidence{granted(assignment.ID, "principal", "has the permission set %s in account %s", set.Props.Text("name"), digits)},
	}
	trust := authorizer.target(string(role.ID))
	switch saml := func(name string) bool { return strings.Contains(name, ":saml-provider/") }; {
	case trust.unread:
		edge.Verdict, edge.Evidence = graph.Unknown, append(edge.Evidence, trust.gaps...)
	case !slices.ContainsFunc(trust.federated(), saml):
		return graph.Edge{}, false // Identity Center is locked out
	default:
		edge.Evidence = append(edge.Evidence, guarded(role.ID, "trust", "the role trusts the provider of Identity Center"))
	}
	return edge, true
}

// permissionSet finds the set that an assignment gives.
func (estate *estate) permissionSet(assignment *node) (*node, bool) {
	for at := range estate.snapshot.Successors(assignment.index, kinds.HasPolicy) {
		if set := estate.node(at); set.Props.Text("name") != "" {
			return set, true
		}
	}
	return nil, false
}

// reservedRoles gives Identity Center's roles by account and permission set.
func (estate *estate) reservedRoles() map[string]*node {
	roles := map[string]*node{}
	for _, account := range estate.order {
		for _, principal := range account.principals {
			name := parseARN(string(principal.ID)).resource
			if match := reserved.FindStringSubmatch(last(name)); match != nil && strings.HasPrefix(name, "role/"+reservedPath) {
				roles[account.digits+"/"+match[1]] = principal
			}
		}
	}
	return roles
}
