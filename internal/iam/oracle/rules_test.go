package oracle

import (
	"slices"
	"strings"
)

// rule is a disagreement that the documentation has settled: an entry of docs/iam-oracle.md. It says what a question means by the
// documentation in terms that the other evaluator shares, so that asked anew it must agree; it answers false when the rule
// has nothing to say.
type rule struct {
	name    string // the entry's heading
	rewrite func(q *question) (changed bool)
}

var rules = []rule{
	{"The root user has full access", rootUser},
	{"The root user cannot assume roles", rootAssumes},
	{"The bucket owner's root user can mend the bucket's policy", rootMends},
	{"SCPs and RCPs do not bind service-linked roles", serviceLinked},
	{"SCPs do not bind services", services},
	{"RCPs bind the services that support them", rcpServices},
	{"A role without a trust policy lets nobody in", trustless},
	{"A federated user without a session policy has nothing of the user's", federated},
	{"A session policy does not limit what is granted to the session or to everyone", direct},
	{"An account or role beside a member in NotPrincipal excepts no others", notPrincipal},
	{"Policy variables are text before version 2012-10-17", oldVariables},
	{"A resource with a variable without value matches nothing, in NotResource too", valuelessResources},
	{"A negated operator holds against a variable without value", negatedVariables},
	{"An escape stands for its character under every operator", escapes},
	{"IfExists holds for an absent key, under ForAnyValue too", anyIfExists},
	{"Each pair of KMS's encryption context is a key", encryptionContext},
	{"One value needs no set operator, whatever the key's type", oneValue},
	{"An empty string is an empty set", emptySets},
	{"0.0.0.0/0 is every IPv4 address", everyAddress},
	{"An address without a prefix is one address, and differs from all of the other family", bareAddress},
	{"Dates may be seconds since the epoch, or less than a day's precision", epochs},
	{"arn:aws:s3:::* allows to list all buckets", allBuckets},
}

// mostRules bounds the rules that one disagreement may take.
const mostRules = 4

// settle asks the oracle what the question means by the documentation. It gives the fewest rules with which the oracle comes to
// agree; none when it does not.
func settle(asked *oracle, q *question, want string) ([]string, error) {
	var speak []rule
	for _, each := range rules {
		if each.rewrite(q.copied()) {
			speak = append(speak, each)
		}
	}
	var sets [][]rule
	var meant []*question
	for size := 1; size <= mostRules; size++ {
		for _, set := range subsets(speak, size) {
			rewritten := q.copied()
			for _, each := range set {
				each.rewrite(rewritten)
			}
			sets, meant = append(sets, set), append(meant, rewritten)
		}
	}
	answers, err := asked.ask(meant)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(answers, func(answer said) bool { return answer.Result == want })
	if at < 0 {
		return nil, nil
	}
	var names []string
	for _, each := range sets[at] {
		names = append(names, each.name)
	}
	return names, nil
}

// subsets gives the subsets of a size, in the order of the rules.
func subsets(of []rule, size int) [][]rule {
	if size == 0 {
		return [][]rule{nil}
	}
	var out [][]rule
	for i := range of {
		for _, rest := range subsets(of[i+1:], size-1) {
			out = append(out, append([]rule{of[i]}, rest...))
		}
	}
	return out
}

func everything() *policy {
	return &policy{Version: "2012-10-17", Statement: []*statement{{Effect: "Allow", Action: []string{"*"}, Resource: []string{"*"}}}}
}

// keep keeps some of a policy's statements, of which one must be left.
func (p *policy) keep(wanted func(*statement) bool) {
	p.Statement = slices.DeleteFunc(p.Statement, func(st *statement) bool { return !wanted(st) })
}

func denies(st *statement) bool { return st.Effect == "Deny" }

func (q *question) root() bool { return strings.HasSuffix(q.Principal, ":root") }

func rootUser(q *question) bool {
	if !q.root() || rootAssumes(q.copied()) {
		return false
	}
	q.IdentityPolicies, q.PermissionBoundaries = []*policy{everything()}, nil
	return true
}

func rootAssumes(q *question) bool {
	if !q.root() || !q.trusted() {
		return false
	}
	q.IdentityPolicies, q.PermissionBoundaries = nil, nil
	q.grantNothing()
	return true
}

// grantNothing takes the allow statements from the resource's policy.
func (q *question) grantNothing() {
	if q.ResourcePolicy == nil {
		return
	}
	if q.ResourcePolicy.keep(denies); len(q.ResourcePolicy.Statement) == 0 {
		q.ResourcePolicy.Statement = []*statement{{Effect: "Allow", Principal: map[string][]string{"AWS": {"999999999999"}}, Action: []string{q.Action}}}
		if !q.trusted() {
			q.ResourcePolicy.Statement[0].Resource = []string{"*"}
		}
	}
}

// trusted reports whether a trust policy decides.
func (q *question) trusted() bool {
	return q.Action == "sts:AssumeRole" || q.Action == "sts:TagSession"
}

func rootMends(q *question) bool {
	if !q.root() || q.Action != "s3:PutBucketPolicy" || q.ResourceAccount != home {
		return false
	}
	q.IdentityPolicies, q.PermissionBoundaries, q.ResourcePolicy = []*policy{everything()}, nil, nil
	return true
}

func serviceLinked(q *question) bool {
	if !strings.Contains(q.Principal, ":role/aws-service-role/") {
		return false
	}
	q.ServiceControlPolicies, q.ResourceControlPolicies = nil, nil
	return true
}

func services(q *question) bool {
	if !strings.HasSuffix(q.Principal, ".amazonaws.com") || q.ServiceControlPolicies == nil {
		return false
	}
	q.ServiceControlPolicies = nil
	return true
}

func rcpServices(q *question) bool {
	supported := slices.Contains([]string{"s3", "sts", "kms", "sqs", "secretsmanager", "dynamodb"}, q.service())
	if q.ResourceControlPolicies == nil || supported && q.Action != "kms:RetireGrant" {
		return false
	}
	q.ResourceControlPolicies = nil
	return true
}

func trustless(q *question) bool {
	if !q.trusted() || q.ResourcePolicy != nil {
		return false
	}
	for _, p := range q.IdentityPolicies {
		p.keep(denies)
	}
	q.IdentityPolicies = slices.DeleteFunc(q.IdentityPolicies, func(p *policy) bool { return len(p.Statement) == 0 })
	return true
}

func federated(q *question) bool {
	if !strings.Contains(q.Principal, ":federated-user/") || q.SessionPolicy != nil {
		return false
	}
	q.SessionPolicy = &policy{Version: "2012-10-17", Statement: []*statement{{Effect: "Allow", Action: []string{"iam:ListUsers"}, Resource: []string{"*"}}}}
	return true
}

// direct leaves the session policy its denials, and of all that grants only what names the session or everyone.
func direct(q *question) bool {
	if q.SessionPolicy == nil || q.ResourcePolicy == nil || !strings.Contains(q.Principal, q.ResourceAccount) {
		return false
	}
	q.SessionPolicy.keep(denies)
	q.SessionPolicy.Statement = append(q.SessionPolicy.Statement, everything().Statement...)
	q.ResourcePolicy.keep(func(st *statement) bool { return denies(st) || st.names("*") || st.names(q.Principal) })
	q.IdentityPolicies = slices.DeleteFunc(q.IdentityPolicies, func(p *policy) bool {
		p.keep(denies)
		return len(p.Statement) == 0
	})
	return len(q.ResourcePolicy.Statement) > 0
}

// named gives the AWS principals of a Principal element.
func (st *statement) named() []string {
	switch by := st.Principal.(type) {
	case string:
		return []string{by}
	case map[string][]string:
		return by["AWS"]
	case map[string]any:
		var names []string
		list, _ := by["AWS"].([]any)
		for _, name := range list {
			names = append(names, name.(string)) // the generator writes nothing else
		}
		return names
	}
	return nil
}

func (st *statement) names(principal string) bool { return slices.Contains(st.named(), principal) }

func notPrincipal(q *question) bool {
	changed := false
	rootItself := func(name string) bool { return q.root() && accountOf(name) == accountOf(q.Principal) }
	q.policies(func(_ string, p *policy) {
		for _, st := range p.Statement {
			names := st.NotPrincipal["AWS"]
			kept := slices.DeleteFunc(slices.Clone(names), func(name string) bool {
				return isAccount(name) && !rootItself(name) && slices.ContainsFunc(names, func(other string) bool { return !isAccount(other) && accountOf(other) == accountOf(name) }) ||
					strings.Contains(name, ":role/") && strings.Contains(q.Principal, ":assumed-role/") && slices.ContainsFunc(names, func(other string) bool { return sessionOf(other, name) })
			})
			if len(kept) < len(names) {
				st.NotPrincipal["AWS"], changed = kept, true
			}
		}
	})
	return changed
}

func isAccount(name string) bool {
	return strings.HasSuffix(name, ":root") || !strings.Contains(name, ":")
}

func accountOf(name string) string {
	if parts := strings.Split(name, ":"); len(parts) > 4 {
		return parts[4]
	}
	return name
}

func sessionOf(session, role string) bool {
	_, name, found := strings.Cut(session, ":assumed-role/")
	name, _, _ = strings.Cut(name, "/")
	return found && accountOf(session) == accountOf(role) && strings.HasSuffix(role, "/"+name)
}

func oldVariables(q *question) bool {
	changed := false
	text := func(s string) string {
		changed = changed || strings.Contains(s, "${")
		return strings.ReplaceAll(s, "${", "${$}{")
	}
	q.policies(func(_ string, p *policy) {
		if p.Version == "2012-10-17" {
			return
		}
		p.Version = "2012-10-17"
		for _, st := range p.Statement {
			for _, list := range [][]string{st.Resource, st.NotResource} {
				for i := range list {
					list[i] = text(list[i])
				}
			}
			for _, keys := range st.Condition {
				for _, values := range keys {
					for i := range values {
						values[i] = text(values[i])
					}
				}
			}
		}
	})
	return changed
}

func allBuckets(q *question) bool {
	if q.Action != "s3:ListAllMyBuckets" {
		return false
	}
	changed := false
	q.policies(func(_ string, p *policy) {
		for _, st := range p.Statement {
			for _, list := range [][]string{st.Resource, st.NotResource} {
				for i := range list {
					if list[i] == "arn:aws:s3:::*" {
						list[i], changed = "*", true
					}
				}
			}
		}
	})
	return changed
}

func valuelessResources(q *question) bool {
	changed := false
	q.policies(func(_ string, p *policy) {
		for _, st := range p.Statement {
			kept := slices.DeleteFunc(slices.Clone(st.NotResource), q.valueless)
			if len(kept) == len(st.NotResource) {
				continue
			}
			changed = true
			if st.NotResource = kept; len(kept) == 0 {
				st.NotResource, st.Resource = nil, []string{"*"}
			}
		}
	})
	return changed
}
