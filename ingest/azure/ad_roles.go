package azure

import (
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	const graphURL = `az rest --method get --url "https://graph.microsoft.com/v1.0/roleManagement/directory/`
	const unitsURL = `az rest --method get --url "https://graph.microsoft.com/v1.0/directory/administrativeUnits`
	register(
		Table{
			Service: "ad", Operation: "unit-list", Tenant: true, Actions: []string{"AdministrativeUnit.Read.All"},
			Command: unitsURL + `"`,
			Call:    directoryList("directory/administrativeUnits"),
			Map:     rowsOf(mapUnit),
		},
		Table{
			Service: "ad", Operation: "unit-member-list", Tenant: true, Actions: []string{"AdministrativeUnit.Read.All"},
			Parent: "unit-list", Items: "[].id", Command: unitsURL + `/$item/members"`,
			Call: directoryBelow("directory/administrativeUnits", "members", "id", "displayName", "userPrincipalName"),
			Map: answerOf(func(facts *ingest.Facts, site ingest.Site, item string, rows []object) {
				for _, member := range rows {
					member.add(facts, site).to(kinds.MemberOf, kinds.AzureAdministrativeUnit, directoryObject(name(item)))
				}
			}),
		},
		Table{
			Service: "ad", Operation: "role-definition-list", Tenant: true, Actions: []string{"RoleManagement.Read.Directory"},
			Command: graphURL + `roleDefinitions"`,
			Call:    directoryList("roleManagement/directory/roleDefinitions"),
			Map:     rowsOf(mapDirectoryRole),
		},
		Table{
			Service: "ad", Operation: "role-assignment-list", Tenant: true, Actions: []string{"RoleManagement.Read.Directory"},
			Command: graphURL + `roleAssignments"`,
			Call:    directoryList("roleManagement/directory/roleAssignments"),
			Map: rowsOf(func(facts *ingest.Facts, site ingest.Site, row directoryAssignment) {
				mapDirectoryAssignment(facts, site, row, false)
			}),
		},
		Table{
			Service: "ad", Operation: "role-eligibility-list", Tenant: true, Actions: []string{"RoleEligibilitySchedule.Read.Directory"},
			Absent:  []string{"AadPremiumLicenseRequired"}, // nobody is eligible where Privileged Identity Management is not licensed
			Command: graphURL + `roleEligibilityScheduleInstances"`,
			Call:    directoryList("roleManagement/directory/roleEligibilityScheduleInstances"),
			Map: rowsOf(func(facts *ingest.Facts, site ingest.Site, row directoryAssignment) {
				mapDirectoryAssignment(facts, site, row, true)
			}),
		},
	)
}

// unit is an administrative unit (https://learn.microsoft.com/graph/api/resources/administrativeunit#properties).
type unit struct {
	ID                           name
	DisplayName                  string
	IsMemberManagementRestricted *bool
}

func mapUnit(facts *ingest.Facts, site ingest.Site, row unit) {
	contribute(facts, site, kinds.AzureAdministrativeUnit, directoryObject(row.ID), graph.Props{"name": row.DisplayName, "restricted": row.IsMemberManagementRestricted})
}

// directoryRole is a unifiedRoleDefinition; a built-in one has its template's id
// (https://learn.microsoft.com/graph/api/resources/unifiedroledefinition).
type directoryRole struct {
	ID, TemplateID  name
	DisplayName     string
	IsBuiltIn       *bool
	RolePermissions []struct{ AllowedResourceActions []string }
}

func directoryRoleID(site ingest.Site, id name) string {
	if id == "" {
		return ""
	}
	return tenantID(site) + "/directoryroles/" + string(id)
}

func mapDirectoryRole(facts *ingest.Facts, site ingest.Site, row directoryRole) {
	var actions []string
	for _, permission := range row.RolePermissions {
		actions = append(actions, permission.AllowedResourceActions...)
	}
	contribute(facts, site, kinds.AzureDirectoryRole, directoryRoleID(site, row.ID), graph.Props{
		"name": row.DisplayName, "template": string(row.TemplateID), "built_in": row.IsBuiltIn, "actions": graph.Sorted(actions),
	})
}

// directoryAssignment is a unifiedRoleAssignment, or a unifiedRoleEligibilityScheduleInstance. Its scope is / for the whole
// tenant, or the one object or administrative unit
// (https://learn.microsoft.com/graph/api/resources/unifiedroleassignment#properties).
type directoryAssignment struct {
	ID, PrincipalID, RoleDefinitionID, DirectoryScopeID name
	Principal                                           object
}

func mapDirectoryAssignment(facts *ingest.Facts, site ingest.Site, row directoryAssignment, eligible bool) {
	scope := tenantID(site)
	if within := strings.TrimPrefix(string(row.DirectoryScopeID), "/"); within != "" {
		within = strings.TrimPrefix(within, "administrativeunits/")
		scope = "/" + within
		if !strings.Contains(within, "/") {
			scope = directoryObject(name(within))
		}
	}
	principal, role := directoryObject(row.PrincipalID), directoryRoleID(site, row.RoleDefinitionID)
	id := ""
	if row.ID != "" {
		id = tenantID(site) + "/roleassignments/" + string(row.ID)
	}
	found := contribute(facts, site, kinds.AzureDirectoryRoleAssignment, id, graph.Props{"role": role, "principal": principal, "scope": scope, "eligible": eligible})
	if found.id != "" && principal != "" {
		facts.Edge(graph.ID(principal), kinds.HasPolicy, found.id)
	}
	found.to(kinds.Uses, kinds.AzureDirectoryRole, role)
}
