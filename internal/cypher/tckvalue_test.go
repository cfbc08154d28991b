package cypher

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/inroad-security/inroad/graph"
)

// canonical writes a value in one form, so that equal values are equal texts.
func canonical(value any, anyOrder bool) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case string:
		return strconv.Quote(value)
	case float64:
		return floatText(value + 0) // the TCK holds the two zeros to be one
	case []any:
		var items []string
		for _, item := range value {
			items = append(items, canonical(item, anyOrder))
		}
		if anyOrder {
			slices.Sort(items)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case map[string]any:
		return canonicalProps(value, anyOrder)
	case graph.Vertex:
		return canonicalNode(value.Labels, value.Props, anyOrder)
	case graph.Relation:
		return canonicalEdge(string(value.Type), value.Props, anyOrder)
	case graph.Walk:
		text := "<" + canonical(value.Vertices[0], anyOrder)
		for i, relation := range value.Relations {
			one := canonical(relation, anyOrder)
			if relation.From == value.Vertices[i].ID {
				text += "-" + one + "->"
			} else {
				text += "<-" + one + "-"
			}
			text += canonical(value.Vertices[i+1], anyOrder)
		}
		return text + ">"
	case graph.Temporal:
		return strconv.Quote(noSeconds.ReplaceAllString(value.Text, "$1$2"))
	default:
		return fmt.Sprint(value)
	}
}

// noSeconds are the seconds that the TCK leaves out where they are zero.
var noSeconds = regexp.MustCompile(`^([^P]*\d\d:\d\d):00((?:[Z+-].*)?)$`)

func canonicalProps(props map[string]any, anyOrder bool) string {
	var items []string
	for _, key := range sortedKeys(props) {
		items = append(items, key+": "+canonical(props[key], anyOrder))
	}
	return "{" + strings.Join(items, ", ") + "}"
}

func canonicalNode(labels []string, props map[string]any, anyOrder bool) string {
	labels = slices.Sorted(slices.Values(labels))
	return "(" + strings.Join(labels, ":") + canonicalProps(props, anyOrder) + ")"
}

func canonicalEdge(kind string, props map[string]any, anyOrder bool) string {
	return "[" + kind + canonicalProps(props, anyOrder) + "]"
}

// tckValue reads a value as the TCK's tables write it, and gives it in the canonical form.
type tckValue struct {
	text     string
	at       int
	anyOrder bool
}

func (value *tckValue) all() (string, error) {
	found, err := value.read()
	if err == nil && value.at != len(value.text) {
		err = fmt.Errorf("%q is no value of the TCK behind its character %d", value.text, value.at)
	}
	return found, err
}

func (value *tckValue) space() {
	for value.at < len(value.text) && value.text[value.at] == ' ' {
		value.at++
	}
}

func (value *tckValue) takes(text string) bool {
	value.space()
	if strings.HasPrefix(value.text[value.at:], text) {
		value.at += len(text)
		return true
	}
	return false
}

func (value *tckValue) word() string {
	value.space()
	from := value.at
	for value.at < len(value.text) && !strings.ContainsRune(" ,:{}[]()<>", rune(value.text[value.at])) {
		value.at++
	}
	return value.text[from:value.at]
}

func (value *tckValue) read() (string, error) {
	switch {
	case value.takes("'"):
		return value.string()
	case value.takes("["):
		if value.takes(":") {
			return value.edge()
		}
		return value.list()
	case value.takes("{"):
		value.at--
		props, err := value.props()
		return canonicalRaw(props), err
	case value.takes("("):
		return value.node()
	case value.takes("<"):
		return value.path()
	}
	word := value.word()
	switch {
	case word == "null" || word == "true" || word == "false" || word == "NaN":
		return word, nil
	case strings.ContainsAny(word, ".eE"):
		number, err := strconv.ParseFloat(word, 64)
		return floatText(number), err
	}
	_, err := strconv.ParseInt(word, 10, 64)
	return word, err
}

func (value *tckValue) string() (string, error) {
	var out strings.Builder
	for ; value.at < len(value.text); value.at++ {
		char := value.text[value.at]
		if char == '\'' {
			value.at++
			return strconv.Quote(out.String()), nil
		}
		if char == '\\' && value.at+1 < len(value.text) {
			value.at++
			char = value.text[value.at]
			if meant, ok := escapes[rune(char)]; ok {
				char = byte(meant)
			}
		}
		out.WriteByte(char)
	}
	return "", fmt.Errorf("%q: a string is not closed", value.text)
}

func (value *tckValue) list() (string, error) {
	var items []string
	for !value.takes("]") {
		item, err := value.read()
		if err != nil {
			return "", err
		}
		items = append(items, item)
		value.takes(",")
	}
	if value.anyOrder {
		slices.Sort(items)
	}
	return "[" + strings.Join(items, ", ") + "]", nil
}

// props reads a map, whose values stay in the canonical form.
func (value *tckValue) props() (map[string]string, error) {
	props := map[string]string{}
	if !value.takes("{") {
		return props, nil
	}
	for !value.takes("}") {
		key := value.word()
		if !value.takes(":") {
			return nil, fmt.Errorf("%q: a map has no colon at %d", value.text, value.at)
		}
		item, err := value.read()
		if err != nil {
			return nil, err
		}
		props[strings.Trim(key, "`")] = item
		value.takes(",")
	}
	return props, nil
}

func canonicalRaw(props map[string]string) string {
	var items []string
	for _, key := range slices.Sorted(maps.Keys(props)) {
		items = append(items, key+": "+props[key])
	}
	return "{" + strings.Join(items, ", ") + "}"
}

func (value *tckValue) edge() (string, error) {
	kind := value.word()
	props, err := value.props()
	if err == nil && !value.takes("]") {
		err = fmt.Errorf("%q: a relationship is not closed", value.text)
	}
	return "[" + strings.Trim(kind, "`") + canonicalRaw(props) + "]", err
}

func (value *tckValue) node() (string, error) {
	var labels []string
	for value.takes(":") {
		labels = append(labels, value.word())
	}
	slices.Sort(labels)
	props, err := value.props()
	if err == nil && !value.takes(")") {
		err = fmt.Errorf("%q: a node is not closed", value.text)
	}
	return "(" + strings.Join(labels, ":") + canonicalRaw(props) + ")", err
}

func (value *tckValue) path() (string, error) {
	text := "<"
	for {
		if !value.takes("(") {
			return "", fmt.Errorf("%q: a path wants a node at %d", value.text, value.at)
		}
		node, err := value.node()
		if err != nil {
			return "", err
		}
		text += node
		before, after := "-", "->"
		switch {
		case value.takes(">"):
			return text + ">", nil
		case value.takes("<-["):
			before, after = "<-", "-"
		case value.takes("-["):
		default:
			return "", fmt.Errorf("%q: a path is not closed", value.text)
		}
		value.takes(":")
		edge, err := value.edge()
		if err != nil {
			return "", err
		}
		if !value.takes(after) {
			return "", fmt.Errorf("%q: a relationship of a path wants %s", value.text, after)
		}
		text += before + edge + after
	}
}
