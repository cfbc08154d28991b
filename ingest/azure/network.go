package azure

import (
	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		graphed("resources", "microsoft.network/networkinterfaces", Table{
			Service: "network", Operation: "nic-list", Actions: []string{"Microsoft.Network/networkInterfaces/read"}, Call: resources("Microsoft.Network/networkInterfaces", "2024-01-01"), Map: rowsOf(mapInterface),
		}),
		graphed("resources", "microsoft.network/publicipaddresses", Table{
			Service: "network", Operation: "public-ip-list", Actions: []string{"Microsoft.Network/publicIPAddresses/read"},
			Call: resources("Microsoft.Network/publicIPAddresses", "2024-01-01"),
			Map: rowsOf(func(facts *ingest.Facts, site ingest.Site, row publicIP) {
				describe(facts, site, kinds.AzurePublicIP, row.resource, graph.Props{"address": row.IPAddress, "sku": row.SKU.Name, "attached": string(row.IPConfiguration.ID)})
			}),
		}),
		graphed("resources", "microsoft.network/networksecuritygroups", Table{
			Service: "network", Operation: "nsg-list", Actions: []string{"Microsoft.Network/networkSecurityGroups/read"},
			Call: resources("Microsoft.Network/networkSecurityGroups", "2024-01-01"),
			Map: rowsOf(func(facts *ingest.Facts, site ingest.Site, row securityGroup) {
				describe(facts, site, kinds.AzureNSG, row.resource, graph.Props{"rules": []string(row.SecurityRules)})
			}),
		}),
		graphed("resources", "microsoft.network/virtualnetworks", Table{
			Service: "network", Operation: "vnet-list", Actions: []string{"Microsoft.Network/virtualNetworks/read"}, Call: resources("Microsoft.Network/virtualNetworks", "2024-01-01"), Map: rowsOf(mapNetwork),
		}),
		graphed("resources", "microsoft.network/privateendpoints", Table{
			Service: "network", Operation: "private-endpoint-list", Actions: []string{"Microsoft.Network/privateEndpoints/read"}, Call: resources("Microsoft.Network/privateEndpoints", "2024-01-01"), Map: rowsOf(mapPrivateEndpoint),
		}),
	)
}

type publicIP struct {
	resource
	IPAddress       string
	SKU             struct{ Name string }
	IPConfiguration reference
}

type securityGroup struct {
	resource
	SecurityRules objects
}

type networkInterface struct {
	resource
	VirtualMachine, NetworkSecurityGroup reference
	IPConfigurations                     []struct {
		PrivateIPAddress          string
		PublicIPAddress, Subnet   reference
		ApplicationSecurityGroups []reference
	}
}

func mapInterface(facts *ingest.Facts, site ingest.Site, row networkInterface) {
	var subnets, public, private, groups []string
	for _, each := range row.IPConfigurations {
		subnets, public, private = append(subnets, string(each.Subnet.ID)), append(public, string(each.PublicIPAddress.ID)), append(private, each.PrivateIPAddress)
		groups = append(groups, ids(each.ApplicationSecurityGroups)...)
	}
	self := func(text string) string { return text }
	public = texts(public, self)
	found := describe(facts, site, kinds.AzureInterface, row.resource, graph.Props{
		"machine": string(row.VirtualMachine.ID), "nsg": string(row.NetworkSecurityGroup.ID), "subnets": texts(subnets, self), "public_ips": public,
		"private_ips": texts(private, self), "asgs": texts(groups, self),
	})
	found.to(kinds.AttachedTo, kinds.AzureVM, string(row.VirtualMachine.ID))
	found.to(kinds.Uses, kinds.AzureNSG, string(row.NetworkSecurityGroup.ID))
	for _, address := range public {
		found.to(kinds.Uses, kinds.AzurePublicIP, address)
	}
	for _, subnet := range texts(subnets, self) {
		found.to(kinds.MemberOf, kinds.AzureSubnet, subnet)
	}
}

type virtualNetwork struct {
	resource
	AddressSpace struct{ AddressPrefixes []string }
	Subnets      []struct {
		ID                               name
		Name, AddressPrefix              string
		AddressPrefixes                  []string
		NetworkSecurityGroup, RouteTable reference
	}
}

func mapNetwork(facts *ingest.Facts, site ingest.Site, row virtualNetwork) {
	network := describe(facts, site, kinds.AzureVirtualNetwork, row.resource, graph.Props{"cidrs": graph.Sorted(row.AddressSpace.AddressPrefixes)})
	for _, each := range row.Subnets {
		prefixes := each.AddressPrefixes
		if len(prefixes) == 0 && each.AddressPrefix != "" {
			prefixes = []string{each.AddressPrefix}
		}
		subnet := contribute(facts, site, kinds.AzureSubnet, string(each.ID), graph.Props{
			"name": each.Name, "network": string(network.id), "cidrs": graph.Sorted(prefixes), "nsg": string(each.NetworkSecurityGroup.ID), "route_table": string(each.RouteTable.ID),
		})
		subnet.from(kinds.Contains, kinds.AzureVirtualNetwork, string(network.id))
		subnet.to(kinds.Uses, kinds.AzureNSG, string(each.NetworkSecurityGroup.ID))
	}
}

// privateEndpoint leads from a subnet to resources, by connections that were approved there or by hand
// (https://learn.microsoft.com/azure/private-link/private-endpoint-overview#access-to-a-private-link-resource-using-approval-workflow).
type privateEndpoint struct {
	resource
	Subnet                                                             reference
	PrivateLinkServiceConnections, ManualPrivateLinkServiceConnections []struct {
		PrivateLinkServiceID              name
		PrivateLinkServiceConnectionState struct{ Status string }
	}
}

func mapPrivateEndpoint(facts *ingest.Facts, site ingest.Site, row privateEndpoint) {
	var targets []string
	status := ""
	for _, each := range append(row.PrivateLinkServiceConnections, row.ManualPrivateLinkServiceConnections...) {
		targets, status = append(targets, string(each.PrivateLinkServiceID)), each.PrivateLinkServiceConnectionState.Status
	}
	found := describe(facts, site, kinds.AzurePrivateEndpoint, row.resource, graph.Props{"subnet": string(row.Subnet.ID), "targets": graph.Sorted(targets), "status": status})
	for _, target := range graph.Sorted(targets) {
		if target != "" {
			facts.Edge(found.id, kinds.RoutesTo, graph.ID(target))
		}
	}
}
