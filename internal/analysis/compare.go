package analysis

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/scoring"
)

// Compare answers a question on two graphs and tells how the answers differ. Every jewel is compared by itself, and none is cut.
func Compare(ctx context.Context, before, after *graph.Snapshot, question Question) (*scoring.Comparison, error) {
	question.Unfold, question.Limit = true, math.MaxInt
	for _, word := range slices.Concat(question.From, question.To) {
		if len(present(before, []string{word})) == 0 && len(present(after, []string{word})) == 0 {
			return nil, fmt.Errorf("%w: %s: neither graph has what it names", graph.ErrNotFound, word)
		}
	}
	var paths [2][]scoring.Path
	for i, snapshot := range []*graph.Snapshot{before, after} {
		own := question
		own.From, own.To = present(snapshot, question.From), present(snapshot, question.To)
		var err error
		if len(question.From) > 0 && len(own.From) == 0 || len(question.To) > 0 && len(own.To) == 0 {
			continue // what does not exist has no paths
		}
		if paths[i], _, err = Paths(ctx, snapshot, own); err != nil {
			return nil, err
		}
	}
	return scoring.Compare(before, after, paths[0], paths[1]), nil
}

// present gives what a graph holds of what words name: what only the other one knows has no path here.
func present(snapshot *graph.Snapshot, words []string) (kept []string) {
	for _, word := range words {
		expanded, err := expand(snapshot, []string{word})
		if err != nil {
			continue
		}
		for _, name := range expanded {
			if _, err := scoring.Resolve(snapshot, name); err == nil || name == scoring.Administrator {
				kept = append(kept, name)
			}
		}
	}
	return kept
}

// Exposure gives the best path from each entry to one node.
func Exposure(ctx context.Context, snapshot *graph.Snapshot, question Question, id graph.ID) ([]scoring.Path, *scoring.Truncation, error) {
	question.To, question.Unfold = []string{string(id)}, true
	return Paths(ctx, snapshot, question)
}

// Blast tells everything that whoever holds a node gains.
func Blast(ctx context.Context, snapshot *graph.Snapshot, question Question, id graph.ID) (*scoring.Blast, error) {
	question.From, question.To = []string{string(id)}, nil
	walks, _, err := prepare(snapshot, question)
	if err != nil {
		return nil, err
	}
	return walks.Blast(ctx, id)
}

// Chokepoints tells where many paths can be stopped: the changes that lower risk most, and the nodes that paths cannot avoid.
func Chokepoints(ctx context.Context, snapshot *graph.Snapshot, question Question) ([]scoring.Chokepoint, *scoring.Waypoints, error) {
	walks, _, err := prepare(snapshot, question)
	if err != nil {
		return nil, nil, err
	}
	changes, err := walks.Chokepoints(ctx)
	if err != nil {
		return nil, nil, err
	}
	places, err := walks.Waypoints(ctx)
	return changes, places, err
}
