package scoring

import (
	"slices"

	"github.com/inroad-security/inroad/graph"
)

// Control is a compensating control: something outside the graph, such as a web application firewall, that stops some of the steps
// that an attacker would else bring off. It lowers likelihoods and never closes a path.
type Control struct {
	Name string
	// Techniques and Kinds of the steps that it hinders; a step that is named by either.
	Techniques []string
	Kinds      []graph.EdgeKind
	// On holds the targets of those steps; every target when nil.
	On map[graph.ID]bool
	// Strength is how often it stops a step that would else succeed, in (0, 1].
	Strength float64
}

// hinders tells whether a control stands in an edge's way.
func (control Control) hinders(snapshot *graph.Snapshot, e graph.EdgeIndex) bool {
	if !slices.Contains(control.Kinds, snapshot.EdgeKind(e)) && (len(control.Techniques) == 0 || !slices.Contains(control.Techniques, snapshot.Technique(e))) {
		return false
	}
	_, to := snapshot.Ends(e)
	return control.On == nil || control.On[snapshot.ID(to)]
}

// chance is an edge's likelihood: its technique's, times the doubt of its verdict, times what each control in its way lets through.
// Controls are taken as independent of one another.
func (analysis *Analysis) chance(e graph.EdgeIndex) float64 {
	snapshot := analysis.snapshot
	chance := analysis.config.Likelihood.of(snapshot.Technique(e), snapshot.EdgeKind(e), snapshot.Verdict(e))
	for _, control := range analysis.config.Controls {
		if control.hinders(snapshot, e) {
			chance *= 1 - control.Strength
		}
	}
	return max(chance, leastLikelihood)
}
