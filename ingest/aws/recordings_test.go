package aws

import (
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

var update = flag.Bool("update", false, "write testdata/<service>/facts.txt from what the mappings give")

// recordedAt is where every recording under testdata says that it was made.
var recordedAt = ingest.Site{Partition: "aws", Account: "111122223333", Region: "eu-west-1"}

// answer is one recorded file: testdata/<service>/<operation>[/<item>].json.
type answer struct {
	path  string
	table Table
	item  string
	body  []byte
}

func (answer answer) facts(t testing.TB) ingest.Facts {
	t.Helper()
	site := recordedAt
	if answer.table.Global {
		site.Region = ""
	}
	facts, err := answer.table.Map(site, answer.item, answer.body)
	if err != nil {
		t.Fatalf("%s: %v", answer.path, err)
	}
	return facts
}

func recordings(t testing.TB, service string) []answer {
	t.Helper()
	var answers []answer
	err := filepath.WalkDir(filepath.Join("testdata", service), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".json" {
			return err
		}
		parts := strings.Split(strings.TrimSuffix(filepath.ToSlash(path), ".json"), "/")[2:]
		at := slices.IndexFunc(registry, func(table Table) bool {
			return table.Service == service && (table.Operation == parts[0] || len(parts) == 1 && table.Combined == parts[0])
		})
		if at < 0 {
			return fmt.Errorf("%s is the answer of no table", path)
		}
		item := ""
		if len(parts) > 1 {
			if item, err = url.PathUnescape(parts[1]); err != nil {
				return err
			}
		}
		body, err := os.ReadFile(path)
		answers = append(answers, answer{path, registry[at], item, body})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return answers
}

func services(t testing.TB) []string {
	t.Helper()
	folders, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, folder := range folders {
		if folder.IsDir() && len(recordings(t, folder.Name())) > 0 {
			names = append(names, folder.Name())
		}
	}
	return names
}

// The recording of a service maps to the facts that are written beside it for a person to check, facts.txt.
func TestRecordingsMapToTheirFacts(t *testing.T) {
	for _, service := range services(t) {
		golden := filepath.Join("testdata", service, "facts.txt")
		want, err := os.ReadFile(golden)
		if os.IsNotExist(err) && !*update {
			continue // a service that is tested otherwise
		}
		t.Run(service, func(t *testing.T) {
			got := render(t, recordings(t, service))
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("facts differ (-written +mapped):\n%s", diff)
			}
		})
	}
}

func TestEveryTableHasARecording(t *testing.T) {
	for _, table := range registry {
		if slices.Contains([]string{"iam", "organizations", "sts"}, table.Service) {
			continue // tested on their own
		}
		recorded := recordings(t, table.Service)
		if !slices.ContainsFunc(recorded, func(answer answer) bool { return answer.table.Operation == table.Operation }) {
			t.Errorf("%s/%s has no file in testdata/%s", table.Service, table.Operation, table.Service)
		}
	}
}

func TestRecordingsUseOnlyDeclaredKindsAndProperties(t *testing.T) {
	for _, service := range services(t) {
		for _, answer := range recordings(t, service) {
			facts := answer.facts(t)
			for _, node := range facts.Nodes {
				for _, problem := range undeclared(node) {
					t.Errorf("%s: %s", answer.path, problem)
				}
			}
			for _, edge := range facts.Edges {
				if spec, ok := kinds.EdgeSpec(edge.Kind); !ok || spec.Attack {
					t.Errorf("%s: %s is not a declared structure edge", answer.path, edge.Kind)
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
	if !strings.HasPrefix(string(node.ID), "arn:") && node.Kind != kinds.AWSService {
		problems = append(problems, fmt.Sprintf("%s is not an ARN", node.ID))
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
	slices.Sort(problems)
	return problems
}

// render writes the facts of several answers as text: every node with its properties and the edges from it, in order.
// Two answers that say different things of one property fail the test.
func render(t testing.TB, answers []answer) string {
	t.Helper()
	nodes := map[graph.ID]graph.Node{}
	edges := map[graph.ID][]string{}
	var notes []string
	aliases := map[graph.ID]graph.ID{}
	for _, answer := range answers {
		maps.Copy(aliases, answer.facts(t).Aliases)
	}
	truly := func(id graph.ID) graph.ID {
		if known, ok := aliases[id]; ok {
			return known
		}
		return id
	}
	for _, answer := range answers {
		facts := answer.facts(t)
		for _, node := range facts.Nodes {
			node.ID = truly(node.ID)
			merged, ok := nodes[node.ID]
			if !ok {
				merged = graph.Node{ID: node.ID, Kind: node.Kind, Stub: true, Props: graph.Props{}}
			}
			if merged.Kind != node.Kind {
				t.Errorf("%s: %s is of kind %s, elsewhere of kind %s", answer.path, node.ID, node.Kind, merged.Kind)
			}
			merged.Stub = merged.Stub && node.Stub
			for name, value := range node.Props {
				if other, ok := merged.Props[name]; ok && !reflect.DeepEqual(other, value) {
					t.Errorf("%s: %s of %s is %v, elsewhere %v", answer.path, name, node.ID, value, other)
				}
				merged.Props[name] = value
			}
			nodes[node.ID] = merged
		}
		for _, edge := range facts.Edges {
			if from, to := truly(edge.From), truly(edge.To); from != "" && to != "" {
				edges[from] = append(edges[from], fmt.Sprintf("  -%s-> %s\n", edge.Kind, to))
			}
		}
		for _, gap := range facts.Gaps {
			notes = append(notes, "gap "+gap+"\n")
		}
		for name, id := range facts.Aliases {
			notes = append(notes, fmt.Sprintf("alias %s = %s\n", name, id))
		}
	}
	for from := range edges {
		if _, ok := nodes[from]; !ok {
			t.Errorf("an edge leads from %s, which no answer names", from)
		}
	}
	var text strings.Builder
	for _, id := range slices.Sorted(maps.Keys(nodes)) {
		node := nodes[id]
		fmt.Fprintf(&text, "%s %s", node.Kind, id)
		if node.Stub {
			text.WriteString(" (elsewhere)")
		}
		text.WriteByte('\n')
		for _, name := range slices.Sorted(maps.Keys(node.Props)) {
			fmt.Fprintf(&text, "  %s: %s\n", name, printed(node.Props[name]))
		}
		slices.Sort(edges[id])
		for _, edge := range slices.Compact(edges[id]) {
			text.WriteString(edge)
		}
	}
	slices.Sort(notes)
	text.WriteString(strings.Join(slices.Compact(notes), ""))
	return text.String()
}

func printed(value any) string {
	if list, ok := value.([]string); ok {
		return "[" + strings.Join(list, " | ") + "]"
	}
	return fmt.Sprint(value)
}
