package azure

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/packet"
)

// sqlServers derives what reaches Azure SQL servers, and who reads them: the Entra administrator, once it reaches the server
// (https://learn.microsoft.com/azure/azure-sql/database/authentication-aad-overview).
func (authorizer *Authorizer) sqlServers() []graph.Edge {
	estate := authorizer.estate
	members := estate.members()
	var edges []graph.Edge
	for _, server := range estate.all(kinds.AzureSQLServer) {
		if len(server.Props) == 0 {
			continue
		}
		ways := estate.waysTo(server)
		for _, way := range ways {
			edges = append(edges, way.reach(way.from, server.ID))
			if way.from == graph.Internet && !server.Props.Flag("entra_only") {
				edges = append(edges, way.credential(server))
			}
		}
		admin := graph.ID(server.Props.Text("admin"))
		if admin == "" {
			continue
		}
		for _, principal := range append(members[admin], admin) {
			for _, way := range ways {
				edges = append(edges, way.administers(principal, admin, server))
			}
		}
	}
	return edges
}

// way is how something reaches a server.
type way struct {
	exposure
	from graph.ID
}

// credential is that an outsider who reaches the server needs a login besides. A server that takes Entra ID's tokens alone has
// no logins to guess (https://learn.microsoft.com/azure/azure-sql/database/authentication-azure-ad-only-authentication).
func (way way) credential(server *node) graph.Edge {
	edge := way.reach(way.from, server.ID)
	edge.Kind, edge.Technique, edge.Verdict = kinds.CanRead, exposedService, way.verdict.And(graph.Possible)
	edge.Evidence = append(slices.Clone(way.evidence), missing(server.ID, "credential", "needs the name and password of a login, or a vulnerability in it"))
	return edge
}

// administers is that the server's administrator, or who is in the group that is, reads it along a way: from anywhere, or
// from code on the workload that reaches it.
func (way way) administers(principal, admin graph.ID, server *node) graph.Edge {
	edge := graph.Edge{
		From: principal, To: server.ID, Kind: kinds.CanRead, Technique: sqlAdmin, Verdict: way.verdict, Cause: setting(server.ID, "admin"),
		Evidence: []graph.Evidence{granted(server.ID, "admin", "its Entra administrator is %s", admin)},
	}
	if principal != admin {
		edge.Evidence = append(edge.Evidence, granted(principal, string(kinds.MemberOf), "it is a member of %s", admin))
	}
	edge.Evidence = append(edge.Evidence, way.evidence...)
	if way.from != graph.Internet {
		edge.Requires = []graph.ID{way.from}
	}
	return edge
}

// members gives, by group, the principals that are in it, themselves or through groups.
func (estate *estate) members() map[graph.ID][]graph.ID {
	found := map[graph.ID][]graph.ID{}
	for _, principal := range estate.all(kinds.AzureUser, kinds.AzureServicePrincipal, kinds.AzureGroup) {
		for _, group := range estate.holders(principal.ID)[1:] {
			found[group] = append(found[group], principal.ID)
		}
	}
	return found
}

// waysTo judges a server's network: public access with its firewall, and private endpoints.
//
// "Azure SQL Database and Azure Synapse IP firewall rules": https://learn.microsoft.com/azure/azure-sql/database/firewall-configure
// "Connectivity settings": https://learn.microsoft.com/azure/azure-sql/database/connectivity-settings
func (estate *estate) waysTo(server *node) []way {
	var ways []way
	if found, open := fromInternet(server); open {
		ways = append(ways, way{found, graph.Internet})
	}
	return append(ways, estate.privateWays(server)...)
}

// fromInternet judges the firewall. The rule from 0.0.0.0 to 0.0.0.0 lets in all of Azure, other customers' resources too, so
// that anyone with a subscription of their own gets in.
func fromInternet(server *node) (exposure, bool) {
	props := server.Props
	found := exposure{ports: "tcp/1433", cause: setting(server.ID, "public_access")}
	if access := props.Text("public_access"); access != "" && !strings.EqualFold(access, "Enabled") {
		return found, false
	}
	found.evidence = []graph.Evidence{granted(server.ID, "public_access", "its public endpoint %s is on", props.Text("host"))}
	if !props.Has("public_access") {
		found.verdict = graph.Possible
		found.evidence = []graph.Evidence{missing(server.ID, "public_access", "whether its public endpoint is on was not collected: collect sql/server-list")}
	}
	if !props.Has("firewall") {
		found.verdict = graph.Unknown
		found.evidence = append(found.evidence, missing(server.ID, "firewall", "its firewall rules were not collected: collect sql/server-firewall-rule-list"))
		return found, true
	}
	let := packet.Addrs{}
	for _, text := range props.List("firewall") {
		words := strings.Fields(text)
		if len(words) != 3 {
			continue
		}
		name, first, last := words[0], words[1], words[2]
		rule := func(detail string, arguments ...any) (exposure, bool) {
			found.cause = graph.Cause("rule:" + string(server.ID) + "#" + name)
			found.evidence = append(found.evidence, granted(server.ID, name, detail, arguments...))
			return found, true
		}
		if first == "0.0.0.0" && last == "0.0.0.0" {
			return rule("firewall rule %s lets all of Azure in, other customers' subscriptions too", name)
		}
		if let = let.Union(interval(first, last)); anyone(let) {
			return rule("firewall rule %s lets %s to %s in", name, first, last)
		}
	}
	return found, false
}

func interval(first, last string) packet.Addrs {
	from, errFrom := netip.ParseAddr(first)
	to, errTo := netip.ParseAddr(last)
	if errFrom != nil || errTo != nil {
		return packet.Addrs{}
	}
	return packet.Between(from, to)
}

// privateWays gives the workloads that send from a network in which the server has a private endpoint, or from a subnet that a
// virtual network rule lets in. Within one network a subnet reaches every other unless a security group says otherwise
// (https://learn.microsoft.com/azure/private-link/private-endpoint-overview), and of a private endpoint none does unless
// its subnet asks for it.
func (estate *estate) privateWays(server *node) []way {
	open := map[string]graph.Evidence{} // by network or subnet
	for _, endpoint := range estate.all(kinds.AzurePrivateEndpoint) {
		if slices.Contains(endpoint.Props.List("targets"), string(server.ID)) && strings.EqualFold(endpoint.Props.Text("status"), "Approved") {
			open[networkOf(endpoint.Props.Text("subnet"))] = granted(endpoint.ID, "targets", "the private endpoint leads from its network to the server")
		}
	}
	if access := server.Props.Text("public_access"); access == "" || strings.EqualFold(access, "Enabled") {
		for _, text := range server.Props.List("subnets") {
			if name, subnet, ok := strings.Cut(text, " "); ok {
				open[subnet] = granted(server.ID, name, "virtual network rule %s lets the subnet %s in", name, subnet)
			}
		}
	}
	if len(open) == 0 {
		return nil
	}
	var ways []way
	for _, sender := range estate.senders() {
		for _, place := range []string{sender.subnet, networkOf(sender.subnet)} {
			if evidence, ok := open[place]; ok {
				ways = append(ways, way{exposure{ports: "tcp/1433", cause: graph.Cause("config:" + string(evidence.Source) + "#" + evidence.Locator), evidence: []graph.Evidence{
					evidence, granted(sender.id, "subnet", "it sends from %s", sender.subnet),
				}}, sender.id})
				break
			}
		}
	}
	return ways
}

// sender is a workload and a subnet that it sends from.
type sender struct {
	id     graph.ID
	subnet string
}

// senders gives the machines by their interfaces, and the apps that are integrated with a network.
func (estate *estate) senders() []sender {
	var found []sender
	for _, card := range estate.all(kinds.AzureInterface) {
		if machine := card.Props.Text("machine"); machine != "" {
			for _, subnet := range card.Props.List("subnets") {
				found = append(found, sender{graph.ID(machine), subnet})
			}
		}
	}
	for _, app := range estate.all(kinds.AzureWebApp) {
		if subnet := app.Props.Text("subnet"); subnet != "" {
			found = append(found, sender{app.ID, subnet})
		}
	}
	return found
}

// networkOf gives the virtual network of a subnet.
func networkOf(subnet string) string {
	network, _, _ := strings.Cut(subnet, "/subnets/")
	return network
}
