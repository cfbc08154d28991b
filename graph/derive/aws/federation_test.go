package aws

import (
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

func TestFederatedRoles(t *testing.T) {
	github := "arn:aws:iam::" + ours + ":oidc-provider/token.actions.githubusercontent.com"
	own := "arn:aws:iam::" + ours + ":oidc-provider/login.corp.example"
	saml := "arn:aws:iam::" + ours + ":saml-provider/Corp"
	federate := func(provider, action, condition string) string {
		text := `{"Effect":"Allow","Principal":{"Federated":"` + provider + `"},"Action":"` + action + `"`
		if condition != "" {
			text += `,"Condition":` + condition
		}
		return text + `}`
	}
	const web = "sts:AssumeRoleWithWebIdentity"
	audience := `"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"}`
	for _, test := range []struct {
		name     string
		provider string
		trust    string
		anyone   bool
	}{
		{"a repository of GitHub that is named", github, federate(github, web, `{`+audience+`,"StringLike":{"token.actions.githubusercontent.com:sub":"repo:acme/site:*"}}`), false},
		{"an owner at GitHub that is named", github, federate(github, web, `{`+audience+`,"StringLike":{"token.actions.githubusercontent.com:sub":"repo:acme/*"}}`), false},
		{"GitHub with no word of the repository", github, federate(github, web, `{`+audience+`}`), true},
		{"GitHub with any repository", github, federate(github, web, `{`+audience+`,"StringLike":{"token.actions.githubusercontent.com:sub":"repo:*"}}`), true},
		{"GitHub with an owner's name that can be completed", github, federate(github, web, `{`+audience+`,"StringLike":{"token.actions.githubusercontent.com:sub":"repo:acme*/site:*"}}`), true},
		{"a company's own issuer", own, federate(own, web, ""), false},
		{"a company's directory", saml, federate(saml, "sts:AssumeRoleWithSAML", `{"StringEquals":{"SAML:aud":"https://signin.aws.amazon.com/saml"}}`), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			world := newWorld(t)
			world.add(graph.ID(test.provider), kinds.AWSIdentityProvider, graph.Props{"account": ours, "type": "oidc"})
			world.role(role("deploy"), test.trust)
			edges := world.derive()
			must(t, edges, graph.ID(test.provider), kinds.CanAssume, role("deploy"), graph.Proven)
			if test.anyone {
				must(t, edges, graph.Internet, kinds.CanAssume, role("deploy"), graph.Proven)
			} else {
				mustNot(t, edges, graph.Internet, kinds.CanAssume, role("deploy"))
			}
		})
	}
}

func TestRolesThatTrustEveryone(t *testing.T) {
	for _, test := range []struct {
		name    string
		trust   string
		found   bool
		verdict graph.Verdict
	}{
		{"no condition", trust("*"), true, graph.Proven},
		{"an external id", trustIf(`{"StringEquals":{"sts:ExternalId":"x"}}`, "*"), true, graph.Possible},
		{"an organization", trustIf(`{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`, "*"), false, 0},
		{"a unit of an organization", trustIf(`{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-1/r-1/ou-1/*"}}`, "*"), false, 0},
		{"an account", trustIf(`{"StringEquals":{"aws:PrincipalAccount":"`+theirs+`"}}`, "*"), false, 0},
		{"a session name", trustIf(`{"StringLike":{"sts:RoleSessionName":"*@example.com"}}`, "*"), true, graph.Proven},
		{"one account", trust(theirs), false, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			world := newWorld(t)
			world.role(role("open"), test.trust)
			edges := world.derive()
			if test.found {
				must(t, edges, graph.Internet, kinds.CanAssume, role("open"), test.verdict)
			} else {
				mustNot(t, edges, graph.Internet, kinds.CanAssume, role("open"))
			}
		})
	}
}

func TestTokensForAnAudienceThatIsNotRegistered(t *testing.T) {
	github := graph.ID("arn:aws:iam::" + ours + ":oidc-provider/token.actions.githubusercontent.com")
	for audience, found := range map[string]bool{"sts.amazonaws.com": true, "elsewhere": false} {
		world := newWorld(t)
		world.add(github, kinds.AWSIdentityProvider, graph.Props{"account": ours, "type": "oidc", "audiences": []string{"sts.amazonaws.com"}})
		world.role(role("deploy"), `{"Effect":"Allow","Principal":{"Federated":"`+string(github)+`"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{
			"StringEquals":{"token.actions.githubusercontent.com:aud":"`+audience+`"}}}`)
		edges := world.derive()
		for _, who := range []graph.ID{github, graph.Internet} {
			if found {
				must(t, edges, who, kinds.CanAssume, role("deploy"), graph.Proven)
			} else {
				mustNot(t, edges, who, kinds.CanAssume, role("deploy"))
			}
		}
	}
}
