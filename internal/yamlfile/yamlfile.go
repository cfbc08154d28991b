// Package yamlfile reads files that people write: strictly, and with errors that name the file, the line and the field. An
// unknown or repeated field, a wrong type and an alias are errors, so that a typing mistake cannot silently widen or narrow a question.
package yamlfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/inroad-security/inroad/graph"
)

// File is a document that is being read. Its methods note what is wrong and go on, so that a person is told everything at once.
type File struct {
	name   string
	errors []error
}

// Value is one value in a file, and where it stands.
type Value struct {
	file *File
	node *yaml.Node
	// Field is the value's place, such as jewels[0].value.
	Field string
}

// Field reads the value of one field.
type Field func(Value)

// Read reads a document whose top is a mapping of the fields given. The error wraps graph.ErrInvalid and tells all that is wrong.
func Read(name string, data []byte, fields map[string]Field) error {
	var root, second yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(&root); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: %s: %s", graph.ErrInvalid, name, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	switch err := decoder.Decode(&second); {
	case err == nil:
		return fmt.Errorf("%w: %s:%d: a second document begins here: put all into the first", graph.ErrInvalid, name, second.Line)
	case !errors.Is(err, io.EOF):
		return fmt.Errorf("%w: %s: %s", graph.ErrInvalid, name, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if len(root.Content) != 1 {
		return fmt.Errorf("%w: %s:1: the file is empty: want the fields %s", graph.ErrInvalid, name, known(fields))
	}
	file := &File{name: name}
	Value{file: file, node: root.Content[0]}.Map(fields)
	if len(file.errors) > 0 {
		return fmt.Errorf("%w: %w", graph.ErrInvalid, errors.Join(file.errors...))
	}
	return nil
}

// Fail notes what is wrong with a value, and what to do about it.
func (value Value) Fail(format string, details ...any) {
	place := ""
	if value.Field != "" {
		place = " " + value.Field + ":"
	}
	value.file.errors = append(value.file.errors, fmt.Errorf("%s:%d:%s %s", value.file.name, value.node.Line, place, fmt.Sprintf(format, details...)))
}

// Line is where the value begins, from 1.
func (value Value) Line() int { return value.node.Line }

// Map reads a mapping whose fields are all known.
func (value Value) Map(fields map[string]Field) {
	if value.node.Kind != yaml.MappingNode {
		value.Fail("want a mapping with the fields %s", known(fields))
		return
	}
	seen := map[string]bool{}
	for i := 0; i < len(value.node.Content); i += 2 {
		key := value.node.Content[i]
		inner := Value{file: value.file, node: value.node.Content[i+1], Field: strings.TrimPrefix(value.Field+"."+key.Value, ".")}
		read, ok := fields[key.Value]
		switch {
		case !ok:
			Value{file: value.file, node: key, Field: inner.Field}.Fail("no such field: want %s", known(fields))
		case seen[key.Value]:
			Value{file: value.file, node: key, Field: inner.Field}.Fail("the field stands here twice")
		case inner.node.Kind == yaml.AliasNode:
			inner.Fail("aliases are not read: write the value out")
		default:
			read(inner)
		}
		seen[key.Value] = true
	}
}

// Pairs reads a mapping whose keys are the user's own, pair by pair.
func (value Value) Pairs(read func(key string, value Value)) {
	if value.node.Kind != yaml.MappingNode {
		value.Fail("want a mapping")
		return
	}
	seen := map[string]bool{}
	for i := 0; i < len(value.node.Content); i += 2 {
		key := value.node.Content[i]
		inner := Value{file: value.file, node: value.node.Content[i+1], Field: strings.TrimPrefix(value.Field+"."+key.Value, ".")}
		switch {
		case key.Kind != yaml.ScalarNode || key.Value == "":
			Value{file: value.file, node: key, Field: value.Field}.Fail("want a text before the colon")
		case seen[key.Value]:
			Value{file: value.file, node: key, Field: inner.Field}.Fail("it stands here twice")
		default:
			read(key.Value, inner)
		}
		seen[key.Value] = true
	}
}

// Each reads a list, item by item.
func (value Value) Each(read Field) {
	if value.node.Kind != yaml.SequenceNode {
		value.Fail("want a list")
		return
	}
	for i, item := range value.node.Content {
		read(Value{file: value.file, node: item, Field: fmt.Sprintf("%s[%d]", value.Field, i)})
	}
}

// Text reads a text that is not empty.
func (value Value) Text() string {
	if value.node.Kind != yaml.ScalarNode || value.node.Value == "" || value.node.Tag == "!!null" {
		value.Fail("want a text")
		return ""
	}
	return value.node.Value
}

// Texts reads a list of texts, or one text alone.
func (value Value) Texts() []string {
	if value.node.Kind == yaml.ScalarNode {
		return []string{value.Text()}
	}
	var texts []string
	value.Each(func(item Value) { texts = append(texts, item.Text()) })
	return texts
}

// Whole reads a whole number within bounds.
func (value Value) Whole(least, most int) int {
	number, err := strconv.Atoi(value.node.Value)
	if value.node.Kind != yaml.ScalarNode || err != nil || number < least || number > most {
		value.Fail("%s: want a whole number from %d to %d", value.shown(), least, most)
	}
	return number
}

// Number reads a number above low and at most high.
func (value Value) Number(low, high float64) float64 {
	number, err := strconv.ParseFloat(value.node.Value, 64)
	if value.node.Kind != yaml.ScalarNode || err != nil || !(number > low && number <= high) {
		value.Fail("%s: want a number above %g and at most %g", value.shown(), low, high)
	}
	return number
}

// Flag reads true or false.
func (value Value) Flag() bool {
	if value.node.Tag != "!!bool" {
		value.Fail("%s: want true or false", value.shown())
	}
	return value.node.Value == "true"
}

func (value Value) shown() string {
	if value.node.Kind == yaml.ScalarNode {
		return strconv.Quote(value.node.Value)
	}
	return "a list or a mapping"
}

func known(fields map[string]Field) string {
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
