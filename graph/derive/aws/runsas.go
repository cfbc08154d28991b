package aws

import (
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/technique"
)

// hosts names the service that hands a role's credentials to each kind of workload, by its principal in the role's trust
// policy ("AWS services that work with IAM" and each service's chapter on its role). A kind that is not here is taken
// at its word.
var hosts = map[graph.NodeKind]string{
	kinds.AWSInstance:         "ec2.amazonaws.com",
	kinds.AWSFunction:         "lambda.amazonaws.com",
	kinds.AWSECSTask:          "ecs-tasks.amazonaws.com",
	kinds.AWSECSService:       "ecs-tasks.amazonaws.com",
	kinds.AWSStack:            "cloudformation.amazonaws.com",
	kinds.AWSStackSet:         "cloudformation.amazonaws.com",
	kinds.AWSGlueJob:          "glue.amazonaws.com",
	kinds.AWSGlueDevEndpoint:  "glue.amazonaws.com",
	kinds.AWSGlueSession:      "glue.amazonaws.com",
	kinds.AWSBuildProject:     "codebuild.amazonaws.com",
	kinds.AWSNotebook:         "sagemaker.amazonaws.com",
	kinds.AWSAppRunnerService: "tasks.apprunner.amazonaws.com",
	kinds.AWSCodeInterpreter:  "bedrock-agentcore.amazonaws.com",
}

// runAs derives which identity's credentials the code on a workload holds: the role that the workload, its instance
// profile or its task definition names, as long as that role's trust lets the service have it.
func (authorizer *Authorizer) runAs() []graph.Edge {
	var edges []graph.Edge
	for _, workload := range authorizer.estate.all(kinds.Of(kinds.Workload)...) {
		for _, identity := range authorizer.estate.identities(workload) {
			trust := authorizer.trusted(workload, identity.role)
			if !trust.Holds {
				continue
			}
			edges = append(edges, graph.Edge{
				From: workload.ID, To: identity.role, Kind: kinds.RunsAs, Technique: runsAs,
				Verdict: trust.Verdict, Cause: setting(identity.by, identity.property),
				Evidence: append([]graph.Evidence{granted(identity.by, identity.property, "%s runs as %s", workload.ID, identity.role)}, trust.Evidence...),
			})
		}
	}
	return edges
}

// identity is a role, and the resource whose property gives it to a workload.
type identity struct {
	role     graph.ID
	by       graph.ID
	property string
}

// identities finds the roles of a workload. An instance without a metadata service has no way to its credentials
// ("Turn off access to instance metadata",
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-existing-instances.html), and a terminated one no
// longer exists; a stopped one has them again once it is started.
func (estate *estate) identities(workload *node) []identity {
	if workload.Kind == kinds.AWSInstance {
		state := workload.Props.Text("state")
		if workload.Props.Flag("metadata_disabled") || state == "terminated" || state == "shutting-down" {
			return nil
		}
		profile, known := estate.find(graph.ID(workload.Props.Text("instance_profile")))
		if !known {
			return nil
		}
		var found []identity
		for _, role := range profile.Props.List("roles") {
			found = append(found, identity{graph.ID(role), profile.ID, "roles"})
		}
		return found
	}
	if role := workload.Props.Text("role"); role != "" {
		return []identity{{graph.ID(role), workload.ID, "role"}}
	}
	if definition, known := estate.find(graph.ID(workload.Props.Text("task_definition"))); known {
		if role := definition.Props.Text("role"); role != "" {
			return []identity{{graph.ID(role), definition.ID, "role"}}
		}
	}
	return nil
}

// trusted decides whether the workload's service may have the role. A role that was not collected is Unknown. Control
// policies that were not collected leave no doubt: that the workload has the role is no guess but what is set up.
func (authorizer *Authorizer) trusted(workload *node, role graph.ID) technique.Decision {
	host, known := hosts[workload.Kind]
	target := authorizer.target(string(role))
	switch {
	case !known:
		return technique.Decision{Holds: true}
	case target.held == nil || target.unread:
		gap := missing(role, "trust", "the trust policy of %s was not collected", role)
		return technique.Decision{Holds: true, Verdict: graph.Unknown, Evidence: []graph.Evidence{gap}}
	case strings.Contains(string(role), ":role/aws-service-role/"):
		return technique.Decision{}
	}
	decision := authorizer.Can(graph.ID(host), "sts:AssumeRole", string(role), nil)
	if beyondDoubt(decision) {
		decision.Verdict = graph.Proven
		decision.Evidence = slices.DeleteFunc(decision.Evidence, func(piece graph.Evidence) bool { return piece.Locator == Organizations })
	}
	for i := range decision.Evidence {
		if decision.Evidence[i].Kind == graph.Grant {
			decision.Evidence[i].Kind = graph.Guardrail
		}
	}
	return decision
}
