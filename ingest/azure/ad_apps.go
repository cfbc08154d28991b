package azure

import (
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		Table{
			Service: "ad", Operation: "sp-list", Tenant: true, Actions: []string{"Application.Read.All"}, Command: "az ad sp list --all",
			Call: directoryList("servicePrincipals", "id", "appId", "displayName", "servicePrincipalType", "accountEnabled", "appOwnerOrganizationId", "alternativeNames", "appRoles", "passwordCredentials", "keyCredentials"),
			Map:  rowsOf(mapServicePrincipal),
		},
		Table{
			Service: "ad", Operation: "sp-owner-list", Tenant: true, Actions: []string{"Application.Read.All"},
			Parent: "sp-list", Items: "[].id", Command: `az ad sp owner list --id "$item"`,
			Call: directoryBelow("servicePrincipals", "owners", "id", "displayName", "userPrincipalName"),
			Map:  answerOf(owners(kinds.AzureServicePrincipal)),
		},
		Table{
			Service: "ad", Operation: "sp-app-role-assignment-list", Tenant: true, Actions: []string{"Application.Read.All"},
			Parent: "sp-list", Items: "[].id", Command: `az rest --method get --url "https://graph.microsoft.com/v1.0/servicePrincipals/$item/appRoleAssignments"`,
			Call: directoryBelow("servicePrincipals", "appRoleAssignments"),
			Map:  answerOf(mapAppRoleAssignments),
		},
		Table{
			Service: "ad", Operation: "app-list", Tenant: true, Actions: []string{"Application.Read.All"}, Command: "az ad app list --all",
			Call: directoryList("applications", "id", "appId", "displayName", "signInAudience", "passwordCredentials", "keyCredentials"),
			Map: rowsOf(func(facts *ingest.Facts, site ingest.Site, row application) {
				contribute(facts, site, kinds.AzureApplication, directoryObject(row.ID), graph.Props{
					"name": row.DisplayName, "app_id": string(row.AppID), "audience": row.SignInAudience, "credentials": int64(len(row.PasswordCredentials) + len(row.KeyCredentials)),
				})
			}),
		},
		Table{
			Service: "ad", Operation: "app-owner-list", Tenant: true, Actions: []string{"Application.Read.All"},
			Parent: "app-list", Items: "[].id", Command: `az ad app owner list --id "$item"`,
			Call: directoryBelow("applications", "owners", "id", "displayName", "userPrincipalName"),
			Map:  answerOf(owners(kinds.AzureApplication)),
		},
		Table{
			Service: "ad", Operation: "app-federated-credential-list", Tenant: true, Actions: []string{"Application.Read.All"},
			Parent: "app-list", Items: "[].id", Command: `az ad app federated-credential list --id "$item"`,
			Call: directoryBelow("applications", "federatedIdentityCredentials"),
			Map: answerOf(func(facts *ingest.Facts, site ingest.Site, item string, rows []federated) {
				contribute(facts, site, kinds.AzureApplication, directoryObject(name(item)), graph.Props{"federated": texts(rows, federated.text)})
			}),
		},
	)
}

type federated struct{ Issuer, Subject string }

func (federated federated) text() string { return federated.Issuer + "|" + federated.Subject }

type application struct {
	ID, AppID                           name
	DisplayName, SignInAudience         string
	PasswordCredentials, KeyCredentials []struct{}
}

// servicePrincipal is a row of az ad sp list. The alternative names of a managed identity hold the id of its resource
// (https://learn.microsoft.com/graph/api/resources/serviceprincipal#properties).
type servicePrincipal struct {
	ID, AppID, AppOwnerOrganizationID   name
	DisplayName, ServicePrincipalType   string
	AccountEnabled                      *bool
	AlternativeNames                    []string
	AppRoles                            []struct{ ID, Value name }
	PasswordCredentials, KeyCredentials []struct{}
}

func mapServicePrincipal(facts *ingest.Facts, site ingest.Site, row servicePrincipal) {
	var resources []string
	for _, alternative := range row.AlternativeNames {
		if strings.HasPrefix(strings.ToLower(alternative), "/subscriptions/") {
			resources = append(resources, strings.ToLower(alternative))
		}
	}
	contribute(facts, site, kinds.AzureServicePrincipal, directoryObject(row.ID), graph.Props{
		"name": row.DisplayName, "app_id": string(row.AppID), "type": row.ServicePrincipalType, "enabled": row.AccountEnabled, "owner_tenant": string(row.AppOwnerOrganizationID),
		"resources": resources, "credentials": int64(len(row.PasswordCredentials) + len(row.KeyCredentials)),
		"app_roles": texts(row.AppRoles, func(role struct{ ID, Value name }) string { return string(role.ID) + "=" + string(role.Value) }),
	})
}

func mapAppRoleAssignments(facts *ingest.Facts, site ingest.Site, item string, rows []struct{ AppRoleID, ResourceID name }) {
	contribute(facts, site, kinds.AzureServicePrincipal, directoryObject(name(item)), graph.Props{
		"granted": texts(rows, func(row struct{ AppRoleID, ResourceID name }) string {
			return string(row.ResourceID) + "/" + string(row.AppRoleID)
		}),
	})
}
