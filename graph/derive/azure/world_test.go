package azure

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

const (
	tenant       = "11111111-aaaa-4aaa-8aaa-111111111111"
	tenantNode   = graph.ID("/tenants/" + tenant)
	topGroup     = graph.ID("/providers/microsoft.management/managementgroups/top")
	subscription = graph.ID("/subscriptions/22222222-bbbb-4bbb-8bbb-222222222222")
	shop         = subscription + "/resourcegroups/shop"
	ann          = graph.ID("/directoryobjects/ann")
	admins       = graph.ID("/directoryobjects/admins")
	nested       = graph.ID("/directoryobjects/nested")
	identity     = graph.ID("/directoryobjects/identity")
)

// world builds a small estate: a tenant, a management group, a subscription and a resource group, a user in two groups, one in
// the other, and an identity.
type world struct {
	t     *testing.T
	nodes map[graph.ID]graph.Node
	edges []graph.Edge
	scope graph.Scope
	lacks []string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	world := &world{t: t, nodes: map[graph.ID]graph.Node{}, scope: "azure/22222222-bbbb-4bbb-8bbb-222222222222/global/role"}
	world.add(tenantNode, kinds.AzureTenant, graph.Props{})
	world.add(topGroup, kinds.AzureManagementGroup, graph.Props{})
	world.add(subscription, kinds.AzureSubscription, graph.Props{})
	world.add(shop, kinds.AzureResourceGroup, graph.Props{})
	world.edge(topGroup, kinds.Contains, subscription)
	world.add(ann, kinds.AzureUser, graph.Props{"name": "ann"})
	world.add(admins, kinds.AzureGroup, graph.Props{})
	world.add(nested, kinds.AzureGroup, graph.Props{})
	world.edge(ann, kinds.MemberOf, nested)
	world.edge(nested, kinds.MemberOf, admins)
	world.add(identity, kinds.AzureServicePrincipal, graph.Props{"type": "ManagedIdentity"})
	world.role("owner", `[{"actions":["*"]}]`)
	world.role("contributor", `[{"actions":["*"],"notActions":["Microsoft.Authorization/*/Delete","Microsoft.Authorization/*/Write","Microsoft.Authorization/elevateAccess/Action"]}]`)
	return world
}

func (world *world) add(id graph.ID, kind graph.NodeKind, props graph.Props) graph.ID {
	props["tenant"] = tenant
	spec, _ := kinds.NodeSpec(kind)
	for name := range props {
		if !slices.ContainsFunc(spec.Props, func(prop graph.PropSpec) bool { return prop.Name == name }) {
			world.t.Fatalf("%s has no property %s", kind, name)
		}
	}
	world.nodes[id] = graph.Node{ID: id, Kind: kind, Props: props}
	return id
}

// set changes a property of a node; nil takes it away.
func (world *world) set(id graph.ID, name string, value any) {
	if value == nil {
		delete(world.nodes[id].Props, name)
	} else {
		world.nodes[id].Props[name] = value
	}
}

func (world *world) edge(from graph.ID, kind graph.EdgeKind, to graph.ID) {
	world.edges = append(world.edges, graph.Edge{From: from, To: to, Kind: kind})
}

func (world *world) role(name, permissions string) {
	world.add(graph.ID("/providers/microsoft.authorization/roledefinitions/"+name), kinds.AzureRole, graph.Props{"name": name, "permissions": permissions})
}

// assign gives a principal a role at a scope.
func (world *world) assign(principal graph.ID, role string, scope graph.ID) graph.ID {
	id := graph.ID(fmt.Sprintf("%s/providers/microsoft.authorization/roleassignments/%d", scope, len(world.nodes)))
	return world.add(id, kinds.AzureRoleAssignment, graph.Props{
		"role": "/providers/microsoft.authorization/roledefinitions/" + role, "principal": string(principal), "scope": string(scope), "condition": "", "eligible": false,
	})
}

func (world *world) snapshot() *graph.Snapshot {
	world.t.Helper()
	batch := graph.Batch{Scope: world.scope, Edges: world.edges, Incomplete: world.lacks}
	for _, node := range world.nodes {
		batch.Nodes = append(batch.Nodes, node)
	}
	snapshot, err := graph.NewSnapshot(1, batch)
	if err != nil {
		world.t.Fatal(err)
	}
	return snapshot
}

// derived gives the edges of some kinds, each as "from KIND to" with short names, what it requires and a verdict that is not
// proven, sorted.
func (world *world) derived(of ...graph.EdgeKind) []string {
	world.t.Helper()
	edges, err := Derive(world.t.Context(), NewAuthorizer(world.snapshot()))
	if err != nil {
		world.t.Fatal(err)
	}
	var found []string
	for _, edge := range edges {
		if len(edge.Evidence) == 0 || edge.Cause == "" {
			world.t.Errorf("%v does not explain itself", edge)
		}
		if edge.Verdict != graph.Proven && !slices.ContainsFunc(edge.Evidence, func(piece graph.Evidence) bool { return piece.Kind == graph.Gap }) {
			world.t.Errorf("%v does not tell what is not known", edge)
		}
		if !slices.Contains(of, edge.Kind) || edge.Technique == scopeControl || edge.Technique == elevateAccess || edge.Technique == directoryControl {
			continue
		}
		text := short(edge.From) + " " + string(edge.Kind) + " " + short(edge.To)
		for _, id := range edge.Requires {
			text += " with " + short(id)
		}
		if edge.Verdict != graph.Proven {
			text += " (" + edge.Verdict.String() + ")"
		}
		found = append(found, text)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func short(id graph.ID) string { return string(id[strings.LastIndexByte(string(id), '/')+1:]) }

func object(value map[string]any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}
