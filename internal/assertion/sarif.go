package assertion

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"path/filepath"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/scoring"
)

// The objects of SARIF 2.1.0 that are written (https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html; the section of each in its comment).
type (
	sarifLog struct { // 3.13
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct { // 3.14
		Tool        sarifTool         `json:"tool"`
		Invocations []sarifInvocation `json:"invocations"`
		Results     []sarifResult     `json:"results"`
		Properties  sarifProperties   `json:"properties"`
	}
	sarifInvocation struct { // 3.20
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotification struct { // 3.58
		Level   string       `json:"level"`
		Message sarifMessage `json:"message"`
	}
	sarifProperties struct { // 3.8
		Revision graph.Revision `json:"revision"`
	}
	sarifTool struct { // 3.18
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct { // 3.19
		Name  string      `json:"name"`
		Rules []sarifRule `json:"rules"`
	}
	sarifRule struct { // 3.49
		ID    string       `json:"id"`
		Short sarifMessage `json:"shortDescription"`
	}
	sarifMessage struct { // 3.11
		Text string `json:"text"`
	}
	sarifResult struct { // 3.27
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Kind         string            `json:"kind"`
		Level        string            `json:"level"`
		Message      sarifMessage      `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Fingerprints map[string]string `json:"partialFingerprints,omitempty"`
		Flows        []sarifFlow       `json:"codeFlows,omitempty"`
	}
	sarifLocation struct { // 3.28
		Physical *sarifPhysical `json:"physicalLocation,omitempty"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
		Message  *sarifMessage  `json:"message,omitempty"`
	}
	sarifPhysical struct { // 3.29
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct { // 3.4
		URI string `json:"uri"`
	}
	sarifRegion struct { // 3.30
		Line int `json:"startLine"`
	}
	sarifLogical struct { // 3.33
		Name string `json:"fullyQualifiedName"`
		Kind string `json:"kind"`
	}
	sarifFlow struct { // 3.36
		Threads []sarifThread `json:"threadFlows"`
	}
	sarifThread struct { // 3.37
		Locations []sarifStep `json:"locations"`
	}
	sarifStep struct { // 3.38
		Location sarifLocation `json:"location"`
	}
)

// WriteSARIF writes a report as SARIF 2.1.0: a rule for each assertion, a result for each path that breaks one, with its steps, and one for each assertion
// that holds. What was not read is among the notifications: a path that needs it cannot be seen.
func WriteSARIF(out io.Writer, report *Report) error {
	run := sarifRun{Results: []sarifResult{}, Properties: sarifProperties{report.Revision}, Invocations: []sarifInvocation{{Successful: true}}}
	for _, gap := range report.Incomplete {
		run.Invocations[0].Notifications = append(run.Invocations[0].Notifications, sarifNotification{"warning", sarifMessage{told(gap)}})
	}
	run.Tool.Driver = sarifDriver{Name: "inroad", Rules: []sarifRule{}}
	for i, result := range report.Results {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{ID: result.Name, Short: sarifMessage{result.Name}})
		place := sarifLocation{Physical: &sarifPhysical{sarifArtifact{reference(report.File)}, sarifRegion{result.Line}}}
		fresh := sarifResult{RuleID: result.Name, RuleIndex: i, Kind: "pass", Level: "none", Message: sarifMessage{result.Message}, Locations: []sarifLocation{place}}
		if !result.Passed {
			fresh.Kind, fresh.Level = "fail", "error"
		}
		if len(result.Paths) == 0 {
			run.Results = append(run.Results, fresh)
		}
		for _, path := range result.Paths {
			one := fresh
			one.Message.Text = path.Why
			one.Locations = []sarifLocation{{Physical: place.Physical, Logical: []sarifLogical{{string(path.Target), "resource"}}}}
			one.Fingerprints = map[string]string{"inroadPath/v1": path.ID}
			one.Flows = []sarifFlow{{[]sarifThread{{stepsOf(path)}}}}
			run.Results = append(run.Results, one)
		}
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run}})
}

// reference makes a URI reference of a file's name, in which a space or a percent sign is escaped.
func reference(file string) string {
	return (&url.URL{Path: filepath.ToSlash(file)}).String()
}

// told is a gap in a sentence.
func told(gap scoring.Gap) string { return fmt.Sprintf("not read: %s: %s", gap.Scope, gap.Reason) }

func stepsOf(path scoring.Path) []sarifStep {
	steps := make([]sarifStep, len(path.Steps))
	for i, step := range path.Steps {
		steps[i].Location = sarifLocation{
			Logical: []sarifLogical{{string(step.To), "resource"}},
			Message: &sarifMessage{fmt.Sprintf("%s %s %s (%s)", step.From, step.Kind, step.To, step.Verdict)},
		}
	}
	return steps
}
