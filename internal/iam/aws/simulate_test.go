package aws

import (
	"strings"
	"testing"
)

func TestSimulateLine(t *testing.T) {
	for _, c := range []struct{ name, line, want string }{
		{
			"a user whose policy allows the object may read it",
			`{"id":"1","principal":"arn:aws:iam::111111111111:user/ann","action":"s3:GetObject","resource":"arn:aws:s3:::b/k","resourceAccount":"111111111111","context":{},"unknown":[],"identityPolicies":[{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}],"resourcePolicy":null,"permissionBoundaries":[],"serviceControlPolicies":[],"resourceControlPolicies":[],"sessionPolicy":null,"vpcEndpointPolicies":[]}`,
			`"id":"1","result":"Allowed"`,
		},
		{
			"an SCP level with an empty list allows nothing",
			`{"id":2,"principal":"arn:aws:iam::111111111111:user/ann","action":"s3:GetObject","resource":"arn:aws:s3:::b/k","identityPolicies":[{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}],"serviceControlPolicies":[[]]}`,
			`"id":2,"result":"ImplicitlyDenied"`,
		},
		{
			"an RCP level with an empty list allows everything",
			`{"id":3,"principal":"arn:aws:iam::111111111111:user/ann","action":"s3:GetObject","resource":"arn:aws:s3:::b/k","identityPolicies":[{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}],"resourceControlPolicies":[[]]}`,
			`"id":3,"result":"Allowed"`,
		},
		{
			"unknown keys make it possible and are named",
			`{"id":4,"principal":"arn:aws:iam::111111111111:user/ann","action":"s3:GetObject","resource":"arn:aws:s3:::b/k","unknown":["*"],"identityPolicies":[{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":true}}}}]}`,
			`depends on Bool aws:SecureTransport true`,
		},
		{"a line that is no JSON is answered with its error", `{"id":5,`, `"error":`},
		{"a policy that is broken is answered with its error and the case's id", `{"id":6,"principal":"anonymous","action":"s3:GetObject","resource":"*","resourcePolicy":{"Statement":{"Effect":"allow","Principal":"*","Action":"*"}}}`, `"id":6,"error":`},
	} {
		t.Run(c.name, func(t *testing.T) {
			expect(t, c.line, c.want)
		})
	}
}

func expect(t *testing.T, line, want string) {
	t.Helper()
	if got := string(SimulateLine([]byte(line))); !strings.Contains(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
}
