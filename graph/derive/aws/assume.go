package aws

import (
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/technique"
	iam "github.com/inroad-security/inroad/internal/iam/aws"
)

// assumptions derives who can become which role. Both sides must agree: the role's trust policy names the principal, or
// an account that it belongs to, and the principal's own policies allow sts:AssumeRole on the role, except that a
// principal of the same account which the trust names itself needs no permission ("Granting a user permissions to switch
// roles", https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_permissions-to-switch.html).
//
// It asks only of the principals that a trust policy names, and of an account that it names, only those whose policies
// speak of the role. That a role is open to the whole internet is said again
// of the principals that AWS lets in as themselves.
func (authorizer *Authorizer) assumptions() []graph.Edge {
	var edges []graph.Edge
	movers := authorizer.movers()
	for _, role := range authorizer.estate.seen(kinds.AWSRole) {
		if serviceLinked(role) {
			continue
		}
		own := authorizer.estate.owns(role)
		trust := authorizer.target(string(role.ID))
		named, anyone := trust.named()
		public := false
		if anyone {
			open := authorizer.assumedByAnyone(role, trust)
			if own {
				edges = append(edges, open...)
			}
			public = len(open) > 0 && open[0].Verdict == graph.Proven
			for _, account := range authorizer.estate.mine() {
				named = append(named, account.digits)
			}
			named = append(named, authorizer.insiders(role)...)
		}
		candidates := map[graph.ID]bool{}
		for _, name := range named {
			for _, candidate := range authorizer.candidates(role, name, movers) {
				if !candidates[candidate] && candidate != role.ID && !(public && last(string(candidate)) == "root") && authorizer.derives(candidate, role) {
					candidates[candidate] = true
					edges = append(edges, authorizer.assumedBy(role, trust, candidate)...)
				}
			}
		}
		if own {
			edges = append(edges, authorizer.federations(role, trust)...)
		}
	}
	return append(edges, authorizer.abroad(movers)...)
}

// derives reports whether it is derived here that a principal becomes a role: that belongs to the principal's account.
func (authorizer *Authorizer) derives(principal graph.ID, role *node) bool {
	if digits := parseARN(string(principal)).account; isAccount(digits) {
		return authorizer.estate.own == nil || authorizer.estate.own[digits]
	}
	return authorizer.estate.owns(role)
}

// abroad derives that a principal may ask for a role that its policies spell out and that was not collected: whether the
// role lets it in is not known.
func (authorizer *Authorizer) abroad(movers *movers) []graph.Edge {
	var edges []graph.Edge
	for _, account := range authorizer.estate.mine() {
		for _, mover := range movers.of[account.digits] {
			for _, pattern := range mover.patterns {
				name := parseARN(pattern.String())
				if !pattern.Literal() || name.service != "iam" || !strings.HasPrefix(name.resource, "role/") || !isAccount(name.account) {
					continue
				}
				if of := authorizer.estate.accounts[name.account]; of != nil && of.collected {
					continue
				}
				edges = append(edges, authorizer.assumedAbroad(mover.id, graph.ID(pattern.String()))...)
			}
		}
	}
	return edges
}

func (authorizer *Authorizer) assumedAbroad(who, role graph.ID) []graph.Edge {
	known := *authorizer.target(string(role))
	if len(known.policies.Resource) > 0 {
		return nil
	}
	letsIn, _, err := authorizer.library.read(role, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}}`)
	if err != nil {
		return nil
	}
	known.policies.Resource = []*iam.Policy{letsIn}
	known.gaps = []graph.Evidence{missing(role, "trust", "the trust policy of %s was not collected", role)}
	decision := authorizer.judge(authorizer.subject(who), &known, "sts:AssumeRole", string(role), nil)
	if !decision.Holds {
		return nil
	}
	evidence := slices.DeleteFunc(decision.Evidence, func(piece graph.Evidence) bool { return piece.Kind == graph.Grant && piece.Source == role })
	return []graph.Edge{{
		From: who, To: role, Kind: kinds.CanAssume, Technique: assumeRole, Verdict: graph.Unknown, Cause: decision.Cause, Evidence: evidence,
	}}
}

// serviceLinked reports whether only a service can have the role ("Service-linked roles",
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html).
func serviceLinked(role *node) bool {
	return role.Props.Flag("service_linked") || strings.Contains(string(role.ID), ":role/aws-service-role/")
}

// insiders names the users and roles of a role's own account: a trust policy that speaks of everyone names each of them, and
// so lets them in without a permission of their own ("Policy evaluation logic", evaluating identity-based policies with
// resource-based policies,
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html).
func (authorizer *Authorizer) insiders(role *node) []string {
	var names []string
	if holder := authorizer.estate.holder(role); holder != nil {
		for _, principal := range holder.principals {
			if principal.Kind != kinds.AWSGroup && !serviceLinked(principal) {
				names = append(names, string(principal.ID))
			}
		}
	}
	return names
}

// candidates gives the principals that a name in a trust policy stands for and that can have the role at all.
func (authorizer *Authorizer) candidates(role *node, name string, movers *movers) []graph.ID {
	parsed := parseARN(name)
	switch {
	case isAccount(name), parsed.service == "iam" && parsed.resource == "root":
		digits := name
		if parsed.account != "" {
			digits = parsed.account
		}
		var found []graph.ID
		if of := authorizer.estate.accounts[digits]; digits != parseARN(string(role.ID)).account {
			if of == nil {
				of = authorizer.estate.account(parseARN(string(role.ID)).partition, digits)
			}
			found = append(found, of.id)
		}
		return append(found, movers.askingFor(role.ID, digits)...)
	case parsed.service == "sts" && strings.HasPrefix(parsed.resource, "assumed-role/"):
		roleName, _, _ := strings.Cut(strings.TrimPrefix(parsed.resource, "assumed-role/"), "/")
		if of := authorizer.estate.accounts[parsed.account]; of != nil {
			for _, principal := range of.principals {
				if principal.Kind == kinds.AWSRole && last(string(principal.ID)) == roleName {
					return []graph.ID{principal.ID}
				}
			}
		}
	case parsed.service == "iam" && (strings.HasPrefix(parsed.resource, "role/") || strings.HasPrefix(parsed.resource, "user/")):
		return []graph.ID{graph.ID(name)}
	}
	return nil
}

// assumedBy decides one pair. An account stands for whatever principals its holder makes in it, so what its trust asks of
// a principal's name is met; a principal whose policies were not collected leaves the other side Unknown.
func (authorizer *Authorizer) assumedBy(role *node, trust *target, candidate graph.ID) []graph.Edge {
	who := authorizer.subject(candidate)
	if last(string(candidate)) == "root" {
		who = authorizer.anyOf(candidate)
	}
	decision := authorizer.judge(who, trust, "sts:AssumeRole", string(role.ID), nil)
	if !decision.Holds && len(who.holes) > 0 && len(who.policies.Identity) == 0 {
		decision = authorizer.trustedAlone(who, trust, role)
	}
	if !decision.Holds {
		return nil
	}
	return []graph.Edge{{
		From: candidate, To: role.ID, Kind: kinds.CanAssume, Technique: assumeRole,
		Verdict: decision.Verdict, Cause: authorizer.trustCause(decision, role), Evidence: decision.Evidence,
	}}
}

// trustCause prefers the statement of the trust policy, without which nobody gets in.
func (authorizer *Authorizer) trustCause(decision technique.Decision, role *node) graph.Cause {
	for _, piece := range decision.Evidence {
		if piece.Kind == graph.Grant && piece.Source == role.ID {
			return graph.Cause("statement:" + string(role.ID) + "#" + piece.Locator)
		}
	}
	return decision.Cause
}

// anyOf is a principal of an account with every permission that the account's control policies leave: whoever holds the
// account makes one of any name.
func (authorizer *Authorizer) anyOf(root graph.ID) *subject {
	of := authorizer.subject(root)
	if of.account == nil {
		return of
	}
	stand := authorizer.permitted(of)
	principal := iam.Principal{Kind: iam.Role, ARN: "arn:" + of.account.partition + ":iam::" + of.account.digits + ":role/" + fresh, Tags: map[string]string{}}
	stand.sessions = []session{{principal: principal}}
	return stand
}

// permitted is a principal with every permission of its own, so that the other side and the guardrails alone decide.
func (authorizer *Authorizer) permitted(who *subject) *subject {
	stand := *who
	if policy, _, err := authorizer.library.read(who.id, unread); err == nil {
		stand.policies.Identity = []*iam.Policy{policy}
	}
	return &stand
}

// trustedAlone decides whether the trust policy would let a principal in whose own permissions are not known.
func (authorizer *Authorizer) trustedAlone(who *subject, trust *target, role *node) technique.Decision {
	decision := authorizer.judge(authorizer.permitted(who), trust, "sts:AssumeRole", string(role.ID), nil)
	decision.Verdict = graph.Unknown
	decision.Evidence = slices.DeleteFunc(decision.Evidence, func(piece graph.Evidence) bool {
		return piece.Kind == graph.Grant && piece.Source == who.id
	})
	return decision
}

// assumedByAnyone decides whether a stranger with an AWS account of their own can have the role: its trust names
// everyone, and no condition keeps strangers out.
func (authorizer *Authorizer) assumedByAnyone(role *node, trust *target) []graph.Edge {
	decision := authorizer.judge(authorizer.outsider(), trust, "sts:AssumeRole", string(role.ID), nil)
	if !decision.Holds {
		return nil
	}
	decision.Evidence = append(decision.Evidence, granted(role.ID, "trust", "the trust policy names everyone: anyone with an AWS account"))
	return []graph.Edge{{
		From: graph.Internet, To: role.ID, Kind: kinds.CanAssume, Technique: assumeRole,
		Verdict: decision.Verdict, Cause: authorizer.trustCause(decision, role), Evidence: decision.Evidence,
	}}
}
