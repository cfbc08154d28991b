package kinds

import "github.com/inroad-security/inroad/graph"

// azure is what every Azure resource carries. Its id is the resource id in lower case; an object of Entra ID is
// /directoryobjects/<object id>, as Microsoft Graph names it.
func azure(own ...graph.PropSpec) []graph.PropSpec {
	return append([]graph.PropSpec{
		text("name", "what people call it"),
		text("account", "the subscription that holds it, or the tenant of what lives in Entra ID"),
		text("tenant", "the Entra tenant"),
		text("region", "its location; empty for a global resource"),
		list("tags", "its tags, each key=value, sorted"),
	}, own...)
}

// identities is what a resource with managed identities carries.
var identities = list("identities", "ids of its managed identities, as objects of Entra ID")

// Tenants, management groups, subscriptions and resource groups of Azure.
var (
	AzureTenant          = node(graph.NodeSpec{Label: "AzureTenant", Doc: "An Entra tenant, /tenants/<id>. Holding it is being its Global Administrator.", Classes: []graph.Class{Account, Container}, Props: azure(text("domain", "its default domain"))})
	AzureManagementGroup = node(graph.NodeSpec{Label: "AzureManagementGroup", Doc: "A management group; CONTAINS management groups and subscriptions. Holding it is being its Owner.", Classes: []graph.Class{Container}, Props: azure(flag("root", "it is the tenant's root management group"))})
	AzureSubscription    = node(graph.NodeSpec{Label: "AzureSubscription", Doc: "An Azure subscription. Holding it is being its Owner.", Classes: []graph.Class{Account, Container}, Props: azure(text("state", "Enabled, Disabled …"), text("management_group", "id of its management group"))})
	AzureResourceGroup   = node(graph.NodeSpec{Label: "AzureResourceGroup", Doc: "A resource group. Holding it is being its Owner.", Classes: []graph.Class{Container}, Props: azure()})
)

// Identities of Entra ID.
var (
	AzureUser = node(graph.NodeSpec{Label: "AzureUser", Doc: "A user of Entra ID.", Classes: []graph.Class{Principal}, Props: azure(
		text("principal_name", "user principal name"), flag("enabled", ""), flag("guest", "its home is another tenant"), flag("synced", "it is synchronized from an on-premises directory"))})
	AzureGroup = node(graph.NodeSpec{Label: "AzureGroup", Doc: "A group of Entra ID: hands its roles to its members. Holding it is choosing its members.", Classes: []graph.Class{Container}, Props: azure(
		flag("role_assignable", "it can be given directory roles, and only privileged roles and its owners change it"), flag("dynamic", "a rule over properties chooses its members"), text("membership_rule", ""), flag("synced", "it is synchronized from an on-premises directory"))})
	AzureServicePrincipal = node(graph.NodeSpec{Label: "AzureServicePrincipal", Doc: "A service principal: an application's identity in a tenant, or the managed identity of a resource.", Classes: []graph.Class{Principal}, Props: azure(
		text("app_id", "the application's (client) id"), text("type", "Application, ManagedIdentity, Legacy …"), flag("enabled", ""), text("owner_tenant", "the tenant of its application"),
		list("resources", "ids of the resources that it is the managed identity of"), list("app_roles", "each id=value of the roles that it gives"), whole("credentials", "secrets and certificates of its own"), list("granted", "app roles that it was granted, each <service principal's object id>/<role id>"))})
	AzureApplication = node(graph.NodeSpec{Label: "AzureApplication", Doc: "An application (app registration). Holding it is signing in as its service principals.", Classes: []graph.Class{Principal}, Props: azure(
		text("app_id", "its (client) id"), text("audience", "who may sign in to it"), whole("credentials", "secrets and certificates"), list("federated", "each issuer|subject whose tokens it takes for its own"))})
	AzureUserAssignedIdentity = node(graph.NodeSpec{Label: "AzureUserAssignedIdentity", Doc: "A user-assigned managed identity as a resource; USES its service principal.", Props: azure(
		text("principal", "id of its service principal"), text("app_id", "its client id"), list("federated", "each issuer|subject whose tokens it takes for its own"))})
)

// Who may do what: roles of Azure RBAC and of Entra ID, and who has them where.
var (
	AzureRole = node(graph.NodeSpec{Label: "AzureRole", Doc: "A role definition of Azure RBAC.", Classes: []graph.Class{Policy}, Props: azure(
		text("permissions", "JSON list of actions, notActions, dataActions, notDataActions and condition"), flag("built_in", ""), list("assignable", "scopes that it can be assigned at"))})
	AzureRoleAssignment = node(graph.NodeSpec{Label: "AzureRoleAssignment", Doc: "An assignment of a role at a scope, or an eligibility for one; the principal HAS_POLICY it, and it USES the role.", Classes: []graph.Class{Policy}, Props: azure(
		text("role", "id of the role definition"), text("principal", "id of the principal"), text("principal_type", "User, Group, ServicePrincipal …"), text("scope", "resource id; / for the root"),
		text("condition", "ABAC condition; empty when there is none"), flag("eligible", "to be activated in Privileged Identity Management"), text("ends", "RFC 3339, where it ends"))})
	AzureDenyAssignment = node(graph.NodeSpec{Label: "AzureDenyAssignment", Doc: "A deny assignment at a scope.", Classes: []graph.Class{Policy}, Props: azure(
		text("permissions", "JSON list of actions, notActions, dataActions, notDataActions"), list("principals", "ids; /directoryobjects/everyone for all"), list("excluded", "ids of principals that it leaves out"),
		text("scope", "resource id"), flag("children", "it holds for what is below the scope too"), text("condition", ""))})
	AzureAdministrativeUnit = node(graph.NodeSpec{Label: "AzureAdministrativeUnit", Doc: "An administrative unit of Entra ID: users, groups and devices are MEMBER_OF it, and roles can be held for it alone.", Classes: []graph.Class{Container}, Props: azure(
		flag("restricted", "who has roles for the whole tenant does not manage its members"))})
	AzureDirectoryRole = node(graph.NodeSpec{Label: "AzureDirectoryRole", Doc: "A role of Entra ID, /tenants/<id>/directoryroles/<template id>.", Classes: []graph.Class{Policy}, Props: azure(
		text("template", "its template id, equal in every tenant"), list("actions", "allowed resource actions"), flag("built_in", ""))})
	AzureDirectoryRoleAssignment = node(graph.NodeSpec{Label: "AzureDirectoryRoleAssignment", Doc: "An assignment of a role of Entra ID, or an eligibility for one; the principal HAS_POLICY it, and it USES the role.", Classes: []graph.Class{Policy}, Props: azure(
		text("role", "id of the role"), text("principal", "id of the principal"), text("scope", "id of the tenant, or of the one object or administrative unit that it holds for"), flag("eligible", "to be activated in Privileged Identity Management"))})
)
