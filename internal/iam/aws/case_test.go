package aws

import (
	"strings"
	"testing"
)

// question is one case of a table: who asks for what, under which policies, and the answer. Policies are documents, or
// the short forms that document understands.
type question struct {
	name      string
	who       string // "" = user ann of account 1
	action    string
	on        string
	owner     string
	context   map[string][]string
	unknown   []string
	identity  []string
	boundary  []string
	session   []string
	scps      [][]string
	resource  []string
	rcps      [][]string
	endpoint  []string
	noPublic  bool
	principal func(*Principal)
	want      Decision
}

const (
	one1     = "111111111111"
	two2     = "222222222222"
	ann      = "arn:aws:iam::111111111111:user/ann"
	annRoot  = "arn:aws:iam::111111111111:root"
	role     = "arn:aws:iam::111111111111:role/app"
	appS1    = "arn:aws:sts::111111111111:assumed-role/app/s1"
	appS2    = "arn:aws:sts::111111111111:assumed-role/app/s2"
	object   = "arn:aws:s3:::bucket/key"
	kmsKey   = "arn:aws:kms:us-east-1:111111111111:key/k"
	adminAll = `Allow * on *`
)

func (q question) ask(t testing.TB) Result {
	t.Helper()
	if q.who == "" {
		q.who = ann
	}
	principal, err := ParsePrincipal(q.who)
	if err != nil {
		t.Fatal(err)
	}
	if q.principal != nil {
		q.principal(&principal)
	}
	request := &Request{Principal: principal, Action: q.action, Resource: q.on, ResourceAccount: q.owner, Context: q.context, Unknown: q.unknown}
	of := &PrincipalPolicies{
		Identity: policies(t, q.identity), Boundary: policies(t, q.boundary), Session: policies(t, q.session), SCPs: levels(t, q.scps),
	}
	on := &ResourcePolicies{
		Resource: policies(t, q.resource), RCPs: levels(t, q.rcps), Endpoint: policies(t, q.endpoint), RestrictPublic: q.noPublic,
	}
	return Evaluate(request, of, on)
}

func askAll(t *testing.T, questions []question) {
	t.Helper()
	for _, q := range questions {
		t.Run(q.name, func(t *testing.T) {
			if got := q.ask(t); got.Decision != q.want {
				t.Errorf("got %s, want %s\n%s", got.Decision, q.want, strings.Join(got.Evidence(), "\n"))
			}
		})
	}
}

func policies(t testing.TB, documents []string) []*Policy {
	t.Helper()
	var out []*Policy
	for _, d := range documents {
		p, err := ParsePolicy("test", []byte(document(d)))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

func levels(t testing.TB, documents [][]string) [][]*Policy {
	t.Helper()
	var out [][]*Policy
	for _, d := range documents {
		out = append(out, policies(t, d))
	}
	return out
}

// document expands "Allow ACTION on RESOURCE [to PRINCIPAL] [if CONDITION-JSON]", one statement a line, lists separated
// by commas. A principal is an AWS one, "service:NAME", "federated:NAME" or "everyone"; "not X" negates any of the three.
func document(short string) string {
	if strings.HasPrefix(strings.TrimSpace(short), "{") {
		return short
	}
	var statements []string
	for line := range strings.Lines(short) {
		statements = append(statements, statement(strings.TrimSpace(line)))
	}
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

func statement(line string) string {
	line, condition, _ := strings.Cut(line, " if ")
	line, principal, _ := strings.Cut(line, " to ")
	line, resource, _ := strings.Cut(line, " on ")
	effect, action, _ := strings.Cut(line, " ")
	out := []string{`"Effect":"` + effect + `"`, element("Action", action)}
	if resource != "" {
		out = append(out, element("Resource", resource))
	}
	if principal != "" {
		out = append(out, principalElement(principal))
	}
	if condition != "" {
		out = append(out, `"Condition":`+condition)
	}
	return "{" + strings.Join(out, ",") + "}"
}

func element(name, value string) string {
	if rest, negated := strings.CutPrefix(value, "not "); negated {
		name, value = "Not"+name, rest
	}
	return `"` + name + `":["` + strings.ReplaceAll(value, ", ", `","`) + `"]`
}

func principalElement(value string) string {
	name := "Principal"
	if rest, negated := strings.CutPrefix(value, "not "); negated {
		name, value = "NotPrincipal", rest
	}
	kind := "AWS"
	switch prefix, rest, _ := strings.Cut(value, ":"); prefix {
	case "everyone":
		return `"` + name + `":"*"`
	case "service":
		kind, value = "Service", rest
	case "federated":
		kind, value = "Federated", rest
	}
	return `"` + name + `":{"` + kind + `":["` + strings.ReplaceAll(value, ", ", `","`) + `"]}`
}
