package aws

// resourceControl reads the resource control policies. AWS attaches RCPFullAWSAccess to every level and it cannot be
// detached, and the policies customers write can only deny, so only their deny statements count (Resource control
// policies, https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html, and RCP syntax,
// …/orgs_manage_policies_rcps_syntax.html). They bind whoever asks, the root user and anonymous requests included, save
// service-linked roles, and only for the services that support them; kms:RetireGrant is not restricted. For resources of
// the management account none are given.
func (e *evaluation) resourceControl() tri {
	if len(e.resource.RCPs) == 0 {
		return yes
	}
	if reason := e.beyondRCPs(); reason != "" {
		e.check(Check{Layer: RCPLayer, Outcome: NotApplicable, Reason: reason})
		return yes
	}
	for level, policies := range e.resource.RCPs {
		out := e.read(policies, reading{layer: RCPLayer, level: level, principals: true, anyone: true, denyOnly: true})
		out.direct = yes
		e.report(RCPLayer, level, out, "")
	}
	return yes
}

func (e *evaluation) beyondRCPs() string {
	switch {
	case e.request.Principal.serviceLinked():
		return "RCPs do not restrict service-linked roles"
	case !supportsRCPs(e.service):
		return "the service does not support RCPs"
	case e.action == "kms:retiregrant":
		return "RCPs do not restrict kms:RetireGrant"
	}
	return ""
}
