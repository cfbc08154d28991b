package aws

import (
	"cmp"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

// clusterIn gives the name of the cluster that the ARN of a service, a task or a container instance holds; nil, which is
// the default cluster, for the short ARNs of old
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html#ecs-resource-ids).
func clusterIn(arn string) *string {
	if parts := strings.Split(arn, "/"); len(parts) == 3 {
		return &parts[1]
	}
	return nil
}

// clusterOf gives the ARN of that cluster.
func clusterOf(site ingest.Site, arn string) string {
	if arn == "" {
		return ""
	}
	name := "default"
	if held := clusterIn(arn); held != nil {
		name = *held
	}
	return resource(siteOf(arn, site), "ecs", "cluster/", name)
}

type clusterNames struct{ ClusterARNs []string }

func mapClusterNames(facts *ingest.Facts, site ingest.Site, _ string, body clusterNames) {
	for _, arn := range body.ClusterARNs {
		describe(facts, site, kinds.AWSECSCluster, resource(site, "ecs", "cluster/", arn), lastPart(arn), nil, nil)
	}
}

type clusters struct {
	Clusters []struct {
		ClusterARN, ClusterName           string
		RegisteredContainerInstancesCount *int64
		Tags                              tags
	}
}

func mapClusters(facts *ingest.Facts, site ingest.Site, _ string, body clusters) {
	for _, cluster := range body.Clusters {
		id := cmp.Or(cluster.ClusterARN, resource(site, "ecs", "cluster/", cluster.ClusterName))
		describe(facts, site, kinds.AWSECSCluster, id, cluster.ClusterName, cluster.Tags, graph.Props{
			"container_instances": cluster.RegisteredContainerInstancesCount,
		})
	}
}

type serviceNames struct{ ServiceARNs []string }

func mapServiceNames(facts *ingest.Facts, site ingest.Site, cluster string, body serviceNames) {
	for _, arn := range body.ServiceARNs {
		cluster := resource(site, "ecs", "cluster/", cmp.Or(cluster, clusterOf(site, arn)))
		describe(facts, site, kinds.AWSECSService, arn, lastPart(arn), nil, graph.Props{"cluster": cluster}).from(kinds.Contains, kinds.AWSECSCluster, cluster)
	}
}

type ecsServices struct {
	Services []struct {
		ServiceARN, ServiceName, ClusterARN, TaskDefinition string
		EnableExecuteCommand                                *bool
		NetworkConfiguration                                *struct {
			AWSVPCConfiguration struct {
				Subnets, SecurityGroups []string
				AssignPublicIP          string
			}
		}
		LoadBalancers []struct{ TargetGroupARN string }
		Tags          tags
	}
}

func mapServices(facts *ingest.Facts, site ingest.Site, _ string, body ecsServices) {
	for _, service := range body.Services {
		props := graph.Props{
			"cluster": service.ClusterARN, "task_definition": service.TaskDefinition, "execute_command": service.EnableExecuteCommand,
		}
		if network := service.NetworkConfiguration; network != nil {
			props["subnets"] = resources(site, "ec2", "subnet/", network.AWSVPCConfiguration.Subnets)
			props["security_groups"] = resources(site, "ec2", "security-group/", network.AWSVPCConfiguration.SecurityGroups)
			props["public_ip"] = network.AWSVPCConfiguration.AssignPublicIP == "ENABLED"
		}
		found := describe(facts, site, kinds.AWSECSService, service.ServiceARN, service.ServiceName, service.Tags, props)
		found.from(kinds.Contains, kinds.AWSECSCluster, service.ClusterARN)
		found.to(kinds.Uses, kinds.AWSECSTaskDefinition, service.TaskDefinition)
		for _, balancer := range service.LoadBalancers {
			found.from(kinds.RoutesTo, kinds.AWSTargetGroup, balancer.TargetGroupARN)
		}
	}
}

type taskNames struct{ TaskARNs []string }

func mapTaskNames(facts *ingest.Facts, site ingest.Site, cluster string, body taskNames) {
	for _, arn := range body.TaskARNs {
		cluster := resource(site, "ecs", "cluster/", cmp.Or(cluster, clusterOf(site, arn)))
		describe(facts, site, kinds.AWSECSTask, arn, lastPart(arn), nil, graph.Props{"cluster": cluster}).from(kinds.Contains, kinds.AWSECSCluster, cluster)
	}
}

type tasks struct {
	Tasks []struct {
		TaskARN, ClusterARN, TaskDefinitionARN, LastStatus, Group string
		EnableExecuteCommand                                      *bool
		Overrides                                                 struct{ TaskRoleARN string }
		Containers                                                []taskContainer
		Attachments                                               []struct {
			Details []struct{ Name, Value string }
		}
		Tags tags
	}
}

// mapTasks reads tasks that have not stopped. The role is here where the task overrides its definition's.
type taskContainer struct{ ImageDigest string }

func mapTasks(facts *ingest.Facts, site ingest.Site, _ string, body tasks) {
	for _, task := range body.Tasks {
		if task.LastStatus == "STOPPED" {
			continue
		}
		attached := ""
		for _, attachment := range task.Attachments {
			for _, detail := range attachment.Details {
				if detail.Name == "networkInterfaceId" {
					attached = resource(site, "ec2", "network-interface/", detail.Value)
				}
			}
		}
		// "If you start a task with a service", its group is service: and the service's name
		// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html).
		service, started := strings.CutPrefix(task.Group, "service:")
		if !started {
			service = ""
		}
		role := role(site, task.Overrides.TaskRoleARN)
		found := describe(facts, site, kinds.AWSECSTask, task.TaskARN, lastPart(task.TaskARN), task.Tags, graph.Props{
			"cluster": task.ClusterARN, "task_definition": task.TaskDefinitionARN, "role": role, "execute_command": task.EnableExecuteCommand, "eni": attached, "service": service,
			"digests": each(task.Containers, func(container taskContainer) string { return container.ImageDigest }),
		})
		found.from(kinds.Contains, kinds.AWSECSCluster, task.ClusterARN)
		found.to(kinds.Uses, kinds.AWSECSTaskDefinition, task.TaskDefinitionARN)
		found.to(kinds.Uses, kinds.AWSRole, role)
		found.from(kinds.AttachedTo, kinds.AWSInterface, attached)
	}
}

type containerInstanceNames struct{ ContainerInstanceARNs []string }

// mapContainerInstanceNames gives nothing: a container instance is known by the EC2 instance that it is.
func mapContainerInstanceNames(*ingest.Facts, ingest.Site, string, containerInstanceNames) {}

type containerInstances struct {
	ContainerInstances []struct{ ContainerInstanceARN, EC2InstanceID, Status string }
}

func mapContainerInstances(facts *ingest.Facts, site ingest.Site, _ string, body containerInstances) {
	for _, registered := range body.ContainerInstances {
		if strings.HasPrefix(registered.EC2InstanceID, "i-") && registered.Status != "INACTIVE" {
			cluster := clusterOf(site, registered.ContainerInstanceARN)
			contribute(facts, kinds.AWSInstance, resource(site, "ec2", "instance/", registered.EC2InstanceID), graph.Props{"ecs_cluster": cluster}).
				from(kinds.Contains, kinds.AWSECSCluster, cluster)
		}
	}
}

type taskDefinitionNames struct{ TaskDefinitionARNs []string }

func mapTaskDefinitionNames(facts *ingest.Facts, site ingest.Site, _ string, body taskDefinitionNames) {
	for _, arn := range body.TaskDefinitionARNs {
		describe(facts, site, kinds.AWSECSTaskDefinition, arn, lastPart(arn), nil, nil)
	}
}

type taskDefinition struct {
	TaskDefinition struct {
		TaskDefinitionARN, TaskRoleARN, ExecutionRoleARN string
		ContainerDefinitions                             []containerDefinition
	}
	Tags tags
}

type containerDefinition struct {
	Image       string
	Privileged  bool
	Environment variables
}

// mapTaskDefinition reads a revision. Its roles are names or ARNs
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html, taskRoleArn).
func mapTaskDefinition(facts *ingest.Facts, site ingest.Site, item string, body taskDefinition) {
	definition := body.TaskDefinition
	var names, keys []string
	images := each(definition.ContainerDefinitions, func(container containerDefinition) string { return container.Image })
	for _, container := range definition.ContainerDefinitions {
		names, keys = append(names, container.Environment.names...), append(keys, container.Environment.keys...)
	}
	id := cmp.Or(definition.TaskDefinitionARN, resource(site, "ecs", "task-definition/", item))
	taskRole, executionRole := role(site, definition.TaskRoleARN), role(site, definition.ExecutionRoleARN)
	found := describe(facts, site, kinds.AWSECSTaskDefinition, id, lastPart(id), body.Tags, graph.Props{
		"role": taskRole, "execution_role": executionRole, "environment_keys": graph.Sorted(names), "credentials": graph.Sorted(keys),
		"images": images, "tagged_repositories": taggedRepositories(site, images...),
		"privileged": slices.ContainsFunc(definition.ContainerDefinitions, func(container containerDefinition) bool { return container.Privileged }),
	})
	found.to(kinds.Uses, kinds.AWSRole, taskRole)
	found.to(kinds.Uses, kinds.AWSRole, executionRole)
}
