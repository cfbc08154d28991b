package aws

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Grant is a KMS grant (Grants in AWS KMS, https://docs.aws.amazon.com/kms/latest/developerguide/grants.html).
type Grant struct {
	Grantee    string            // ARN of a user, role or role session, or a service's name
	Retiree    string            // likewise, or ""; it may retire the grant and nothing else
	Operations []string          // "Decrypt", "GenerateDataKey", …
	Equals     map[string]string // encryption context that the request must have, exactly
	Subset     map[string]string // encryption context that the request must have among others
}

// GrantPolicy expresses a grant as a policy of the key: the grantee may perform the operations, within the constraints
// on the encryption context (Using grant constraints in the same guide). Like any policy of a key it names the grantee
// directly, so that within the key's account no identity policy is needed.
func GrantPolicy(source string, grant Grant) (*Policy, error) {
	if grant.Grantee == "" || len(grant.Operations) == 0 {
		return nil, fmt.Errorf("grant %s: %w", source, errors.New("no grantee or no operations"))
	}
	st := Statement{Sid: "Grant", Principal: grantee(grant.Grantee), Resources: []*Template{newTemplate("*", false)}}
	for _, operation := range grant.Operations {
		st.Actions = append(st.Actions, CompilePattern("kms:"+strings.ToLower(operation)))
	}
	st.Conditions = constraints(grant)
	p := &Policy{Source: source, Version: "2012-10-17", Statements: []Statement{st}}
	if grant.Retiree != "" {
		p.Statements = append(p.Statements, Statement{
			Sid: "Retire", Index: 1, Principal: grantee(grant.Retiree),
			Actions: []*Pattern{CompilePattern("kms:retiregrant")}, Resources: []*Template{newTemplate("*", false)},
		})
	}
	p.index()
	return p, nil
}

func grantee(name string) *PrincipalSet {
	if strings.HasPrefix(name, "arn:") || isAccount(name) {
		return &PrincipalSet{AWS: []string{name}}
	}
	return &PrincipalSet{Service: []string{name}}
}

func constraints(grant Grant) []Condition {
	var out []Condition
	equals, _ := parseOperator("StringEquals")
	for _, pairs := range []map[string]string{grant.Equals, grant.Subset} {
		for _, key := range slices.Sorted(maps.Keys(pairs)) {
			out = append(out, newCondition(equals, "kms:EncryptionContext:"+key, []string{pairs[key]}, false))
		}
	}
	if len(grant.Equals) > 0 {
		only, _ := parseOperator("ForAllValues:StringEquals")
		out = append(out, newCondition(only, "kms:EncryptionContextKeys", slices.Sorted(maps.Keys(grant.Equals)), false))
	}
	return out
}
