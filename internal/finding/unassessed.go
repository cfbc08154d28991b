package finding

import (
	"fmt"

	"github.com/inroad-security/inroad/graph"
)

// Read is a property that a check looks at.
type Read struct {
	Kind     graph.NodeKind
	Property string
}

// Unassessed says of a check that some resources were not judged by it, for want of what it reads: of them no finding says
// nothing.
type Unassessed struct {
	Check     string `json:"check"`
	Reason    string `json:"reason"`
	Resources int    `json:"resources"`
}

// NotAssessed gives what the checks could not judge, in the order of the checks and of what each reads.
func NotAssessed(snapshot *graph.Snapshot, checks []Check) []Unassessed {
	missing := map[Read]int{}
	var gaps []Unassessed
	for _, check := range checks {
		for _, read := range check.Reads {
			count, counted := missing[read]
			if !counted {
				for i := range snapshot.OfKind(read.Kind) {
					if props := snapshot.Props(i); len(props) > 0 && !props.Has(read.Property) {
						count++
					}
				}
				missing[read] = count
			}
			if count > 0 {
				gaps = append(gaps, Unassessed{check.ID, fmt.Sprintf("%s of %s was not collected", read.Property, read.Kind), count})
			}
		}
	}
	return gaps
}
