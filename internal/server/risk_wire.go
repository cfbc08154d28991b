package server

import (
	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/analysis"
	"github.com/inroad-security/inroad/internal/remedy"
	"github.com/inroad-security/inroad/internal/threatmodel"
	inroadv1 "github.com/inroad-security/inroad/proto/inroad/v1"
	"github.com/inroad-security/inroad/scoring"
)

func wireChoice(choice threatmodel.Choice) *inroadv1.Choice {
	return &inroadv1.Choice{Id: string(choice.ID), Kind: string(choice.Kind), Value: int32(choice.Value), Why: choice.Why, By: choice.By}
}

func wireRange(number scoring.Range) *inroadv1.Range {
	return &inroadv1.Range{Lower: number.Lower, Upper: number.Upper, Estimate: number.Estimate, Exact: number.Exact}
}

func wirePosture(posture *scoring.Posture, snapshot *graph.Snapshot) *inroadv1.Posture {
	wire := &inroadv1.Posture{
		Score: wireRange(posture.Score), Loss: wireRange(posture.Loss), Most: int32(posture.Most), Truncated: wireTruncation(posture.Truncated), Provenance: provenance(snapshot),
	}
	for _, account := range posture.Accounts {
		wire.Accounts = append(wire.Accounts, &inroadv1.AccountRisk{
			Account: account.Account, Score: wireRange(account.Score), Loss: wireRange(account.Loss), Most: int32(account.Most),
			Jewels: int32(account.Jewels), Reached: int32(account.Reached),
		})
	}
	for _, asset := range posture.Assets {
		wire.Assets = append(wire.Assets, &inroadv1.AssetRisk{
			Id: string(asset.ID), Account: asset.Account, Value: int32(asset.Value), Reason: asset.Reason,
			Likelihood: wireRange(asset.Likelihood), Risk: wireRange(asset.Risk),
		})
	}
	for _, cause := range posture.Causes {
		wire.Causes = append(wire.Causes, &inroadv1.Sensitivity{Cause: string(cause.Cause), Change: cause.Change, Points: wireRange(cause.Points)})
	}
	return wire
}

func wirePlan(plan *scoring.Plan, snapshot *graph.Snapshot) *inroadv1.Plan {
	wire := &inroadv1.Plan{
		Changes: wireAll(plan.Changes, wireChange), Cost: int32(plan.Cost), Bound: int32(plan.Bound), Gap: int32(plan.Gap), Method: plan.Method,
		Closed: wireIDs(plan.Closed), Open: wireIDs(plan.Open), Provenance: provenance(snapshot), Certificate: &inroadv1.Certificate{},
	}
	for _, candidate := range plan.Certificate.Candidates {
		wire.Certificate.Candidates = append(wire.Certificate.Candidates, &inroadv1.Candidate{
			Kind: string(candidate.Kind), Subject: string(candidate.Subject), Detail: candidate.Detail, Cost: int32(candidate.Cost),
		})
	}
	for _, path := range plan.Certificate.Paths {
		witness := &inroadv1.Witness{Target: string(path.Target), Share: int32(path.Share)}
		for _, hop := range path.Steps {
			witness.Steps = append(witness.Steps, wireHop(hop.Access))
		}
		for _, candidate := range path.Candidates {
			witness.Candidates = append(witness.Candidates, int32(candidate))
		}
		wire.Certificate.Paths = append(wire.Certificate.Paths, witness)
	}
	return wire
}

func wireRehearsal(rehearsal *analysis.Rehearsal) *inroadv1.Rehearsal {
	return &inroadv1.Rehearsal{
		Made: int32(rehearsal.Made), Taken: wireAll(rehearsal.Taken, wireChange), Further: wireAll(rehearsal.Further, wireChange), FurtherCost: int32(rehearsal.FurtherCost), Needless: wireAll(rehearsal.Needless, wireChange),
		Reached: wireIDs(rehearsal.Reached), Stands: wireAll(rehearsal.Stands, wireHop), TotalStands: int64(rehearsal.StandsTotal),
	}
}

func wirePurchase(purchase *scoring.Purchase, snapshot *graph.Snapshot) *inroadv1.Purchase {
	return &inroadv1.Purchase{
		Changes: wireAll(purchase.Changes, wireChange), Budget: int32(purchase.Budget), Cost: int32(purchase.Cost),
		RiskBefore: purchase.RiskBefore, RiskAfter: purchase.RiskAfter, Exact: purchase.Exact, Provenance: provenance(snapshot),
	}
}

func wireChange(change scoring.Change) *inroadv1.Change {
	guide := remedy.For(change)
	wire := &inroadv1.Change{
		Kind: string(change.Kind), Subject: string(change.Subject), Detail: change.Detail, Change: change.Change, Cost: int32(change.Cost),
		Steps: int32(change.Steps), Breaks: wireAll(change.Breaks, wireHop), TotalBreaks: int64(change.BreaksTotal),
		Guide: guide.Steps, Cli: guide.CLI, Terraform: guide.Terraform,
	}
	for _, cause := range change.Causes {
		wire.Causes = append(wire.Causes, string(cause))
	}
	return wire
}

func wireHop(access scoring.Access) *inroadv1.Hop {
	return &inroadv1.Hop{From: string(access.From), Kind: string(access.Kind), To: string(access.To)}
}

func wireChokepoint(change scoring.Chokepoint) *inroadv1.Chokepoint {
	return &inroadv1.Chokepoint{
		Change: change.Change, Cause: string(change.Cause), RiskRemoved: change.RiskRemoved, RiskLeft: change.RiskLeft, Closed: int32(change.Closed), Open: int32(change.Open),
	}
}

func wireWaypoint(place scoring.Waypoint) *inroadv1.Waypoint {
	return &inroadv1.Waypoint{Id: string(place.ID), Kind: string(place.Kind), Jewels: int32(place.Jewels), Risk: place.Risk, Crossing: place.Crossing}
}

func wireGain(gain scoring.Gain) *inroadv1.Gain {
	return &inroadv1.Gain{
		Id: string(gain.ID), Kind: string(gain.Kind), Value: int32(gain.Value), Likelihood: gain.Likelihood, Verdict: wireVerdict(gain.Verdict), Steps: wireSteps(gain.Steps),
	}
}

func wireIDs(ids []graph.ID) []string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = string(id)
	}
	return texts
}
