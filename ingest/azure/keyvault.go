package azure

import (
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		graphed("resources", "microsoft.keyvault/vaults", Table{
			Service: "keyvault", Operation: "list", Actions: []string{"Microsoft.KeyVault/vaults/read"}, Call: resources("Microsoft.KeyVault/vaults", "2023-07-01"), Map: rowsOf(mapVault),
		}),
		graphed("resources", "microsoft.keyvault/vaults", Table{
			Service: "keyvault", Operation: "show", Actions: []string{"Microsoft.KeyVault/vaults/read"},
			Parent: "list", Items: "[].name", Command: `az keyvault show --name "$item"`, Call: shown("Microsoft.KeyVault/vaults", "2023-07-01", "", "2023-07-01"), Map: rowsOf(mapVault),
		}),
	)
}

// vault is a key vault. The list that the command line prints has no properties; showing one has.
type vault struct {
	resource
	VaultURI                string
	EnableRBACAuthorization *bool
	EnablePurgeProtection   *bool
	PublicNetworkAccess     string
	NetworkACLs             *networkRules
	AccessPolicies          []struct {
		ObjectID    name
		Permissions map[string][]string
	}
}

// mapVault reads a vault. One that does not say that Azure RBAC decides is decided by its access policies
// (https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/create-or-update#vaultproperties).
func mapVault(facts *ingest.Facts, site ingest.Site, row vault) {
	host := strings.TrimSuffix(strings.TrimPrefix(row.VaultURI, "https://"), "/")
	props := graph.Props{"host": host, "rbac": row.EnableRBACAuthorization, "purge_protection": row.EnablePurgeProtection, "public_access": row.PublicNetworkAccess}
	row.NetworkACLs.props(props)
	if row.EnableRBACAuthorization == nil && row.AccessPolicies != nil {
		props["rbac"] = false
	}
	if row.AccessPolicies != nil {
		policies := []string{}
		for _, policy := range row.AccessPolicies {
			for kind, allowed := range policy.Permissions {
				if len(allowed) > 0 && policy.ObjectID != "" {
					policies = append(policies, directoryObject(policy.ObjectID)+"|"+strings.ToLower(kind)+"|"+strings.ToLower(strings.Join(graph.Sorted(allowed), ",")))
				}
			}
		}
		props["policies"] = graph.Sorted(policies)
	}
	if row.NetworkACLs == nil && row.VaultURI != "" { // a vault that is shown without a firewall has none
		props["default_action"] = "Allow"
	}
	describe(facts, site, kinds.AzureKeyVault, row.resource, props).listed(kinds.AzureKeyVault, row.Name)
}
