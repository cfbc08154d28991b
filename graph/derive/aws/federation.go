package aws

import (
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	iam "github.com/inroad-security/inroad/internal/iam/aws"
)

// issuer is an identity provider at which anyone can get a token: it serves the public, and a claim of the token tells
// whose it is.
type issuer struct {
	host  string
	claim string
	// stranger is the claim of a token that an outsider gets there. The part of it between prefix and the next slash or
	// colon is a name that an outsider can register as they like.
	stranger string
	prefix   string
}

// publicIssuers are the issuers whose tokens are not their customer's alone. GitHub: "OpenID Connect reference",
// https://docs.github.com/en/actions/reference/security/oidc; GitLab: "OpenID Connect in AWS",
// https://docs.gitlab.com/ci/cloud_services/aws/; Terraform Cloud: "Dynamic credentials with the AWS provider",
// https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/aws-configuration; the
// rest are the web identity providers that IAM knows by itself ("OIDC federation",
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html).
var publicIssuers = []issuer{
	{host: "token.actions.githubusercontent.com", claim: "sub", stranger: "repo:inroad-stranger/repository:ref:refs/heads/main", prefix: "repo:"},
	{host: "gitlab.com", claim: "sub", stranger: "project_path:inroad-stranger/project:ref_type:branch:ref:main", prefix: "project_path:"},
	{host: "app.terraform.io", claim: "sub", stranger: "organization:inroad-stranger:project:any:workspace:any:run_phase:apply", prefix: "organization:"},
	{host: "accounts.google.com", claim: "sub", stranger: "000000000000000000000"},
	{host: "graph.facebook.com", claim: "id", stranger: "0"},
	{host: "www.amazon.com", claim: "user_id", stranger: "amzn1.account.STRANGER"},
}

// federations derives the roles that identity providers' tokens lead to. Whoever holds the provider (the CI system, the
// directory) writes the tokens' claims, so a condition on them is met by some token; it is kept as evidence of which.
func (authorizer *Authorizer) federations(role *node, trust *target) []graph.Edge {
	var edges []graph.Edge
	for _, provider := range trust.federated() {
		action := "sts:AssumeRoleWithWebIdentity"
		if strings.Contains(provider, ":saml-provider/") {
			action = "sts:AssumeRoleWithSAML"
		}
		decision := authorizer.judge(authorizer.subject(graph.ID(provider)), trust, action, string(role.ID), nil)
		if !decision.Holds {
			continue
		}
		if strings.HasPrefix(provider, "arn:") {
			edges = append(edges, graph.Edge{
				From: graph.ID(provider), To: role.ID, Kind: kinds.CanAssume, Technique: webIdentity,
				Verdict: decision.Verdict, Cause: authorizer.trustCause(decision, role), Evidence: decision.Evidence,
			})
		}
		edges = append(edges, authorizer.strangers(role, trust, provider)...)
	}
	return edges
}

// strangers derives that anyone can have the role, by a token that anyone gets at a public issuer: the trust policy asks
// nothing of the token's subject, or so little that an outsider can register a name that fits.
func (authorizer *Authorizer) strangers(role *node, trust *target, provider string) []graph.Edge {
	host := strings.TrimSuffix(provider[strings.Index(provider, "/")+1:], "/")
	if host == poolIssuer {
		return authorizer.guests(role, trust, provider)
	}
	at := slices.IndexFunc(publicIssuers, func(known issuer) bool { return known.host == host })
	if at < 0 {
		return nil
	}
	issuer := publicIssuers[at]
	for _, subject := range append([]string{issuer.stranger}, issuer.fitting(trust)...) {
		context := map[string]string{host + ":" + issuer.claim: subject}
		decision := authorizer.judge(authorizer.stranger(provider), trust, "sts:AssumeRoleWithWebIdentity", string(role.ID), context)
		if !decision.Holds {
			continue
		}
		decision.Evidence = append(decision.Evidence, granted(role.ID, "trust", "anyone gets a token of %s with the %s %s", host, issuer.claim, subject))
		return []graph.Edge{{
			From: graph.Internet, To: role.ID, Kind: kinds.CanAssume, Technique: webIdentity,
			Verdict: decision.Verdict, Cause: authorizer.trustCause(decision, role), Evidence: decision.Evidence,
		}}
	}
	return nil
}

// stranger is somebody with a token of the provider whose other claims are the issuer's to write: only the audience is
// the requester's choice.
func (authorizer *Authorizer) stranger(provider string) *subject {
	stand := *authorizer.subject(graph.ID(provider))
	stand.stranger = true
	return &stand
}

// fitting gives subjects with a name of the outsider's choice that the trust's conditions on the subject let in: of a
// pattern such as repo:acme*/site, one whose owner's name is completed. A name that is spelled out is somebody's already.
func (issuer issuer) fitting(trust *target) []string {
	if issuer.prefix == "" {
		return nil
	}
	var subjects []string
	for _, policy := range trust.policies.Resource {
		for i := range policy.Statements {
			for _, condition := range policy.Statements[i].Conditions {
				if !strings.EqualFold(condition.Key, issuer.host+":"+issuer.claim) || !strings.Contains(condition.Operator, "Like") {
					continue
				}
				for _, value := range condition.Values {
					subjects = append(subjects, issuer.complete(value)...)
				}
			}
		}
	}
	return subjects
}

func (issuer issuer) complete(value *iam.Template) []string {
	rest, found := strings.CutPrefix(value.String(), issuer.prefix)
	if !found {
		return nil
	}
	owner := rest
	if end := strings.IndexAny(rest, "/:"); end >= 0 {
		owner = rest[:end]
	}
	if !strings.ContainsAny(owner, "*?") {
		return nil
	}
	return []string{strings.NewReplacer("*", "inroad-stranger", "?", "x").Replace(value.String())}
}
