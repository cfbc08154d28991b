package azure_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
	"github.com/inroad-security/inroad/ingest/azure"
)

var update = flag.Bool("update", false, "write testdata/*.facts from what the mappings give")

// read writes the files of a recording, changed as said, below a folder and reads them as a bundle.
func read(t *testing.T, recording string, change func(files map[string]string)) ([]graph.Batch, ingest.Report) {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("testdata", recording))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, file := range archive.Files {
		files[file.Name] = string(file.Data)
	}
	if change != nil {
		change(files)
	}
	folder := t.TempDir()
	for name, body := range files {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	batches, report, err := ingest.Read(t.Context(), folder, azure.Cloud())
	if err != nil {
		t.Fatal(err)
	}
	return batches, report
}

// told writes batches as text: every scope, what it lacks, its nodes with their properties and the edges from them.
func told(batches []graph.Batch) string {
	var text strings.Builder
	for _, batch := range batches {
		fmt.Fprintf(&text, "%s\n", batch.Scope)
		for _, gap := range batch.Incomplete {
			fmt.Fprintf(&text, "  lacks %s\n", gap)
		}
		for _, node := range batch.Nodes {
			if !node.Stub {
				fmt.Fprintf(&text, "  %s %s\n", node.Kind, node.ID)
				for _, name := range slices.Sorted(maps.Keys(node.Props)) {
					if name != "account" && name != "tenant" {
						fmt.Fprintf(&text, "    %s: %v\n", name, node.Props[name])
					}
				}
			}
		}
		for _, edge := range batch.Edges {
			fmt.Fprintf(&text, "  %s -%s-> %s\n", edge.From, edge.Kind, edge.To)
		}
	}
	return text.String()
}

// The recordings map to the facts that are written beside them for a person to check.
func TestRecordingsMapToTheirFacts(t *testing.T) {
	for _, recording := range []string{"contoso", "resourcegraph"} {
		t.Run(recording, func(t *testing.T) {
			batches, report := read(t, recording+".txtar", nil)
			if len(report.Broken)+len(report.Unknown)+len(report.Notes) > 0 {
				t.Errorf("%+v", report)
			}
			golden, got := filepath.Join("testdata", recording+".facts"), told(batches)
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("facts differ (-written +mapped):\n%s", diff)
			}
		})
	}
}

// The recording holds an answer to every command that a table reads, so that no mapping goes untested.
func TestEveryTableHasARecording(t *testing.T) {
	batches, _ := read(t, "contoso.txtar", nil)
	for _, batch := range batches {
		for _, gap := range batch.Incomplete {
			t.Errorf("%s: %s", batch.Scope, gap)
		}
	}
}

func TestFactsAreDeclared(t *testing.T) {
	for _, recording := range []string{"contoso.txtar", "resourcegraph.txtar"} {
		batches, _ := read(t, recording, nil)
		for _, batch := range batches {
			for _, node := range batch.Nodes {
				for _, problem := range undeclared(node) {
					t.Error(problem)
				}
			}
			for _, edge := range batch.Edges {
				if spec, ok := kinds.EdgeSpec(edge.Kind); !ok || spec.Attack {
					t.Errorf("%s is not a declared structure edge", edge.Kind)
				}
			}
		}
	}
}

// undeclared names what of a node graph/kinds does not declare.
func undeclared(node graph.Node) []string {
	spec, ok := kinds.NodeSpec(node.Kind)
	if !ok {
		return []string{fmt.Sprintf("kind %s is not declared", node.Kind)}
	}
	var problems []string
	if id := string(node.ID); !strings.HasPrefix(id, "/") || id != strings.ToLower(id) {
		problems = append(problems, fmt.Sprintf("%s is no id in lower case", id))
	}
	for name, value := range node.Props {
		at := slices.IndexFunc(spec.Props, func(prop graph.PropSpec) bool { return prop.Name == name })
		if at < 0 {
			problems = append(problems, fmt.Sprintf("%s.%s is not declared", node.Kind, name))
			continue
		}
		want := map[graph.Type]any{graph.Text: "", graph.Flag: false, graph.Whole: int64(0), graph.Number: 0.0, graph.List: []string{}}[spec.Props[at].Type]
		if reflect.TypeOf(value) != reflect.TypeOf(want) {
			problems = append(problems, fmt.Sprintf("%s.%s is a %T, declared as %s", node.Kind, name, value, spec.Props[at].Type))
		}
	}
	return problems
}
