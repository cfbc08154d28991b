package aws

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		Table{
			Service: "cloudformation", Operation: "describe-stacks",
			Actions: []string{"cloudformation:DescribeStacks"},
			// The queries here leave parameters, outputs and templates behind, which may hold credentials.
			Command: "aws cloudformation describe-stacks --query '{Stacks: Stacks[].{StackId: StackId, StackName: StackName, StackStatus: StackStatus, " +
				"RoleARN: RoleARN, ParentId: ParentId, Tags: Tags}}'",
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, cloudformation.NewDescribeStacksPaginator(cloudformation.NewFromConfig(config), &cloudformation.DescribeStacksInput{}))
			},
			Map: ingest.Mapping(mapStacks),
		},
		Table{
			Service: "cloudformation", Operation: "list-stack-sets",
			Actions: []string{"cloudformation:ListStackSets"},
			Command: "aws cloudformation list-stack-sets --status ACTIVE",
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, cloudformation.NewListStackSetsPaginator(cloudformation.NewFromConfig(config),
					&cloudformation.ListStackSetsInput{Status: types.StackSetStatusActive}))
			},
			Map: ingest.Mapping(mapStackSets),
		},
		Table{
			Service: "cloudformation", Operation: "describe-stack-set",
			Actions: []string{"cloudformation:DescribeStackSet"},
			Parent:  "list-stack-sets", Items: "Summaries[].StackSetName",
			Command: `aws cloudformation describe-stack-set --stack-set-name "$item" --query '{StackSet: StackSet.{StackSetName: StackSetName, StackSetId: StackSetId, ` +
				`StackSetARN: StackSetARN, AdministrationRoleARN: AdministrationRoleARN, ExecutionRoleName: ExecutionRoleName, Tags: Tags}}'`,
			Call: func(ctx context.Context, config aws.Config, name string) (any, error) {
				output, err := cloudformation.NewFromConfig(config).DescribeStackSet(ctx, &cloudformation.DescribeStackSetInput{StackSetName: &name})
				if err != nil {
					return nil, err
				}
				if output.StackSet != nil {
					output.StackSet.TemplateBody = nil
				}
				return output, nil
			},
			Absent: []string{"StackSetNotFoundException"},
			Map:    ingest.Mapping(mapStackSet),
		},
	)
}

type stacks struct {
	Stacks []struct {
		StackID, StackName, StackStatus, RoleARN, ParentID string
		Tags                                               tags
	}
}

func mapStacks(facts *ingest.Facts, site ingest.Site, _ string, body stacks) {
	for _, stack := range body.Stacks {
		found := describe(facts, site, kinds.AWSStack, stack.StackID, stack.StackName, stack.Tags, graph.Props{
			"role": stack.RoleARN, "status": stack.StackStatus,
		})
		found.to(kinds.Uses, kinds.AWSRole, stack.RoleARN)
		found.from(kinds.Contains, kinds.AWSStack, stack.ParentID)
	}
}

type stackSets struct {
	Summaries []struct{ StackSetID, StackSetName, Status string }
}

func mapStackSets(facts *ingest.Facts, site ingest.Site, _ string, body stackSets) {
	for _, set := range body.Summaries {
		if set.Status != "DELETED" {
			describe(facts, site, kinds.AWSStackSet, resource(site, "cloudformation", "stackset/", set.StackSetID), set.StackSetName, nil, nil)
		}
	}
}

type stackSet struct {
	StackSet struct {
		StackSetName, StackSetID, StackSetARN, AdministrationRoleARN, ExecutionRoleName string
		Tags                                                                            tags
	}
}

func mapStackSet(facts *ingest.Facts, site ingest.Site, _ string, body stackSet) {
	set := body.StackSet
	id := cmp.Or(set.StackSetARN, resource(site, "cloudformation", "stackset/", set.StackSetID))
	describe(facts, site, kinds.AWSStackSet, id, set.StackSetName, set.Tags, graph.Props{
		"role": set.AdministrationRoleARN, "execution_role": set.ExecutionRoleName,
	}).to(kinds.Uses, kinds.AWSRole, set.AdministrationRoleARN)
}
