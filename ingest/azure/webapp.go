package azure

import (
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		graphed("resources", "microsoft.web/sites", Table{
			Service: "webapp", Operation: "list", Actions: []string{"Microsoft.Web/sites/read"}, Call: sites(false), Map: rowsOf(mapSite),
		}),
		graphed("resources", "-", Table{ // Resource Graph has function apps among the sites, and webapp/list takes them all
			Service: "functionapp", Operation: "list", Actions: []string{"Microsoft.Web/sites/read"}, Call: sites(true), Map: rowsOf(mapSite),
		}),
	)
	for _, service := range []string{"webapp", "functionapp"} {
		register(
			Table{
				Service: service, Operation: "config-show", Actions: []string{"Microsoft.Web/sites/config/read"},
				Parent: "list", Items: "[].name", Command: "az " + service + ` config show --resource-group "$group" --name "$item"`,
				Call: shown("Microsoft.Web/sites", sitesVersion, "/config/web", sitesVersion),
				Map:  answerOf(mapSiteConfig),
			},
			Table{
				Service: service, Operation: "auth-show", Actions: []string{"Microsoft.Web/sites/config/read"},
				Parent: "list", Items: "[].name", Command: `az webapp auth show --resource-group "$group" --name "$item"`,
				Call: shown("Microsoft.Web/sites", sitesVersion, "/config/authsettingsV2", sitesVersion),
				Map:  answerOf(mapSiteAuth),
			},
		)
	}
}

// app is an app of App Service: web apps and function apps are one type
// (https://learn.microsoft.com/rest/api/appservice/web-apps/list).
type app struct {
	resource
	Kind, State, PublicNetworkAccess string
	EnabledHostNames                 []string
	DefaultHostName                  string
	HTTPSOnly                        *bool
	VirtualNetworkSubnetID           name
}

func mapSite(facts *ingest.Facts, site ingest.Site, row app) {
	hosts := row.EnabledHostNames
	if hosts == nil && row.DefaultHostName != "" {
		hosts = []string{row.DefaultHostName}
	}
	describe(facts, site, kinds.AzureWebApp, row.resource, graph.Props{
		"kind": row.Kind, "state": row.State, "public_access": row.PublicNetworkAccess, "hosts": graph.Sorted(hosts), "https_only": row.HTTPSOnly, "subnet": string(row.VirtualNetworkSubnetID),
	}).listed(kinds.AzureWebApp, row.Name)
}

// siteConfig is an app's configuration; no value of a setting or connection string is in it.
type siteConfig struct {
	PublicNetworkAccess                 string
	IPSecurityRestrictions              objects
	IPSecurityRestrictionsDefaultAction string
}

func mapSiteConfig(facts *ingest.Facts, site ingest.Site, item string, rows []siteConfig) {
	for _, row := range rows {
		contribute(facts, site, kinds.AzureWebApp, called(kinds.AzureWebApp, item), graph.Props{
			"public_access": row.PublicNetworkAccess, "restrictions": []string(row.IPSecurityRestrictions), "default_action": row.IPSecurityRestrictionsDefaultAction,
		})
	}
}

// siteAuth is App Service authentication, of version 2 and, flat, of version 1
// (https://learn.microsoft.com/azure/app-service/overview-authentication-authorization#authorization-behavior).
type siteAuth struct {
	Platform                    struct{ Enabled *bool }
	Enabled                     *bool
	UnauthenticatedClientAction string
	GlobalValidation            struct {
		RequireAuthentication       *bool
		UnauthenticatedClientAction string
		ExcludedPaths               []string
	}
}

func mapSiteAuth(facts *ingest.Facts, site ingest.Site, item string, rows []siteAuth) {
	for _, row := range rows {
		on := row.Platform.Enabled
		if on == nil {
			on = row.Enabled
		}
		if on == nil {
			facts.Gap("the authentication of %s does not tell whether it is on", item)
			continue
		}
		action := row.GlobalValidation.UnauthenticatedClientAction + row.UnauthenticatedClientAction
		required := row.GlobalValidation.RequireAuthentication == nil || *row.GlobalValidation.RequireAuthentication
		contribute(facts, site, kinds.AzureWebApp, called(kinds.AzureWebApp, item), graph.Props{
			"authenticated": *on && required && action != "" && !strings.EqualFold(action, "AllowAnonymous") && len(row.GlobalValidation.ExcludedPaths) == 0,
		})
	}
}
