package kinds

import "github.com/inroad-security/inroad/graph"

// Workloads. Where a workload has an identity, role holds its ARN (or instance_profile the profile's).
var (
	AWSInstance = node(graph.NodeSpec{Label: "AWSInstance", Listed: []string{"ec2/describe-instances"}, Doc: "An EC2 instance.", Classes: []graph.Class{Workload}, Props: aws(
		text("state", "running, stopped …"), text("vpc", "its VPC's ARN"), text("subnet", "its subnet's ARN"), text("image", "AMI id"),
		text("instance_profile", "ARN of its instance profile"), text("public_ip", "IPv4"), text("private_ip", "IPv4"),
		text("metadata_tokens", "required: only IMDSv2 answers; optional: IMDSv1 answers too"), whole("metadata_hop_limit", "hops"), flag("metadata_disabled", "no metadata service"),
		flag("user_data_secret", "its user data looks like it holds a credential (the value is not kept)"), list("credentials", "ids of access keys that stand in its user data beside what may be their secret, which is not kept"), text("platform", "windows or linux"), text("launched", "RFC 3339"),
		text("ecs_cluster", "ARN of the ECS cluster that it is registered with, or that its user data tells its agent to join"),
		flag("ssm_managed", "its Systems Manager agent is registered and answers"))})
	AWSLaunchTemplate = node(graph.NodeSpec{Label: "AWSLaunchTemplate", Listed: []string{"ec2/describe-launch-templates"}, Doc: "An EC2 launch template.", Props: aws(text("instance_profile", "ARN of the default version's profile"), text("version", "default version"),
		flag("user_data_secret", "the default version's user data looks like it holds a credential (the value is not kept)"), list("credentials", "ids of access keys that stand in that user data beside what may be their secret, which is not kept"))})
	AWSFunction = node(graph.NodeSpec{Label: "AWSFunction", Listed: []string{"lambda/list-functions"}, Doc: "A Lambda function.", Classes: []graph.Class{Workload}, Props: aws(
		text("role", "its execution role's ARN"), text("runtime", ""), text("policy", "its resource policy as JSON; empty when there is none, absent when not collected"), text("url", "its URL, where it has one"),
		text("url_auth", "AWS_IAM or NONE"), list("environment_keys", "names of its variables, never values"), list("credentials", "ids of access keys that stand in its variables beside what may be their secret, which is not kept"), text("vpc", "its VPC's ARN; absent when it is in none"), list("subnets", "ARNs, where it is in a VPC"),
		list("security_groups", "ARNs, where it is in a VPC"), flag("ipv6", "it sends over IPv6 too where its subnets have it"), list("layers", "ARNs of its layers"))})
	AWSECSCluster = node(graph.NodeSpec{Label: "AWSECSCluster", Listed: []string{"ecs/list-clusters"}, Doc: "An ECS cluster.", Classes: []graph.Class{Container}, Props: aws(whole("container_instances", "registered container instances"))})
	AWSECSService = node(graph.NodeSpec{Label: "AWSECSService", Listed: []string{"ecs/list-clusters", "ecs/list-services"}, Doc: "An ECS service: keeps tasks of a definition running.", Classes: []graph.Class{Workload}, Props: aws(
		text("cluster", "ARN"), text("task_definition", "ARN"), flag("execute_command", "ECS Exec is on"), flag("public_ip", "its tasks get public addresses"),
		list("subnets", "ARNs"), list("security_groups", "ARNs"))})
	AWSECSTask = node(graph.NodeSpec{Label: "AWSECSTask", Listed: []string{"ecs/list-clusters", "ecs/list-tasks"}, Doc: "A running ECS task.", Classes: []graph.Class{Workload}, Props: aws(
		text("cluster", "ARN"), text("task_definition", "ARN"), text("role", "ARN of the task role that overrides its definition's"), flag("execute_command", "ECS Exec is on"), text("eni", "its interface's ARN"),
		text("service", "name of the service that started it"),
		list("digests", "sha256:… of the images that it runs"))})
	AWSECSTaskDefinition = node(graph.NodeSpec{Label: "AWSECSTaskDefinition", Listed: []string{"ecs/list-task-definitions"}, Doc: "A revision of an ECS task definition.", Props: aws(
		text("role", "task role's ARN"), text("execution_role", "execution role's ARN"), list("environment_keys", "names of variables, never values"), list("credentials", "ids of access keys that stand in its variables beside what may be their secret, which is not kept"), list("images", "container images"), list("tagged_repositories", "ARNs of the ECR repositories whose images it names by a tag, which can be moved, and not by a digest"), flag("privileged", "a container is privileged"))})
	AWSStack           = node(graph.NodeSpec{Label: "AWSStack", Listed: []string{"cloudformation/describe-stacks"}, Doc: "A CloudFormation stack.", Classes: []graph.Class{Workload}, Props: aws(text("role", "ARN of the service role that deploys it"), text("status", ""))})
	AWSStackSet        = node(graph.NodeSpec{Label: "AWSStackSet", Listed: []string{"cloudformation/list-stack-sets"}, Doc: "A CloudFormation stack set.", Classes: []graph.Class{Workload}, Props: aws(text("role", "ARN of its administration role"), text("execution_role", "name of the execution role in target accounts"))})
	AWSGlueJob         = node(graph.NodeSpec{Label: "AWSGlueJob", Listed: []string{"glue/get-jobs"}, Doc: "A Glue job.", Classes: []graph.Class{Workload}, Props: aws(text("role", "ARN"), text("script", "S3 location of its script"), text("script_object", "that object's ARN"))})
	AWSGlueDevEndpoint = node(graph.NodeSpec{Label: "AWSGlueDevEndpoint", Listed: []string{"glue/get-dev-endpoints"}, Doc: "A Glue development endpoint.", Classes: []graph.Class{Workload}, Props: aws(text("role", "ARN"), text("status", "READY …"))})
	AWSGlueSession     = node(graph.NodeSpec{Label: "AWSGlueSession", Listed: []string{"glue/list-sessions"}, Doc: "A Glue interactive session.", Classes: []graph.Class{Workload}, Props: aws(text("role", "ARN"), text("status", "READY, STOPPED …"))})
	AWSBuildProject    = node(graph.NodeSpec{Label: "AWSBuildProject", Listed: []string{"codebuild/list-projects"}, Doc: "A CodeBuild project.", Classes: []graph.Class{Workload}, Props: aws(
		text("role", "its service role's ARN"), text("source", "where its source is"), text("source_type", "GITHUB, S3, NO_SOURCE …"), list("environment_keys", "names of variables, never values"), list("credentials", "ids of access keys that stand in its variables beside what may be their secret, which is not kept"), flag("privileged", "builds may run Docker"))})
	AWSNotebook         = node(graph.NodeSpec{Label: "AWSNotebook", Listed: []string{"sagemaker/list-notebook-instances"}, Doc: "A SageMaker notebook instance.", Classes: []graph.Class{Workload}, Props: aws(text("role", "ARN"), text("status", "InService …"), flag("direct_internet", ""), flag("root_access", ""))})
	AWSAppRunnerService = node(graph.NodeSpec{Label: "AWSAppRunnerService", Listed: []string{"apprunner/list-services"}, Doc: "An App Runner service.", Classes: []graph.Class{Workload}, Props: aws(text("role", "instance role's ARN"), text("url", ""), flag("public", "reachable from the internet"))})
	AWSCodeInterpreter  = node(graph.NodeSpec{Label: "AWSCodeInterpreter", Listed: []string{"bedrock-agentcore-control/list-code-interpreters"}, Doc: "A Bedrock AgentCore code interpreter.", Classes: []graph.Class{Workload}, Props: aws(text("role", "execution role's ARN"), text("network_mode", ""))})
)
