package aws

// identity reads the identity-based policies: managed, inline, and for a user those of its groups. One allow among them
// suffices (Policy evaluation logic, "Evaluating identity-based policies"). The root user needs none: "By default, all
// requests are implicitly denied with the exception of the AWS account root user, which has full access".
func (e *evaluation) identity() tri {
	if e.request.Principal.Kind == Root {
		e.check(Check{Layer: IdentityLayer, Outcome: Passed, Reason: "the root user has full access"})
		return yes
	}
	out := e.read(e.principal.Identity, reading{layer: IdentityLayer})
	e.report(IdentityLayer, 0, out, "no identity policy allows the action")
	return out.direct
}

// report writes down what a layer did.
func (e *evaluation) report(layer Layer, level int, out outcome, silent string) {
	c := Check{Layer: layer, Level: level}
	switch {
	case out.deny == yes:
		c.Outcome, c.Reason, c.By = Stopped, "denied explicitly", out.denied
	case out.any() == no:
		c.Outcome, c.Reason = Stopped, silent
	case out.deny == maybe || out.any() == maybe:
		c.Outcome, c.Reason, c.By = Doubtful, "depends on conditions that are not known", out.allowed
	default:
		c.Outcome, c.Reason, c.By = Passed, "allowed", out.allowed
	}
	e.check(c)
}
