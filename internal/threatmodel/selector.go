package threatmodel

import (
	"fmt"
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/yamlfile"
)

// Selector chooses nodes: all that it names must hold. The zero value chooses nothing.
type Selector struct {
	// ID is a node's id, in full.
	ID graph.ID
	// Kind and Class are those of docs/kinds.md.
	Kind  graph.NodeKind
	Class graph.Class
	// Tag is key=value, or a key alone for any value.
	Tag string
	// Name is a glob, as of path.Match, over the node's name, or over the last part of its id where it has none.
	Name string
	// Account is the account that holds it, as the provider writes it.
	Account string
}

func (selector Selector) empty() bool { return selector == Selector{} }

// fields are the selector's in a file.
func (selector *Selector) fields() map[string]yamlfile.Field {
	return map[string]yamlfile.Field{
		"id": func(value yamlfile.Value) { selector.ID = graph.ID(value.Text()) },
		"kind": func(value yamlfile.Value) {
			if selector.Kind = graph.NodeKind(value.Text()); selector.Kind != "" {
				check(value, Selector{Kind: selector.Kind})
			}
		},
		"class": func(value yamlfile.Value) {
			if selector.Class = graph.Class(value.Text()); selector.Class != "" {
				check(value, Selector{Class: selector.Class})
			}
		},
		"tag": func(value yamlfile.Value) { selector.Tag = value.Text() },
		"name": func(value yamlfile.Value) {
			if selector.Name = value.Text(); selector.Name != "" {
				check(value, Selector{Name: selector.Name})
			}
		},
		"account": func(value yamlfile.Value) { selector.Account = value.Text() },
	}
}

// check notes a part of a selector that cannot choose anything.
func check(value yamlfile.Value, part Selector) {
	if fault := part.Fault(); fault != "" {
		value.Fail("%s", fault)
	}
}

// Word reads a selector as a command line or an assertion writes it: "tag:key=value", "class:DataStore", "kind:AWSBucket",
// "name:payroll-*", "account:111111111111", or else an id.
func Word(word string) Selector {
	kind, rest, _ := strings.Cut(word, ":")
	switch kind {
	case "tag":
		return Selector{Tag: rest}
	case "class":
		return Selector{Class: graph.Class(rest)}
	case "kind":
		return Selector{Kind: graph.NodeKind(rest)}
	case "name":
		return Selector{Name: rest}
	case "account":
		return Selector{Account: rest}
	default:
		return Selector{ID: graph.ID(word)}
	}
}

// Fault says why a selector cannot choose anything in any graph, and what to do; empty where it can.
func (selector Selector) Fault() string {
	if _, known := kinds.NodeSpec(selector.Kind); selector.Kind != "" && !known {
		return fmt.Sprintf("%s is no kind of node: docs/kinds.md lists them", selector.Kind)
	}
	if selector.Class != "" && len(kinds.Of(selector.Class)) == 0 {
		return fmt.Sprintf("%s is no class: docs/kinds.md lists them", selector.Class)
	}
	if _, err := path.Match(selector.Name, ""); err != nil {
		return fmt.Sprintf("%s is no pattern: * is any text, ? any letter", selector.Name)
	}
	if selector.empty() {
		return "it selects nothing: give it an id, a kind, a class, a tag, a name or an account"
	}
	return ""
}

// String tells the selector as a person would.
func (selector Selector) String() string {
	var parts []string
	for _, part := range [][2]string{
		{"id", string(selector.ID)},
		{"kind", string(selector.Kind)},
		{"class", string(selector.Class)},
		{"tag", selector.Tag},
		{"name", selector.Name},
		{"account", selector.Account},
	} {
		if part[1] != "" {
			parts = append(parts, part[0]+" "+part[1])
		}
	}
	return strings.Join(parts, ", ")
}

// Select gives the nodes that the selector chooses, in the order of their ids.
func (selector Selector) Select(snapshot *graph.Snapshot) []graph.ID {
	if selector.empty() {
		return nil
	}
	if selector.ID != "" {
		at, ok := snapshot.Find(selector.ID)
		if selector.ID == graph.Internet && !ok && selector == (Selector{ID: graph.Internet}) {
			return []graph.ID{graph.Internet}
		}
		if !ok || !selector.holds(snapshot, at) {
			return nil
		}
		return []graph.ID{selector.ID}
	}
	var chosen []graph.ID
	for i := range selector.candidates(snapshot) {
		if selector.holds(snapshot, i) {
			chosen = append(chosen, snapshot.ID(i))
		}
	}
	slices.Sort(chosen)
	return chosen
}

// candidates gives the nodes of the kinds that the selector allows.
func (selector Selector) candidates(snapshot *graph.Snapshot) iter.Seq[graph.Index] {
	switch {
	case selector.Kind != "":
		return snapshot.OfKind(selector.Kind)
	case selector.Class != "":
		return snapshot.OfKind(kinds.Of(selector.Class)...)
	}
	return func(yield func(graph.Index) bool) {
		for i := range graph.Index(snapshot.Len()) {
			if !yield(i) {
				return
			}
		}
	}
}

// holds tells whether a node is chosen, whatever its id. What needs no decoding is asked first.
func (selector Selector) holds(snapshot *graph.Snapshot, i graph.Index) bool {
	kind := snapshot.Kind(i)
	if selector.Kind != "" && kind != selector.Kind || selector.Class != "" && !kinds.Is(kind, selector.Class) {
		return false
	}
	if selector.Tag == "" && selector.Name == "" && selector.Account == "" {
		return true
	}
	props := snapshot.Props(i)
	if selector.Account != "" && props.Text("account") != selector.Account {
		return false
	}
	if selector.Name != "" {
		name := props.Text("name")
		if name == "" {
			id := string(snapshot.ID(i))
			name = id[strings.LastIndexAny(id, ":/")+1:]
		}
		if matched, err := path.Match(selector.Name, name); err != nil || !matched {
			return false
		}
	}
	return selector.Tag == "" || slices.ContainsFunc(props.List("tags"), func(tag string) bool {
		key, _, _ := strings.Cut(tag, "=")
		return tag == selector.Tag || key == selector.Tag
	})
}
