package assertion_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/assertion"
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
