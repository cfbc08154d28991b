package azure

import (
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		graphed("resources", "microsoft.sql/servers", Table{
			Service: "sql", Operation: "server-list", Actions: []string{"Microsoft.Sql/servers/read"}, Command: "az sql server list",
			Call: resources("Microsoft.Sql/servers", "2021-11-01"),
			Map:  rowsOf(mapSQLServer),
		}),
		Table{
			Service: "sql", Operation: "server-firewall-rule-list", Actions: []string{"Microsoft.Sql/servers/firewallRules/read"},
			Parent: "server-list", Items: "[].name", Command: `az sql server firewall-rule list --resource-group "$group" --server "$item"`,
			Call: below("Microsoft.Sql/servers", "2021-11-01", "/firewallRules", "2021-11-01"),
			Map: answerOf(func(facts *ingest.Facts, site ingest.Site, item string, rows []firewallRule) {
				contribute(facts, site, kinds.AzureSQLServer, called(kinds.AzureSQLServer, item), graph.Props{"firewall": texts(rows, func(rule firewallRule) string {
					return strings.ReplaceAll(rule.Name, " ", "_") + " " + rule.StartIPAddress + " " + rule.EndIPAddress
				})})
			}),
		},
		Table{
			Service: "sql", Operation: "server-vnet-rule-list", Actions: []string{"Microsoft.Sql/servers/virtualNetworkRules/read"},
			Parent: "server-list", Items: "[].name", Command: `az sql server vnet-rule list --resource-group "$group" --server "$item"`,
			Call: below("Microsoft.Sql/servers", "2021-11-01", "/virtualNetworkRules", "2021-11-01"),
			Map: answerOf(func(facts *ingest.Facts, site ingest.Site, item string, rows []networkRule) {
				contribute(facts, site, kinds.AzureSQLServer, called(kinds.AzureSQLServer, item), graph.Props{"subnets": texts(rows, func(rule networkRule) string {
					return strings.ReplaceAll(rule.Name, " ", "_") + " " + string(rule.VirtualNetworkSubnetID)
				})})
			}),
		},
		Table{
			Service: "sql", Operation: "server-ad-admin-list", Actions: []string{"Microsoft.Sql/servers/administrators/read"},
			Parent: "server-list", Items: "[].name", Command: `az sql server ad-admin list --resource-group "$group" --server "$item"`,
			Call: below("Microsoft.Sql/servers", "2021-11-01", "/administrators", "2021-11-01"),
			Map: answerOf(func(facts *ingest.Facts, site ingest.Site, item string, rows []sqlAdmin) {
				for _, row := range rows {
					row.add(contribute(facts, site, kinds.AzureSQLServer, called(kinds.AzureSQLServer, item), graph.Props{"admin": directoryObject(row.SID), "entra_only": row.AzureADOnlyAuthentication}))
				}
			}),
		},
		graphed("resources", "microsoft.sql/servers/databases", Table{
			Service: "sql", Operation: "db-list", Actions: []string{"Microsoft.Sql/servers/databases/read"},
			Parent: "server-list", Items: "[].name", Command: `az sql db list --resource-group "$group" --server "$item"`,
			Call: below("Microsoft.Sql/servers", "2021-11-01", "/databases", "2021-11-01"),
			Map: answerOf(func(facts *ingest.Facts, site ingest.Site, _ string, rows []sqlDatabase) {
				for _, row := range rows {
					if strings.EqualFold(row.Name, "master") { // the server's own, on every server
						continue
					}
					server, _, _ := strings.Cut(string(row.ID), "/databases/")
					describe(facts, site, kinds.AzureSQLDatabase, row.resource, graph.Props{"server": server, "status": row.Status}).from(kinds.Contains, kinds.AzureSQLServer, server)
				}
			}),
		}),
	)
}

type firewallRule struct{ Name, StartIPAddress, EndIPAddress string }

type networkRule struct {
	Name                   string
	VirtualNetworkSubnetID name
}

// sqlAdmin is a server's Entra administrator: a user, a group or an application
// (https://learn.microsoft.com/azure/azure-sql/database/authentication-aad-overview#administrator-structure).
type sqlAdmin struct {
	SID                       name
	PrincipalType             string
	AzureADOnlyAuthentication *bool
}

func (admin sqlAdmin) add(server subject) {
	if admin.SID != "" {
		server.facts.Edge(server.id, kinds.Uses, graph.ID(directoryObject(admin.SID)))
	}
}

type sqlServer struct {
	resource
	FullyQualifiedDomainName, PublicNetworkAccess string
	Administrators                                *sqlAdmin
	PrivateEndpointConnections                    []privateConnection
}

// privateConnection is a private endpoint's connection to a resource.
type privateConnection struct {
	PrivateEndpoint                   reference
	PrivateLinkServiceConnectionState struct{ Status string }
}

// approved gives the private endpoints that lead somewhere; nil for nil: not known.
func approved(list []privateConnection) []string {
	return texts(list, func(connection privateConnection) string {
		if !strings.EqualFold(connection.PrivateLinkServiceConnectionState.Status, "Approved") {
			return ""
		}
		return string(connection.PrivateEndpoint.ID)
	})
}

type sqlDatabase struct {
	resource
	Status string
}

func mapSQLServer(facts *ingest.Facts, site ingest.Site, row sqlServer) {
	props := graph.Props{"host": row.FullyQualifiedDomainName, "public_access": row.PublicNetworkAccess, "private_endpoints": approved(row.PrivateEndpointConnections)}
	if row.Administrators != nil {
		props["admin"], props["entra_only"] = directoryObject(row.Administrators.SID), row.Administrators.AzureADOnlyAuthentication
	}
	found := describe(facts, site, kinds.AzureSQLServer, row.resource, props).listed(kinds.AzureSQLServer, row.Name)
	if row.Administrators != nil {
		row.Administrators.add(found)
	}
}
