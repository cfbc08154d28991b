package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	bolt "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/inroad-security/inroad/internal/neo4jserver"
)

// line is what programs read of "inroad export --format jsonl"; the names are a promise.
type line struct {
	Type, ID, Kind, From, To, Verdict string
	Props                             map[string]any
}

func linesOf(t *testing.T, output []byte) (nodes, edges []line) {
	t.Helper()
	for text := range bytes.Lines(output) {
		var parsed line
		if err := json.Unmarshal(text, &parsed); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		switch parsed.Type {
		case "node":
			nodes = append(nodes, parsed)
		case "edge":
			edges = append(edges, parsed)
		}
	}
	return nodes, edges
}

func TestAnExportIsWholeAndForItsOwnerAndAlwaysTheSame(t *testing.T) {
	folder := hostileSample(t)
	embedded, again := embeddedWith(t, folder), embeddedWith(t, folder)
	for _, format := range []string{"opengraph", "graphml", "cypher", "jsonl"} {
		path := filepath.Join(t.TempDir(), "graph")
		embedded.inroad(t, "export", "--format", format, "--out", path)
		content, err := os.ReadFile(path)
		if err != nil || len(content) < 10_000 || bytes.ContainsAny(content, "\x1b\x07") {
			t.Errorf("%s: %d bytes, %v; control characters: %v", format, len(content), err, bytes.ContainsAny(content, "\x1b\x07"))
		}
		if printed := again.inroad(t, "export", "--format", format); !bytes.Equal(printed, content) {
			t.Errorf("%s: two stores that hold the same are written differently", format)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != fs.FileMode(0o600) {
			t.Errorf("%s: mode %v, %v", format, info.Mode(), err)
		}
	}
	if text := embedded.fails(t, "export", "--format", "xml"); !strings.Contains(text, "graphml") {
		t.Errorf("an unknown form: %s", text)
	}
	if text := embedded.fails(t, "export", "--out", filepath.Join(t.TempDir(), "no", "such", "folder")); !strings.Contains(text, "no/such") {
		t.Errorf("a folder that is not there: %s", text)
	}
}

func TestNetworkxLoadsTheGraphML(t *testing.T) {
	embedded := embeddedWith(t, hostileSample(t))
	path := filepath.Join(t.TempDir(), "graph.graphml")
	embedded.inroad(t, "export", "--format", "graphml", "--out", path)
	output, err := exec.Command(tool(t, "INROAD_PYTHON"), "graph.py", path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	var loaded struct {
		Nodes    map[string]map[string]any
		Edges    [][3]string
		Directed bool
		Reach    []string
	}
	if err := json.Unmarshal(output, &loaded); err != nil {
		t.Fatal(err)
	}
	nodes, edges := linesOf(t, embedded.inroad(t, "export", "--format", "jsonl"))
	var want [][3]string
	for _, edge := range edges {
		want = append(want, [3]string{edge.From, edge.Kind, edge.To})
	}
	slices.SortFunc(want, func(a, b [3]string) int { return slices.Compare(a[:], b[:]) })
	if len(loaded.Nodes) != len(nodes) || !loaded.Directed || !slices.Equal(loaded.Edges, want) {
		t.Errorf("%d nodes of %d and %d edges of %d, directed %v", len(loaded.Nodes), len(nodes), len(loaded.Edges), len(want), loaded.Directed)
	}
	for _, node := range nodes {
		got := loaded.Nodes[node.ID]
		if got["kind"] != node.Kind {
			t.Errorf("%s is %v, want %s", node.ID, got["kind"], node.Kind)
		}
		for name, value := range node.Props {
			switch value := value.(type) {
			case bool, float64:
				if got[name] != value {
					t.Errorf("%s of %s is %#v, want %#v", name, node.ID, got[name], value)
				}
			}
		}
	}
	if !slices.Contains(loaded.Reach, production) {
		t.Error("networkx finds no way from the internet to production's account")
	}
}

func TestNeo4jTakesTheStatementsAndHoldsTheSameGraph(t *testing.T) {
	embedded := embeddedWith(t, hostileSample(t))
	statements := string(embedded.inroad(t, "export", "--format", "cypher"))
	server := newStore(t, "neo4j") // an empty database
	ctx := context.Background()
	driver, err := bolt.NewDriverWithContext(server.name, bolt.BasicAuth(neo4jserver.User, neo4jserver.Password, ""))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = driver.Close(ctx) }()
	rows := func(statement string) []*bolt.Record {
		t.Helper()
		result, err := bolt.ExecuteQuery(ctx, driver, statement, nil, bolt.EagerResultTransformer)
		if err != nil {
			t.Fatalf("%v\n%.2000s", err, statement)
		}
		return result.Records
	}
	defer rows("DROP CONSTRAINT inroad_entity_id IF EXISTS")
	for statement := range strings.SplitSeq(statements, ";\n") {
		if strings.TrimSpace(statement) != "" {
			rows(statement)
		}
	}
	held := map[string]any{}
	for _, record := range rows("MATCH (n) RETURN n.id AS id, labels(n) AS labels, properties(n) AS properties") {
		fields := record.AsMap()
		slices.SortFunc(fields["labels"].([]any), func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
		held[fields["id"].(string)] = map[string]any{"labels": fields["labels"], "properties": fields["properties"]}
	}
	want := map[string]any{}
	for _, row := range embedded.query(t, "MATCH (n) RETURN n.id AS id, labels(n) AS labels, properties(n) AS properties").Rows {
		want[row["id"].(string)] = map[string]any{"labels": row["labels"], "properties": row["properties"]}
	}
	if diff := cmp.Diff(jsonOf(t, want), jsonOf(t, held)); diff != "" {
		t.Errorf("nodes (-ours +Neo4j's):\n%s", diff)
	}
	const edges = "MATCH (a)-[r]->(b) RETURN a.id AS source, type(r) AS kind, b.id AS target, properties(r) AS properties"
	var got, ours []string
	for _, record := range rows(edges) {
		got = append(got, jsonOf(t, record.AsMap()))
	}
	for _, row := range embedded.query(t, edges).Rows {
		ours = append(ours, jsonOf(t, row))
	}
	slices.Sort(got)
	slices.Sort(ours)
	if diff := cmp.Diff(ours, got); diff != "" || len(got) < 100 {
		t.Errorf("%d edges (-ours +Neo4j's):\n%s", len(got), diff)
	}
	groups := rows("MATCH (g:AWSSecurityGroup) RETURN g.name AS name")
	if !slices.ContainsFunc(groups, func(record *bolt.Record) bool { return record.Values[0] == evil }) {
		t.Errorf("the evil name did not come through whole: %v", slices.Collect(maps.Values(held)))
	}
}

// jsonOf is a value by which two that came by different ways are compared.
func jsonOf(t *testing.T, value any) string {
	t.Helper()
	text, err := json.MarshalIndent(value, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
