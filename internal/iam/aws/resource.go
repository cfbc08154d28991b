package aws

import "strings"

// resourceBased reads the policies attached to the resource. How they name the principal decides which other policies
// still count; see naming. Not every grant that names the account counts within that account: it only lets the account's
// own policies decide.
func (e *evaluation) resourceBased() naming {
	if e.publicAccessBlocked() {
		return naming{}
	}
	if e.ownerMendsPolicy() {
		e.check(Check{Layer: ResourceLayer, Outcome: NotApplicable, Reason: "the bucket owner's root user can always read, replace and delete the bucket's policy"})
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

// notExcepted matches NotPrincipal, which speaks of everyone but those listed, by whatever name (AWS JSON policy elements:
// NotPrincipal, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html).
//
// With Deny it "will always deny any IAM principal that has a permissions boundary policy attached, regardless of the
// values specified". An account listed beside a user or a role of it, as the page asks, does not except the others in
// it: its worked example lists Bob and Bob's account and denies "all principals except the user named Bob". Nor does a
// role listed beside one of its sessions except the others.
func (e *evaluation) notExcepted(st *Statement) naming {
	p := &e.request.Principal
	n := st.NotPrincipal.names(e)
	if st.Effect == Allow {
		return naming{direct: n.any().not()}
	}
	if e.principal.Boundary != nil && (p.Kind == User || p.Kind == Role || p.Kind == FederatedUser) {
		return naming{direct: yes}
	}
	excepted := n.direct
	if sessionKnown := p.Session != "" || e.isUnknown("sts:rolesessionname"); !sessionKnown || !st.NotPrincipal.listsSessionOf(p) {
		excepted = max(excepted, n.limited)
	}
	if !st.NotPrincipal.listsMemberOf(p.Account()) {
		excepted = max(excepted, n.account)
	}
	return naming{direct: excepted.not()}
}

// resourceDecides reports whether the resource's policy must allow even within the account: "IAM role trust policies and
// KMS key policies are exceptions to this logic, because they must explicitly allow access for principals" (Policy
// evaluation logic, "Resource-based policies").
func (e *evaluation) resourceDecides() bool {
	return e.trustPolicy() || e.service == "kms" && strings.Contains(e.target, ":key/")
}
