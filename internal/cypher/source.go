package cypher

import (
	"iter"
	"strings"
	"unicode"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/view"
)

// source is the property graph that is asked. It never changes, and any number may read it at once. Nodes and
// relationships are numbered from 0.
type source interface {
	vertices() int
	edges() int
	// find gives the node whose property "id" is the text; known is false where the source has no such index.
	find(id string) (at vertex, found, known bool)
	labels(of vertex) []string // in order
	// labelled gives the nodes that have a label, in order of number, and how many there are.
	labelled(label string) (iter.Seq[vertex], int)
	property(of vertex, name string) any // nil: it has none
	properties(of vertex) map[string]any // the caller's own
	out(of vertex) (first, beyond edge)  // its outgoing relationships are numbered in a row
	in(of vertex) []graph.EdgeIndex
	ends(of edge) (from, to vertex)
	kinds() []string    // of relationships
	kindAt(of edge) int // where among them a relationship's type stands
	edgeProperty(of edge, name string) any
	edgeProperties(of edge) map[string]any
	vertex(of vertex) graph.Vertex
	relation(of edge) graph.Relation
}

// packed is a snapshot seen as a property graph, as graph/view has it.
type packed struct {
	*graph.Snapshot
	tags      map[graph.NodeKind][]string // labels
	ofTag     map[string][]graph.NodeKind // the kinds that have a label
	edgeKinds []string
}

func newPacked(snapshot *graph.Snapshot) *packed {
	packed := &packed{Snapshot: snapshot, tags: map[graph.NodeKind][]string{}, ofTag: map[string][]graph.NodeKind{}}
	for _, kind := range snapshot.EdgeKinds() {
		packed.edgeKinds = append(packed.edgeKinds, string(kind))
	}
	for _, kind := range snapshot.Kinds() {
		packed.tags[kind] = view.Labels(kind)
		for _, label := range packed.tags[kind] {
			packed.ofTag[label] = append(packed.ofTag[label], kind)
		}
	}
	return packed
}

func (packed *packed) vertices() int { return packed.Len() }
func (packed *packed) edges() int    { return packed.Edges() }

// find does not know an id that may stand for one that is no valid text.
func (packed *packed) find(id string) (vertex, bool, bool) {
	if strings.ContainsRune(id, unicode.ReplacementChar) {
		return 0, false, false
	}
	at, found := packed.Find(graph.ID(id))
	return vertex(at), found, true
}

func (packed *packed) labels(of vertex) []string { return packed.tags[packed.Kind(graph.Index(of))] }

func (packed *packed) labelled(label string) (iter.Seq[vertex], int) {
	kinds := packed.ofTag[label]
	count := 0
	for _, kind := range kinds {
		count += packed.Count(kind)
	}
	return func(yield func(vertex) bool) {
		for i := range packed.OfKind(kinds...) {
			if !yield(vertex(i)) {
				return
			}
		}
	}, count
}

func (packed *packed) property(of vertex, name string) any {
	return view.NodeProp(packed.Snapshot, graph.Index(of), name)
}

func (packed *packed) properties(of vertex) map[string]any {
	return view.NodeProps(packed.Node(graph.Index(of)))
}

func (packed *packed) out(of vertex) (first, beyond edge) {
	from, to := packed.OutRange(graph.Index(of))
	return edge(from), edge(to)
}

func (packed *packed) in(of vertex) []graph.EdgeIndex { return packed.InEdges(graph.Index(of)) }

func (packed *packed) ends(of edge) (from, to vertex) {
	left, right := packed.Ends(graph.EdgeIndex(of))
	return vertex(left), vertex(right)
}

func (packed *packed) kinds() []string { return packed.edgeKinds }

func (packed *packed) kindAt(of edge) int { return packed.EdgeKindAt(graph.EdgeIndex(of)) }

func (packed *packed) edgeProperty(of edge, name string) any {
	return view.EdgeProp(packed.Snapshot, graph.EdgeIndex(of), name)
}

func (packed *packed) edgeProperties(of edge) map[string]any {
	return view.EdgeProps(packed.Edge(graph.EdgeIndex(of)))
}

func (packed *packed) vertex(of vertex) graph.Vertex {
	node := packed.Node(graph.Index(of))
	return graph.Vertex{ID: node.ID, Labels: append([]string(nil), packed.labels(of)...), Props: view.NodeProps(node)}
}

func (packed *packed) relation(of edge) graph.Relation {
	edge := packed.Edge(graph.EdgeIndex(of))
	return graph.Relation{From: edge.From, To: edge.To, Type: edge.Kind, Props: view.EdgeProps(edge)}
}
