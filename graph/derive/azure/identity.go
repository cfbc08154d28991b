package azure

import (
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// runsAs derives that code on a workload gets tokens of each managed identity that the workload has
// (https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/overview), and that whoever controls a
// user-assigned identity as a resource gets them too: by a federated credential of its own
// (https://learn.microsoft.com/entra/workload-id/workload-identity-federation-create-trust-user-assigned-managed-identity).
func (authorizer *Authorizer) runsAs() []graph.Edge {
	estate := authorizer.estate
	var edges []graph.Edge
	for _, kind := range kinds.Of(kinds.Workload) {
		for _, workload := range estate.all(kind) {
			for _, identity := range workload.Props.List("identities") {
				edges = append(edges, graph.Edge{
					From: workload.ID, To: graph.ID(identity), Kind: kinds.RunsAs, Technique: runsAs, Cause: setting(workload.ID, "identities"),
					Evidence: []graph.Evidence{granted(workload.ID, "identities", "code that runs there gets tokens of the managed identity %s", identity)},
				})
			}
		}
	}
	for _, resource := range estate.all(kinds.AzureUserAssignedIdentity) {
		if principal := resource.Props.Text("principal"); principal != "" {
			edges = append(edges, graph.Edge{
				From: resource.ID, To: graph.ID(principal), Kind: kinds.CanAssume, Technique: identityCredential, Cause: setting(resource.ID, "principal"),
				Evidence: []graph.Evidence{granted(resource.ID, "principal", "whoever controls the identity adds a federated credential of its own, and gets its tokens")},
			})
		}
	}
	return edges
}

// nodes derives that an administrator of an AKS cluster has the scale sets of its nodes, which lie in a resource group of their
// own: a privileged pod is root on its node
// (https://learn.microsoft.com/azure/aks/faq#why-are-two-resource-groups-created-with-aks-).
func (authorizer *Authorizer) nodes() []graph.Edge {
	estate := authorizer.estate
	var edges []graph.Edge
	for _, cluster := range estate.all(kinds.AzureAKSCluster) {
		group := cluster.Props.Text("node_group")
		if group == "" {
			continue
		}
		for _, set := range estate.all(kinds.AzureScaleSet) {
			if strings.HasPrefix(string(set.ID), group+"/") {
				edges = append(edges, graph.Edge{
					From: cluster.ID, To: set.ID, Kind: kinds.CanEscalateTo, Technique: aksNodes, Verdict: graph.Possible, Cause: setting(cluster.ID, "node_group"),
					Evidence: []graph.Evidence{
						granted(cluster.ID, "node_group", "its nodes are the scale set %s", set.ID),
						missing(cluster.ID, "admission", "whether an admission policy refuses privileged pods was not collected"),
					},
				})
			}
		}
	}
	return edges
}

// applications derives that whoever controls an application signs in as its service principals: it adds a secret, a
// certificate or a federated credential
// (https://learn.microsoft.com/entra/identity-platform/app-objects-and-service-principals).
func (authorizer *Authorizer) applications() []graph.Edge {
	estate := authorizer.estate
	byApp := map[string][]*node{}
	for _, principal := range estate.all(kinds.AzureServicePrincipal) {
		if app := principal.Props.Text("app_id"); app != "" && principal.Props.Text("type") != "ManagedIdentity" {
			byApp[app] = append(byApp[app], principal)
		}
	}
	var edges []graph.Edge
	for _, application := range estate.all(kinds.AzureApplication) {
		for _, principal := range byApp[application.Props.Text("app_id")] {
			edge := graph.Edge{
				From: application.ID, To: principal.ID, Kind: kinds.CanAssume, Technique: applicationCredential, Cause: setting(application.ID, "app_id"),
				Evidence: []graph.Evidence{granted(application.ID, "app_id", "a credential that is added to the application signs in as its service principal")},
			}
			if principal.Props.Has("enabled") && !principal.Props.Flag("enabled") {
				continue // it gets no tokens
			}
			edges = append(edges, edge)
		}
		edges = append(edges, estate.federations(application)...)
	}
	return edges
}

// federations derives the managed identities whose tokens an application takes for its own: the issuer of its federated
// credential is the tenant, and the subject the identity's object id
// (https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity).
func (estate *estate) federations(application *node) []graph.Edge {
	var edges []graph.Edge
	for _, trusted := range application.Props.List("federated") {
		issuer, subject, _ := strings.Cut(trusted, "|")
		identity, known := estate.find(graph.ID("/directoryobjects/" + strings.ToLower(subject)))
		if !known || identity.Kind != kinds.AzureServicePrincipal || !strings.HasPrefix(issuer, "https://login.microsoftonline.com/"+application.Props.Text("tenant")) {
			continue
		}
		edges = append(edges, graph.Edge{
			From: identity.ID, To: application.ID, Kind: kinds.CanAssume, Technique: federatedIdentity, Cause: setting(application.ID, "federated"),
			Evidence: []graph.Evidence{granted(application.ID, "federated", "it takes tokens of %s with the subject %s for its own", issuer, subject)},
		})
	}
	return edges
}
