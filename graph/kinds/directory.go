package kinds

import "github.com/inroad-security/inroad/graph"

// Directories of people and the roles that they get.
var (
	AWSUserPool = node(graph.NodeSpec{Label: "AWSUserPool", Listed: []string{"cognito-idp/list-user-pools"}, Doc: "A Cognito user pool.", Classes: []graph.Class{DataStore}, Props: aws(
		flag("self_sign_up", "anyone may make a user"), text("mfa", "OFF, ON or OPTIONAL"), flag("deletion_protection", ""), list("triggers", "ARNs of the functions that it calls"))})
	AWSIdentityPool = node(graph.NodeSpec{Label: "AWSIdentityPool", Listed: []string{"cognito-identity/list-identity-pools"}, Doc: "A Cognito identity pool: gives roles to the users of its providers, and to guests where it says so.", Classes: []graph.Class{Workload}, Props: aws(
		flag("guests", "it gives credentials to unauthenticated callers"), flag("classic_flow", "callers may name any role that trusts the pool"), text("guest_role", "ARN"), text("user_role", "ARN"), list("rule_roles", "ARNs of roles that its rules give"),
		list("providers", "names of its login providers"))})
	AWSIdentityCenter = node(graph.NodeSpec{Label: "AWSIdentityCenter", Doc: "An IAM Identity Center instance.", Classes: []graph.Class{Container}, Props: aws(text("identity_store", "d-…"), text("owner", "the 12-digit account that it belongs to"))})
	AWSPermissionSet  = node(graph.NodeSpec{Label: "AWSPermissionSet", Doc: "An Identity Center permission set: the roles AWSReservedSSO_<name>_… of the accounts that it is assigned in.", Props: aws(
		text("session_duration", "ISO 8601"), list("managed_policies", "ARNs"), list("customer_policies", "path and name"), text("document", "its inline policy as JSON; empty when there is none"),
		list("accounts", "the 12 digits of the accounts that it is provisioned in"))})
	AWSDirectoryUser  = node(graph.NodeSpec{Label: "AWSDirectoryUser", Doc: "A user of Identity Center's directory.", Classes: []graph.Class{Principal}, Props: aws(text("identity_store", "d-…"), text("status", "ENABLED or DISABLED"))})
	AWSDirectoryGroup = node(graph.NodeSpec{Label: "AWSDirectoryGroup", Doc: "A group of Identity Center's directory: its members have what it is assigned.", Classes: []graph.Class{Container}, Props: aws(text("identity_store", "d-…"))})
	AWSAssignment     = node(graph.NodeSpec{Label: "AWSAssignment", Doc: "An Identity Center assignment: a user or a group of the directory has a permission set in an account.", Props: aws(
		text("principal_type", "USER or GROUP"), text("principal", "its id in the identity store"), text("target", "the 12-digit account"))})
)
