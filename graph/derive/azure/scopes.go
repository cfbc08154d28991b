package azure

import (
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	iam "github.com/inroad-security/inroad/internal/iam/azure"
)

// contained derives that control of a scope is control of what it holds: a role at a scope holds for all below it
// (https://learn.microsoft.com/azure/role-based-access-control/scope-overview#scope-levels). Each thing is held by the nearest
// scope above it that the graph knows.
func (authorizer *Authorizer) contained() []graph.Edge {
	estate := authorizer.estate
	edges := estate.elevated()
	held := estate.all(kinds.AzureManagementGroup, kinds.AzureSubscription, kinds.AzureResourceGroup, kinds.AzureUserAssignedIdentity)
	for _, class := range []graph.Class{kinds.Workload, kinds.DataStore} {
		for _, kind := range kinds.Of(class) {
			if strings.HasPrefix(string(kind), "Azure") {
				held = append(held, estate.all(kind)...)
			}
		}
	}
	for _, below := range held {
		for _, above := range authorizer.above(string(below.ID))[1:] {
			if holder, known := estate.find(graph.ID(above)); known {
				edges = append(edges, controls(holder.ID, below.ID, scopeControl, "what controls a scope controls what is below it"))
				break
			}
		}
	}
	return edges
}

// elevated derives that a tenant's Global Administrator controls its subscriptions: it gives itself User Access Administrator
// at the root (https://learn.microsoft.com/azure/role-based-access-control/elevate-access-global-admin).
func (estate *estate) elevated() []graph.Edge {
	var edges []graph.Edge
	for _, top := range estate.all(kinds.AzureManagementGroup, kinds.AzureSubscription) {
		tenant, known := estate.find(graph.ID("/tenants/" + top.Props.Text("tenant")))
		if known && estate.above[string(top.ID)] == "" {
			edges = append(edges, controls(tenant.ID, top.ID, elevateAccess, "a Global Administrator may give itself User Access Administrator at the root scope"))
		}
	}
	return edges
}

func controls(holder, held graph.ID, technique, why string) graph.Edge {
	return graph.Edge{
		From: holder, To: held, Kind: kinds.CanAdminister, Technique: technique, Cause: graph.Cause("contains:" + string(holder)),
		Evidence: []graph.Evidence{granted(holder, "scope", "%s", why)},
	}
}

// ownerRole is the built-in role Owner
// (https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/privileged#owner).
const ownerRole = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"

// assigners derives who controls a scope by assigning roles there: whoever may, makes itself its Owner. It is asked of the
// scope of each assignment that a principal has, itself or through groups; below that the scope's own edges lead on. The
// attributes are those that conditions on assigning roles can ask for
// (https://learn.microsoft.com/azure/role-based-access-control/conditions-authorization-actions-attributes).
func (authorizer *Authorizer) assigners() []graph.Edge {
	estate := authorizer.estate
	var edges []graph.Edge
	for _, principal := range estate.all(kinds.AzureUser, kinds.AzureServicePrincipal, kinds.AzureGroup) {
		const prefix = "@request[microsoft.authorization/roleassignments:"
		attributes := map[string]string{
			prefix + "roledefinitionid]": ownerRole, prefix + "principalid]": strings.TrimPrefix(string(principal.ID), "/directoryobjects/"), prefix + "principaltype]": principalTypes[principal.Kind],
		}
		seen := map[string]bool{}
		for _, assignment := range authorizer.subject(principal.ID).assignments {
			if seen[assignment.Scope] {
				continue
			}
			seen[assignment.Scope] = true
			decision := authorizer.Can(principal.ID, "Microsoft.Authorization/roleAssignments/write", assignment.Scope, attributes)
			if !decision.Holds {
				continue
			}
			for _, scope := range estate.named(assignment.Scope, principal.Props.Text("tenant")) {
				edges = append(edges, graph.Edge{
					From: principal.ID, To: scope, Kind: kinds.CanAdminister, Technique: roleAssignmentWrite,
					Verdict: decision.Verdict, Cause: decision.Cause, Evidence: decision.Evidence,
				})
			}
		}
	}
	return edges
}

var principalTypes = map[graph.NodeKind]string{kinds.AzureUser: "User", kinds.AzureServicePrincipal: "ServicePrincipal", kinds.AzureGroup: "Group"}

// named gives the nodes that stand for a scope: of the root, all that nothing holds.
func (estate *estate) named(scope, tenant string) []graph.ID {
	if scope != iam.Root {
		if _, known := estate.snapshot.Find(graph.ID(scope)); known {
			return []graph.ID{graph.ID(scope)}
		}
		return nil
	}
	var tops []graph.ID
	for _, top := range estate.all(kinds.AzureManagementGroup, kinds.AzureSubscription) {
		if estate.above[string(top.ID)] == "" && (tenant == "" || top.Props.Text("tenant") == tenant) {
			tops = append(tops, top.ID)
		}
	}
	return tops
}
