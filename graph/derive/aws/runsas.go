package aws

import (
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/technique"
)

// host declares how a kind of workload comes by a role: the property that names it, and the service that hands its
// credentials over, by its principal in the role's trust policy ("AWS services that work with IAM" and each service's
// chapter on its role). A new kind of workload is one such line for each role that it has; a kind that has none is taken at
// its word, by its property role.
type host struct {
	kind     graph.NodeKind
	property string
	service  string
}

var hosts = []host{
	{kinds.AWSInstance, profile, "ec2.amazonaws.com"},
	{kinds.AWSFunction, "role", "lambda.amazonaws.com"},
	{kinds.AWSECSTask, "role", "ecs-tasks.amazonaws.com"},
	{kinds.AWSECSTask, definition, "ecs-tasks.amazonaws.com"},
	{kinds.AWSECSService, definition, "ecs-tasks.amazonaws.com"},
	{kinds.AWSStack, "role", "cloudformation.amazonaws.com"},
	{kinds.AWSStackSet, "role", "cloudformation.amazonaws.com"},
	{kinds.AWSGlueJob, "role", "glue.amazonaws.com"},
	{kinds.AWSGlueDevEndpoint, "role", "glue.amazonaws.com"},
	{kinds.AWSGlueSession, "role", "glue.amazonaws.com"},
	{kinds.AWSBuildProject, "role", "codebuild.amazonaws.com"},
	{kinds.AWSNotebook, "role", "sagemaker.amazonaws.com"},
	{kinds.AWSAppRunnerService, "role", "tasks.apprunner.amazonaws.com"},
	{kinds.AWSCodeInterpreter, "role", "bedrock-agentcore.amazonaws.com"},
	{kinds.AWSEKSCluster, "role", "eks.amazonaws.com"},
	{kinds.AWSPodIdentity, "role", "pods.eks.amazonaws.com"},
	{kinds.AWSNodeGroup, "role", "ec2.amazonaws.com"},
	{kinds.AWSEMRCluster, "service_role", "elasticmapreduce.amazonaws.com"},
	{kinds.AWSEMRCluster, profile, "ec2.amazonaws.com"},
	{kinds.AWSComputeEnvironment, "service_role", "batch.amazonaws.com"},
	{kinds.AWSComputeEnvironment, profile, "ec2.amazonaws.com"},
	{kinds.AWSJobDefinition, "role", "ecs-tasks.amazonaws.com"},
	{kinds.AWSStateMachine, "role", "states.amazonaws.com"},
	{kinds.AWSPipeline, "role", "codepipeline.amazonaws.com"},
	{kinds.AWSAgent, "role", "bedrock.amazonaws.com"},
	{kinds.AWSEventRule, "role", "events.amazonaws.com"},
	{kinds.AWSEventRule, targets, "events.amazonaws.com"},
	{kinds.AWSSchedule, "role", "scheduler.amazonaws.com"},
}

// The properties that name a role by way of another resource (an instance profile, a task definition), and the one that names several
// ("Using IAM roles to grant permission to access targets",
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html).
const (
	profile    = "instance_profile"
	definition = "task_definition"
	targets    = "target_roles"
)

// runAs derives which identity's credentials the code on a workload holds: the role that the workload, its instance
// profile or its task definition names, as long as that role's trust lets the service have it.
func (authorizer *Authorizer) runAs() []graph.Edge {
	var edges []graph.Edge
	for _, workload := range authorizer.estate.all(kinds.Of(kinds.Workload)...) {
		for _, identity := range authorizer.estate.identities(workload) {
			trust := authorizer.trusted(identity)
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

// identity is a role, the resource whose property gives it to a workload, and the service that hands it over.
type identity struct {
	role     graph.ID
	by       graph.ID
	property string
	service  string // empty where it is not known
}

// identities finds the roles of a workload.
func (estate *estate) identities(workload *node) []identity {
	var found []identity
	declared := false
	for _, host := range hosts {
		if host.kind != workload.Kind {
			continue
		}
		declared = true
		for _, one := range estate.identity(workload, host) {
			if !slices.ContainsFunc(found, func(known identity) bool { return known.role == one.role }) {
				found = append(found, one)
			}
		}
		if len(found) > 0 && host.property == "role" && workload.Kind == kinds.AWSECSTask {
			break // a role of its own overrides its definition's
		}
	}
	if role := workload.Props.Text("role"); !declared && role != "" {
		found = append(found, identity{graph.ID(role), workload.ID, "role", ""})
	}
	return found
}

// identity finds what one property of a workload gives. An instance without a metadata service has no way to its
// credentials ("Turn off access to instance metadata",
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-existing-instances.html), and a terminated one no
// longer exists; a stopped one has them again once it is started.
func (estate *estate) identity(workload *node, host host) []identity {
	if host.property == targets {
		var found []identity
		for _, role := range workload.Props.List(targets) {
			found = append(found, identity{graph.ID(role), workload.ID, targets, host.service})
		}
		return found
	}
	named := workload.Props.Text(host.property)
	if host.property != profile && host.property != definition {
		if named == "" {
			return nil
		}
		return []identity{{graph.ID(named), workload.ID, host.property, host.service}}
	}
	if state := workload.Props.Text("state"); workload.Props.Flag("metadata_disabled") || state == "terminated" || state == "shutting-down" {
		return nil
	}
	through, known := estate.find(graph.ID(named))
	if !known {
		return nil
	}
	if host.property == definition {
		host.property = "role"
		return estate.identity(through, host)
	}
	var found []identity
	for _, role := range through.Props.List("roles") {
		found = append(found, identity{graph.ID(role), through.ID, "roles", host.service})
	}
	return found
}

// trusted decides whether the workload's service may have the role. A role that was not collected is Unknown. Control
// policies that were not collected leave no doubt: that the workload has the role is no guess but what is set up.
func (authorizer *Authorizer) trusted(identity identity) technique.Decision {
	role := identity.role
	target := authorizer.target(string(role))
	switch {
	case identity.service == "":
		return technique.Decision{Holds: true}
	case target.held == nil || target.unread:
		gap := missing(role, "trust", "the trust policy of %s was not collected", role)
		return technique.Decision{Holds: true, Verdict: graph.Unknown, Evidence: []graph.Evidence{gap}}
	case strings.Contains(string(role), ":role/aws-service-role/"):
		return technique.Decision{}
	}
	decision := authorizer.Can(graph.ID(identity.service), "sts:AssumeRole", string(role), nil)
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
