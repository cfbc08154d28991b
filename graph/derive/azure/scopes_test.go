package azure

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

func TestWhoAssignsRolesControlsTheScope(t *testing.T) {
	const delegate = `((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {acdd72a7-3385-48ef-bd42-f606fba81ae7}))`
	for _, test := range []struct {
		name  string
		build func(*world)
		want  string // edges, sorted, joined by ;
	}{
		{"nobody has a role", func(*world) {}, ""},
		{"an Owner of the subscription", func(world *world) { world.assign(ann, "owner", subscription) }, "ann CAN_ADMINISTER " + short(subscription)},
		{"of a resource group alone", func(world *world) { world.assign(ann, "owner", shop) }, "ann CAN_ADMINISTER shop"},
		{"of a management group", func(world *world) { world.assign(ann, "owner", topGroup) }, "ann CAN_ADMINISTER top"},
		{"of the root", func(world *world) { world.assign(ann, "owner", "/") }, "ann CAN_ADMINISTER top"},
		{"a Contributor assigns no roles", func(world *world) { world.assign(ann, "contributor", subscription) }, ""},
		{"through a group in a group", func(world *world) { world.assign(admins, "owner", shop) }, "admins CAN_ADMINISTER shop; ann CAN_ADMINISTER shop; nested CAN_ADMINISTER shop"},
		{"a group that one is not in", func(world *world) {
			world.add("/directoryobjects/others", kinds.AzureGroup, graph.Props{})
			world.assign("/directoryobjects/others", "owner", shop)
		}, "others CAN_ADMINISTER shop"},
		{"eligible, and not yet active", func(world *world) { world.set(world.assign(ann, "owner", shop), "eligible", true) }, "ann CAN_ADMINISTER shop (possible)"},
		{"a delegate who may only hand out Reader", func(world *world) { world.set(world.assign(ann, "owner", shop), "condition", delegate) }, ""},
		{"a delegate who may hand out Owner", func(world *world) {
			world.set(world.assign(ann, "owner", shop), "condition", strings.ReplaceAll(delegate, "acdd72a7-3385-48ef-bd42-f606fba81ae7", ownerRole))
		}, "ann CAN_ADMINISTER shop"},
		{"a condition that nobody can read", func(world *world) { world.set(world.assign(ann, "owner", shop), "condition", "what (") }, "ann CAN_ADMINISTER shop (possible)"},
		{"a deny assignment on role assignments", func(world *world) {
			world.assign(ann, "owner", shop)
			world.add(shop+"/providers/microsoft.authorization/denyassignments/d", kinds.AzureDenyAssignment, graph.Props{
				"permissions": `[{"actions":["Microsoft.Authorization/*"]}]`, "principals": []string{"/directoryobjects/everyone"}, "scope": string(shop), "children": true, "condition": "",
			})
		}, ""},
		{"which leaves out a group that one is in", func(world *world) {
			world.assign(ann, "owner", shop)
			world.add(shop+"/providers/microsoft.authorization/denyassignments/d", kinds.AzureDenyAssignment, graph.Props{
				"permissions": `[{"actions":["*"]}]`, "principals": []string{"/directoryobjects/everyone"}, "excluded": []string{string(admins)}, "scope": string(shop), "children": true, "condition": "",
			})
		}, "ann CAN_ADMINISTER shop"},
		{"deny assignments were not collected", func(world *world) {
			world.assign(ann, "owner", shop)
			world.lacks = []string{"not collected: role/deny-assignment-list"}
		}, "ann CAN_ADMINISTER shop (possible)"},
		{"a role whose definition was not collected", func(world *world) { world.assign(ann, "mystery", shop) }, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			world := newWorld(t)
			test.build(world)
			if diff := cmp.Diff(test.want, strings.Join(world.derived(kinds.CanAdminister), "; ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Control goes down from the tenant to each thing by the nearest scope that is known, and never up or across.
func TestControlGoesDown(t *testing.T) {
	world := newWorld(t)
	server := world.add(shop+"/providers/microsoft.sql/servers/orders", kinds.AzureSQLServer, graph.Props{})
	world.add(server+"/databases/main", kinds.AzureSQLDatabase, graph.Props{"server": string(server)})
	world.add(subscription+"/resourcegroups/unseen/providers/microsoft.compute/virtualmachines/lone", kinds.AzureVM, graph.Props{})
	edges := NewAuthorizer(world.snapshot()).contained()
	var found []string
	for _, edge := range edges {
		found = append(found, short(edge.From)+" > "+short(edge.To))
	}
	want := []string{
		short(tenantNode) + " > top", "top > " + short(subscription), short(subscription) + " > shop", short(subscription) + " > lone", "orders > main", "shop > orders",
	}
	for _, pair := range want {
		if !strings.Contains(strings.Join(found, "\n"), pair) {
			t.Errorf("%s is missing in\n%s", pair, strings.Join(found, "\n"))
		}
	}
	if len(found) != len(want) {
		t.Errorf("%d edges, want %d:\n%s", len(found), len(want), strings.Join(found, "\n"))
	}
}
