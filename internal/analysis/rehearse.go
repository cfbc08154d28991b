package analysis

import (
	"context"
	"fmt"
	"slices"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/rehearsal"
	"github.com/inroad-security/inroad/scoring"
)

// mostRounds bounds how often a plan is completed: each round needs one more thing that was hidden behind another.
const mostRounds = 8

// Rehearsal is what became of a plan when its changes were made on the facts and attack edges were derived anew of them. A walk without some edges trusts that each rests
// on the one cause that it names; a derivation knows what else grants the same.
type Rehearsal struct {
	// Made is how many changes were made on the facts. Taken are those that are none of a fact that was collected: there the edges were taken away instead.
	Made  int              `json:"made"`
	Taken []scoring.Change `json:"taken"`
	// Further changes are needed besides the plan's, since something else grants what they take away, and what they cost together.
	Further     []scoring.Change `json:"further"`
	FurtherCost int              `json:"further_cost"`
	// Needless are changes of the plan that nothing hangs on any more with the further ones, which are of the same thing.
	Needless []scoring.Change `json:"needless"`
	// Reached are targets of the plan that are reached after all changes, the further ones among them. It is empty unless something is left that is nothing to change.
	Reached []graph.ID `json:"reached"`
	// Stands is access that the plan alone takes for gone and that the changed facts still give, a few examples of it, and how much there is in all.
	Stands      []scoring.Access `json:"stands"`
	StandsTotal int              `json:"stands_total"`
}

// Rehearse makes a plan's changes on the facts, derives attack edges anew and looks whether the plan's targets are reached. Where they are, what is missing is planned on
// what was derived, and all is rehearsed again.
func Rehearse(ctx context.Context, snapshot *graph.Snapshot, question Question, plan *scoring.Plan) (*Rehearsal, error) {
	config, err := configure(snapshot, question)
	if err != nil {
		return nil, err
	}
	told := &Rehearsal{Taken: []scoring.Change{}, Further: []scoring.Change{}, Needless: []scoring.Change{}, Reached: []graph.ID{}, Stands: []scoring.Access{}}
	for round := 0; ; round++ {
		made := slices.Concat(plan.Changes, told.Further)
		after, left, err := changed(ctx, snapshot, config, made)
		if err != nil {
			return nil, err
		}
		if round == 0 {
			if err := told.stand(snapshot, after, plan.Changes); err != nil {
				return nil, err
			}
		}
		if told.Reached, err = scoring.Reached(ctx, after, config, plan.Closed); err != nil {
			return nil, err
		}
		told.Made, told.Taken = len(made)-len(left), append([]scoring.Change{}, left...)
		var further []scoring.Change
		if len(told.Reached) > 0 && round < mostRounds {
			if further, err = missing(ctx, after, config, told.Reached); err != nil {
				return nil, err
			}
		}
		if len(further) == 0 {
			return told, told.spare(ctx, snapshot, config, plan)
		}
		for _, change := range further {
			told.FurtherCost += change.Cost
		}
		told.Further = append(told.Further, further...)
	}
}

// spare rehearses again without each of the plan's changes that is of the same thing as a further one.
func (told *Rehearsal) spare(ctx context.Context, snapshot *graph.Snapshot, config scoring.Config, plan *scoring.Plan) error {
	made := slices.Concat(plan.Changes, told.Further)
	for _, change := range plan.Changes {
		if !slices.ContainsFunc(told.Further, func(further scoring.Change) bool { return further.Subject == change.Subject }) {
			continue
		}
		less := slices.DeleteFunc(slices.Clone(made), func(other scoring.Change) bool {
			return other.Kind == change.Kind && other.Subject == change.Subject && other.Detail == change.Detail
		})
		after, _, err := changed(ctx, snapshot, config, less)
		if err != nil {
			return err
		}
		reached, err := scoring.Reached(ctx, after, config, plan.Closed)
		if err != nil {
			return err
		}
		if len(reached) <= len(told.Reached) {
			told.Needless, made = append(told.Needless, change), less
		}
	}
	return nil
}

// changed gives the graph after changes, with the changes whose edges were taken away, since they are none of a fact.
func changed(ctx context.Context, snapshot *graph.Snapshot, config scoring.Config, changes []scoring.Change) (*graph.Snapshot, []scoring.Change, error) {
	edited, err := rehearsal.Edit(snapshot, changes)
	if err != nil {
		return nil, nil, fmt.Errorf("rehearse: %w", err)
	}
	derived, err := Derive(ctx, edited.Facts, "")
	if err != nil {
		return nil, nil, err
	}
	after, err := edited.Facts.With(derived...)
	if err != nil {
		return nil, nil, err
	}
	if after, err = scoring.Without(after, edited.Left); err != nil {
		return nil, nil, err
	}
	after, err = lend(after, config.Entries)
	return after, edited.Left, err
}

// missing plans what closes targets that are reached after all.
func missing(ctx context.Context, after *graph.Snapshot, config scoring.Config, targets []graph.ID) ([]scoring.Change, error) {
	config.Jewels, config.Progress = map[graph.ID]scoring.Jewel{}, nil
	for _, target := range targets {
		config.Jewels[target] = scoring.Jewel{Value: 10, Reason: "still reached"}
	}
	walks, err := scoring.New(after, config)
	if err != nil {
		return nil, err
	}
	plan, err := walks.Plan(ctx)
	if err != nil {
		return nil, err
	}
	return plan.Changes, nil
}

// mostStanding is how many examples of access that stands are told.
const mostStanding = 5

// stand notes what the plan's changes were to take away and did not.
func (told *Rehearsal) stand(before, after *graph.Snapshot, changes []scoring.Change) error {
	without, err := scoring.Without(before, changes)
	if err != nil {
		return err
	}
	_, edges := before.All()
	for edge := range edges {
		spec, _ := kinds.EdgeSpec(edge.Kind)
		if spec.Attack && !joins(without, edge) && joins(after, edge) {
			if told.StandsTotal++; len(told.Stands) < mostStanding {
				told.Stands = append(told.Stands, scoring.Access{From: edge.From, Kind: edge.Kind, To: edge.To})
			}
		}
	}
	return nil
}

// joins tells whether a graph holds an edge of the same ends, kind, technique and requirements, whatever its cause.
func joins(snapshot *graph.Snapshot, edge graph.Edge) bool {
	from, found := snapshot.Find(edge.From)
	if !found {
		return false
	}
	for e := range snapshot.Out(from) {
		_, to := snapshot.Ends(e)
		if snapshot.ID(to) == edge.To && snapshot.EdgeKind(e) == edge.Kind && snapshot.Technique(e) == edge.Technique && slices.Equal(snapshot.Requires(e), edge.Requires) {
			return true
		}
	}
	return false
}
