package aws

import (
	"encoding/json"
	"strings"
	"testing"
)

// documented is a statement of AWS's documentation as a line of a batch: who asks for what under which policies, and the answer that
// the documentation gives. Policies are in the short form of document, or JSON.
type documented struct {
	says      string
	who       string // "" = user ann of account 1
	does, on  string // "" = s3:GetObject on an object
	owner     string // "" = account 1, "-" = the line does not say
	context   map[string]any
	unknown   []string
	identity  []string
	boundary  []string
	session   string
	scps      [][]string
	resource  string
	rcps      [][]string
	endpoint  []string
	want      string
	evidences string // must be in the evidence
}

// line writes the case as a batch has it.
func (d *documented) line(t testing.TB) []byte {
	t.Helper()
	set := func(value *string, otherwise string) {
		if *value == "" {
			*value = otherwise
		}
	}
	set(&d.who, ann)
	set(&d.does, "s3:GetObject")
	set(&d.on, object)
	set(&d.owner, one1)
	raw := func(texts []string) []json.RawMessage {
		list := make([]json.RawMessage, len(texts))
		for i, text := range texts {
			list[i] = json.RawMessage(document(text))
		}
		return list
	}
	levels := func(all [][]string) [][]json.RawMessage {
		list := make([][]json.RawMessage, len(all))
		for i, texts := range all {
			list[i] = raw(texts)
		}
		return list
	}
	line := map[string]any{
		"id": d.says, "principal": d.who, "action": d.does, "resource": d.on, "resourceAccount": d.owner, "context": d.context, "unknown": d.unknown,
		"identityPolicies": raw(d.identity), "permissionBoundaries": raw(d.boundary), "serviceControlPolicies": levels(d.scps),
		"resourceControlPolicies": levels(d.rcps), "vpcEndpointPolicies": raw(d.endpoint),
	}
	if d.owner == "-" {
		delete(line, "resourceAccount")
	}
	if d.session != "" {
		line["sessionPolicy"] = raw([]string{d.session})[0]
	}
	if d.resource != "" {
		line["resourcePolicy"] = raw([]string{d.resource})[0]
	}
	text, err := json.Marshal(line)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// The answers of a batch, in the table's words.
const (
	allowed    = "Allowed"
	possible   = "Possible"
	explicitly = "ExplicitlyDenied"
	implicitly = "ImplicitlyDenied"
)

// answerAll puts cases of one page, below https://docs.aws.amazon.com/, as lines of a batch.
func answerAll(t *testing.T, page string, cases []documented) {
	t.Helper()
	for _, d := range cases {
		var said struct {
			ID, Result, Error string
			Evidence          []string
		}
		line := d.line(t)
		if err := json.Unmarshal(SimulateLine(line), &said); err != nil {
			t.Fatal(err)
		}
		facts := strings.Join(said.Evidence, "\n")
		if said.ID != d.says || said.Result != d.want || !strings.Contains(facts, d.evidences) {
			t.Errorf("%s (https://docs.aws.amazon.com/%s): got %s%s, want %s %s\n%s\n%s", d.says, page, said.Result, said.Error, d.want, d.evidences, facts, line)
		}
	}
}
