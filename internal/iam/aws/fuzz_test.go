package aws

import (
	"bytes"
	"encoding/json"
	"testing"
)

func FuzzParsePolicy(f *testing.F) {
	for _, c := range someConditions {
		f.Add([]byte(document("Allow s3:*, kms:Decrypt on *, arn:aws:s3:::b/${k, 'x'} to " + ann + " if " + c)))
	}
	f.Add([]byte(`{"Version":"2008-10-17","Statement":{"Effect":"Deny","NotAction":"*","NotResource":[],"NotPrincipal":"*"}}`))
	f.Fuzz(func(t *testing.T, document []byte) {
		p, err := ParsePolicy("fuzz", document)
		if (p == nil) == (err == nil) {
			t.Fatalf("policy %v, error %v", p, err)
		}
		if p != nil {
			p.Public()
		}
	})
}

func FuzzEvaluate(f *testing.F) {
	f.Add(ann, "s3:GetObject", object, "k", document(`Allow s3:* on arn:aws:s3:::${k}* to everyone`))
	f.Add(appS1, "s3:*", "arn:aws:s3:::*", "*", document(`Deny s3:Get* on *a?b* to not `+role+` if {"NumericLessThan":{"k":1}}`))
	f.Add("anonymous", "*", "*", "", document(`Allow * on * to everyone if {"IpAddress":{"aws:SourceIp":"::/0"},"DateLessThan":{"k":"2020"}}`))
	f.Fuzz(func(t *testing.T, who, action, resource, unknown, document string) {
		principal, err := ParsePrincipal(who)
		if err != nil {
			return
		}
		p, err := ParsePolicy("fuzz", []byte(document))
		if err != nil {
			return
		}
		list := []*Policy{p}
		r := Evaluate(
			&Request{Principal: principal, Action: action, Resource: resource, Context: keys{"k": {"1"}}, Unknown: []string{unknown}},
			&PrincipalPolicies{Identity: list, Boundary: list, Session: list, SCPs: [][]*Policy{list}},
			&ResourcePolicies{Resource: list, RCPs: [][]*Policy{list}, Endpoint: list},
		)
		if len(r.Evidence()) == 0 || (r.Decision == Possible) != (len(r.Unknown) > 0) {
			t.Fatalf("%v", r.Evidence())
		}
	})
}

func FuzzSimulateLine(f *testing.F) {
	f.Add([]byte(`{"id":1,"principal":"anonymous","action":"s3:GetObject","resource":"*","context":{"a":["b"],"c":1},"unknown":["*"],"identityPolicies":[null,"{}"],"serviceControlPolicies":[[]],"sessionPolicy":null}`))
	for i, c := range someConditions {
		policy := document("Allow s3:* on *, arn:aws:s3:::b/${k, 'x'} to " + somePrincipals[i%len(somePrincipals)] + ` if ` + c)
		f.Add([]byte(`{"id":"x","principal":"` + somePrincipals[i%len(somePrincipals)] + `","action":"s3:*","resource":"arn:aws:s3:::b/*","resourceAccount":"111111111111","context":{"k":null,"l":[true,2]},"unknown":["k"],` +
			`"identityPolicies":[` + policy + `],"resourcePolicy":` + policy + `,"permissionBoundaries":[` + policy + `],"serviceControlPolicies":[[` + policy + `]],"resourceControlPolicies":[[` + policy + `],[]],"sessionPolicy":` + policy + `,"vpcEndpointPolicies":[` + policy + `]}`))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		out := SimulateLine(line)
		var said struct {
			Result, Error string
			Evidence      []string
		}
		if err := json.Unmarshal(out, &said); err != nil || bytes.IndexByte(out, '\n') >= 0 {
			t.Fatalf("%v: %s", err, out)
		}
		if (said.Result == "") == (said.Error == "") || (said.Result == "") != (said.Evidence == nil) {
			t.Fatalf("%s", out)
		}
	})
}
