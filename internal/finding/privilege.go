package finding

import (
	"fmt"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/scoring"
)

// privilegeChecks are about permissions that are wider than anybody needs, or that nobody uses.
func (limits Limits) privilegeChecks() []Check {
	return []Check{
		{
			ID: "aws-admin-unused", Title: fmt.Sprintf("Administrator was not used for %d days", limits.Unused), Severity: scoring.High,
			Remediation: "Take the permissions away, or delete the principal; keep one break-glass role, and watch its use.",
			Find:        limits.unusedAdministrators, Reads: []Read{{kinds.AWSRole, "last_used"}, {kinds.AWSAccessKey, "last_used"}},
		},
		{
			ID: "aws-inline-full-admin", Title: "Inline policy allows everything", Severity: scoring.High,
			Remediation: "Replace the inline policy by a managed one that grants what was used (IAM Access Analyzer writes it from CloudTrail).",
			Find:        fullAdmin(kinds.AWSInlinePolicy), Reads: []Read{{kinds.AWSInlinePolicy, "document"}},
		},
		{
			ID: "aws-permissions-unused", Title: fmt.Sprintf("Permissions for services were not used for %d days", limits.Unused), Severity: scoring.Low,
			Remediation: "Write policies of what was used: IAM Access Analyzer makes one of CloudTrail's log (aws accessanalyzer start-policy-generation).",
			Find:        limits.unusedServices, Reads: []Read{{kinds.AWSRole, "services"}, {kinds.AWSUser, "services"}},
		},
		{
			ID: "aws-policy-full-admin", Title: "Customer managed policy allows everything", Severity: scoring.High,
			Remediation: "Write the actions and resources that are needed; give administrators AWS's own AdministratorAccess, which is easy to find.",
			Find:        fullAdmin(kinds.AWSPolicy), Reads: []Read{{kinds.AWSPolicy, "document"}},
		},
	}
}

// fullAdmin finds policies that somebody has and that allow every action on every resource, AWS's own left out.
func fullAdmin(kind graph.NodeKind) func(*graph.Snapshot) []Match {
	return func(snapshot *graph.Snapshot) []Match {
		var matches []Match
		for i := range snapshot.OfKind(kind) {
			props := snapshot.Props(i)
			holders := 0
			for range snapshot.Predecessors(i, kinds.HasPolicy) {
				holders++
			}
			if props.Flag("aws_managed") || holders == 0 {
				continue
			}
			document := props.Text("document")
			if lacks(document, `"*`, 2) { // it takes one for the action and one for the resource
				continue
			}
			for n, statement := range statements(document) {
				if statement.everything() {
					matches = append(matches, at(snapshot.ID(i), place(statement, n), fmt.Sprintf("it allows every action on every resource, to %d principals or groups", holders)))
					break
				}
			}
		}
		return matches
	}
}

// unusedAdministrators finds principals that administer their account by effect, and that nobody used.
func (limits Limits) unusedAdministrators(snapshot *graph.Snapshot) []Match {
	ages := limits.ages(snapshot)
	var matches []Match
	for i := range snapshot.OfKind(kinds.AWSUser, kinds.AWSRole) {
		for e := range snapshot.Out(i) {
			if snapshot.EdgeKind(e) != kinds.CanAdminister || snapshot.Edge(e).Technique != "aws-administrator" {
				continue
			}
			props := snapshot.Props(i)
			said, unused := ages.idle(props.Text("account"), props.Text("created"), props.Text("last_used"))
			if snapshot.Kind(i) == kinds.AWSUser {
				said, unused = ages.unusedUser(snapshot, i)
			}
			if !unused {
				break
			}
			edge := snapshot.Edge(e)
			match := at(snapshot.ID(i), "last_used", said)
			match.Verdict, match.Evidence = edge.Verdict, append(match.Evidence, edge.Evidence...)
			matches = append(matches, match)
			break
		}
	}
	return matches
}

// mostServices is how many services the evidence names.
const mostServices = 10

// unusedServices finds principals that use some of the services which their policies allow, and others not. Who used none is unused altogether, which
// other checks say. A principal that is younger than the limit has had no time.
func (limits Limits) unusedServices(snapshot *graph.Snapshot) []Match {
	ages := limits.ages(snapshot)
	var matches []Match
	for i := range snapshot.OfKind(kinds.AWSUser, kinds.AWSRole) {
		props := snapshot.Props(i)
		age, known := ages.days(props.Text("account"), props.Text("created"))
		if !known || age <= limits.Unused || props.Flag("service_linked") {
			continue
		}
		services := props.List("services")
		var idle []string
		for _, service := range services {
			name, used, _ := strings.Cut(service, "=")
			if _, unused := ages.idle(props.Text("account"), props.Text("created"), used); unused {
				idle = append(idle, name)
			}
		}
		if len(idle) == 0 || len(idle) == len(services) {
			continue
		}
		text := strings.Join(idle[:min(len(idle), mostServices)], ", ")
		if more := len(idle) - mostServices; more > 0 {
			text += fmt.Sprintf(" and %d more", more)
		}
		matches = append(matches, at(snapshot.ID(i), "services", fmt.Sprintf("of the %d services that its policies allow, it did not use %d: %s", len(services), len(idle), text)))
	}
	return matches
}
