package assertion_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/assertion"
	"github.com/inroad-security/inroad/scoring"
)

func world(t *testing.T) *graph.Snapshot {
	t.Helper()
	snapshot, err := graph.NewSnapshot(7, graph.Batch{Scope: "aws/1/global/test", Nodes: []graph.Node{
		{ID: "open", Kind: kinds.AWSBucket, Props: graph.Props{"tags": []string{"data=pii"}}},
		{ID: "doubtful", Kind: kinds.AWSBucket, Props: graph.Props{"tags": []string{"data=pii"}}},
		{ID: "shut", Kind: kinds.AWSBucket, Props: graph.Props{"tags": []string{"data=pci"}}},
	}, Edges: []graph.Edge{
		{From: graph.Internet, To: "open", Kind: kinds.CanRead, Cause: "statement:open#<0>"},
		{From: graph.Internet, To: "doubtful", Kind: kinds.CanRead, Cause: "statement:doubtful#0", Verdict: graph.Possible},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

func check(t *testing.T, text string) *assertion.Report {
	t.Helper()
	assertions, err := assertion.Parse("paths.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	report, err := assertion.Check(t.Context(), world(t), nil, "paths.yaml", assertions)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestAssertions(t *testing.T) {
	for _, test := range []struct {
		name, text string
		passed     bool
		message    string
	}{
		{"no path, where there are two", "from: internet, to: 'tag:data=pii'", false, "2 paths to 2 of 2 targets"},
		{"no proven path, where there is one", "to: 'tag:data=pii', verdict: proven", false, "1 paths to 1 of 2 targets"},
		{"one is accepted", "to: 'tag:data=pii', except: [open, doubtful]", true, "0 paths"},
		{"no path, where there is none", "to: shut", true, "0 paths to 0 of 1 targets"},
		{"a path, where there is one", "to: open, expect: path", true, "a path to each of 1 targets"},
		{"a path, where one of two has none", "to: [open, shut], expect: path", false, "no path to shut"},
		{"a selector that chooses nothing", "to: 'tag:data=phi'", false, "it checks nothing"},
		{"an id that is not there", "from: nobody, to: open", false, "it checks nothing"},
	} {
		t.Run(test.name, func(t *testing.T) {
			result := check(t, "assertions: [{name: it, "+test.text+"}]").Results[0]
			if result.Passed != test.passed || !strings.Contains(result.Message, test.message) {
				t.Errorf("%+v", result)
			}
		})
	}
}

func TestErrorsNameFileLineAndField(t *testing.T) {
	for text, want := range map[string]string{
		"assertions: []":                                       "paths.yaml:1: assertions: there is nothing to assert",
		"assertions:\n- {to: a}":                               "paths.yaml:2: assertions[0]: name is missing",
		"assertions:\n- {name: a}\n- {name: a}":                "paths.yaml:3: assertions[1]: name is missing, or another assertion has it",
		"assertions:\n- {name: a, expect: none}":               "paths.yaml:2: assertions[0].expect: want path or no-path",
		"assertions:\n- {name: a, verdict: sure}":              "paths.yaml:2: assertions[0].verdict: want proven, possible or unknown",
		"assertions:\n- {name: a, target: b}":                  "paths.yaml:2: assertions[0].target: no such field",
		"assertions:\n- {name: a, to: []}":                     "paths.yaml:2: assertions[0].to: the list is empty",
		"assertions:\n- {name: a}\n---\nassertions: []":        "paths.yaml:3: a second document begins here",
		"assertions:\n- {name: a}\n---\n]":                     "paths.yaml: ",
		"assertions:\n- {name: a, to: b}\nassert: {name: yes}": "paths.yaml:3: assert: no such field: want assertions",
	} {
		if _, err := assertion.Parse("paths.yaml", []byte(text)); err == nil || !errors.Is(err, graph.ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

const three = "assertions:\n- {name: no <PII>, to: 'tag:data=pii', verdict: proven}\n- {name: no PCI, to: shut}\n- {name: nothing, to: 'tag:x'}\n"

func TestJUnit(t *testing.T) {
	var out bytes.Buffer
	if err := assertion.WriteJUnit(&out, check(t, three)); err != nil {
		t.Fatal(err)
	}
	var read struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Cases    []struct {
			Name    string `xml:"name,attr"`
			Line    int    `xml:"line,attr"`
			Failure *struct {
				Message string `xml:"message,attr"`
				Text    string `xml:",chardata"`
			} `xml:"failure"`
		} `xml:"testcase"`
	}
	if err := xml.Unmarshal(out.Bytes(), &read); err != nil {
		t.Fatal(err)
	}
	if read.Tests != 3 || read.Failures != 2 || read.Cases[0].Name != "no <PII>" || read.Cases[0].Line != 2 || !strings.Contains(read.Cases[0].Failure.Text, "internet -> open") ||
		read.Cases[1].Failure != nil || read.Cases[2].Failure == nil {
		t.Errorf("%s", out.String())
	}
}

func TestSARIF(t *testing.T) {
	var out bytes.Buffer
	if err := assertion.WriteSARIF(&out, check(t, three)); err != nil {
		t.Fatal(err)
	}
	var read struct {
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct{ Rules []struct{ ID string } }
			}
			Results []struct {
				RuleID, Kind, Level string
				RuleIndex           int
				Locations           []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine int }
					}
				}
				CodeFlows []struct{ ThreadFlows []struct{ Locations []any } }
			}
		}
	}
	if err := json.Unmarshal(out.Bytes(), &read); err != nil {
		t.Fatal(err)
	}
	run := read.Runs[0]
	if read.Version != "2.1.0" || len(run.Tool.Driver.Rules) != 3 || len(run.Results) != 3 {
		t.Fatalf("%s", out.String())
	}
	kinds := []string{"fail", "pass", "fail"}
	for i, result := range run.Results {
		place := result.Locations[0].PhysicalLocation
		if result.Kind != kinds[i] || result.RuleID != run.Tool.Driver.Rules[result.RuleIndex].ID || place.ArtifactLocation.URI != "paths.yaml" || place.Region.StartLine != i+2 {
			t.Errorf("%+v", result)
		}
	}
	if len(run.Results[0].CodeFlows[0].ThreadFlows[0].Locations) != 1 {
		t.Errorf("the path's steps are told as %+v", run.Results[0].CodeFlows)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(three))
	f.Fuzz(func(t *testing.T, data []byte) {
		assertions, err := assertion.Parse("f", data)
		if (err == nil) != (len(assertions) > 0 && err == nil) || err != nil && !errors.Is(err, graph.ErrInvalid) {
			t.Fatal(assertions, err)
		}
	})
}

// What SARIF's schema asks of the objects that are written (https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json): which fields there
// may be, with what, and which there must be. Anything else is refused.
var sarifSchema = map[string]any{
	"$schema": "string", "version": "string", "runs": []any{map[string]any{
		"tool":        map[string]any{"driver": map[string]any{"name": "string", "rules": []any{map[string]any{"id": "string", "shortDescription": sarifText}}}},
		"invocations": []any{map[string]any{"executionSuccessful": "bool", "toolExecutionNotifications?": []any{map[string]any{"level": "none|note|warning|error", "message": sarifText}}}},
		"properties":  map[string]any{"revision": "number"},
		"results": []any{map[string]any{
			"ruleId": "string", "ruleIndex": "number", "kind": "notApplicable|pass|fail|review|open|informational", "level": "none|note|warning|error", "message": sarifText,
			"locations": []any{sarifPlace}, "partialFingerprints?": map[string]any{"inroadPath/v1": "string"},
			"codeFlows?": []any{map[string]any{"threadFlows": []any{map[string]any{"locations": []any{map[string]any{"location": sarifPlace}}}}}},
		}},
	}},
}

var (
	sarifText  = map[string]any{"text": "string"}
	sarifPlace = map[string]any{
		"physicalLocation?": map[string]any{"artifactLocation": map[string]any{"uri": "uri-reference"}, "region": map[string]any{"startLine": "number"}},
		"logicalLocations?": []any{map[string]any{"fullyQualifiedName": "string", "kind": "string"}}, "message?": sarifText,
	}
)

// obeys tells what in a value is not as a schema says, by its place.
func obeys(schema, value any, place string) (faults []string) {
	wrong := func() []string { return append(faults, fmt.Sprintf("%s is %v, want %v", place, value, schema)) }
	switch schema := schema.(type) {
	case map[string]any:
		object, ok := value.(map[string]any)
		if !ok {
			return wrong()
		}
		known := map[string]bool{}
		for field, inner := range schema {
			name, optional := strings.CutSuffix(field, "?")
			known[name] = true
			if held, there := object[name]; there {
				faults = append(faults, obeys(inner, held, place+"."+name)...)
			} else if !optional {
				faults = append(faults, place+"."+name+" is missing")
			}
		}
		for name := range object {
			if !known[name] {
				faults = append(faults, place+"."+name+" is not in the schema")
			}
		}
	case []any:
		list, ok := value.([]any)
		if !ok {
			return wrong()
		}
		for i, item := range list {
			faults = append(faults, obeys(schema[0], item, fmt.Sprintf("%s[%d]", place, i))...)
		}
	case string:
		text, isText := value.(string)
		number, isNumber := value.(float64)
		_, isBool := value.(bool)
		_, err := url.Parse(text)
		switch {
		case schema == "string" && isText && text != "", schema == "number" && isNumber && number >= 0, schema == "bool" && isBool:
		case schema == "uri-reference" && isText && err == nil && !strings.ContainsAny(text, " \\"):
		case strings.Contains(schema, "|") && isText && slices.Contains(strings.Split(schema, "|"), text):
		default:
			return wrong()
		}
	}
	return faults
}

func TestSARIFIsAsItsSchemaSays(t *testing.T) {
	report := check(t, three)
	report.File = "my tests/100%.yaml"
	report.Incomplete = []scoring.Gap{{Scope: "aws/1/global/kms", Reason: "denied"}}
	var out bytes.Buffer
	if err := assertion.WriteSARIF(&out, report); err != nil {
		t.Fatal(err)
	}
	var log any
	if err := json.Unmarshal(out.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	if faults := obeys(sarifSchema, log, "log"); len(faults) > 0 {
		t.Errorf("%s", strings.Join(faults, "\n"))
	}
	for _, want := range []string{`"uri": "my%20tests/100%25.yaml"`, `"text": "not read: aws/1/global/kms: denied"`, `"revision": 7`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("there is no %s in\n%s", want, out.String())
		}
	}
	out.Reset()
	if err := assertion.WriteJUnit(&out, report); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<property name="revision" value="7">`, "<system-err>not read: aws/1/global/kms: denied"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("there is no %s in\n%s", want, out.String())
		}
	}
	// The checker sees what is wrong.
	for _, spoil := range []string{`{"version": 2.1}`, `{"$schema": "s", "version": "2.1.0", "runs": [{}]}`, `{"$schema": "s", "version": "2.1.0", "runs": [], "extra": 1}`} {
		var wrong any
		if err := json.Unmarshal([]byte(spoil), &wrong); err != nil || len(obeys(sarifSchema, wrong, "log")) == 0 {
			t.Errorf("%s is let through: %v", spoil, err)
		}
	}
}
