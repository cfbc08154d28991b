package aws

import (
	"bytes"
	"encoding/json"
)

// objects decodes a list of JSON objects, such as rules or routes, that the graph keeps as the provider gives them: each
// as compact JSON with its members ordered by name and those that are null or an empty list left out, so that equal
// rules are equal text whoever wrote the file.
type objects []string

// UnmarshalJSON reads the list; its order stays.
func (list *objects) UnmarshalJSON(body []byte) error {
	if bytes.Equal(body, []byte("null")) {
		return nil
	}
	var items []objectText
	if err := json.Unmarshal(body, &items); err != nil {
		return err
	}
	*list = make(objects, 0, len(items))
	for _, item := range items {
		if item != "" {
			*list = append(*list, string(item))
		}
	}
	return nil
}

// objectText decodes one such object; null becomes empty text.
type objectText string

// UnmarshalJSON reads the object.
func (object *objectText) UnmarshalJSON(body []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var members map[string]any
	if err := decoder.Decode(&members); err != nil || members == nil {
		return err
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(withoutNothing(members)); err != nil {
		return err
	}
	*object = objectText(bytes.TrimSpace(text.Bytes()))
	return nil
}

func withoutNothing(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			if list, ok := member.([]any); member == nil || ok && len(list) == 0 {
				delete(value, name)
			} else {
				value[name] = withoutNothing(member)
			}
		}
	case []any:
		for i := range value {
			value[i] = withoutNothing(value[i])
		}
	}
	return value
}
