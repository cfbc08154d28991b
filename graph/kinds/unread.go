package kinds

import (
	"strings"

	"github.com/inroad-security/inroad/graph"
)

// Unread is a place where things of a kind may exist that nobody listed.
type Unread struct {
	Kind            graph.NodeKind
	Scope           graph.Scope // as <cloud>/<account>/<region|global>/<collector>
	Account, Region string      // Region is empty for a global service
	Operation       string      // what to collect, as NodeSpec.Listed writes it
}

// NotCollected begins the detail of a gap that says which operation would have to be called; its locator is the scope.
const NotCollected = "not collected: "

// UnreadIn gives the places in which each kind was not listed in full, as the scopes say themselves; what no scope speaks of is not
// missed. A kind has them in the order of scopes and operations.
func UnreadIn(scopes []graph.Status) map[graph.NodeKind][]Unread {
	found := map[graph.NodeKind][]Unread{}
	for _, status := range scopes {
		parts := strings.Split(string(status.Scope), "/")
		if status.Complete() || len(parts) != 4 {
			continue
		}
		for _, spec := range nodes {
			for _, operation := range spec.Listed {
				if !speaksOf(status.Incomplete, operation) {
					continue
				}
				place := Unread{Kind: spec.Label, Scope: status.Scope, Account: parts[1], Region: parts[2], Operation: operation}
				if place.Region == "global" {
					place.Region = ""
				}
				found[spec.Label] = append(found[spec.Label], place)
			}
		}
	}
	return found
}

// speaksOf reports whether a reason names an operation, as a call or as a file.
func speaksOf(reasons []string, operation string) bool {
	inside := func(letter byte) bool {
		return letter == '-' || 'a' <= letter && letter <= 'z' || '0' <= letter && letter <= '9'
	}
	for _, reason := range reasons {
		for rest := reason; ; {
			at := strings.Index(rest, operation)
			if at < 0 {
				break
			}
			end := at + len(operation)
			if (at == 0 || !inside(rest[at-1])) && (end == len(rest) || !inside(rest[end])) {
				return true
			}
			rest = rest[end:]
		}
	}
	return false
}
