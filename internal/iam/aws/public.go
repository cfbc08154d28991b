package aws

import (
	"net/netip"
	"slices"
	"strings"
)

// Public reports whether the policy is public as S3 defines it: some allow statement grants to everyone and no condition
// ties it to fixed values of one of the keys that S3 accepts as narrowing (Blocking public access to your Amazon S3
// storage, "The meaning of 'public'",
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status).
func (p *Policy) Public() bool {
	return slices.ContainsFunc(p.Statements, func(st Statement) bool {
		return st.Effect == Allow && st.everyone() && !slices.ContainsFunc(st.Conditions, Condition.narrows)
	})
}

func (st *Statement) everyone() bool {
	if st.NotPrincipal != nil {
		return true
	}
	return st.Principal != nil && (st.Principal.Any || slices.Contains(st.Principal.AWS, "*"))
}

var narrowingKeys = map[string]bool{
	"aws:principalorgid": true, "aws:principalarn": true, "aws:principalaccount": true, "aws:principalorgpaths": true,
	"aws:sourcearn": true, "aws:sourcevpc": true, "aws:sourcevpce": true, "aws:sourceowner": true, "aws:sourceaccount": true,
	"aws:sourceorgid": true, "aws:sourceorgpaths": true, "aws:sourceip": true, "aws:userid": true,
	"s3:x-amz-server-side-encryption-aws-kms-key-id": true, "s3:dataaccesspointarn": true, "s3:dataaccesspointaccount": true,
}

// narrows reports whether the condition admits fixed values only: no wildcard, no variable, no IfExists, and for
// addresses no range wider than /8 (IPv4) or /32 (IPv6).
func (c Condition) narrows() bool {
	if !narrowingKeys[c.key] || c.op.negated || c.op.ifExists || c.op.set == forAll || c.op.family == nullFamily {
		return false
	}
	for _, v := range c.Values {
		fixed := v.parts == nil && !strings.ContainsAny(v.text, "*?")
		if c.key == "s3:dataaccesspointarn" && v.parts == nil {
			fixed = arnAccount(v.text) != ""
		}
		if c.op.family == ipFamily {
			fixed = narrowRange(v.text)
		}
		if !fixed {
			return false
		}
	}
	return true
}

func narrowRange(block string) bool {
	prefix, err := netip.ParsePrefix(block)
	if err != nil {
		_, err := netip.ParseAddr(block)
		return err == nil
	}
	if prefix.Addr().Is4() {
		return prefix.Bits() >= 8
	}
	return prefix.Bits() >= 32
}
