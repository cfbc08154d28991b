package aws

import (
	"github.com/inroad-security/inroad/graph"
	iam "github.com/inroad-security/inroad/internal/iam/aws"
)

// outsider is somebody with an AWS account of their own, in which they may do everything: a principal of an account and of
// an organization that nobody's policies name. Anyone can open an account, so what an outsider may do the internet may.
func (authorizer *Authorizer) outsider() *subject {
	const digits = "000000000000"
	policy, _, err := authorizer.library.read("arn:aws:iam::"+digits+":policy/outsider", unread)
	if err != nil {
		return &subject{id: graph.Internet, patterns: map[string][]string{}}
	}
	principal := iam.Principal{Kind: iam.User, ARN: "arn:aws:iam::" + digits + ":user/outsider", LongTerm: true, Tags: map[string]string{}}
	return &subject{
		id:       graph.Internet,
		account:  &account{digits: digits, id: graph.Internet, partition: "aws", organization: "o-0000000000"},
		policies: iam.PrincipalPolicies{Identity: []*iam.Policy{policy}},
		sessions: []session{{principal: principal}},
		patterns: map[string][]string{},
	}
}
