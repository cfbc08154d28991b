package neo4jstore

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/view"
)

// The statements that write the graph. Labels and types reach them as parameters too, as Neo4j 5.26 allows, so that no name of a
// batch is ever part of a statement. Relationships are found by their ends' element ids, which takes half the time that
// looking for the ends by their ids takes.
const (
	findNodes   = "UNWIND $rows AS row MATCH (n:" + view.Entity + " {id: row}) RETURN n.id, elementId(n)"
	createNodes = "UNWIND $rows AS row CREATE (n:" + view.Entity + ":$(row.labels)) SET n = row.props RETURN n.id, elementId(n)"
	changeNodes = "UNWIND $rows AS row MATCH (n:" + view.Entity + " {id: row.id}) REMOVE n:$(row.gone) SET n:$(row.labels) SET n = row.props RETURN count(n)"
	deleteNodes = "UNWIND $rows AS row MATCH (n:" + view.Entity + " {id: row}) DETACH DELETE n RETURN count(*)"

	matchEnds = "UNWIND $rows AS row MATCH (a) WHERE elementId(a) = row.from MATCH (b) WHERE elementId(b) = row.to "
	matchEdge = matchEnds + `MATCH (a)-[r]->(b) WHERE type(r) = row.type AND coalesce(r.technique, "") = row.technique AND coalesce(r.requires, []) = row.requires `

	createEdges = matchEnds + "CREATE (a)-[r:$(row.type)]->(b) SET r = row.props RETURN count(r)"
	changeEdges = matchEdge + "SET r = row.props RETURN count(r)"
	deleteEdges = matchEdge + "DELETE r RETURN count(*)"
)

// The most that one statement takes: so many rows, of so many bytes, about.
const (
	rowsTogether  = 2000
	bytesTogether = 4 << 20
)

// projecting is the work on the graph that analysts see.
type projecting struct {
	difference
	writing *writing
	beside  *beside
	handles map[string]string // element ids by ids
}

// project writes a difference, in the transaction that has the turn or beside it.
func (writing *writing) project(ctx context.Context, difference difference, beside *beside) error {
	if difference.len() == 0 {
		return nil
	}
	projecting := &projecting{difference, writing, beside, map[string]string{}}
	if err := projecting.find(ctx); err != nil {
		return err
	}
	for _, step := range []struct {
		statement string
		rows      iter.Seq2[any, error]
	}{
		{deleteEdges, projecting.edgeRows(difference.old, difference.edgesGone, false)},
		{deleteNodes, projecting.gone()},
		{createNodes, projecting.fresh()},
		{changeNodes, projecting.changed()},
		{changeEdges, projecting.edgeRows(difference.new, difference.edgesChanged, true)},
		{createEdges, projecting.edgeRows(difference.new, difference.edgesNew, true)},
	} {
		if err := projecting.send(ctx, step.statement, step.rows); err != nil {
			return err
		}
	}
	return nil
}

// send sends rows in batches.
func (projecting *projecting) send(ctx context.Context, statement string, rows iter.Seq2[any, error]) error {
	var batch []any
	size := 0
	flush := func() (err error) {
		switch {
		case len(batch) == 0:
		case statement == createNodes || statement == findNodes:
			err = projecting.name(ctx, statement, batch)
		default:
			err = projecting.writing.statement(ctx, projecting.beside.graph, projecting.beside, statement, batch)
		}
		batch, size = nil, 0
		return err
	}
	for row, err := range rows {
		if err != nil {
			return err
		}
		batch, size = append(batch, row), size+weight(row)
		if len(batch) >= rowsTogether || size >= bytesTogether {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// name runs a statement that gives nodes' ids and element ids, and remembers them.
func (projecting *projecting) name(ctx context.Context, statement string, rows []any) error {
	act := func(tx runner) error {
		records, err := collect(ctx, tx, statement, map[string]any{"rows": rows})
		if err == nil && len(records) != len(rows) {
			err = fmt.Errorf("%w: %d of %d nodes were found", errDamaged, len(records), len(rows))
		}
		for _, record := range records {
			id, _ := record.Values[0].(string)
			projecting.handles[id], _ = record.Values[1].(string)
		}
		return err
	}
	if projecting.beside.graph {
		return projecting.beside.do(ctx, act)
	}
	return act(projecting.writing.tx)
}

// weight is about how many bytes a row has on the wire.
func weight(value any) int {
	switch value := value.(type) {
	case string:
		return len(value) + 3
	case []any:
		size := 3
		for _, item := range value {
			size += weight(item)
		}
		return size
	case map[string]any:
		size := 3
		for name, item := range value {
			size += len(name) + weight(item)
		}
		return size
	default:
		return 9
	}
}

// find looks up the ends of the edges that are touched, but for those that are yet to be created.
func (projecting *projecting) find(ctx context.Context) error {
	fresh := map[graph.ID]bool{}
	for _, i := range projecting.nodesNew {
		fresh[projecting.new.ID(i)] = true
	}
	asked := map[graph.ID]bool{}
	rows := func(yield func(any, error) bool) {
		for _, side := range []struct {
			snapshot *graph.Snapshot
			edges    []graph.EdgeIndex
		}{{projecting.old, projecting.edgesGone}, {projecting.new, projecting.edgesChanged}, {projecting.new, projecting.edgesNew}} {
			for _, e := range side.edges {
				from, to := side.snapshot.Ends(e)
				for _, end := range []graph.ID{side.snapshot.ID(from), side.snapshot.ID(to)} {
					if fresh[end] || asked[end] {
						continue
					}
					asked[end] = true
					if !yield(valid(string(end)), nil) {
						return
					}
				}
			}
		}
	}
	return projecting.send(ctx, findNodes, rows)
}

func (projecting *projecting) gone() iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for _, i := range projecting.nodesGone {
			if !yield(valid(string(projecting.old.ID(i))), nil) {
				return
			}
		}
	}
}

func (projecting *projecting) fresh() iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for _, i := range projecting.nodesNew {
			node := projecting.new.Node(i)
			if !yield(map[string]any{"labels": labels(node.Kind), "props": view.NodeProps(node)}, checkNode(node)) {
				return
			}
		}
	}
}

func (projecting *projecting) changed() iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for _, i := range projecting.nodesChanged {
			node := projecting.new.Node(i)
			before, _ := projecting.old.Find(node.ID)
			now := labels(node.Kind)
			gone := slices.DeleteFunc(labels(projecting.old.Kind(before)), func(label any) bool { return slices.Contains(now, label) })
			row := map[string]any{"id": valid(string(node.ID)), "gone": gone, "labels": now, "props": view.NodeProps(node)}
			if !yield(row, checkNode(node)) {
				return
			}
		}
	}
}

// edgeRows gives edges with what finds them, and what they are to say where that is wanted.
func (projecting *projecting) edgeRows(snapshot *graph.Snapshot, edges []graph.EdgeIndex, say bool) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for _, e := range edges {
			edge := snapshot.Edge(e)
			props := view.EdgeProps(edge)
			row := map[string]any{
				"from": projecting.handles[valid(string(edge.From))], "to": projecting.handles[valid(string(edge.To))], "type": valid(string(edge.Kind)),
				"technique": or(props["technique"], ""), "requires": or(props["requires"], []any{}),
			}
			if say {
				row["props"] = props
			}
			if !yield(row, checkEdge(edge)) {
				return
			}
		}
	}
}

func or(value, otherwise any) any {
	if value == nil {
		return otherwise
	}
	return value
}

func labels(kind graph.NodeKind) []any {
	var all []any
	for _, label := range view.Labels(kind) {
		all = append(all, valid(label))
	}
	return all
}

// valid is the text as view gives it.
func valid(text string) string { return strings.ToValidUTF8(text, string(utf8.RuneError)) }

// longestID is the most bytes of an id that Neo4j indexes (https://neo4j.com/docs/cypher-manual/5/indexes/search-performance-indexes/managing-indexes/#_limitations).
const longestID = 8000

// checkNode refuses a node that this store cannot show: names that the database cannot hold or that are the store's own.
func checkNode(node graph.Node) error {
	if len(node.ID) > longestID {
		return fmt.Errorf("%w: node %.200s…: its id has %d bytes, and Neo4j finds ids of up to %d: shorten it", graph.ErrInvalid, node.ID, len(node.ID), longestID)
	}
	if strings.HasPrefix(string(node.Kind), ownPrefix) {
		return fmt.Errorf("%w: node %q is of the kind %q: names that begin with %s are the store's own: rename the kind", graph.ErrInvalid, node.ID, node.Kind, ownPrefix)
	}
	return checkNames(fmt.Sprintf("node %q", node.ID), string(node.Kind), node.Props)
}

func checkEdge(edge graph.Edge) error {
	return checkNames(fmt.Sprintf("edge %q -> %q", edge.From, edge.To), string(edge.Kind), edge.Props)
}

// checkNames refuses names that no token of Neo4j can be.
func checkNames(what, kind string, props graph.Props) error {
	if badName(kind) {
		return fmt.Errorf("%w: %s is of the kind %q, a name that Neo4j cannot hold: take the zero byte out of it, or shorten it", graph.ErrInvalid, what, kind)
	}
	for name := range props {
		if badName(name) {
			return fmt.Errorf("%w: %s has the property %q, a name that Neo4j cannot hold: it must not be empty, hold a zero byte or be longer than %d bytes",
				graph.ErrInvalid, what, name, longestName)
		}
	}
	return nil
}

// longestName is the most bytes of a label, a type or a property's name.
const longestName = 1 << 14

func badName(name string) bool {
	return name == "" || len(name) > longestName || strings.ContainsRune(name, 0)
}
