package azure

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/ingest"
)

// Cloud is what reading a bundle needs to know of Azure. Its accounts are subscriptions, and what belongs to no subscription
// (users, groups, applications, management groups) is read once a tenant.
func Cloud() ingest.Cloud {
	readings := append(ingest.Readings(Tables()), ingest.Reading{Service: "graph", Operation: "query", Parent: "-", Global: true, Export: true})
	return ingest.Cloud{
		Name: "azure", Account: guid.MatchString, Region: func(string) bool { return false },
		Site: site, Divide: divide, Settle: settleNames, Readings: readings,
	}
}

// settleNames leaves out what an answer says of a resource whose name no list of its scope knows: its id is not known.
func settleNames(batch *graph.Batch) {
	batch.Nodes = slices.DeleteFunc(batch.Nodes, func(node graph.Node) bool {
		named := !strings.HasPrefix(string(node.ID), "/")
		if named {
			batch.Incomplete = graph.Sorted(append(batch.Incomplete, fmt.Sprintf("%s: an answer speaks of it, and no list tells its id", node.ID)))
		}
		return named
	})
	batch.Edges = slices.DeleteFunc(batch.Edges, func(edge graph.Edge) bool {
		return !strings.HasPrefix(string(edge.From), "/") || !strings.HasPrefix(string(edge.To), "/")
	})
}

var (
	guid     = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	idOf     = regexp.MustCompile(`"/subscriptions/([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})`)
	tenantOf = regexp.MustCompile(`(?i)"tenantId"\s*:\s*"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"`)
)

// site reads the subscription and the tenant from account/show, else from the ids in the answers. A folder that is named by
// an id and holds nothing but answers of a tenant is a tenant's.
func site(folder ingest.Folder) (ingest.Site, []string) {
	found := ingest.Site{Account: strings.ToLower(folder.Named.Account)}
	var subscription, tenant string
	files, ofTenant := 0, true
	for operation, body := range folder.Files() {
		files++
		ofTenant = ofTenant && tenantOperation(operation)
		if operation == "account/show" {
			var shown struct{ ID, TenantID string }
			if json.Unmarshal(body, &shown) == nil {
				subscription, found.Tenant = strings.ToLower(shown.ID), strings.ToLower(shown.TenantID)
			}
			continue
		}
		if match := idOf.FindSubmatch(body); match != nil && subscription == "" && !tenantOperation(operation) {
			subscription = strings.ToLower(string(match[1]))
		}
		if match := tenantOf.FindSubmatch(body); match != nil && tenant == "" && operation != "ad/sp-list" {
			tenant = strings.ToLower(string(match[1]))
		}
	}
	if found.Account != "" && files > 0 && ofTenant {
		return ingest.Site{Tenant: found.Account}, nil
	}
	found.Account, found.Tenant = cmp.Or(found.Account, subscription), cmp.Or(found.Tenant, tenant)
	if found.Tenant == "" {
		return found, []string{"no file tells the tenant; add the output of az account show as account/show.json, or what is read of Entra ID stays apart"}
	}
	return found, nil
}

// tenantOperation tells a command that reads a tenant and no subscription.
func tenantOperation(name string) bool {
	return slices.ContainsFunc(registry, func(table Table) bool { return table.Tenant && table.Service+"/"+table.Operation == name })
}
