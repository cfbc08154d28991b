package aws

// serviceControl reads the service control policies. Every level of the hierarchy, from the root through each
// organizational unit to the account itself, must allow: "For a permission to be allowed for a specific account, there
// must be an explicit Allow statement at every level" (SCP evaluation,
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html). They bind users,
// roles and the root user of member accounts. They do not bind service-linked roles, nor principals without an account
// (Service control policies, "Tasks and entities not restricted by SCPs"); for the management account none are given.
func (e *evaluation) serviceControl() tri {
	p := &e.request.Principal
	switch {
	case len(e.principal.SCPs) == 0:
		return yes
	case p.serviceLinked():
		e.check(Check{Layer: SCPLayer, Outcome: NotApplicable, Reason: "SCPs do not restrict service-linked roles"})
		return yes
	case p.Kind == Anonymous || p.Kind == Service || p.Kind == Provider:
		e.check(Check{Layer: SCPLayer, Outcome: NotApplicable, Reason: "SCPs restrict only principals of the organization's accounts"})
		return yes
	}
	result := yes
	for level, policies := range e.principal.SCPs {
		from := len(e.grants)
		out := e.read(policies, reading{layer: SCPLayer, level: level})
		e.limits = append(e.limits, e.grants[from:]...)
		e.grants = e.grants[:from]
		e.report(SCPLayer, level, out, "no SCP of this level allows the action")
		result = min(result, out.direct)
	}
	return result
}
