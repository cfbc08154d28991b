package scoring

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

const (
	// escalationWork bounds the search for escalations, in nodes settled. Past it, principals are searched for
	// administration alone, all in one pass.
	escalationWork = 50_000_000
	// escalationBatch is how many principals are searched between two looks at the work done.
	escalationBatch = 256
)

// actors are the kinds whose escalations are of interest: identities of people and of code, not services and providers.
func actors() []graph.NodeKind {
	return slices.DeleteFunc(kinds.Of(kinds.Principal), func(kind graph.NodeKind) bool {
		return kind == kinds.AWSService || kind == kinds.AWSIdentityProvider
	})
}

// climb is an escalation before it is told in full.
type climb struct {
	principal, target graph.ID
	admin             bool
	edges             []graph.EdgeIndex
}

// climber finds climbs in a region whose entries are principals and whose jewels are principals and accounts.
type climber struct {
	region
	analysis *Analysis
	targets  []graph.ID
	target   []uint32          // of each node: its place among targets, or none
	account  map[uint32]string // of nodes that are accounts: their number
	home     []string          // of each target: the account that it belongs to
	certain  region            // the region less its doubtful edges; no field when it has none
}

// Escalations gives the best way of each principal to each other one, and to each account that it can administer, administrators
// first. A principal that is reached only by way of its account's administrator is left out: the account says it.
func (analysis *Analysis) Escalations(ctx context.Context) ([]Escalation, *Truncation, error) {
	climber := analysis.climber()
	if len(present(climber.entries)) == 0 {
		return []Escalation{}, nil, ctx.Err()
	}
	climbs, searched, err := climber.all(ctx)
	if err != nil {
		return nil, nil, err
	}
	slices.SortFunc(climbs, func(a, b climb) int {
		if a.admin != b.admin {
			if a.admin {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.principal, b.principal), cmp.Compare(a.target, b.target))
	})
	var truncation *Truncation
	count := len(climber.entries)
	if limit := analysis.config.EscalationLimit; len(climbs) > limit || searched < count {
		truncation = &Truncation{Limit: limit, Shown: min(limit, len(climbs)), Total: len(climbs)}
		climbs = climbs[:truncation.Shown]
		if searched < count {
			truncation.Note = fmt.Sprintf("the limit on work was reached after %d of %d principals; the others were searched for administration alone", searched, count)
		}
	}
	memo := newGrounds(analysis)
	escalations := make([]Escalation, len(climbs))
	for i, climb := range climbs {
		likelihood, verdict := memo.likelihood(climb.edges)
		escalations[i] = Escalation{
			Principal: climb.principal, Target: climb.target, Admin: climb.admin, Verdict: verdict.String(), Likelihood: rounded(likelihood),
			Steps: analysis.steps(climb.edges),
		}
	}
	return escalations, truncation, nil
}

// climber prepares the region between principals and what they may become.
func (analysis *Analysis) climber() *climber {
	snapshot := analysis.snapshot
	climber := &climber{analysis: analysis, account: map[uint32]string{}}
	principals := analysis.config.Principals
	homes := map[graph.ID]string{}
	var everyone []graph.ID
	for actor := range snapshot.OfKind(actors()...) {
		everyone = append(everyone, snapshot.ID(actor))
	}
	for actor := range snapshot.OfKind(append(actors(), kinds.Of(kinds.Account)...)...) {
		climber.targets = append(climber.targets, snapshot.ID(actor))
		homes[snapshot.ID(actor)] = snapshot.Props(actor).Text("account")
	}
	if len(principals) == 0 {
		principals = sortedIDs(everyone)
	}
	climber.targets = sortedIDs(climber.targets)
	climber.region = analysis.narrow(principals, climber.targets)
	climber.target = make([]uint32, len(climber.nodes))
	for i := range climber.target {
		climber.target[i] = none
	}
	climber.home = make([]string, len(climber.targets))
	for t, node := range climber.jewels {
		climber.home[t] = homes[climber.targets[t]]
		if node == none {
			continue
		}
		climber.target[node] = uint32(t)
		if kinds.Is(snapshot.Kind(climber.nodes[node]), kinds.Account) {
			climber.account[node] = climber.home[t]
		}
	}
	doubtful := func(e graph.EdgeIndex) bool { return snapshot.Verdict(e) != graph.Proven }
	if slices.ContainsFunc(climber.edges, doubtful) || slices.ContainsFunc(climber.gates, func(gate gate) bool { return doubtful(gate.edge) }) {
		climber.certain = climber.region
		climber.certain.field = climber.without(doubtful)
	}
	return climber
}

// seekers are one worker's searches: over all edges, and over the certain ones where that differs.
type seekers struct{ all, certain *search }

// all searches from each principal until the work is used up; it tells how many were searched in full.
func (climber *climber) all(ctx context.Context) (climbs []climb, searched int, err error) {
	outside := climber.outsider()
	count := len(climber.entries)
	tools := toolsFor(count, climber.seekers)
	found := make([][]climb, count)
	settled := make([]int, count)
	for work := 0; searched < count && work <= escalationWork; {
		first := searched
		searched = min(searched+escalationBatch, count)
		err = each(ctx, searched-first, tools, func(own seekers, i int) {
			entry := climber.entries[first+i]
			if entry == none {
				return
			}
			best, more := climber.from(climber.region, own.all, outside, entry)
			settled[first+i] = more
			if own.certain != nil {
				proven, more := climber.from(climber.certain, own.certain, outside, entry)
				settled[first+i] += more
				for target, moves := range proven {
					best[target] = moves
				}
			}
			found[first+i] = climber.tell(entry, best)
		})
		if err != nil {
			return nil, 0, err
		}
		for _, nodes := range settled[first:searched] {
			work += nodes
		}
	}
	climbs = slices.Concat(found...)
	if searched < count {
		climbs = append(climbs, climber.administrators(climber.entries[searched:])...)
	}
	return climbs, searched, nil
}

func (climber *climber) seekers() seekers {
	own := seekers{all: newSearch(climber.field)}
	if climber.certain.field != nil {
		own.certain = newSearch(climber.certain.field)
	}
	return own
}

// from gives the best proof of each target that a principal reaches, by its place, and the number of nodes settled.
func (climber *climber) from(area region, seeker *search, outside []bool, entry uint32) (map[uint32][]graph.EdgeIndex, int) {
	best := map[uint32][]graph.EdgeIndex{}
	collect := func(wanted func(node uint32) bool) {
		for _, node := range seeker.touched {
			target := climber.target[node]
			if target == none || node == entry || best[target] != nil || !wanted(node) {
				continue
			}
			if moves := seeker.proof(node); len(moves) > 0 && !climber.implied(area.field, moves, climber.home[target], node) {
				best[target] = area.edgesOf(moves)
			}
		}
	}
	settled := seeker.local([]uint32{entry})
	collect(func(uint32) bool { return true })
	if outside != nil && entry != area.internet {
		alone := make(map[uint32]bool, len(seeker.touched))
		for _, node := range seeker.touched {
			alone[node] = true
		}
		settled += seeker.local([]uint32{entry, area.internet})
		collect(func(node uint32) bool { return !alone[node] && !outside[node] })
	}
	return best, settled
}

// implied tells that a proof of something other than an account passes through the account that it belongs to.
func (climber *climber) implied(packed *field, moves []uint32, home string, goal uint32) bool {
	if _, isAccount := climber.account[goal]; isAccount || home == "" {
		return false
	}
	return slices.ContainsFunc(moves, func(move uint32) bool {
		return slices.ContainsFunc(packed.sources(move), func(source uint32) bool { return climber.account[source] == home })
	})
}

// tell turns one principal's proofs into climbs, in the order of targets.
func (climber *climber) tell(entry uint32, best map[uint32][]graph.EdgeIndex) []climb {
	principal := climber.analysis.snapshot.ID(climber.nodes[entry])
	var climbs []climb
	for _, target := range slices.Sorted(maps.Keys(best)) {
		_, admin := climber.account[climber.jewels[target]]
		climbs = append(climbs, climb{principal: principal, target: climber.targets[target], admin: admin, edges: best[target]})
	}
	return climbs
}

// administrators finds, for each principal, the nearest account that it can administer without any gate: one pass back from all
// accounts, over the certain edges first.
func (climber *climber) administrators(entries []uint32) []climb {
	var accounts []uint32
	last := uint32(len(climber.nodes) - 1)
	for node := range climber.account {
		accounts = append(accounts, last-node)
	}
	slices.Sort(accounts)
	var climbs []climb
	found := map[uint32]bool{}
	for _, area := range []region{climber.certain, climber.region} {
		if area.field == nil {
			continue
		}
		mirror := area.mirrored()
		seeker := newSearch(mirror)
		seeker.local(accounts)
		for _, entry := range entries {
			if entry == none || found[entry] || seeker.states[last-entry].cost == unreached {
				continue
			}
			found[entry] = true
			var edges []graph.EdgeIndex
			node := last - entry
			for seeker.states[node].by != none {
				edges = append(edges, mirror.edges[seeker.states[node].by])
				node = mirror.from[seeker.states[node].by]
			}
			climbs = append(climbs, climber.tell(entry, map[uint32][]graph.EdgeIndex{climber.target[last-node]: edges})...)
		}
	}
	return climbs
}
