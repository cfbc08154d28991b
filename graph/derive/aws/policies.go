package aws

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	iam "github.com/inroad-security/inroad/internal/iam/aws"
)

// library parses each policy text once, however many principals and resources carry it.
type library struct {
	parsed map[string]*document // by text
}

// document is a policy text with the condition keys that it asks for.
type document struct {
	policy *iam.Policy
	keys   []string // in lower case, sorted; policy variables count as keys
	err    error
}

func newLibrary() *library { return &library{parsed: map[string]*document{}} }

// read parses a policy. The source names it in evidence.
func (library *library) read(source graph.ID, text string) (*iam.Policy, []string, error) {
	known, ok := library.parsed[text]
	if !ok {
		known = &document{}
		known.policy, known.err = iam.ParsePolicy(string(source), []byte(text))
		known.err = errors.Unwrap(known.err) // which names the source: others are to name their own
		if known.err == nil {
			known.keys = keysOf(known.policy)
		}
		library.parsed[text] = known
	}
	if known.err != nil {
		return nil, nil, fmt.Errorf("policy %s: %w", source, known.err)
	}
	if known.policy.Source == string(source) {
		return known.policy, known.keys, nil
	}
	again := *known.policy
	again.Source = string(source)
	return &again, known.keys, nil
}

// keysOf lists the condition keys on which a policy's statements can hang.
func keysOf(policy *iam.Policy) []string {
	var keys []string
	for i := range policy.Statements {
		statement := &policy.Statements[i]
		for _, template := range slices.Concat(statement.Resources, statement.NotResources) {
			keys = appendVariables(keys, template.String())
		}
		for _, condition := range statement.Conditions {
			keys = append(keys, strings.ToLower(condition.Key))
			for _, value := range condition.Values {
				keys = appendVariables(keys, value.String())
			}
		}
	}
	return graph.Sorted(keys)
}

// appendVariables adds the keys of the policy variables (${key} or ${key, 'default'}) in a text.
func appendVariables(keys []string, text string) []string {
	for {
		_, rest, found := strings.Cut(text, "${")
		if !found {
			return keys
		}
		inside, after, closed := strings.Cut(rest, "}")
		if !closed {
			return keys
		}
		key, _, _ := strings.Cut(inside, ",")
		if key = strings.ToLower(strings.TrimSpace(key)); len(key) > 1 {
			keys = append(keys, key)
		}
		text = after
	}
}
