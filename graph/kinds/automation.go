package kinds

import "github.com/inroad-security/inroad/graph"

// What acts by itself with a role of its own.
var (
	AWSStateMachine = node(graph.NodeSpec{Label: "AWSStateMachine", Listed: []string{"stepfunctions/list-state-machines"}, Doc: "A Step Functions state machine.", Classes: []graph.Class{Workload}, Props: aws(
		text("role", "ARN"), text("type", "STANDARD or EXPRESS"), flag("logged", "executions are logged"))})
	AWSPipeline = node(graph.NodeSpec{Label: "AWSPipeline", Listed: []string{"codepipeline/list-pipelines"}, Doc: "A CodePipeline pipeline.", Classes: []graph.Class{Workload}, Props: aws(
		text("role", "ARN"), list("action_roles", "ARNs of the roles of single actions"), list("sources", "each provider=repository"), list("source_repositories", "ARNs of the CodeCommit repositories that it takes its source from"), list("source_objects", "ARNs of the objects in S3 that it takes its source from"), list("projects", "ARNs of the CodeBuild projects that it starts"), list("artifact_buckets", "ARNs"))})
	AWSAgent = node(graph.NodeSpec{Label: "AWSAgent", Listed: []string{"bedrock-agent/list-agents"}, Doc: "A Bedrock agent; USES the functions of its action groups.", Classes: []graph.Class{Workload}, Props: aws(
		text("role", "ARN"), text("model", "id or ARN of its model"), text("status", "PREPARED …"), text("kms_key", "ARN"))})
	AWSLayerVersion = node(graph.NodeSpec{Label: "AWSLayerVersion", Listed: []string{"lambda/list-layers"}, Doc: "A version of a Lambda layer: code that functions load.", Classes: []graph.Class{DataStore}, Props: aws(ownPolicy)})
)
