package queries

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/inroad-security/inroad/graph"
)

// Bind gives the parameters to run the query with: what is given, and defaults for the rest. It fails with ErrInvalid for one that
// the query does not know, one of another type, and one that is missing.
func (query Query) Bind(given map[string]any) (map[string]any, error) {
	for name := range given {
		if _, err := query.param(name); err != nil {
			return nil, err
		}
	}
	bound := make(map[string]any, len(query.Params))
	for _, param := range query.Params {
		value, ok := given[param.Name]
		switch {
		case !ok && param.Default == nil:
			return nil, fmt.Errorf("%w: query %s: parameter %s is missing: %s, %s", graph.ErrInvalid, query.Name, param.Name, param.Type, param.Doc)
		case !ok:
			value = param.Default
		case !param.takes(value):
			return nil, fmt.Errorf("%w: query %s: parameter %s: %v is not of the type %s", graph.ErrInvalid, query.Name, param.Name, value, param.Type)
		}
		bound[param.Name] = value
	}
	return bound, nil
}

// Parse reads a parameter's value as a person writes it: text as it stands, a list as JSON or as words between commas.
func (query Query) Parse(name, text string) (any, error) {
	param, err := query.param(name)
	if err != nil {
		return nil, err
	}
	value, err := parse(param.Type, text)
	if err != nil {
		return nil, fmt.Errorf("%w: query %s: parameter %s: %q is not of the type %s", graph.ErrInvalid, query.Name, name, text, param.Type)
	}
	return value, nil
}

func (query Query) param(name string) (Param, error) {
	at := slices.IndexFunc(query.Params, func(param Param) bool { return param.Name == name })
	if at >= 0 {
		return query.Params[at], nil
	}
	if len(query.Params) == 0 {
		return Param{}, fmt.Errorf("%w: query %s takes no parameters, and got %s", graph.ErrInvalid, query.Name, name)
	}
	names := make([]string, len(query.Params))
	for i, param := range query.Params {
		names[i] = param.Name
	}
	return Param{}, fmt.Errorf("%w: query %s has no parameter %s: it takes %s", graph.ErrInvalid, query.Name, name, strings.Join(names, ", "))
}

func parse(kind graph.Type, text string) (any, error) {
	switch kind {
	case graph.Flag:
		return strconv.ParseBool(text)
	case graph.Whole:
		return strconv.ParseInt(text, 10, 64)
	case graph.Number:
		return strconv.ParseFloat(text, 64)
	case graph.List:
		var items []any
		if strings.HasPrefix(text, "[") {
			var words []string
			if err := json.Unmarshal([]byte(text), &words); err != nil {
				return nil, err
			}
			for _, word := range words {
				items = append(items, word)
			}
			return items, nil
		}
		for word := range strings.SplitSeq(text, ",") {
			items = append(items, strings.TrimSpace(word))
		}
		return items, nil
	default:
		return text, nil
	}
}

// takes reports whether a value is of the parameter's type.
func (param Param) takes(value any) bool {
	switch value := value.(type) {
	case string:
		return param.Type == graph.Text
	case bool:
		return param.Type == graph.Flag
	case int64:
		return param.Type == graph.Whole
	case float64:
		return param.Type == graph.Number
	case []any:
		return param.Type == graph.List && !slices.ContainsFunc(value, func(item any) bool { _, ok := item.(string); return !ok })
	default:
		return false
	}
}
