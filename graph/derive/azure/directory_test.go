package azure

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// directoryRole gives a principal a role of Entra ID at a scope; the role's definition is there when it has actions.
func (world *world) directoryRole(principal graph.ID, template string, scope graph.ID, actions ...string) graph.ID {
	role := tenantNode + "/directoryroles/" + graph.ID(template)
	if len(actions) > 0 {
		world.add(role, kinds.AzureDirectoryRole, graph.Props{"name": template, "template": template, "actions": actions})
	}
	return world.add(tenantNode+"/roleassignments/"+graph.ID(short(principal)+template), kinds.AzureDirectoryRoleAssignment, graph.Props{
		"role": string(role), "principal": string(principal), "scope": string(scope), "eligible": false,
	})
}

func TestWhoIsGlobalAdministrator(t *testing.T) {
	const tenantID = tenant
	for _, test := range []struct {
		name  string
		build func(*world)
		want  string
	}{
		{"nobody", func(*world) {}, ""},
		{"by the role's template alone", func(world *world) { world.directoryRole(ann, globalAdministrator, tenantNode) }, "ann CAN_ADMINISTER " + tenantID},
		{"eligible, and not yet active", func(world *world) {
			world.set(world.directoryRole(ann, globalAdministrator, tenantNode), "eligible", true)
		}, "ann CAN_ADMINISTER " + tenantID + " (possible)"},
		{"eligible, and active by another assignment", func(world *world) {
			world.set(world.directoryRole(ann, globalAdministrator, tenantNode), "eligible", true)
			world.directoryRole(nested, globalAdministrator, tenantNode)
		}, "ann CAN_ADMINISTER " + tenantID + "; nested CAN_ADMINISTER " + tenantID},
		{"another role", func(world *world) { world.directoryRole(ann, userAdministrator, tenantNode) }, ""},
		{"a role of that name, for one object alone", func(world *world) { world.directoryRole(ann, globalAdministrator, identity) }, ""},
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

func TestControlOfATenantIsControlOfItsObjects(t *testing.T) {
	world := newWorld(t)
	world.add("/directoryobjects/application", kinds.AzureApplication, graph.Props{"app_id": "x"})
	stranger := world.add("/directoryobjects/stranger", kinds.AzureUser, graph.Props{})
	world.set(stranger, "tenant", "99999999-aaaa-4aaa-8aaa-999999999999")
	var found []string
	for _, edge := range NewAuthorizer(world.snapshot()).administrators() {
		if edge.From != tenantNode {
			t.Errorf("%s controls %s", edge.From, edge.To)
		}
		found = append(found, short(edge.To))
	}
	if diff := cmp.Diff("admins, ann, identity, nested, application", strings.Join(found, ", ")); diff != "" {
		t.Error(diff)
	}
}

func TestWhoResetsWhosePassword(t *testing.T) {
	const reset = "ann CAN_ESCALATE_TO bob (possible)"
	bob := graph.ID("/directoryobjects/bob")
	for _, test := range []struct {
		name  string
		role  string // ann's
		build func(*world)
		want  string
	}{
		{"a user without roles", helpdeskAdministrator, func(*world) {}, reset},
		{"by a role of one's own making", "custom", func(*world) {}, reset},
		{"a role that this one may reset", helpdeskAdministrator, func(world *world) { world.directoryRole(bob, guestInviter, tenantNode) }, reset},
		{"a role that it may not", helpdeskAdministrator, func(world *world) { world.directoryRole(bob, userAdministrator, tenantNode) }, ""},
		{"one of each", helpdeskAdministrator, func(world *world) {
			world.directoryRole(bob, guestInviter, tenantNode)
			world.directoryRole(bob, userAdministrator, tenantNode)
		}, ""},
		{"a role that only another may", authenticationAdministrator, func(world *world) { world.directoryRole(bob, helpdeskAdministrator, tenantNode) }, ""},
		{"a Global Administrator, by one who may reset everybody", privilegedAuthenticationAdministrator, func(world *world) { world.directoryRole(bob, globalAdministrator, tenantNode) }, reset},
		{"a role through a group", helpdeskAdministrator, func(world *world) {
			world.edge(bob, kinds.MemberOf, nested)
			world.directoryRole(admins, userAdministrator, tenantNode)
		}, ""},
		{"an eligible role protects too", helpdeskAdministrator, func(world *world) {
			world.set(world.directoryRole(bob, userAdministrator, tenantNode), "eligible", true)
		}, ""},
		{"a group that can be given roles, and has none", helpdeskAdministrator, func(world *world) {
			world.set(admins, "role_assignable", true)
			world.edge(bob, kinds.MemberOf, admins)
		}, ""},
		{"roles of one's own making, by one of one's own making", "custom", func(world *world) { world.directoryRole(bob, guestInviter, tenantNode) }, ""},
		{"a disabled user", helpdeskAdministrator, func(world *world) { world.set(bob, "enabled", false) }, ""},
		{"a role for an administrative unit that holds nobody", helpdeskAdministrator, func(world *world) {
			unit := world.add("/directoryobjects/unit", kinds.AzureAdministrativeUnit, graph.Props{})
			world.set(tenantNode+"/roleassignments/ann"+helpdeskAdministrator, "scope", string(unit))
		}, ""},
		{"a role for an administrative unit that holds the user", helpdeskAdministrator, func(world *world) {
			unit := world.add("/directoryobjects/unit", kinds.AzureAdministrativeUnit, graph.Props{})
			world.edge(bob, kinds.MemberOf, unit)
			world.set(tenantNode+"/roleassignments/ann"+helpdeskAdministrator, "scope", string(unit))
		}, reset},
	} {
		t.Run(test.name, func(t *testing.T) {
			world := newWorld(t)
			world.add(bob, kinds.AzureUser, graph.Props{"enabled": true})
			world.directoryRole(ann, test.role, tenantNode, "microsoft.directory/users/password/update")
			test.build(world)
			if diff := cmp.Diff(test.want, strings.Join(world.derived(kinds.CanEscalateTo), "; ")); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("a role that may not reset", func(t *testing.T) {
		world := newWorld(t)
		world.add(bob, kinds.AzureUser, graph.Props{})
		world.directoryRole(ann, helpdeskAdministrator, tenantNode, "microsoft.directory/users/basic/update")
		if found := world.derived(kinds.CanEscalateTo); len(found) > 0 {
			t.Errorf("%v", found)
		}
	})
}

func TestWhichIdentitiesAnApplicationTrusts(t *testing.T) {
	for _, test := range []struct {
		name, trusted, want string
	}{
		{"a managed identity of the tenant", "https://login.microsoftonline.com/" + tenant + "/v2.0|identity", "identity CAN_ASSUME application"},
		{"an issuer outside", "https://token.actions.githubusercontent.com|identity", ""},
		{"a subject that nobody is", "https://login.microsoftonline.com/" + tenant + "/v2.0|nobody", ""},
		{"a user is no managed identity", "https://login.microsoftonline.com/" + tenant + "/v2.0|ann", ""},
	} {
		world := newWorld(t)
		world.add("/directoryobjects/application", kinds.AzureApplication, graph.Props{"app_id": "x", "federated": []string{test.trusted}})
		if diff := cmp.Diff(test.want, strings.Join(world.derived(kinds.CanAssume), "; ")); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

func TestAClustersNodesAreItsAdministrators(t *testing.T) {
	world := newWorld(t)
	nodes := subscription + "/resourcegroups/mc_web"
	world.add(shop+"/providers/microsoft.containerservice/managedclusters/web", kinds.AzureAKSCluster, graph.Props{"node_group": string(nodes)})
	world.add(nodes+"/providers/microsoft.compute/virtualmachinescalesets/pool", kinds.AzureScaleSet, graph.Props{})
	world.add(subscription+"/resourcegroups/mc_web2/providers/microsoft.compute/virtualmachinescalesets/others", kinds.AzureScaleSet, graph.Props{})
	if diff := cmp.Diff("web CAN_ESCALATE_TO pool (possible)", strings.Join(world.derived(kinds.CanEscalateTo), "; ")); diff != "" {
		t.Error(diff)
	}
}
