package graph

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"sort"
)

// Props are a node's or an edge's properties. A value is a string, bool, int64, float64 or []string.
type Props map[string]any

// Text gives a text property, empty when absent.
func (props Props) Text(name string) string { value, _ := props[name].(string); return value }

// Flag gives a flag, false when absent.
func (props Props) Flag(name string) bool { value, _ := props[name].(bool); return value }

// Whole gives a whole number, 0 when absent.
func (props Props) Whole(name string) int64 { value, _ := props[name].(int64); return value }

// Number gives a number, 0 when absent.
func (props Props) Number(name string) float64 { value, _ := props[name].(float64); return value }

// List gives a list of text, nil when absent.
func (props Props) List(name string) []string { value, _ := props[name].([]string); return value }

// Has reports whether the property was collected at all, whatever its value.
func (props Props) Has(name string) bool { _, ok := props[name]; return ok }

// Tags on the wire of the compact encoding.
const (
	tagText byte = iota + 1
	tagFalse
	tagTrue
	tagWhole
	tagNumber
	tagList
)

// appendProps appends the compact, canonical encoding: names in order, so that equal properties are equal bytes.
func appendProps(out []byte, props Props) ([]byte, error) {
	names := make([]string, 0, len(props))
	for name := range props {
		names = append(names, name)
	}
	sort.Strings(names)
	out = binary.AppendUvarint(out, uint64(len(names)))
	for _, name := range names {
		out = appendText(out, name)
		switch value := props[name].(type) {
		case string:
			out = appendText(append(out, tagText), value)
		case bool:
			if value {
				out = append(out, tagTrue)
			} else {
				out = append(out, tagFalse)
			}
		case int64:
			out = binary.AppendVarint(append(out, tagWhole), value)
		case float64:
			out = binary.BigEndian.AppendUint64(append(out, tagNumber), math.Float64bits(value))
		case []string:
			out = binary.AppendUvarint(append(out, tagList), uint64(len(value)))
			for _, item := range value {
				out = appendText(out, item)
			}
		default:
			return nil, fmt.Errorf("property %q: a value of type %T is not one that a graph can hold", name, value)
		}
	}
	return out, nil
}

func appendText(out []byte, text string) []byte {
	return append(binary.AppendUvarint(out, uint64(len(text))), text...)
}

// reader walks a compact encoding; after the first defect it yields zero values and keeps the error.
type reader struct {
	rest []byte
	err  error
}

func (in *reader) fail(what string) {
	if in.err == nil {
		in.err = fmt.Errorf("%w: %s", ErrCorrupt, what)
	}
	in.rest = nil
}

func (in *reader) length() int {
	value, size := binary.Uvarint(in.rest)
	if size <= 0 || value > uint64(len(in.rest)) {
		in.fail("a length runs past the end")
		return 0
	}
	in.rest = in.rest[size:]
	return int(value)
}

func (in *reader) text() string {
	size := in.length()
	if size > len(in.rest) {
		in.fail("a text runs past the end")
		return ""
	}
	text := string(in.rest[:size])
	in.rest = in.rest[size:]
	return text
}

func (in *reader) byte() byte {
	if len(in.rest) == 0 {
		in.fail("it ends early")
		return 0
	}
	first := in.rest[0]
	in.rest = in.rest[1:]
	return first
}

func (in *reader) props() Props {
	count := in.length()
	if count == 0 {
		return nil
	}
	props := make(Props, count)
	for range count {
		name := in.text()
		switch tag := in.byte(); tag {
		case tagText:
			props[name] = in.text()
		case tagTrue, tagFalse:
			props[name] = tag == tagTrue
		case tagWhole:
			value, size := binary.Varint(in.rest)
			if size <= 0 {
				in.fail("a whole number is broken")
				return nil
			}
			in.rest, props[name] = in.rest[size:], value
		case tagNumber:
			if len(in.rest) < 8 {
				in.fail("a number is broken")
				return nil
			}
			props[name] = math.Float64frombits(binary.BigEndian.Uint64(in.rest))
			in.rest = in.rest[8:]
		case tagList:
			list := make([]string, 0, in.length())
			for range cap(list) {
				list = append(list, in.text())
			}
			props[name] = list
		default:
			in.fail(fmt.Sprintf("property %q has no known type", name))
			return nil
		}
		if in.err != nil {
			return nil
		}
	}
	return props
}

// merge adds what other knows and props does not; props wins where both speak.
func (props Props) merge(other Props) Props {
	if props == nil {
		props = make(Props, len(other))
	}
	for name, value := range other {
		if _, ok := props[name]; !ok {
			props[name] = value
		}
	}
	return props
}

// Sorted gives a sorted copy without duplicates, the form in which sets are kept as List properties.
func Sorted(items []string) []string {
	sorted := slices.Clone(items)
	slices.Sort(sorted)
	return slices.Compact(sorted)
}
