package oracle

import (
	"encoding/json"
	"strings"
)

// question is one case in the form of a batch's line.
type question struct {
	ID                      int            `json:"id"`
	Principal               string         `json:"principal"`
	Action                  string         `json:"action"`
	Resource                string         `json:"resource"`
	ResourceAccount         string         `json:"resourceAccount"`
	Context                 map[string]any `json:"context"` // a string, or []any for keys of several values
	IdentityPolicies        []*policy      `json:"identityPolicies"`
	ResourcePolicy          *policy        `json:"resourcePolicy,omitempty"`
	PermissionBoundaries    []*policy      `json:"permissionBoundaries"`
	ServiceControlPolicies  [][]*policy    `json:"serviceControlPolicies"`
	ResourceControlPolicies [][]*policy    `json:"resourceControlPolicies"`
	SessionPolicy           *policy        `json:"sessionPolicy,omitempty"`
	VPCEndpointPolicies     []*policy      `json:"vpcEndpointPolicies"`
}

type policy struct {
	Version   string `json:",omitempty"`
	Statement []*statement
}

type statement struct {
	Effect       string
	Principal    any                            `json:",omitempty"` // "*" or by kind
	NotPrincipal map[string][]string            `json:",omitempty"`
	Action       []string                       `json:",omitempty"`
	NotAction    []string                       `json:",omitempty"`
	Resource     []string                       `json:",omitempty"`
	NotResource  []string                       `json:",omitempty"`
	Condition    map[string]map[string][]string `json:",omitempty"`
}

func (q *question) line() []byte {
	text, err := json.Marshal(q)
	if err != nil {
		panic(err) // strings, lists and maps of them can be written
	}
	return text
}

// copied gives a question that can be changed without changing this one.
func (q *question) copied() *question {
	var other question
	if err := json.Unmarshal(q.line(), &other); err != nil {
		panic(err) // line wrote it
	}
	return &other
}

// policies visits every policy; what it is told tells their kind.
func (q *question) policies(visit func(kind string, p *policy)) {
	each := func(kind string, list []*policy) {
		for _, p := range list {
			visit(kind, p)
		}
	}
	each("identity", q.IdentityPolicies)
	each("boundary", q.PermissionBoundaries)
	each("endpoint", q.VPCEndpointPolicies)
	for _, level := range q.ServiceControlPolicies {
		each("scp", level)
	}
	for _, level := range q.ResourceControlPolicies {
		each("rcp", level)
	}
	if q.ResourcePolicy != nil {
		visit("resource", q.ResourcePolicy)
	}
	if q.SessionPolicy != nil {
		visit("session", q.SessionPolicy)
	}
}

func (q *question) service() string {
	service, _, _ := strings.Cut(strings.ToLower(q.Action), ":")
	return service
}

// values gives a context key's values, whatever the case of its name.
func (q *question) values(key string) (values []string, present bool) {
	for name, value := range q.Context {
		if !strings.EqualFold(name, key) {
			continue
		}
		switch value := value.(type) {
		case string:
			return []string{value}, true
		case []any:
			for _, one := range value {
				values = append(values, one.(string)) // the generator writes nothing else
			}
			return values, len(values) > 0
		}
	}
	return nil, false
}
