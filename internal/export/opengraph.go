package export

import (
	"bufio"
	"encoding/json"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/view"
)

// openGraph writes BloodHound's OpenGraph JSON (https://bloodhound.specterops.io/opengraph/schema): a node has its kind first and up
// to two classes, and the kind Inroad comes to all of them by the metadata. BloodHound keeps one edge of a kind between two nodes,
// so that ours which differ by technique or requirements alone become the surest of them, with the techniques of all.
func openGraph(out *bufio.Writer, snapshot *graph.Snapshot) error {
	nodes, edges := snapshot.All()
	list := jsonList{out: out}
	list.text(`{"metadata":{"source_kind":"Inroad"},"graph":{"nodes":[`)
	for each := range nodes {
		props := view.NodeProps(each)
		delete(props, "id") // BloodHound's own objectid
		props["displayname"] = shownAs(each)
		list.add(openNode{string(each.ID), openKinds(each.Kind), props})
	}
	list.text(`],"edges":[`)
	var same []graph.Edge
	for each := range edges {
		if len(same) > 0 && (same[0].From != each.From || same[0].To != each.To || same[0].Kind != each.Kind) {
			list.add(merged(same))
			same = same[:0]
		}
		same = append(same, each)
	}
	if len(same) > 0 {
		list.add(merged(same))
	}
	list.text("]}}\n")
	return list.err
}

type (
	openNode struct {
		ID    string         `json:"id"`
		Kinds []string       `json:"kinds"`
		Props map[string]any `json:"properties"`
	}
	openEdge struct {
		Kind  string         `json:"kind"`
		Start openEnd        `json:"start"`
		End   openEnd        `json:"end"`
		Props map[string]any `json:"properties"`
	}
	openEnd struct {
		MatchBy string `json:"match_by"`
		Value   string `json:"value"`
	}
)

// mostOpenKinds is how many kinds a node may have where the published page is held to.
const mostOpenKinds = 3

func openKinds(kind graph.NodeKind) []string {
	kinds := []string{string(kind)}
	for _, label := range view.Labels(kind) {
		if label != view.Entity && label != string(kind) && len(kinds) < mostOpenKinds {
			kinds = append(kinds, label)
		}
	}
	return kinds
}

// merged is one edge for several between the same nodes and of one kind.
func merged(same []graph.Edge) openEdge {
	surest := slices.MinFunc(same, func(a, b graph.Edge) int { return int(a.Verdict) - int(b.Verdict) })
	props := view.EdgeProps(surest)
	if len(same) > 1 {
		var techniques []string
		for _, each := range same {
			techniques = append(techniques, each.Technique)
		}
		slices.Sort(techniques)
		props["techniques"] = slices.Compact(techniques)
	}
	return openEdge{string(surest.Kind), openEnd{"id", string(surest.From)}, openEnd{"id", string(surest.To)}, props}
}

// shownAs is what people call a node: its name, else the end of its id.
func shownAs(node graph.Node) string {
	if name := node.Props.Text("name"); name != "" {
		return strings.ToValidUTF8(name, "\uFFFD")
	}
	id := strings.ToValidUTF8(string(node.ID), "\uFFFD")
	if end := id[strings.LastIndexAny(id, ":/")+1:]; end != "" {
		return end
	}
	return id
}

// jsonList writes the items of a list with commas between them, and keeps the first error.
type jsonList struct {
	out    *bufio.Writer
	within bool
	err    error
}

func (list *jsonList) add(item any) {
	if list.within {
		list.write([]byte(","))
	}
	list.within = true
	encoded, err := json.Marshal(item)
	if list.err == nil {
		list.err = err
	}
	list.write([]byte("\n"))
	list.write(encoded)
}

// text writes what stands around a list; the next item is a list's first.
func (list *jsonList) text(text string) {
	list.write([]byte(text))
	list.within = false
}

func (list *jsonList) write(bytes []byte) {
	if list.err == nil {
		_, list.err = list.out.Write(bytes)
	}
}
