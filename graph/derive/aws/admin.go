package aws

import (
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/technique"
	iam "github.com/inroad-security/inroad/internal/iam/aws"
)

// power is one permission by which an account is controlled, and what it acts on.
type power struct {
	action   string
	resource string // of a name that no policy speaks of; after arn:<partition>:iam::<account>:
}

// powers are the permissions that together make an administrator. Whoever has them all, on whatever role and policy
// there may be, gives any permission to any role, becomes any role, and hands any role to any service: nothing in the
// account is out of reach but what a guardrail keeps from everyone. Users are left out on purpose: organizations
// that keep no long-lived credentials deny iam:CreateUser and iam:CreateAccessKey to all, and have administrators all the same. Each is of
// access level "Permissions management" in "Actions, resources, and condition keys for AWS Identity and Access Management"
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html),
// but for iam:PassRole, which is what a service asks for.
var powers = []power{
	{"iam:AttachRolePolicy", "role/" + fresh},       // gives a role any managed policy
	{"iam:PutRolePolicy", "role/" + fresh},          // writes any permission into a role
	{"iam:CreatePolicyVersion", "policy/" + fresh},  // rewrites the policies that others have
	{"iam:UpdateAssumeRolePolicy", "role/" + fresh}, // becomes any role
	{"iam:PassRole", "role/" + fresh},               // hands any role to any service
}

// administrators derives who controls an account, by effect and not by name: the evaluator allows all powers,
// every boundary, deny and control policy considered. It asks about users, roles and policies of a name that no policy
// speaks of, so a permission for some named ones does not count, and a deny that protects some named ones does not hide the rest.
//
// It gives the digits of the account that each principal administers as well, as far as nothing is in doubt but what is
// in doubt for everyone in the account.
func (authorizer *Authorizer) administrators() ([]graph.Edge, map[graph.ID]string) {
	var edges []graph.Edge
	administers := map[graph.ID]string{}
	for _, account := range authorizer.estate.mine() {
		for _, principal := range account.principals {
			if serviceLinked(principal) {
				continue
			}
			decision := authorizer.controls(principal, account)
			if decision.Holds {
				if beyondDoubt(decision) {
					administers[principal.ID] = account.digits
				}
			} else if decision = authorizer.unknownPower(principal); !decision.Holds {
				continue
			}
			edges = append(edges, graph.Edge{
				From: principal.ID, To: account.id, Kind: kinds.CanAdminister, Technique: administrator,
				Verdict: decision.Verdict, Cause: decision.Cause, Evidence: decision.Evidence,
			})
		}
	}
	return edges, administers
}

// beyondDoubt reports whether nothing but the organization's control policies was not known.
func beyondDoubt(decision technique.Decision) bool {
	return decision.Verdict == graph.Proven || !slices.ContainsFunc(decision.Evidence, func(piece graph.Evidence) bool {
		return piece.Kind == graph.Gap && piece.Locator != Organizations
	})
}

func (authorizer *Authorizer) controls(principal *node, account *account) technique.Decision {
	who := authorizer.subject(principal.ID)
	for _, power := range powers {
		if !authorizer.may(who, strings.ToLower(power.action)) {
			return technique.Decision{}
		}
	}
	joined := technique.Decision{Holds: true}
	for _, power := range powers {
		decision := authorizer.Can(principal.ID, power.action, "arn:"+account.partition+":iam::"+account.digits+":"+power.resource, nil)
		if joined = both(joined, decision); !joined.Holds {
			return joined
		}
	}
	joined.Evidence = byStatement(joined.Evidence)
	return joined
}

// byStatement says once of each statement what it grants of all the powers.
func byStatement(evidence []graph.Evidence) []graph.Evidence {
	var shorter []graph.Evidence
	for _, piece := range evidence {
		same := func(other graph.Evidence) bool {
			return other.Kind == graph.Grant && other.Source == piece.Source && other.Locator == piece.Locator
		}
		if at := slices.IndexFunc(shorter, same); piece.Kind == graph.Grant && at >= 0 {
			shorter[at].Detail = "allows several of the permissions that together control an account"
			continue
		}
		shorter = append(shorter, piece)
	}
	return shorter
}

// unknownPower says once, of a principal with a policy whose document was not collected, that what it may do is not known.
func (authorizer *Authorizer) unknownPower(principal *node) technique.Decision {
	who := authorizer.subject(principal.ID)
	if len(who.holes) == 0 || !principal.known() {
		return technique.Decision{}
	}
	return technique.Decision{Holds: true, Verdict: graph.Unknown, Cause: setting(who.holes[0].Source, "document"), Evidence: who.holes}
}

// accountControl derives that whoever holds an account holds what is in it: its principals, workloads, stores, secrets
// and keys. A service-linked role is the service's own, an identity provider's tokens are made elsewhere, and a key
// obeys its account only as far as its policy says so.
func (authorizer *Authorizer) accountControl() []graph.Edge {
	var edges []graph.Edge
	seen := map[graph.NodeKind]bool{kinds.AWSIdentityProvider: true, kinds.AWSService: true}
	for _, class := range []graph.Class{kinds.Principal, kinds.Workload, kinds.DataStore, kinds.Secret, kinds.Key} {
		for _, kind := range kinds.Of(class) {
			if seen[kind] || !strings.HasPrefix(string(kind), "AWS") {
				continue
			}
			seen[kind] = true
			for _, held := range authorizer.estate.all(kind) {
				holder := authorizer.estate.holder(held)
				if holder == nil || !held.known() || held.Kind == kinds.AWSRole && serviceLinked(held) {
					continue
				}
				edge := graph.Edge{
					From: holder.id, To: held.ID, Kind: kinds.CanAdminister, Technique: accountControl, Cause: setting(holder.id, "account"),
					Evidence: []graph.Evidence{granted(holder.id, "account", "it belongs to account %s", holder.digits)},
				}
				if held.Kind == kinds.AWSKey && !authorizer.obeys(held, holder, &edge) {
					continue
				}
				edges = append(edges, edge)
			}
		}
	}
	return edges
}

// obeys reports whether a key's policy leaves it to its account: it names the account for kms:* or for kms:PutKeyPolicy
// ("Allows access to the AWS account and enables IAM policies",
// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html). Without that not even the root user
// has the key; the principals that its policy names are reached one by one.
func (authorizer *Authorizer) obeys(key *node, holder *account, edge *graph.Edge) bool {
	if key.Props.Text("manager") == "AWS" {
		return false
	}
	target := authorizer.target(string(key.ID))
	if target.unread {
		edge.Verdict = graph.Unknown
		edge.Evidence = append(edge.Evidence, target.gaps...)
		return true
	}
	who := authorizer.subject(holder.id)
	for _, action := range []string{"kms:Decrypt", "kms:PutKeyPolicy"} {
		asked := &question{subject: who, session: session{principal: iam.Principal{Kind: iam.Root, ARN: string(holder.id)}}, target: target, action: strings.ToLower(action)}
		result, _ := authorizer.decide(asked, action, string(key.ID))
		for _, match := range result.Allows {
			if match.Layer == iam.ResourceLayer && result.Decision == iam.Allowed {
				edge.Evidence = append(edge.Evidence, granted(key.ID, locator(match.Statement), "the key's policy leaves %s to its account", action))
				return true
			}
		}
	}
	return false
}
