// Package kinds declares the graph's schema, once: every kind of node and edge with its properties. Ingest and
// derivation use the names, and the reference in docs/, Neo4j's constraints and the console's icons are
// generated from them. One file per subject; a kind is declared by one call and needs no other place.
package kinds

import (
	"fmt"
	"slices"

	"github.com/inroad-security/inroad/graph"
)

// The classes that kinds share across clouds.
const (
	Entry     graph.Class = "Entry"     // where an attacker may start
	Account   graph.Class = "Account"   // a unit of administration: AWS account, Azure subscription, GCP project
	Principal graph.Class = "Principal" // an identity that acts
	Policy    graph.Class = "Policy"    // a document that grants or limits
	Workload  graph.Class = "Workload"  // runs code
	DataStore graph.Class = "DataStore" // holds data
	Secret    graph.Class = "Secret"    // holds a credential
	Key       graph.Class = "Key"       // encrypts
	Network   graph.Class = "Network"   // carries or filters packets
	Container graph.Class = "Container" // groups accounts or resources
	Finding   graph.Class = "Finding"   // an assessed issue
)

var (
	nodes []graph.NodeSpec
	edges []graph.EdgeSpec
)

func node(spec graph.NodeSpec) graph.NodeKind {
	if slices.ContainsFunc(nodes, func(known graph.NodeSpec) bool { return known.Label == spec.Label }) {
		panic(fmt.Sprintf("kinds: %s is declared twice", spec.Label))
	}
	nodes = append(nodes, spec)
	return spec.Label
}

func edge(spec graph.EdgeSpec) graph.EdgeKind {
	edges = append(edges, spec)
	return spec.Label
}

func text(name, doc string) graph.PropSpec {
	return graph.PropSpec{Name: name, Type: graph.Text, Doc: doc}
}

func flag(name, doc string) graph.PropSpec {
	return graph.PropSpec{Name: name, Type: graph.Flag, Doc: doc}
}

func whole(name, doc string) graph.PropSpec {
	return graph.PropSpec{Name: name, Type: graph.Whole, Doc: doc}
}

func list(name, doc string) graph.PropSpec {
	return graph.PropSpec{Name: name, Type: graph.List, Doc: doc}
}

func number(name, doc string) graph.PropSpec {
	return graph.PropSpec{Name: name, Type: graph.Number, Doc: doc}
}

// ownPolicy is the policy of a resource that has one of its own.
var ownPolicy = text("policy", "its own policy as JSON; empty when there is none, absent when not collected")

// common is what every AWS resource carries.
func aws(own ...graph.PropSpec) []graph.PropSpec {
	return append([]graph.PropSpec{
		text("name", "what people call it"),
		text("account", "the 12-digit account that holds it"),
		text("region", "its region; empty for a global resource"),
		list("tags", "its tags, each key=value, sorted"),
	}, own...)
}

// Nodes gives every declared kind of node, ordered by label.
func Nodes() []graph.NodeSpec {
	sorted := slices.Clone(nodes)
	slices.SortFunc(sorted, func(a, b graph.NodeSpec) int { return compare(a.Label, b.Label) })
	return sorted
}

// Edges gives every declared kind of edge, ordered by label.
func Edges() []graph.EdgeSpec {
	sorted := slices.Clone(edges)
	slices.SortFunc(sorted, func(a, b graph.EdgeSpec) int { return compare(a.Label, b.Label) })
	return sorted
}

// NodeSpec gives a kind's declaration.
func NodeSpec(kind graph.NodeKind) (graph.NodeSpec, bool) {
	at := slices.IndexFunc(nodes, func(spec graph.NodeSpec) bool { return spec.Label == kind })
	if at < 0 {
		return graph.NodeSpec{}, false
	}
	return nodes[at], true
}

// EdgeSpec gives a kind's declaration.
func EdgeSpec(kind graph.EdgeKind) (graph.EdgeSpec, bool) {
	at := slices.IndexFunc(edges, func(spec graph.EdgeSpec) bool { return spec.Label == kind })
	if at < 0 {
		return graph.EdgeSpec{}, false
	}
	return edges[at], true
}

// Is reports whether a kind has a class.
func Is(kind graph.NodeKind, class graph.Class) bool {
	spec, _ := NodeSpec(kind)
	return slices.Contains(spec.Classes, class)
}

// Of gives the kinds that have a class, ordered by label.
func Of(class graph.Class) []graph.NodeKind {
	var kinds []graph.NodeKind
	for _, spec := range Nodes() {
		if slices.Contains(spec.Classes, class) {
			kinds = append(kinds, spec.Label)
		}
	}
	return kinds
}

func compare[T ~string](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}
