package threatmodel

import (
	"fmt"
	"maps"
	"slices"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/scoring"
)

// Choice is a node that was chosen as an entry point or a crown jewel.
type Choice struct {
	ID   graph.ID       `json:"id"`
	Kind graph.NodeKind `json:"kind"`
	// Value of a jewel, from 1 to 10; 0 for an entry.
	Value int `json:"value,omitempty"`
	// Why it was chosen, one clause for a person, and what chose it: a rule's place in the file, or "default".
	Why string `json:"why"`
	By  string `json:"by"`
}

// Resolved is a model that met a snapshot.
type Resolved struct {
	// Entries and Jewels, each in the order of ids.
	Entries, Jewels []Choice
	Controls        []scoring.Control
	Costs           map[scoring.ChangeKind]int
	// Notes name rules that chose nothing.
	Notes []string
}

// Resolve applies a model to a snapshot. A rule that names an id which the snapshot does not hold is an error, as graph.ErrNotFound.
func (model *Model) Resolve(snapshot *graph.Snapshot) (*Resolved, error) {
	resolved := &Resolved{Costs: model.Costs}
	entries := map[graph.ID]Choice{}
	if len(model.Entries) == 0 {
		entries[graph.Internet] = Choice{ID: graph.Internet, Why: "anyone on the internet", By: "default"}
	}
	jewels := map[graph.ID]Choice{}
	if !model.Only {
		for id, jewel := range scoring.Classify(snapshot, model.Classification.Taxonomy()) {
			jewels[id] = Choice{ID: id, Value: jewel.Value, Why: jewel.Reason, By: "default"}
		}
	}
	for _, each := range []struct {
		rules  []Rule
		chosen map[graph.ID]Choice
		field  string
	}{{model.Entries, entries, "entries"}, {model.Jewels, jewels, "jewels"}} {
		for i, rule := range each.rules {
			place := fmt.Sprintf("%s:%d: %s[%d]", model.file, rule.Line, each.field, i)
			ids, err := choose(snapshot, rule.Selector, place)
			if err != nil {
				return nil, err
			}
			if len(ids) == 0 {
				resolved.Notes = append(resolved.Notes, place+" selects nothing: "+rule.String())
			}
			for _, id := range ids {
				choice := Choice{ID: id, Value: max(rule.Value, 0), Why: rule.Why, By: place}
				if choice.Why == "" {
					choice.Why = "named by " + rule.String()
				}
				each.chosen[id] = choice
			}
		}
	}
	maps.DeleteFunc(jewels, func(_ graph.ID, choice Choice) bool { return choice.Value == 0 })
	resolved.Entries, resolved.Jewels = listed(snapshot, entries), listed(snapshot, jewels)
	return resolved, model.hinder(snapshot, resolved)
}

// hinder resolves the controls.
func (model *Model) hinder(snapshot *graph.Snapshot, resolved *Resolved) error {
	for i, control := range model.Controls {
		place := fmt.Sprintf("%s:%d: controls[%d]", model.file, control.Line, i)
		fresh := scoring.Control{Name: control.Name, Techniques: control.Techniques, Kinds: control.Kinds, Strength: control.Strength}
		if len(control.On) > 0 {
			fresh.On = map[graph.ID]bool{}
		}
		for _, on := range control.On {
			ids, err := choose(snapshot, on, place)
			if err != nil {
				return err
			}
			for _, id := range ids {
				fresh.On[id] = true
			}
		}
		if fresh.On != nil && len(fresh.On) == 0 {
			resolved.Notes = append(resolved.Notes, place+" ("+control.Name+") stands before nothing that was collected")
		}
		resolved.Controls = append(resolved.Controls, fresh)
	}
	return nil
}

func choose(snapshot *graph.Snapshot, selector Selector, place string) ([]graph.ID, error) {
	if selector.ID != "" {
		found, err := scoring.Resolve(snapshot, string(selector.ID))
		if err == nil && found != selector.ID {
			err = fmt.Errorf("%w: %s: no node has this id; near it: %s", graph.ErrNotFound, selector.ID, found)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", place, err)
		}
	}
	return selector.Select(snapshot), nil
}

func listed(snapshot *graph.Snapshot, chosen map[graph.ID]Choice) []Choice {
	list := make([]Choice, 0, len(chosen))
	for _, id := range slices.Sorted(maps.Keys(chosen)) {
		choice := chosen[id]
		if at, ok := snapshot.Find(id); ok {
			choice.Kind = snapshot.Kind(at)
		}
		list = append(list, choice)
	}
	return list
}

// Apply puts what was resolved into a configuration.
func (resolved *Resolved) Apply(config *scoring.Config) {
	config.Entries = nil
	for _, entry := range resolved.Entries {
		config.Entries = append(config.Entries, entry.ID)
	}
	config.Jewels = map[graph.ID]scoring.Jewel{}
	for _, jewel := range resolved.Jewels {
		config.Jewels[jewel.ID] = scoring.Jewel{Value: jewel.Value, Reason: jewel.Why}
	}
	config.Controls, config.Costs = resolved.Controls, resolved.Costs
}
