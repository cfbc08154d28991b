package assertion

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/inroad-security/inroad/scoring"
)

// The elements of JUnit's XML that CI systems read (https://github.com/testmoapp/junitxml).
type suite struct {
	XMLName  xml.Name `xml:"testsuite"`
	Name     string   `xml:"name,attr"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	// Properties hold the revision of the graph.
	Properties []property `xml:"properties>property"`
	Cases      []testCase
	// Unread tells what was not read: a path that needs it cannot be seen.
	Unread string `xml:"system-err,omitempty"`
}

type property struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type testCase struct {
	XMLName xml.Name `xml:"testcase"`
	Name    string   `xml:"name,attr"`
	Class   string   `xml:"classname,attr"`
	File    string   `xml:"file,attr"`
	Line    int      `xml:"line,attr"`
	Failure *failure `xml:"failure,omitempty"`
}

type failure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes a report as JUnit XML.
func WriteJUnit(out io.Writer, report *Report) error {
	written := suite{
		Name: "inroad assert", Tests: len(report.Results), Failures: report.Failed, Properties: []property{{"revision", fmt.Sprint(report.Revision)}},
	}
	for _, gap := range report.Incomplete {
		written.Unread += told(gap) + "\n"
	}
	for _, result := range report.Results {
		one := testCase{Name: result.Name, Class: "inroad.assert", File: report.File, Line: result.Line}
		if !result.Passed {
			var text strings.Builder
			for _, path := range result.Paths {
				fmt.Fprintf(&text, "%s  %s\n%s\n", path.ID, way(path), path.Why)
			}
			one.Failure = &failure{Message: result.Message, Text: text.String()}
		}
		written.Cases = append(written.Cases, one)
	}
	if _, err := io.WriteString(out, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(out)
	encoder.Indent("", "  ")
	if err := encoder.Encode(written); err != nil {
		return err
	}
	_, err := io.WriteString(out, "\n")
	return err
}

// way is a path as A -> B.
func way(path scoring.Path) string {
	parts := []string{string(path.Entry)}
	for _, step := range path.Steps {
		parts = append(parts, string(step.To))
	}
	return strings.Join(parts, " -> ")
}
