package azure

import (
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

// resource is what every resource's row says.
type resource struct {
	ID       name
	Name     string
	Location string
	Tags     tags
	Identity identity
}

// identity is a resource's managed identities.
type identity struct {
	PrincipalID            name
	UserAssignedIdentities map[string]struct{ PrincipalID name }
}

// subject is the resource that a mapping is at: its node is among the facts, and edges lead from and to it.
type subject struct {
	facts *ingest.Facts
	id    graph.ID
}

// describe adds a resource's node with what every resource carries and its own properties, in the resource group that its id
// names.
func describe(facts *ingest.Facts, site ingest.Site, kind graph.NodeKind, row resource, own graph.Props) subject {
	if own == nil {
		own = graph.Props{}
	}
	own["name"], own["region"], own["tags"] = row.Name, strings.ToLower(strings.ReplaceAll(row.Location, " ", "")), []string(row.Tags)
	found := contribute(facts, site, kind, string(row.ID), own)
	if group, _, below := strings.Cut(string(row.ID), "/providers/"); below && group != "" {
		found.from(kinds.Contains, containerKind(group), group)
	}
	if of := row.Identity.objects(); of != nil {
		own["identities"] = of
		for _, id := range of {
			found.to(kinds.Uses, kinds.AzureServicePrincipal, id)
		}
	}
	return found
}

// contribute adds properties to a thing that another table describes.
func contribute(facts *ingest.Facts, site ingest.Site, kind graph.NodeKind, id string, own graph.Props) subject {
	if id == "" {
		facts.Gap("one %s has no id in the answer", kind)
		return subject{facts, ""}
	}
	own["account"], own["tenant"] = site.Account, site.Tenant
	facts.Node(graph.ID(id), kind, own)
	return subject{facts, graph.ID(id)}
}

// to adds an edge from the subject to a thing that any scope may hold; an empty id adds nothing.
func (subject subject) to(edge graph.EdgeKind, kind graph.NodeKind, id string) {
	if subject.id != "" && id != "" {
		subject.facts.Stub(graph.ID(id), kind)
		subject.facts.Edge(subject.id, edge, graph.ID(id))
	}
}

// from adds an edge to the subject from a thing that any scope may hold; an empty id adds nothing.
func (subject subject) from(edge graph.EdgeKind, kind graph.NodeKind, id string) {
	if subject.id != "" && id != "" {
		subject.facts.Stub(graph.ID(id), kind)
		subject.facts.Edge(graph.ID(id), edge, subject.id)
	}
}

// objects gives the ids of the identities as objects of Entra ID, sorted; nil where the row tells none.
func (identity identity) objects() []string {
	var found []string
	if identity.PrincipalID != "" {
		found = append(found, directoryObject(identity.PrincipalID))
	}
	for _, assigned := range identity.UserAssignedIdentities {
		if assigned.PrincipalID != "" {
			found = append(found, directoryObject(assigned.PrincipalID))
		}
	}
	return graph.Sorted(found)
}

// directoryObject names an object of Entra ID by its object id, as Microsoft Graph does
// (https://learn.microsoft.com/graph/api/resources/directoryobject).
func directoryObject(id name) string {
	if id == "" {
		return ""
	}
	return "/directoryobjects/" + string(id)
}

// tenantID names the tenant of a site as a node.
func tenantID(site ingest.Site) string {
	if site.Tenant == "" {
		return ""
	}
	return "/tenants/" + site.Tenant
}

// containerKind tells what a scope that holds resources is, by its id
// (https://learn.microsoft.com/azure/role-based-access-control/scope-overview#scope-format).
func containerKind(scope string) graph.NodeKind {
	switch {
	case strings.HasPrefix(scope, "/providers/microsoft.management/managementgroups/"):
		return kinds.AzureManagementGroup
	case strings.Contains(scope, "/resourcegroups/"):
		return kinds.AzureResourceGroup
	case strings.HasPrefix(scope, "/tenants/"):
		return kinds.AzureTenant
	default:
		return kinds.AzureSubscription
	}
}

// called is how answers that name a resource by its name alone call it: an alias, within the scope, of the id that the
// service's list gives. Names of apps, servers, storage accounts and vaults are unique in all of Azure
// (https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules).
func called(kind graph.NodeKind, item string) string {
	if strings.HasPrefix(item, "/") {
		return item
	}
	return string(kind) + "/" + item
}

// listed makes the names by which other answers of the scope call a resource lead to it.
func (subject subject) listed(kind graph.NodeKind, resourceName string) subject {
	if subject.id != "" && resourceName != "" {
		subject.facts.Alias(graph.ID(called(kind, strings.ToLower(resourceName))), subject.id)
	}
	return subject
}
