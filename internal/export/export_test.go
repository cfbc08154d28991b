package export_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
	"github.com/inroad-security/inroad/ingest/aws"
	"github.com/inroad-security/inroad/internal/analysis"
	"github.com/inroad-security/inroad/internal/estate"
	"github.com/inroad-security/inroad/internal/export"
)

func sample(t *testing.T) *graph.Snapshot {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "sample")
	if err := estate.WriteSample(folder); err != nil {
		t.Fatal(err)
	}
	batches, _, err := ingest.Read(context.Background(), folder, aws.Cloud())
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := analysis.Read(context.Background(), batches...)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

func written(t interface{ Fatal(...any) }, format string, snapshot *graph.Snapshot) []byte {
	var out bytes.Buffer
	if err := export.Write(&out, format, snapshot); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// hostile draws texts that end literals, elements and statements where they are not escaped.
var hostile = rapid.OneOf(
	rapid.SampledFrom([]string{
		`'`, `\`, `\'`, `\\'`, `\u0027`, `\\u0027`, `'}) DETACH DELETE n //`, "`", "\"", "]]>", "</data>", "&amp;", "\x00", "\n;\n:exit\n", "*/", "\r\n", "é\U0001F600", "\u2028", "\x1b[2J", `\U0001F600`,
	}),
	rapid.StringN(0, 6, -1),
	rapid.StringOfN(rapid.RuneFrom([]rune(`\u'027"x`)), 0, 12, -1),
)

func worlds(t *rapid.T) *graph.Snapshot {
	id := rapid.Custom(func(t *rapid.T) graph.ID {
		return graph.ID("arn:" + rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "letter") + hostile.Draw(t, "text"))
	})
	props := rapid.Custom(func(t *rapid.T) graph.Props {
		drawn := graph.Props{}
		for _, name := range []string{"name", "account"} {
			if rapid.Bool().Draw(t, "has") {
				drawn[name] = hostile.Draw(t, name)
			}
		}
		drawn["tags"] = rapid.SliceOfN(hostile, 0, 3).Draw(t, "tags")
		drawn["port"], drawn["encrypted"], drawn["weight"] = rapid.Int64().Draw(t, "port"), rapid.Bool().Draw(t, "encrypted"), rapid.Float64Range(-1e30, 1e30).Draw(t, "weight")
		return drawn
	})
	batch := graph.Batch{Scope: "test/world", Collected: time.Unix(1_700_000_000, 5).UTC(), Incomplete: []string{"not collected: " + hostile.Draw(t, "reason")}}
	ids := rapid.SliceOfNDistinct(id, 1, 5, rapid.ID[graph.ID]).Draw(t, "ids")
	for _, id := range ids {
		kind := rapid.SampledFrom([]graph.NodeKind{kinds.AWSRole, kinds.AWSBucket, kinds.AWSSecret}).Draw(t, "kind")
		batch.Nodes = append(batch.Nodes, graph.Node{ID: id, Kind: kind, Props: props.Draw(t, "props"), Stub: rapid.Bool().Draw(t, "stub")})
	}
	for range rapid.IntRange(0, 6).Draw(t, "edges") {
		edge := graph.Edge{
			From: rapid.SampledFrom(ids).Draw(t, "from"), To: rapid.SampledFrom(ids).Draw(t, "to"), Kind: rapid.SampledFrom([]graph.EdgeKind{kinds.CanRead, kinds.Contains}).Draw(t, "kind"),
			Technique: hostile.Draw(t, "technique"), Verdict: graph.Verdict(rapid.IntRange(0, 2).Draw(t, "verdict")), Cause: graph.Cause(hostile.Draw(t, "cause")),
			Evidence: []graph.Evidence{{Kind: graph.Grant, Source: graph.ID(hostile.Draw(t, "source")), Locator: hostile.Draw(t, "locator"), Detail: hostile.Draw(t, "detail")}},
			Props:    graph.Props{"ports": hostile.Draw(t, "ports")},
		}
		if rapid.Bool().Draw(t, "needs") {
			edge.Requires = []graph.ID{id.Draw(t, "needed")}
		}
		batch.Edges = append(batch.Edges, edge)
	}
	snapshot, err := graph.NewSnapshot(3, batch)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

func TestEqualGraphsGiveEqualBytes(t *testing.T) {
	first, second := sample(t), sample(t)
	for _, format := range export.Formats() {
		once := written(t, format, first)
		if !bytes.Equal(once, written(t, format, second)) {
			t.Errorf("%s: two readings of one estate are written differently", format)
		}
		if len(once) < 10_000 {
			t.Errorf("%s: only %d bytes for the sample", format, len(once))
		}
	}
	if err := export.Write(io.Discard, "xml", first); !errors.Is(err, graph.ErrInvalid) || !strings.Contains(err.Error(), "graphml") {
		t.Errorf("an unknown form: %v", err)
	}
}

func TestJSONLinesLoseNothing(t *testing.T) {
	check := func(t interface {
		Fatal(...any)
		Error(...any)
	}, snapshot *graph.Snapshot,
	) {
		again, scopes := reread(t, written(t, "jsonl", snapshot))
		nodes, edges := snapshot.All()
		nodesAgain, edgesAgain := again.All()
		if diff := cmp.Diff(list(nodes), list(nodesAgain)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(list(edges), list(edgesAgain)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(snapshot.Scopes(), scopes); diff != "" {
			t.Error(diff)
		}
	}
	check(t, sample(t))
	rapid.Check(t, func(t *rapid.T) { check(t, worlds(t)) })
}

func list[T any](seq func(func(T) bool)) (items []T) {
	seq(func(item T) bool { items = append(items, item); return true })
	return items
}

// reread reads the form with nothing of what wrote it.
func reread(t interface{ Fatal(...any) }, lines []byte) (*graph.Snapshot, []graph.Status) {
	batch := graph.Batch{Scope: "test/again"}
	var scopes []graph.Status
	verdicts := map[string]graph.Verdict{"proven": graph.Proven, "possible": graph.Possible, "unknown": graph.Unknown}
	for line := range bytes.Lines(lines) {
		var read struct {
			Type, ID, Kind, From, To, Technique, Verdict, Cause string
			Stub                                                bool
			Scope                                               graph.Scope
			Collected                                           time.Time
			Incomplete, Requires                                []string
			Nodes, Edges                                        int
			Evidence                                            []struct{ Kind, Source, Locator, Detail string }
			Props                                               map[string]any
		}
		decoder := json.NewDecoder(bytes.NewReader(line))
		decoder.UseNumber()
		if err := decoder.Decode(&read); err != nil {
			t.Fatal(err, string(line))
		}
		props := graph.Props{}
		for name, value := range read.Props {
			switch value := value.(type) {
			case json.Number:
				if whole, err := value.Int64(); err == nil {
					props[name] = whole
				} else {
					props[name], _ = value.Float64()
				}
			case []any:
				items := []string{}
				for _, item := range value {
					items = append(items, item.(string))
				}
				props[name] = items
			default:
				props[name] = value
			}
		}
		switch read.Type {
		case "graph":
		case "scope":
			scopes = append(scopes, graph.Status{Scope: read.Scope, Collected: read.Collected, Incomplete: read.Incomplete, Nodes: read.Nodes, Edges: read.Edges})
		case "node":
			batch.Nodes = append(batch.Nodes, graph.Node{ID: graph.ID(read.ID), Kind: graph.NodeKind(read.Kind), Stub: read.Stub, Props: props})
		case "edge":
			edge := graph.Edge{
				From: graph.ID(read.From), To: graph.ID(read.To), Kind: graph.EdgeKind(read.Kind), Technique: read.Technique, Verdict: verdicts[read.Verdict], Cause: graph.Cause(read.Cause), Props: props,
			}
			for _, id := range read.Requires {
				edge.Requires = append(edge.Requires, graph.ID(id))
			}
			for _, piece := range read.Evidence {
				edge.Evidence = append(edge.Evidence, graph.Evidence{Kind: graph.EvidenceKind(piece.Kind), Source: graph.ID(piece.Source), Locator: piece.Locator, Detail: piece.Detail})
			}
			batch.Edges = append(batch.Edges, edge)
		default:
			t.Fatal("a line of the type ", read.Type)
		}
	}
	snapshot, err := graph.NewSnapshot(1, batch)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot, scopes
}

func TestOpenGraphIsAsItsSchemaWants(t *testing.T) {
	compiler := jsonschema.NewCompiler()
	schema, err := compiler.Compile("testdata/opengraph.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, broken := range []string{`{}`, `{"graph":{"nodes":[{"id":"a","kinds":[]}],"edges":[]}}`, `{"graph":{"nodes":[{"id":"a","kinds":["A"],"properties":{"p":{"q":1}}}],"edges":[]}}`} {
		document, _ := jsonschema.UnmarshalJSON(strings.NewReader(broken))
		if schema.Validate(document) == nil {
			t.Errorf("the schema takes %s", broken)
		}
	}
	check := func(t interface {
		Fatal(...any)
		Errorf(string, ...any)
	}, snapshot *graph.Snapshot,
	) {
		text := written(t, "opengraph", snapshot)
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(document); err != nil {
			t.Fatal(err)
		}
		var read struct {
			Graph struct {
				Nodes []struct {
					ID    string
					Kinds []string
				}
				Edges []struct {
					Kind       string
					Start, End struct{ Value string }
				}
			}
		}
		if err := json.Unmarshal(text, &read); err != nil {
			t.Fatal(err)
		}
		held := map[string]bool{}
		for _, node := range read.Graph.Nodes {
			held[node.ID] = true
		}
		edges, distinct := map[[3]string]bool{}, map[[3]string]bool{}
		for _, edge := range read.Graph.Edges {
			edges[[3]string{edge.Start.Value, edge.Kind, edge.End.Value}] = true
			if !held[edge.Start.Value] || !held[edge.End.Value] {
				t.Errorf("an edge hangs on nothing: %+v", edge)
			}
		}
		_, all := snapshot.All()
		for edge := range all {
			distinct[[3]string{string(edge.From), string(edge.Kind), string(edge.To)}] = true
		}
		if len(held) != snapshot.Len() || !cmp.Equal(edges, distinct) || len(read.Graph.Edges) != len(edges) {
			t.Errorf("%d nodes of %d, %d edges (%d apart) of %d", len(held), snapshot.Len(), len(read.Graph.Edges), len(edges), len(distinct))
		}
	}
	check(t, sample(t))
	rapid.Check(t, func(t *rapid.T) { check(t, worlds(t)) })
}

func TestOpenGraphKeepsTheSurestOfEdgesThatItTakesForOne(t *testing.T) {
	snapshot, err := graph.NewSnapshot(1, graph.Batch{Scope: "test/world", Edges: []graph.Edge{
		{From: "a", To: "b", Kind: kinds.CanRead, Technique: "x", Verdict: graph.Possible},
		{From: "a", To: "b", Kind: kinds.CanRead, Technique: "y", Verdict: graph.Proven},
	}})
	if err != nil {
		t.Fatal(err)
	}
	text := string(written(t, "opengraph", snapshot))
	if strings.Count(text, "CAN_READ") != 1 || !strings.Contains(text, `"technique":"y"`) || !strings.Contains(text, `"techniques":["x","y"]`) || !strings.Contains(text, `"verdict":"proven"`) {
		t.Error(text)
	}
}

func TestGraphMLHoldsEveryNodeAndEdge(t *testing.T) {
	check := func(t interface {
		Fatal(...any)
		Errorf(string, ...any)
	}, snapshot *graph.Snapshot,
	) {
		type data struct {
			Key  string `xml:"key,attr"`
			Text string `xml:",chardata"`
		}
		var read struct {
			Keys []struct {
				ID   string `xml:"id,attr"`
				For  string `xml:"for,attr"`
				Name string `xml:"attr.name,attr"`
			} `xml:"key"`
			Graph struct {
				Nodes []struct {
					ID   string `xml:"id,attr"`
					Data []data `xml:"data"`
				} `xml:"node"`
				Edges []struct {
					Source string `xml:"source,attr"`
					Target string `xml:"target,attr"`
					Data   []data `xml:"data"`
				} `xml:"edge"`
			} `xml:"graph"`
		}
		if err := xml.Unmarshal(written(t, "graphml", snapshot), &read); err != nil {
			t.Fatal(err)
		}
		named := map[string]string{}
		for _, key := range read.Keys {
			if named[key.ID] != "" {
				t.Errorf("the key %s is declared twice", key.ID)
			}
			named[key.ID] = key.For + " " + key.Name
		}
		nodes, edges := snapshot.All()
		at := 0
		for node := range nodes {
			got := read.Graph.Nodes[at]
			if got.ID != held(string(node.ID)) {
				t.Errorf("node %q is %q", node.ID, got.ID)
			}
			for _, each := range got.Data {
				if named[each.Key] == "node name" && each.Text != held(node.Props.Text("name")) {
					t.Errorf("the name %q is %q", node.Props.Text("name"), each.Text)
				}
				if named[each.Key] == "node tags" {
					var tags []string
					if err := json.Unmarshal([]byte(each.Text), &tags); err != nil || len(tags) != len(node.Props.List("tags")) {
						t.Errorf("tags %q: %v", each.Text, err)
					}
				}
			}
			at++
		}
		at = 0
		for edge := range edges {
			if got := read.Graph.Edges[at]; got.Source != held(string(edge.From)) || got.Target != held(string(edge.To)) {
				t.Errorf("edge %d: %q to %q", at, got.Source, got.Target)
			}
			at++
		}
		if len(read.Graph.Nodes) != snapshot.Len() || len(read.Graph.Edges) != at {
			t.Errorf("%d nodes and %d edges", len(read.Graph.Nodes), len(read.Graph.Edges))
		}
	}
	check(t, sample(t))
	rapid.Check(t, func(t *rapid.T) { check(t, worlds(t)) })
}

// held is a text as XML 1.0 can hold it (https://www.w3.org/TR/xml/#charsets).
func held(text string) string {
	return strings.Map(func(letter rune) rune {
		if letter == '\t' || letter == '\n' || letter == '\r' || letter >= ' ' && letter <= 0xd7ff || letter >= 0xe000 && letter <= 0xfffd || letter >= 0x10000 && letter <= utf8.MaxRune {
			return letter
		}
		return utf8.RuneError
	}, text)
}

func TestAFileIsWrittenWholeOrNotAtAll(t *testing.T) {
	path := filepath.Join(t.TempDir(), "graph.json")
	if err := export.File(path, func(out io.Writer) error { _, err := io.WriteString(out, "first"); return err }); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	if err := export.File(path, func(out io.Writer) error { _, _ = io.WriteString(out, "second"); return broken }); !errors.Is(err, broken) {
		t.Errorf("a failure is lost: %v", err)
	}
	content, err := os.ReadFile(path)
	if err != nil || string(content) != "first" {
		t.Errorf("%q, %v", content, err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}
