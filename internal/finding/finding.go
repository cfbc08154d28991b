// Package finding assesses resources by checks and gives each issue its priority by the published matrix:
// severity × exposed to the internet × on an attack path.
package finding

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/scoring"
)

// Finding is one issue of one resource.
type Finding struct {
	ID          string           `json:"id"` // stable for one check on one resource
	Check       string           `json:"check"`
	Title       string           `json:"title"`
	Resource    graph.ID         `json:"resource"`
	Severity    scoring.Level    `json:"severity"`
	Priority    scoring.Level    `json:"priority"`
	Exposed     bool             `json:"exposed"`
	OnPath      bool             `json:"on_path"`
	Paths       []string         `json:"paths"` // ids of the paths that it lies on, sorted
	Verdict     graph.Verdict    `json:"-"`
	Evidence    []graph.Evidence `json:"-"`
	Remediation string           `json:"remediation"`
}

// Check looks for one kind of issue.
type Check struct {
	ID          string
	Title       string
	Severity    scoring.Level
	Remediation string
	// BlindsDetection marks an issue that hides attacks elsewhere, which the matrix never lowers for want of exposure.
	BlindsDetection bool
	// Find gives the resources at fault. It is pure. A resource of which it does not know enough is not at fault.
	Find func(*graph.Snapshot) []Match
	// Reads are the properties without which a resource is not judged.
	Reads []Read
}

// Match is one resource at fault and why. Title and Severity, where they are given, and more than the check's, count in their place; Key
// tells several issues of one check on one resource apart.
type Match struct {
	Resource graph.ID
	Key      string
	Title    string
	Severity scoring.Level
	Verdict  graph.Verdict
	Evidence []graph.Evidence
}

// Assess runs the checks over a snapshot that holds its attack edges. Findings come highest priority first, then by id.
func Assess(snapshot *graph.Snapshot, paths []scoring.Path, checks []Check) []Finding {
	exposed, onPath := scoring.Exposed(snapshot), membership(paths)
	var findings []Finding
	for _, check := range checks {
		for _, match := range check.Find(snapshot) {
			on := onPath[match.Resource]
			finding := Finding{
				ID: identify(check.ID, match.Resource, match.Key), Check: check.ID, Title: cmp.Or(match.Title, check.Title), Resource: match.Resource,
				Severity: max(check.Severity, match.Severity), Exposed: exposed[match.Resource], OnPath: len(on) > 0, Paths: on,
				Verdict: match.Verdict, Evidence: match.Evidence, Remediation: check.Remediation,
			}
			finding.Priority = scoring.Priority(finding.Severity, scoring.Context{
				Exposed: finding.Exposed, OnPath: finding.OnPath, BlindsDetection: check.BlindsDetection,
			})
			findings = append(findings, finding)
		}
	}
	slices.SortFunc(findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(b.Priority, a.Priority), cmp.Compare(a.Check, b.Check), cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.ID, b.ID))
	})
	return findings
}

func identify(check string, resource graph.ID, key string) string {
	text := check + "\x00" + string(resource)
	if key != "" {
		text += "\x00" + key
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// membership gives, for each resource that a path goes through or that grants one of its steps, the paths' ids, sorted.
func membership(paths []scoring.Path) map[graph.ID][]string {
	members := map[graph.ID][]string{}
	for _, path := range paths {
		through := map[graph.ID]bool{}
		for _, step := range path.Steps {
			through[step.From], through[step.To] = true, true
			for _, piece := range step.Evidence {
				if piece.Kind == graph.Grant {
					through[piece.Source] = true
				}
			}
		}
		for id := range through {
			members[id] = append(members[id], path.ID)
		}
	}
	for id := range members {
		members[id] = graph.Sorted(members[id])
	}
	return members
}
