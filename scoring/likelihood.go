package scoring

import (
	"math"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// Likelihood gives the chance, in (0, 1], that an attacker who holds all that an edge needs brings it off. technique is the catalogue's
// id, empty where the edge names none. An answer outside (0, 1] means no opinion: DefaultLikelihood speaks instead.
type Likelihood func(technique string, kind graph.EdgeKind) float64

// leastLikelihood bounds a step's likelihood from below, so that a cost is finite and fits 32 bits.
const leastLikelihood = 1e-6

// byKind is our own judgement, published in docs/scoring.md: an ordering of how often a move that is open is
// brought off, not a measured frequency.
var byKind = map[graph.EdgeKind]float64{
	kinds.CanAdminister:      1.00, // control of an account includes its resources
	kinds.SendsFrom:          1.00, // a place in the network comes with the machine
	kinds.CanAssume:          0.95, // one API call
	kinds.CanRead:            0.95,
	kinds.CanDecrypt:         0.95,
	kinds.RunsAs:             0.90, // the credentials are on the machine; a metadata service may be watched
	kinds.CanEscalateTo:      0.80, // several calls, some of them conspicuous
	kinds.HoldsCredentialFor: 0.80, // the credential may be stale
	kinds.CanExploit:         0.50, // needs a weakness that works on the day
}

// DefaultLikelihood is the published table by kind of edge; 0.5 for a kind that it does not know.
func DefaultLikelihood(_ string, kind graph.EdgeKind) float64 {
	if likelihood, ok := byKind[kind]; ok {
		return likelihood
	}
	return 0.5
}

// doubt weighs a step by how sure it is that the edge exists at all: proven, possible, unknown.
var doubt = [...]float64{graph.Proven: 1, graph.Possible: 0.5, graph.Unknown: 0.25}

// of is an edge's likelihood: the technique's, times the doubt of its verdict.
func (likelihood Likelihood) of(technique string, kind graph.EdgeKind, verdict graph.Verdict) float64 {
	chance := 0.0
	if likelihood != nil {
		chance = likelihood(technique, kind)
	}
	if !(chance > 0 && chance <= 1) { // NaN too
		chance = DefaultLikelihood(technique, kind)
	}
	return max(chance*doubt[min(verdict, graph.Unknown)], leastLikelihood)
}

// micronats is −ln(likelihood) in millionths, rounded: whole numbers add up alike in every order.
func micronats(likelihood float64) uint32 {
	return uint32(math.Round(-math.Log(likelihood) * 1e6))
}

// rounded keeps six significant digits, so that a document does not depend on the last bits of a float.
func rounded(value float64) float64 {
	if value == 0 {
		return 0
	}
	scale := math.Pow(10, 5-math.Floor(math.Log10(math.Abs(value))))
	return math.Round(value*scale) / scale
}
