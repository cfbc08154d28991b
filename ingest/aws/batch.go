package aws

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/batch"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	definitions := once("batch", "describe-job-definitions", "batch:DescribeJobDefinitions", ingest.Mapping(mapJobDefinitions), func(ctx context.Context, config aws.Config) (any, error) {
		return pages(ctx, batch.NewDescribeJobDefinitionsPaginator(batch.NewFromConfig(config), &batch.DescribeJobDefinitionsInput{Status: aws.String("ACTIVE")}))
	})
	// The query leaves the values of variables behind, and the commands.
	definitions.Command = "aws batch describe-job-definitions --status ACTIVE --query '{jobDefinitions: jobDefinitions[].{jobDefinitionArn: jobDefinitionArn, jobDefinitionName: jobDefinitionName, tags: tags, " +
		"containerProperties: containerProperties.{image: image, jobRoleArn: jobRoleArn, executionRoleArn: executionRoleArn, privileged: privileged, environment: environment[].{name: name}}}}'"
	register(
		once("batch", "describe-compute-environments", "batch:DescribeComputeEnvironments", ingest.Mapping(mapComputeEnvironments), func(ctx context.Context, config aws.Config) (any, error) {
			return pages(ctx, batch.NewDescribeComputeEnvironmentsPaginator(batch.NewFromConfig(config), &batch.DescribeComputeEnvironmentsInput{}))
		}),
		definitions,
	)
}

type computeEnvironments struct {
	ComputeEnvironments []struct {
		ComputeEnvironmentARN, ComputeEnvironmentName, ServiceRole string
		ComputeResources                                           struct {
			Type, InstanceRole string
			SecurityGroupIDs   []string
		}
		Tags tags
	}
}

// mapComputeEnvironments reads where jobs run. The instance role is an instance profile's name or ARN
// (https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeResource.html, instanceRole).
func mapComputeEnvironments(facts *ingest.Facts, site ingest.Site, _ string, body computeEnvironments) {
	for _, environment := range body.ComputeEnvironments {
		profile, service := profileID(site, environment.ComputeResources.InstanceRole), role(site, environment.ServiceRole)
		found := describe(facts, site, kinds.AWSComputeEnvironment, environment.ComputeEnvironmentARN, environment.ComputeEnvironmentName, append(tags{}, environment.Tags...), graph.Props{
			"service_role": service, "instance_profile": profile, "type": environment.ComputeResources.Type,
		})
		found.to(kinds.Uses, kinds.AWSRole, service)
		found.to(kinds.Uses, kinds.AWSInstanceProfile, profile)
		for _, group := range resources(site, "ec2", "security-group/", environment.ComputeResources.SecurityGroupIDs) {
			found.to(kinds.MemberOf, kinds.AWSSecurityGroup, group)
		}
	}
}

// profileID gives a profile's ARN from its name or ARN.
func profileID(site ingest.Site, name string) string {
	if name == "" || strings.HasPrefix(name, "arn:") {
		return name
	}
	return string(site.GlobalARN("iam", "instance-profile/"+name))
}

type jobDefinitions struct {
	JobDefinitions []struct {
		JobDefinitionARN, JobDefinitionName string
		ContainerProperties                 struct {
			Image, JobRoleARN, ExecutionRoleARN string
			Privileged                          *bool
			Environment                         names
		}
		Tags tags
	}
}

func mapJobDefinitions(facts *ingest.Facts, site ingest.Site, _ string, body jobDefinitions) {
	for _, definition := range body.JobDefinitions {
		container := definition.ContainerProperties
		job, execution := role(site, container.JobRoleARN), role(site, container.ExecutionRoleARN)
		found := describe(facts, site, kinds.AWSJobDefinition, definition.JobDefinitionARN, definition.JobDefinitionName, append(tags{}, definition.Tags...), graph.Props{
			"role": job, "execution_role": execution, "image": container.Image, "tagged_repositories": taggedRepositories(site, container.Image), "privileged": container.Privileged, "environment_keys": []string(container.Environment),
		})
		found.to(kinds.Uses, kinds.AWSRole, job)
		found.to(kinds.Uses, kinds.AWSRole, execution)
	}
}
