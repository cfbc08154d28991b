package access

import (
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	derive "github.com/inroad-security/inroad/graph/derive/aws"
	"github.com/inroad-security/inroad/graph/kinds"
)

// sources are the properties by which copies name what they are copies of.
var sources = []struct {
	kind     graph.NodeKind
	property string
}{
	{kinds.AWSDatabaseSnapshot, "database"},
	{kinds.AWSVolumeSnapshot, "volume"},
}

// copies finds where else a store's data is kept: replicas, vaults with recovery points of it, and snapshots, in the order of ids.
func copies(snapshot *graph.Snapshot, store graph.Index) []Copy {
	var places []graph.Index
	for place := range snapshot.Successors(store, kinds.CopiedTo) {
		places = append(places, place)
	}
	for _, source := range sources {
		for i := range snapshot.OfKind(source.kind) {
			if named, _ := snapshot.Prop(i, source.property); named == string(snapshot.ID(store)) {
				places = append(places, i)
			}
		}
	}
	holder := snapshot.Props(store).Text("account")
	found := make([]Copy, 0, len(places))
	for _, place := range places {
		props := snapshot.Props(place)
		one := Copy{ID: snapshot.ID(place), Kind: snapshot.Kind(place), Account: props.Text("account"), Known: len(props) > 0}
		if parts := strings.SplitN(string(one.ID), ":", 6); one.Account == "" && len(parts) == 6 {
			one.Account = parts[4]
		}
		one.Elsewhere = one.Account != "" && one.Account != holder
		found = append(found, one)
	}
	slices.SortFunc(found, func(a, b Copy) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return slices.Compact(found)
}

// hostage gives those who may destroy a store and each of its copies. Where a copy was not collected, whether they may destroy it too is
// Unknown.
func hostage(authorizer *derive.Authorizer, uses derive.Uses, copies []Copy) []Hostage {
	able := destroyers(uses)
	for _, copied := range copies {
		if !copied.Known {
			for i := range able {
				able[i].Verdict = graph.Unknown
			}
			continue
		}
		of, err := authorizer.UsesOf(copied.ID)
		if err != nil {
			continue // no store
		}
		too := destroyers(of)
		able = slices.DeleteFunc(able, func(one derive.Holder) bool {
			return !slices.ContainsFunc(too, func(other derive.Holder) bool { return other.Principal == one.Principal })
		})
		for i := range able {
			at := slices.IndexFunc(too, func(other derive.Holder) bool { return other.Principal == able[i].Principal })
			able[i].Verdict = able[i].Verdict.And(too[at].Verdict)
		}
	}
	list := make([]Hostage, len(able))
	for i, one := range able {
		list[i] = Hostage{one.Principal, one.Verdict.String()}
	}
	return list
}

func destroyers(uses derive.Uses) []derive.Holder {
	for _, use := range uses.Ways {
		if use.Name == "destroy" {
			return slices.Clone(use.Holders)
		}
	}
	return nil
}

// account gives the account that a scope is of, empty where it is of none.
func account(scope graph.Scope) string {
	parts := strings.Split(string(scope), "/")
	if len(parts) < 2 || parts[0] != "aws" {
		return ""
	}
	return parts[1]
}
