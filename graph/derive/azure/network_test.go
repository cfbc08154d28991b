package azure

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// rules writes access restrictions: each "priority action what", where what is Any, blocks, tag:<tag>, subnet or fd:<tag> with a
// header.
func rules(lines ...string) []string {
	var list []string
	for _, line := range lines {
		words := strings.Fields(line)
		rule := map[string]any{"name": line, "priority": len(list), "action": words[0], "ipAddress": words[1]}
		if tag, ok := strings.CutPrefix(words[1], "tag:"); ok {
			rule["ipAddress"], rule["tag"] = tag, "ServiceTag"
		}
		if words[1] == "subnet" {
			rule["ipAddress"], rule["vnetSubnetResourceId"] = nil, string(shop)+"/providers/microsoft.network/virtualnetworks/v/subnets/s"
		}
		if len(words) > 2 {
			rule["headers"] = map[string]any{"x-azure-fdid": []string{words[2]}}
		}
		list = append(list, object(rule))
	}
	return list
}

func TestWhichAppsTheInternetReaches(t *testing.T) {
	const reached, exploited = "internet CAN_REACH app", "internet CAN_EXPLOIT app (possible)"
	const both = exploited + "; " + reached
	for _, test := range []struct {
		name  string
		build func(world *world, app graph.ID)
		want  string
	}{
		{"no restriction", func(*world, graph.ID) {}, both},
		{"public access is off", func(world *world, app graph.ID) { world.set(app, "public_access", "Disabled") }, ""},
		{"it is stopped", func(world *world, app graph.ID) { world.set(app, "state", "Stopped") }, ""},
		{"the rule that App Service shows where there is none", func(world *world, app graph.ID) { world.set(app, "restrictions", rules("Allow Any")) }, both},
		{"one office alone", func(world *world, app graph.ID) { world.set(app, "restrictions", rules("Allow 198.51.100.0/24")) }, ""},
		{"an office first and then nobody", func(world *world, app graph.ID) {
			world.set(app, "restrictions", rules("Allow 198.51.100.0/24", "Deny Any"))
		}, ""},
		{"all but one", func(world *world, app graph.ID) {
			world.set(app, "restrictions", rules("Deny 198.51.100.0/24", "Allow Any"))
		}, both},
		{"nobody, before everybody", func(world *world, app graph.ID) { world.set(app, "restrictions", rules("Deny 0.0.0.0/0", "Allow Any")) }, ""},
		{"a rule for some, and the unmatched are let in", func(world *world, app graph.ID) {
			world.set(app, "restrictions", rules("Deny 198.51.100.0/24"))
			world.set(app, "default_action", "Allow")
		}, both},
		{"no rule, and the unmatched are turned away", func(world *world, app graph.ID) { world.set(app, "default_action", "Deny") }, ""},
		{"a subnet alone", func(world *world, app graph.ID) { world.set(app, "restrictions", rules("Allow subnet")) }, ""},
		{"Front Door of anyone", func(world *world, app graph.ID) {
			world.set(app, "restrictions", rules("Allow tag:AzureFrontDoor.Backend"))
		}, exploited + "; internet CAN_REACH app (possible)"},
		{"Front Door of one's own, by its header", func(world *world, app graph.ID) {
			world.set(app, "restrictions", rules("Allow tag:AzureFrontDoor.Backend 0000"))
		}, ""},
		{"a service that nobody rents", func(world *world, app graph.ID) {
			world.set(app, "restrictions", rules("Allow tag:AzureTrafficManager"))
		}, ""},
		{"whom authentication turns away runs no code", func(world *world, app graph.ID) { world.set(app, "authenticated", true) }, reached},
		{"restrictions were not collected", func(world *world, app graph.ID) { world.set(app, "restrictions", nil) }, exploited + "; internet CAN_REACH app (possible)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			world := newWorld(t)
			app := world.add(shop+"/providers/microsoft.web/sites/app", kinds.AzureWebApp, graph.Props{
				"state": "Running", "hosts": []string{"app.azurewebsites.net"}, "restrictions": []string{}, "authenticated": false,
			})
			test.build(world, app)
			if diff := cmp.Diff(test.want, strings.Join(world.derived(kinds.CanReach, kinds.CanExploit), "; ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The case that the catalogue of cases begins with: from the internet over an app to a SQL server with a public endpoint, and
// what must stop it.
func TestFromAnAppToASQLServer(t *testing.T) {
	const open = "identity CAN_READ orders"
	for _, test := range []struct {
		name  string
		build func(world *world, server graph.ID)
		want  string // who reads and reaches the server, beside the internet's reach of the app
	}{
		{"all of Azure is let in", func(*world, graph.ID) {}, open},
		{"the whole internet is let in", func(world *world, server graph.ID) {
			world.set(server, "firewall", []string{"all 0.0.0.0 255.255.255.255"})
		}, open},
		{"the firewall is closed", func(world *world, server graph.ID) { world.set(server, "firewall", []string{}) }, ""},
		{"one office is let in", func(world *world, server graph.ID) {
			world.set(server, "firewall", []string{"office 198.51.100.1 198.51.100.9"})
		}, ""},
		{"the internet by two halves", func(world *world, server graph.ID) {
			world.set(server, "firewall", []string{"a 0.0.0.1 127.255.255.255", "b 128.0.0.0 255.255.255.255"})
		}, open},
		{"a private endpoint only, and the app is in no network", func(world *world, server graph.ID) {
			world.set(server, "public_access", "Disabled")
			world.endpoint(server)
		}, ""},
		{"a private endpoint only, in the network that the app sends to", func(world *world, server graph.ID) {
			world.set(server, "public_access", "Disabled")
			world.endpoint(server)
			world.set(shop+"/providers/microsoft.web/sites/app", "subnet", string(shop)+"/providers/microsoft.network/virtualnetworks/hub/subnets/apps")
		}, open + " with app"},
		{"and in another network", func(world *world, server graph.ID) {
			world.set(server, "public_access", "Disabled")
			world.endpoint(server)
			world.set(shop+"/providers/microsoft.web/sites/app", "subnet", string(shop)+"/providers/microsoft.network/virtualnetworks/other/subnets/apps")
		}, ""},
		{"a subnet is let in, which the app sends from", func(world *world, server graph.ID) {
			subnet := string(shop) + "/providers/microsoft.network/virtualnetworks/hub/subnets/apps"
			world.set(server, "firewall", []string{})
			world.set(server, "subnets", []string{"apps " + subnet})
			world.set(shop+"/providers/microsoft.web/sites/app", "subnet", subnet)
		}, open + " with app"},
		{"the identity has no role there", func(world *world, server graph.ID) { world.set(server, "admin", "/directoryobjects/else") }, ""},
		{"the identity is in the administrators' group", func(world *world, server graph.ID) {
			world.set(server, "admin", string(admins))
			world.edge(identity, kinds.MemberOf, nested)
		}, open},
		{"firewall rules were not collected", func(world *world, server graph.ID) { world.set(server, "firewall", nil) }, open + " (unknown)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			world := newWorld(t)
			world.add(shop+"/providers/microsoft.web/sites/app", kinds.AzureWebApp, graph.Props{
				"state": "Running", "hosts": []string{"app.azurewebsites.net"}, "restrictions": []string{}, "authenticated": false, "identities": []string{string(identity)},
			})
			server := world.add(shop+"/providers/microsoft.sql/servers/orders", kinds.AzureSQLServer, graph.Props{
				"host": "orders.database.windows.net", "public_access": "Enabled", "firewall": []string{"AllowAllWindowsAzureIps 0.0.0.0 0.0.0.0"}, "subnets": []string{},
				"admin": string(identity), "entra_only": true,
			})
			test.build(world, server)
			var reads []string
			for _, line := range world.derived(kinds.CanRead) {
				if strings.HasPrefix(line, "identity ") {
					reads = append(reads, line)
				}
			}
			if diff := cmp.Diff(test.want, strings.Join(reads, "; ")); diff != "" {
				t.Error(diff)
			}
			if found := strings.Join(world.derived(kinds.RunsAs), ""); found != "app RUNS_AS identity" {
				t.Errorf("the app runs as: %s", found)
			}
		})
	}
}

// endpoint gives a server an approved private endpoint in the network hub.
func (world *world) endpoint(server graph.ID) {
	world.add(shop+"/providers/microsoft.network/privateendpoints/e", kinds.AzurePrivateEndpoint, graph.Props{
		"subnet": string(shop) + "/providers/microsoft.network/virtualnetworks/hub/subnets/data", "targets": []string{string(server)}, "status": "Approved",
	})
}

// A server that takes SQL logins can be tried from outside; one that takes Entra ID's tokens alone cannot.
func TestALoginCanBeTriedFromOutside(t *testing.T) {
	for entraOnly, want := range map[bool]string{false: "internet CAN_READ orders (possible)", true: ""} {
		world := newWorld(t)
		world.add(shop+"/providers/microsoft.sql/servers/orders", kinds.AzureSQLServer, graph.Props{
			"public_access": "Enabled", "firewall": []string{"all 0.0.0.0 255.255.255.255"}, "subnets": []string{}, "entra_only": entraOnly,
		})
		if got := strings.Join(world.derived(kinds.CanRead), "; "); got != want {
			t.Errorf("Entra only %v: %q, want %q", entraOnly, got, want)
		}
	}
}

// Whoever controls an application signs in as its service principal, in its own tenant, unless it is disabled.
func TestApplicationsAndIdentities(t *testing.T) {
	world := newWorld(t)
	world.add("/directoryobjects/application", kinds.AzureApplication, graph.Props{"app_id": "x"})
	world.add("/directoryobjects/principal", kinds.AzureServicePrincipal, graph.Props{"app_id": "x", "type": "Application", "enabled": true})
	world.add("/directoryobjects/disabled", kinds.AzureServicePrincipal, graph.Props{"app_id": "x", "type": "Application", "enabled": false})
	world.add("/directoryobjects/unrelated", kinds.AzureServicePrincipal, graph.Props{"app_id": "y", "type": "Application"})
	world.add(shop+"/providers/microsoft.managedidentity/userassignedidentities/assigned", kinds.AzureUserAssignedIdentity, graph.Props{"principal": string(identity)})
	if diff := cmp.Diff("application CAN_ASSUME principal; assigned CAN_ASSUME identity", strings.Join(world.derived(kinds.CanAssume), "; ")); diff != "" {
		t.Error(diff)
	}
}
