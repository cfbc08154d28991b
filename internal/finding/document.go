package finding

import (
	"encoding/json"
	"slices"
	"strings"
)

// statement is what these checks need to know of a policy's statement. What a policy grants in effect is for the derived
// edges to say; a check looks at how it is written.
type statement struct {
	Sid       string
	Effect    string
	Action    texts
	Resource  texts
	Principal principals
	Condition map[string]map[string]any
}

// statements reads a policy document; one that does not parse has none.
func statements(document string) []statement {
	var outer struct{ Statement json.RawMessage }
	if json.Unmarshal([]byte(document), &outer) != nil {
		return nil
	}
	var several []statement
	if json.Unmarshal(outer.Statement, &several) == nil {
		return several
	}
	var single statement
	if json.Unmarshal(outer.Statement, &single) != nil {
		return nil
	}
	return []statement{single}
}

// lacks reports whether a document holds a part less often than that: a look that costs little beside reading it. One that escapes anything may hold
// what it likes.
func lacks(document, part string, times int) bool {
	return strings.Count(document, part) < times && !strings.Contains(document, `\`)
}

// everything reports whether the statement allows every action on every resource without a condition.
func (statement statement) everything() bool {
	all := func(texts texts) bool {
		return slices.ContainsFunc(texts, func(text string) bool { return text == "*" || text == "*:*" })
	}
	return statement.Effect == "Allow" && all(statement.Action) && all(statement.Resource) && len(statement.Condition) == 0
}

// asksFor reports whether a condition is on one of the keys, or on one that ends so when the key begins with a colon.
func (statement statement) asksFor(keys ...string) bool {
	for _, conditions := range statement.Condition {
		for name := range conditions {
			name = strings.ToLower(name)
			if slices.ContainsFunc(keys, func(key string) bool {
				return name == key || strings.HasPrefix(key, ":") && strings.HasSuffix(name, key) || strings.HasSuffix(key, "*") && strings.HasPrefix(name, key[:len(key)-1])
			}) {
				return true
			}
		}
	}
	return false
}

// texts is a JSON string or list of strings.
type texts []string

// UnmarshalJSON reads either form.
func (texts *texts) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*texts = []string{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(texts))
}

// principals is a Principal element; "*" names nobody in particular and is left empty.
type principals struct{ Service, Federated texts }

// UnmarshalJSON reads an object, and takes any other form for naming neither services nor providers.
func (principals *principals) UnmarshalJSON(data []byte) error {
	var named struct{ Service, Federated texts }
	if json.Unmarshal(data, &named) == nil {
		principals.Service, principals.Federated = named.Service, named.Federated
	}
	return nil
}
