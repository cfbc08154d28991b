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

// notExcepted matches NotPrincipal, which speaks of everyone but those listed (AWS JSON policy elements: NotPrincipal,
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html). Its worked examples
// list a user's account beside the user and still deny "all principals except the user named Bob", so with Deny an
// account does not except those in it; nor does a role except its sessions when one of them is listed beside it. With
// Allow, whoever is listed by any name is left out.
func (e *evaluation) notExcepted(st *Statement) naming {
	n := st.NotPrincipal.names(e)
	switch {
	case st.Effect == Allow:
		return naming{direct: n.any().not()}
	case st.NotPrincipal.listsSessionOf(&e.request.Principal):
		return naming{direct: n.direct.not()}
	}
	return naming{direct: max(n.direct, n.limited).not()}
}

// resourceDecides reports whether the resource's policy must allow even within the account: "IAM role trust policies and
// KMS key policies are exceptions to this logic, because they must explicitly allow access for principals" (Policy
// evaluation logic, "Resource-based policies").
func (e *evaluation) resourceDecides() bool {
	return e.trustPolicy() || e.service == "kms" && strings.Contains(e.target, ":key/")
}
