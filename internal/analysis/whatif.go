package analysis

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// WhatIf gives the graph as it would be: without what some words name, and with the edges that others do. A word to remove is a cause, such as
// "rule:<group>#<rule>", with all edges that rest on it; an edge, "A -[KIND]-> B" or "A -> B" for every kind; or the id of a node, with all its edges. An edge to add is
// "A -[KIND]-> B". Nothing is derived anew: what a change of a policy would grant elsewhere is not seen. A word that names nothing is an error.
func WhatIf(snapshot *graph.Snapshot, remove, add []string) (*graph.Snapshot, error) {
	removed := make([]int, len(remove))
	batch := graph.Batch{Scope: "what-if/edited"}
	nodes, edges := snapshot.All()
	dropped := map[graph.ID]bool{}
	words := make([]edit, len(remove))
	for i, word := range remove {
		words[i] = edited(word)
	}
	for node := range nodes {
		drop := false
		for i, word := range words {
			if word.node == node.ID {
				drop = true
				removed[i]++
			}
		}
		if dropped[node.ID] = drop; !drop && node.Kind != graph.Stub {
			batch.Nodes = append(batch.Nodes, node)
		}
	}
	for edge := range edges {
		drop := dropped[edge.From] || dropped[edge.To]
		for _, id := range edge.Requires {
			drop = drop || dropped[id]
		}
		for i, word := range words {
			if word.matches(edge) {
				drop = true
				removed[i]++
			}
		}
		if !drop {
			batch.Edges = append(batch.Edges, edge)
		}
	}
	for i, count := range removed {
		if count == 0 {
			return nil, fmt.Errorf("%w: --remove %s: no cause, edge or node of this graph: want rule:…, statement:…, config:…, cve:…, \"A -[KIND]-> B\" or an id", graph.ErrNotFound, remove[i])
		}
	}
	for _, word := range add {
		added := edited(word)
		spec, ok := kinds.EdgeSpec(added.kind)
		if added.from == "" || !ok || !spec.Attack {
			return nil, fmt.Errorf("%w: --add %s: want \"A -[KIND]-> B\" with a kind of attack edge, such as CAN_ASSUME", graph.ErrInvalid, word)
		}
		for _, id := range []graph.ID{added.from, added.to} {
			if _, ok := snapshot.Find(id); !ok && id != graph.Internet {
				return nil, fmt.Errorf("%w: --add %s: no node is %s", graph.ErrNotFound, word, id)
			}
		}
		batch.Edges = append(batch.Edges, graph.Edge{
			From: added.from, To: added.to, Kind: added.kind, Cause: graph.Cause("config:" + string(added.from) + "#what-if"),
			Evidence: []graph.Evidence{{Kind: graph.Grant, Source: added.from, Locator: "what-if", Detail: "added by the question"}},
		})
	}
	// The scopes come along, so that what was not read stays said.
	batches := []graph.Batch{batch}
	for _, status := range snapshot.Scopes() {
		batches = append(batches, graph.Batch{Scope: status.Scope, Collected: status.Collected, Incomplete: status.Incomplete})
	}
	return graph.NewSnapshot(snapshot.Revision(), batches...)
}

// edit is a word that was read: a cause, an edge or a node.
type edit struct {
	cause    graph.Cause
	from, to graph.ID
	kind     graph.EdgeKind // empty for every kind
	node     graph.ID
}

var arrow = regexp.MustCompile(`^(\S.*?)\s*-(?:\[([A-Z_]+)\]-)?>\s*(\S.*)$`)

func edited(word string) edit {
	if parts := arrow.FindStringSubmatch(word); parts != nil {
		return edit{from: graph.ID(parts[1]), kind: graph.EdgeKind(parts[2]), to: graph.ID(parts[3])}
	}
	switch sort, _, _ := strings.Cut(word, ":"); sort {
	case "rule", "statement", "config", "cve":
		return edit{cause: graph.Cause(word)}
	}
	return edit{node: graph.ID(word)}
}

func (edit edit) matches(edge graph.Edge) bool {
	if edit.cause != "" {
		return edge.Cause == edit.cause
	}
	return edit.from != "" && edge.From == edit.from && edge.To == edit.to && (edit.kind == "" || edge.Kind == edit.kind)
}
