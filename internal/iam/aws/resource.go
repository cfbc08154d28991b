package aws

import "strings"

// resourceBased reads the policies attached to the resource. How they name the principal decides which other policies
// still count; see naming. Not every grant that names the account counts within that account: it only lets the account's
// own policies decide.
func (e *evaluation) resourceBased() naming {
	if e.publicAccessBlocked() {
		return naming{}
	}
	out := e.read(e.resource.Resource, reading{layer: ResourceLayer, principals: true, everything: true})
	if out.deny != no {
		c := Check{Layer: ResourceLayer, Outcome: Stopped, Reason: "denied explicitly", By: out.denied}
		if out.deny == maybe {
			c.Outcome, c.Reason = Doubtful, "may be denied, depending on conditions that are not known"
		}
		e.check(c)
	} else if out.any() == no && (e.resourceDecides() || !e.sameAccount()) {
		e.check(Check{Layer: ResourceLayer, Outcome: Stopped, Reason: "the resource's policy does not allow the principal"})
	}
	return out.naming
}

// notExcepted matches NotPrincipal, which speaks of everyone but those listed. To be excepted from a Deny a principal
// must be listed with its account and, if it is a session, with its role: "you must also specify the account ARN of the
// not-denied principal. Otherwise, the policy might deny access to the entire account containing the principal" (AWS JSON
// policy elements: NotPrincipal,
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html).
func (e *evaluation) notExcepted(st *Statement) naming {
	n := st.NotPrincipal.names(e)
	if st.Effect == Allow {
		return naming{direct: n.any().not()}
	}
	excepted := max(n.direct, n.limited)
	return naming{direct: excepted.not()}
}

// resourceDecides reports whether the resource's policy must allow even within the account: "IAM role trust policies and
// KMS key policies are exceptions to this logic, because they must explicitly allow access for principals" (Policy
// evaluation logic, "Resource-based policies").
func (e *evaluation) resourceDecides() bool {
	return e.trustPolicy() || e.service == "kms" && strings.Contains(e.target, ":key/")
}
