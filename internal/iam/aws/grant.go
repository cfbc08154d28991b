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

// withEncryptionContext are the operations that take an encryption context, and to which constraints apply: they "do not
// apply to operations that do not support an encryption context, such as cryptographic operations with asymmetric KMS keys
// and management operations, such as DescribeKey or RetireGrant" (CreateGrant,
// https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html, Constraints).
var withEncryptionContext = []string{
	"decrypt", "encrypt", "generatedatakey", "generatedatakeypair", "generatedatakeypairwithoutplaintext",
	"generatedatakeywithoutplaintext", "reencryptfrom", "reencryptto",
}

// GrantPolicy expresses a grant as a policy of the key: the grantee may perform the operations, within the constraints
// on the encryption context (Using grant constraints in the same guide). Like any policy of a key it names the grantee
// directly, so that within the key's account no identity policy is needed.
func GrantPolicy(source string, grant Grant) (*Policy, error) {
	if grant.Grantee == "" || len(grant.Operations) == 0 {
		return nil, fmt.Errorf("grant %s: %w", source, errors.New("no grantee or no operations"))
	}
	p := &Policy{Source: source, Version: "2012-10-17"}
	allow := func(sid, who string, conditions []Condition, operations ...string) {
		st := Statement{Sid: sid, Index: len(p.Statements), Principal: grantee(who), Resources: []*Template{newTemplate("*", false)}, Conditions: conditions}
		for _, operation := range operations {
			st.Actions = append(st.Actions, CompilePattern("kms:"+operation))
		}
		p.Statements = append(p.Statements, st)
	}
	var constrained, free []string
	for _, operation := range grant.Operations {
		operation = strings.ToLower(operation)
		if slices.Contains(withEncryptionContext, operation) {
			constrained = append(constrained, operation)
		} else {
			free = append(free, operation)
		}
	}
	if len(constrained) > 0 {
		allow("Grant", grant.Grantee, constraints(grant), constrained...)
	}
	if len(free) > 0 {
		allow("Grant", grant.Grantee, nil, free...)
	}
	if grant.Retiree != "" {
		allow("Retire", grant.Retiree, nil, "retiregrant")
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
