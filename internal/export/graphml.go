package export

import (
	"bufio"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/view"
)

const graphMLHead = `<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
`

// graphML writes GraphML (http://graphml.graphdrawing.org/primer/graphml-primer.html): the graph as graph/view shows it. Its types
// have no lists, so that a list is the text of a JSON array; labels are one text with ":" between them, as networkx and Gephi like it.
func graphML(out *bufio.Writer, snapshot *graph.Snapshot) error {
	document := markup{out: out}
	document.write(graphMLHead)
	nodeKeys, edgeKeys := keyset{element: "node", ids: map[attribute]string{}}, keyset{element: "edge", ids: map[attribute]string{}}
	nodes, edges := snapshot.All()
	for each := range nodes {
		nodeKeys.see(nodeAttributes(each))
	}
	for each := range edges {
		edgeKeys.see(edgeAttributes(each))
	}
	nodeKeys.declare(&document)
	edgeKeys.declare(&document)
	document.write(`<graph id="inroad" edgedefault="directed">` + "\n")
	for each := range nodes {
		document.element(`<node id="`, string(each.ID))
		document.write(`">`)
		document.data(nodeKeys, nodeAttributes(each))
		document.write("</node>\n")
	}
	number := 0
	for each := range edges {
		document.element(fmt.Sprintf(`<edge id="e%d" source="`, number), string(each.From))
		document.element(`" target="`, string(each.To))
		document.write(`">`)
		document.data(edgeKeys, edgeAttributes(each))
		document.write("</edge>\n")
		number++
	}
	document.write("</graph>\n</graphml>\n")
	return document.err
}

// attribute is a property's name and GraphML's name for its type. One name may have several types, each with a key of its own.
type attribute struct{ name, kind string }

func nodeAttributes(node graph.Node) map[string]any {
	props := view.NodeProps(node)
	delete(props, "id")
	props["kind"] = string(node.Kind)
	props["labels"] = ":" + strings.Join(view.Labels(node.Kind), ":")
	return props
}

func edgeAttributes(edge graph.Edge) map[string]any {
	props := view.EdgeProps(edge)
	props["kind"] = string(edge.Kind)
	return props
}

// typed gives a value's attribute and text.
func typed(name string, value any) (attribute, string) {
	switch value := value.(type) {
	case bool:
		return attribute{name, "boolean"}, strconv.FormatBool(value)
	case int64:
		return attribute{name, "long"}, strconv.FormatInt(value, 10)
	case float64:
		text := strconv.FormatFloat(value, 'g', -1, 64)
		if math.IsInf(value, 0) {
			text = strings.Replace(strings.TrimPrefix(text, "+"), "Inf", "INF", 1) // as XML Schema's double has it
		}
		return attribute{name, "double"}, text
	case string:
		return attribute{name, "string"}, value
	default:
		text, err := json.Marshal(value)
		if err != nil {
			return attribute{name, "string"}, fmt.Sprint(value)
		}
		return attribute{name, "string"}, string(text)
	}
}

// keyset is the keys of nodes, or of edges.
type keyset struct {
	element string
	ids     map[attribute]string
}

func (keys keyset) see(props map[string]any) {
	for name, value := range props {
		of, _ := typed(name, value)
		keys.ids[of] = ""
	}
}

// declare numbers the keys in the order of their names and writes their declarations.
func (keys keyset) declare(document *markup) {
	sorted := slices.SortedFunc(maps.Keys(keys.ids), func(a, b attribute) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.kind, b.kind))
	})
	for i, of := range sorted {
		keys.ids[of] = fmt.Sprintf("%s%d", keys.element[:1], i)
		document.element(fmt.Sprintf(`<key id="%s" for="%s" attr.name="`, keys.ids[of], keys.element), of.name)
		document.write(fmt.Sprintf(`" attr.type="%s"/>`+"\n", of.kind))
	}
}

// markup writes XML and keeps the first error.
type markup struct {
	out *bufio.Writer
	err error
}

func (document *markup) write(text string) {
	if document.err == nil {
		_, document.err = document.out.WriteString(text)
	}
}

// element writes markup and then text, escaped; what XML cannot hold becomes U+FFFD.
func (document *markup) element(before, text string) {
	document.write(before)
	if document.err == nil {
		document.err = xml.EscapeText(document.out, []byte(text))
	}
}

func (document *markup) data(keys keyset, props map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(props)) {
		of, text := typed(name, props[name])
		document.element(`<data key="`+keys.ids[of]+`">`, text)
		document.write("</data>")
	}
}
