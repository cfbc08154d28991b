package ingest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/inroad-security/inroad/graph"
)

// The toy cloud has boxes, each with a lid that is asked for on its own, shelves inside shelves, and a global list of
// people whose badges only name them.
var toy = Cloud{
	Name:    "toy",
	Account: regexp.MustCompile(`^[0-9]{4}$`).MatchString,
	Region:  regexp.MustCompile(`^(north|south)$`).MatchString,
	Site: func(folder Folder) (Site, []string) {
		site := folder.Named
		for name, body := range folder.Files() {
			if found := regexp.MustCompile(`"Owner": *"([0-9]{4})"`).FindSubmatch(body); name == "people/list" && found != nil && site.Account == "" {
				site.Account = string(found[1])
			}
		}
		if site.Region == "" {
			site.Region = "north"
			return site, []string{"north is assumed"}
		}
		return site, nil
	},
	Readings: Readings([]Table[struct{}]{
		{
			Service: "boxes", Operation: "get-lid", Parent: "list", Items: "Boxes[].Name", Combined: "lids",
			Map: Mapping(func(facts *Facts, site Site, item string, body struct {
				Colour string
				Lids   []struct{ Name, Colour string }
			},
			) {
				for _, lid := range body.Lids {
					facts.Node(site.ARN("box", lid.Name), "Box", graph.Props{"lid": lid.Colour})
				}
				if item != "" {
					facts.Node(site.ARN("box", item), "Box", graph.Props{"lid": body.Colour, "open": body.Colour == ""})
				}
			}),
		},
		{
			Service: "boxes", Operation: "list",
			Map: Mapping(func(facts *Facts, site Site, _ string, body struct {
				Boxes []struct{ Name, On, Kind string }
			},
			) {
				for _, box := range body.Boxes {
					kind := graph.NodeKind("Box")
					if box.Kind != "" {
						kind = graph.NodeKind(box.Kind)
					}
					facts.Node(site.ARN("box", box.Name), kind, graph.Props{"name": box.Name})
					facts.Stub(site.ARN("shelf", box.On), "Shelf")
					facts.Edge(site.ARN("shelf", box.On), "HOLDS", site.ARN("box", box.Name))
				}
			}),
		},
		{
			Service: "people", Operation: "get-badge", Global: true, Parent: "list", Items: "People[].Name",
			Map: Mapping(func(facts *Facts, site Site, item string, body struct{ Door string }) {
				facts.Edge(site.GlobalARN("person", item), "OPENS", graph.ID(body.Door))
			}),
		},
		{
			Service: "people", Operation: "list", Global: true,
			Map: Mapping(func(facts *Facts, site Site, _ string, body struct {
				People []struct{ Name, Title string }
			},
			) {
				for _, person := range body.People {
					facts.Node(site.GlobalARN("person", person.Title+"/"+person.Name), "Person", graph.Props{"name": person.Name})
					facts.Alias(site.GlobalARN("person", person.Name), site.GlobalARN("person", person.Title+"/"+person.Name))
				}
			}),
		},
		{
			Service: "shelves", Operation: "list-inside", Parent: "list-tops", Items: "Tops[]", Again: "Inside[]",
			Map: Mapping(func(facts *Facts, site Site, item string, body struct{ Inside []string }) {
				for _, inside := range body.Inside {
					facts.Edge(site.ARN("shelf", item), "HOLDS", site.ARN("shelf", inside))
				}
			}),
		},
		{Service: "shelves", Operation: "list-tops", Map: Mapping(func(*Facts, Site, string, struct{ Tops []string }) {})},
	}),
}

// world writes the files of a txtar archive into a new folder. In a name, $ stands for the toy cloud's long prefix.
func world(t testing.TB, files string) string {
	t.Helper()
	folder := t.TempDir()
	for _, file := range txtar.Parse([]byte(files)).Files {
		write(t, filepath.Join(folder, strings.ReplaceAll(file.Name, "$", "toy/1111/north")), file.Data)
	}
	return folder
}

func write(t testing.TB, name string, body []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, body, 0o600); err != nil {
		t.Fatal(err)
	}
}

// told writes batches as lines: scopes with what they lack, nodes and edges.
func told(batches []graph.Batch) string {
	var lines []string
	for _, batch := range batches {
		lines = append(lines, string(batch.Scope))
		for _, gap := range batch.Incomplete {
			lines = append(lines, "  ! "+gap)
		}
		for _, node := range batch.Nodes {
			line := "  " + string(node.Kind) + " " + string(node.ID)
			if node.Stub {
				line += " (elsewhere)"
			}
			for _, name := range slices.Sorted(func(yield func(string) bool) {
				for name := range node.Props {
					if !yield(name) {
						return
					}
				}
			}) {
				if text, ok := node.Props[name].(string); ok {
					line += " " + name + "=" + text
				} else if node.Props.Flag(name) {
					line += " " + name
				}
			}
			lines = append(lines, line)
		}
		for _, edge := range batch.Edges {
			lines = append(lines, "  "+string(edge.From)+" "+string(edge.Kind)+" "+string(edge.To))
		}
	}
	return strings.Join(lines, "\n") + "\n"
}
