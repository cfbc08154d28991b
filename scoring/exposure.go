package scoring

import (
	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// Exposed gives every node that an outsider touches by one attack edge of any kind, reach included, and every node that grants it:
// the bucket and its policy, the instance and the security group that lets traffic in.
func Exposed(snapshot *graph.Snapshot) map[graph.ID]bool {
	exposed := map[graph.ID]bool{}
	internet, ok := snapshot.Find(graph.Internet)
	if !ok {
		return exposed
	}
	for e := range snapshot.Out(internet) {
		if spec, _ := kinds.EdgeSpec(snapshot.EdgeKind(e)); spec.Attack {
			_, to := snapshot.Ends(e)
			exposed[snapshot.ID(to)] = true
			noteGrants(snapshot, e, exposed)
		}
	}
	return exposed
}

// OnPath gives every node from which an attacker who starts at an entry can go on to a crown jewel, the jewels themselves, and every
// node that grants a step on the way, whether or not the best paths use it. Its time follows the evidence of all those edges.
func (analysis *Analysis) OnPath() map[graph.ID]bool {
	crossed := map[graph.ID]bool{}
	cross := func(e graph.EdgeIndex) {
		from, to := analysis.snapshot.Ends(e)
		crossed[analysis.snapshot.ID(from)], crossed[analysis.snapshot.ID(to)] = true, true
		for _, id := range analysis.snapshot.Requires(e) {
			crossed[id] = true
		}
		noteGrants(analysis.snapshot, e, crossed)
	}
	for _, e := range analysis.region.edges {
		cross(e)
	}
	for _, gate := range analysis.region.gates {
		cross(gate.edge)
	}
	return crossed
}

// noteGrants marks the nodes that an edge's evidence names as granting it.
func noteGrants(snapshot *graph.Snapshot, e graph.EdgeIndex, marked map[graph.ID]bool) {
	for _, piece := range snapshot.Edge(e).Evidence {
		if piece.Kind != graph.Grant || marked[piece.Source] {
			continue
		}
		if _, ok := snapshot.Find(piece.Source); ok {
			marked[piece.Source] = true
		}
	}
}
