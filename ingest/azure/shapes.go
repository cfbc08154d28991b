package azure

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
)

// rows takes an answer apart into its rows, each with what the API keeps under "properties" lifted to where the Azure CLI
// prints it. The command line prints a list, or one object; the APIs wrap a list as value; a query over Azure
// Resource Graph as data. {} is an empty answer.
func rows(body []byte) ([]json.RawMessage, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var answer any
	if err := decoder.Decode(&answer); err != nil {
		return nil, err
	}
	list, isList := answer.([]any)
	if object, ok := answer.(map[string]any); ok {
		for _, name := range []string{"value", "data"} {
			if wrapped, ok := object[name].([]any); ok && !isList {
				list, isList = wrapped, true
			}
		}
		if !isList && len(object) > 0 {
			list = []any{object}
		}
	}
	found := make([]json.RawMessage, 0, len(list))
	for _, row := range list {
		text, err := json.Marshal(lifted(row))
		if err != nil {
			return nil, err
		}
		found = append(found, text)
	}
	return found, nil
}

// lifted moves the members of properties up, at every depth; what is there already stays. Tags are a person's own words.
func lifted(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			if name != "tags" {
				value[name] = lifted(member)
			}
		}
		if inner, ok := value["properties"].(map[string]any); ok {
			delete(value, "properties")
			for name, member := range inner {
				if known, ok := value[name]; !ok || known == nil {
					value[name] = member
				}
			}
		}
	case []any:
		for i := range value {
			value[i] = lifted(value[i])
		}
	}
	return value
}

// tags decodes an object of tags to the form that the graph keeps: each key=value, sorted. Null means none.
type tags []string

// UnmarshalJSON reads the object.
func (list *tags) UnmarshalJSON(body []byte) error {
	var values map[string]any
	if err := json.Unmarshal(body, &values); err != nil {
		return err
	}
	found := tags{}
	for key, value := range values {
		text, _ := value.(string)
		found = append(found, key+"="+text)
	}
	*list = graph.Sorted(found)
	return nil
}

// objects decodes a list of JSON objects, such as rules, that the graph keeps as they stand: each as compact JSON with its
// members ordered by name and those that are null or an empty list left out.
type objects []string

// UnmarshalJSON reads the list; its order stays. Null is not known.
func (list *objects) UnmarshalJSON(body []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var items []map[string]any
	if err := decoder.Decode(&items); err != nil || items == nil {
		return err
	}
	*list = make(objects, 0, len(items))
	for _, item := range items {
		for name, member := range item {
			if empty, ok := member.([]any); member == nil || ok && len(empty) == 0 {
				delete(item, name)
			}
		}
		text, err := json.Marshal(item)
		if err != nil {
			return err
		}
		*list = append(*list, string(text))
	}
	return nil
}

// name decodes an id: Azure's ids are equal whatever their case, and the graph keeps them in lower case.
type name string

// UnmarshalJSON reads the text.
func (id *name) UnmarshalJSON(body []byte) error {
	var text *string
	if err := json.Unmarshal(body, &text); err != nil || text == nil {
		return err
	}
	*id = name(strings.ToLower(strings.TrimSuffix(*text, "/")))
	return nil
}

// reference is an object of which only the id matters.
type reference struct{ ID name }

// ids gives the ids of references, sorted; nil for nil: not known.
func ids(list []reference) []string {
	return texts(list, func(each reference) string { return string(each.ID) })
}

// texts gives one text of every element, sorted and without empty ones; nil for nil: not known.
func texts[T any](list []T, text func(T) string) []string {
	if list == nil {
		return nil
	}
	found := make([]string, 0, len(list))
	for _, element := range list {
		if text := text(element); text != "" {
			found = append(found, text)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}
