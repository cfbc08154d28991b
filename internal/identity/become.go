package identity

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/analysis"
	"github.com/inroad-security/inroad/scoring"
)

// WhoCanBecome is who can come to act as a principal.
type WhoCanBecome struct {
	Target   graph.ID   `json:"target"`
	Becoming []Becoming `json:"becoming"` // fewest steps first, then surest first, then by id
	// Truncated is set when there are more than were kept.
	Truncated *scoring.Truncation `json:"truncated,omitempty"`
}

// Becoming is one principal's best way to become another.
type Becoming struct {
	Principal  graph.ID       `json:"principal"`
	Direct     bool           `json:"direct"`  // in one step; otherwise by way of others
	Verdict    string         `json:"verdict"` // Allowed, Possible or Unknown, as weak as the weakest step
	Likelihood float64        `json:"likelihood"`
	Steps      []scoring.Step `json:"steps"`
}

// mostBecoming bounds the answer.
const mostBecoming = 100_000

// Become finds who can become a principal, or control an account: by trust and permission, and by the techniques of the catalogue,
// directly or by way of others. The snapshot must hold its attack edges. The internet stands for anyone.
func Become(ctx context.Context, snapshot *graph.Snapshot, target graph.ID) (*WhoCanBecome, error) {
	at, held := snapshot.Find(target)
	if !held {
		_, err := scoring.Resolve(snapshot, string(target))
		return nil, err
	}
	if kind := snapshot.Kind(at); !kinds.Is(kind, kinds.Principal) && !kinds.Is(kind, kinds.Account) {
		return nil, fmt.Errorf("%w: %s is neither a principal nor an account", graph.ErrInvalid, target)
	}
	from := []string{string(graph.Internet)}
	for i := range snapshot.OfKind(kinds.Of(kinds.Principal)...) {
		if id := snapshot.ID(i); id != target {
			from = append(from, string(id))
		}
	}
	paths, cut, err := analysis.Paths(ctx, snapshot, analysis.Question{From: from, To: []string{string(target)}, Limit: mostBecoming})
	if err != nil {
		return nil, err
	}
	found := &WhoCanBecome{Target: target, Becoming: make([]Becoming, 0, len(paths)), Truncated: cut}
	for _, path := range paths {
		found.Becoming = append(found.Becoming, Becoming{
			Principal: path.Entry, Direct: len(path.Steps) == 1, Verdict: allowedWord(path.Verdict), Likelihood: path.Likelihood, Steps: path.Steps,
		})
	}
	slices.SortStableFunc(found.Becoming, func(a, b Becoming) int {
		return cmp.Or(cmp.Compare(len(a.Steps), len(b.Steps)), cmp.Compare(rank(a.Verdict), rank(b.Verdict)), cmp.Compare(a.Principal, b.Principal))
	})
	return found, nil
}

// allowedWord says of a verdict on paths what the other questions say.
func allowedWord(verdict string) string {
	for known, word := range verdicts {
		if known.String() == verdict {
			return word
		}
	}
	return verdict
}
