package result

import (
	"encoding/json"
	"strings"

	"github.com/inroad-security/inroad/graph"
)

// Text is a value on one line for a person: text as it stands, a node as (id), a relationship as (from)-[TYPE]->(to), a path as these in a
// row, and all else as JSON.
func Text(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case graph.Temporal:
		return value.Text
	case graph.Vertex:
		return "(" + string(value.ID) + ")"
	case graph.Relation:
		return "(" + string(value.From) + ")-[" + string(value.Type) + "]->(" + string(value.To) + ")"
	case graph.Walk:
		return walked(value)
	default:
		var text strings.Builder
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(plain(value)); err != nil {
			return "?" // plain knows every type of a row
		}
		return strings.TrimSuffix(text.String(), "\n")
	}
}

// walked shows each relationship in the direction that it has.
func walked(walk graph.Walk) string {
	var text strings.Builder
	for i, vertex := range walk.Vertices {
		if i > 0 && i <= len(walk.Relations) {
			relation := walk.Relations[i-1]
			before, after := "-[", "]->"
			if relation.From != walk.Vertices[i-1].ID {
				before, after = "<-[", "]-"
			}
			text.WriteString(before + string(relation.Type) + after)
		}
		text.WriteString("(" + string(vertex.ID) + ")")
	}
	return text.String()
}

// Inert keeps a spreadsheet from taking a cell for a formula (OWASP, "CSV Injection").
func Inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// Visible shows control characters in names from a cloud rather than hand them to a terminal.
func Visible(text string) string {
	return strings.Map(func(letter rune) rune {
		if letter < ' ' && letter != '\n' || letter == 0x7f || letter >= 0x80 && letter < 0xa0 {
			return '·'
		}
		return letter
	}, text)
}
