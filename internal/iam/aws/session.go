package aws

// sessionPolicy reads the policies passed when a session was made, inline or by ARN: "The resulting session's
// permissions are the intersection of the entity's identity-based policies and the session policies" (Policies and
// permissions in IAM, "Session policies",
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session). A role session without any
// keeps the role's permissions; a federated user without any has none from the user's policies (Policy evaluation logic,
// step "Session policies"). A user or root user with one is taken for the session that it federated.
func (e *evaluation) sessionPolicy() tri {
	switch {
	case e.principal.Session == nil && e.request.Principal.Kind != FederatedUser:
		return yes
	case e.principal.Session == nil:
		e.check(Check{Layer: SessionLayer, Outcome: Stopped, Reason: "a federated user without a session policy has no permissions of its own"})
		return no
	}
	out := e.read(e.principal.Session, reading{layer: SessionLayer})
	e.report(SessionLayer, 0, out, "the session policy does not allow the action")
	return out.direct
}
