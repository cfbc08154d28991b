package scoring

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// The limits that hold where a configuration sets none. What they cut is said in the document.
const (
	DefaultLimit           = 1000
	DefaultEscalationLimit = 5000
)

// Administrator is the word that stands for every account as a target: full control, however it is gained.
const Administrator = "administrator"

// Config chooses where attackers start, what they want, and how much is shown. The zero value is a sound default.
type Config struct {
	// Entries are where an attacker starts, each on its own; graph.Internet when empty. What an outsider can do, any entry can.
	Entries []graph.ID
	// Jewels are what is worth reaching; Classify with DefaultTaxonomy when nil.
	Jewels map[graph.ID]Jewel
	// Likelihood by technique; DefaultLikelihood when nil.
	Likelihood Likelihood
	// Controls lower the likelihood of the steps in whose way they stand.
	Controls []Control
	// Unfold gives a path of their own to jewels that are gained by control of their account, where that is a jewel too.
	Unfold bool
	// Fold makes one path of those whose targets are alike; they are named by it.
	Fold bool
	// Limit is the most paths shown; DefaultLimit when 0.
	Limit int
	// Costs of changes, from 1; DefaultCosts for those that are not named.
	Costs map[ChangeKind]int
	// Progress, when set, is told how far a posture (targets bounded, of how many) or a plan (paths gathered; total 0) is, by one goroutine at a time. It changes no result.
	Progress func(done, total int)
	// AnyEntry asks for one path for each jewel, by an attacker who holds all entries at once, in place of one for each pair. It takes one
	// search however many entries there are; a path's entry is then the one where its chain of steps begins.
	AnyEntry bool
	// Principals are those whose escalations are asked for; every user and role when empty.
	Principals []graph.ID
	// EscalationLimit is the most escalations shown; DefaultEscalationLimit when 0.
	EscalationLimit int
}

// filled puts the defaults in, and names the first id that the snapshot does not hold.
func (config Config) filled(snapshot *graph.Snapshot) (Config, error) {
	if len(config.Entries) == 0 {
		config.Entries = []graph.ID{graph.Internet}
	}
	if config.Jewels == nil {
		config.Jewels = Classify(snapshot, DefaultTaxonomy())
	}
	if config.Limit <= 0 {
		config.Limit = DefaultLimit
	}
	if config.EscalationLimit <= 0 {
		config.EscalationLimit = DefaultEscalationLimit
	}
	config.Entries = sortedIDs(config.Entries)
	config.Principals = sortedIDs(config.Principals)
	for _, ids := range [][]graph.ID{config.Entries, config.Principals, slices.Sorted(maps.Keys(config.Jewels))} {
		for _, id := range ids {
			if err := known(snapshot, id); err != nil {
				return Config{}, err
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(config.Jewels)) {
		if value := config.Jewels[id].Value; value < 1 || value > 10 {
			return Config{}, fmt.Errorf("%w: jewel %s: a value of %d: want 1 to 10", graph.ErrInvalid, id, value)
		}
	}
	return config, nil
}

// Entries reads what a user named as entry points: ids of nodes, or "internet".
func Entries(snapshot *graph.Snapshot, names []string) ([]graph.ID, error) {
	var entries []graph.ID
	for _, name := range names {
		id, err := Resolve(snapshot, name)
		if err != nil {
			return nil, err
		}
		entries = append(entries, id)
	}
	return sortedIDs(entries), nil
}

// Targets reads what a user named as targets: ids of nodes, or "administrator" for every account. A target that
// classification knows keeps its value, so that asking for it changes nothing; any other is worth 10 by the asking.
func Targets(snapshot *graph.Snapshot, names []string) (map[graph.ID]Jewel, error) {
	classified := Classify(snapshot, DefaultTaxonomy())
	targets := map[graph.ID]Jewel{}
	choose := func(id graph.ID) {
		jewel, ok := classified[id]
		if !ok {
			jewel = Jewel{Value: 10, Reason: "named as a target"}
		}
		targets[id] = jewel
	}
	for _, name := range names {
		if name == Administrator {
			for account := range snapshot.OfKind(kinds.Of(kinds.Account)...) {
				choose(snapshot.ID(account))
			}
			continue
		}
		id, err := Resolve(snapshot, name)
		if err != nil {
			return nil, err
		}
		choose(id)
	}
	return targets, nil
}

// Resolve gives the node that a name stands for: the node of that id, or the one node whose id goes on from it with a
// hyphen, as the name of a resource does to which a tool added a suffix. Whoever asks should be told when the two differ.
func Resolve(snapshot *graph.Snapshot, name string) (graph.ID, error) {
	missing := known(snapshot, graph.ID(name))
	if missing == nil {
		return graph.ID(name), nil
	}
	first, _ := snapshot.Find(graph.ID(name + "-"))
	longer := func(i graph.Index) bool {
		return int(i) < snapshot.Len() && strings.HasPrefix(string(snapshot.ID(i)), name+"-")
	}
	if longer(first) && !longer(first+1) {
		return snapshot.ID(first), nil
	}
	return "", missing
}

// known reports, as ErrNotFound with the nearest ids, an id that the snapshot does not hold. The internet is everywhere.
func known(snapshot *graph.Snapshot, id graph.ID) error {
	if _, ok := snapshot.Find(id); ok || id == graph.Internet {
		return nil
	}
	near := nearest(snapshot, id)
	if len(near) == 0 {
		return fmt.Errorf("%w: %s: no node has this id, and none is like it", graph.ErrNotFound, id)
	}
	return fmt.Errorf("%w: %s: no node has this id; near it: %s", graph.ErrNotFound, id, joined(near))
}

func sortedIDs(ids []graph.ID) []graph.ID {
	sorted := slices.Clone(ids)
	slices.Sort(sorted)
	return slices.Compact(sorted)
}
