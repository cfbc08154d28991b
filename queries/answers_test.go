package queries_test

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/neo4jstore"
	"github.com/inroad-security/inroad/ingest"
	"github.com/inroad-security/inroad/ingest/aws"
	"github.com/inroad-security/inroad/internal/analysis"
	"github.com/inroad-security/inroad/internal/cypher"
	"github.com/inroad-security/inroad/internal/estate"
	"github.com/inroad-security/inroad/internal/neo4jserver"
	"github.com/inroad-security/inroad/internal/result"
	"github.com/inroad-security/inroad/queries"
)

// A file of testdata says in its head why the rows are what they are. Its part "sample" is what the query gives on the sample estate:
// parameters as "# name=value", the columns, then row by row. A cell is JSON where it parses as such, else text; a path is written
// (a)-[KIND]->(b). A query that has no rows there has a "world" of its own, nodes and edges line by line, and its "world rows".
type trial struct {
	graph   string
	params  map[string]string
	columns []string
	rows    [][]any
}

func trialOf(t *testing.T, where, text string) trial {
	t.Helper()
	trial := trial{graph: where, params: map[string]string{}}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		cells := strings.Split(line, " | ")
		switch param, isParam := strings.CutPrefix(line, "# "); {
		case isParam:
			name, value, _ := strings.Cut(param, "=")
			trial.params[name] = value
		case trial.columns == nil:
			trial.columns = cells
		default:
			row := make([]any, len(cells))
			for i, cell := range cells {
				row[i] = value(cell)
			}
			trial.rows = append(trial.rows, row)
		}
	}
	return trial
}

// value reads a cell.
func value(cell string) any {
	decoder := json.NewDecoder(strings.NewReader(cell))
	decoder.UseNumber()
	var parsed any
	if decoder.Decode(&parsed) != nil || decoder.Decode(new(any)) != io.EOF {
		return cell
	}
	if number, isNumber := parsed.(json.Number); isNumber {
		if whole, err := number.Int64(); err == nil {
			return whole
		}
		fraction, _ := number.Float64()
		return fraction
	}
	return parsed
}

// sampleEstate gives the sample as a store comes to hold it, its attack edges with it.
func sampleEstate(t *testing.T) []graph.Batch {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "sample")
	if err := estate.WriteSample(folder); err != nil {
		t.Fatal(err)
	}
	batches, _, err := ingest.Read(context.Background(), folder, aws.Cloud())
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := graph.NewSnapshot(1, batches...)
	if err != nil {
		t.Fatal(err)
	}
	derived, err := analysis.Derive(context.Background(), snapshot, "")
	if err != nil {
		t.Fatal(err)
	}
	return append(batches, derived...)
}

// worldOf reads lines "id Kind {properties}" and "from -KIND-> to {properties}". An edge's gap becomes its evidence.
func worldOf(t *testing.T, text string) graph.Batch {
	t.Helper()
	batch := graph.Batch{Scope: "test/world"}
	verdicts := map[string]graph.Verdict{"": graph.Proven, "possible": graph.Possible, "unknown": graph.Unknown}
	for line := range strings.Lines(text) {
		head, written, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " {")
		fields := strings.Fields(head)
		given := map[string]any{}
		if written != "" {
			if err := json.Unmarshal([]byte("{"+written), &given); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
		}
		words := func(name string) string { word, _ := given[name].(string); delete(given, name); return word }
		if len(fields) == 3 {
			kind := graph.EdgeKind(strings.TrimSuffix(strings.TrimPrefix(fields[1], "-"), "->"))
			if _, known := kinds.EdgeSpec(kind); !known {
				t.Fatalf("no kind of edge is %s", kind)
			}
			edge := graph.Edge{From: graph.ID(fields[0]), To: graph.ID(fields[2]), Kind: kind, Verdict: verdicts[words("verdict")], Cause: graph.Cause(words("cause"))}
			if gap := words("gap"); gap != "" {
				edge.Evidence = []graph.Evidence{{Kind: graph.Gap, Source: graph.ID(words("source")), Detail: gap}}
			}
			batch.Edges = append(batch.Edges, edge)
			continue
		}
		node := graph.Node{ID: graph.ID(fields[0]), Kind: graph.NodeKind(fields[1]), Props: graph.Props{}}
		if _, known := kinds.NodeSpec(node.Kind); !known {
			t.Fatalf("no kind of node is %s", node.Kind)
		}
		node.Stub, _ = given["stub"].(bool)
		delete(given, "stub")
		for name, value := range given {
			switch value := value.(type) {
			case []any:
				items := []string{}
				for _, item := range value {
					items = append(items, item.(string))
				}
				node.Props[name] = items
			case float64:
				node.Props[name] = int64(value)
			default:
				node.Props[name] = value
			}
		}
		batch.Nodes = append(batch.Nodes, node)
	}
	return batch
}

// asked runs a query with a trial's parameters.
func asked(t *testing.T, querier graph.Querier, query queries.Query, trial trial) ([]string, [][]any) {
	t.Helper()
	given := map[string]any{}
	for name, text := range trial.params {
		value, err := query.Parse(name, text)
		if err != nil {
			t.Fatal(err)
		}
		given[name] = value
	}
	bound, err := query.Bind(given)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := querier.Query(t.Context(), graph.Query{Text: query.Text, Params: bound})
	if err != nil {
		t.Fatal(err)
	}
	var all [][]any
	for row, err := range rows.All {
		if err != nil {
			t.Fatal(err)
		}
		for i, value := range row {
			if walk, isWalk := value.(graph.Walk); isWalk {
				row[i] = result.Text(walk)
			}
		}
		all = append(all, row)
	}
	return rows.Columns, all
}

// none are the queries that have no rows on the sample; the head of each one's testdata says why.
var none = []string{
	"group-members", "identity-provider-trusts", "privileged-builds", "public-databases", "roles-assumable-from-outside", "root-users-at-risk", "shared-snapshots",
	"vpc-peerings", "what-was-not-collected",
}

// partsOf gives what a query's file of testdata holds.
func partsOf(t *testing.T, query queries.Query) (head string, parts map[string]string) {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("testdata", query.Name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	parts = map[string]string{}
	for _, file := range archive.Files {
		parts[file.Name] = string(file.Data)
	}
	return string(archive.Comment), parts
}

// tryAll runs every query of the library on the sample, and then on a world of its own where it has one. hold gives what answers about what
// was held last.
func tryAll(t *testing.T, hold func(t *testing.T, batches ...graph.Batch) graph.Querier) {
	t.Helper()
	querier := hold(t, sampleEstate(t)...)
	for _, query := range queries.All() {
		t.Run(query.Name, func(t *testing.T) {
			head, parts := partsOf(t, query)
			trial := trialOf(t, "sample", parts["sample"])
			check(t, querier, query, trial)
			if empty := len(trial.rows) == 0; empty != slices.Contains(none, query.Name) || empty && !strings.HasPrefix(head, "None: ") {
				t.Errorf("rows on the sample: %d; those without are listed above and say why", len(trial.rows))
			}
			if len(trial.rows) == 0 && parts["world"] == "" {
				t.Error("it has rows nowhere: give it a world")
			}
		})
	}
	for _, query := range queries.All() {
		if _, parts := partsOf(t, query); parts["world"] != "" {
			t.Run(query.Name+" in its world", func(t *testing.T) {
				trial := trialOf(t, "world", parts["world rows"])
				if len(trial.rows) == 0 {
					t.Error("it has no rows in its own world")
				}
				check(t, hold(t, worldOf(t, parts["world"])), query, trial)
			})
		}
	}
}

func check(t *testing.T, querier graph.Querier, query queries.Query, trial trial) {
	t.Helper()
	columns, rows := asked(t, querier, query, trial)
	if diff := cmp.Diff(trial.columns, columns); diff != "" {
		t.Errorf("columns on the %s (-want +got):\n%s", trial.graph, diff)
	}
	if diff := cmp.Diff(trial.rows, rows); diff != "" {
		t.Errorf("rows on the %s (-want +got):\n%s", trial.graph, diff)
	}
}

func TestEveryQueryHasItsRowsOnTheEmbeddedEngine(t *testing.T) {
	tryAll(t, func(t *testing.T, batches ...graph.Batch) graph.Querier {
		snapshot, err := graph.NewSnapshot(1, batches...)
		if err != nil {
			t.Fatal(err)
		}
		return cypher.Over(snapshot, nil)
	})
	if all := len(queries.All()); 3*(all-len(none)) < 2*all {
		t.Errorf("%d of %d queries have no rows on the sample", len(none), all)
	}
}

// Neo4j is held to the same files, so that both engines give equal rows.
func TestEveryQueryHasItsRowsOnNeo4j(t *testing.T) {
	if os.Getenv(neo4jserver.Variable) == "" {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not set: CI must not skip the real parts", neo4jserver.Variable)
		}
		t.Skipf("skipped: %s is not set; \"make unit\" sets it and runs this test against a real Neo4j", neo4jserver.Variable)
	}
	server, err := neo4jserver.Start(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Kill() })
	store, err := neo4jstore.Open(t.Context(), server.URL(), neo4jstore.Options{User: neo4jserver.User, Password: neo4jserver.Password})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	var held []graph.Scope
	tryAll(t, func(t *testing.T, batches ...graph.Batch) graph.Querier {
		var all []graph.Batch
		for _, scope := range held { // the database has room for one graph
			all = append(all, graph.Batch{Scope: scope})
		}
		held = nil
		for _, batch := range batches {
			held = append(held, batch.Scope)
		}
		if _, err := store.Apply(t.Context(), append(all, batches...)...); err != nil {
			t.Fatal(err)
		}
		return store
	})
}
