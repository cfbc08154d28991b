package azure

import (
	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		graphed("resources", "microsoft.managedidentity/userassignedidentities", Table{
			Service: "identity", Operation: "list", Actions: []string{"Microsoft.ManagedIdentity/userAssignedIdentities/read"},
			Call: resources("Microsoft.ManagedIdentity/userAssignedIdentities", "2023-01-31"),
			Map: rowsOf(func(facts *ingest.Facts, site ingest.Site, row userAssigned) {
				principal := directoryObject(row.PrincipalID)
				described := describe(facts, site, kinds.AzureUserAssignedIdentity, row.base(), graph.Props{"principal": principal, "app_id": string(row.ClientID)})
				described.to(kinds.Uses, kinds.AzureServicePrincipal, principal)
				described.listed(kinds.AzureUserAssignedIdentity, row.Name)
			}),
		}),
		Table{
			Service: "identity", Operation: "federated-credential-list", Actions: []string{"Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/read"},
			Parent: "list", Items: "[].name", Command: `az identity federated-credential list --resource-group "$group" --identity-name "$item"`,
			Call: below("Microsoft.ManagedIdentity/userAssignedIdentities", "2023-01-31", "/federatedIdentityCredentials", "2023-01-31"),
			Map: answerOf(func(facts *ingest.Facts, site ingest.Site, item string, rows []federated) {
				contribute(facts, site, kinds.AzureUserAssignedIdentity, called(kinds.AzureUserAssignedIdentity, item), graph.Props{"federated": texts(rows, federated.text)})
			}),
		},
	)
}

// userAssigned is a user-assigned identity: its principal is what it is, not what it uses.
type userAssigned struct {
	ID                    name
	Name, Location        string
	Tags                  tags
	PrincipalID, ClientID name
}

func (row userAssigned) base() resource {
	return resource{ID: row.ID, Name: row.Name, Location: row.Location, Tags: row.Tags}
}
