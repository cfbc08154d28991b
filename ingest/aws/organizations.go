package aws

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
)

// notInUse is what AWS Organizations answers in an account that is in no organization
// (https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeOrganization.html).
const notInUse = "AWSOrganizationsNotInUseException"

func init() {
	register(
		Table{
			Service: "organizations", Operation: "describe-organization", Global: true,
			Actions: []string{"organizations:DescribeOrganization"},
			Absent:  []string{notInUse},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return organizations.NewFromConfig(config).DescribeOrganization(ctx, &organizations.DescribeOrganizationInput{})
			},
			Map: mapOrganization,
		},
		Table{
			Service: "organizations", Operation: "list-roots", Global: true,
			Actions: []string{"organizations:ListRoots"},
			Absent:  []string{notInUse},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, organizations.NewListRootsPaginator(organizations.NewFromConfig(config), &organizations.ListRootsInput{}))
			},
			Map: mapRoots,
		},
		Table{
			Service: "organizations", Operation: "list-organizational-units-for-parent", Global: true,
			Actions: []string{"organizations:ListOrganizationalUnitsForParent"},
			Parent:  "list-roots", Items: "Roots[].Id", Again: "OrganizationalUnits[].Id",
			Command: `aws organizations list-organizational-units-for-parent --parent-id "$item"`,
			Call: func(ctx context.Context, config aws.Config, parent string) (any, error) {
				return pages(ctx, organizations.NewListOrganizationalUnitsForParentPaginator(organizations.NewFromConfig(config),
					&organizations.ListOrganizationalUnitsForParentInput{ParentId: &parent}))
			},
			Map: mapUnits,
		},
		Table{
			Service: "organizations", Operation: "list-accounts", Global: true,
			Actions: []string{"organizations:ListAccounts"},
			Absent:  []string{notInUse},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, organizations.NewListAccountsPaginator(organizations.NewFromConfig(config), &organizations.ListAccountsInput{}))
			},
			Map: mapAccounts,
		},
		Table{
			Service: "organizations", Operation: "list-parents", Global: true,
			Actions: []string{"organizations:ListParents"},
			Parent:  "list-accounts", Items: "Accounts[].Id",
			Command: `aws organizations list-parents --child-id "$item"`,
			Call: func(ctx context.Context, config aws.Config, child string) (any, error) {
				return pages(ctx, organizations.NewListParentsPaginator(organizations.NewFromConfig(config), &organizations.ListParentsInput{ChildId: &child}))
			},
			Map: mapParents,
		},
		Table{
			// A type that is not enabled in the root applies to nobody, so that the enabled ones are all there is to read.
			Service: "organizations", Operation: "list-policies", Global: true,
			Actions: []string{"organizations:ListPolicies"},
			Parent:  "list-roots", Items: "Roots[].PolicyTypes[].Type",
			Command: `aws organizations list-policies --filter "$item"`,
			Call: func(ctx context.Context, config aws.Config, kind string) (any, error) {
				return pages(ctx, organizations.NewListPoliciesPaginator(organizations.NewFromConfig(config),
					&organizations.ListPoliciesInput{Filter: types.PolicyType(kind)}))
			},
			Map: mapControlPolicies,
		},
		Table{
			Service: "organizations", Operation: "describe-policy", Global: true,
			Actions: []string{"organizations:DescribePolicy"},
			Parent:  "list-policies", Items: "Policies[].Id",
			Command: `aws organizations describe-policy --policy-id "$item"`,
			Call: func(ctx context.Context, config aws.Config, policy string) (any, error) {
				return organizations.NewFromConfig(config).DescribePolicy(ctx, &organizations.DescribePolicyInput{PolicyId: &policy})
			},
			Map: mapControlPolicy,
		},
		Table{
			Service: "organizations", Operation: "list-targets-for-policy", Global: true,
			Actions: []string{"organizations:ListTargetsForPolicy"},
			Parent:  "list-policies", Items: "Policies[].Id",
			Command: `aws organizations list-targets-for-policy --policy-id "$item"`,
			Call: func(ctx context.Context, config aws.Config, policy string) (any, error) {
				return pages(ctx, organizations.NewListTargetsForPolicyPaginator(organizations.NewFromConfig(config),
					&organizations.ListTargetsForPolicyInput{PolicyId: &policy}))
			},
			Map: mapTargets,
		},
	)
}
