package shell

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/inroad-security/inroad/graph"
)

// ParseParam reads a parameter as a person writes it, name=value: the value is JSON where it parses as such, else text.
func ParseParam(text string) (name string, value any, err error) {
	name, written, ok := strings.Cut(text, "=")
	if name = strings.TrimPrefix(strings.TrimSpace(name), "$"); !ok || name == "" {
		return "", nil, fmt.Errorf("%w: parameter %q: want name=value", graph.ErrInvalid, text)
	}
	written = strings.TrimSpace(written)
	if !json.Valid([]byte(written)) {
		return name, written, nil
	}
	decoder := json.NewDecoder(strings.NewReader(written))
	decoder.UseNumber()
	if err = decoder.Decode(&value); err == nil {
		value, err = plain(value)
	}
	if err != nil {
		return "", nil, fmt.Errorf("%w: parameter %s: %w", graph.ErrInvalid, name, err)
	}
	return name, value, nil
}

// plain is a value that JSON gave as parameters have it: a number is whole where it is written so.
func plain(value any) (any, error) {
	switch value := value.(type) {
	case json.Number:
		if !strings.ContainsAny(value.String(), ".eE") {
			return value.Int64()
		}
		return value.Float64()
	case []any:
		for i, item := range value {
			var err error
			if value[i], err = plain(item); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		for name, item := range value {
			var err error
			if value[name], err = plain(item); err != nil {
				return nil, err
			}
		}
	}
	return value, nil
}
