package scoring

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// scored is a route with what orders it.
type scored struct {
	route
	likelihood float64
	risk       float64
	verdict    graph.Verdict
	exposed    bool
	priority   Level
	implies    int
	alike      []int // places of the jewels that are folded into this one
}

// Paths gives the best path of each pair of entry and jewel: the likeliest proven one, and only where nothing is proven the
// likeliest at all. They are ordered by priority, risk, verdict, entry and target; the truncation is nil when all are given.
func (analysis *Analysis) Paths(ctx context.Context) ([]Path, *Truncation, error) {
	best, err := analysis.best(ctx, analysis.region)
	if err != nil {
		return nil, nil, err
	}
	if !analysis.config.Unfold {
		if best, err = analysis.fold(ctx, best); err != nil {
			return nil, nil, err
		}
	}
	slices.SortFunc(best, func(a, b scored) int {
		return cmp.Or(-cmp.Compare(a.priority, b.priority), -cmp.Compare(a.risk, b.risk), cmp.Compare(a.verdict, b.verdict),
			cmp.Compare(a.entry, b.entry), cmp.Compare(a.jewel, b.jewel))
	})
	if analysis.config.Fold {
		best = analysis.alike(best)
	}
	var truncation *Truncation
	if limit := analysis.config.Limit; len(best) > limit {
		truncation = &Truncation{Limit: limit, Shown: limit, Total: len(best)}
		best = best[:limit]
	}
	paths := make([]Path, len(best))
	for i, one := range best {
		paths[i] = analysis.path(one)
	}
	if err := analysis.fix(ctx, best, paths); err != nil {
		return nil, nil, err
	}
	return paths, truncation, nil
}

// best finds and scores the route of each pair in the region or in what is left of it.
func (analysis *Analysis) best(ctx context.Context, area region) ([]scored, error) {
	routes, err := analysis.preferred(ctx, area)
	if err != nil {
		return nil, err
	}
	memo := newGrounds(analysis)
	best := make([]scored, len(routes))
	for i, one := range routes {
		best[i] = analysis.score(one, memo)
	}
	return best, nil
}

// preferred finds the route of each pair: the likeliest proven one, and only where nothing is proven the likeliest at all.
func (analysis *Analysis) preferred(ctx context.Context, area region) ([]route, error) {
	doubtful := func(e graph.EdgeIndex) bool { return analysis.snapshot.Verdict(e) != graph.Proven }
	routes, err := area.routes(ctx, analysis.config.AnyEntry)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(routes, func(one route) bool { return slices.ContainsFunc(one.edges, doubtful) }) {
		certain := area
		certain.field = area.without(doubtful)
		proven, err := certain.routes(ctx, analysis.config.AnyEntry)
		if err != nil {
			return nil, err
		}
		routes = prefer(proven, routes, analysis.config.AnyEntry)
	}
	return routes, nil
}

// fold leaves out the jewels that are gained by controlling the account that holds them, and counts them with the account: the
// account's own path is the same less its last step. Where such a jewel can be gained without the account as well, the best path
// of that sort stands in its place, for the change that saves the account does not close it.
func (analysis *Analysis) fold(ctx context.Context, best []scored) ([]scored, error) {
	snapshot := analysis.snapshot
	pair := func(one scored, jewel graph.ID) [2]string {
		return [2]string{string(analysis.config.Entries[one.entry]), string(jewel)}
	}
	place := map[[2]string]int{}
	for i, one := range best {
		place[pair(one, analysis.jewelIDs[one.jewel])] = i
	}
	folded := map[[2]string]bool{}
	var left []scored
	for _, one := range best {
		last := one.edges[len(one.edges)-1]
		if analysis.byAccount(last) {
			from, _ := snapshot.Ends(last)
			if at, ok := place[pair(one, snapshot.ID(from))]; ok && best[at].verdict <= one.verdict {
				best[at].implies++
				folded[pair(one, analysis.jewelIDs[one.jewel])] = true
			}
		}
	}
	for _, one := range best {
		if !folded[pair(one, analysis.jewelIDs[one.jewel])] {
			left = append(left, one)
		}
	}
	if len(folded) == 0 {
		return left, nil
	}
	area := analysis.region
	area.field = area.without(analysis.byAccount)
	independent, err := analysis.best(ctx, area)
	if err != nil {
		return nil, err
	}
	for _, one := range independent {
		if folded[pair(one, analysis.jewelIDs[one.jewel])] {
			left = append(left, one)
		}
	}
	return left, nil
}

// byAccount reports whether an edge is an account's control of what it holds.
func (analysis *Analysis) byAccount(e graph.EdgeIndex) bool {
	from, _ := analysis.snapshot.Ends(e)
	return analysis.snapshot.EdgeKind(e) == kinds.CanAdminister && kinds.Is(analysis.snapshot.Kind(from), kinds.Account)
}

// prefer takes the first list's route where it has one for the pair (with anyEntry, for the jewel), else the second's.
func prefer(first, second []route, anyEntry bool) []route {
	pair := func(one route) [2]int {
		if anyEntry {
			return [2]int{0, one.jewel}
		}
		return [2]int{one.entry, one.jewel}
	}
	have := make(map[[2]int]route, len(first))
	for _, one := range first {
		have[pair(one)] = one
	}
	preferred := slices.Clone(second)
	for i, one := range preferred {
		if better, ok := have[pair(one)]; ok {
			preferred[i] = better
		}
	}
	return preferred
}

func (analysis *Analysis) score(one route, memo *grounds) scored {
	likelihood, verdict := memo.likelihood(one.edges)
	exposed := analysis.config.Entries[one.entry] == graph.Internet
	for _, edge := range one.edges {
		exposed = exposed || memo.of(edge).outside
	}
	value := analysis.config.Jewels[analysis.jewelIDs[one.jewel]].Value
	return scored{
		route: one, likelihood: rounded(likelihood), risk: rounded(float64(value) * likelihood), verdict: verdict, exposed: exposed,
		priority: Priority(SeverityOf(value), Context{Exposed: exposed, OnPath: true}),
	}
}

// ground is what the likelihood of an edge rests on.
type ground struct {
	cause      graph.Cause
	likelihood float64
	verdict    graph.Verdict
	outside    bool // it starts at the internet
}

// grounds remembers edges' grounds: paths share most of their steps. For one goroutine.
type grounds struct {
	analysis *Analysis
	internet graph.Index
	memo     map[graph.EdgeIndex]ground
}

func newGrounds(analysis *Analysis) *grounds {
	internet, ok := analysis.snapshot.Find(graph.Internet)
	if !ok {
		internet = graph.Index(none)
	}
	return &grounds{analysis: analysis, internet: internet, memo: map[graph.EdgeIndex]ground{}}
}

func (grounds *grounds) of(e graph.EdgeIndex) ground {
	if known, ok := grounds.memo[e]; ok {
		return known
	}
	snapshot := grounds.analysis.snapshot
	from, _ := snapshot.Ends(e)
	fresh := ground{
		cause: snapshot.Cause(e), verdict: snapshot.Verdict(e), outside: from == grounds.internet,
		likelihood: grounds.analysis.chance(e),
	}
	grounds.memo[e] = fresh
	return fresh
}

// factor is one cause's part of a proof's likelihood.
type factor struct {
	cause      graph.Cause
	likelihood float64
}

// likelihood of a proof: the product over its distinct causes, each as unlikely as its least likely step, since what shares a
// cause stands or falls together. A step without a cause is its own. The verdict is the conjunction of all.
func (grounds *grounds) likelihood(edges []graph.EdgeIndex) (float64, graph.Verdict) {
	verdict := graph.Proven
	factors := make([]factor, 0, len(edges))
	for _, edge := range edges {
		ground := grounds.of(edge)
		verdict = verdict.And(ground.verdict)
		at := -1
		if ground.cause != "" {
			at = slices.IndexFunc(factors, func(factor factor) bool { return factor.cause == ground.cause })
		}
		if at >= 0 {
			factors[at].likelihood = min(factors[at].likelihood, ground.likelihood)
			continue
		}
		factors = append(factors, factor{ground.cause, ground.likelihood})
	}
	product := 1.0
	for _, factor := range factors {
		product *= factor.likelihood
	}
	return product, verdict
}

// path tells a route in full.
func (analysis *Analysis) path(one scored) Path {
	entry, target := analysis.config.Entries[one.entry], analysis.jewelIDs[one.jewel]
	jewel := analysis.config.Jewels[target]
	path := Path{
		Entry: entry, Target: target, Risk: one.risk, Verdict: one.verdict.String(), Likelihood: one.likelihood,
		Priority: one.priority, Severity: SeverityOf(jewel.Value), Exposed: one.exposed, Value: jewel.Value, Reason: jewel.Reason,
		Steps: analysis.steps(one.edges), Implies: one.implies,
	}
	for _, jewel := range one.alike {
		path.Alike = append(path.Alike, analysis.jewelIDs[jewel])
	}
	if analysis.config.Fold {
		for i, count := range analysis.instead(one.edges) {
			path.Steps[i].Instead = count
		}
	}
	path.ID = identify(path)
	path.Why = explain(path)
	return path
}

// steps tells edges in full.
func (analysis *Analysis) steps(edges []graph.EdgeIndex) []Step {
	steps := make([]Step, len(edges))
	for i, e := range edges {
		edge := analysis.snapshot.Edge(e)
		step := Step{
			From: edge.From, To: edge.To, Kind: edge.Kind, Technique: edge.Technique, Verdict: edge.Verdict.String(), Requires: edge.Requires,
			Cause: edge.Cause, Evidence: make([]Evidence, len(edge.Evidence)),
			Likelihood: rounded(analysis.chance(e)),
		}
		for j, piece := range edge.Evidence {
			step.Evidence[j] = Evidence(piece)
		}
		steps[i] = step
	}
	return steps
}

// identify hashes what makes a path itself. Each part is closed by a byte that no id holds.
func identify(path Path) string {
	digest := sha256.New()
	part := func(text string) { digest.Write(append([]byte(text), 0)) }
	part(string(path.Entry))
	part(string(path.Target))
	for _, step := range path.Steps {
		part(string(step.Kind))
		part(step.Technique)
		part(string(step.From))
		part(string(step.To))
	}
	return hex.EncodeToString(digest.Sum(nil)[:6])
}

// explain tells a path in a sentence, its weakest point and what is open about it.
func explain(path Path) string {
	who := "Whoever holds " + string(path.Entry)
	if path.Entry == graph.Internet {
		who = "Anyone on the internet"
	}
	var why strings.Builder
	fmt.Fprintf(&why, "%s gains %s (%s, value %d) in %s.", who, path.Target, path.Reason, path.Value, counted(len(path.Steps), "step"))
	if path.Implies > 0 {
		fmt.Fprintf(&why, " With it come %s.", counted(path.Implies, "more crown jewel"))
	}
	if len(path.Alike) > 0 {
		fmt.Fprintf(&why, " So are gained %s alike.", counted(len(path.Alike), "more target"))
	}
	weakest := slices.MinFunc(path.Steps, func(a, b Step) int { return cmp.Compare(a.Likelihood, b.Likelihood) })
	if len(path.Steps) > 1 && weakest.Likelihood < 1 {
		fmt.Fprintf(&why, " The hardest step is %s to %s (likelihood %g).", weakest.Kind, weakest.To, weakest.Likelihood)
	}
	for _, step := range path.Steps {
		if step.Verdict == graph.Proven.String() {
			continue
		}
		at := slices.IndexFunc(step.Evidence, func(piece Evidence) bool { return piece.Kind == graph.Gap })
		open := "its evidence names no gap"
		if at >= 0 {
			open = step.Evidence[at].Detail
		}
		fmt.Fprintf(&why, " %s to %s is %s: %s.", step.Kind, step.To, step.Verdict, strings.TrimSuffix(open, "."))
	}
	return why.String()
}

// counted writes a number with its noun.
func counted(count int, noun string) string {
	if count == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", count, noun)
}
