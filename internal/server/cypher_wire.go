package server

import (
	"fmt"
	"strings"

	"github.com/inroad-security/inroad/graph"
	inroadv1 "github.com/inroad-security/inroad/proto/inroad/v1"
)

// wireCypher knows every type that a row may hold (graph.Rows).
func wireCypher(value any) *inroadv1.CypherValue {
	switch value := value.(type) {
	case bool:
		return &inroadv1.CypherValue{Kind: &inroadv1.CypherValue_Boolean{Boolean: value}}
	case int64:
		return &inroadv1.CypherValue{Kind: &inroadv1.CypherValue_Integer{Integer: value}}
	case float64:
		return &inroadv1.CypherValue{Kind: &inroadv1.CypherValue_Float{Float: value}}
	case string:
		return &inroadv1.CypherValue{Kind: &inroadv1.CypherValue_Text{Text: validText(value)}}
	case []any:
		list := &inroadv1.CypherList{Items: make([]*inroadv1.CypherValue, len(value))}
		for i, item := range value {
			list.Items[i] = wireCypher(item)
		}
		return &inroadv1.CypherValue{Kind: &inroadv1.CypherValue_List{List: list}}
	case map[string]any:
		return &inroadv1.CypherValue{Kind: &inroadv1.CypherValue_Map{Map: &inroadv1.CypherMap{Entries: wireEntries(value)}}}
	case graph.Vertex:
		return &inroadv1.CypherValue{Kind: &inroadv1.CypherValue_Node{Node: wireVertex(value)}}
	case graph.Relation:
		return &inroadv1.CypherValue{Kind: &inroadv1.CypherValue_Relationship{Relationship: wireRelation(value)}}
	case graph.Walk:
		path := &inroadv1.GraphPath{}
		for _, vertex := range value.Vertices {
			path.Nodes = append(path.Nodes, wireVertex(vertex))
		}
		for _, relation := range value.Relations {
			path.Relationships = append(path.Relationships, wireRelation(relation))
		}
		return &inroadv1.CypherValue{Kind: &inroadv1.CypherValue_Path{Path: path}}
	case graph.Temporal:
		return &inroadv1.CypherValue{Kind: &inroadv1.CypherValue_Temporal{Temporal: &inroadv1.CypherTemporal{Type: value.Type, Text: value.Text}}}
	default:
		return &inroadv1.CypherValue{Kind: &inroadv1.CypherValue_Null{Null: &inroadv1.CypherNull{}}}
	}
}

func wireVertex(vertex graph.Vertex) *inroadv1.GraphNode {
	return &inroadv1.GraphNode{Id: validText(string(vertex.ID)), Labels: vertex.Labels, Properties: wireEntries(vertex.Props)}
}

func wireRelation(relation graph.Relation) *inroadv1.GraphRelationship {
	return &inroadv1.GraphRelationship{
		From: validText(string(relation.From)), To: validText(string(relation.To)), Type: string(relation.Type), Properties: wireEntries(relation.Props),
	}
}

func wireEntries(entries map[string]any) map[string]*inroadv1.CypherValue {
	wire := make(map[string]*inroadv1.CypherValue, len(entries))
	for name, value := range entries {
		wire[validText(name)] = wireCypher(value)
	}
	return wire
}

// validText is a text as the wire wants it: a statement can cut one within a letter.
func validText(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }

// parameter reads a value that a caller may give.
func parameter(wire *inroadv1.CypherValue) (any, error) {
	switch kind := wire.GetKind().(type) {
	case nil, *inroadv1.CypherValue_Null:
		return nil, nil
	case *inroadv1.CypherValue_Boolean:
		return kind.Boolean, nil
	case *inroadv1.CypherValue_Integer:
		return kind.Integer, nil
	case *inroadv1.CypherValue_Float:
		return kind.Float, nil
	case *inroadv1.CypherValue_Text:
		return kind.Text, nil
	case *inroadv1.CypherValue_List:
		items := make([]any, len(kind.List.GetItems()))
		for i, item := range kind.List.GetItems() {
			var err error
			if items[i], err = parameter(item); err != nil {
				return nil, err
			}
		}
		return items, nil
	case *inroadv1.CypherValue_Map:
		entries := make(map[string]any, len(kind.Map.GetEntries()))
		for name, entry := range kind.Map.GetEntries() {
			value, err := parameter(entry)
			if err != nil {
				return nil, err
			}
			entries[name] = value
		}
		return entries, nil
	default:
		return nil, fmt.Errorf("%w: a parameter is null, a boolean, a number, a text, or a list or a map of such", graph.ErrInvalid)
	}
}
