package analysis

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/finding"
	"github.com/inroad-security/inroad/scoring"
)

// Paths answers a question with the paths of Ask alone, at a part of its cost. The truncation is nil when all are given.
func Paths(ctx context.Context, snapshot *graph.Snapshot, question Question) ([]scoring.Path, *scoring.Truncation, error) {
	walks, _, err := prepare(snapshot, question)
	if err != nil {
		return nil, nil, err
	}
	return walks.Paths(ctx)
}

// Distinct gives up to k paths of a question that has one entry and one target; partial tells that there may be more than the limit on work let be found.
func Distinct(ctx context.Context, snapshot *graph.Snapshot, question Question, k int) (paths []scoring.Path, partial bool, err error) {
	walks, ready, err := prepare(snapshot, question)
	if err != nil {
		return nil, false, err
	}
	entries, targets := ready.config.Entries, slices.Sorted(maps.Keys(ready.config.Jewels))
	if len(entries) == 0 {
		entries = []graph.ID{graph.Internet}
	}
	if len(entries) != 1 || len(targets) != 1 {
		return nil, false, fmt.Errorf("%w: distinct paths are of one pair: %d entries and %d targets are asked for: name one of each", graph.ErrInvalid, len(entries), len(targets))
	}
	return walks.Distinct(ctx, entries[0], targets[0], k)
}

// Escalations answers a question with the escalations of Ask alone, at a part of its cost. The truncation is nil when all are given.
func Escalations(ctx context.Context, snapshot *graph.Snapshot, question Question) ([]scoring.Escalation, *scoring.Truncation, error) {
	walks, _, err := prepare(snapshot, question)
	if err != nil {
		return nil, nil, err
	}
	return walks.Escalations(ctx)
}

// Posture answers a question with what each asset and account stands to lose, and the score of it all.
func Posture(ctx context.Context, snapshot *graph.Snapshot, question Question) (*scoring.Posture, error) {
	walks, _, err := prepare(snapshot, question)
	if err != nil {
		return nil, err
	}
	return walks.Posture(ctx)
}

// Findings assesses a snapshot's resources, given the paths that they may lie on.
func Findings(snapshot *graph.Snapshot, paths []scoring.Path, limits finding.Limits) []finding.Finding {
	return finding.Assess(snapshot, paths, finding.Checks(limits))
}

// ready is a question on the snapshot that it is asked of.
type ready struct {
	snapshot *graph.Snapshot
	config   scoring.Config
}

func prepare(snapshot *graph.Snapshot, question Question) (*scoring.Analysis, ready, error) {
	config, err := configure(snapshot, question)
	if err != nil {
		return nil, ready{}, err
	}
	if snapshot, err = lend(snapshot, config.Entries); err != nil {
		return nil, ready{}, err
	}
	walks, err := scoring.New(snapshot, config)
	return walks, ready{snapshot, config}, err
}
