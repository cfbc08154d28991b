package shell_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/shell"
	"github.com/inroad-security/inroad/queries"
)

// asked keeps what a shell asked for and answers with the statement itself; one that begins with "bad" fails.
type asked []graph.Query

func (asked *asked) Query(_ context.Context, query graph.Query) (*graph.Rows, error) {
	*asked = append(*asked, query)
	if strings.HasPrefix(query.Text, "bad") {
		return nil, fmt.Errorf("%w: line 1, column 1: \x1b[2Jwhat is this", graph.ErrInvalid)
	}
	return &graph.Rows{Columns: []string{"said"}, All: func(yield func([]any, error) bool) { yield([]any{query.Text}, nil) }}, nil
}

func (asked asked) texts() []string {
	var texts []string
	for _, query := range asked {
		texts = append(texts, query.Text)
	}
	return texts
}

// typed gives lines; "^C" stands for Ctrl-C. It keeps the prompts.
type typed struct {
	lines   []string
	prompts []string
}

func (typed *typed) Line(_ context.Context, prompt string) (string, error) {
	typed.prompts = append(typed.prompts, prompt)
	if len(typed.lines) == 0 {
		return "", io.EOF
	}
	line := typed.lines[0]
	typed.lines = typed.lines[1:]
	if line == "^C" {
		return "", shell.ErrAborted
	}
	return line, nil
}

func dialogue(t *testing.T, interactive bool, lines ...string) (got asked, out, notes string, prompts []string, err error) {
	t.Helper()
	var printed, noted bytes.Buffer
	input := &typed{lines: lines}
	err = (&shell.Shell{Querier: &got, Out: &printed, Notes: &noted, Format: "csv", Interactive: interactive, Limits: graph.QueryLimits{Rows: 9}}).Run(t.Context(), input)
	return got, printed.String(), noted.String(), input.prompts, err
}

func TestAStatementGoesOnUntilItsSemicolon(t *testing.T) {
	for _, example := range []struct {
		why   string
		lines []string
		want  []string
	}{
		{"several lines", []string{"MATCH (n)", "RETURN n;"}, []string{"MATCH (n)\nRETURN n"}},
		{"several on a line", []string{"RETURN 1; RETURN 2;"}, []string{"RETURN 1", "RETURN 2"}},
		{"one after another's end", []string{"RETURN 1; RETURN", "2;"}, []string{"RETURN 1", "RETURN\n2"}},
		{"within texts", []string{`RETURN ';', "\";", '\';';`}, []string{`RETURN ';', "\";", '\';'`}},
		{"within a name", []string{"MATCH (`a;`) RETURN 1;"}, []string{"MATCH (`a;`) RETURN 1"}},
		{"within comments", []string{"RETURN 1 // ;", "/* ;", " */ ;"}, []string{"RETURN 1 // ;\n/* ;\n */"}},
		{"comments alone", []string{"// nothing;", ";", "/* ; */ ;"}, nil},
		{"a text over lines", []string{"RETURN 'a", ":help", "b';"}, []string{"RETURN 'a\n:help\nb'"}},
		{"the last without one", []string{"RETURN 1"}, []string{"RETURN 1"}},
		{"nothing", []string{"", "  "}, nil},
	} {
		got, _, _, _, err := dialogue(t, false, example.lines...)
		if err != nil || !slices.Equal(got.texts(), example.want) {
			t.Errorf("%s: %q, %v, want %q", example.why, got.texts(), err, example.want)
		}
	}
}

func TestWhatIsTypedIsNeverLostOrDoubled(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		statements := rapid.SliceOfN(rapid.SampledFrom([]string{"RETURN 1", "RETURN ';'", "RETURN \"a\n;b\"", "MATCH (`x;`) RETURN 2", "/* c; */ RETURN 3"}), 1, 6).Draw(rt, "statements")
		text := strings.Join(statements, ";"+rapid.SampledFrom([]string{"", " ", "\n", "\n\n"}).Draw(rt, "between")) + ";"
		got, _, _, _, err := dialogue(t, false, strings.Split(text, "\n")...)
		if err != nil || !slices.Equal(got.texts(), statements) {
			rt.Errorf("%q: %q, %v", text, got.texts(), err)
		}
	})
}

func TestAnErrorEndsAScriptAndNotADialogue(t *testing.T) {
	got, out, _, _, err := dialogue(t, false, "RETURN 1;", "bad;", "RETURN 2;")
	if !errors.Is(err, graph.ErrInvalid) || len(got) != 2 || out != "said\nRETURN 1\n" {
		t.Errorf("a script: %v, %q, %q", err, got.texts(), out)
	}
	got, _, notes, _, err := dialogue(t, true, "RETURN 1;", "bad;", ":nonsense", "RETURN 2;")
	if err != nil || len(got) != 3 || !strings.Contains(notes, "column 1") || !strings.Contains(notes, ":nonsense") || strings.Contains(notes, "\x1b") {
		t.Errorf("a dialogue: %v, %q, %q", err, got.texts(), notes)
	}
}

func TestCtrlCDropsWhatWasTyped(t *testing.T) {
	got, _, _, prompts, err := dialogue(t, true, "MATCH (n)", "^C", "RETURN 1;", "half")
	if err != nil || !slices.Equal(got.texts(), []string{"RETURN 1"}) {
		t.Errorf("%q, %v", got.texts(), err)
	}
	if want := []string{"inroad> ", "   ...> ", "inroad> ", "inroad> ", "   ...> "}; !slices.Equal(prompts, want) {
		t.Errorf("prompts %q", prompts)
	}
}

// stuck answers nothing until its context ends.
type stuck struct{ began chan struct{} }

func (stuck stuck) Query(ctx context.Context, _ graph.Query) (*graph.Rows, error) {
	close(stuck.began)
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestCtrlCEndsTheRunningQueryAlone(t *testing.T) {
	querier := stuck{make(chan struct{})}
	var out, notes bytes.Buffer
	input := &typed{lines: []string{"RETURN 1;", ":format json", ":help"}}
	go func() {
		<-querier.began
		if self, err := os.FindProcess(os.Getpid()); err == nil {
			_ = self.Signal(os.Interrupt)
		}
	}()
	err := (&shell.Shell{Querier: querier, Out: &out, Notes: &notes, Format: "table", Interactive: true}).Run(t.Context(), input)
	if err != nil || !strings.Contains(notes.String(), "the query stops") || !strings.Contains(out.String(), ":param") {
		t.Errorf("%v, %q, %q", err, notes.String(), out.String())
	}
}

func TestCommands(t *testing.T) {
	got, out, _, _, err := dialogue(t, false,
		":param least=3", ":param $id=arn:x", ":param", "RETURN $id;", ":run choke-points", ":run blast-radius id=arn:y", ":queries identity", ":labels", ":quit", "RETURN 2;")
	if err != nil {
		t.Fatal(err)
	}
	points, _ := queries.Find("choke-points")
	radius, _ := queries.Find("blast-radius")
	limits := graph.QueryLimits{Rows: 9}
	want := asked{
		{Text: "RETURN $id", Params: map[string]any{"least": int64(3), "id": "arn:x"}, Limits: limits},
		{Text: points.Text, Params: map[string]any{"least": int64(3)}, Limits: limits},
		{Text: radius.Text, Params: map[string]any{"id": "arn:y"}, Limits: limits},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, part := range []string{"$id = arn:x\n$least = 3\n", "administrators ", "Workload", "CAN_REACH"} {
		if !strings.Contains(out, part) {
			t.Errorf("%q is missing in\n%s", part, out)
		}
	}
	for _, line := range []string{":run", ":run no-such", ":run blast-radius", ":run blast-radius id", ":run blast-radius ids=1", ":format xml", ":param x", ":what"} {
		if _, _, _, _, err := dialogue(t, false, line); err == nil {
			t.Errorf("%s is taken", line)
		}
	}
}

func TestAParameterIsJSONElseText(t *testing.T) {
	for _, example := range []struct {
		text, name string
		value      any
	}{
		{"a=1", "a", int64(1)},
		{"a=1.0", "a", 1.0},
		{"a=true", "a", true},
		{"a=null", "a", nil},
		{`a="1"`, "a", "1"},
		{"a=[1, \"x\", {\"b\": 2}]", "a", []any{int64(1), "x", map[string]any{"b": int64(2)}}},
		{"a=arn:aws:s3:::b=c", "a", "arn:aws:s3:::b=c"},
		{"$a= x", "a", "x"},
		{"a=012345678901", "a", "012345678901"},
		{"a=1 2", "a", "1 2"},
		{"a='}) DETACH DELETE n //", "a", "'}) DETACH DELETE n //"},
		{"a=", "a", ""},
	} {
		name, value, err := shell.ParseParam(example.text)
		if err != nil || name != example.name || !cmp.Equal(value, example.value) {
			t.Errorf("%s: %s = %#v, %v", example.text, name, value, err)
		}
	}
	for _, text := range []string{"a", "=1", "a=99999999999999999999", "a=[1e999]"} {
		if _, value, err := shell.ParseParam(text); !errors.Is(err, graph.ErrInvalid) {
			t.Errorf("%s: %v, %v", text, value, err)
		}
	}
}

func TestCompletion(t *testing.T) {
	for _, example := range []struct {
		line string // | is the cursor
		head string
		want string // one of the candidates
		not  string // none of them
		tail string
	}{
		{"MATCH (n:AWSB|)", "MATCH (n:", "AWSBucket", "AWSRole", ")"},
		{"MATCH (n:awsb|", "MATCH (n:", "AWSBucket", "", ""},
		{"MATCH (:Internet)-[r:CAN_R|]->()", "MATCH (:Internet)-[r:", "CAN_REACH", "CONTAINS", "]->()"},
		{"MATCH ()-[:CAN_READ|CAN_W<]", "MATCH ()-[:CAN_READ|", "CAN_WRITE", "", "]"},
		{"MATCH ()-[:CAN_READ]->(s:Se|", "MATCH ()-[:CAN_READ]->(s:", "Secret", "CAN_READ", ""},
		{"ma|", "", "MATCH", "MERGE", ""},
		{"MATCH (n) WHERE n.encr|", "MATCH (n) WHERE n.", "encrypted", "", ""},
		{":ru|", ":", "run", "", ""},
		{":run internet-to-p|", ":run ", "internet-to-pii", "choke-points", ""},
		{":format c|", ":format ", "csv", "json", ""},
		{"|", "", "", "MATCH", ""},
	} {
		mark := "|"
		if strings.Contains(example.line, "<") {
			mark = "<"
		}
		before, after, _ := strings.Cut(example.line, mark)
		head, candidates, tail := shell.Complete(before+after, len(before))
		if head != example.head || tail != example.tail || example.want != "" && !slices.Contains(candidates, example.want) || slices.Contains(candidates, example.not) {
			t.Errorf("%s: %q %v %q", example.line, head, candidates, tail)
		}
	}
}
