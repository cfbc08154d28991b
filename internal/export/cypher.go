package export

import (
	"bufio"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/view"
)

// A statement has so many rows at most, and ends where it grows beyond so many bytes.
const (
	statementRows  = 500
	statementBytes = 256 << 10
)

const cypherHead = `// The graph as inroad export --format cypher wrote it, for an empty Neo4j: cypher-shell -f <this file>
CREATE CONSTRAINT inroad_entity_id IF NOT EXISTS FOR (n:Entity) REQUIRE n.id IS UNIQUE;
`

// cypher writes statements that make the graph, as graph/view shows it, in an empty database. What a cloud gave stands in them as
// text literals alone.
func cypher(out *bufio.Writer, snapshot *graph.Snapshot) error {
	if _, err := out.WriteString(cypherHead); err != nil {
		return err
	}
	kinds := map[graph.NodeKind]bool{}
	for i := range snapshot.Len() {
		kinds[snapshot.Kind(graph.Index(i))] = true
	}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		labels := ""
		for _, label := range view.Labels(kind) {
			quoted, err := quotedName(label)
			if err != nil {
				return err
			}
			labels += ":" + quoted
		}
		batch := statement{out: out, tail: "CREATE (n" + labels + ") SET n = row;\n"}
		for i := range snapshot.OfKind(kind) {
			row, err := literal(view.NodeProps(snapshot.Node(i)))
			if err != nil {
				return fmt.Errorf("node %s: %w", snapshot.ID(i), err)
			}
			batch.add(row)
		}
		if err := batch.end(); err != nil {
			return err
		}
	}
	byKind := map[graph.EdgeKind][]graph.EdgeIndex{}
	for e := range snapshot.Edges() {
		kind := snapshot.EdgeKind(graph.EdgeIndex(e))
		byKind[kind] = append(byKind[kind], graph.EdgeIndex(e))
	}
	for _, kind := range slices.Sorted(maps.Keys(byKind)) {
		quoted, err := quotedName(string(kind))
		if err != nil {
			return err
		}
		batch := statement{out: out, tail: "MATCH (a:Entity {id: row.from}) MATCH (b:Entity {id: row.to}) CREATE (a)-[r:" + quoted + "]->(b) SET r = row.props;\n"}
		for _, e := range byKind[kind] {
			edge := snapshot.Edge(e)
			from, to := strings.ToValidUTF8(string(edge.From), "\uFFFD"), strings.ToValidUTF8(string(edge.To), "\uFFFD")
			row, err := literal(map[string]any{"from": from, "to": to, "props": view.EdgeProps(edge)})
			if err != nil {
				return fmt.Errorf("edge %s -[%s]-> %s: %w", edge.From, edge.Kind, edge.To, err)
			}
			batch.add(row)
		}
		if err := batch.end(); err != nil {
			return err
		}
	}
	return nil
}

// statement is one UNWIND over rows, which begins anew where it grows too large. It keeps the first error.
type statement struct {
	out   *bufio.Writer
	tail  string
	rows  int
	bytes int
	err   error
}

func (batch *statement) add(row string) {
	if batch.rows == statementRows || batch.bytes > statementBytes {
		batch.err = batch.end()
	}
	before := "UNWIND [\n"
	if batch.rows > 0 {
		before = ",\n"
	}
	batch.rows++
	batch.bytes += len(row)
	batch.write(before + row)
}

func (batch *statement) end() error {
	if batch.rows > 0 {
		batch.write("\n] AS row " + batch.tail)
	}
	batch.rows, batch.bytes = 0, 0
	return batch.err
}

func (batch *statement) write(text string) {
	if batch.err == nil {
		_, batch.err = batch.out.WriteString(text)
	}
}

var simpleName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// quotedName is a label, a type or a property's name between backticks. Neo4j reads \uXXXX inside of them as the character before
// it looks for their end, so that a name with a backslash cannot be written safely.
func quotedName(name string) (string, error) {
	if name == "" || strings.ContainsAny(name, "\\\x00") {
		return "", fmt.Errorf("%w: %q cannot be a name in Cypher", graph.ErrInvalid, name)
	}
	return "`" + strings.ReplaceAll(name, "`", "``") + "`", nil
}

// literal writes a value as Cypher.
func literal(value any) (string, error) {
	switch value := value.(type) {
	case nil:
		return "null", nil
	case bool:
		return strconv.FormatBool(value), nil
	case int64:
		if value == math.MinInt64 {
			return "toInteger('-9223372036854775808')", nil // as a literal it is the negation of what is too large
		}
		return strconv.FormatInt(value, 10), nil
	case float64:
		switch {
		case math.IsNaN(value):
			return "toFloat('NaN')", nil
		case math.IsInf(value, 0):
			return "toFloat('" + strings.TrimPrefix(strconv.FormatFloat(value, 'g', -1, 64), "+") + "inity')", nil
		}
		return decimal(value), nil
	case string:
		return textLiteral(value), nil
	case []any:
		items := make([]string, len(value))
		for i, item := range value {
			var err error
			if items[i], err = literal(item); err != nil {
				return "", err
			}
		}
		return "[" + strings.Join(items, ", ") + "]", nil
	case map[string]any:
		items := make([]string, 0, len(value))
		for _, name := range slices.Sorted(maps.Keys(value)) {
			key := name
			if !simpleName.MatchString(name) {
				var err error
				if key, err = quotedName(name); err != nil {
					return "", err
				}
			}
			item, err := literal(value[name])
			if err != nil {
				return "", err
			}
			items = append(items, key+": "+item)
		}
		return "{" + strings.Join(items, ", ") + "}", nil
	default:
		return "", fmt.Errorf("%w: a value of the type %T", graph.ErrInvalid, value)
	}
}

// textLiteral writes a text between quotes. Whether a reader takes \uXXXX for a character before or after it looks for backslashes,
// none must see one that we did not write: a text is cut between a backslash and a u.
func textLiteral(text string) string {
	var written strings.Builder
	written.WriteByte('\'')
	afterBackslash := false
	for _, letter := range text {
		if afterBackslash && (letter == 'u' || letter == 'U') {
			written.WriteString("' + '")
		}
		afterBackslash = letter == '\\'
		switch {
		case letter == '\\' || letter == '\'':
			written.WriteByte('\\')
			written.WriteRune(letter)
		case letter == '\n':
			written.WriteString(`\n`)
		case letter == '\r':
			written.WriteString(`\r`)
		case letter == '\t':
			written.WriteString(`\t`)
		case letter < ' ' || letter >= 0x7f && letter < 0xa0:
			fmt.Fprintf(&written, `\u%04X`, letter)
		default:
			written.WriteRune(letter)
		}
	}
	written.WriteByte('\'')
	return written.String()
}
