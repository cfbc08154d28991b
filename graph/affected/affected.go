// Package affected tells which assets have which vulnerabilities, and what is known of each. It is pure over a snapshot; derivation and
// findings share it, so that both speak of the same assets.
package affected

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// Assets gives, by asset, the vulnerabilities that a scanner found there: where the graph attaches one, where a scanner names a workload
// by its ARN or an instance by its id, and where a task runs, or a repository holds, the image that was scanned, by its digest. Those of
// one asset come likeliest first: on CISA's list, then by EPSS, then by name.
func Assets(snapshot *graph.Snapshot) map[graph.ID][]graph.Index {
	found := map[graph.ID][]graph.Index{}
	if count(snapshot) == 0 {
		return found
	}
	named := names(snapshot)
	for vulnerability := range snapshot.OfKind(kinds.Vulnerability) {
		props := snapshot.Props(vulnerability)
		var on []graph.ID
		for asset := range snapshot.Successors(vulnerability, kinds.AttachedTo) {
			on = append(on, snapshot.ID(asset))
		}
		for _, name := range append([]string{props.Text("asset")}, props.List("digests")...) {
			on = append(on, named[name]...)
		}
		slices.Sort(on)
		for _, asset := range slices.Compact(on) {
			found[asset] = append(found[asset], vulnerability)
		}
	}
	for _, list := range found {
		slices.SortStableFunc(list, func(a, b graph.Index) int {
			one, other := snapshot.Props(a), snapshot.Props(b)
			return cmp.Or(-compare(one.Flag("kev"), other.Flag("kev")), cmp.Compare(other.Number("epss"), one.Number("epss")), cmp.Compare(one.Text("name"), other.Text("name")))
		})
	}
	return found
}

func compare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func count(snapshot *graph.Snapshot) (number int) {
	for range snapshot.OfKind(kinds.Vulnerability) {
		number++
	}
	return number
}

// names gives the assets that a scanner's word stands for.
func names(snapshot *graph.Snapshot) map[string][]graph.ID {
	named := map[string][]graph.ID{}
	for asset := range snapshot.OfKind(append(kinds.Of(kinds.Workload), kinds.AWSRepository)...) {
		id := snapshot.ID(asset)
		named[string(id)] = append(named[string(id)], id)
		if snapshot.Kind(asset) == kinds.AWSInstance {
			short := string(id[strings.LastIndex(string(id), "/")+1:])
			named[short] = append(named[short], id)
		}
		for _, digest := range snapshot.Props(asset).List("digests") {
			named[digest] = append(named[digest], id)
		}
	}
	return named
}

// Tells says what is known of a vulnerability, with the day of each source.
func Tells(props graph.Props) string {
	said := []string{fmt.Sprintf("%s finds %s in %s", props.Text("source"), props.Text("name"), strings.Join(props.List("packages"), ", "))}
	if props.Has("epss") {
		said = append(said, fmt.Sprintf("EPSS %.3f%s", props.Number("epss"), dated(props.Text("epss_date"))))
	}
	if props.Flag("kev") {
		said = append(said, "on CISA's list of known exploited vulnerabilities"+dated(props.Text("kev_date")))
	}
	if props.Flag("exploit_known") {
		said = append(said, "the scanner knows of an exploit")
	}
	return strings.Join(said, "; ")
}

func dated(day string) string {
	if day == "" {
		return ""
	}
	return " as of " + day
}
