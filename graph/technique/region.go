package technique

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
)

// maxRegions bounds the regions in which an account is seen to work that are tried for something new.
const maxRegions = 4

// usual are the regions tried where an account is not seen to work in any, by partition.
var usual = map[string][]string{
	"aws":        {"us-east-1", "eu-west-1"},
	"aws-cn":     {"cn-north-1"},
	"aws-us-gov": {"us-gov-west-1"},
}

// regionsOf gives the regions in which an account holds the most, most first.
func (world *world) regionsOf(account string) []string {
	if world.regions == nil {
		counts := map[string]map[string]int{}
		for i := range world.snapshot.Len() {
			parts := strings.SplitN(string(world.snapshot.ID(graph.Index(i))), ":", 6)
			if len(parts) < 6 || parts[0] != "arn" || parts[3] == "" {
				continue
			}
			if counts[parts[4]] == nil {
				counts[parts[4]] = map[string]int{}
			}
			counts[parts[4]][parts[3]]++
		}
		world.regions = map[string][]string{}
		for account, held := range counts {
			names := slices.Sorted(maps.Keys(held))
			slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(held[b], held[a]) })
			world.regions[account] = names[:min(len(names), maxRegions)]
		}
	}
	return world.regions[account]
}

// regionsFor gives the regions in which it is worth asking whether the actor may do what is needed on something of its
// choice: those that its policies name, those where its account works, and the usual ones, as far as its policies speak of them.
func (search *search) regionsFor(subject int, needs []Need) []string {
	regions := slices.Concat(search.world.regionsOf(search.account), usual[search.partition])
	for _, need := range needs {
		patterns, bounded := search.wherePatterns(subject, need.Action)
		if !bounded {
			continue
		}
		spoken := map[string]bool{}
		for _, pattern := range patterns {
			spoken[regionIn(pattern)] = true
		}
		for _, region := range slices.Sorted(maps.Keys(spoken)) {
			if !strings.ContainsAny(region, "*?") {
				regions = append(regions, region)
			}
		}
		regions = slices.DeleteFunc(regions, func(region string) bool {
			for pattern := range spoken {
				if glob(pattern, region) {
					return false
				}
			}
			return true
		})
	}
	var distinct []string
	for _, region := range regions {
		if region != "" && !slices.Contains(distinct, region) {
			distinct = append(distinct, region)
		}
	}
	return distinct
}

// regionIn gives the region part of a resource pattern, * where a wildcard before it may stand for any.
func regionIn(pattern string) string {
	parts := strings.SplitN(pattern, ":", 6)
	if len(parts) < 6 || strings.Contains(parts[0]+parts[1]+parts[2], "*") && !strings.HasPrefix(pattern, "arn:") {
		return "*"
	}
	return parts[3]
}

// fits reports whether a resource is one that a pattern means: no * of it stands for a colon, for a name never holds one, though
// the wildcards of policies may run across.
func fits(pattern, resource string) bool {
	return strings.Count(pattern, ":") == strings.Count(resource, ":")
}
