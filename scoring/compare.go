package scoring

import (
	"slices"

	"github.com/inroad-security/inroad/graph"
)

// Comparison tells how the paths of two graphs differ. Pairs of entry and target are compared; a pair is changed when its best path takes other steps.
type Comparison struct {
	Before  graph.Revision `json:"before"`
	After   graph.Revision `json:"after"`
	New     []Difference   `json:"new"`
	Gone    []Difference   `json:"gone"`
	Changed []Difference   `json:"changed"`
	// Same is how many pairs have the same best path in both.
	Same int `json:"same"`
	// Incomplete is what either graph lacks: what was not read can look like what is gone.
	Incomplete []Gap `json:"incomplete"`
}

// Difference is one pair whose best path is not the same.
type Difference struct {
	Entry  graph.ID `json:"entry"`
	Target graph.ID `json:"target"`
	// Before and After are the best paths; nil where there is none.
	Before *Path `json:"before"`
	After  *Path `json:"after"`
	// Added are the steps of the path after that the graph before does not hold, and Removed those of the path before that the graph after does not: each
	// names its cause, which is why the paths differ. Both are empty where only likelihoods moved.
	Added   []Step `json:"added"`
	Removed []Step `json:"removed"`
}

// Compare tells how paths differ between two graphs, each with all paths of one question. Differences are in the order of the paths.
func Compare(before, after *graph.Snapshot, was, is []Path) *Comparison {
	comparison := &Comparison{Before: before.Revision(), After: after.Revision(), New: []Difference{}, Gone: []Difference{}, Changed: []Difference{}}
	pair := func(path Path) [2]graph.ID { return [2]graph.ID{path.Entry, path.Target} }
	old := map[[2]graph.ID]*Path{}
	for i := range was {
		old[pair(was[i])] = &was[i]
	}
	for i := range is {
		path := &is[i]
		previous := old[pair(*path)]
		delete(old, pair(*path))
		switch {
		case previous == nil:
			comparison.New = append(comparison.New, difference(nil, path, before, after))
		case previous.ID != path.ID || previous.Verdict != path.Verdict || previous.Likelihood != path.Likelihood:
			comparison.Changed = append(comparison.Changed, difference(previous, path, before, after))
		default:
			comparison.Same++
		}
	}
	for i := range was {
		if previous := old[pair(was[i])]; previous != nil {
			comparison.Gone = append(comparison.Gone, difference(previous, nil, before, after))
		}
	}
	comparison.Incomplete = Incomplete(before)
	for _, gap := range Incomplete(after) {
		if !slices.Contains(comparison.Incomplete, gap) {
			comparison.Incomplete = append(comparison.Incomplete, gap)
		}
	}
	return comparison
}

func difference(was, is *Path, before, after *graph.Snapshot) Difference {
	told := Difference{Before: was, After: is, Added: []Step{}, Removed: []Step{}}
	if is != nil {
		told.Entry, told.Target, told.Added = is.Entry, is.Target, missing(is.Steps, before)
	}
	if was != nil {
		told.Entry, told.Target, told.Removed = was.Entry, was.Target, missing(was.Steps, after)
	}
	return told
}

// missing gives the steps that a graph does not hold, or holds by another cause or less surely.
func missing(steps []Step, in *graph.Snapshot) []Step {
	absent := []Step{}
	for _, step := range steps {
		from, found := in.Find(step.From)
		holds := false
		if found {
			for e := range in.Out(from) {
				_, to := in.Ends(e)
				holds = holds || in.ID(to) == step.To && in.EdgeKind(e) == step.Kind && in.Technique(e) == step.Technique && in.Cause(e) == step.Cause &&
					in.Verdict(e).String() == step.Verdict && slices.Equal(in.Requires(e), step.Requires)
			}
		}
		if !holds {
			absent = append(absent, step)
		}
	}
	return absent
}
