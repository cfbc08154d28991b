package scoring

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/scoring/reliability"
)

// The effort that is put into bounds; docs/scoring.md tells it.
const (
	postureWork    = 300_000_000 // parts looked at, over all targets
	mostTargetWork = 3_000_000   // for one target
	postureSamples = 2_000       // days drawn for a target that is not exact
	sensitive      = 12          // causes whose weight on the score is told
)

// Posture is how well an estate stands: how likely each crown jewel is lost, what that costs each account, and the score of it all. Its attacker
// starts at all entries at once.
type Posture struct {
	Revision graph.Revision `json:"revision"`
	// Score is 100 × (1 − Σ loss / Σ most) over the accounts: 100 where nothing can be reached.
	Score Range `json:"score"`
	// Loss is the sum of the accounts' losses, and Most of their worst.
	Loss Range `json:"loss"`
	Most int   `json:"most"`
	// Accounts that hold a crown jewel, the greatest loss first.
	Accounts []AccountRisk `json:"accounts"`
	// Assets that can be reached, the greatest risk first.
	Assets []AssetRisk `json:"assets"`
	// Causes by how much the score rises without them.
	Causes     []Sensitivity `json:"causes"`
	Incomplete []Gap         `json:"incomplete"`
	// Truncated tells that there are more assets than shown; nil when all are.
	Truncated *Truncation `json:"truncated"`
}

// Range holds a number between certain bounds.
type Range struct {
	Lower float64 `json:"lower"`
	Upper float64 `json:"upper"`
	// Estimate lies between them: the number itself where Exact is true, else what sampling says.
	Estimate float64 `json:"estimate"`
	Exact    bool    `json:"exact"`
}

// AccountRisk is what one account stands to lose.
type AccountRisk struct {
	Account string `json:"account"`
	Score   Range  `json:"score"`
	// Loss is the expected value of the most valuable jewel that is lost, from 0 to Most.
	Loss Range `json:"loss"`
	Most int   `json:"most"`
	// Jewels that it holds, and how many of them can be reached.
	Jewels  int `json:"jewels"`
	Reached int `json:"reached"`
}

// AssetRisk is how likely one crown jewel is lost, by any path.
type AssetRisk struct {
	ID         graph.ID `json:"id"`
	Account    string   `json:"account"`
	Value      int      `json:"value"`
	Reason     string   `json:"reason"`
	Likelihood Range    `json:"likelihood"`
	Risk       Range    `json:"risk"`
}

// target is a set of jewels of which the chance that at least one is lost is asked.
type target struct {
	account int     // place among the accounts; of a single jewel none
	weight  float64 // what the chance is multiplied by in the account's loss
	goals   []uint32
	floor   float64 // the likelihood of the best path to one of them
	bounds  reliability.Bounds
	cuts    []cut // what bears on it; nil when that is too much
}

// assessor bounds targets in what is left of a region.
type assessor struct {
	*Analysis
	area   region
	inward inward
	seed   uint64
}

// Posture assesses every crown jewel and account.
func (analysis *Analysis) Posture(ctx context.Context) (*Posture, error) {
	posture := &Posture{Revision: analysis.snapshot.Revision(), Assets: []AssetRisk{}, Causes: []Sensitivity{}, Incomplete: Incomplete(analysis.snapshot)}
	area := analysis.region
	assessor := &assessor{Analysis: analysis, area: area, inward: area.inward(), seed: 1}
	best, err := analysis.anyEntry(ctx)
	if err != nil {
		return nil, err
	}
	accounts, levels := analysis.levels(best)
	singles := analysis.singles(best)
	if limit := analysis.config.Limit; len(singles) > limit {
		posture.Truncated = &Truncation{Limit: limit, Shown: limit, Total: len(singles)}
		singles = singles[:limit]
	}
	if err := assessor.assess(ctx, slices.Concat(levels, singles)); err != nil {
		return nil, err
	}
	posture.tell(accounts, levels)
	for _, single := range singles {
		posture.Assets = append(posture.Assets, analysis.asset(single))
	}
	slices.SortFunc(posture.Assets, func(a, b AssetRisk) int {
		return cmp.Or(-cmp.Compare(a.Risk.Estimate, b.Risk.Estimate), cmp.Compare(a.ID, b.ID))
	})
	posture.Causes, err = assessor.sensitivity(ctx, best, levels, float64(posture.Most))
	return posture, err
}

// anyEntry gives the best path of each jewel from all entries at once, the gravest first.
func (analysis *Analysis) anyEntry(ctx context.Context) ([]scored, error) {
	other := *analysis
	other.config.AnyEntry = true
	best, err := other.best(ctx, other.region)
	slices.SortFunc(best, func(a, b scored) int { return cmp.Or(-cmp.Compare(a.risk, b.risk), cmp.Compare(a.jewel, b.jewel)) })
	return best, err
}

// singles are the reached jewels, each by itself.
func (analysis *Analysis) singles(best []scored) []*target {
	targets := make([]*target, len(best))
	for i, one := range best {
		targets[i] = &target{account: -1, goals: []uint32{analysis.region.jewels[one.jewel]}, floor: one.likelihood}
	}
	return targets
}

// levels are, for each account and each value that one of its reached jewels has, the jewels worth at least that: an account's expected loss is the
// sum, over its values from high to low, of the step down to the next value times the chance that one of those jewels is lost.
func (analysis *Analysis) levels(best []scored) ([]AccountRisk, []*target) {
	place := map[string]int{}
	var accounts []AccountRisk
	home := make([]int, len(analysis.jewelIDs))
	names := map[string]bool{}
	account := make([]string, len(analysis.jewelIDs))
	for j, id := range analysis.jewelIDs {
		account[j] = analysis.accountOf(id)
		names[account[j]] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		place[name] = len(accounts)
		accounts = append(accounts, AccountRisk{Account: name})
	}
	for j, id := range analysis.jewelIDs {
		home[j] = place[account[j]]
		own := &accounts[home[j]]
		own.Jewels++
		own.Most = max(own.Most, analysis.config.Jewels[id].Value)
	}
	lost := make([]map[int][]scored, len(accounts)) // by value
	for _, one := range best {
		at := home[one.jewel]
		if lost[at] == nil {
			lost[at] = map[int][]scored{}
		}
		value := analysis.config.Jewels[analysis.jewelIDs[one.jewel]].Value
		lost[at][value] = append(lost[at][value], one)
		accounts[at].Reached++
	}
	var targets []*target
	for at := range accounts {
		values := slices.Sorted(maps.Keys(lost[at]))
		var goals []uint32
		floor := 0.0
		for i := len(values) - 1; i >= 0; i-- {
			for _, one := range lost[at][values[i]] {
				goals = append(goals, analysis.region.jewels[one.jewel])
				floor = max(floor, one.likelihood)
			}
			below := 0
			if i > 0 {
				below = values[i-1]
			}
			targets = append(targets, &target{account: at, weight: float64(values[i] - below), goals: slices.Clone(goals), floor: floor})
		}
	}
	return accounts, targets
}

// accountOf is the account that holds a node, empty where that is not known.
func (analysis *Analysis) accountOf(id graph.ID) string {
	at, ok := analysis.snapshot.Find(id)
	if !ok {
		return ""
	}
	return analysis.snapshot.Props(at).Text("account")
}

// assess sets the bounds of targets.
func (assessor *assessor) assess(ctx context.Context, targets []*target) error {
	if len(targets) == 0 {
		return ctx.Err()
	}
	effort := reliability.Effort{Work: min(mostTargetWork, postureWork/len(targets)), Samples: postureSamples, Seed: assessor.seed}
	failures := make([]error, len(targets))
	tools := toolsFor(len(targets), func() *grounds { return newGrounds(assessor.Analysis) })
	var mu sync.Mutex
	done := 0
	err := each(ctx, len(targets), tools, func(memo *grounds, i int) {
		failures[i] = assessor.bound(ctx, targets[i], effort, memo)
		if assessor.config.Progress != nil {
			mu.Lock()
			defer mu.Unlock()
			done++
			assessor.config.Progress(done, len(targets))
		}
	})
	for _, failure := range failures {
		if err == nil {
			err = failure
		}
	}
	return err
}

func (assessor *assessor) bound(ctx context.Context, target *target, effort reliability.Effort, memo *grounds) error {
	system, cuts, ok := assessor.system(assessor.area, assessor.inward, target.goals, memo)
	if !ok {
		target.bounds = reliability.Bounds{Lower: target.floor, Upper: 1, Estimate: target.floor}
		return nil
	}
	var err error
	target.cuts = cuts
	target.bounds, err = reliability.Assess(ctx, system, effort)
	return err
}

// tell sums the levels up into accounts and the score.
func (posture *Posture) tell(accounts []AccountRisk, levels []*target) {
	losses := make([]Range, len(accounts))
	for i := range losses {
		losses[i].Exact = true
	}
	for _, level := range levels {
		losses[level.account] = losses[level.account].plus(times(level.bounds, level.weight))
	}
	total := Range{Exact: true}
	for i := range accounts {
		total = total.plus(losses[i])
		posture.Most += accounts[i].Most
		accounts[i].Loss, accounts[i].Score = losses[i].rounded(), losses[i].score(accounts[i].Most)
	}
	posture.Loss, posture.Score = total.rounded(), total.score(posture.Most)
	slices.SortStableFunc(accounts, func(a, b AccountRisk) int { return -cmp.Compare(a.Loss.Estimate, b.Loss.Estimate) })
	posture.Accounts = append([]AccountRisk{}, accounts...)
}

func (analysis *Analysis) asset(single *target) AssetRisk {
	id := analysis.snapshot.ID(analysis.region.nodes[single.goals[0]])
	jewel := analysis.config.Jewels[id]
	return AssetRisk{
		ID: id, Account: analysis.accountOf(id), Value: jewel.Value, Reason: jewel.Reason,
		Likelihood: times(single.bounds, 1).rounded(), Risk: times(single.bounds, float64(jewel.Value)).rounded(),
	}
}

// times is a chance's range, weighed.
func times(bounds reliability.Bounds, weight float64) Range {
	return Range{Lower: weight * bounds.Lower, Upper: weight * bounds.Upper, Estimate: weight * bounds.Estimate, Exact: bounds.Exact}
}

func (number Range) plus(other Range) Range {
	return Range{
		Lower: number.Lower + other.Lower, Upper: number.Upper + other.Upper, Estimate: number.Estimate + other.Estimate, Exact: number.Exact && other.Exact,
	}
}

func (number Range) rounded() Range {
	return Range{Lower: rounded(number.Lower), Upper: rounded(number.Upper), Estimate: rounded(number.Estimate), Exact: number.Exact}
}

// score turns a loss into points: 100 where nothing is lost, 0 where the most is lost for sure.
func (number Range) score(most int) Range {
	points := func(loss float64) float64 {
		if most == 0 {
			return 100
		}
		return rounded(100 * (1 - loss/float64(most)))
	}
	return Range{Lower: points(number.Upper), Upper: points(number.Lower), Estimate: points(number.Estimate), Exact: number.Exact}
}
