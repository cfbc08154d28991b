package scoring

import (
	"context"

	"github.com/inroad-security/inroad/graph"
)

// Document is all that an analysis says. Its names in JSON are stable: other programs read them.
type Document struct {
	Revision    graph.Revision `json:"revision"`
	Paths       []Path         `json:"paths"`
	Escalations []Escalation   `json:"escalations"`
	Chokepoints []Chokepoint   `json:"chokepoints"`
	Incomplete  []Gap          `json:"incomplete"`
	// Truncated tells that there are more paths than shown; nil when all are.
	Truncated *Truncation `json:"truncated"`
	// EscalationsTruncated tells the same of escalations.
	EscalationsTruncated *Truncation `json:"escalations_truncated"`
}

// Path is the best way from an entry to a crown jewel.
type Path struct {
	// ID is a short hash of the entry, the target and the steps: it changes only when they do.
	ID     string   `json:"id"`
	Entry  graph.ID `json:"entry"`
	Target graph.ID `json:"target"`
	// Risk is value × likelihood, from 0 to 10.
	Risk float64 `json:"risk"`
	// Verdict is as weak as the weakest step's: proven, possible or unknown.
	Verdict string `json:"verdict"`
	// Likelihood is the product over distinct causes, from 0 to 1.
	Likelihood float64 `json:"likelihood"`
	Priority   Level   `json:"priority"`
	Severity   Level   `json:"severity"`
	// Exposed tells that the path begins at the internet, or uses what an outsider can do.
	Exposed bool `json:"exposed"`
	// Value of the target from 1 to 10, and why it has it.
	Value  int    `json:"value"`
	Reason string `json:"reason"`
	// Why is the path in a sentence or two for a person.
	Why   string `json:"why"`
	Steps []Step `json:"steps"`
	// Implies is how many more crown jewels the target, an account, holds: whoever controls it gains them by that alone, and they
	// have no path of their own here.
	Implies int `json:"implies"`
	// Alike are other targets of the same kind, value and reason that are gained by the same steps but the last; folded into this path when the question asks for it.
	Alike []graph.ID `json:"alike,omitempty"`
	// Fix is nil only where no step can be changed, or the limit on proofs was reached.
	Fix *Fix `json:"fix"`
}

// Step is one edge that is walked. What it needs was gained by the steps before it, or is the entry's from the start.
type Step struct {
	From       graph.ID       `json:"from"`
	To         graph.ID       `json:"to"`
	Kind       graph.EdgeKind `json:"kind"`
	Technique  string         `json:"technique"`
	Verdict    string         `json:"verdict"`
	Likelihood float64        `json:"likelihood"`
	Requires   []graph.ID     `json:"requires,omitempty"`
	Cause      graph.Cause    `json:"cause,omitempty"`
	Evidence   []Evidence     `json:"evidence"`
	// Instead is how many other nodes would serve in To's place, as the machines of a group do; told of folded paths.
	Instead int `json:"instead,omitempty"`
}

// Evidence is a piece of an edge's provenance; graph.Evidence gives the meaning.
type Evidence struct {
	Kind    graph.EvidenceKind `json:"kind"`
	Source  graph.ID           `json:"source"`
	Locator string             `json:"locator"`
	Detail  string             `json:"detail"`
}

// Escalation is the best way for a principal to become another one, or the administrator of an account.
type Escalation struct {
	Principal graph.ID `json:"principal"`
	Target    graph.ID `json:"target"`
	// Admin tells that the target is an account, held in full.
	Admin      bool    `json:"admin"`
	Verdict    string  `json:"verdict"`
	Likelihood float64 `json:"likelihood"`
	Steps      []Step  `json:"steps"`
}

// Gap is something that a scope should hold and that was not read.
type Gap struct {
	Scope  graph.Scope `json:"scope"`
	Reason string      `json:"reason"`
}

// Truncation says what a limit cut.
type Truncation struct {
	Limit int `json:"limit"`
	Shown int `json:"shown"`
	Total int `json:"total"`
	// Note says what else was left out.
	Note string `json:"note,omitempty"`
}

// Analyze answers every question of the document at once.
func Analyze(ctx context.Context, snapshot *graph.Snapshot, config Config) (*Document, error) {
	analysis, err := New(snapshot, config)
	if err != nil {
		return nil, err
	}
	document := &Document{Revision: snapshot.Revision(), Incomplete: Incomplete(snapshot)}
	if document.Paths, document.Truncated, err = analysis.Paths(ctx); err != nil {
		return nil, err
	}
	if document.Chokepoints, err = analysis.Chokepoints(ctx); err != nil {
		return nil, err
	}
	if document.Escalations, document.EscalationsTruncated, err = analysis.Escalations(ctx); err != nil {
		return nil, err
	}
	return document, nil
}

// Incomplete lists what the snapshot's scopes lack, by scope, and then what could not be assessed for that.
func Incomplete(snapshot *graph.Snapshot) []Gap {
	gaps := []Gap{}
	for _, status := range snapshot.Scopes() {
		for _, reason := range status.Incomplete {
			gaps = append(gaps, Gap{Scope: status.Scope, Reason: reason})
		}
	}
	return append(gaps, notAssessed(snapshot)...)
}
