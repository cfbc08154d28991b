// Package view says how the graph is seen as a labelled property graph, which is what Cypher speaks of. Every store that
// answers Cypher shows this and nothing else, so that a query has the same rows everywhere.
//
// A node has the labels of its kind and classes and the label Entity, its properties, its id under "id", and "stub" where it is
// known by name alone. A relationship has its edge's kind as its type, its properties, and technique, verdict, cause, requires
// and evidence.
package view

import (
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// Entity is the label that every node has.
const Entity = "Entity"

// Reserved are the names that a node's or an edge's own properties cannot take: the view gives them.
var Reserved = []string{"id", "stub", "technique", "verdict", "cause", "requires", "evidence"}

// Labels gives the labels of a kind, in order.
func Labels(kind graph.NodeKind) []string {
	labels := []string{Entity, string(kind)}
	spec, _ := kinds.NodeSpec(kind)
	for _, class := range spec.Classes {
		labels = append(labels, string(class))
	}
	slices.Sort(labels)
	return slices.Compact(labels)
}

// NodeProps gives a node's properties. A value is a string, bool, int64, float64 or []any of strings; text is valid UTF-8.
func NodeProps(node graph.Node) map[string]any {
	props := plain(node.Props, 2)
	props["id"] = valid(string(node.ID))
	if node.Stub {
		props["stub"] = true
	}
	return props
}

// EdgeProps gives a relationship's properties, of the same types. What an edge does not say is absent. Each piece of evidence is
// one text: "grant: <source> [<locator>]: <detail>".
func EdgeProps(edge graph.Edge) map[string]any {
	props := plain(edge.Props, 5)
	props["verdict"] = edge.Verdict.String()
	if edge.Technique != "" {
		props["technique"] = valid(edge.Technique)
	}
	if edge.Cause != "" {
		props["cause"] = valid(string(edge.Cause))
	}
	if len(edge.Requires) > 0 {
		requires := make([]any, len(edge.Requires))
		for i, id := range edge.Requires {
			requires[i] = valid(string(id))
		}
		props["requires"] = requires
	}
	if len(edge.Evidence) > 0 {
		pieces := make([]any, len(edge.Evidence))
		for i, piece := range edge.Evidence {
			pieces[i] = valid(told(piece))
		}
		props["evidence"] = pieces
	}
	return props
}

// NodeProp gives one of the properties that NodeProps gives, nil where there is none, without building the others.
func NodeProp(snapshot *graph.Snapshot, i graph.Index, name string) any {
	switch name {
	case "id":
		return valid(string(snapshot.ID(i)))
	case "stub":
		if snapshot.Stub(i) {
			return true
		}
	}
	value, _ := snapshot.Prop(i, name)
	return plainValue(value)
}

// EdgeProp gives one of the properties that EdgeProps gives, nil where there is none, without building the others.
func EdgeProp(snapshot *graph.Snapshot, e graph.EdgeIndex, name string) any {
	switch name {
	case "verdict":
		return snapshot.Verdict(e).String()
	case "technique":
		if technique := snapshot.Technique(e); technique != "" {
			return valid(technique)
		}
	case "cause":
		if cause := snapshot.Cause(e); cause != "" {
			return valid(string(cause))
		}
	case "requires", "evidence":
		return EdgeProps(snapshot.Edge(e))[name]
	}
	value, _ := snapshot.EdgeProp(e, name)
	return plainValue(value)
}

func told(piece graph.Evidence) string {
	text := string(piece.Kind) + ": " + string(piece.Source)
	if piece.Locator != "" {
		text += " [" + piece.Locator + "]"
	}
	if piece.Detail != "" {
		text += ": " + piece.Detail
	}
	return text
}

func plain(own graph.Props, more int) map[string]any {
	props := make(map[string]any, len(own)+more)
	for name, value := range own {
		props[name] = plainValue(value)
	}
	return props
}

func plainValue(value any) any {
	switch value := value.(type) {
	case string:
		return valid(value)
	case []string:
		items := make([]any, len(value))
		for i, item := range value {
			items[i] = valid(item)
		}
		return items
	default:
		return value
	}
}

// valid is the text as databases and the wire want it; what a cloud gave need not be UTF-8.
func valid(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }
