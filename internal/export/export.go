// Package export writes the graph in forms that other tools read. Equal graphs give equal bytes, and what is written streams: no form
// holds its text in memory.
package export

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
)

// format is one form.
type format struct {
	name  string
	write func(out *bufio.Writer, snapshot *graph.Snapshot) error
}

var formats = []format{
	{"opengraph", openGraph},
	{"graphml", graphML},
	{"cypher", cypher},
	{"jsonl", jsonLines},
}

// Formats gives the names of the forms:
//
//   - opengraph: BloodHound's OpenGraph JSON;
//   - graphml: GraphML, for networkx, Gephi, yEd and igraph;
//   - cypher: statements that make the graph in an empty database;
//   - jsonl: one JSON document a line, the only one that loses nothing but bytes that are no UTF-8.
func Formats() []string {
	names := make([]string, len(formats))
	for i, each := range formats {
		names[i] = each.name
	}
	return names
}

// Write writes a graph in the form of a name.
func Write(out io.Writer, name string, snapshot *graph.Snapshot) error {
	at := slices.IndexFunc(formats, func(each format) bool { return each.name == name })
	if at < 0 {
		return fmt.Errorf("%w: export format %q: want %s", graph.ErrInvalid, name, strings.Join(Formats(), ", "))
	}
	buffered := bufio.NewWriterSize(out, 1<<16)
	if err := formats[at].write(buffered, snapshot); err != nil {
		return fmt.Errorf("export %s: %w", name, err)
	}
	return buffered.Flush()
}
