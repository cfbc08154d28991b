package analysis

import (
	"context"
	"fmt"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/scoring"
)

// Fix answers a question with the cheapest changes that close every path of it. The plan was verified by a walk of its own before it is given.
func Fix(ctx context.Context, snapshot *graph.Snapshot, question Question) (*scoring.Plan, error) {
	walks, ready, err := prepare(snapshot, question)
	if err != nil {
		return nil, err
	}
	plan, err := walks.Plan(ctx)
	if err != nil {
		return nil, err
	}
	if err := scoring.VerifyPlan(ctx, ready.snapshot, ready.config, plan); err != nil {
		return nil, fmt.Errorf("the plan does not stand its check: %w", err)
	}
	return plan, nil
}

// Within answers a question with the changes that lower its risk most for what a budget allows.
func Within(ctx context.Context, snapshot *graph.Snapshot, question Question, budget int) (*scoring.Purchase, error) {
	walks, _, err := prepare(snapshot, question)
	if err != nil {
		return nil, err
	}
	return walks.Within(ctx, budget)
}
