package azure

import (
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// Behind gives an edge to the data of a storage account or a key vault as it is behind that store's firewall: a role or a key
// alone does not get in where public access is off, or where addresses that no rule names are turned away. Whether the caller stands in a
// network that is let in is not judged yet, so that the edge is possible. Other edges stay as they are.
//
// "Configure Azure Storage firewalls and virtual networks": https://learn.microsoft.com/azure/storage/common/storage-network-security
// "Configure network security for Azure Key Vault": https://learn.microsoft.com/azure/key-vault/general/network-security
func (authorizer *Authorizer) Behind(edge graph.Edge) graph.Edge {
	if edge.Kind != kinds.CanRead && edge.Kind != kinds.CanWrite {
		return edge
	}
	store, known := authorizer.estate.find(edge.To)
	if !known || store.Kind != kinds.AzureStorageAccount && store.Kind != kinds.AzureKeyVault {
		return edge
	}
	access, unmatched := store.Props.Text("public_access"), store.Props.Text("default_action")
	var locator, detail string
	switch {
	case access != "" && !strings.EqualFold(access, "Enabled"):
		locator, detail = "public_access", "public network access is "+access+": only private endpoints and networks that are let in lead to it, and whether the caller is in one is not judged"
	case strings.EqualFold(unmatched, "Deny"):
		locator, detail = "default_action", "its firewall turns away whom no rule names, and whether the caller stands where a rule lets in is not judged"
	default:
		return edge
	}
	edge.Verdict = edge.Verdict.And(graph.Possible)
	edge.Evidence = append(slices.Clip(edge.Evidence), missing(store.ID, locator, "%s", detail))
	return edge
}
