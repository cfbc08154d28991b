package aws

import (
	"fmt"
	"strings"
)

// PrincipalKind says how a principal is authenticated.
type PrincipalKind uint8

// The kinds of principal that AWS distinguishes.
const (
	Anonymous     PrincipalKind = iota // an unsigned request
	User                               // an IAM user
	Role                               // a session of an IAM role
	Root                               // the root user of an account
	FederatedUser                      // a session from GetFederationToken
	Provider                           // an identity of an OIDC or SAML provider, before it has assumed a role
	Service                            // an AWS service acting for itself
)

func (k PrincipalKind) String() string {
	return [...]string{"anonymous", "user", "role", "root user", "federated user", "identity provider", "service"}[k]
}

// Principal is who makes a request.
type Principal struct {
	Kind      PrincipalKind
	ARN       string            // of the user, the role with its path, the root, the federated user; or the provider's ARN or host; or the service's name
	Session   string            // role session name; "" when it is not known
	ID        string            // unique identifier (AIDA…, AROA…); gives aws:userid
	Canonical string            // the account's S3 canonical user ID, when known
	Issuer    string            // for a federated user, the ARN of the user who asked for the token
	Tags      map[string]string // principal tags; nil: not known; empty: none
	LongTerm  bool              // signed by a user's own access key, so that the request has neither token nor MFA keys

	pathless bool // ARN was made from a session's ARN, which does not tell the role's path
}

// ParsePrincipal reads the ARN of a user, role, role session, root user, federated user or identity provider, a bare
// account number (its root user), the name of a service or of a web identity host, "anonymous" (also "*"), or a CloudFront
// origin access identity, which has no account and acts for CloudFront.
// The forms are those of AWS JSON policy elements: Principal
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html).
func ParsePrincipal(s string) (Principal, error) {
	switch {
	case strings.EqualFold(s, "anonymous") || s == "*":
		return Principal{Kind: Anonymous}, nil
	case isAccount(s):
		return Principal{Kind: Root, ARN: "arn:aws:iam::" + s + ":root"}, nil
	case strings.HasPrefix(s, "arn:"):
		return parsePrincipalARN(s)
	case strings.Contains(s, ".amazonaws.com"):
		return Principal{Kind: Service, ARN: s}, nil
	case strings.Contains(s, ".") && !strings.ContainsAny(s, " *?"):
		return Principal{Kind: Provider, ARN: s}, nil
	}
	return Principal{}, fmt.Errorf("principal %q: not an ARN, account, service, identity provider or \"anonymous\"", s)
}

func parsePrincipalARN(s string) (Principal, error) {
	f := strings.SplitN(s, ":", 6)
	if len(f) == 6 && f[2] == "iam" && f[4] == "cloudfront" && strings.HasPrefix(f[5], "user/") {
		return Principal{Kind: Service, ARN: s}, nil
	}
	if len(f) < 6 || !isAccount(f[4]) {
		return Principal{}, fmt.Errorf("principal %q: not the ARN of a principal", s)
	}
	kind, name, _ := strings.Cut(f[5], "/")
	switch service := f[2]; {
	case service == "iam" && kind == "root" && name == "":
		return Principal{Kind: Root, ARN: s}, nil
	case service == "iam" && kind == "user" && name != "":
		return Principal{Kind: User, ARN: s}, nil
	case service == "iam" && kind == "role" && name != "":
		return Principal{Kind: Role, ARN: s}, nil
	case service == "iam" && (kind == "oidc-provider" || kind == "saml-provider") && name != "":
		return Principal{Kind: Provider, ARN: s}, nil
	case service == "sts" && kind == "federated-user" && name != "":
		return Principal{Kind: FederatedUser, ARN: s}, nil
	case service == "sts" && kind == "assumed-role":
		role, session, found := strings.Cut(name, "/")
		if found && role != "" {
			arn := "arn:" + f[1] + ":iam::" + f[4] + ":role/" + role
			return Principal{Kind: Role, ARN: arn, Session: session, pathless: true}, nil
		}
	}
	return Principal{}, fmt.Errorf("principal %q: not the ARN of a principal", s)
}

// Account gives the twelve digits of the principal's account; "" for services, providers named by host and anonymous.
func (p *Principal) Account() string {
	if p.Kind == Anonymous || p.Kind == Service {
		return ""
	}
	return arnAccount(p.ARN)
}

// serviceLinked reports whether the principal is a service-linked role, which neither SCPs nor RCPs restrict. Such roles
// have the path aws-service-role; the ARN of a session leaves only the name, which begins with AWSServiceRoleFor (Create
// a service-linked role, https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html).
func (p *Principal) serviceLinked() bool {
	return p.Kind == Role && (strings.Contains(p.ARN, ":role/aws-service-role/") || p.pathless && strings.HasPrefix(p.name(), "AWSServiceRoleFor"))
}

// name gives what follows the last slash of the ARN: a user's or role's friendly name.
func (p *Principal) name() string {
	return p.ARN[strings.LastIndexByte(p.ARN, '/')+1:]
}

func isAccount(s string) bool {
	if len(s) != 12 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// arnAccount gives the account segment of an ARN, "" when there is none or when it is no account number.
func arnAccount(arn string) string {
	for range 4 {
		_, rest, found := strings.Cut(arn, ":")
		if !found {
			return ""
		}
		arn = rest
	}
	account, _, _ := strings.Cut(arn, ":")
	if !isAccount(account) {
		return ""
	}
	return account
}
