package aws

import (
	"slices"
	"strings"
)

// PrincipalSet is the value of a Principal or NotPrincipal element.
type PrincipalSet struct {
	Any           bool // the bare "*"
	AWS           []string
	Service       []string
	Federated     []string
	CanonicalUser []string
}

// naming tells by which of its identities a policy names a principal, because that decides which other policies can
// still limit what is granted (Policy evaluation logic, "Determining whether a request is allowed or denied within an
// account", https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html).
type naming struct {
	direct  tri // the user, the session, the service, or everyone: nothing implicit limits the grant
	limited tri // the role (or the user behind a federated session): boundary and session policy still limit it
	account tri // the account: it only delegates, and the account's own policies must grant
}

func (n naming) any() tri { return max(n.direct, n.limited, n.account) }

// names finds how the set names the principal of the request.
func (set *PrincipalSet) names(e *evaluation) naming {
	p := &e.request.Principal
	n := naming{direct: no, limited: no, account: no}
	if set.Any {
		n.direct = yes
		return n
	}
	for _, named := range set.AWS {
		n.add(named, e)
	}
	switch {
	case p.Kind == Service && (slices.Contains(set.Service, p.ARN) || slices.Contains(set.Service, "*")),
		(p.Kind == Service || p.Kind == Provider) && slices.ContainsFunc(set.Federated, p.federatedAs):
		n.direct = yes
	case p.Canonical != "" && slices.Contains(set.CanonicalUser, p.Canonical):
		n.account = yes
	}
	return n
}

// add takes one value of {"AWS": …} into account. There are no wildcards in it but the lone "*", which for principals
// is the same as the bare "*" (AWS JSON policy elements: Principal, "All principals").
func (n *naming) add(named string, e *evaluation) {
	p := &e.request.Principal
	if named == "*" {
		n.direct = yes
		return
	}
	if account, ok := wholeAccount(named); ok {
		switch {
		case p.Account() != account || p.Kind == Provider:
		case p.Kind == Root:
			n.direct = yes
		default:
			n.account = yes
		}
		return
	}
	switch p.Kind {
	case Service:
		n.direct = max(n.direct, is(named == p.ARN))
	case User, Root, FederatedUser:
		switch {
		case named != p.ARN && (p.ID == "" || named != p.ID):
		case p.Kind == User && e.principal.Session != nil: // the user behind the session that it federated
			n.limited = yes
		default:
			n.direct = yes
		}
		if p.Kind == FederatedUser && (named == p.Issuer || p.Issuer == "" && sameName(named, p.ARN, ":user/")) {
			n.limited = yes
		}
	case Role:
		if named == p.ARN || p.ID != "" && named == p.ID || p.pathless && sameName(named, p.ARN, ":role/") {
			n.limited = yes
		}
		n.direct = max(n.direct, namesSession(named, p, e))
	}
}

// federatedAs reports whether a Federated principal is the provider: by its ARN, or, for a web identity known by its host
// alone, as the account's OpenID Connect provider of that host.
func (p *Principal) federatedAs(named string) bool {
	return named == p.ARN || !strings.HasPrefix(p.ARN, "arn:") && strings.HasSuffix(named, ":oidc-provider/"+p.ARN)
}

// wholeAccount reads "123456789012" and "arn:aws:iam::123456789012:root", which mean the same.
func wholeAccount(named string) (account string, ok bool) {
	if isAccount(named) {
		return named, true
	}
	if !strings.HasSuffix(named, ":root") {
		return "", false
	}
	account = arnAccount(named)
	return account, account != "" && strings.Contains(named, ":iam::")
}

// sameName compares a user or role with a principal known only through a session, whose ARN holds the name but not the
// path. Names are unique in an account whatever their path. A federated user's session is named after the user who
// federated unless Issuer says otherwise ("This session's ARN is based on the original identity that was federated").
func sameName(named, arn, kind string) bool {
	return strings.Contains(named, kind) && arnAccount(named) == arnAccount(arn) &&
		named[strings.LastIndexByte(named, '/')+1:] == arn[strings.LastIndexByte(arn, '/')+1:]
}

func namesSession(named string, p *Principal, e *evaluation) tri {
	_, rest, found := strings.Cut(named, ":assumed-role/")
	if !found || arnAccount(named) != p.Account() {
		return no
	}
	role, session, _ := strings.Cut(rest, "/")
	switch {
	case role != p.name():
		return no
	case session == p.Session:
		return yes
	case p.Session == "" && e.isUnknown("sts:rolesessionname"):
		return maybe
	}
	return no
}

// listsSessionOf reports whether some session of the principal's role is named.
func (set *PrincipalSet) listsSessionOf(p *Principal) bool {
	return p.Kind == Role && slices.ContainsFunc(set.AWS, func(named string) bool {
		_, rest, found := strings.Cut(named, ":assumed-role/")
		role, _, _ := strings.Cut(rest, "/")
		return found && arnAccount(named) == p.Account() && role == p.name()
	})
}

// listsMemberOf reports whether some user, role or session of the account is named.
func (set *PrincipalSet) listsMemberOf(account string) bool {
	return slices.ContainsFunc(set.AWS, func(named string) bool {
		_, whole := wholeAccount(named)
		return !whole && arnAccount(named) == account
	})
}
