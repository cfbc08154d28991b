package oracle

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// eachCondition visits every condition. What visit gives takes its place: other operators and values, or nothing when the
// condition holds always.
func (q *question) eachCondition(visit func(operator, key string, values []string) (replaced map[string][]string, changed bool)) bool {
	touched := false
	q.policies(func(_ string, p *policy) {
		for _, st := range p.Statement {
			for _, operator := range slices.Sorted(maps.Keys(st.Condition)) {
				keys := st.Condition[operator]
				for _, key := range slices.Sorted(maps.Keys(keys)) {
					replaced, changed := visit(operator, key, keys[key])
					if !changed {
						continue
					}
					touched = true
					delete(keys, key)
					for other, values := range replaced {
						st.require(other, key, values)
					}
				}
				if len(keys) == 0 {
					delete(st.Condition, operator)
				}
			}
			if len(st.Condition) == 0 {
				st.Condition = nil
			}
		}
	})
	return touched
}

func (st *statement) require(operator, key string, values []string) {
	if operator == never {
		operator, key = "StringEquals", "aws:PrincipalTag/never" // which no request has
	}
	if st.Condition[operator] == nil {
		st.Condition[operator] = map[string][]string{}
	}
	st.Condition[operator][key] = values
}

// never stands for a condition that does not hold.
const never = "never"

func always() (map[string][]string, bool) { return nil, true }

func fails() (map[string][]string, bool) { return map[string][]string{never: {"never"}}, true }

func unchanged() (map[string][]string, bool) { return nil, false }

var variable = regexp.MustCompile(`\$\{([^,}]+)(,[^}]*)?\}`)

// valueless reports whether a text has a variable without value or default.
func (q *question) valueless(text string) bool {
	for _, found := range variable.FindAllStringSubmatch(text, -1) {
		values, present := q.values(found[1])
		if (!present || len(values) > 1) && found[2] == "" && len(found[1]) > 1 {
			return true
		}
	}
	return false
}

func negated(operator string) bool { return strings.Contains(operator, "Not") }

func negatedVariables(q *question) bool {
	return q.eachCondition(func(operator, _ string, values []string) (map[string][]string, bool) {
		var kept []string
		for _, value := range values {
			if !q.valueless(value) {
				kept = append(kept, value)
			}
		}
		switch {
		case !negated(operator) || len(kept) == len(values):
			return unchanged()
		case len(kept) == 0:
			return always()
		}
		return map[string][]string{operator: kept}, true
	})
}

// escapes writes the characters themselves where they are no wildcards.
func escapes(q *question) bool {
	plain := strings.NewReplacer("${*}", "*", "${?}", "?")
	return q.eachCondition(func(operator, _ string, values []string) (map[string][]string, bool) {
		if strings.Contains(operator, "Like") || !strings.Contains(operator, "String") {
			return unchanged()
		}
		var written []string
		for _, value := range values {
			written = append(written, plain.Replace(value))
		}
		return map[string][]string{operator: written}, !slices.Equal(written, values)
	})
}

// encryptionContext calls a pair by a name that the other evaluator knows for a key.
func encryptionContext(q *question) bool {
	before := q.line()
	after := bytes.ReplaceAll(before, []byte("kms:EncryptionContext:"), []byte("aws:PrincipalTag/kms-"))
	if bytes.Equal(before, after) {
		return false
	}
	var renamed question
	if err := json.Unmarshal(after, &renamed); err != nil {
		return false
	}
	*q = renamed
	return true
}

func anyIfExists(q *question) bool {
	return q.eachCondition(func(operator, key string, _ []string) (map[string][]string, bool) {
		if _, present := q.values(key); present || !strings.HasPrefix(operator, "ForAnyValue:") || !strings.HasSuffix(operator, "IfExists") {
			return unchanged()
		}
		return always()
	})
}

func oneValue(q *question) bool {
	return q.eachCondition(func(operator, key string, values []string) (map[string][]string, bool) {
		given, present := q.values(key)
		switch {
		case !present || len(given) != 1 || strings.Contains(operator, ":") || operator == "Null":
			return unchanged()
		case negated(operator):
			return map[string][]string{"ForAllValues:" + operator: values}, true
		}
		return map[string][]string{"ForAnyValue:" + operator: values}, true
	})
}

func emptySets(q *question) bool {
	return q.eachCondition(func(operator, key string, _ []string) (map[string][]string, bool) {
		given, present := q.values(key)
		set, _, found := strings.Cut(operator, ":")
		switch {
		case !present || !found || strings.Join(given, "") != "":
			return unchanged()
		case set == "ForAllValues":
			return always()
		}
		return fails()
	})
}

// eachValue gives other values to conditions of some operators.
func (q *question) eachValue(operators string, other func(string) []string) bool {
	return q.eachCondition(func(operator, _ string, values []string) (map[string][]string, bool) {
		if !strings.Contains(operator, operators) {
			return unchanged()
		}
		var replaced []string
		changed := false
		for _, value := range values {
			others := other(value)
			changed = changed || len(others) != 1 || others[0] != value
			replaced = append(replaced, others...)
		}
		return map[string][]string{operator: replaced}, changed
	})
}

func everyAddress(q *question) bool {
	return q.eachValue("IpAddress", func(value string) []string {
		if value == "0.0.0.0/0" {
			return []string{"0.0.0.0/1", "128.0.0.0/1"}
		}
		return []string{value}
	})
}

func bareAddress(q *question) bool {
	return q.eachValue("IpAddress", func(value string) []string {
		switch {
		case strings.Contains(value, "/"):
			return []string{value}
		case strings.Contains(value, ":"):
			return []string{value + "/128"}
		}
		return []string{value + "/32"}
	})
}

// epochs writes moments the long way, in policies and in the request.
func epochs(q *question) bool {
	changed := q.eachValue("Date", func(value string) []string { return []string{longDate(value)} })
	for key, value := range q.Context {
		text, ok := value.(string)
		if ok && strings.Contains(key, "Time") && longDate(text) != text {
			q.Context[key], changed = longDate(text), true
		}
	}
	return changed
}

func longDate(text string) string {
	if len(text) == 4 {
		return text + "-01-01T00:00:00Z"
	}
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.Unix(seconds, 0).UTC().Format(time.RFC3339)
	}
	return text
}
