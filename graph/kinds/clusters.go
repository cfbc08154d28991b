package kinds

import "github.com/inroad-security/inroad/graph"

// Container images, Kubernetes, and clusters that compute.
var (
	AWSRepository = node(graph.NodeSpec{Label: "AWSRepository", Listed: []string{"ecr/describe-repositories"}, Doc: "An ECR repository of container images.", Classes: []graph.Class{DataStore}, Props: aws(
		ownPolicy, text("kms_key", "ARN of its key; absent with ECR's own"), text("uri", "what images are pulled by, without tag"), flag("immutable", "tags cannot be moved to another image"),
		flag("scan_on_push", ""), list("digests", "sha256:… of its images"))})
	AWSEKSCluster = node(graph.NodeSpec{Label: "AWSEKSCluster", Listed: []string{"eks/list-clusters"}, Doc: "An EKS cluster. Holding it is being its administrator.", Classes: []graph.Class{Workload, Container}, Props: aws(
		text("version", "of Kubernetes"), text("role", "ARN of the role of its control plane"), text("endpoint", "URL of its API"), flag("public", "its API answers the internet"), flag("private", "its API answers its VPC"),
		list("public_cidrs", "addresses that the public API answers"), text("vpc", "ARN"), list("subnets", "ARNs"), list("security_groups", "ARNs"), text("authentication", "API, API_AND_CONFIG_MAP or CONFIG_MAP"),
		text("oidc_issuer", "URL of the issuer of its service accounts' tokens"), flag("secrets_encrypted", "Kubernetes secrets are encrypted with a key of KMS"), text("kms_key", "ARN of that key"), list("logs", "kinds of control-plane logs that are kept"))})
	AWSEKSAccessEntry = node(graph.NodeSpec{Label: "AWSEKSAccessEntry", Doc: "An EKS access entry: who is what in a cluster.", Props: aws(
		text("cluster", "ARN"), text("principal", "ARN of the role or user"), text("type", "STANDARD, EC2_LINUX …"), text("username", "in Kubernetes"), list("groups", "Kubernetes groups"),
		list("policies", "access policies, each name@scope; scope is cluster or namespaces"))})
	AWSPodIdentity = node(graph.NodeSpec{Label: "AWSPodIdentity", Listed: []string{"eks/list-clusters", "eks/list-pod-identity-associations", "eks/describe-pod-identity-association"}, Doc: "An EKS pod identity association: pods of a service account and their role.", Classes: []graph.Class{Workload}, Props: aws(
		text("cluster", "ARN"), text("namespace", ""), text("service_account", ""), text("role", "ARN"))})
	AWSNodeGroup = node(graph.NodeSpec{Label: "AWSNodeGroup", Listed: []string{"eks/list-clusters", "eks/list-nodegroups", "eks/describe-nodegroup"}, Doc: "An EKS managed node group.", Classes: []graph.Class{Workload}, Props: aws(
		text("cluster", "ARN"), text("role", "ARN of its nodes' role"), list("subnets", "ARNs"), flag("remote_access", "its nodes take SSH"))})
	AWSEMRCluster = node(graph.NodeSpec{Label: "AWSEMRCluster", Listed: []string{"emr/list-clusters"}, Doc: "An EMR cluster.", Classes: []graph.Class{Workload}, Props: aws(
		text("state", "RUNNING, WAITING …"), text("service_role", "ARN of EMR's role"), text("instance_profile", "ARN of its instances' profile"), text("security_configuration", "name"), text("subnet", "ARN"), flag("visible_to_all", "every user of the account sees it"))})
	AWSComputeEnvironment = node(graph.NodeSpec{Label: "AWSComputeEnvironment", Listed: []string{"batch/describe-compute-environments"}, Doc: "A Batch compute environment.", Classes: []graph.Class{Workload}, Props: aws(
		text("service_role", "ARN of Batch's role"), text("instance_profile", "ARN of its instances' profile"), text("type", "EC2, SPOT, FARGATE …"))})
	AWSJobDefinition = node(graph.NodeSpec{Label: "AWSJobDefinition", Listed: []string{"batch/describe-job-definitions"}, Doc: "An active revision of a Batch job definition.", Classes: []graph.Class{Workload}, Props: aws(
		text("role", "ARN of its jobs' role"), text("execution_role", "ARN of the role that starts them"), text("image", ""), list("tagged_repositories", "ARNs of the ECR repositories whose images it names by a tag, which can be moved, and not by a digest"), flag("privileged", ""), list("environment_keys", "names of variables, never values"))})
)
