package azure

import (
	"cmp"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		Table{
			Service: "account", Operation: "show", Actions: []string{"Microsoft.Resources/subscriptions/read"},
			Call: one("", "2022-12-01"),
			Map:  rowsOf(mapEntity),
		},
		graphed("resourcecontainers", "microsoft.management/managementgroups", graphed("resourcecontainers", "microsoft.resources/subscriptions", Table{
			Service: "account", Operation: "management-group-entities-list", Tenant: true,
			Actions: []string{"Microsoft.Management/managementGroups/read", "Microsoft.Resources/subscriptions/read"},
			Command: "az account management-group entities list",
			Call:    entities,
			Map:     rowsOf(mapEntity),
		})),
		graphed("resourcecontainers", "microsoft.resources/subscriptions/resourcegroups", Table{
			Service: "group", Operation: "list", Actions: []string{"Microsoft.Resources/subscriptions/resourceGroups/read"},
			Call: inSubscription("/resourcegroups", "2021-04-01"),
			Map: rowsOf(func(facts *ingest.Facts, site ingest.Site, row resource) {
				describe(facts, site, kinds.AzureResourceGroup, row, nil).from(kinds.Contains, kinds.AzureSubscription, "/subscriptions/"+site.Account)
			}),
		}),
	)
}

// entity is a subscription or a management group: a row of az account show, of az account management-group entities list, or
// of Resource Graph, which lists the management groups above one, nearest first
// (https://learn.microsoft.com/azure/governance/resource-graph/samples/samples-by-category#management-groups).
type entity struct {
	ID, SubscriptionID, TenantID  name
	Name, DisplayName, Type       string
	State                         string
	Tags                          tags
	Parent                        reference
	Details                       struct{ Parent reference }
	ManagementGroupAncestorsChain []struct{ Name name }
}

// above gives the management group that the entity is in; empty where the row does not tell.
func (row entity) above() string {
	switch {
	case row.Parent.ID != "":
		return string(row.Parent.ID)
	case row.Details.Parent.ID != "":
		return string(row.Details.Parent.ID)
	case len(row.ManagementGroupAncestorsChain) > 0:
		return managementGroups + string(row.ManagementGroupAncestorsChain[0].Name)
	default:
		return ""
	}
}

const managementGroups = "/providers/microsoft.management/managementgroups/"

// mapEntity maps either. The root management group is named by the tenant's id
// (https://learn.microsoft.com/azure/governance/management-groups/overview#root-management-group-for-each-directory).
func mapEntity(facts *ingest.Facts, site ingest.Site, row entity) {
	if !strings.HasPrefix(string(row.ID), managementGroups) {
		mapSubscription(facts, site, row)
		return
	}
	root := strings.EqualFold(string(row.ID), managementGroups+site.Tenant)
	found := contribute(facts, site, kinds.AzureManagementGroup, string(row.ID), graph.Props{"name": cmp.Or(row.DisplayName, row.Name), "root": root})
	if root {
		addTenant(facts, site)
		found.from(kinds.Contains, kinds.AzureTenant, tenantID(site))
		return
	}
	found.from(kinds.Contains, kinds.AzureManagementGroup, row.above())
}

func mapSubscription(facts *ingest.Facts, site ingest.Site, row entity) {
	account := cmp.Or(string(row.SubscriptionID), strings.TrimPrefix(string(row.ID), "/subscriptions/"))
	if account == "" {
		facts.Gap("a subscription has no id in the answer")
		return
	}
	at := ingest.Site{Account: account, Tenant: cmp.Or(string(row.TenantID), site.Tenant)}
	found := contribute(facts, at, kinds.AzureSubscription, "/subscriptions/"+account, graph.Props{
		"name": cmp.Or(row.DisplayName, row.Name), "state": row.State, "tags": []string(row.Tags), "management_group": row.above(),
	})
	addTenant(facts, at)
	found.from(kinds.Contains, kinds.AzureTenant, tenantID(at))
	found.from(kinds.Contains, kinds.AzureManagementGroup, row.above())
}

// addTenant adds the tenant itself.
func addTenant(facts *ingest.Facts, site ingest.Site) {
	if site.Tenant != "" {
		contribute(facts, ingest.Site{Account: site.Tenant, Tenant: site.Tenant}, kinds.AzureTenant, tenantID(site), graph.Props{})
	}
}
