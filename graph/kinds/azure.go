package kinds

import "github.com/inroad-security/inroad/graph"

// Workloads of Azure.
var (
	AzureVM = node(graph.NodeSpec{Label: "AzureVM", Doc: "A virtual machine.", Classes: []graph.Class{Workload}, Props: azure(identities,
		list("interfaces", "ids of its network interfaces"), text("os", "Windows or Linux"), text("state", "running, deallocated …, where it was asked for"))})
	AzureScaleSet = node(graph.NodeSpec{Label: "AzureScaleSet", Doc: "A virtual machine scale set.", Classes: []graph.Class{Workload}, Props: azure(identities, text("os", "Windows or Linux"))})
	AzureWebApp   = node(graph.NodeSpec{Label: "AzureWebApp", Doc: "An app of App Service: a web app, a function app or a standard logic app.", Classes: []graph.Class{Workload}, Props: azure(identities,
		text("kind", "app, functionapp, … as App Service says"), list("hosts", "host names"), text("state", "Running or Stopped"), text("public_access", "Enabled or Disabled; absent: not said"),
		list("restrictions", "JSON objects as ipSecurityRestrictions"), text("default_action", "of its access restrictions: Allow or Deny"), flag("authenticated", "App Service authentication lets no anonymous request in"),
		text("subnet", "id of the subnet that it sends through"), flag("https_only", ""))})
	AzureAutomationAccount = node(graph.NodeSpec{Label: "AzureAutomationAccount", Doc: "An Automation account.", Classes: []graph.Class{Workload}, Props: azure(identities)})
	AzureLogicApp          = node(graph.NodeSpec{Label: "AzureLogicApp", Doc: "A consumption logic app (workflow).", Classes: []graph.Class{Workload}, Props: azure(identities, text("state", "Enabled or Disabled"))})
	AzureAKSCluster        = node(graph.NodeSpec{Label: "AzureAKSCluster", Doc: "An AKS managed cluster. Holding it is being its administrator.", Classes: []graph.Class{Workload, Container}, Props: azure(identities,
		text("version", "of Kubernetes"), text("endpoint", "host name of its API"), flag("private", "its API has a private address alone"), list("authorized_ranges", "addresses that the public API answers; empty for all"), flag("local_accounts_disabled", "no certificate of a cluster administrator is given out"), flag("rbac_azure", "Azure RBAC decides inside the cluster"), text("node_group", "id of the resource group of its nodes"))})
	AzureContainerGroup = node(graph.NodeSpec{Label: "AzureContainerGroup", Doc: "A container group of Container Instances.", Classes: []graph.Class{Workload}, Props: azure(identities, text("public_ip", ""), list("ports", "of the public address, each protocol/port"))})
)

// Data stores, secrets and keys of Azure.
var (
	AzureStorageAccount = node(graph.NodeSpec{Label: "AzureStorageAccount", Doc: "A storage account.", Classes: []graph.Class{DataStore}, Props: azure(
		text("public_access", "Enabled, Disabled or SecuredByPerimeter"), flag("public_blobs", "containers may let anonymous readers in"), flag("shared_key", "its keys open it"), text("default_action", "of its network rules: Allow or Deny"), list("ip_rules", "addresses and blocks let in"), list("subnets", "ids of subnets let in"), list("bypass", "AzureServices …"), flag("https_only", ""), flag("data_lake", "hierarchical namespace"))})
	AzureBlobContainer = node(graph.NodeSpec{Label: "AzureBlobContainer", Doc: "A container of blobs.", Classes: []graph.Class{DataStore}, Props: azure(text("storage", "id of its storage account"), text("public_access", "None, Blob or Container"))})
	AzureSQLServer     = node(graph.NodeSpec{Label: "AzureSQLServer", Doc: "An Azure SQL logical server.", Classes: []graph.Class{DataStore}, Props: azure(
		text("host", ""), text("public_access", "Enabled, Disabled or SecuredByPerimeter"), list("firewall", "each name first-address last-address; empty when there is no rule"), list("subnets", "each name and id of a virtual network rule"), text("admin", "id of its Entra administrator, as an object"), flag("entra_only", "no SQL login opens it"), list("private_endpoints", "ids of approved private endpoints"))})
	AzureSQLDatabase = node(graph.NodeSpec{Label: "AzureSQLDatabase", Doc: "A database of Azure SQL.", Classes: []graph.Class{DataStore}, Props: azure(text("server", "id"), text("status", ""))})
	AzureKeyVault    = node(graph.NodeSpec{Label: "AzureKeyVault", Doc: "A key vault: secrets, keys and certificates; no value is ever read.", Classes: []graph.Class{DataStore, Secret}, Props: azure(
		text("host", ""), flag("rbac", "Azure RBAC decides on its data; else its access policies"), list("policies", "access policies, each principal id|kind|permissions with commas between; kind is secrets, keys or certificates"), text("public_access", "Enabled or Disabled"), text("default_action", "of its firewall: Allow or Deny"), list("ip_rules", "addresses and blocks let in"), list("subnets", "ids of subnets let in"), flag("purge_protection", ""))})
)

// Networks of Azure.
var (
	AzureVirtualNetwork = node(graph.NodeSpec{Label: "AzureVirtualNetwork", Doc: "A virtual network.", Classes: []graph.Class{Network, Container}, Props: azure(list("cidrs", "address space"))})
	AzureSubnet         = node(graph.NodeSpec{Label: "AzureSubnet", Doc: "A subnet.", Classes: []graph.Class{Network, Container}, Props: azure(text("network", "id"), list("cidrs", "address prefixes"), text("nsg", "id of its network security group"), text("route_table", "id"))})
	AzureNSG            = node(graph.NodeSpec{Label: "AzureNSG", Doc: "A network security group.", Classes: []graph.Class{Network}, Props: azure(list("rules", "JSON objects as securityRules; the default rules are not among them"))})
	AzureInterface      = node(graph.NodeSpec{Label: "AzureInterface", Doc: "A network interface; ATTACHED_TO its machine.", Classes: []graph.Class{Network}, Props: azure(
		text("machine", "id"), text("nsg", "id of its network security group"), list("subnets", "ids"), list("public_ips", "ids of its public addresses"), list("private_ips", ""), list("asgs", "ids of application security groups"))})
	AzurePublicIP        = node(graph.NodeSpec{Label: "AzurePublicIP", Doc: "A public IP address.", Classes: []graph.Class{Network}, Props: azure(text("address", ""), text("sku", "Basic or Standard"), text("attached", "id of the configuration that has it"))})
	AzurePrivateEndpoint = node(graph.NodeSpec{Label: "AzurePrivateEndpoint", Doc: "A private endpoint; ROUTES_TO the resource that it leads to.", Classes: []graph.Class{Network}, Props: azure(text("subnet", "id"), list("targets", "each id of a resource it leads to"), text("status", "Approved …"))})
)
