package neo4jstore

import (
	"fmt"
	"slices"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j/dbtype"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/cypher"
)

// findEnds gives the ids of nodes, which the driver does not tell of a relationship's ends.
const findEnds = "MATCH (n) WHERE elementId(n) IN $ends RETURN elementId(n), n.id"

// mostEnds bounds how many ends are remembered.
const mostEnds = 100_000

// row gives a row's values as the graph has them.
func (asking *asking) row(values []any) ([]any, error) {
	if len(asking.ends) > mostEnds {
		clear(asking.ends)
	}
	var unknown []string
	for _, value := range values {
		asking.learn(value)
	}
	for _, value := range values {
		unknown = asking.unknown(value, unknown)
	}
	if len(unknown) > 0 {
		records, err := collect(asking.ctx, asking.tx, findEnds, map[string]any{"ends": unknown})
		if err != nil {
			return nil, err
		}
		for _, record := range records {
			handle, _ := record.Values[0].(string)
			id, _ := record.Values[1].(string)
			asking.ends[handle] = graph.ID(id)
		}
	}
	row := make([]any, len(values))
	for i, value := range values {
		row[i] = asking.value(value)
	}
	return row, nil
}

// learn remembers the ids of the nodes in a value.
func (asking *asking) learn(value any) {
	switch value := value.(type) {
	case dbtype.Node:
		asking.ends[value.ElementId] = idOf(value)
	case dbtype.Path:
		for _, node := range value.Nodes {
			asking.ends[node.ElementId] = idOf(node)
		}
	case []any:
		for _, item := range value {
			asking.learn(item)
		}
	case map[string]any:
		for _, item := range value {
			asking.learn(item)
		}
	}
}

// unknown adds the ends of the relationships in a value whose ids are not known.
func (asking *asking) unknown(value any, found []string) []string {
	switch value := value.(type) {
	case dbtype.Relationship:
		for _, end := range []string{value.StartElementId, value.EndElementId} {
			if _, known := asking.ends[end]; !known {
				found = append(found, end)
			}
		}
	case []any:
		for _, item := range value {
			found = asking.unknown(item, found)
		}
	case map[string]any:
		for _, item := range value {
			found = asking.unknown(item, found)
		}
	}
	return found
}

// value gives a value as the graph has it.
func (asking *asking) value(value any) any {
	switch value := value.(type) {
	case nil, bool, int64, float64, string:
		return value
	case []any:
		items := make([]any, len(value))
		for i, item := range value {
			items[i] = asking.value(item)
		}
		return items
	case map[string]any:
		return asking.props(value)
	case dbtype.Node:
		labels := slices.Clone(value.Labels)
		slices.Sort(labels)
		return graph.Vertex{ID: idOf(value), Labels: labels, Props: asking.props(value.Props)}
	case dbtype.Relationship:
		return asking.relation(value)
	case dbtype.Path:
		walk := graph.Walk{}
		for _, node := range value.Nodes {
			vertex, _ := asking.value(node).(graph.Vertex)
			walk.Vertices = append(walk.Vertices, vertex)
		}
		for _, relationship := range value.Relationships {
			walk.Relations = append(walk.Relations, asking.relation(relationship))
		}
		return walk
	case []byte:
		return fmt.Sprintf("%d bytes", len(value))
	}
	return temporal(value)
}

func (asking *asking) relation(value dbtype.Relationship) graph.Relation {
	return graph.Relation{
		From: asking.ends[value.StartElementId], To: asking.ends[value.EndElementId],
		Type: graph.EdgeKind(value.Type), Props: asking.props(value.Props),
	}
}

// props gives a map's values. The bytes of the store's own nodes are left out.
func (asking *asking) props(all map[string]any) map[string]any {
	props := make(map[string]any, len(all))
	for name, value := range all {
		if _, bytes := value.([]byte); !bytes {
			props[name] = asking.value(value)
		}
	}
	return props
}

func idOf(node dbtype.Node) graph.ID {
	id, _ := node.Props["id"].(string)
	return graph.ID(id)
}

// offsetOnly is what the driver calls the zone of a time that has an offset and no zone.
const offsetOnly = "Offset"

// temporal gives dates, times and durations as ISO 8601 and toString() write them, and the text of anything else.
func temporal(value any) any {
	switch value := value.(type) {
	case dbtype.Date:
		return graph.Temporal{Type: "DATE", Text: value.String()}
	case dbtype.LocalTime:
		return graph.Temporal{Type: "LOCAL TIME", Text: value.String()}
	case dbtype.Time:
		return graph.Temporal{Type: "TIME", Text: value.String()}
	case dbtype.LocalDateTime:
		return graph.Temporal{Type: "LOCAL DATETIME", Text: value.String()}
	case time.Time:
		text := value.Format("2006-01-02T15:04:05.999999999Z07:00")
		if zone := value.Location().String(); zone != offsetOnly {
			text += "[" + zone + "]"
		}
		return graph.Temporal{Type: "DATETIME", Text: text}
	case dbtype.Duration:
		return graph.Temporal{Type: "DURATION", Text: cypher.DurationText(value.Months, value.Days, value.Seconds, int64(value.Nanos))}
	}
	return fmt.Sprint(value)
}
