package view

import (
	"slices"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// Label is a label of nodes, with what nodes that have it may hold: each property of a kind that has the label, once.
type Label struct {
	Name  string
	Doc   string
	Props []graph.PropSpec
}

// ofClasses says what the labels mean that kinds share.
var ofClasses = map[graph.Class]string{
	kinds.Entry: "Where an attacker may start.", kinds.Account: "A unit of administration.", kinds.Principal: "An identity that acts.",
	kinds.Policy: "A document that grants or limits.", kinds.Workload: "Runs code.", kinds.DataStore: "Holds data.", kinds.Secret: "Holds a credential.",
	kinds.Key: "Encrypts.", kinds.Network: "Carries or filters packets.", kinds.Container: "Groups accounts or resources.", kinds.Finding: "An assessed issue.",
}

// NodeLabels gives every label that a declared kind has, ordered by name.
func NodeLabels() []Label {
	byName := map[string]*Label{}
	for _, spec := range kinds.Nodes() {
		for _, name := range Labels(spec.Label) {
			label, known := byName[name]
			if !known {
				label = &Label{Name: name, Doc: ofClasses[graph.Class(name)], Props: []graph.PropSpec{
					{Name: "id", Type: graph.Text, Doc: "names the node for ever and everywhere"},
					{Name: "stub", Type: graph.Flag, Doc: "true where it is known by name alone; absent where not"},
				}}
				byName[name] = label
			}
			if name == string(spec.Label) {
				label.Doc = spec.Doc
			}
			for _, prop := range spec.Props {
				if !slices.ContainsFunc(label.Props, func(have graph.PropSpec) bool { return have.Name == prop.Name }) {
					label.Props = append(label.Props, prop)
				}
			}
		}
	}
	byName[Entity].Doc = "Every node has it."
	labels := make([]Label, 0, len(byName))
	for _, label := range byName {
		labels = append(labels, *label)
	}
	slices.SortFunc(labels, func(a, b Label) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return labels
}

// RelationshipProps gives what every relationship may hold.
func RelationshipProps() []graph.PropSpec {
	return []graph.PropSpec{
		{Name: "technique", Type: graph.Text, Doc: "the technique by which an attack edge is walked"},
		{Name: "verdict", Type: graph.Text, Doc: "proven, possible or unknown"},
		{Name: "cause", Type: graph.Text, Doc: "the statement, rule or setting that makes it exist; edges of one cause stand or fall together"},
		{Name: "requires", Type: graph.List, Doc: "ids of what must be held as well as its source"},
		{Name: "evidence", Type: graph.List, Doc: "each grant, guardrail and gap, with its source"},
		{Name: "protocol", Type: graph.Text, Doc: "of reach"},
		{Name: "ports", Type: graph.Text, Doc: "of reach, such as tcp/22"},
	}
}
