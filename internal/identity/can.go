package identity

import (
	"slices"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/technique"
	"github.com/inroad-security/inroad/scoring"
)

// Answer is one decision.
type Answer struct {
	Principal graph.ID           `json:"principal"`
	Action    string             `json:"action"`
	Resource  string             `json:"resource"`
	Verdict   string             `json:"verdict"` // Allowed, Possible, Unknown or Denied
	Evidence  []scoring.Evidence `json:"evidence"`
}

// Denied is the verdict of what is not allowed. Those of what is are words of graph.Verdict.
const Denied = "Denied"

// verdicts are the words for what is allowed, by how sure it is.
var verdicts = map[graph.Verdict]string{graph.Proven: "Allowed", graph.Possible: "Possible", graph.Unknown: "Unknown"}

// rank orders verdicts, the surest first.
func rank(verdict string) int {
	return slices.Index([]string{verdicts[graph.Proven], verdicts[graph.Possible], verdicts[graph.Unknown]}, verdict)
}

// Can says whether a principal may make a request, and why.
func (policies *Policies) Can(principal graph.ID, request Request) Answer {
	return answerOf(principal, request, policies.authorizer.Can(principal, request.Action, request.Resource, request.Context))
}

func answerOf(principal graph.ID, request Request, decision technique.Decision) Answer {
	answer := Answer{Principal: principal, Action: request.Action, Resource: request.Resource, Verdict: Denied, Evidence: evidence(decision.Evidence)}
	if decision.Holds {
		answer.Verdict = verdicts[decision.Verdict]
	}
	return answer
}

// evidence is never nil, so that a document has an empty list and not null.
func evidence(pieces []graph.Evidence) []scoring.Evidence {
	told := make([]scoring.Evidence, len(pieces))
	for i, piece := range pieces {
		told[i] = scoring.Evidence(piece)
	}
	return told
}
