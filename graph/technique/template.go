package technique

import (
	"fmt"
	"strings"
)

// template is text with placeholders: {partition}, {account}, {region}, {variable} and {variable.property}.
type template []piece

type piece struct {
	text     string // literal, when prop is empty
	variable int
	prop     string // "id", "partition", "region" or a property's name
}

// parseTemplate reads a template; index finds a variable by name.
func parseTemplate(text string, index func(string) (int, bool)) (template, error) {
	var parsed template
	for text != "" {
		before, rest, open := strings.Cut(text, "{")
		if before != "" {
			parsed = append(parsed, piece{text: before, variable: noVariable})
		}
		if !open {
			break
		}
		inside, after, closed := strings.Cut(rest, "}")
		if !closed {
			return nil, fmt.Errorf("%q: a { is not closed", text)
		}
		name, prop, _ := strings.Cut(inside, ".")
		switch name {
		case "partition", "region":
			parsed = append(parsed, piece{variable: actorIndex, prop: name})
		case accountName:
			parsed = append(parsed, piece{variable: accountIndex, prop: "id"})
		default:
			at, known := index(name)
			if !known {
				return nil, fmt.Errorf("{%s}: no variable is called that", inside)
			}
			if prop == "" {
				prop = "id"
			}
			parsed = append(parsed, piece{variable: at, prop: prop})
		}
		text = after
	}
	return parsed, nil
}

// mentions gives the variables that the template depends on.
func (template template) mentions() []int {
	var indexes []int
	for _, piece := range template {
		if piece.prop != "" {
			indexes = append(indexes, piece.variable)
		}
	}
	return indexes
}

// open reports whether the template leaves the actor a choice of resources.
func (template template) open() bool {
	for _, piece := range template {
		if strings.ContainsAny(piece.text, "*?") || piece.prop == "region" {
			return len(template) > 1 || piece.text != "*"
		}
	}
	return false
}

// String gives a form that is equal for equal templates.
func (template template) String() string {
	var text strings.Builder
	for _, piece := range template {
		if piece.prop == "" {
			text.WriteString(piece.text)
		} else {
			fmt.Fprintf(&text, "{%d.%s}", piece.variable, piece.prop)
		}
	}
	return text.String()
}
