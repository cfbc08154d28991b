package server

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/semaphore"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/analysis"
	"github.com/inroad-security/inroad/internal/finding"
	"github.com/inroad-security/inroad/internal/identity"
	"github.com/inroad-security/inroad/internal/reach"
	"github.com/inroad-security/inroad/internal/threatmodel"
	"github.com/inroad-security/inroad/scoring"
)

const (
	// everyPath is the limit of what a server keeps to page through.
	everyPath = 100_000
	// mostWalks is how many walks are made at once. Each uses all processors, and memory that grows with the graph.
	mostWalks = 4
)

// answers finds what the services are asked for, and keeps it while the graph stays the same, so that a page costs a slice and
// not a walk.
type answers struct {
	source      Source
	model       *threatmodel.Model
	walks       *semaphore.Weighted
	paths       shared[found[scoring.Path]]
	escalations shared[found[scoring.Escalation]]
	findings    shared[found[finding.Finding]]
	policies    shared[*identity.Policies]
	whoCan      shared[identity.WhoCan]
	networks    shared[*reach.Networks]
	becoming    shared[*identity.WhoCanBecome]
}

// found is a list with what was cut from it; cut is nil when nothing was.
type found[T any] struct {
	items []T
	cut   *scoring.Truncation
}

func newAnswers(source Source, model *threatmodel.Model) *answers {
	return &answers{source: source, model: model, walks: semaphore.NewWeighted(mostWalks)}
}

// newest gives the newest state of the graph.
func (answers *answers) newest(ctx context.Context) (*graph.Snapshot, error) {
	snapshot, err := answers.source.Newest(ctx)
	if err != nil {
		return nil, storeError{err}
	}
	return snapshot, nil
}

// pathsOf gives the paths from entries to targets, by default from the default ones to the default ones.
func (answers *answers) pathsOf(ctx context.Context, snapshot *graph.Snapshot, from, to []string) (found[scoring.Path], error) {
	from, to = graph.Sorted(from), graph.Sorted(to)
	return answers.paths.get(ctx, snapshot, fmt.Sprintf("%q %q", from, to), func(ctx context.Context) (found[scoring.Path], error) {
		return answers.walk(ctx, snapshot, analysis.Question{From: from, To: to, Limit: everyPath})
	})
}

// walk answers a question that nobody is likely to ask again.
func (answers *answers) walk(ctx context.Context, snapshot *graph.Snapshot, question analysis.Question) (found[scoring.Path], error) {
	if err := exact(snapshot, question.From, question.To); err != nil {
		return found[scoring.Path]{}, err
	}
	if err := answers.walks.Acquire(ctx, 1); err != nil {
		return found[scoring.Path]{}, err
	}
	defer answers.walks.Release(1)
	question.Model = answers.model
	paths, cut, err := analysis.Paths(ctx, snapshot, question)
	return found[scoring.Path]{paths, cut}, err
}

// exact refuses names that stand for a node without being its id: on the command line a note tells what they were taken for.
func exact(snapshot *graph.Snapshot, from, to []string) error {
	for _, name := range slices.Concat(from, to) {
		if name == scoring.Administrator {
			continue // a word for targets; among entries the walk misses it
		}
		id, err := scoring.Resolve(snapshot, name)
		if err == nil && string(id) != name {
			err = fmt.Errorf("%w: %s: no node has this id; near it: %s", graph.ErrNotFound, name, id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// escalationsOf gives the escalations of one principal, or of all when it is empty.
func (answers *answers) escalationsOf(ctx context.Context, snapshot *graph.Snapshot, principal string) (found[scoring.Escalation], error) {
	return answers.escalations.get(ctx, snapshot, principal, func(ctx context.Context) (found[scoring.Escalation], error) {
		if err := answers.walks.Acquire(ctx, 1); err != nil {
			return found[scoring.Escalation]{}, err
		}
		defer answers.walks.Release(1)
		question := analysis.Question{Model: answers.model}
		if principal != "" {
			question.Principals = []string{principal}
		}
		escalations, cut, err := analysis.Escalations(ctx, snapshot, question)
		return found[scoring.Escalation]{escalations, cut}, err
	})
}

// allFindings gives the findings, and what was cut from the paths that they name.
func (answers *answers) allFindings(ctx context.Context, snapshot *graph.Snapshot, limits finding.Limits) (found[finding.Finding], error) {
	return answers.findings.get(ctx, snapshot, fmt.Sprint(limits), func(ctx context.Context) (found[finding.Finding], error) {
		paths, err := answers.pathsOf(ctx, snapshot, nil, nil)
		if err != nil {
			return found[finding.Finding]{}, err
		}
		return found[finding.Finding]{analysis.Findings(snapshot, paths.items, limits), paths.cut}, nil
	})
}
