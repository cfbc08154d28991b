package azure

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		graphed("authorizationresources", "microsoft.authorization/roledefinitions", Table{
			Service: "role", Operation: "definition-list", Actions: []string{"Microsoft.Authorization/roleDefinitions/read"},
			Call: resources("Microsoft.Authorization/roleDefinitions", "2022-04-01"),
			Map:  rowsOf(mapRole),
		}),
		graphed("authorizationresources", "microsoft.authorization/roleassignments", Table{
			Service: "role", Operation: "assignment-list", Actions: []string{"Microsoft.Authorization/roleAssignments/read"},
			Command: "az role assignment list --all",
			Call:    resources("Microsoft.Authorization/roleAssignments", "2022-04-01"),
			Map:     rowsOf(func(facts *ingest.Facts, site ingest.Site, row assignment) { mapAssignment(facts, site, row, false) }),
		}),
		Table{
			Service: "role", Operation: "deny-assignment-list", Actions: []string{"Microsoft.Authorization/denyAssignments/read"},
			Call: resources("Microsoft.Authorization/denyAssignments", "2022-04-01"),
			Map:  rowsOf(mapDenyAssignment),
		},
		Table{
			Service: "role", Operation: "eligibility-list", Actions: []string{"Microsoft.Authorization/roleEligibilityScheduleInstances/read"},
			Absent:  []string{"AadPremiumLicenseRequired"},
			Command: `az rest --method get --url "https://management.azure.com/subscriptions/$subscription/providers/Microsoft.Authorization/roleEligibilityScheduleInstances?api-version=2020-10-01"`,
			Call:    resources("Microsoft.Authorization/roleEligibilityScheduleInstances", "2020-10-01"),
			Map:     rowsOf(func(facts *ingest.Facts, site ingest.Site, row assignment) { mapAssignment(facts, site, row, true) }),
		},
	)
}

// permission is one of a role's, as the graph keeps it.
type permission struct {
	Actions        []string `json:"actions"`
	NotActions     []string `json:"notActions"`
	DataActions    []string `json:"dataActions"`
	NotDataActions []string `json:"notDataActions"`
	Condition      string   `json:"condition,omitempty"`
}

// role is a role definition. Its id ends in a GUID that is unique in its tenant, whatever scope stands before it
// (https://learn.microsoft.com/azure/role-based-access-control/role-definitions-list).
type role struct {
	ID               name
	RoleName         string
	AssignableScopes []name
	Permissions      []permission
}

// roleID names a role by the GUID that its id ends in.
func roleID(id name) string {
	if id == "" {
		return ""
	}
	return "/providers/microsoft.authorization/roledefinitions/" + string(id[strings.LastIndexByte(string(id), '/')+1:])
}

func mapRole(facts *ingest.Facts, site ingest.Site, row role) {
	props := graph.Props{"name": row.RoleName, "assignable": texts(row.AssignableScopes, func(scope name) string {
		if scope == "" { // the root, less its slash
			return "/"
		}
		return string(scope)
	})}
	props["built_in"] = slices.Equal(row.AssignableScopes, []name{""})
	if row.Permissions != nil {
		props["permissions"] = permissionsText(row.Permissions)
	}
	contribute(facts, ingest.Site{Tenant: site.Tenant}, kinds.AzureRole, roleID(row.ID), props)
}

func permissionsText(list []permission) string {
	text, err := json.Marshal(list)
	if err != nil {
		panic("azure: " + err.Error()) // texts always encode
	}
	return string(text)
}

// assignment is a role assignment, or an eligibility for one.
type assignment struct {
	ID, PrincipalID, RoleDefinitionID, Scope name
	PrincipalType, Condition, EndDateTime    string
	RoleDefinitionName                       string
}

func mapAssignment(facts *ingest.Facts, site ingest.Site, row assignment, eligible bool) {
	scope := string(row.Scope)
	if scope == "" {
		scope = "/"
	}
	principal := directoryObject(row.PrincipalID)
	props := graph.Props{
		"name": row.RoleDefinitionName, "role": roleID(row.RoleDefinitionID), "principal": principal, "principal_type": row.PrincipalType, "scope": scope,
		"eligible": eligible, "ends": row.EndDateTime,
	}
	found := contribute(facts, site, kinds.AzureRoleAssignment, string(row.ID), props)
	props["condition"] = row.Condition
	found.from(kinds.HasPolicy, principalKind(row.PrincipalType), principal)
	found.to(kinds.Uses, kinds.AzureRole, roleID(row.RoleDefinitionID))
}

// principalKind tells a principal's kind by the type that an assignment gives
// (https://learn.microsoft.com/rest/api/authorization/role-assignments/list-for-scope#principaltype).
func principalKind(principalType string) graph.NodeKind {
	switch strings.ToLower(principalType) {
	case "group", "foreigngroup":
		return kinds.AzureGroup
	case "serviceprincipal", "application":
		return kinds.AzureServicePrincipal
	default:
		return kinds.AzureUser
	}
}

// denyAssignment is a deny assignment; the principal of all zeros with the type SystemDefined is everyone
// (https://learn.microsoft.com/azure/role-based-access-control/deny-assignments#deny-assignment-properties).
type denyAssignment struct {
	ID, Scope                     name
	DenyAssignmentName            string
	Permissions                   []permission
	DoNotApplyToChildScopes       bool
	Condition                     string
	Principals, ExcludePrincipals []struct {
		ID   name
		Type string
	}
}

const everyone = "/directoryobjects/everyone"

func mapDenyAssignment(facts *ingest.Facts, site ingest.Site, row denyAssignment) {
	principals, excluded := []string{}, []string{}
	for _, each := range row.Principals {
		if each.ID == "00000000-0000-0000-0000-000000000000" {
			principals = append(principals, everyone)
		} else {
			principals = append(principals, directoryObject(each.ID))
		}
	}
	for _, each := range row.ExcludePrincipals {
		excluded = append(excluded, directoryObject(each.ID))
	}
	scope := string(row.Scope)
	if scope == "" {
		scope = "/"
	}
	contribute(facts, site, kinds.AzureDenyAssignment, string(row.ID), graph.Props{
		"name": row.DenyAssignmentName, "permissions": permissionsText(row.Permissions), "principals": graph.Sorted(principals), "excluded": graph.Sorted(excluded),
		"scope": scope, "children": !row.DoNotApplyToChildScopes, "condition": row.Condition,
	})
}
