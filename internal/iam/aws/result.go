package aws

import "fmt"

// Decision is the answer to a request.
type Decision uint8

// The four decisions, from the weakest to the strongest.
const (
	ImplicitlyDenied Decision = iota // nothing allows it, or a guardrail does not
	ExplicitlyDenied                 // a Deny statement applies
	Possible                         // it hangs on the conditions in Result.Unknown
	Allowed                          // allowed, whatever is unknown
)

func (d Decision) String() string {
	return [...]string{"ImplicitlyDenied", "ExplicitlyDenied", "Possible", "Allowed"}[d]
}

// Layer is a kind of policy, each with its own rules.
type Layer uint8

// The layers of policy evaluation.
const (
	IdentityLayer Layer = iota
	BoundaryLayer
	SessionLayer
	SCPLayer
	RCPLayer
	ResourceLayer
	EndpointLayer
	PublicAccessLayer // S3's block of public access, which is a setting and no policy
)

func (l Layer) String() string {
	return [...]string{
		"identity policy", "permissions boundary", "session policy", "service control policy", "resource control policy",
		"resource policy", "VPC endpoint policy", "public access block",
	}[l]
}

// Match names one statement of one policy.
type Match struct {
	Layer     Layer
	Level     int // of SCPs and RCPs: 0 is the root of the organization
	Policy    *Policy
	Statement *Statement
}

func (m Match) String() string {
	if m.Statement == nil {
		return m.Layer.String()
	}
	return fmt.Sprintf("%s %s, %s", m.Layer, m.Policy.Source, m.Statement.Name())
}

// Outcome of a guardrail.
type Outcome uint8

// What a guardrail did to a request.
const (
	NotApplicable Outcome = iota // there is none, or it does not bind this principal or resource
	Passed
	Doubtful // it hangs on a condition that is not known
	Stopped
)

func (o Outcome) String() string {
	return [...]string{"not applicable", "passed", "doubtful", "stopped"}[o]
}

// Check is one guardrail examined.
type Check struct {
	Layer   Layer
	Level   int // of SCPs and RCPs: 0 is the root of the organization
	Outcome Outcome
	Reason  string
	By      Match // the statement that decided, if one did
}

func (c Check) String() string {
	where := c.Layer.String()
	if c.Layer == SCPLayer || c.Layer == RCPLayer {
		where = fmt.Sprintf("%s level %d", where, c.Level+1)
	}
	if c.By.Statement != nil {
		return fmt.Sprintf("%s: %s: %s (%s, %s)", where, c.Outcome, c.Reason, c.By.Policy.Source, c.By.Statement.Name())
	}
	return fmt.Sprintf("%s: %s: %s", where, c.Outcome, c.Reason)
}

// Doubt is a condition, or a policy variable, whose truth is not known.
type Doubt struct {
	Match
	Key       string     // the condition key whose value is not known, as the policy writes it
	Condition *Condition // nil when the key is a variable in the statement's resource, or tells which session this is
}

func (d Doubt) String() string {
	if d.Condition != nil {
		return fmt.Sprintf("%s %s depends on %s", d.Statement.Effect, d.Match, d.Condition)
	}
	return fmt.Sprintf("%s %s depends on %s", d.Statement.Effect, d.Match, d.Key)
}

// Result is a decision with its proof.
type Result struct {
	Decision   Decision
	Action     string  // what was decided on: for a pattern, the member of it that decided
	Resource   string  // likewise
	Allows     []Match // statements of identity and resource policies that allow
	Guardrails []Check // every layer examined, in the order of evaluation, and why it did or did not stop the request
	Unknown    []Doubt // what a Possible hangs on; empty for the other decisions
	Missing    []string
}

// Evidence tells the result in sentences, one per fact.
func (r *Result) Evidence() []string {
	facts := []string{fmt.Sprintf("%s: %s on %s", r.Decision, r.Action, r.Resource)}
	for _, m := range r.Allows {
		facts = append(facts, "allowed by "+m.String())
	}
	for _, c := range r.Guardrails {
		facts = append(facts, c.String())
	}
	for _, d := range r.Unknown {
		facts = append(facts, "unknown: "+d.String())
	}
	for _, m := range r.Missing {
		facts = append(facts, "not collected: "+m)
	}
	return facts
}
