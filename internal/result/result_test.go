package result_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/result"
)

// answer gives rows, and an error after them unless it is nil.
func answer(columns []string, after error, rows ...[]any) *graph.Rows {
	return &graph.Rows{Columns: columns, All: func(yield func([]any, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
		if after != nil {
			yield(nil, after)
		}
	}}
}

var (
	role   = graph.Vertex{ID: "arn:aws:iam::1:role/a", Labels: []string{"AWSRole", "Entity"}, Props: map[string]any{"id": "arn:aws:iam::1:role/a", "name": "a"}}
	store  = graph.Vertex{ID: "arn:aws:s3:::b", Labels: []string{"AWSBucket", "Entity"}, Props: map[string]any{"id": "arn:aws:s3:::b"}}
	reads  = graph.Relation{From: role.ID, To: store.ID, Type: "CAN_READ", Props: map[string]any{"verdict": "possible", "technique": "t"}}
	onward = graph.Walk{Vertices: []graph.Vertex{role, store}, Relations: []graph.Relation{reads}}
	back   = graph.Walk{Vertices: []graph.Vertex{store, role}, Relations: []graph.Relation{reads}}
)

func TestAValueIsOneLineForAPerson(t *testing.T) {
	for _, example := range []struct {
		value any
		want  string
	}{
		{nil, "null"},
		{true, "true"},
		{int64(-7), "-7"},
		{0.5, "0.5"},
		{math.NaN(), `"NaN"`},
		{"as it stands | \"so\"", "as it stands | \"so\""},
		{[]any{"a", int64(1), nil}, `["a",1,null]`},
		{map[string]any{"b": "<&>", "a": []any{}}, `{"a":[],"b":"<&>"}`},
		{graph.Temporal{Type: "DATE", Text: "2026-11-22"}, "2026-11-22"},
		{role, "(arn:aws:iam::1:role/a)"},
		{reads, "(arn:aws:iam::1:role/a)-[CAN_READ]->(arn:aws:s3:::b)"},
		{onward, "(arn:aws:iam::1:role/a)-[CAN_READ]->(arn:aws:s3:::b)"},
		{back, "(arn:aws:s3:::b)<-[CAN_READ]-(arn:aws:iam::1:role/a)"},
	} {
		if got := result.Text(example.value); got != example.want {
			t.Errorf("%v: %s, want %s", example.value, got, example.want)
		}
	}
}

func written(t *testing.T, format string, rows *graph.Rows) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := result.Write(&out, format, rows)
	return out.String(), err
}

func TestJSONIsOneDocumentThatKeepsWhatThingsAre(t *testing.T) {
	text, err := written(t, "json", answer([]string{"z", "a"}, nil, []any{onward, int64(1) << 60}, []any{[]any{role}, math.Inf(1)}))
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Columns []string
		Rows    []map[string]json.RawMessage
		Stopped *string
	}
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if !cmp.Equal(document.Columns, []string{"z", "a"}) || len(document.Rows) != 2 || document.Stopped != nil {
		t.Errorf("%+v", document)
	}
	if got := string(document.Rows[0]["a"]); got != "1152921504606846976" {
		t.Errorf("a whole number came out as %s", got)
	}
	if got := string(document.Rows[1]["a"]); got != `"+Inf"` {
		t.Errorf("infinity came out as %s", got)
	}
	var path struct {
		Nodes         []struct{ ID, Labels any }
		Relationships []struct {
			From, To, Type string
			Properties     map[string]any
		}
	}
	if err := json.Unmarshal(document.Rows[0]["z"], &path); err != nil || len(path.Nodes) != 2 || path.Relationships[0].Type != "CAN_READ" || path.Relationships[0].Properties["verdict"] != "possible" {
		t.Errorf("%v: %s", err, document.Rows[0]["z"])
	}
	if !strings.Contains(text, `{"z": `) {
		t.Errorf("the columns are not in their order:\n%s", text)
	}
}

func TestACutAnswerShowsItsRowsAndWhy(t *testing.T) {
	cut := fmt.Errorf("%w: rows: 1", graph.ErrLimit)
	for format, want := range map[string]string{"table": " first ", "json": `"stopped": "limit reached: rows: 1"}`, "csv": "n\nfirst\n", "dot": "}\n"} {
		text, err := written(t, format, answer([]string{"n"}, cut, []any{"first"}))
		if !errors.Is(err, graph.ErrLimit) || !strings.Contains(text, want) {
			t.Errorf("%s: %v\n%s", format, err, text)
		}
	}
}

func TestNoRows(t *testing.T) {
	for format, want := range map[string]string{"table": "No rows.\n", "json": "{\"columns\": [\"n\"], \"rows\": [\n], \"stopped\": null}\n", "csv": "n\n"} {
		if text, err := written(t, format, answer([]string{"n"}, nil)); err != nil || text != want {
			t.Errorf("%s: %q, %v", format, text, err)
		}
	}
}

func TestWhatACloudGaveStaysText(t *testing.T) {
	evil := "=cmd|'/c calc'!A0\x1b]0;owned\x07\"\\];\n}\u009b"
	node := graph.Vertex{ID: graph.ID(evil), Labels: []string{evil}, Props: map[string]any{"name": evil}}
	rows := func() *graph.Rows { return answer([]string{"=n"}, nil, []any{node}, []any{evil}) }
	for _, format := range result.Formats() {
		text, err := written(t, format, rows())
		if err != nil {
			t.Fatal(err)
		}
		if format != "csv" && strings.ContainsAny(text, "\x1b\x07\u009b") {
			t.Errorf("%s hands control characters to a terminal: %q", format, text)
		}
	}
	text, _ := written(t, "csv", rows())
	cells, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range cells {
		if strings.ContainsRune("=+-@\t\r", rune(row[0][0])) {
			t.Errorf("a spreadsheet takes %q for a formula", row[0])
		}
	}
	text, _ = written(t, "dot", rows())
	if lines := strings.Count(text, "\n"); lines != 5 { // the head's three, the node and the end
		t.Errorf("a name breaks out of its quotes:\n%s", text)
	}
}

func TestNumbersInCSVStayNumbers(t *testing.T) {
	if text, err := written(t, "csv", answer([]string{"n", "m"}, nil, []any{int64(-1), nil})); err != nil || text != "n,m\n-1,\n" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestADrawingHasEachThingOnceAndTellsTheUnsure(t *testing.T) {
	text, err := written(t, "dot", answer([]string{"p", "q"}, nil, []any{onward, []any{back}}, []any{map[string]any{"n": role}, int64(1)}))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(text, " -> ") != 1 || strings.Count(text, "[label=") != 3 || !strings.Contains(text, `"arn:aws:iam::1:role/a" -> "arn:aws:s3:::b" [label="CAN_READ", style=dashed];`) {
		t.Errorf("%s", text)
	}
	if text, err := written(t, "dot", answer([]string{"n"}, nil, []any{int64(1)})); !errors.Is(err, graph.ErrInvalid) || text != "" {
		t.Errorf("numbers are drawn: %q, %v", text, err)
	}
}

// narrow takes so many bytes and no more.
type narrow struct{ left int }

func (out *narrow) Write(bytes []byte) (int, error) {
	if out.left -= len(bytes); out.left < 0 {
		return 0, io.ErrClosedPipe
	}
	return len(bytes), nil
}

func TestRowsComeAsTheyAreFoundAndEndWhereNobodyReadsOn(t *testing.T) {
	for _, format := range []string{"json", "csv"} {
		given := 0
		rows := &graph.Rows{Columns: []string{"n"}, All: func(yield func([]any, error) bool) {
			for range 1_000_000 {
				if given++; !yield([]any{strings.Repeat("x", 100)}, nil) {
					return
				}
			}
		}}
		if err := result.Write(&narrow{50_000}, format, rows); !errors.Is(err, io.ErrClosedPipe) || given > 1000 {
			t.Errorf("%s: %d rows, %v", format, given, err)
		}
	}
}

func TestATableThatWouldBeTooLargeEndsAndTheOtherFormsDoNot(t *testing.T) {
	wide := [][]any{{strings.Repeat("w", 1<<20)}}
	for range 99 {
		wide = append(wide, []any{"x"})
	}
	var out bytes.Buffer
	err := result.Write(&out, "table", answer([]string{"a"}, nil, wide...))
	if !errors.Is(err, graph.ErrLimit) || !strings.Contains(err.Error(), "--format json or csv") || !strings.Contains(out.String(), "wwww") {
		t.Errorf("%d bytes, %v", out.Len(), err)
	}
	if out.Len() > 300<<20 {
		t.Errorf("%d MiB", out.Len()>>20)
	}
	for _, format := range []string{"json", "csv"} {
		out.Reset()
		if err := result.Write(&out, format, answer([]string{"a"}, nil, wide...)); err != nil || strings.Count(out.String(), "x") != 99 {
			t.Errorf("%s: %d bytes, %v", format, out.Len(), err)
		}
	}
}
