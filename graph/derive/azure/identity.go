package azure

import (
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
	}
	return edges
}
