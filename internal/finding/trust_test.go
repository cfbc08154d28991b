package finding

import (
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

func document(statements string) string {
	return `{"Version":"2012-10-17","Statement":[` + statements + `]}`
}

func TestPoliciesThatAllowEverything(t *testing.T) {
	const everything = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	for name, test := range map[string]struct {
		document string
		managed  bool
		attached bool
		fault    bool
	}{
		"everything":                        {document(everything), false, true, true},
		"everything among other things":     {document(`{"Effect":"Deny","Action":"s3:*","Resource":"*"},{"Effect":"Allow","Action":["iam:Get*","*:*"],"Resource":["*"]}`), false, true, true},
		"one statement without a list":      {`{"Statement":` + everything + `}`, false, true, true},
		"AWS's own":                         {document(everything), true, true, false},
		"nobody's":                          {document(everything), false, false, false},
		"everything on one bucket":          {document(`{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::logs/*"}`), false, true, false},
		"all of one service":                {document(`{"Effect":"Allow","Action":"iam:*","Resource":"*"}`), false, true, false},
		"everything but what is left out":   {document(`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`), false, true, false},
		"everything from one network":       {document(`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}}`), false, true, false},
		"a denial of everything":            {document(`{"Effect":"Deny","Action":"*","Resource":"*"}`), false, true, false},
		"a document that is not a policy":   {`[]`, false, true, false},
		"a policy whose document is absent": {"", false, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			const managed, inline = graph.ID("arn:aws:iam::111111111111:policy/all"), alice + "/inline-policy/all"
			nodes := []graph.Node{
				node(alice, kinds.AWSUser, graph.Props{"name": "alice"}),
				node(managed, kinds.AWSPolicy, graph.Props{"document": test.document, "aws_managed": test.managed}),
				node(inline, kinds.AWSInlinePolicy, graph.Props{"document": test.document, "aws_managed": test.managed}),
			}
			var edges []graph.Edge
			if test.attached {
				edges = []graph.Edge{{From: alice, To: managed, Kind: kinds.HasPolicy}, {From: alice, To: inline, Kind: kinds.HasPolicy}}
			}
			for check, resource := range map[string]graph.ID{"aws-policy-full-admin": managed, "aws-inline-full-admin": inline} {
				if check == "aws-inline-full-admin" && test.managed {
					continue // AWS keeps no inline policies
				}
				got := faulty(t, check, nodes, edges...)
				if len(got) > 0 != test.fault || len(got) > 0 && got[0] != resource {
					t.Errorf("%s found %v, want at fault: %v", check, got, test.fault)
				}
			}
		})
	}
}

func TestAdministratorsThatNobodyUses(t *testing.T) {
	administers := graph.Edge{From: robot, To: account, Kind: kinds.CanAdminister, Technique: "aws-administrator"}
	holds := func(used string) graph.Node {
		return node(robot, kinds.AWSRole, graph.Props{"created": ago(300), "last_used": used})
	}
	root := node(account, kinds.AWSAccount, graph.Props{})
	for name, test := range map[string]struct {
		nodes []graph.Node
		edge  graph.Edge
		fault bool
	}{
		"an administrator that was never used":  {[]graph.Node{root, holds("never")}, administers, true},
		"an administrator that is used":         {[]graph.Node{root, holds(ago(1))}, administers, false},
		"a role that administers nothing":       {[]graph.Node{root, holds("never")}, graph.Edge{From: robot, To: account, Kind: kinds.Uses}, false},
		"an administrator whose use is unknown": {[]graph.Node{root, node(robot, kinds.AWSRole, graph.Props{"created": ago(300)})}, administers, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := faulty(t, "aws-admin-unused", test.nodes, test.edge); len(got) > 0 != test.fault {
				t.Errorf("found %v, want at fault: %v", got, test.fault)
			}
		})
	}
}

func TestAUserIsUnusedOnlyIfNoneOfItsCredentialsWas(t *testing.T) {
	for name, test := range map[string]struct {
		password, key string
		keys          int64
		fault         bool
	}{
		"neither password nor key":        {ago(60), ago(70), 1, true},
		"the key":                         {ago(60), ago(2), 1, false},
		"the password":                    {ago(2), ago(70), 1, false},
		"a second key that is not known":  {ago(60), ago(70), 2, false},
		"a key whose use is not known":    {ago(60), "", 1, false},
		"a password whose use is unknown": {"", ago(70), 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			user := graph.Props{"console": true, "created": ago(300), "active_keys": test.keys}
			key := graph.Props{"name": "AKIAIOSFODNN7EXAMPLE", "status": "Active", "created": ago(300)}
			if test.password != "" {
				user["password_last_used"] = test.password
			}
			if test.key != "" {
				key["last_used"] = test.key
			}
			got := faulty(t, "aws-admin-unused", []graph.Node{
				node(account, kinds.AWSAccount, graph.Props{}), node(alice, kinds.AWSUser, user), node(first, kinds.AWSAccessKey, key),
			}, graph.Edge{From: alice, To: first, Kind: kinds.Contains}, graph.Edge{From: alice, To: account, Kind: kinds.CanAdminister, Technique: "aws-administrator"})
			if len(got) > 0 != test.fault {
				t.Errorf("found %v, want at fault: %v", got, test.fault)
			}
		})
	}
}

func TestRolesThatStrangersHave(t *testing.T) {
	const partner, sister, provider = graph.ID("arn:aws:iam::999999999999:root"), graph.ID("arn:aws:iam::333333333333:root"), graph.ID("arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com")
	assume := func(from graph.ID, technique string) graph.Edge {
		return graph.Edge{From: from, To: robot, Kind: kinds.CanAssume, Technique: technique, Evidence: []graph.Evidence{{Kind: graph.Grant, Source: robot, Locator: "0"}}}
	}
	external := document(`{"Effect":"Allow","Principal":{"AWS":"999999999999"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"x"}}}`)
	plain := document(`{"Effect":"Allow","Principal":{"AWS":"999999999999"},"Action":"sts:AssumeRole"}`)
	for name, test := range map[string]struct {
		check string
		trust string
		edge  graph.Edge
		fault bool
	}{
		"an account that nobody collected":             {"aws-role-unknown-account", plain, assume(partner, "aws-assume-role"), true},
		"an account of the organization":               {"aws-role-unknown-account", plain, assume(sister, "aws-assume-role"), false},
		"a user of the account itself":                 {"aws-role-unknown-account", plain, assume(alice, "aws-assume-role"), false},
		"an identity provider":                         {"aws-role-unknown-account", plain, assume(provider, "aws-web-identity"), false},
		"a third party without an external id":         {"aws-role-no-external-id", plain, assume(partner, "aws-assume-role"), true},
		"a third party with one":                       {"aws-role-no-external-id", external, assume(partner, "aws-assume-role"), false},
		"an account of one's own without one":          {"aws-role-no-external-id", plain, assume(sister, "aws-assume-role"), false},
		"anyone with an account":                       {"aws-role-trusts-anyone", plain, assume(graph.Internet, "aws-assume-role"), true},
		"one account":                                  {"aws-role-trusts-anyone", plain, assume(partner, "aws-assume-role"), false},
		"anyone with a token":                          {"aws-role-any-web-identity", plain, assume(graph.Internet, "aws-web-identity"), true},
		"the customer of the provider":                 {"aws-role-any-web-identity", plain, assume(provider, "aws-web-identity"), false},
		"a token of any audience":                      {"aws-oidc-no-audience", document(`{"Effect":"Allow","Principal":{"Federated":"` + string(provider) + `"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:acme/*"}}}`), graph.Edge{}, true},
		"a token made for AWS":                         {"aws-oidc-no-audience", document(`{"Effect":"Allow","Principal":{"Federated":"` + string(provider) + `"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"}}}`), graph.Edge{}, false},
		"a SAML directory, which has no such audience": {"aws-oidc-no-audience", document(`{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111111111111:saml-provider/corp"},"Action":"sts:AssumeRoleWithSAML"}`), graph.Edge{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			nodes := []graph.Node{
				node(robot, kinds.AWSRole, graph.Props{"trust": test.trust}), node(alice, kinds.AWSUser, graph.Props{}),
				node(partner, kinds.AWSAccount, nil), node(sister, kinds.AWSAccount, graph.Props{"account": "333333333333", "organization": "o-1"}),
				node(provider, kinds.AWSIdentityProvider, graph.Props{}), node(graph.Internet, kinds.InternetKind, nil),
			}
			var edges []graph.Edge
			if test.edge.From != "" {
				edges = append(edges, test.edge)
			}
			if got := faulty(t, test.check, nodes, edges...); len(got) > 0 != test.fault {
				t.Errorf("found %v, want at fault: %v", got, test.fault)
			}
		})
	}
}

func TestResourcesThatAServiceIsLetInto(t *testing.T) {
	for name, test := range map[string]struct {
		statement string
		fault     bool
	}{
		"whomever it calls for":   {`{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"*"}`, true},
		"for one bucket":          {`{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"*","Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::in"}}}`, false},
		"for one account":         {`{"Effect":"Allow","Principal":{"Service":["s3.amazonaws.com"]},"Action":"lambda:InvokeFunction","Resource":"*","Condition":{"StringEquals":{"aws:SourceAccount":"111111111111"}}}`, false},
		"kept out":                {`{"Effect":"Deny","Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:*","Resource":"*"}`, false},
		"a principal, no service": {`{"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"lambda:InvokeFunction","Resource":"*"}`, false},
		"everyone":                {`{"Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction","Resource":"*"}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			function := node("arn:aws:lambda:eu-west-1:111111111111:function:app", kinds.AWSFunction, graph.Props{"policy": document(test.statement)})
			if got := faulty(t, "aws-policy-confused-deputy", []graph.Node{function}); len(got) > 0 != test.fault {
				t.Errorf("found %v, want at fault: %v", got, test.fault)
			}
		})
	}
}
