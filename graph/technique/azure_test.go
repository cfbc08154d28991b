package technique_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/derive/azure"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/technique"
)

// azureWorld is a tenant with one subscription and one resource group as fixtures write it. Users, groups and service
// principals are named user/x, group/x, sp/x; a resource by its name alone; the scopes above by subscription and group.
type azureWorld struct {
	Users  map[string]azurePrincipal `yaml:"users"`
	Groups map[string]azurePrincipal `yaml:"groups"`
	SPs    map[string]azurePrincipal `yaml:"sps"`
	Roles  map[string]map[string]any `yaml:"roles"`  // permissions by name
	Assign map[string]map[string]any `yaml:"assign"` // who, role, at, condition, eligible
	Denies map[string]map[string]any `yaml:"denies"` // actions, at, except
	// Directory gives roles of Entra ID: who, actions, at, eligible.
	Directory map[string]map[string]any `yaml:"directory"`
	// Graph gives applications permissions of Microsoft Graph.
	Graph map[string][]string       `yaml:"graph"`
	Nodes map[string]map[string]any `yaml:"nodes"`
	Links []string                  `yaml:"links"`
	Edges []string                  `yaml:"edges"`
}

type azurePrincipal struct {
	Groups []string       `yaml:"groups"`
	Props  map[string]any `yaml:"props"`
}

const azureGroup = "/subscriptions/s/resourcegroups/g"

// azureID gives the id of a short name.
func azureID(name string) graph.ID {
	kind, rest, found := strings.Cut(name, "/")
	switch {
	case name == "tenant":
		return "/tenants/t"
	case name == "subscription":
		return "/subscriptions/s"
	case name == "group":
		return azureGroup
	case found && slices.Contains([]string{"user", "group", "sp", "app"}, kind):
		return graph.ID("/directoryobjects/" + kind + "-" + rest)
	case strings.HasPrefix(name, "/"):
		return graph.ID(name)
	default:
		return graph.ID(azureGroup + "/providers/microsoft.test/things/" + name)
	}
}

func azureShort(id graph.ID) string {
	for _, name := range []string{"tenant", "subscription", "group"} {
		if id == azureID(name) {
			return name
		}
	}
	if object, ok := strings.CutPrefix(string(id), "/directoryobjects/"); ok {
		return strings.Replace(object, "-", "/", 1)
	}
	return string(id[strings.LastIndexByte(string(id), '/')+1:])
}

func buildAzure(t *testing.T, world azureWorld) *graph.Snapshot {
	t.Helper()
	batch := graph.Batch{Scope: "azure/s/global/test"}
	add := func(id graph.ID, kind graph.NodeKind, props graph.Props) {
		props["tenant"] = "t"
		spec, known := kinds.NodeSpec(kind)
		if !known {
			t.Fatalf("%s: no kind is called %q", id, kind)
		}
		for name := range props {
			if !slices.ContainsFunc(spec.Props, func(prop graph.PropSpec) bool { return prop.Name == name }) {
				t.Fatalf("%s: %s has no property %s", id, kind, name)
			}
		}
		batch.Nodes = append(batch.Nodes, graph.Node{ID: id, Kind: kind, Props: props})
	}
	link := func(from graph.ID, kind graph.EdgeKind, to graph.ID) {
		batch.Edges = append(batch.Edges, graph.Edge{From: from, To: to, Kind: kind})
	}
	add(azureID("tenant"), kinds.AzureTenant, graph.Props{})
	add(azureID("subscription"), kinds.AzureSubscription, graph.Props{})
	add(azureID("group"), kinds.AzureResourceGroup, graph.Props{})
	text := func(value any) string {
		written, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		return string(written)
	}
	for _, of := range []struct {
		prefix string
		kind   graph.NodeKind
		all    map[string]azurePrincipal
	}{{"user/", kinds.AzureUser, world.Users}, {"group/", kinds.AzureGroup, world.Groups}, {"sp/", kinds.AzureServicePrincipal, world.SPs}} {
		for _, name := range slices.Sorted(maps.Keys(of.all)) {
			props := graph.Props{"name": name}
			for prop, value := range of.all[name].Props {
				props[prop] = azureValue(value)
			}
			add(azureID(of.prefix+name), of.kind, props)
			for _, group := range of.all[name].Groups {
				link(azureID(of.prefix+name), kinds.MemberOf, azureID("group/"+group))
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(world.Roles)) {
		add(graph.ID("/providers/microsoft.authorization/roledefinitions/"+name), kinds.AzureRole, graph.Props{"name": name, "permissions": text([]any{world.Roles[name]})})
	}
	for _, name := range slices.Sorted(maps.Keys(world.Assign)) {
		given := world.Assign[name]
		if given == nil {
			continue
		}
		said := func(key string) string { value, _ := given[key].(string); return value }
		eligible, _ := given["eligible"].(bool)
		add(azureID(said("at"))+graph.ID("/providers/microsoft.authorization/roleassignments/"+name), kinds.AzureRoleAssignment, graph.Props{
			"role": "/providers/microsoft.authorization/roledefinitions/" + said("role"), "principal": string(azureID(said("who"))), "scope": string(azureID(said("at"))),
			"condition": said("condition"), "eligible": eligible,
		})
	}
	for _, name := range slices.Sorted(maps.Keys(world.Denies)) {
		at, _ := world.Denies[name]["at"].(string)
		add(graph.ID("/denyassignments/"+name), kinds.AzureDenyAssignment, graph.Props{
			"permissions": text([]any{world.Denies[name]["permissions"]}), "principals": []string{"/directoryobjects/everyone"}, "scope": string(azureID(at)), "children": true, "condition": "",
		})
	}
	for _, name := range slices.Sorted(maps.Keys(world.Directory)) {
		given := world.Directory[name]
		if given == nil {
			continue
		}
		said := func(key string) string { value, _ := given[key].(string); return value }
		eligible, _ := given["eligible"].(bool)
		role := graph.ID("/tenants/t/directoryroles/" + name)
		add(role, kinds.AzureDirectoryRole, graph.Props{"name": name, "actions": azureValue(given["actions"])})
		add("/tenants/t/roleassignments/"+graph.ID(name), kinds.AzureDirectoryRoleAssignment, graph.Props{
			"role": string(role), "principal": string(azureID(said("who"))), "scope": string(azureID(said("at"))), "eligible": eligible,
		})
	}
	if len(world.Graph) > 0 {
		const id = "/directoryobjects/sp-graph"
		var roles []string
		for _, name := range slices.Sorted(maps.Keys(world.Graph)) {
			var granted []string
			for _, permission := range world.Graph[name] {
				roles = append(roles, strings.ToLower(permission)+"="+strings.ToLower(permission))
				granted = append(granted, "sp-graph/"+strings.ToLower(permission))
			}
			at := slices.IndexFunc(batch.Nodes, func(node graph.Node) bool { return node.ID == azureID(name) })
			if at < 0 {
				t.Fatalf("graph: there is no %s", name)
			}
			batch.Nodes[at].Props["granted"] = graph.Sorted(granted)
		}
		add(id, kinds.AzureServicePrincipal, graph.Props{"app_id": "00000003-0000-0000-c000-000000000000", "app_roles": graph.Sorted(roles), "type": "Application"})
	}
	for _, name := range slices.Sorted(maps.Keys(world.Nodes)) {
		written := world.Nodes[name]
		if written == nil {
			continue
		}
		props := graph.Props{}
		for prop, value := range written {
			if prop != "kind" && value != nil {
				props[prop] = azureValue(value)
			}
		}
		kind, _ := written["kind"].(string)
		add(azureID(name), graph.NodeKind(kind), props)
	}
	for _, written := range world.Links {
		words := strings.Fields(written)
		if len(words) != 3 {
			t.Fatalf("link %q: want from EDGE to", written)
		}
		link(azureID(words[0]), graph.EdgeKind(words[1]), azureID(words[2]))
	}
	snapshot, err := graph.NewSnapshot(1, batch)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

// azureValue turns YAML's values into a graph's.
func azureValue(value any) any {
	switch value := value.(type) {
	case int:
		return int64(value)
	case []any:
		list := []string{}
		for _, item := range value {
			text, _ := item.(string)
			list = append(list, text)
		}
		return graph.Sorted(list)
	default:
		return value
	}
}

// TestAzureFixtures checks every technique of Azure that has a rule against its worlds, as TestFixtures does for AWS.
func TestAzureFixtures(t *testing.T) {
	for _, entry := range technique.Azure().All() {
		if !entry.Rule() {
			continue
		}
		t.Run(entry.ID, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("azure", "testdata", entry.ID+".txtar"))
			if err != nil {
				t.Fatalf("every technique with a rule has a fixture: %v", err)
			}
			archive := txtar.Parse(data)
			if len(archive.Files) == 0 || archive.Files[0].Name != "world" {
				t.Fatal("the first file must be the world")
			}
			matches, misses := 0, 0
			for _, file := range archive.Files[1:] {
				t.Run(file.Name, func(t *testing.T) {
					var world azureWorld
					overlaid(t, archive.Files[0].Data, file.Data, &world)
					snapshot := buildAzure(t, world)
					var found []string
					for edge := range technique.Azure().Only(entry.ID).Derive(snapshot, azure.NewAuthorizer(snapshot), nil) {
						text := azureShort(edge.From) + " -> " + azureShort(edge.To)
						if edge.Verdict != graph.Proven {
							text += " (" + edge.Verdict.String() + ")"
						}
						found = append(found, text)
						if len(edge.Evidence) == 0 {
							t.Errorf("%s has no evidence", text)
						}
					}
					slices.Sort(found)
					slices.Sort(world.Edges)
					switch {
					case strings.HasPrefix(file.Name, "match"):
						matches++
					case strings.HasPrefix(file.Name, "miss: "):
						misses++
						world.Edges = nil
					default:
						t.Fatalf("%q is neither a match nor a miss", file.Name)
					}
					if got, want := strings.Join(found, "\n"), strings.Join(world.Edges, "\n"); got != want || strings.HasPrefix(file.Name, "match") && want == "" {
						t.Errorf("derived:\n%s\nwant:\n%s", got, want)
					}
				})
			}
			if matches < 1 || misses < 2 {
				t.Errorf("%d matches and %d misses: want at least one and two", matches, misses)
			}
		})
	}
}

func TestAnAzureTechniqueSpeaksAzure(t *testing.T) {
	for _, entry := range technique.Azure().All() {
		if len(entry.Summary) < 60 {
			t.Errorf("%s: the summary says too little", entry.ID)
		}
		if !strings.HasPrefix(entry.ID, "azure-") {
			t.Errorf("%s: the id begins with no azure-", entry.ID)
		}
	}
}
