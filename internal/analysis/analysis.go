// Package analysis is the one pass from what was collected to what is answered: derive attack edges, walk them, assess. The
// command line and the server share it, so that both say the same of the same graph.
package analysis

import (
	"context"
	"fmt"
	"slices"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/derive"
	"github.com/inroad-security/inroad/graph/technique"
	"github.com/inroad-security/inroad/internal/finding"
	"github.com/inroad-security/inroad/internal/threatmodel"
	"github.com/inroad-security/inroad/scoring"
)

// Question says from where to where. The zero value asks for the default entry points and crown jewels.
type Question struct {
	// Model is the threat model; nil means the default one. From and To go before it.
	Model *threatmodel.Model
	// From are entry points: "internet", ids, or selectors such as "tag:tier=dmz". What anyone reads, each of them reads.
	From []string
	// To are targets: ids, selectors, or "administrator" for full control of any account.
	To []string
	// Principals are those whose escalations are asked for; empty means all.
	Principals []string
	// Limit is the most paths in the answer; 0 means scoring.DefaultLimit.
	Limit int
	// Unfold gives each crown jewel a path of its own, although the account that holds it has one.
	Unfold bool
	// Fold makes one path of those whose targets are alike.
	Fold bool
	// Progress, when set, is told how far a posture or a plan is; scoring.Config says more.
	Progress func(done, total int)
	// Limits of the checks on credentials and their use.
	Limits finding.Limits
	// Likelihood by technique; nil means the catalogue's.
	Likelihood scoring.Likelihood
}

// Answer is what is known of a snapshot.
type Answer struct {
	Snapshot *graph.Snapshot
	Document *scoring.Document
	Findings []finding.Finding
	// Notes tell what a name in the question was taken for, where it is not an id itself.
	Notes []string
}

// Derive gives the attack edges of a snapshot, as the batches by which a store comes to hold them in place of earlier ones. What the
// same program derived from the same facts stays as it is; with no name of a program, all is derived.
func Derive(ctx context.Context, snapshot *graph.Snapshot, program string) ([]graph.Batch, error) {
	return derive.Derive(ctx, snapshot, derive.Options{AWS: technique.AWS(), Azure: technique.Azure(), Program: program})
}

// Stale says of the attack edges in a store that they are older than the facts. It is applied together with new facts, and the
// next derivation takes it away: whoever reads in between, or after a crash, is told.
func Stale() graph.Batch {
	return graph.Batch{Scope: derive.Scope, Incomplete: []string{"attack edges were derived before the newest facts came in: run inroad ingest again"}}
}

// Read packs batches that no store holds and derives their attack edges.
func Read(ctx context.Context, batches ...graph.Batch) (*graph.Snapshot, error) {
	snapshot, err := graph.NewSnapshot(0, batches...)
	if err != nil {
		return nil, err
	}
	derived, err := Derive(ctx, snapshot, "")
	if err != nil {
		return nil, err
	}
	return snapshot.With(derived...)
}

// Ask answers a question on a snapshot that holds its attack edges.
func Ask(ctx context.Context, snapshot *graph.Snapshot, question Question) (*Answer, error) {
	config, err := configure(snapshot, question)
	if err != nil {
		return nil, err
	}
	lent, err := lend(snapshot, config.Entries)
	if err != nil {
		return nil, err
	}
	document, err := scoring.Analyze(ctx, lent, config)
	if err != nil {
		return nil, err
	}
	return &Answer{Snapshot: snapshot, Document: document, Findings: Findings(snapshot, document.Paths, question.Limits), Notes: question.notes(snapshot)}, nil
}

// Checks gives the checks by which the question's findings are found.
func (question Question) Checks() []finding.Check {
	return finding.Checks(question.Limits)
}

// notes names what was asked for by less than an id.
func (question Question) notes(snapshot *graph.Snapshot) []string {
	var notes []string
	for _, name := range slices.Concat(question.From, question.To, question.Principals) {
		if id, err := scoring.Resolve(snapshot, name); err == nil && string(id) != name {
			notes = append(notes, fmt.Sprintf("%s is taken for %s, the one id that goes on from it", name, id))
		}
	}
	return slices.Compact(notes)
}
