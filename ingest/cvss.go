package ingest

import (
	"cmp"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
)

// Grade reads what the newest of several CVSS vectors says of how a vulnerability is attacked: over the network (AV:N), without
// an account (PR:N), without anybody's help (UI:N). CVSS 3.1, section 2.1, https://www.first.org/cvss/v3-1/specification-document;
// CVSS 4.0 has the same metrics. Version 2 has no metric of interaction, and its access vector and authentication stand
// for the other two. Properties stay away where no vector tells.
func Grade(props graph.Props, vectors ...string) {
	newest := ""
	for _, vector := range vectors {
		if newest == "" || cmp.Compare(version(vector), version(newest)) > 0 {
			newest = vector
		}
	}
	if newest == "" {
		return
	}
	metrics := strings.Split(newest, "/")
	props["vector"] = newest
	if version(newest) == "2" {
		props["network"], props["no_privileges"] = slices.Contains(metrics, "AV:N"), slices.Contains(metrics, "Au:N")
		return
	}
	props["network"], props["no_privileges"], props["no_interaction"] = slices.Contains(metrics, "AV:N"), slices.Contains(metrics, "PR:N"), slices.Contains(metrics, "UI:N")
}

// version gives a vector's version as text that sorts; a vector of version 2 has no prefix.
func version(vector string) string {
	if rest, found := strings.CutPrefix(vector, "CVSS:"); found {
		number, _, _ := strings.Cut(rest, "/")
		return number
	}
	return "2"
}
