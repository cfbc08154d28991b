package rehearsal

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/scoring"
)

// removeStatement notes a statement to be removed of a policy, of a role's trust, or of the policy of a resource.
func removeStatement(draft *draft, change scoring.Change) bool {
	kind, props, found := draft.of(change.Subject)
	if !found {
		return false
	}
	property := "policy"
	switch {
	case kind == kinds.AWSRole:
		property = "trust"
	case kinds.Is(kind, kinds.Policy):
		property = "document"
	}
	if _, removed := without(props.Text(property), map[string]bool{change.Detail: true}); removed == 0 {
		return false
	}
	at := place{change.Subject, property}
	if draft.statements[at] == nil {
		draft.statements[at] = map[string]bool{}
	}
	draft.statements[at][change.Detail] = true
	return true
}

// removeStatements removes what was noted.
func (draft *draft) removeStatements() {
	for at, locators := range draft.statements {
		_, props, _ := draft.of(at.node)
		text, _ := without(props.Text(at.property), locators)
		draft.set(at.node, at.property, text)
	}
}

// without gives a policy's text less the statements that locators name: by Sid, or, where a statement has none, by its place from 0. It tells how many those are, 0 for a
// text that is no policy.
func without(text string, locators map[string]bool) (string, int) {
	var policy map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &policy) != nil {
		return text, 0
	}
	raw := policy["Statement"]
	list := []json.RawMessage{raw}
	if bytes.HasPrefix(raw, []byte("[")) && json.Unmarshal(raw, &list) != nil {
		return text, 0
	}
	left := make([]json.RawMessage, 0, len(list))
	for i, statement := range list {
		var named struct{ Sid string }
		if json.Unmarshal(statement, &named) != nil {
			return text, 0
		}
		if named.Sid == "" {
			named.Sid = strconv.Itoa(i)
		}
		if !locators[named.Sid] {
			left = append(left, statement)
		}
	}
	policy["Statement"], _ = json.Marshal(left) // what was read can be written
	written, _ := json.Marshal(policy)
	return string(written), len(list) - len(left)
}
