package scoring

import (
	"context"
	"fmt"
	"slices"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/scoring/cover"
)

// mostTried bounds how much is tried to prove a bound that the shares do not reach.
const mostTried = 5_000_000

// VerifyPlan tells what is wrong with a plan, if anything. It walks the snapshot's edges itself and shares no code with the search for plans but the
// table that says which change takes which edge away. It looks at three things: after the changes no entry reaches a target that the plan says is
// closed; each path of the certificate is one, and lists every change that would stop it; and no plan that stops them costs less than the bound. When the
// context ends first, the error is its.
func VerifyPlan(ctx context.Context, snapshot *graph.Snapshot, config Config, plan *Plan) error {
	edges := walkable(snapshot)
	changes := newChanges(snapshot)
	made := map[action]bool{}
	cost := 0
	for _, change := range plan.Changes {
		made[action{change.Kind, change.Subject, change.Detail}] = true
		cost += change.Cost
	}
	if cost != plan.Cost || plan.Gap != plan.Cost-plan.Bound {
		return fmt.Errorf("the changes cost %d; the plan says %d, with a bound of %d and a gap of %d", cost, plan.Cost, plan.Bound, plan.Gap)
	}
	held, err := held(ctx, edges, config, slices.Concat(plan.Closed, plan.Open), func(edge walked) bool {
		return slices.ContainsFunc(changes.of(edge.index), func(action action) bool { return made[action] })
	})
	if err != nil {
		return err
	}
	for _, target := range plan.Closed {
		if held[target] {
			return fmt.Errorf("%s can still be reached after the changes", target)
		}
	}
	return verifyCertificate(ctx, snapshot, edges, changes, entriesOf(config), plan)
}

// Reached gives those of the targets that a configuration's entries still reach, as VerifyPlan walks. When the context ends first, the error is its.
func Reached(ctx context.Context, snapshot *graph.Snapshot, config Config, targets []graph.ID) ([]graph.ID, error) {
	held, err := held(ctx, walkable(snapshot), config, targets, func(walked) bool { return false })
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(targets), func(target graph.ID) bool { return !held[target] }), nil
}

// held gives what the entries gain by edges that are not gone, with an outsider's help where that may matter to a target.
func held(ctx context.Context, edges []walked, config Config, targets []graph.ID, gone func(walked) bool) (map[graph.ID]bool, error) {
	entries := entriesOf(config)
	attackers := append(slices.Clone(entries), graph.Internet)
	before, err := holding(ctx, edges, attackers, func(walked) bool { return false })
	if err != nil {
		return nil, err
	}
	if !outsiderMayHelp(edges, before, targets) {
		attackers = entries
	}
	return holding(ctx, edges, attackers, gone)
}

func entriesOf(config Config) []graph.ID {
	if len(config.Entries) == 0 {
		return []graph.ID{graph.Internet}
	}
	return config.Entries
}

// walked is an edge as the verifier sees it.
type walked struct {
	index graph.EdgeIndex
	needs []graph.ID
	to    graph.ID
}

func walkable(snapshot *graph.Snapshot) []walked {
	var edges []walked
	for e := range graph.EdgeIndex(snapshot.Edges()) {
		if spec, _ := kinds.EdgeSpec(snapshot.EdgeKind(e)); !spec.Traversable {
			continue
		}
		from, to := snapshot.Ends(e)
		edges = append(edges, walked{e, append([]graph.ID{snapshot.ID(from)}, snapshot.Requires(e)...), snapshot.ID(to)})
	}
	return edges
}

// holding gives all that whoever holds the sources gains by edges that are not gone.
func holding(ctx context.Context, edges []walked, sources []graph.ID, gone func(walked) bool) (map[graph.ID]bool, error) {
	held := map[graph.ID]bool{}
	waiting := map[graph.ID][]int{} // of what is not held yet: the edges that wait for it
	var queue []int
	gain := func(id graph.ID) {
		if !held[id] {
			held[id] = true
			queue = append(queue, waiting[id]...)
		}
	}
	for _, source := range sources {
		gain(source)
	}
	try := func(i int) {
		edge := edges[i]
		if held[edge.to] {
			return
		}
		for _, need := range edge.needs {
			if !held[need] {
				waiting[need] = append(waiting[need], i)
				return
			}
		}
		if !gone(edge) {
			gain(edge.to)
		}
	}
	for i := range edges {
		if i%lookEvery == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		try(i)
	}
	for tried := 0; len(queue) > 0; tried++ {
		if tried%lookEvery == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		i := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		try(i)
	}
	return held, nil
}

// outsiderMayHelp tells whether a step that needs several things may lead to a target. Only then does an entry gain more with what an outsider can do beside it: else
// what an outsider reaches is no path of the entry's.
func outsiderMayHelp(edges []walked, held map[graph.ID]bool, targets []graph.ID) bool {
	into := map[graph.ID][]int{}
	for i, edge := range edges {
		if !slices.ContainsFunc(edge.needs, func(need graph.ID) bool { return !held[need] }) {
			into[edge.to] = append(into[edge.to], i)
		}
	}
	leads := map[graph.ID]bool{}
	for queue := targets; len(queue) > 0; {
		id := queue[0]
		queue = queue[1:]
		if leads[id] {
			continue
		}
		leads[id] = true
		for _, i := range into[id] {
			if slices.ContainsFunc(edges[i].needs, func(need graph.ID) bool { return need != edges[i].needs[0] }) {
				return true
			}
			queue = append(queue, edges[i].needs...)
		}
	}
	return false
}

// between lists the edges from one node to another, for the ends that the certificate's paths name alone.
func between(edges []walked, paths []Witness) map[[2]graph.ID][]int {
	listed := map[[2]graph.ID][]int{}
	for _, path := range paths {
		for _, hop := range path.Steps {
			listed[[2]graph.ID{hop.From, hop.To}] = nil
		}
	}
	for i, edge := range edges {
		ends := [2]graph.ID{edge.needs[0], edge.to}
		if known, named := listed[ends]; named {
			listed[ends] = append(known, i)
		}
	}
	return listed
}

// verifyCertificate looks at each path, and at the bound that they prove.
func verifyCertificate(ctx context.Context, snapshot *graph.Snapshot, edges []walked, changes *changes, entries []graph.ID, plan *Plan) error {
	number := map[action]int{}
	problem := cover.Problem{}
	for i, candidate := range plan.Certificate.Candidates {
		number[action{candidate.Kind, candidate.Subject, candidate.Detail}] = i
		problem.Costs = append(problem.Costs, candidate.Cost)
	}
	solution := cover.Solution{Cost: plan.Cost, Bound: plan.Bound}
	for _, change := range plan.Changes {
		solution.Chosen = append(solution.Chosen, number[action{change.Kind, change.Subject, change.Detail}])
	}
	slices.Sort(solution.Chosen)
	byEnds := between(edges, plan.Certificate.Paths)
	for i, path := range plan.Certificate.Paths {
		if err := ctx.Err(); err != nil {
			return err
		}
		held := map[graph.ID]bool{graph.Internet: true}
		for _, entry := range entries {
			held[entry] = true
		}
		var stops []int
		for _, hop := range path.Steps {
			listed := byEnds[[2]graph.ID{hop.From, hop.To}]
			found := slices.IndexFunc(listed, func(at int) bool {
				edge := edges[at]
				return snapshot.EdgeKind(edge.index) == hop.Kind && snapshot.Technique(edge.index) == hop.Technique && slices.Equal(edge.needs[1:], hop.Requires)
			})
			if found < 0 {
				return fmt.Errorf("path %d: there is no edge from %s to %s", i, hop.From, hop.To)
			}
			at := listed[found]
			for _, need := range edges[at].needs {
				if !held[need] {
					return fmt.Errorf("path %d: the step to %s needs %s, which is not held", i, hop.To, need)
				}
			}
			held[hop.To] = true
			for _, action := range changes.of(edges[at].index) {
				stop, known := number[action]
				if !known {
					return fmt.Errorf("path %d: %s is no candidate", i, action)
				}
				stops = append(stops, stop)
			}
		}
		slices.Sort(stops)
		if stops = slices.Compact(stops); !held[path.Target] || !slices.Equal(stops, path.Candidates) {
			return fmt.Errorf("path %d to %s does not hold, or does not list all that would stop it", i, path.Target)
		}
		problem.Sets = append(problem.Sets, stops)
		solution.Shares = append(solution.Shares, path.Share)
	}
	return cover.Check(ctx, problem, solution, mostTried)
}
