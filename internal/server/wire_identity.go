package server

import (
	"strings"

	iam "github.com/inroad-security/inroad/internal/iam/aws"
	"github.com/inroad-security/inroad/internal/identity"
	inroadv1 "github.com/inroad-security/inroad/proto/inroad/v1"
	"github.com/inroad-security/inroad/scoring"
)

// wireAccess reads the words of package identity.
func wireAccess(verdict string) inroadv1.Access {
	return inroadv1.Access(inroadv1.Access_value["ACCESS_"+strings.ToUpper(verdict)])
}

func wireEvidences(pieces []scoring.Evidence) []*inroadv1.Evidence {
	wire := make([]*inroadv1.Evidence, len(pieces))
	for i, piece := range pieces {
		wire[i] = wireEvidence(piece.Kind, piece.Source, piece.Locator, piece.Detail)
	}
	return wire
}

func wireAnswer(answer identity.Answer) *inroadv1.AccessAnswer {
	return &inroadv1.AccessAnswer{Principal: string(answer.Principal), Access: wireAccess(answer.Verdict), Evidence: wireEvidences(answer.Evidence)}
}

func wireSet(area identity.Area) *inroadv1.RequestSet {
	return &inroadv1.RequestSet{Actions: area.Actions, NotActions: area.NotActions, Resources: area.Resources, NotResources: area.NotResources}
}

func wirePermission(permission identity.Permission) *inroadv1.Permission {
	wire := &inroadv1.Permission{
		Set: wireSet(permission.Area), Within: string(permission.Within), Access: wireAccess(permission.Verdict), Conditions: permission.Conditions,
		Evidence: wireEvidences(permission.Evidence),
	}
	for _, except := range permission.Except {
		wire.Exceptions = append(wire.Exceptions, &inroadv1.PermissionException{
			Set: wireSet(except.Area), Conditions: except.Conditions, Evidence: wireEvidences(except.Evidence),
		})
	}
	return wire
}

// verdictOf is what the words of package identity are among the verdicts of steps.
var verdictOf = map[inroadv1.Access]inroadv1.Verdict{
	inroadv1.Access_ACCESS_ALLOWED: inroadv1.Verdict_VERDICT_PROVEN, inroadv1.Access_ACCESS_POSSIBLE: inroadv1.Verdict_VERDICT_POSSIBLE,
	inroadv1.Access_ACCESS_UNKNOWN: inroadv1.Verdict_VERDICT_UNKNOWN,
}

func wireBecoming(becoming identity.Becoming) *inroadv1.Becoming {
	return &inroadv1.Becoming{
		Principal: string(becoming.Principal), Direct: becoming.Direct, Verdict: verdictOf[wireAccess(becoming.Verdict)], Likelihood: becoming.Likelihood,
		Steps: wireSteps(becoming.Steps),
	}
}

var wireDecision = map[iam.Decision]inroadv1.Decision{
	iam.ImplicitlyDenied: inroadv1.Decision_DECISION_IMPLICITLY_DENIED, iam.ExplicitlyDenied: inroadv1.Decision_DECISION_EXPLICITLY_DENIED,
	iam.Possible: inroadv1.Decision_DECISION_POSSIBLE, iam.Allowed: inroadv1.Decision_DECISION_ALLOWED,
}

func wireSimulated(said iam.Simulated) *inroadv1.SimulateResponse {
	wire := &inroadv1.SimulateResponse{IdJson: string(said.ID)}
	if said.Err != nil {
		wire.Error = said.Err.Error()
		return wire
	}
	wire.Decision, wire.Evidence = wireDecision[said.Decision], said.Evidence()
	return wire
}
