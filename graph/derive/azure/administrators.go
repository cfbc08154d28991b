package azure

import (
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// globalAdministrator is the template id of the role, equal in every tenant
// (https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference#global-administrator).
const globalAdministrator = "62e90394-69f5-4237-9190-012177145e10"

// administrators derives who is Global Administrator of its tenant, and that whoever is acts as each of its users, groups,
// applications and service principals.
func (authorizer *Authorizer) administrators() []graph.Edge {
	estate := authorizer.estate
	var edges []graph.Edge
	for _, principal := range estate.principals() {
		best := graph.Edge{From: principal.ID, Kind: kinds.CanAdminister, Technique: globalAdmin}
		for _, held := range estate.directoryAssignments(principal.ID) {
			tenant := graph.ID(held.Props.Text("scope"))
			if estate.template(held) != globalAdministrator || !strings.HasPrefix(string(tenant), "/tenants/") {
				continue
			}
			decision := right{source: held.ID, locator: "Global Administrator", detail: "it is Global Administrator of the tenant" + through(held, principal.ID), eligible: held.Props.Flag("eligible")}.decision()
			if best.To == "" || decision.Verdict < best.Verdict {
				best.To, best.Verdict, best.Cause, best.Evidence = tenant, decision.Verdict, decision.Cause, decision.Evidence
			}
		}
		if best.To != "" {
			edges = append(edges, best)
		}
	}
	for _, object := range append(estate.principals(), estate.all(kinds.AzureApplication)...) {
		if tenant, known := estate.find(graph.ID("/tenants/" + object.Props.Text("tenant"))); known {
			edges = append(edges, controls(tenant.ID, object.ID, directoryControl, "a Global Administrator resets passwords and adds credentials, owners and members of every object of its tenant"))
		}
	}
	return edges
}

// Administers tells the principals of which it is proven that they are Global Administrators of their tenant: nothing more
// is to be gained there.
func (authorizer *Authorizer) Administers() map[graph.ID]bool {
	found := map[graph.ID]bool{}
	for _, edge := range authorizer.administrators() {
		if edge.Technique == globalAdmin && edge.Verdict == graph.Proven {
			found[edge.From] = true
		}
	}
	return found
}

// principals gives the users, service principals and groups, kind by kind.
func (estate *estate) principals() []*node {
	return estate.all(kinds.AzureUser, kinds.AzureServicePrincipal, kinds.AzureGroup)
}

// directoryAssignments gives the assignments of directory roles that a principal has, itself or through groups.
func (estate *estate) directoryAssignments(principal graph.ID) []*node {
	var found []*node
	for _, holder := range estate.holders(principal) {
		found = append(found, estate.directory.assignments[holder]...)
	}
	return found
}

// template gives the template id of an assignment's role: that of a built-in role is the id of its definition, whether the definition
// was collected or not.
func (estate *estate) template(held *node) string {
	id := graph.ID(held.Props.Text("role"))
	if role, known := estate.directory.roles[id]; known && role.Props.Text("template") != "" {
		return role.Props.Text("template")
	}
	return string(id[strings.LastIndexByte(string(id), '/')+1:])
}

func through(held *node, principal graph.ID) string {
	if holder := held.Props.Text("principal"); holder != string(principal) {
		return ", through the group " + holder
	}
	return ""
}
