package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// itemsAt reads the texts that a path leads to, in order: names of fields joined by dots, [] after a list (alone for an answer that
// is a list itself), or several names in [first, second][]. What is missing on the way counts as an empty list.
func itemsAt(body []byte, path string) ([]string, error) {
	if path == "" {
		return nil, nil
	}
	if inside, several := strings.CutPrefix(path, "["); several && !strings.HasPrefix(inside, "]") {
		var items []string
		for each := range strings.SplitSeq(strings.TrimSuffix(inside, "][]"), ", ") {
			more, err := itemsAt(body, each)
			if err != nil {
				return nil, err
			}
			items = append(items, more...)
		}
		return items, nil
	}
	steps := strings.Split(path, ".")
	shape := reflect.TypeFor[*string]()
	for i := len(steps) - 1; i >= 0; i-- {
		name, list := strings.CutSuffix(steps[i], "[]")
		if list {
			shape = reflect.SliceOf(shape)
		}
		if name == "" { // the answer is a list itself
			continue
		}
		shape = reflect.StructOf([]reflect.StructField{{Name: "Step", Type: shape, Tag: reflect.StructTag(fmt.Sprintf("json:%q", name))}})
	}
	if strings.HasPrefix(path, "[]") {
		body = unwrapped(body)
	}
	decoded := reflect.New(shape)
	if err := json.Unmarshal(body, decoded.Interface()); err != nil {
		return nil, err
	}
	var items []string
	var gather func(reflect.Value)
	gather = func(value reflect.Value) {
		switch value.Kind() {
		case reflect.Struct:
			gather(value.Field(0))
		case reflect.Slice:
			for i := range value.Len() {
				gather(value.Index(i))
			}
		case reflect.Pointer:
			if !value.IsNil() && value.Elem().String() != "" {
				items = append(items, value.Elem().String())
			}
		}
	}
	gather(decoded.Elem())
	return items, nil
}

// unwrapped gives the list that an object wraps as value, as Microsoft's interfaces do; any other body as it is.
func unwrapped(body []byte) []byte {
	var wrapped struct{ Value json.RawMessage }
	if json.Unmarshal(body, &wrapped) == nil && len(wrapped.Value) > 0 {
		return wrapped.Value
	}
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) {
		return []byte("[]") // {} is an empty answer
	}
	return body
}

// joined gives the names as items within another item.
func joined(within string, names []string) []string {
	items := make([]string, len(names))
	for i, name := range names {
		items[i] = within + "," + name
	}
	return items
}

// Halves takes the item of a Joined table apart at its first comma: the parent's item and the name within it.
func Halves(item string) (parent, name string) {
	parent, name, _ = strings.Cut(item, ",")
	return parent, name
}
