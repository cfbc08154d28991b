package aws

// endpoint reads the policy of the VPC endpoint through which the request goes: it must allow, and grants nothing by
// itself: "An endpoint policy does not override or replace identity-based policies or resource-based policies" (Control
// access to VPC endpoints using endpoint policies,
// https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html).
func (e *evaluation) endpoint() tri {
	if e.resource.Endpoint == nil {
		return yes
	}
	from := len(e.grants)
	out := e.read(e.resource.Endpoint, reading{layer: EndpointLayer, principals: true, anyone: true})
	e.limits = append(e.limits, e.grants[from:]...)
	e.grants = e.grants[:from]
	e.report(EndpointLayer, 0, out, "the endpoint policy does not allow the action")
	return out.any()
}
