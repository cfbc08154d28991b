package aws

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
)

// simulation is one line of a batch: a request with all the policies that apply to it.
type simulation struct {
	ID                      json.RawMessage     `json:"id"`
	Principal               string              `json:"principal"`
	Action                  string              `json:"action"`
	Resource                string              `json:"resource"`
	ResourceAccount         string              `json:"resourceAccount"`
	Context                 map[string]values   `json:"context"`
	Unknown                 []string            `json:"unknown"`
	IdentityPolicies        []json.RawMessage   `json:"identityPolicies"`
	ResourcePolicy          json.RawMessage     `json:"resourcePolicy"`
	PermissionBoundaries    []json.RawMessage   `json:"permissionBoundaries"`
	ServiceControlPolicies  [][]json.RawMessage `json:"serviceControlPolicies"`
	ResourceControlPolicies [][]json.RawMessage `json:"resourceControlPolicies"`
	SessionPolicy           json.RawMessage     `json:"sessionPolicy"`
	VPCEndpointPolicies     []json.RawMessage   `json:"vpcEndpointPolicies"`
}

// values is one value or a list of them.
type values []string

func (v *values) UnmarshalJSON(text []byte) (err error) {
	if string(text) == "null" {
		return nil
	}
	if *v, err = someStrings(text); err != nil {
		return fmt.Errorf("context: %w", err)
	}
	return nil
}

// Simulated is what Simulate says of one case.
type Simulated struct {
	ID  json.RawMessage // as the case has it; nil when it has none
	Err error           // why the case cannot be answered; then there is no result
	Result
}

// Simulate answers one case of a batch, a JSON object. Where it cannot be read the error says why, with the case's id if it has
// one.
//
// The request has exactly the condition keys that the case gives: what is neither in context nor in unknown is absent,
// though AWS would put it there (aws:PrincipalArn, aws:username and the like). A null in context says that the key is
// absent. A layer that is left out, null or empty does not exist, save that a level of SCPs without policies allows
// nothing; a level of RCPs without has AWS's own full-access policy.
func Simulate(text []byte) Simulated {
	var s simulation
	err := json.Unmarshal(text, &s)
	said := Simulated{ID: s.ID}
	if err != nil {
		said.ID = idOf(text)
	} else {
		said.Result, err = s.evaluate()
	}
	if err != nil {
		said.Err = explained(err)
	}
	return said
}

// SimulateLine answers one line of a batch with one line, without the line break; see Simulate.
func SimulateLine(line []byte) []byte {
	said := Simulate(line)
	var out struct {
		ID       json.RawMessage `json:"id,omitempty"`
		Result   string          `json:"result,omitempty"`
		Evidence []string        `json:"evidence,omitempty"`
		Error    string          `json:"error,omitempty"`
	}
	if out.ID = said.ID; said.Err != nil {
		out.Error = said.Err.Error()
	} else {
		out.Result, out.Evidence = said.Decision.String(), said.Evidence()
	}
	text, err := json.Marshal(out)
	if err != nil {
		return []byte(`{"error":"the answer cannot be written"}`)
	}
	return text
}

// explained words an error of the case's form in the words of the case.
func explained(err error) error {
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		return fmt.Errorf("%s: a JSON %s does not belong there", cmp.Or(wrong.Field, "the line"), wrong.Value)
	}
	return err
}

// idOf finds the id of a line whose other members cannot be read.
func idOf(line []byte) json.RawMessage {
	var s struct {
		ID json.RawMessage `json:"id"`
	}
	if json.Unmarshal(line, &s) != nil {
		return nil
	}
	return s.ID
}

func (s *simulation) evaluate() (Result, error) {
	if s.Principal == "" || s.Action == "" || s.Resource == "" {
		return Result{}, errors.New("a case needs a principal, an action and a resource")
	}
	principal, err := ParsePrincipal(s.Principal)
	if err != nil {
		return Result{}, err
	}
	request := &Request{
		Principal: principal, Action: s.Action, Resource: s.Resource, ResourceAccount: s.ResourceAccount,
		Context: map[string][]string{}, Unknown: s.Unknown, Bare: true,
	}
	for key, list := range s.Context {
		request.Context[key] = list
	}
	var of PrincipalPolicies
	var on ResourcePolicies
	read := reader{}
	of.Identity = read.list("identityPolicies", s.IdentityPolicies)
	of.Boundary = read.list("permissionBoundaries", s.PermissionBoundaries)
	of.SCPs = read.levels("serviceControlPolicies", s.ServiceControlPolicies)
	of.Session = read.one("sessionPolicy", s.SessionPolicy)
	on.Resource = read.one("resourcePolicy", s.ResourcePolicy)
	on.RCPs = read.levels("resourceControlPolicies", s.ResourceControlPolicies)
	on.Endpoint = read.list("vpcEndpointPolicies", s.VPCEndpointPolicies)
	if read.err != nil {
		return Result{}, read.err
	}
	return Evaluate(request, &of, &on), nil
}

// reader parses policies, named by their place in the line, and keeps the first error.
type reader struct{ err error }

func (r *reader) list(place string, documents []json.RawMessage) []*Policy {
	var out []*Policy
	for i, document := range documents {
		out = append(out, r.policy(fmt.Sprintf("%s[%d]", place, i), document))
	}
	return out
}

// one reads a document, or the list of several: of a session, which may have one inline and others by ARN, or of a key and its grants.
func (r *reader) one(place string, document json.RawMessage) []*Policy {
	if document == nil || string(document) == "null" {
		return nil
	}
	if document[0] == '[' {
		var documents []json.RawMessage
		if err := json.Unmarshal(document, &documents); err != nil && r.err == nil {
			r.err = fmt.Errorf("%s: %w", place, err)
		}
		return r.list(place, documents)
	}
	return []*Policy{r.policy(place, document)}
}

// policy reads a document, or a string that holds one.
func (r *reader) policy(place string, document json.RawMessage) *Policy {
	if text, err := oneString(document); err == nil {
		document = json.RawMessage(text)
	}
	p, err := ParsePolicy(place, document)
	if err != nil && r.err == nil {
		r.err = err
	}
	return p
}

func (r *reader) levels(place string, levels [][]json.RawMessage) [][]*Policy {
	var out [][]*Policy
	for i, documents := range levels {
		out = append(out, r.list(fmt.Sprintf("%s[%d]", place, i), documents))
	}
	return out
}
