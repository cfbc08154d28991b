package azure

import (
	"fmt"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/technique"
	iam "github.com/inroad-security/inroad/internal/iam/azure"
)

// What Entra ID lets a principal do with the directory's objects comes from its directory roles, from owning an object, and
// from the permissions of Microsoft Graph that were granted to it as an application. The last are written here as actions,
// MicrosoftGraph/<permission>, on the whole tenant.
const (
	directoryActions = "microsoft.directory/"
	graphActions     = "MicrosoftGraph/"
	microsoftGraph   = "00000003-0000-0000-c000-000000000000" // its application id in every tenant
)

// directory is what is known of a tenant's roles.
type directory struct {
	roles       map[graph.ID]*node   // by id
	assignments map[graph.ID][]*node // by principal
	permissions map[string]string    // of Microsoft Graph, by "<service principal>/<role id>"
}

func newDirectory(estate *estate) directory {
	found := directory{map[graph.ID]*node{}, map[graph.ID][]*node{}, map[string]string{}}
	for _, role := range estate.all(kinds.AzureDirectoryRole) {
		found.roles[role.ID] = role
	}
	for _, held := range estate.all(kinds.AzureDirectoryRoleAssignment) {
		principal := graph.ID(held.Props.Text("principal"))
		found.assignments[principal] = append(found.assignments[principal], held)
	}
	for _, resource := range estate.all(kinds.AzureServicePrincipal) {
		if resource.Props.Text("app_id") != microsoftGraph {
			continue
		}
		for _, role := range resource.Props.List("app_roles") {
			if id, value, ok := strings.Cut(role, "="); ok {
				found.permissions[strings.TrimPrefix(string(resource.ID), "/directoryobjects/")+"/"+id] = value
			}
		}
	}
	return found
}

// right is one way in which a principal has an action.
type right struct {
	source   graph.ID // the assignment, or what it owns
	locator  string
	detail   string
	scope    graph.ID // the tenant, an administrative unit, or the one object
	eligible bool
}

// ownerActions are what an owner of an object may do with it. An owner of a group that can be given roles manages its
// members, too.
//
// "Default user permissions: owned objects": https://learn.microsoft.com/entra/fundamentals/users-default-permissions#object-ownership
// "Role-assignable groups": https://learn.microsoft.com/entra/identity/role-based-access-control/groups-concept
var ownerActions = map[graph.NodeKind][]string{
	kinds.AzureApplication:      {"microsoft.directory/applications/credentials/update", "microsoft.directory/applications/owners/update"},
	kinds.AzureServicePrincipal: {"microsoft.directory/servicePrincipals/credentials/update", "microsoft.directory/servicePrincipals/owners/update"},
	kinds.AzureGroup: {
		"microsoft.directory/groups/members/update", "microsoft.directory/groups/owners/update",
		"microsoft.directory/groupsAssignableToRoles/members/update", "microsoft.directory/groupsAssignableToRoles/owners/update",
	},
}

// rights gives every way in which a principal has an action on something.
func (estate *estate) rights(principal graph.ID, action string) []right {
	if permission, ok := strings.CutPrefix(action, graphActions); ok {
		return estate.granted(principal, permission)
	}
	var found []right
	for _, holder := range estate.holders(principal) {
		for _, held := range estate.directory.assignments[holder] {
			role, known := estate.directory.roles[graph.ID(held.Props.Text("role"))]
			if !known {
				continue
			}
			for _, permission := range role.Props.List("actions") {
				if !iam.DirectoryCovers(permission, action) {
					continue
				}
				through := ""
				if holder != principal {
					through = ", which it has through the group " + string(holder)
				}
				found = append(found, right{
					held.ID, role.Props.Text("name"), fmt.Sprintf("%s allows %s by %s%s", role.Props.Text("name"), action, permission, through),
					graph.ID(held.Props.Text("scope")), held.Props.Flag("eligible"),
				})
				break
			}
		}
	}
	index, known := estate.snapshot.Find(principal)
	if !known {
		return found
	}
	for owned := range estate.snapshot.Successors(index, kinds.Owns) {
		if slices.Contains(ownerActions[estate.snapshot.Kind(owned)], action) {
			id := estate.snapshot.ID(owned)
			found = append(found, right{id, string(kinds.Owns), fmt.Sprintf("it owns %s, and an owner may %s", id, action), id, false})
		}
	}
	return found
}

// granted gives the grant of a permission of Microsoft Graph to an application.
func (estate *estate) granted(principal graph.ID, permission string) []right {
	holder, known := estate.find(principal)
	if !known {
		return nil
	}
	for _, grant := range holder.Props.List("granted") {
		if strings.EqualFold(estate.directory.permissions[grant], permission) {
			return []right{{principal, "granted", "it was granted the permission " + permission + " of Microsoft Graph as an application", graph.ID("/tenants/" + holder.Props.Text("tenant")), false}}
		}
	}
	return nil
}

// covers tells whether a right at a scope is on an object: all of its tenant's, those in an administrative unit, or itself. What is in
// a restricted management administrative unit only roles for that unit manage.
//
// "Restricted management administrative units": https://learn.microsoft.com/entra/identity/role-based-access-control/admin-units-restricted-management
// "Assign roles at different scopes": https://learn.microsoft.com/entra/identity/role-based-access-control/assign-roles-different-scopes
func (estate *estate) covers(scope, object graph.ID) bool {
	if scope == object {
		return true
	}
	index, known := estate.snapshot.Find(object)
	if !known {
		return false
	}
	ofTenant := estate.snapshot.Props(index).Text("tenant") != "" && scope == graph.ID("/tenants/"+estate.snapshot.Props(index).Text("tenant"))
	for unit := range estate.snapshot.Successors(index, kinds.MemberOf) {
		if estate.snapshot.Kind(unit) != kinds.AzureAdministrativeUnit {
			continue
		}
		if estate.snapshot.ID(unit) == scope {
			return true
		}
		ofTenant = ofTenant && !estate.snapshot.Props(unit).Flag("restricted")
	}
	return ofTenant
}

// one tells a scope that is a single object of the directory.
func (estate *estate) one(scope graph.ID) bool {
	index, known := estate.snapshot.Find(scope)
	return known && !kinds.Is(estate.snapshot.Kind(index), kinds.Account) && estate.snapshot.Kind(index) != kinds.AzureAdministrativeUnit
}

// inDirectory tells an action that Entra ID decides on.
func inDirectory(action string) bool {
	return strings.HasPrefix(action, directoryActions) || strings.HasPrefix(action, graphActions)
}

// directoryDecision decides an action on an object of the directory by the surest right.
func (estate *estate) directoryDecision(principal graph.ID, action string, object graph.ID) technique.Decision {
	var best technique.Decision
	for _, right := range estate.rights(principal, action) {
		if !estate.covers(right.scope, object) {
			continue
		}
		decision := right.decision()
		if !best.Holds || decision.Verdict < best.Verdict {
			best = decision
		}
	}
	return best
}

func (right right) decision() technique.Decision {
	decision := technique.Decision{
		Holds: true, Cause: graph.Cause("statement:" + string(right.source) + "#" + right.locator),
		Evidence: []graph.Evidence{granted(right.source, right.locator, "%s", right.detail)},
	}
	if right.eligible {
		decision.Verdict = graph.Possible
		decision.Evidence = append(decision.Evidence, missing(right.source, "eligible", "the role must be activated in Privileged Identity Management; whether that asks for an approval or a second factor was not collected"))
	}
	return decision
}
