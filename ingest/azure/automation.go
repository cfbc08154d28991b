package azure

import (
	"fmt"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		graphed("resources", "microsoft.automation/automationaccounts", Table{
			Service: "automation", Operation: "account-list", Actions: []string{"Microsoft.Automation/automationAccounts/read"},
			Call: resources("Microsoft.Automation/automationAccounts", "2023-11-01"),
			Map: rowsOf(func(facts *ingest.Facts, site ingest.Site, row resource) {
				describe(facts, site, kinds.AzureAutomationAccount, row, nil)
			}),
		}),
		graphed("resources", "microsoft.logic/workflows", Table{
			Service: "logic", Operation: "workflow-list", Actions: []string{"Microsoft.Logic/workflows/read"},
			Call: resources("Microsoft.Logic/workflows", "2019-05-01"),
			Map: rowsOf(func(facts *ingest.Facts, site ingest.Site, row logicApp) {
				describe(facts, site, kinds.AzureLogicApp, row.resource, graph.Props{"state": row.State})
			}),
		}),
		graphed("resources", "microsoft.containerservice/managedclusters", Table{
			Service: "aks", Operation: "list", Actions: []string{"Microsoft.ContainerService/managedClusters/read"}, Call: resources("Microsoft.ContainerService/managedClusters", "2024-09-01"), Map: rowsOf(mapCluster),
		}),
		graphed("resources", "microsoft.containerinstance/containergroups", Table{
			Service: "container", Operation: "list", Actions: []string{"Microsoft.ContainerInstance/containerGroups/read"}, Call: resources("Microsoft.ContainerInstance/containerGroups", "2023-05-01"), Map: rowsOf(mapContainerGroup),
		}),
	)
}

type logicApp struct {
	resource
	State string
}

// cluster is an AKS cluster. Its nodes run with the kubelet's identity, which is not among the cluster's own
// (https://learn.microsoft.com/azure/aks/use-managed-identity#overview).
type cluster struct {
	resource
	KubernetesVersion, FQDN, NodeResourceGroup string
	DisableLocalAccounts                       *bool
	AADProfile                                 *struct{ EnableAzureRBAC *bool }
	APIServerAccessProfile                     *struct {
		EnablePrivateCluster *bool
		AuthorizedIPRanges   []string
	}
	IdentityProfile map[string]struct{ ObjectID name }
}

func mapCluster(facts *ingest.Facts, site ingest.Site, row cluster) {
	subscription, _, _ := strings.Cut(string(row.ID), "/resourcegroups/")
	props := graph.Props{
		"version": row.KubernetesVersion, "endpoint": row.FQDN, "local_accounts_disabled": row.DisableLocalAccounts, "private": false, "authorized_ranges": []string{},
	}
	if row.NodeResourceGroup != "" {
		props["node_group"] = subscription + "/resourcegroups/" + strings.ToLower(row.NodeResourceGroup)
	}
	if row.AADProfile != nil {
		props["rbac_azure"] = row.AADProfile.EnableAzureRBAC
	}
	if access := row.APIServerAccessProfile; access != nil {
		props["private"], props["authorized_ranges"] = access.EnablePrivateCluster != nil && *access.EnablePrivateCluster, graph.Sorted(access.AuthorizedIPRanges)
	}
	if row.Identity.UserAssignedIdentities == nil {
		row.Identity.UserAssignedIdentities = map[string]struct{ PrincipalID name }{}
	}
	for use, kubelet := range row.IdentityProfile {
		row.Identity.UserAssignedIdentities["profile/"+use] = struct{ PrincipalID name }{kubelet.ObjectID}
	}
	describe(facts, site, kinds.AzureAKSCluster, row.resource, props)
}

type containerGroup struct {
	resource
	IPAddress *struct {
		IP, Type string
		Ports    []struct {
			Protocol string
			Port     int
		}
	}
}

func mapContainerGroup(facts *ingest.Facts, site ingest.Site, row containerGroup) {
	props := graph.Props{}
	if address := row.IPAddress; address != nil && strings.EqualFold(address.Type, "Public") {
		props["public_ip"] = address.IP
		ports := []string{}
		for _, each := range address.Ports {
			ports = append(ports, fmt.Sprintf("%s/%d", strings.ToLower(each.Protocol), each.Port))
		}
		props["ports"] = graph.Sorted(ports)
	}
	describe(facts, site, kinds.AzureContainerGroup, row.resource, props)
}
