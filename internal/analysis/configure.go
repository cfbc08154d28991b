package analysis

import (
	"fmt"
	"maps"
	"slices"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/technique"
	"github.com/inroad-security/inroad/internal/threatmodel"
	"github.com/inroad-security/inroad/scoring"
)

// Resolve gives the entry points and crown jewels that a question chooses, each with why.
func Resolve(snapshot *graph.Snapshot, question Question) (*threatmodel.Resolved, error) {
	model := question.Model
	if model == nil {
		model = &threatmodel.Model{}
	}
	return model.Resolve(snapshot)
}

func configure(snapshot *graph.Snapshot, question Question) (scoring.Config, error) {
	config := scoring.Config{Limit: question.Limit, Likelihood: question.Likelihood, Unfold: question.Unfold, Fold: question.Fold, Progress: question.Progress}
	if config.Likelihood == nil {
		config.Likelihood = published()
	}
	if question.Model != nil {
		resolved, err := question.Model.Resolve(snapshot)
		if err != nil {
			return config, err
		}
		resolved.Apply(&config)
	}
	from, err := expand(snapshot, question.From)
	if err != nil {
		return config, err
	}
	to, err := expand(snapshot, question.To)
	if err != nil {
		return config, err
	}
	if len(question.From) > 0 {
		if config.Entries, err = scoring.Entries(snapshot, from); err != nil {
			return config, err
		}
	}
	if config.Principals, err = scoring.Entries(snapshot, question.Principals); err != nil {
		return config, err
	}
	if len(question.To) > 0 {
		known := config.Jewels
		if config.Jewels, err = scoring.Targets(snapshot, to); err != nil {
			return config, err
		}
		for id := range config.Jewels {
			if jewel, ok := known[id]; ok {
				config.Jewels[id] = jewel
			}
		}
	}
	return config, nil
}

// expand puts the nodes that a selector chooses in its place.
func expand(snapshot *graph.Snapshot, words []string) ([]string, error) {
	var names []string
	for _, word := range words {
		selector := threatmodel.Word(word)
		if selector.ID != "" {
			names = append(names, word)
			continue
		}
		chosen := selector.Select(snapshot)
		if fault := selector.Fault(); fault != "" {
			return nil, fmt.Errorf("%w: %s: %s", graph.ErrInvalid, word, fault)
		}
		if len(chosen) == 0 {
			return nil, fmt.Errorf("%w: %s: no node is chosen by it", graph.ErrNotFound, word)
		}
		for _, id := range chosen {
			names = append(names, string(id))
		}
	}
	return slices.Compact(names), nil
}

// published gives the likelihoods that the catalogue publishes.
func published() scoring.Likelihood {
	byID := map[string]float64{}
	for _, entry := range technique.All() {
		byID[entry.ID] = entry.Likelihood.Value
	}
	return func(technique string, _ graph.EdgeKind) float64 { return byID[technique] }
}

// Targets gives the jewels of a question, in the order of ids.
func Targets(snapshot *graph.Snapshot, question Question) ([]graph.ID, error) {
	config, err := configure(snapshot, question)
	if err != nil {
		return nil, err
	}
	if config.Jewels == nil {
		config.Jewels = scoring.Classify(snapshot, scoring.DefaultTaxonomy())
	}
	return slices.Sorted(maps.Keys(config.Jewels)), nil
}
