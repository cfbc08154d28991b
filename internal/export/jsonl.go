package export

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/inroad-security/inroad/graph"
)

// The lines of the form, in this order: one head, then scopes, nodes and edges, each in the order of a snapshot.
type (
	head struct {
		Type     string         `json:"type"` // graph
		Version  int            `json:"version"`
		Revision graph.Revision `json:"revision"`
		Nodes    int            `json:"nodes"`
		Edges    int            `json:"edges"`
	}
	scope struct {
		Type       string      `json:"type"` // scope
		Scope      graph.Scope `json:"scope"`
		Collected  *time.Time  `json:"collected,omitempty"`
		Incomplete []string    `json:"incomplete,omitempty"`
		Nodes      int         `json:"nodes"`
		Edges      int         `json:"edges"`
	}
	node struct {
		Type  string         `json:"type"` // node
		ID    graph.ID       `json:"id"`
		Kind  graph.NodeKind `json:"kind"`
		Stub  bool           `json:"stub,omitempty"`
		Props map[string]any `json:"props,omitempty"`
	}
	edge struct {
		Type      string         `json:"type"` // edge
		From      graph.ID       `json:"from"`
		To        graph.ID       `json:"to"`
		Kind      graph.EdgeKind `json:"kind"`
		Technique string         `json:"technique,omitempty"`
		Requires  []graph.ID     `json:"requires,omitempty"`
		Verdict   string         `json:"verdict"`
		Cause     graph.Cause    `json:"cause,omitempty"`
		Evidence  []evidence     `json:"evidence,omitempty"`
		Props     map[string]any `json:"props,omitempty"`
	}
	evidence struct {
		Kind    graph.EvidenceKind `json:"kind"`
		Source  graph.ID           `json:"source"`
		Locator string             `json:"locator,omitempty"`
		Detail  string             `json:"detail,omitempty"`
	}
)

func jsonLines(out *bufio.Writer, snapshot *graph.Snapshot) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(head{"graph", 1, snapshot.Revision(), snapshot.Len(), snapshot.Edges()}); err != nil {
		return err
	}
	for _, status := range snapshot.Scopes() {
		line := scope{Type: "scope", Scope: status.Scope, Incomplete: status.Incomplete, Nodes: status.Nodes, Edges: status.Edges}
		if !status.Collected.IsZero() {
			line.Collected = &status.Collected
		}
		if err := encoder.Encode(line); err != nil {
			return err
		}
	}
	nodes, edges := snapshot.All()
	for each := range nodes {
		if err := encoder.Encode(node{"node", each.ID, each.Kind, each.Stub, numbered(each.Props)}); err != nil {
			return fmt.Errorf("node %s: %w", each.ID, err)
		}
	}
	for each := range edges {
		line := edge{
			Type: "edge", From: each.From, To: each.To, Kind: each.Kind, Technique: each.Technique, Requires: each.Requires,
			Verdict: each.Verdict.String(), Cause: each.Cause, Props: numbered(each.Props),
		}
		for _, piece := range each.Evidence {
			line.Evidence = append(line.Evidence, evidence(piece))
		}
		if err := encoder.Encode(line); err != nil {
			return fmt.Errorf("edge %s -[%s]-> %s: %w", each.From, each.Kind, each.To, err)
		}
	}
	return nil
}

// numbered writes a number that is not whole by its type with a point or an exponent, so that a reader can tell 1.0 from 1.
func numbered(props graph.Props) map[string]any {
	written := make(map[string]any, len(props))
	for name, value := range props {
		if number, ok := value.(float64); ok && !math.IsInf(number, 0) && !math.IsNaN(number) {
			value = json.Number(decimal(number))
		}
		written[name] = value
	}
	return written
}

// decimal writes a finite number so that it is read back as the same, and as no whole one.
func decimal(number float64) string {
	text := strconv.FormatFloat(number, 'g', -1, 64)
	if !strings.ContainsAny(text, ".e") {
		text += ".0"
	}
	return strings.Replace(text, "e+", "e", 1) // Cypher has no sign there
}
