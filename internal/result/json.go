package result

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/inroad-security/inroad/graph"
)

type (
	jsonNode struct {
		ID         graph.ID `json:"id"`
		Labels     []string `json:"labels"`
		Properties any      `json:"properties"`
	}
	jsonRelationship struct {
		From       graph.ID       `json:"from"`
		To         graph.ID       `json:"to"`
		Type       graph.EdgeKind `json:"type"`
		Properties any            `json:"properties"`
	}
	jsonPath struct {
		Nodes         []any `json:"nodes"`
		Relationships []any `json:"relationships"`
	}
)

// writeJSON writes one document: {"columns": […], "rows": [{column: value}, …], "stopped": null or why the rows are not all}. Each row is a
// line of its own, written as it comes.
func writeJSON(out io.Writer, rows *graph.Rows) error {
	buffered := bufio.NewWriter(out)
	columns, err := encoded(rows.Columns)
	if err != nil {
		return err
	}
	_, _ = buffered.WriteString(`{"columns": ` + columns + `, "rows": [`) // the writer keeps its first error
	var stopped error
	separator := "\n"
	for row, err := range rows.All {
		if err != nil {
			stopped = err
			break
		}
		text, err := object(rows.Columns, row)
		if err != nil {
			return err
		}
		if _, err := buffered.WriteString(separator + text); err != nil {
			return err // nobody reads on
		}
		separator = ",\n"
	}
	why := "null"
	if stopped != nil {
		if why, err = encoded(stopped.Error()); err != nil {
			return err
		}
	}
	_, _ = buffered.WriteString("\n], \"stopped\": " + why + "}\n")
	return errors.Join(buffered.Flush(), stopped)
}

// object is a row, its columns in their order.
func object(columns []string, row []any) (string, error) {
	var text strings.Builder
	for i, value := range row {
		name, err := encoded(columns[i])
		if err != nil {
			return "", err
		}
		field, err := encoded(plain(value))
		if err != nil {
			return "", err
		}
		if i > 0 {
			text.WriteString(", ")
		}
		text.WriteString(name + ": " + field)
	}
	return "{" + text.String() + "}", nil
}

// encoded is a value as JSON, with the control characters escaped that JSON lets through and some terminals obey.
func encoded(value any) (string, error) {
	text, err := json.Marshal(value)
	return controls.Replace(string(text)), err
}

var controls = func() *strings.Replacer {
	var pairs []string
	for letter := rune(0x7f); letter < 0xa0; letter++ {
		pairs = append(pairs, string(letter), fmt.Sprintf(`\u%04x`, letter))
	}
	return strings.NewReplacer(pairs...)
}()

// plain is a value as JSON has it: a node, a relationship and a path as objects, a time as text, and numbers that JSON lacks as text.
func plain(value any) any {
	switch value := value.(type) {
	case float64:
		if math.IsNaN(value) || math.IsInf(value, 0) {
			return strconv.FormatFloat(value, 'g', -1, 64)
		}
		return value
	case []any:
		items := make([]any, len(value))
		for i, item := range value {
			items[i] = plain(item)
		}
		return items
	case map[string]any:
		entries := make(map[string]any, len(value))
		for name, entry := range value {
			entries[name] = plain(entry)
		}
		return entries
	case graph.Vertex:
		return jsonNode{value.ID, value.Labels, plain(value.Props)}
	case graph.Relation:
		return jsonRelationship{value.From, value.To, value.Type, plain(value.Props)}
	case graph.Walk:
		path := jsonPath{Nodes: []any{}, Relationships: []any{}}
		for _, vertex := range value.Vertices {
			path.Nodes = append(path.Nodes, plain(vertex))
		}
		for _, relation := range value.Relations {
			path.Relationships = append(path.Relationships, plain(relation))
		}
		return path
	case graph.Temporal:
		return value.Text
	default:
		return value
	}
}
