package server

import (
	"github.com/inroad-security/inroad/graph"
	inroadv1 "github.com/inroad-security/inroad/proto/inroad/v1"
	"github.com/inroad-security/inroad/scoring"
)

func wireVerdict(name string) inroadv1.Verdict {
	switch name {
	case graph.Proven.String():
		return inroadv1.Verdict_VERDICT_PROVEN
	case graph.Possible.String():
		return inroadv1.Verdict_VERDICT_POSSIBLE
	case graph.Unknown.String():
		return inroadv1.Verdict_VERDICT_UNKNOWN
	default:
		return inroadv1.Verdict_VERDICT_UNSPECIFIED
	}
}

// wirePriority and wireSeverity rest on both sides naming the same four levels in the same order.
func wirePriority(level scoring.Level) inroadv1.Priority { return inroadv1.Priority(level) + 1 }

func wireSeverity(level scoring.Level) inroadv1.Severity { return inroadv1.Severity(level) + 1 }

func wireEvidence(kind graph.EvidenceKind, source graph.ID, locator, detail string) *inroadv1.Evidence {
	wire := &inroadv1.Evidence{Source: string(source), Locator: locator, Detail: detail}
	switch kind {
	case graph.Grant:
		wire.Kind = inroadv1.EvidenceKind_EVIDENCE_KIND_GRANT
	case graph.Guardrail:
		wire.Kind = inroadv1.EvidenceKind_EVIDENCE_KIND_GUARDRAIL
	case graph.Gap:
		wire.Kind = inroadv1.EvidenceKind_EVIDENCE_KIND_GAP
	}
	return wire
}

func wireSteps(steps []scoring.Step) []*inroadv1.Step {
	wire := make([]*inroadv1.Step, len(steps))
	for i, step := range steps {
		wire[i] = &inroadv1.Step{
			From: string(step.From), To: string(step.To), Kind: string(step.Kind), Technique: step.Technique,
			Verdict: wireVerdict(step.Verdict), Cause: string(step.Cause), Likelihood: step.Likelihood,
		}
		for _, id := range step.Requires {
			wire[i].Requires = append(wire[i].Requires, string(id))
		}
		for _, piece := range step.Evidence {
			wire[i].Evidence = append(wire[i].Evidence, wireEvidence(piece.Kind, piece.Source, piece.Locator, piece.Detail))
		}
	}
	return wire
}

func wirePath(path scoring.Path) *inroadv1.AttackPath {
	wire := &inroadv1.AttackPath{
		Id: path.ID, Entry: string(path.Entry), Target: string(path.Target), Risk: path.Risk, Likelihood: path.Likelihood,
		Value: float64(path.Value), Priority: wirePriority(path.Priority), Severity: wireSeverity(path.Severity), Verdict: wireVerdict(path.Verdict),
		Reason: path.Reason, Why: path.Why, Exposed: path.Exposed, Implies: int32(path.Implies), Steps: wireSteps(path.Steps),
	}
	if fix := path.Fix; fix != nil {
		wire.Fix = &inroadv1.Fix{
			Cause: string(fix.Cause), Change: fix.Change, Paths: int32(fix.Paths), Closes: fix.Closes, Step: int32(fix.Step), Edges: int32(fix.Edges),
		}
	}
	return wire
}

func wireEscalation(escalation scoring.Escalation) *inroadv1.Escalation {
	return &inroadv1.Escalation{
		Principal: string(escalation.Principal), Target: string(escalation.Target), Admin: escalation.Admin,
		Verdict: wireVerdict(escalation.Verdict), Likelihood: escalation.Likelihood, Steps: wireSteps(escalation.Steps),
	}
}

func wireTruncation(cut *scoring.Truncation) *inroadv1.Truncation {
	if cut == nil {
		return nil
	}
	return &inroadv1.Truncation{Limit: int32(cut.Limit), Shown: int64(cut.Shown), Total: int64(cut.Total), Note: cut.Note}
}

// mostGaps is the most of a collection's gaps that come with an answer.
const mostGaps = 100

func provenance(snapshot *graph.Snapshot) *inroadv1.Provenance {
	gaps := scoring.Incomplete(snapshot)
	wire := &inroadv1.Provenance{Revision: uint64(snapshot.Revision()), TotalIncomplete: int64(len(gaps))}
	for _, gap := range gaps[:min(len(gaps), mostGaps)] {
		wire.Incomplete = append(wire.Incomplete, &inroadv1.Incompleteness{Scope: string(gap.Scope), Reason: gap.Reason})
	}
	return wire
}
