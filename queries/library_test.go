package queries_test

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/view"
	"github.com/inroad-security/inroad/queries"
)

func TestTheLibraryIsLargeAndEachOfItIsTried(t *testing.T) {
	all := queries.All()
	if len(all) < 40 {
		t.Errorf("%d queries, want 40 or more", len(all))
	}
	titles := map[string]string{}
	for _, query := range all {
		if other, twice := titles[query.Title]; twice {
			t.Errorf("%s and %s have one title", query.Name, other)
		}
		titles[query.Title] = query.Name
		if !strings.HasSuffix(query.Question, "?") {
			t.Errorf("%s: %q is no question", query.Name, query.Question)
		}
		if !strings.Contains(query.Text, "ORDER BY") {
			t.Errorf("%s gives its rows in no order", query.Name)
		}
		if _, err := os.Stat("testdata/" + query.Name + ".txtar"); err != nil {
			t.Errorf("%s has no expected rows: %v", query.Name, err)
		}
	}
	tried, err := fs.Glob(os.DirFS("testdata"), "*.txtar")
	if err != nil || len(tried) != len(all) {
		t.Errorf("%d files of expected rows for %d queries: %v", len(tried), len(all), err)
	}
}

var (
	texts    = regexp.MustCompile(`'[^']*'`)
	relation = regexp.MustCompile(`\[(\w*):([A-Z_|]+)[^\]]*\]`)
	labelled = regexp.MustCompile(`\(?(\w*):([A-Z][A-Za-z|]+)`)
	property = regexp.MustCompile(`\b([a-z]\w*)\.(\w+)`)
	mapped   = regexp.MustCompile(`\((\w*):([A-Za-z|]+) \{([^}]*)\}`)
	key      = regexp.MustCompile(`(\w+):`)
	walk     = regexp.MustCompile(`\[:([A-Z_|]+)\*`)
)

// declared gives the properties that nodes with one of some labels may have.
func declared(labels []string) []string {
	names := []string{"id", "stub"}
	for _, spec := range kinds.Nodes() {
		of := view.Labels(spec.Label)
		if slices.ContainsFunc(labels, func(label string) bool { return slices.Contains(of, label) }) {
			for _, prop := range spec.Props {
				names = append(names, prop.Name)
			}
		}
	}
	return names
}

func TestEveryNameInAQueryIsDeclared(t *testing.T) {
	labels, types := map[string]bool{view.Entity: true}, map[string]bool{}
	for _, spec := range kinds.Nodes() {
		for _, label := range view.Labels(spec.Label) {
			labels[label] = true
		}
	}
	for _, spec := range kinds.Edges() {
		types[string(spec.Label)] = true
	}
	checked := 0
	for _, query := range queries.All() {
		text := texts.ReplaceAllString(query.Text, "''")
		edges, nodes := map[string]bool{"edge": true, "step": true}, map[string][]string{}
		for _, match := range relation.FindAllStringSubmatch(text, -1) {
			edges[match[1]] = true
			for name := range strings.SplitSeq(match[2], "|") {
				checked++
				if !types[name] {
					t.Errorf("%s: no kind of edge is %s", query.Name, name)
				}
			}
		}
		bare := relation.ReplaceAllString(text, "[]")
		for _, match := range labelled.FindAllStringSubmatch(bare, -1) {
			of := strings.Split(match[2], "|")
			nodes[match[1]] = append(nodes[match[1]], of...)
			for _, name := range of {
				checked++
				if !labels[name] {
					t.Errorf("%s: no node has the label %s", query.Name, name)
				}
			}
		}
		for _, match := range property.FindAllStringSubmatch(bare, -1) {
			checked++
			variable, name := match[1], match[2]
			switch of, isNode := nodes[variable]; {
			case edges[variable] && !slices.ContainsFunc(view.RelationshipProps(), func(prop graph.PropSpec) bool { return prop.Name == name }):
				t.Errorf("%s: no edge has the property %s", query.Name, name)
			case !edges[variable] && isNode && !slices.Contains(declared(of), name):
				t.Errorf("%s: nothing of %v has the property %s", query.Name, of, name)
			case !edges[variable] && !isNode && !slices.Contains(declared([]string{view.Entity}), name):
				t.Errorf("%s: no node has the property %s", query.Name, name)
			}
		}
		for _, match := range mapped.FindAllStringSubmatch(bare, -1) {
			for _, name := range key.FindAllStringSubmatch(match[3], -1) {
				checked++
				if of := strings.Split(match[2], "|"); !slices.Contains(declared(of), name[1]) {
					t.Errorf("%s: nothing of %v has the property %s", query.Name, of, name[1])
				}
			}
		}
	}
	if checked < 400 {
		t.Errorf("only %d names were looked at: the test does not see the queries", checked)
	}
}

// A walk that forgot a kind of edge would miss paths and say nothing.
func TestWalksTakeEveryKindOfEdgeThatIsWalked(t *testing.T) {
	var walked []string
	for _, spec := range kinds.Edges() {
		if spec.Traversable {
			walked = append(walked, string(spec.Label))
		}
	}
	seen := 0
	for _, query := range queries.All() {
		for _, match := range walk.FindAllStringSubmatch(query.Text, -1) {
			kinds := strings.Split(match[1], "|")
			if slices.Equal(kinds, []string{"CONTAINS"}) {
				continue
			}
			seen++
			if slices.Sort(kinds); !slices.Equal(kinds, walked) {
				t.Errorf("%s walks %v, want %v", query.Name, kinds, walked)
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d walks were seen", seen)
	}
}

func TestABadFileIsNamedWithItsLine(t *testing.T) {
	const good = "/*\ntitle: A\nquestion: B?\ntopic: data\nclouds: [aws]\n*/\nMATCH (n:Entity) RETURN n.id ORDER BY n.id\n"
	if _, err := queries.Load(fstest.MapFS{"good.cypher": {Data: []byte(good)}}); err != nil {
		t.Fatalf("a good file is refused: %v", err)
	}
	swap := func(old, with string) string { return strings.Replace(good, old, with, 1) }
	for _, example := range []struct{ why, file, content, want string }{
		{"a name in another case", "Good_One.cypher", good, "Good_One.cypher:1: the name is not in kebab-case"},
		{"no front matter", "a.cypher", "MATCH (n) RETURN n", "a.cypher:1: want front matter first"},
		{"front matter without end", "a.cypher", "/*\ntitle: A\n", "a.cypher:1: want front matter first"},
		{"YAML that is none", "a.cypher", swap("topic: data", "topic: [data"), "a.cypher:"},
		{"a field that there is not", "a.cypher", swap("topic: data", "topic: data\nauthor: C"), "a.cypher:5: field author not found"},
		{"no title", "a.cypher", swap("title: A\n", ""), "a.cypher:1: title and question are both wanted"},
		{"an unknown topic", "a.cypher", swap("topic: data", "topic: weather"), `a.cypher:1: topic "weather"`},
		{"an unknown cloud", "a.cypher", swap("[aws]", "[aws, moon]"), "a.cypher:1: clouds [aws moon]"},
		{"an unknown severity", "a.cypher", swap("topic: data", "topic: data\nseverity: BAD"), `a.cypher:1: severity "BAD"`},
		{"no statement", "a.cypher", swap("MATCH (n:Entity) RETURN n.id ORDER BY n.id\n", ""), "a.cypher:6: the statement is missing"},
		{"a parameter declared and not used", "a.cypher", swap("*/", "parameters:\n  - {name: k, type: text, doc: D}\n*/"), "a.cypher:7: parameter k is declared and not used"},
		{"one used in a comment alone", "a.cypher", swap("*/\n", "parameters:\n  - {name: k, type: text, doc: D}\n*/\n// $k '\n"), "a.cypher:7: parameter k is declared and not used"},
		{"one used in a text alone", "a.cypher", swap("*/\nMATCH (n:Entity)", "parameters:\n  - {name: k, type: text, doc: D}\n*/\nMATCH (n:Entity {id: '\\'$k'})"), "a.cypher:7: parameter k is declared and not used"},
		{"a parameter used and not declared", "a.cypher", swap("RETURN", "\nWHERE n.id = $k RETURN"), "a.cypher:8: parameter k is used and not declared"},
		{"a parameter's field that there is not", "a.cypher", swap("*/", "parameters:\n  - name: k\n    kind: text\n*/"), "a.cypher:8: field kind not found"},
		{"a parameter without a doc", "a.cypher", swap("*/", "parameters:\n  - {name: k, type: text}\n*/"), "a.cypher:7: parameter \"k\": want a name in camelCase, and a doc"},
		{"a type that there is not", "a.cypher", swap("*/", "parameters:\n  - {name: k, type: date, doc: D}\n*/"), `a.cypher:7: parameter k: type "date"`},
		{"a default of another type", "a.cypher", swap("*/", "parameters:\n  - {name: k, type: whole, default: x, doc: D}\n*/"), "a.cypher:7: parameter k: the default x is not of the type whole"},
		{"a parameter twice", "a.cypher", swap("*/", "parameters:\n  - {name: k, type: text, doc: D}\n  - {name: k, type: text, doc: D}\n*/"), "a.cypher:8: parameter k is declared twice"},
	} {
		_, err := queries.Load(fstest.MapFS{example.file: {Data: []byte(example.content)}})
		if !errors.Is(err, graph.ErrInvalid) || !strings.Contains(err.Error(), example.want) {
			t.Errorf("%s: %v, want %q", example.why, err, example.want)
		}
	}
}

func TestParametersAreBoundByTheirTypes(t *testing.T) {
	query := queries.Query{Name: "q", Params: []queries.Param{
		{Name: "id", Type: graph.Text, Doc: "an id"},
		{Name: "least", Type: graph.Whole, Default: int64(2), Doc: "a number"},
		{Name: "words", Type: graph.List, Default: []any{"a"}, Doc: "words"},
	}}
	for _, example := range []struct {
		why   string
		given map[string]any
		want  map[string]any
		err   string
	}{
		{"defaults", map[string]any{"id": "x"}, map[string]any{"id": "x", "least": int64(2), "words": []any{"a"}}, ""},
		{"all given", map[string]any{"id": "x", "least": int64(5), "words": []any{"b", "c"}}, map[string]any{"id": "x", "least": int64(5), "words": []any{"b", "c"}}, ""},
		{"one missing", nil, nil, "parameter id is missing: text, an id"},
		{"one unknown", map[string]any{"id": "x", "ids": "y"}, nil, "has no parameter ids: it takes id, least, words"},
		{"another type", map[string]any{"id": int64(1)}, nil, "parameter id: 1 is not of the type text"},
		{"a list of numbers", map[string]any{"id": "x", "words": []any{int64(1)}}, nil, "is not of the type list"},
		{"null", map[string]any{"id": nil}, nil, "is not of the type text"},
	} {
		got, err := query.Bind(example.given)
		if example.err == "" && (err != nil || !cmp.Equal(got, example.want)) {
			t.Errorf("%s: %v, %v", example.why, got, err)
		}
		if example.err != "" && (!errors.Is(err, graph.ErrInvalid) || !strings.Contains(err.Error(), example.err)) {
			t.Errorf("%s: %v, want %q", example.why, err, example.err)
		}
	}
	for text, want := range map[string]any{"id=012": "012", "least=12": int64(12), "words=a, b": []any{"a", "b"}, `words=["a,b"]`: []any{"a,b"}} {
		name, value, _ := strings.Cut(text, "=")
		if got, err := query.Parse(name, value); err != nil || !cmp.Equal(got, want) {
			t.Errorf("%s: %#v, %v", text, got, err)
		}
	}
	for _, text := range []string{"least=many", "words=[1]", "none=1"} {
		name, value, _ := strings.Cut(text, "=")
		if got, err := query.Parse(name, value); !errors.Is(err, graph.ErrInvalid) {
			t.Errorf("%s: %#v, %v", text, got, err)
		}
	}
}

func TestAQueryIsFoundByItsName(t *testing.T) {
	if query, err := queries.Find("internet-to-pii"); err != nil || query.Name != "internet-to-pii" {
		t.Errorf("%v, %v", query.Name, err)
	}
	if _, err := queries.Find("internet-to-pie"); !errors.Is(err, graph.ErrNotFound) || !strings.Contains(err.Error(), "internet-to-pii") {
		t.Errorf("a slip brings no near name: %v", err)
	}
	if _, err := queries.Find("zz"); !errors.Is(err, graph.ErrNotFound) || !strings.Contains(err.Error(), "inroad queries") {
		t.Errorf("a name like none: %v", err)
	}
	topics := map[queries.Topic]bool{}
	for _, query := range queries.All() {
		topics[query.Topic] = true
	}
	if len(topics) != len(queries.Topics()) {
		t.Errorf("topics in use: %v", slices.Collect(maps.Keys(topics)))
	}
}
