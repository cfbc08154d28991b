package cypher

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/inroad-security/inroad/graph"
)

// drawGraph draws a small graph of nodes {n: number} and relationships of the types A and B with a weight w.
func drawGraph(t *rapid.T) *memory {
	memory := &memory{}
	nodes := rapid.IntRange(2, 5).Draw(t, "nodes")
	for i := range nodes {
		memory.nodes = append(memory.nodes, memoryNode{props: map[string]any{"n": int64(i)}})
	}
	for i := range rapid.IntRange(0, 8).Draw(t, "relationships") {
		end := func(name string) vertex {
			return vertex(rapid.IntRange(0, nodes-1).Draw(t, fmt.Sprint(name, i)))
		}
		memory.links = append(memory.links, memoryEdge{
			from: end("from"), to: end("to"), kind: rapid.SampledFrom([]string{"A", "B"}).Draw(t, fmt.Sprint("type", i)),
			props: map[string]any{"w": int64(rapid.IntRange(0, 2).Draw(t, fmt.Sprint("w", i)))},
		})
	}
	memory.settle()
	return memory
}

// trails gives every trail from one node to another: it tries all orders of relationships, with no cleverness.
func (memory *memory) trails(from, to vertex, direction direction, may func(edge) bool) [][]edge {
	var found [][]edge
	var on func(at vertex, trail []edge)
	on = func(at vertex, trail []edge) {
		if at == to && len(trail) > 0 {
			found = append(found, slices.Clone(trail))
		}
		for i := range memory.links {
			e := edge(i)
			if slices.Contains(trail, e) || !may(e) {
				continue
			}
			link := memory.links[e]
			if direction != inward && link.from == at {
				on(link.to, append(slices.Clone(trail), e))
			}
			if direction != outward && link.to == at && (direction == inward || link.from != link.to) {
				on(link.from, append(slices.Clone(trail), e))
			}
		}
	}
	on(from, nil)
	return found
}

// shortestOf keeps those of the least length.
func shortestOf(trails [][]edge) [][]edge {
	least := 1 << 30
	for _, trail := range trails {
		least = min(least, len(trail))
	}
	return slices.DeleteFunc(trails, func(trail []edge) bool { return len(trail) > least })
}

func trailTexts(trails [][]edge) []string {
	texts := []string{}
	for _, trail := range trails {
		texts = append(texts, fmt.Sprint(trail))
	}
	slices.Sort(texts)
	return texts
}

// answerTrails runs a query that returns lists of relationships, by their numbers.
func answerTrails(t *rapid.T, memory *memory, text string) []string {
	answer, _, early, late := collect(&querier{graph: memory}, graph.Query{Text: text, Limits: graph.QueryLimits{Rows: 1 << 20}})
	if early != nil || late != nil {
		t.Fatalf("%s: %v %v", text, early, late)
	}
	texts := []string{}
	for _, row := range answer {
		var trail []edge
		for _, id := range row[0].([]any) {
			trail = append(trail, edge(id.(int64)))
		}
		texts = append(texts, fmt.Sprint(trail))
	}
	slices.Sort(texts)
	return texts
}

func TestPathsAreThoseThatBruteForceFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		memory := drawGraph(t)
		from, to := vertex(rapid.IntRange(0, len(memory.nodes)-1).Draw(t, "from")), vertex(rapid.IntRange(0, len(memory.nodes)-1).Draw(t, "to"))
		direction := rapid.SampledFrom([]direction{outward, inward, either}).Draw(t, "direction")
		heavy := rapid.Bool().Draw(t, "heavy")
		types := rapid.SampledFrom([]string{"", ":A"}).Draw(t, "types")
		most := rapid.IntRange(1, 6).Draw(t, "most")
		may := func(e edge) bool {
			return (types == "" || memory.links[e].kind == "A") && (!heavy || memory.links[e].props["w"].(int64) > 0)
		}
		where := ""
		if heavy {
			where = " WHERE all(x IN relationships(p) WHERE x.w > 0)"
		}
		arrow := func(span string) string {
			return map[int]string{0: "-[" + types + span + "]->", 1: "<-[" + types + span + "]-", 2: "-[" + types + span + "]-"}[int(direction)]
		}
		ends := fmt.Sprintf("MATCH (a {n: %d}), (b {n: %d}) MATCH p = ", from, to)
		give := " RETURN [x IN relationships(p) | id(x)] AS ids"

		trails := memory.trails(from, to, direction, may)
		within := slices.DeleteFunc(slices.Clone(trails), func(trail []edge) bool { return len(trail) > most })
		text := ends + "(a)" + arrow(fmt.Sprintf("*1..%d", most)) + "(b)" + where + give
		if got, want := answerTrails(t, memory, text), trailTexts(within); !slices.Equal(got, want) {
			t.Fatalf("%s\ngives %v, want %v", text, got, want)
		}
		reached := fmt.Sprintf("MATCH (a {n: %d})%s(b) RETURN DISTINCT b.n AS n", from, arrow(fmt.Sprintf("*1..%d", most)))
		memory.sameReach(t, from, direction, types, most, reached)
		if from == to {
			return
		}
		text = ends + "allShortestPaths((a)" + arrow(fmt.Sprintf("*..%d", most)) + "(b))" + where + give
		want := trailTexts(shortestOf(within))
		if got := answerTrails(t, memory, text); !slices.Equal(got, want) {
			t.Fatalf("%s\ngives %v, want %v", text, got, want)
		}
		one := answerTrails(t, memory, strings.Replace(text, "allShortestPaths", "shortestPath", 1))
		if len(one) != min(1, len(want)) || len(one) == 1 && !slices.Contains(want, one[0]) {
			t.Fatalf("shortestPath gives %v, which is not one of %v", one, want)
		}
		memory.sameToAll(t, from, direction, types, arrow("*"))
		// A condition on the path as a whole asks for the shortest of those that fulfil it.
		longer := slices.DeleteFunc(slices.Clone(trails), func(trail []edge) bool { return len(trail) <= 2 })
		text = ends + "allShortestPaths((a)" + arrow("*") + "(b))" + strings.Replace(where+" AND length(p) > 2", " AND", map[bool]string{true: " AND", false: " WHERE"}[heavy], 1) + give
		if got, want := answerTrails(t, memory, text), trailTexts(shortestOf(longer)); !slices.Equal(got, want) {
			t.Fatalf("%s\ngives %v, want %v", text, got, want)
		}
	})
}

// sameToAll holds the shortest paths between one node and each other against brute force. Searches go on from what those before
// them have seen from the end that they share.
func (memory *memory) sameToAll(t *rapid.T, one vertex, direction direction, types, arrow string) {
	may := func(e edge) bool { return types == "" || memory.links[e].kind == "A" }
	for _, toward := range []bool{false, true} {
		ends := "(a)" + arrow + "(b)"
		if toward {
			ends = "(b)" + arrow + "(a)"
		}
		text := fmt.Sprintf("MATCH (a {n: %d}), (b) WHERE a <> b MATCH p = allShortestPaths(%s) RETURN [x IN relationships(p) | id(x)] AS ids", one, ends)
		var want [][]edge
		for other := range memory.nodes {
			from, to := one, vertex(other)
			if toward {
				from, to = to, from
			}
			if from != to {
				want = append(want, shortestOf(memory.trails(from, to, direction, may))...)
			}
		}
		if got := answerTrails(t, memory, text); !slices.Equal(got, trailTexts(want)) {
			t.Fatalf("%s\ngives %v, want %v", text, got, trailTexts(want))
		}
	}
}

// sameReach holds the ends that DISTINCT gives, for which each node is visited once, against those of all trails.
func (memory *memory) sameReach(t *rapid.T, from vertex, direction direction, types string, most int, text string) {
	want := []string{}
	for to := range memory.nodes {
		for _, trail := range memory.trails(from, vertex(to), direction, func(e edge) bool { return types == "" || memory.links[e].kind == "A" }) {
			if len(trail) <= most {
				want = append(want, fmt.Sprint([]any{int64(to)}))
				break
			}
		}
	}
	answer, _, early, late := collect(&querier{graph: memory}, graph.Query{Text: text})
	if early != nil || late != nil {
		t.Fatalf("%s: %v %v", text, early, late)
	}
	got := []string{}
	for _, row := range answer {
		got = append(got, fmt.Sprint(row))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Fatalf("%s\ngives %v, want %v", text, got, want)
	}
}
