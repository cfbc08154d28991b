package scoring

import (
	"cmp"
	"context"
	"slices"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/scoring/dominator"
)

const (
	// waypointCount is how many waypoints a list holds at most.
	waypointCount = 20
	// waypointWork bounds what is walked again to find those that only a requirement makes necessary, in edges.
	waypointWork = 100_000_000
)

// Waypoint is a node that every path to some jewels passes, whichever entry it begins at: holding the attacker there holds those jewels.
type Waypoint struct {
	ID   graph.ID       `json:"id"`
	Kind graph.NodeKind `json:"kind"`
	// Jewels that cannot be reached without it, itself left out, and the summed risk of their best paths.
	Jewels int     `json:"jewels"`
	Risk   float64 `json:"risk"`
	// Crossing is the summed risk of the best paths that pass it, necessary or not: its betweenness, weighed by risk.
	Crossing float64 `json:"crossing"`
}

// Waypoints are the places where many paths meet.
type Waypoints struct {
	Waypoints []Waypoint `json:"waypoints"`
	// Partial tells that the limit on work was reached: waypoints that only a step with several requirements makes necessary may be missing. What is listed holds.
	Partial bool `json:"partial"`
}

// Waypoints finds the nodes that paths cannot avoid, by the risk behind them. Where no step needs more than its source they are the dominators from a
// root that leads to every entry. A step that needs several things is first taken as if any of them would do, which adds ways and so never calls a
// node necessary that is not; then each node of a jewel's best path is left out in turn, and what is lost without it is behind it too.
func (analysis *Analysis) Waypoints(ctx context.Context) (*Waypoints, error) {
	area := analysis.region
	best, err := analysis.anyEntry(ctx)
	if err != nil {
		return nil, err
	}
	behind := make([][]int, len(area.nodes)) // of each node: the routes that it is necessary for
	crossing := make([]float64, len(area.nodes))
	tree := dominator.Of(area.relaxed(), area.together())
	place := make(map[graph.Index]uint32, len(area.nodes))
	for node, index := range area.nodes {
		place[index] = uint32(node)
	}
	need := func(node uint32, route int) { behind[node] = append(behind[node], route) }
	for i, one := range best {
		for node := tree.Above[area.jewels[one.jewel]]; node != dominator.None; node = tree.Above[node] {
			need(node, i)
		}
		passed := map[uint32]bool{}
		for _, e := range one.edges {
			if _, to := analysis.snapshot.Ends(e); !passed[place[to]] && place[to] != area.jewels[one.jewel] {
				passed[place[to]] = true
				crossing[place[to]] += one.risk
			}
		}
	}
	found := &Waypoints{Waypoints: []Waypoint{}}
	sources := area.together()
	if len(area.gates) > 0 {
		found.Partial = analysis.leaveOut(ctx, best, crossing, need)
	}
	for node := range area.nodes {
		if (len(behind[node]) == 0 && crossing[node] == 0) || slices.Contains(sources, uint32(node)) {
			continue
		}
		slices.Sort(behind[node])
		behind[node] = slices.Compact(behind[node])
		id := analysis.snapshot.ID(area.nodes[node])
		waypoint := Waypoint{ID: id, Kind: analysis.snapshot.Kind(area.nodes[node]), Jewels: len(behind[node]), Crossing: rounded(crossing[node])}
		for _, i := range behind[node] {
			waypoint.Risk += best[i].risk
		}
		waypoint.Risk = rounded(waypoint.Risk)
		found.Waypoints = append(found.Waypoints, waypoint)
	}
	slices.SortFunc(found.Waypoints, func(a, b Waypoint) int {
		return cmp.Or(-cmp.Compare(a.Risk, b.Risk), -cmp.Compare(a.Crossing, b.Crossing), cmp.Compare(a.ID, b.ID))
	})
	found.Waypoints = found.Waypoints[:min(len(found.Waypoints), waypointCount)]
	return found, ctx.Err()
}

// leaveOut takes away, in turn, each node that best paths pass, the most risk first, and notes which jewels are lost. It tells whether work ran out.
func (analysis *Analysis) leaveOut(ctx context.Context, best []scored, crossing []float64, need func(node uint32, route int)) (partial bool) {
	area := analysis.region
	sources := area.together()
	held := area.reach(sources)
	inward := area.inward()
	again := newWalkedAgain(area.field, inward)
	routeAt := map[uint32]int{}
	for i, one := range best {
		routeAt[area.jewels[one.jewel]] = i
	}
	var order []uint32
	for node, risk := range crossing {
		if risk > 0 {
			order = append(order, uint32(node))
		}
	}
	slices.SortStableFunc(order, func(a, b uint32) int { return -cmp.Compare(crossing[a], crossing[b]) })
	for _, node := range order {
		if again.work > waypointWork || ctx.Err() != nil {
			return true
		}
		for _, lost := range again.lost(held, sources, inward.of(node)) {
			if i, ok := routeAt[lost]; ok && lost != node {
				need(node, i)
			}
		}
	}
	return false
}

// relaxed is the field as a plain graph: a gate leads from each of its sources alone.
func (packed *field) relaxed() dominator.Graph {
	count := len(packed.nodes)
	graph := dominator.Graph{Start: make([]uint32, 1, count+1), Heads: make([]uint32, 0, len(packed.arcs))}
	for node := range uint32(count) {
		for _, arc := range packed.arcs[packed.start[node]:packed.start[node+1]] {
			if arc.weight != gone {
				graph.Heads = append(graph.Heads, arc.to)
			}
		}
		for _, g := range packed.waiting(node) {
			if packed.gates[g].weight != gone {
				graph.Heads = append(graph.Heads, packed.gates[g].to)
			}
		}
		graph.Start = append(graph.Start, uint32(len(graph.Heads)))
	}
	return graph
}
