package aws

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// ParsePolicy reads a policy document and compiles it. The source names it in results and errors.
//
// The grammar is AWS's (Grammar of the IAM JSON policy language,
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html): every list may be a single value,
// an element may be given once, and an element that the grammar does not know is an error, for to skip one could widen
// what the policy grants.
func ParsePolicy(source string, document []byte) (*Policy, error) {
	p := &Policy{Source: source, Version: "2008-10-17"}
	if err := p.parse(document); err != nil {
		return nil, fmt.Errorf("policy %s: %w", source, err)
	}
	p.index()
	return p, nil
}

func (p *Policy) parse(document []byte) error {
	if err := validJSON(document); err != nil {
		return err
	}
	var statements json.RawMessage
	err := eachMember(document, func(name string, value json.RawMessage) (err error) {
		switch name {
		case "Version":
			p.Version, err = oneString(value)
		case "Id":
			p.ID, err = oneString(value)
		case "Statement":
			statements = value
		default:
			err = errUnknownElement
		}
		return err
	})
	if err != nil {
		return err
	}
	if p.Version != "2012-10-17" && p.Version != "2008-10-17" {
		return fmt.Errorf("Version: %q is not a version of the policy language", p.Version)
	}
	if statements == nil {
		return errors.New("no Statement element")
	}
	return p.parseStatements(statements)
}

func (p *Policy) parseStatements(value json.RawMessage) error {
	list := []json.RawMessage{value}
	if value[0] == '[' {
		if err := json.Unmarshal(value, &list); err != nil {
			return fmt.Errorf("Statement: %w", err)
		}
	}
	p.Statements = make([]Statement, len(list))
	for i, raw := range list {
		st := &p.Statements[i]
		st.Index = i
		if err := st.parse(raw, p.Version == "2012-10-17"); err != nil {
			return fmt.Errorf("statement %d: %w", i+1, err)
		}
	}
	return nil
}

func (st *Statement) parse(raw json.RawMessage, variables bool) error {
	effect := false
	err := eachMember(raw, func(name string, value json.RawMessage) (err error) {
		switch name {
		case "Sid":
			st.Sid, err = oneString(value)
		case "Effect":
			effect = true
			st.Effect, err = parseEffect(value)
		case "Principal":
			st.Principal, err = parsePrincipalSet(value)
		case "NotPrincipal":
			st.NotPrincipal, err = parsePrincipalSet(value)
		case "Action":
			st.Actions, err = parseActions(value)
		case "NotAction":
			st.NotActions, err = parseActions(value)
		case "Resource":
			st.Resources, err = parseResources(value, variables)
		case "NotResource":
			st.NotResources, err = parseResources(value, variables)
		case "Condition":
			st.Conditions, err = parseConditions(value, variables)
		default:
			err = errUnknownElement
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case !effect:
		return errors.New("no Effect element")
	case (st.Actions == nil) == (st.NotActions == nil):
		return errors.New("needs either Action or NotAction")
	case st.Resources != nil && st.NotResources != nil:
		return errors.New("has both Resource and NotResource")
	case st.Principal != nil && st.NotPrincipal != nil:
		return errors.New("has both Principal and NotPrincipal")
	}
	return nil
}

var errUnknownElement = errors.New("not an element of the policy language")

func parseEffect(value json.RawMessage) (Effect, error) {
	s, err := oneString(value)
	switch {
	case err != nil:
		return Allow, err
	case s == "Allow":
		return Allow, nil
	case s == "Deny":
		return Deny, nil
	}
	return Allow, fmt.Errorf("%q is neither Allow nor Deny", s)
}

func parseActions(value json.RawMessage) ([]*Pattern, error) {
	list, err := someStrings(value)
	if err != nil {
		return nil, err
	}
	actions := make([]*Pattern, len(list))
	for i, s := range list {
		if s != "*" && !strings.Contains(s, ":") {
			return nil, fmt.Errorf("%q is not service:action", s)
		}
		actions[i] = CompilePattern(strings.ToLower(s))
	}
	return actions, nil
}

func parseResources(value json.RawMessage, variables bool) ([]*Template, error) {
	list, err := someStrings(value)
	if err != nil {
		return nil, err
	}
	templates := make([]*Template, len(list))
	for i, s := range list {
		templates[i] = newResource(s, variables)
	}
	return templates, nil
}

// plainPrincipal reads a principal that is a plain string. The grammar knows only "*" so; an account, an ARN or a service
// that stands there alone can mean but one thing.
func plainPrincipal(s string) (*PrincipalSet, error) {
	switch {
	case s == "*":
		return &PrincipalSet{Any: true}, nil
	case isAccount(s) || strings.HasPrefix(s, "arn:"):
		return &PrincipalSet{AWS: []string{s}}, nil
	case strings.HasSuffix(s, ".amazonaws.com") || strings.HasSuffix(s, ".amazonaws.com.cn"):
		return &PrincipalSet{Service: []string{s}}, nil
	}
	return nil, fmt.Errorf("%q: a principal that is a plain string can only be \"*\", an account, an ARN or a service", s)
}

func parsePrincipalSet(value json.RawMessage) (*PrincipalSet, error) {
	if value[0] == '"' {
		s, err := oneString(value)
		if err != nil {
			return nil, err
		}
		return plainPrincipal(s)
	}
	set := &PrincipalSet{}
	err := eachMember(value, func(name string, value json.RawMessage) (err error) {
		switch name {
		case "AWS":
			set.AWS, err = someStrings(value)
		case "Service":
			set.Service, err = someStrings(value)
		case "Federated":
			set.Federated, err = someStrings(value)
		case "CanonicalUser":
			set.CanonicalUser, err = someStrings(value)
		default:
			err = errors.New("not a kind of principal")
		}
		return err
	})
	return set, err
}

func parseConditions(value json.RawMessage, variables bool) ([]Condition, error) {
	var conditions []Condition
	err := eachMember(value, func(operator string, keys json.RawMessage) error {
		op, err := parseOperator(operator)
		if err != nil {
			return err
		}
		return eachMember(keys, func(key string, values json.RawMessage) error {
			list, err := someStrings(values)
			if err != nil {
				return err
			}
			conditions = append(conditions, newCondition(op, key, list, variables))
			return nil
		})
	})
	slices.SortStableFunc(conditions, func(a, b Condition) int {
		return strings.Compare(a.Operator+"\x00"+a.Key, b.Operator+"\x00"+b.Key)
	})
	return conditions, err
}

// validJSON explains where a document is broken by line and column.
func validJSON(document []byte) error {
	var syntax *json.SyntaxError
	var anything json.RawMessage
	switch err := json.Unmarshal(document, &anything); {
	case err == nil:
		return nil
	case errors.As(err, &syntax):
		read := document[:min(int(syntax.Offset), len(document))]
		line := bytes.Count(read, []byte("\n")) + 1
		return fmt.Errorf("line %d, column %d: %w", line, len(read)-bytes.LastIndexByte(read, '\n')-1, err)
	default:
		return err
	}
}

// eachMember visits the members of a JSON object in their order, and refuses one that is given twice.
func eachMember(object json.RawMessage, visit func(name string, value json.RawMessage) error) error {
	decoder := json.NewDecoder(bytes.NewReader(object))
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	if token != json.Delim('{') {
		return fmt.Errorf("expected an object, found %s", kindOf(object))
	}
	seen := map[string]bool{}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if seen[name] {
			return fmt.Errorf("%s: given twice", name)
		}
		seen[name] = true
		if err := visit(name, value); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if _, err := decoder.Token(); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

func oneString(value json.RawMessage) (string, error) {
	var s string
	if value[0] != '"' {
		return "", fmt.Errorf("expected a string, found %s", kindOf(value))
	}
	err := json.Unmarshal(value, &s)
	return s, err
}

// someStrings reads a string or a list of strings. Numbers and booleans stand for their spelling.
func someStrings(value json.RawMessage) ([]string, error) {
	list := []json.RawMessage{value}
	if value[0] == '[' {
		if err := json.Unmarshal(value, &list); err != nil {
			return nil, err
		}
	}
	out := make([]string, len(list))
	for i, element := range list {
		switch element[0] {
		case '"':
			if err := json.Unmarshal(element, &out[i]); err != nil {
				return nil, err
			}
		case '{', '[', 'n':
			return nil, fmt.Errorf("expected a string, found %s", kindOf(element))
		default:
			out[i] = string(element)
		}
	}
	return out, nil
}

func kindOf(value json.RawMessage) string {
	switch bytes.TrimSpace(value)[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 'n':
		return "null"
	case 't', 'f':
		return "a boolean"
	}
	return "a number"
}
