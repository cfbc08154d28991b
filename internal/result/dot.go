package result

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
)

// drawing writes Graphviz's language (https://graphviz.org/doc/info/lang.html): each node and each relationship once.
type drawing struct {
	out   *bufio.Writer
	nodes map[graph.ID]bool
	edges map[string]bool
}

// writeDot draws the nodes, relationships and paths of an answer, wherever in a row they are. Without any it is ErrInvalid.
func writeDot(out io.Writer, rows *graph.Rows) error {
	drawing := drawing{bufio.NewWriter(out), map[graph.ID]bool{}, map[string]bool{}}
	drawing.write("digraph inroad {\nrankdir=LR;\nnode [shape=box];\n")
	var stopped error
	seen := false
	for row, err := range rows.All {
		if err != nil {
			stopped = err
			break
		}
		seen = true
		for _, value := range row {
			drawing.draw(value)
		}
	}
	drawing.write("}\n")
	if seen && stopped == nil && len(drawing.nodes)+len(drawing.edges) == 0 {
		return fmt.Errorf("%w: the answer has nothing to draw: return nodes, relationships or paths, as in MATCH path = (a)-->(b) RETURN path", graph.ErrInvalid)
	}
	return errors.Join(drawing.out.Flush(), stopped)
}

func (drawing *drawing) draw(value any) {
	switch value := value.(type) {
	case graph.Vertex:
		if drawing.nodes[value.ID] {
			return
		}
		drawing.nodes[value.ID] = true
		name, _ := value.Props["name"].(string)
		if name == "" {
			name = string(value.ID)
		}
		drawing.write(fmt.Sprintf("%s [label=%s];\n", quoted(string(value.ID)), quoted(name+"\n"+strings.Join(value.Labels, " "))))
	case graph.Relation:
		key := fmt.Sprintf("%q %q %q %v", value.From, value.To, value.Type, value.Props["technique"])
		if drawing.edges[key] {
			return
		}
		drawing.edges[key] = true
		style := ""
		if verdict := value.Props["verdict"]; verdict == "possible" || verdict == "unknown" {
			style = ", style=dashed"
		}
		drawing.write(fmt.Sprintf("%s -> %s [label=%s%s];\n", quoted(string(value.From)), quoted(string(value.To)), quoted(string(value.Type)), style))
	case graph.Walk:
		for _, vertex := range value.Vertices {
			drawing.draw(vertex)
		}
		for _, relation := range value.Relations {
			drawing.draw(relation)
		}
	case []any:
		for _, item := range value {
			drawing.draw(item)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			drawing.draw(value[name])
		}
	}
}

func (drawing *drawing) write(text string) {
	_, _ = drawing.out.WriteString(text) // the writer keeps its first error
}

// quoted is a text as Graphviz's quoted string. A backslash is doubled, for in a label it begins an escape.
func quoted(text string) string {
	text = Visible(strings.ToValidUTF8(text, "\uFFFD"))
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(text) + `"`
}
