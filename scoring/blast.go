package scoring

import (
	"cmp"
	"context"
	"slices"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// Blast is everything that whoever holds one node gains.
type Blast struct {
	Revision graph.Revision `json:"revision"`
	From     graph.ID       `json:"from"`
	// Total is how much is gained, Classes how much of each class (a node of two counts in both), and Value the summed value of the jewels among it.
	Total   int          `json:"total"`
	Classes []ClassCount `json:"classes"`
	Value   int          `json:"value"`
	// Gains are ordered by value, then likelihood, then id.
	Gains      []Gain `json:"gains"`
	Incomplete []Gap  `json:"incomplete"`
	// Truncated tells that there are more gains than shown; nil when all are.
	Truncated *Truncation `json:"truncated"`
}

// ClassCount counts what is gained of one class.
type ClassCount struct {
	Class graph.Class `json:"class"`
	Count int         `json:"count"`
}

// Gain is one node that is gained, by its best path.
type Gain struct {
	ID         graph.ID       `json:"id"`
	Kind       graph.NodeKind `json:"kind"`
	Value      int            `json:"value"`
	Likelihood float64        `json:"likelihood"`
	Verdict    string         `json:"verdict"`
	Steps      []Step         `json:"steps"`
}

// gain is a Gain before it is told in full.
type gain struct {
	node       graph.Index
	edges      []graph.EdgeIndex
	value      int
	likelihood float64
	verdict    graph.Verdict
}

// Blast tells what whoever holds a node gains, alone or with what an outsider can do beside it; what the outsider gains alone is left out. Each
// path is the likeliest proven one, and only where nothing is proven the likeliest at all. It fails, as graph.ErrNotFound, on an id that the snapshot does not hold.
func (analysis *Analysis) Blast(ctx context.Context, from graph.ID) (*Blast, error) {
	if err := known(analysis.snapshot, from); err != nil {
		return nil, err
	}
	area := region{field: analysis.whole, entries: analysis.places([]graph.ID{from}), internet: analysis.places([]graph.ID{graph.Internet})[0]}
	blast := &Blast{Revision: analysis.snapshot.Revision(), From: from, Classes: []ClassCount{}, Gains: []Gain{}, Incomplete: Incomplete(analysis.snapshot)}
	if area.entries[0] == none {
		return blast, ctx.Err()
	}
	area = area.renumbered(area.take(chosen(area.reach(area.together()))))
	area.weigh(analysis.weight)
	for node := range uint32(len(area.nodes)) {
		area.jewels = append(area.jewels, node)
	}
	routes, err := analysis.preferred(ctx, area)
	if err != nil {
		return nil, err
	}
	memo := newGrounds(analysis)
	gains := make([]gain, len(routes))
	counts := map[graph.Class]int{}
	for i, one := range routes {
		node := area.nodes[one.jewel]
		likelihood, verdict := memo.likelihood(one.edges)
		gains[i] = gain{node, one.edges, analysis.config.Jewels[analysis.snapshot.ID(node)].Value, rounded(likelihood), verdict}
		blast.Value += gains[i].value
		spec, _ := kinds.NodeSpec(analysis.snapshot.Kind(node))
		for _, class := range spec.Classes {
			counts[class]++
		}
	}
	blast.Total = len(gains)
	for class, count := range counts {
		blast.Classes = append(blast.Classes, ClassCount{class, count})
	}
	slices.SortFunc(blast.Classes, func(a, b ClassCount) int { return cmp.Compare(a.Class, b.Class) })
	slices.SortFunc(gains, func(a, b gain) int {
		return cmp.Or(-cmp.Compare(a.value, b.value), -cmp.Compare(a.likelihood, b.likelihood), cmp.Compare(a.node, b.node))
	})
	if limit := analysis.config.Limit; len(gains) > limit {
		blast.Truncated = &Truncation{Limit: limit, Shown: limit, Total: len(gains)}
		gains = gains[:limit]
	}
	for _, gain := range gains {
		blast.Gains = append(blast.Gains, Gain{
			ID: analysis.snapshot.ID(gain.node), Kind: analysis.snapshot.Kind(gain.node), Value: gain.value, Likelihood: gain.likelihood,
			Verdict: gain.verdict.String(), Steps: analysis.steps(gain.edges),
		})
	}
	return blast, ctx.Err()
}
