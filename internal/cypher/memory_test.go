package cypher

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"

	"github.com/inroad-security/inroad/graph"
)

// memory is a property graph with any labels and properties, for graphs that no snapshot can hold.
type memory struct {
	nodes []memoryNode
	links []memoryEdge // by their source
	types []string
	first []edge
	into  [][]graph.EdgeIndex
}

type memoryNode struct {
	tags  []string
	props map[string]any
}

type memoryEdge struct {
	from, to vertex
	kind     string
	props    map[string]any
}

// settle numbers the relationships by their sources.
func (memory *memory) settle() {
	slices.SortStableFunc(memory.links, func(a, b memoryEdge) int { return int(a.from) - int(b.from) })
	memory.first = make([]edge, len(memory.nodes)+1)
	memory.into = make([][]graph.EdgeIndex, len(memory.nodes))
	for at, link := range memory.links {
		if !slices.Contains(memory.types, link.kind) {
			memory.types = append(memory.types, link.kind)
		}
		memory.first[link.from+1]++
		memory.into[link.to] = append(memory.into[link.to], graph.EdgeIndex(at))
	}
	for i := range memory.nodes {
		memory.first[i+1] += memory.first[i]
	}
}

func (memory *memory) vertices() int                    { return len(memory.nodes) }
func (memory *memory) edges() int                       { return len(memory.links) }
func (memory *memory) find(string) (vertex, bool, bool) { return 0, false, false }
func (memory *memory) labels(of vertex) []string        { return memory.nodes[of].tags }
func (memory *memory) out(of vertex) (edge, edge)       { return memory.first[of], memory.first[of+1] }
func (memory *memory) in(of vertex) []graph.EdgeIndex   { return memory.into[of] }
func (memory *memory) ends(of edge) (vertex, vertex) {
	return memory.links[of].from, memory.links[of].to
}
func (memory *memory) kinds() []string                     { return memory.types }
func (memory *memory) kindAt(of edge) int                  { return slices.Index(memory.types, memory.links[of].kind) }
func (memory *memory) property(of vertex, name string) any { return memory.nodes[of].props[name] }
func (memory *memory) properties(of vertex) map[string]any { return maps.Clone(memory.nodes[of].props) }

func (memory *memory) edgeProperty(of edge, name string) any {
	return memory.links[of].props[name]
}

func (memory *memory) edgeProperties(of edge) map[string]any {
	return maps.Clone(memory.links[of].props)
}

func (memory *memory) labelled(label string) (iter.Seq[vertex], int) {
	var found []vertex
	for i, node := range memory.nodes {
		if slices.Contains(node.tags, label) {
			found = append(found, vertex(i))
		}
	}
	return slices.Values(found), len(found)
}

func (memory *memory) vertex(of vertex) graph.Vertex {
	return graph.Vertex{ID: graph.ID(fmt.Sprint(of)), Labels: memory.labels(of), Props: memory.shown(memory.nodes[of].props)}
}

func (memory *memory) relation(of edge) graph.Relation {
	link := memory.links[of]
	return graph.Relation{From: graph.ID(fmt.Sprint(link.from)), To: graph.ID(fmt.Sprint(link.to)), Type: graph.EdgeKind(link.kind), Props: memory.shown(link.props)}
}

// shown gives properties as an answer shows them.
func (memory *memory) shown(props map[string]any) map[string]any {
	run := &run{graph: memory}
	shown, err := run.outside(props)
	if err != nil {
		panic(err) // a test's properties fit
	}
	return shown.(map[string]any)
}

// execute runs a statement that makes a graph: reading clauses, CREATE, and DELETE of relationships.
func (memory *memory) execute(written string) error {
	parser, err := newParser(written)
	if err != nil {
		return err
	}
	memory.settle()
	maker := &maker{memory: memory, scope: (&compiler{graph: memory}).scope(), gone: map[edge]bool{}}
	for parser.next().sort != end && !parser.next().is(";") {
		if err := maker.clause(parser); err != nil {
			return err
		}
	}
	rows := [][]any{make([]any, maker.scope.slots)}
	for _, step := range maker.steps {
		if rows, err = step(rows); err != nil {
			return err
		}
	}
	var kept []memoryEdge
	for at, link := range memory.links {
		if !maker.gone[edge(at)] {
			kept = append(kept, link)
		}
	}
	memory.links = append(kept, maker.made...)
	memory.settle()
	return nil
}

// maker is the work on one statement.
type maker struct {
	*memory
	scope *scope
	steps []func(rows [][]any) ([][]any, error)
	made  []memoryEdge
	gone  map[edge]bool
}

func (maker *maker) run() *run {
	limits, _ := graph.QueryLimits{}.Or()
	return &run{ctx: context.Background(), graph: maker.memory, limits: limits, used: make([]edgeSet, maker.scope.matches), random: rand.New(rand.NewPCG(1, 2))}
}

func (maker *maker) clause(parser *parser) error {
	switch {
	case parser.takes("CREATE"):
		for {
			pattern, err := parser.pattern()
			if err != nil {
				return err
			}
			if err := maker.create(pattern); err != nil {
				return err
			}
			if !parser.takesSymbol(",") {
				return nil
			}
		}
	case parser.takes("DELETE"):
		name, err := parser.variable()
		if err != nil {
			return err
		}
		if _, err := name.resolve(maker.scope); err != nil {
			return err
		}
		maker.steps = append(maker.steps, func(rows [][]any) ([][]any, error) {
			for _, row := range rows {
				maker.gone[row[name.slot].(edge)] = true
			}
			return rows, nil
		})
		return nil
	}
	clause, err := parser.clause()
	if err != nil {
		return err
	}
	if clause == nil {
		return parser.unexpected("a clause")
	}
	var stage stage
	switch clause := clause.(type) {
	case *matching:
		stage, err = maker.scope.matching(clause)
	case *unwinding:
		stage, err = maker.scope.unwinding(clause)
	case *projecting:
		stage, err = maker.scope.projecting(clause)
	default:
		return fmt.Errorf("a graph is not made with %T", clause)
	}
	maker.steps = append(maker.steps, func(rows [][]any) ([][]any, error) {
		into := &kept{}
		run := maker.run()
		sink := stage.into(run, make([]any, maker.scope.slots), into)
		for _, row := range rows {
			if err := sink.row(row); err != nil {
				return nil, err
			}
		}
		return into.rows, sink.done()
	})
	return err
}

type kept struct{ rows [][]any }

func (kept *kept) row(row []any) error { kept.rows = append(kept.rows, slices.Clone(row)); return nil }
func (kept *kept) done() error         { return nil }

// create makes a pattern's nodes, where they are not bound, and its relationships.
func (maker *maker) create(pattern *pattern) error {
	slots, fresh := make([]int, len(pattern.nodes)), make([]bool, len(pattern.nodes))
	for i, node := range pattern.nodes {
		if node.name != nil {
			if found, ok := maker.scope.names[node.name.name]; ok {
				slots[i] = found.slot
				continue
			}
		}
		slots[i], fresh[i] = maker.scope.slot(), true
		if node.name != nil {
			maker.scope.names[node.name.name] = bound{slot: slots[i], kind: isVertex}
		}
		if err := maker.scope.resolveAll(node.props); node.props != nil && err != nil {
			return err
		}
	}
	for _, relation := range pattern.relations {
		if relation.props != nil {
			if err := maker.scope.resolveAll(relation.props); err != nil {
				return err
			}
		}
		if relation.name != nil {
			maker.scope.names[relation.name.name] = bound{slot: maker.scope.slot(), kind: isEdge}
		}
	}
	maker.steps = append(maker.steps, func(rows [][]any) ([][]any, error) {
		for _, row := range rows {
			if err := maker.createOne(pattern, slots, fresh, row); err != nil {
				return nil, err
			}
		}
		return rows, nil
	})
	return nil
}

func (maker *maker) createOne(pattern *pattern, slots []int, fresh []bool, row []any) error {
	for i, node := range pattern.nodes {
		if !fresh[i] {
			continue
		}
		props, err := maker.props(node.props, row)
		if err != nil {
			return err
		}
		tags := surely(node.labels, nil)
		slices.Sort(tags)
		row[slots[i]] = vertex(len(maker.nodes))
		maker.nodes = append(maker.nodes, memoryNode{tags: tags, props: props})
		maker.first = append(maker.first, maker.first[len(maker.first)-1])
		maker.into = append(maker.into, nil)
	}
	for i, relation := range pattern.relations {
		props, err := maker.props(relation.props, row)
		if err != nil {
			return err
		}
		from, to := row[slots[i]].(vertex), row[slots[i+1]].(vertex)
		if relation.direction == inward {
			from, to = to, from
		}
		maker.made = append(maker.made, memoryEdge{from: from, to: to, kind: relation.types.(labelName).name, props: props})
	}
	return nil
}

func (maker *maker) props(of expr, row []any) (map[string]any, error) {
	props := map[string]any{}
	if of == nil {
		return props, nil
	}
	value, err := of.eval(maker.run(), row)
	if err != nil {
		return nil, err
	}
	for name, value := range value.(map[string]any) {
		if value != nil {
			props[name] = value
		}
	}
	return props, nil
}
