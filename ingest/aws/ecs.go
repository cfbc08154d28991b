package aws

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		Table{
			Service: "ecs", Operation: "list-clusters",
			Actions: []string{"ecs:ListClusters"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, ecs.NewListClustersPaginator(ecs.NewFromConfig(config), &ecs.ListClustersInput{}))
			},
			Map: ingest.Mapping(mapClusterNames),
		},
		Table{
			Service: "ecs", Operation: "describe-clusters",
			Actions: []string{"ecs:DescribeClusters"},
			Parent:  "list-clusters", Items: "clusterArns[]",
			Command: `aws ecs describe-clusters --clusters "$item" --include TAGS`,
			Call: func(ctx context.Context, config aws.Config, cluster string) (any, error) {
				return ecs.NewFromConfig(config).DescribeClusters(ctx, &ecs.DescribeClustersInput{
					Clusters: []string{cluster}, Include: []types.ClusterField{types.ClusterFieldTags},
				})
			},
			Map: ingest.Mapping(mapClusters),
		},
		Table{
			Service: "ecs", Operation: "list-services",
			Actions: []string{"ecs:ListServices"},
			Parent:  "list-clusters", Items: "clusterArns[]",
			Command: `aws ecs list-services --cluster "$item"`,
			Call: func(ctx context.Context, config aws.Config, cluster string) (any, error) {
				return pages(ctx, ecs.NewListServicesPaginator(ecs.NewFromConfig(config), &ecs.ListServicesInput{Cluster: &cluster}))
			},
			Absent: []string{"ClusterNotFoundException"},
			Map:    ingest.Mapping(mapServiceNames),
		},
		Table{
			Service: "ecs", Operation: "describe-services",
			Actions: []string{"ecs:DescribeServices"},
			Parent:  "list-services", Items: "serviceArns[]",
			Command: `aws ecs describe-services --cluster "$(dirname "${item#*:service/}")" --services "$item" --include TAGS`,
			Call: func(ctx context.Context, config aws.Config, service string) (any, error) {
				return ecs.NewFromConfig(config).DescribeServices(ctx, &ecs.DescribeServicesInput{
					Cluster: clusterIn(service), Services: []string{service}, Include: []types.ServiceField{types.ServiceFieldTags},
				})
			},
			Map: ingest.Mapping(mapServices),
		},
		Table{
			Service: "ecs", Operation: "list-tasks",
			Actions: []string{"ecs:ListTasks"},
			Parent:  "list-clusters", Items: "clusterArns[]",
			Command: `aws ecs list-tasks --cluster "$item"`,
			Call: func(ctx context.Context, config aws.Config, cluster string) (any, error) {
				return pages(ctx, ecs.NewListTasksPaginator(ecs.NewFromConfig(config), &ecs.ListTasksInput{Cluster: &cluster}))
			},
			Absent: []string{"ClusterNotFoundException"},
			Map:    ingest.Mapping(mapTaskNames),
		},
		Table{
			Service: "ecs", Operation: "describe-tasks",
			Actions: []string{"ecs:DescribeTasks"},
			Parent:  "list-tasks", Items: "taskArns[]",
			Command: `aws ecs describe-tasks --cluster "$(dirname "${item#*:task/}")" --tasks "$item" --include TAGS`,
			Call: func(ctx context.Context, config aws.Config, task string) (any, error) {
				return ecs.NewFromConfig(config).DescribeTasks(ctx, &ecs.DescribeTasksInput{
					Cluster: clusterIn(task), Tasks: []string{task}, Include: []types.TaskField{types.TaskFieldTags},
				})
			},
			Map: ingest.Mapping(mapTasks),
		},
		Table{
			Service: "ecs", Operation: "list-container-instances",
			Actions: []string{"ecs:ListContainerInstances"},
			Parent:  "list-clusters", Items: "clusterArns[]",
			Command: `aws ecs list-container-instances --cluster "$item"`,
			Call: func(ctx context.Context, config aws.Config, cluster string) (any, error) {
				return pages(ctx, ecs.NewListContainerInstancesPaginator(ecs.NewFromConfig(config), &ecs.ListContainerInstancesInput{Cluster: &cluster}))
			},
			Absent: []string{"ClusterNotFoundException"},
			Map:    ingest.Mapping(mapContainerInstanceNames),
		},
		Table{
			Service: "ecs", Operation: "describe-container-instances",
			Actions: []string{"ecs:DescribeContainerInstances"},
			Parent:  "list-container-instances", Items: "containerInstanceArns[]",
			Command: `aws ecs describe-container-instances --cluster "$(dirname "${item#*:container-instance/}")" --container-instances "$item"`,
			Call: func(ctx context.Context, config aws.Config, instance string) (any, error) {
				return ecs.NewFromConfig(config).DescribeContainerInstances(ctx, &ecs.DescribeContainerInstancesInput{
					Cluster: clusterIn(instance), ContainerInstances: []string{instance},
				})
			},
			Map: ingest.Mapping(mapContainerInstances),
		},
		Table{
			// All active revisions, for whoever may run tasks may run any of them.
			Service: "ecs", Operation: "list-task-definitions",
			Actions: []string{"ecs:ListTaskDefinitions"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, ecs.NewListTaskDefinitionsPaginator(ecs.NewFromConfig(config), &ecs.ListTaskDefinitionsInput{}))
			},
			Map: ingest.Mapping(mapTaskDefinitionNames),
		},
		Table{
			Service: "ecs", Operation: "describe-task-definition",
			Actions: []string{"ecs:DescribeTaskDefinition"},
			Parent:  "list-task-definitions", Items: "taskDefinitionArns[]",
			// The query leaves the values of variables behind, and the commands.
			Command: `aws ecs describe-task-definition --task-definition "$item" --include TAGS --query '{tags: tags, taskDefinition: taskDefinition.{` +
				`taskDefinitionArn: taskDefinitionArn, taskRoleArn: taskRoleArn, executionRoleArn: executionRoleArn, ` +
				`containerDefinitions: containerDefinitions[].{name: name, image: image, privileged: privileged, environment: environment[].{name: name}}}}'`,
			Call: func(ctx context.Context, config aws.Config, definition string) (any, error) {
				return ecs.NewFromConfig(config).DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{
					TaskDefinition: &definition, Include: []types.TaskDefinitionField{types.TaskDefinitionFieldTags},
				})
			},
			Map: ingest.Mapping(mapTaskDefinition),
		},
	)
}
