package finding

import (
	"fmt"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/scoring"
)

// trustChecks are about who is let in: by roles, by identity providers, and by services that call for others.
func trustChecks() []Check {
	return []Check{
		{
			ID: "aws-oidc-no-audience", Title: "Role takes an outside identity's token whatever it was made for", Severity: scoring.Medium,
			Remediation: "Add a condition on the provider's aud key with the audience that the provider is registered for, and one on its sub key.",
			Find:        anyAudience, Reads: []Read{{kinds.AWSRole, "trust"}},
		},
		{
			ID: "aws-policy-confused-deputy", Title: "Resource lets a service in, for whomever it calls", Severity: scoring.Medium,
			Remediation: "Add a condition on aws:SourceArn or aws:SourceAccount, so that the service calls for your own resources only.",
			Find:        confusedDeputies,
		},
		{
			ID: "aws-role-any-web-identity", Title: "Role can be assumed with a token that anyone gets", Severity: scoring.Critical,
			Remediation: "Name in the trust policy the repository, branch or environment that may have the role, spelled out in the condition on the sub key.",
			Find:        openRoles("aws-web-identity"), Reads: []Read{{kinds.AWSRole, "trust"}},
		},
		{
			ID: "aws-role-no-external-id", Title: "Role trusts an account that is not yours without an external id", Severity: scoring.Medium,
			Remediation: "Agree on an external id with the third party and ask for it by a condition on sts:ExternalId.",
			Find:        withoutExternalID, Reads: []Read{{kinds.AWSRole, "trust"}},
		},
		{
			ID: "aws-role-trusts-anyone", Title: "Role can be assumed from any AWS account", Severity: scoring.Critical,
			Remediation: "Name in the trust policy the principals that need the role, or keep strangers out by a condition on aws:PrincipalOrgID.",
			Find:        openRoles("aws-assume-role"), Reads: []Read{{kinds.AWSRole, "trust"}},
		},
		{
			ID: "aws-role-unknown-account", Title: "Role trusts an account that is not known", Severity: scoring.Medium,
			Remediation: "Find out whose account it is; if nobody can say, take it out of the trust policy. If it is yours, collect it too.",
			Find:        unknownAccounts, Reads: []Read{{kinds.AWSRole, "trust"}},
		},
	}
}

// openRoles finds the roles that the derivation found anyone to have by a technique, so that conditions count.
func openRoles(technique string) func(*graph.Snapshot) []Match {
	return func(snapshot *graph.Snapshot) []Match {
		internet, ok := snapshot.Find(graph.Internet)
		if !ok {
			return nil
		}
		var matches []Match
		for e := range snapshot.Out(internet) {
			if snapshot.EdgeKind(e) != kinds.CanAssume {
				continue
			}
			if edge := snapshot.Edge(e); edge.Technique == technique {
				matches = append(matches, Match{Resource: edge.To, Verdict: edge.Verdict, Evidence: edge.Evidence})
			}
		}
		return matches
	}
}

// strangers gives, for each role, the edges by which principals of accounts have it of which nothing was collected and which
// are in no organization that was.
func strangers(snapshot *graph.Snapshot) []stranger {
	known := map[string]bool{}
	for _, status := range snapshot.Scopes() {
		if parts := strings.Split(string(status.Scope), "/"); len(parts) > 1 {
			known[parts[1]] = true
		}
	}
	for i := range snapshot.OfKind(kinds.AWSAccount) {
		if props := snapshot.Props(i); props.Text("organization") != "" {
			known[props.Text("account")] = true
		}
	}
	var found []stranger
	for i := range snapshot.OfKind(kinds.AWSRole) {
		role := stranger{role: i}
		for e := range snapshot.In(i) {
			if snapshot.EdgeKind(e) != kinds.CanAssume {
				continue
			}
			from, _ := snapshot.Ends(e)
			parts := strings.SplitN(string(snapshot.ID(from)), ":", 6)
			if len(parts) == 6 && parts[2] == "iam" && parts[4] != "" && !known[parts[4]] && !strings.Contains(parts[5], "-provider/") {
				role.accounts = append(role.accounts, parts[4])
				role.edges = append(role.edges, snapshot.Edge(e))
			}
		}
		if len(role.edges) > 0 {
			role.accounts = graph.Sorted(role.accounts)
			found = append(found, role)
		}
	}
	return found
}

type stranger struct {
	role     graph.Index
	accounts []string
	edges    []graph.Edge
}

func (stranger stranger) match(snapshot *graph.Snapshot, detail string) Match {
	match := at(snapshot.ID(stranger.role), "trust", detail)
	match.Verdict = stranger.edges[0].Verdict
	for _, edge := range stranger.edges {
		match.Verdict = min(match.Verdict, edge.Verdict)
		for _, piece := range edge.Evidence {
			if !slices.Contains(match.Evidence, piece) {
				match.Evidence = append(match.Evidence, piece)
			}
		}
	}
	return match
}

func unknownAccounts(snapshot *graph.Snapshot) []Match {
	var matches []Match
	for _, stranger := range strangers(snapshot) {
		matches = append(matches, stranger.match(snapshot, "it lets in "+strings.Join(stranger.accounts, ", ")))
	}
	return matches
}

// withoutExternalID finds what a third party's other customers could have it do: "The confused deputy problem",
// https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html.
func withoutExternalID(snapshot *graph.Snapshot) []Match {
	var matches []Match
	for _, stranger := range strangers(snapshot) {
		asked := slices.ContainsFunc(statements(snapshot.Props(stranger.role).Text("trust")), func(statement statement) bool {
			return statement.asksFor("sts:externalid")
		})
		if !asked {
			matches = append(matches, stranger.match(snapshot, "no statement asks for an external id of "+strings.Join(stranger.accounts, ", ")))
		}
	}
	return matches
}

// anyAudience finds trust in OIDC providers that asks nothing of the token's audience ("Create a role for OpenID Connect
// federation", https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html).
func anyAudience(snapshot *graph.Snapshot) []Match {
	var matches []Match
	for i := range snapshot.OfKind(kinds.AWSRole) {
		trust, _ := snapshot.Prop(i, "trust")
		document, _ := trust.(string)
		if lacks(document, "ederated", 1) {
			continue
		}
		for n, statement := range statements(document) {
			oidc := slices.IndexFunc(statement.Principal.Federated, func(provider string) bool {
				return !strings.Contains(provider, ":saml-provider/")
			})
			if statement.Effect == "Allow" && oidc >= 0 && !statement.asksFor(":aud", ":app_id") {
				matches = append(matches, at(snapshot.ID(i), place(statement, n),
					fmt.Sprintf("no condition is on the audience of tokens of %s", statement.Principal.Federated[oidc])))
			}
		}
	}
	return matches
}

// sources are the keys that say for whom a service calls, or that the call belongs to something of the caller's own.
var sources = []string{
	"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner",
	"kms:calleraccount", "kms:encryptioncontext:*", "lambda:eventsourcetoken",
}

// confusedDeputies finds resources whose policies let a service in without asking for whom it calls ("Cross-service
// confused deputy prevention", https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html#cross-service-confused-deputy-prevention).
// Roles are left out: a service gets one only from whoever may pass it.
func confusedDeputies(snapshot *graph.Snapshot) []Match {
	var matches []Match
	for _, spec := range kinds.Nodes() {
		if !strings.HasPrefix(string(spec.Label), "AWS") || !slices.ContainsFunc(spec.Props, func(prop graph.PropSpec) bool { return prop.Name == "policy" }) {
			continue
		}
		for i := range snapshot.OfKind(spec.Label) {
			match := Match{Resource: snapshot.ID(i)}
			for n, statement := range statements(snapshot.Props(i).Text("policy")) {
				if statement.Effect == "Allow" && len(statement.Principal.Service) > 0 && !statement.asksFor(sources...) {
					match.Evidence = append(match.Evidence, graph.Evidence{
						Kind: graph.Grant, Source: match.Resource, Locator: place(statement, n),
						Detail: fmt.Sprintf("%s is let in for %s, whomever it calls for", strings.Join(statement.Principal.Service, ", "), strings.Join(statement.Action, ", ")),
					})
				}
			}
			if len(match.Evidence) > 0 {
				matches = append(matches, match)
			}
		}
	}
	return matches
}

// place gives a statement's Sid, or its place in the policy counted from 0.
func place(statement statement, index int) string {
	if statement.Sid != "" {
		return statement.Sid
	}
	return fmt.Sprint(index)
}
