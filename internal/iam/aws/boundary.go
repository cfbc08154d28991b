package aws

// boundary reads the permissions boundary, which grants nothing and limits what identity policies grant: "The effective
// permissions are the intersection of both policy types" (Permissions boundaries for IAM entities,
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html). The root user and service-linked
// roles cannot have one.
func (e *evaluation) boundary() tri {
	if e.principal.Boundary == nil || e.request.Principal.Kind == Root {
		return yes
	}
	out := e.read(e.principal.Boundary, reading{layer: BoundaryLayer})
	e.report(BoundaryLayer, 0, out, "the boundary does not allow the action")
	return out.direct
}
