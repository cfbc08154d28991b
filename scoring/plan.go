package scoring

import (
	"cmp"
	"context"
	"slices"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/scoring/cover"
	"github.com/inroad-security/inroad/scoring/flow"
)

const (
	// planWork bounds the walks of a plan, in edges; past it the best plan found stands, with its bound.
	planWork = 1_000_000_000
	// lookEvery is how many edges are gone through between two looks at the context.
	lookEvery = 1 << 12
	// planBranches bounds one branch and bound.
	planBranches = 300_000
)

// Plan is a set of changes after which no entry reaches a target any more, proven by walking again; its attacker holds all entries at once.
type Plan struct {
	Revision graph.Revision `json:"revision"`
	// Changes of the plan, the dearest first, and what they cost together.
	Changes []Change `json:"changes"`
	Cost    int      `json:"cost"`
	// Bound is what every such plan costs at least; Gap is what lies between, 0 where the plan is proven cheapest.
	Bound int `json:"bound"`
	Gap   int `json:"gap"`
	// Method by which the bound was found: "max-flow" or "hitting-set".
	Method string `json:"method"`
	// Closed are the targets that can be reached now and not after, and Open those that no change can close: the steps to them are nothing to change.
	Closed []graph.ID `json:"closed"`
	Open   []graph.ID `json:"open"`
	// Certificate is what the bound rests on, for VerifyPlan.
	Certificate Certificate `json:"certificate"`
	Incomplete  []Gap       `json:"incomplete"`
}

// Change is one change that a person can make.
type Change struct {
	Kind    ChangeKind `json:"kind"`
	Subject graph.ID   `json:"subject"`
	Detail  string     `json:"detail,omitempty"`
	// Change says what to do, for a person.
	Change string `json:"change"`
	Cost   int    `json:"cost"`
	// Causes that it removes, and how many steps between entries and targets rest on it.
	Causes []graph.Cause `json:"causes"`
	Steps  int           `json:"steps"`
	// Breaks is other access that goes with it and lies on no way to a target, a few examples of it, and how much there is in all.
	Breaks      []Access `json:"breaks"`
	BreaksTotal int      `json:"breaks_total"`
}

// Access is one edge by its ends.
type Access struct {
	From graph.ID       `json:"from"`
	Kind graph.EdgeKind `json:"kind"`
	To   graph.ID       `json:"to"`
}

// Certificate lists paths, and for each all changes that would stop it: every plan holds one of them for each path. A path's share is part of the cost
// of each of those changes; no change's shares exceed its cost, so that every plan costs at least the shares' sum. Where that is
// less than the bound, the bound was found by trying everything cheaper against the paths listed.
type Certificate struct {
	Candidates []Candidate `json:"candidates"`
	Paths      []Witness   `json:"paths"`
}

// Candidate is a change that a plan might hold.
type Candidate struct {
	Kind    ChangeKind `json:"kind"`
	Subject graph.ID   `json:"subject"`
	Detail  string     `json:"detail,omitempty"`
	Cost    int        `json:"cost"`
}

// Witness is one path of a certificate.
type Witness struct {
	Target graph.ID `json:"target"`
	Steps  []Hop    `json:"steps"`
	// Candidates that would stop it, by their places.
	Candidates []int `json:"candidates"`
	Share      int   `json:"share"`
}

// Hop is a step by what identifies its edge.
type Hop struct {
	Access
	Technique string     `json:"technique,omitempty"`
	Requires  []graph.ID `json:"requires,omitempty"`
}

// planner searches for a plan in one region.
type planner struct {
	*Analysis
	area    region
	actions []action
	costs   []int
	removes [][]uint32 // of each action: the moves that it takes away
	stops   [][]int    // of each move: the actions that take it away, ascending
	work    int
	open    []bool // of each jewel: no change closes it
}

// witness is a path before it is told in full.
type witness struct {
	jewel int
	edges []graph.EdgeIndex
	stops []int
	share int
}

// Plan finds the cheapest changes that close every way from the entries to the jewels.
func (analysis *Analysis) Plan(ctx context.Context) (*Plan, error) {
	planner, err := analysis.planner(ctx)
	if err != nil {
		return nil, err
	}
	plan := &Plan{Revision: analysis.snapshot.Revision(), Incomplete: Incomplete(analysis.snapshot), Closed: []graph.ID{}, Open: []graph.ID{}}
	plan.Certificate = Certificate{Candidates: []Candidate{}, Paths: []Witness{}}
	chosen, bound, witnesses, cut, err := planner.byFlow(ctx)
	if err != nil {
		return nil, err
	}
	plan.Method = "max-flow"
	if !cut {
		plan.Method = "hitting-set"
		if chosen, bound, witnesses, err = planner.byHitting(ctx); err != nil {
			return nil, err
		}
	}
	plan.Bound = bound
	for _, item := range chosen {
		plan.Cost += planner.costs[item]
	}
	plan.Gap = plan.Cost - plan.Bound
	if plan.Changes, err = analysis.describe(ctx, planner, chosen); err != nil {
		return nil, err
	}
	held := planner.area.reach(planner.area.together())
	for j, jewel := range planner.area.jewels {
		switch {
		case jewel == none || !held[jewel] || slices.Contains(planner.area.together(), jewel):
		case planner.open[j]:
			plan.Open = append(plan.Open, analysis.jewelIDs[j])
		default:
			plan.Closed = append(plan.Closed, analysis.jewelIDs[j])
		}
	}
	for item, action := range planner.actions {
		plan.Certificate.Candidates = append(plan.Certificate.Candidates, Candidate{Kind: action.kind, Subject: action.subject, Detail: action.detail, Cost: planner.costs[item]})
	}
	for _, witness := range witnesses {
		plan.Certificate.Paths = append(plan.Certificate.Paths, planner.tell(witness))
	}
	return plan, ctx.Err()
}

func (analysis *Analysis) planner(ctx context.Context) (*planner, error) {
	area := analysis.region
	planner := &planner{Analysis: analysis, area: area, stops: make([][]int, len(area.arcs)+len(area.gates)), open: make([]bool, len(area.jewels))}
	changes := newChanges(analysis.snapshot)
	place := map[action]int{}
	for m := range uint32(len(planner.stops)) {
		if m%lookEvery == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		for _, action := range changes.of(area.move(m)) {
			item, known := place[action]
			if !known {
				item = len(planner.actions)
				place[action] = item
				planner.actions = append(planner.actions, action)
				planner.removes = append(planner.removes, nil)
				planner.costs = append(planner.costs, analysis.costOf(action.kind))
			}
			planner.removes[item] = append(planner.removes[item], m)
			planner.stops[m] = append(planner.stops[m], item)
		}
		slices.Sort(planner.stops[m])
	}
	return planner, nil
}

func (analysis *Analysis) costOf(kind ChangeKind) int {
	if cost := analysis.config.Costs[kind]; cost > 0 {
		return cost
	}
	return DefaultCosts()[kind]
}

// byFlow plans where every change takes one edge away and no step needs more than its source: the cheapest cut, which the
// largest flow proves. false where that is not so.
func (planner *planner) byFlow(ctx context.Context) (chosen []int, bound int, witnesses []witness, ok bool, err error) {
	area := planner.area
	if len(area.gates) > 0 || slices.ContainsFunc(planner.removes, func(moves []uint32) bool { return len(moves) > 1 }) {
		return nil, 0, nil, false, nil
	}
	source, sink := uint32(len(area.nodes)), uint32(len(area.nodes)+1)
	edges := make([]flow.Edge, len(area.arcs))
	cheapest := make([]int, len(area.arcs))
	for m, arc := range area.arcs {
		edges[m] = flow.Edge{From: area.field.from[m], To: arc.to, Capacity: flow.Endless}
		for _, item := range planner.stops[m] {
			if planner.costs[item] < edges[m].Capacity {
				edges[m].Capacity, cheapest[m] = planner.costs[item], item
			}
		}
	}
	sources := area.together()
	for _, entry := range sources {
		edges = append(edges, flow.Edge{From: source, To: entry, Capacity: flow.Endless})
	}
	jewelOf := map[uint32]int{}
	for j, jewel := range area.jewels {
		if jewel != none && !slices.Contains(sources, jewel) {
			jewelOf[jewel] = j
			edges = append(edges, flow.Edge{From: jewel, To: sink, Capacity: flow.Endless})
		}
	}
	cut, paths, ok, err := flow.MinCut(ctx, len(area.nodes)+2, edges, source, sink)
	if err != nil || !ok {
		return nil, 0, nil, false, err
	}
	for _, e := range cut {
		chosen = append(chosen, cheapest[e])
		bound += edges[e].Capacity
	}
	for _, path := range paths {
		moves := make([]uint32, 0, len(path.Edges))
		for _, e := range path.Edges[1 : len(path.Edges)-1] {
			moves = append(moves, uint32(e))
		}
		fresh := planner.witness(jewelOf[edges[path.Edges[len(path.Edges)-1]].From], moves)
		fresh.share = path.Amount
		witnesses = append(witnesses, fresh)
	}
	return chosen, bound, witnesses, true, nil
}

// byHitting plans in general (an implicit hitting set): paths are gathered; the cheapest changes that stop all gathered ones are found exactly; the graph is
// walked without them, and what still leads to a target is gathered in turn. When nothing does, the changes are a plan, and none is cheaper, since every plan
// stops the gathered paths too. Whatever is found on the way bounds the cost from both sides.
func (planner *planner) byHitting(ctx context.Context) (chosen []int, bound int, witnesses []witness, err error) {
	field := planner.area.copied()
	seeker := newSearch(field)
	problem := cover.Problem{Costs: planner.costs}
	var best []int
	solution := cover.Solution{}
	for {
		fresh, feasible, err := planner.gather(ctx, field, seeker, solution.Chosen)
		if err != nil {
			return nil, 0, nil, err
		}
		if best == nil || planner.cost(feasible) < planner.cost(best) {
			best = feasible
		}
		if len(fresh) == 0 || planner.cost(best) <= solution.Bound || planner.work > planWork {
			break
		}
		for _, witness := range fresh {
			witnesses = append(witnesses, witness)
			problem.Sets = append(problem.Sets, witness.stops)
		}
		if planner.config.Progress != nil {
			planner.config.Progress(len(witnesses), 0)
		}
		if solution, err = cover.Solve(ctx, problem, planBranches); err != nil {
			return nil, 0, nil, err
		}
	}
	for w := range solution.Shares {
		witnesses[w].share = solution.Shares[w]
	}
	return best, solution.Bound, witnesses[:len(solution.Shares)], nil
}

// gather finds paths that the chosen changes leave, one for each target that it still reaches, again and again without a change that stops the most of
// them, until none is left: what was taken away in all is a plan.
func (planner *planner) gather(ctx context.Context, field *field, seeker *search, chosen []int) (fresh []witness, feasible []int, err error) {
	taken := map[int]bool{}
	take := func(item int) {
		taken[item] = true
		for _, m := range planner.removes[item] {
			field.reweigh(m, gone)
		}
	}
	for _, item := range chosen {
		take(item)
	}
	for {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		seeker.run(planner.area.together())
		planner.work += len(seeker.touched) + len(field.arcs) + len(field.gates)
		stopped := make(map[int]int)
		var left []witness
		seen := map[string]bool{}
		for j, jewel := range planner.area.jewels {
			if jewel == none || planner.open[j] {
				continue
			}
			moves := seeker.proof(jewel)
			if len(moves) == 0 {
				continue
			}
			found := planner.witness(j, moves)
			if len(found.stops) == 0 {
				planner.open[j] = true
				continue
			}
			if key := joinedInts(found.stops); !seen[key] {
				seen[key] = true
				left = append(left, found)
				for _, item := range found.stops {
					stopped[item]++
				}
			}
		}
		if len(left) == 0 {
			break
		}
		fresh = append(fresh, left...)
		// Greedily stop all that was found now.
		for _, witness := range left {
			if slices.ContainsFunc(witness.stops, func(item int) bool { return taken[item] }) {
				continue
			}
			take(slices.MinFunc(witness.stops, func(a, b int) int {
				return cmp.Or(cmp.Compare(planner.costs[a]*stopped[b], planner.costs[b]*stopped[a]), cmp.Compare(a, b))
			}))
		}
	}
	for item := range taken {
		feasible = append(feasible, item)
		for _, m := range planner.removes[item] {
			field.reweigh(m, planner.area.weight(m))
		}
	}
	slices.Sort(feasible)
	if feasible == nil {
		feasible = []int{}
	}
	return fresh, feasible, nil
}

// witness tells which changes stop a path.
func (planner *planner) witness(jewel int, moves []uint32) witness {
	found := witness{jewel: jewel, edges: planner.area.edgesOf(moves)}
	for _, m := range moves {
		found.stops = append(found.stops, planner.stops[m]...)
	}
	slices.Sort(found.stops)
	found.stops = slices.Compact(found.stops)
	return found
}

func (planner *planner) cost(items []int) int {
	sum := 0
	for _, item := range items {
		sum += planner.costs[item]
	}
	return sum
}

func (planner *planner) tell(witness witness) Witness {
	told := Witness{Target: planner.jewelIDs[witness.jewel], Candidates: witness.stops, Share: witness.share}
	for _, e := range witness.edges {
		told.Steps = append(told.Steps, hop(planner.snapshot, e))
	}
	return told
}

func hop(snapshot *graph.Snapshot, e graph.EdgeIndex) Hop {
	from, to := snapshot.Ends(e)
	return Hop{
		Access:    Access{From: snapshot.ID(from), Kind: snapshot.EdgeKind(e), To: snapshot.ID(to)},
		Technique: snapshot.Technique(e), Requires: snapshot.Requires(e),
	}
}

// joinedInts is a key for a list of numbers.
func joinedInts(items []int) string {
	key := make([]byte, 0, 4*len(items))
	for _, item := range items {
		key = append(key, byte(item), byte(item>>8), byte(item>>16), byte(item>>24))
	}
	return string(key)
}
