package aws

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestParsePolicyErrors(t *testing.T) {
	for _, c := range []struct{ name, document, want string }{
		{"nothing", ``, "unexpected end"},
		{"truncated JSON names its line", "{\n\"Statement\": [", "line 2, column"},
		{"a list is no policy", `[]`, "expected an object, found a list"},
		{"null is no policy", `null`, "expected an object, found null"},
		{"a version nobody knows", `{"Version":"2020-01-01","Statement":[]}`, "not a version"},
		{"no statement", `{"Version":"2012-10-17"}`, "no Statement element"},
		{"a misspelt element", `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Conditions":{}}}`, "statement 1: Conditions: not an element"},
		{"an element twice", `{"Statement":{"Effect":"Allow","Effect":"Deny","Action":"*","Resource":"*"}}`, "Effect: given twice"},
		{"an effect in the wrong case", `{"Statement":{"Effect":"allow","Action":"*","Resource":"*"}}`, "neither Allow nor Deny"},
		{"no effect", `{"Statement":{"Action":"*","Resource":"*"}}`, "no Effect"},
		{"neither action nor its negation", `{"Statement":{"Effect":"Allow","Resource":"*"}}`, "either Action or NotAction"},
		{"an action without service", `{"Statement":{"Effect":"Allow","Action":"GetObject","Resource":"*"}}`, "not service:action"},
		{"an action that is a number", `{"Statement":{"Effect":"Allow","Action":{"a":1},"Resource":"*"}}`, "expected a string, found an object"},
		{"an operator nobody knows", `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringIs":{"a":"b"}}}}`, "StringIs: not a condition operator"},
		{"Null has no IfExists", `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"NullIfExists":{"a":"true"}}}}`, "not a condition operator"},
		{"a principal of a kind nobody knows", `{"Statement":{"Effect":"Allow","Action":"*","Principal":{"User":"x"}}}`, "not a kind of principal"},
		{"a principal that is a plain word", `{"Statement":{"Effect":"Allow","Action":"*","Principal":"ann"}}`, `can only be "*"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParsePolicy("p", []byte(c.document))
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "policy p: ") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestSingleValuesAndListsMeanTheSame(t *testing.T) {
	for _, d := range []string{
		`{"Statement":{"Sid":"S","Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"Bool":{"a":true}}}}`,
		` {"Statement":[{"Sid":"S","Effect":"Allow","Action":["s3:GetObject"],"Resource":["*"],"Condition":{"Bool":{"a":["true"]}}}]} `,
	} {
		p, err := ParsePolicy("p", []byte(d))
		if err != nil {
			t.Fatal(err)
		}
		st := p.Statements[0]
		if st.Name() != `statement "S"` || st.Actions[0].String() != "s3:getobject" || st.Resources[0].String() != "*" || st.Conditions[0].String() != "Bool a true" {
			t.Errorf("%s gives %+v", d, st)
		}
	}
}

func TestAPolicyOfTenThousandStatementsIsFast(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"Version":"2012-10-17","Statement":[`)
	for i := range 10000 {
		fmt.Fprintf(&b, `{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::bucket-%d/*"},`, i)
	}
	b.WriteString(`{"Effect":"Deny","Action":"*","Resource":"arn:aws:s3:::none/*"}]}`)
	start := time.Now()
	p, err := ParsePolicy("big", []byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	who, _ := ParsePrincipal(ann)
	r := Evaluate(&Request{Principal: who, Action: "s3:GetObject", Resource: "arn:aws:s3:::bucket-9999/k"}, &PrincipalPolicies{Identity: []*Policy{p}}, nil)
	if r.Decision != Allowed || len(r.Allows) != 1 || r.Allows[0].Statement.Index != 9999 {
		t.Errorf("got %s", r.Evidence())
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %s", took)
	}
}

func TestParsePrincipal(t *testing.T) {
	for _, c := range []struct {
		text    string
		kind    PrincipalKind
		arn     string
		account string
	}{
		{"anonymous", Anonymous, "", ""},
		{"111111111111", Root, annRoot, one1},
		{annRoot, Root, annRoot, one1},
		{"arn:aws-us-gov:iam::111111111111:user/a/b", User, "arn:aws-us-gov:iam::111111111111:user/a/b", one1},
		{appS1, Role, role, one1},
		{"arn:aws:sts::111111111111:federated-user/ann", FederatedUser, "arn:aws:sts::111111111111:federated-user/ann", one1},
		{"lambda.amazonaws.com", Service, "lambda.amazonaws.com", ""},
		{"accounts.google.com", Provider, "accounts.google.com", ""},
		{"arn:aws:iam::111111111111:saml-provider/idp", Provider, "arn:aws:iam::111111111111:saml-provider/idp", one1},
	} {
		p, err := ParsePrincipal(c.text)
		if err != nil || p.Kind != c.kind || p.ARN != c.arn || p.Account() != c.account {
			t.Errorf("%s: %+v in %q, %v", c.text, p, p.Account(), err)
		}
	}
	for _, text := range []string{"", "ann", "arn:aws:iam::1:user/x", "arn:aws:s3:::bucket", "arn:aws:sts::111111111111:assumed-role/x", "arn:aws:iam::111111111111:group/g"} {
		if p, err := ParsePrincipal(text); err == nil {
			t.Errorf("%q: %+v", text, p)
		}
	}
}

// Blocking public access to your Amazon S3 storage, "The meaning of 'public'".
func TestPublicPolicies(t *testing.T) {
	for _, c := range []struct {
		name, policy string
		want         bool
	}{
		{"everyone may", `Allow s3:GetObject on * to everyone`, true},
		{"everyone may, the longer way", `Allow s3:GetObject on * to *`, true},
		{"a deny is not public", `Deny s3:* on * to everyone`, false},
		{"one account may", `Allow s3:GetObject on * to 222222222222`, false},
		{"everyone in one VPC", `Allow s3:* on * to everyone if {"StringEquals":{"aws:SourceVpc":"vpc-91237329"}}`, false},
		{"everyone in some VPCs", `Allow s3:* on * to everyone if {"StringLike":{"aws:SourceVpc":"vpc-*"}}`, true},
		{"everyone in a network", `Allow s3:* on * to everyone if {"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`, false},
		{"everyone in half the world", `Allow s3:* on * to everyone if {"IpAddress":{"aws:SourceIp":"128.0.0.0/1"}}`, true},
		{"everyone of the organization", `Allow s3:* on * to everyone if {"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`, false},
		{"everyone outside a VPC", `Allow s3:* on * to everyone if {"StringNotEquals":{"aws:SourceVpc":"vpc-1"}}`, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := policies(t, []string{c.policy})[0].Public(); got != c.want {
				t.Errorf("public: %v", got)
			}
		})
	}
}
