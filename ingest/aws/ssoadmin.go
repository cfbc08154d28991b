package aws

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"

	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		once("sso-admin", "list-instances", "sso:ListInstances", ingest.Mapping(mapIdentityCenters), func(ctx context.Context, config aws.Config) (any, error) {
			return pages(ctx, ssoadmin.NewListInstancesPaginator(ssoadmin.NewFromConfig(config), &ssoadmin.ListInstancesInput{}))
		}),
		perItem("sso-admin", "list-permission-sets", "sso:ListPermissionSets", of{"list-instances", "Instances[].InstanceArn", "--instance-arn"}, ingest.Mapping(mapNothing), func(ctx context.Context, config aws.Config, instance string) (any, error) {
			return pages(ctx, ssoadmin.NewListPermissionSetsPaginator(ssoadmin.NewFromConfig(config), &ssoadmin.ListPermissionSetsInput{InstanceArn: &instance}))
		}, notForMembers...),
		perPermissionSet("describe-permission-set", "sso:DescribePermissionSet", ingest.Mapping(mapPermissionSet), func(ctx context.Context, client *ssoadmin.Client, instance, set *string) (any, error) {
			return client.DescribePermissionSet(ctx, &ssoadmin.DescribePermissionSetInput{InstanceArn: instance, PermissionSetArn: set})
		}),
		perPermissionSet("list-managed-policies-in-permission-set", "sso:ListManagedPoliciesInPermissionSet", ingest.Mapping(mapPermissionSetPolicies), func(ctx context.Context, client *ssoadmin.Client, instance, set *string) (any, error) {
			return pages(ctx, ssoadmin.NewListManagedPoliciesInPermissionSetPaginator(client, &ssoadmin.ListManagedPoliciesInPermissionSetInput{InstanceArn: instance, PermissionSetArn: set}))
		}),
		perPermissionSet("list-customer-managed-policy-references-in-permission-set", "sso:ListCustomerManagedPolicyReferencesInPermissionSet", ingest.Mapping(mapPermissionSetReferences), func(ctx context.Context, client *ssoadmin.Client, instance, set *string) (any, error) {
			return pages(ctx, ssoadmin.NewListCustomerManagedPolicyReferencesInPermissionSetPaginator(client, &ssoadmin.ListCustomerManagedPolicyReferencesInPermissionSetInput{InstanceArn: instance, PermissionSetArn: set}))
		}),
		perPermissionSet("get-inline-policy-for-permission-set", "sso:GetInlinePolicyForPermissionSet", ingest.Mapping(mapPermissionSetInline), func(ctx context.Context, client *ssoadmin.Client, instance, set *string) (any, error) {
			return client.GetInlinePolicyForPermissionSet(ctx, &ssoadmin.GetInlinePolicyForPermissionSetInput{InstanceArn: instance, PermissionSetArn: set})
		}),
		perPermissionSet("list-accounts-for-provisioned-permission-set", "sso:ListAccountsForProvisionedPermissionSet", ingest.Mapping(mapPermissionSetAccounts), func(ctx context.Context, client *ssoadmin.Client, instance, set *string) (any, error) {
			return pages(ctx, ssoadmin.NewListAccountsForProvisionedPermissionSetPaginator(client, &ssoadmin.ListAccountsForProvisionedPermissionSetInput{InstanceArn: instance, PermissionSetArn: set}))
		}),
		accountAssignments(),
	)
}

// notForMembers is what Identity Center answers in an account that may not administer the instance that it sees.
var notForMembers = []string{"ResourceNotFoundException"}

// perPermissionSet makes the table of an operation that is called for every permission set of every instance.
func perPermissionSet(operation, action string, mapped mapping, call func(ctx context.Context, client *ssoadmin.Client, instance, set *string) (any, error)) Table {
	return Table{
		Service: "sso-admin", Operation: operation, Actions: []string{action}, Parent: "list-permission-sets", Items: "PermissionSets[]", Joined: true, Absent: notForMembers, Map: mapped,
		Command: "aws sso-admin " + operation + ` --instance-arn "${item%%,*}" --permission-set-arn "${item#*,}"`,
		Call: func(ctx context.Context, config aws.Config, item string) (any, error) {
			instance, set := ingest.Halves(item)
			return call(ctx, ssoadmin.NewFromConfig(config), &instance, &set)
		},
	}
}

// accountAssignments is called for each account of each permission set: its item is the instance, the set and the account.
func accountAssignments() Table {
	table := perPermissionSet("list-account-assignments", "sso:ListAccountAssignments", ingest.Mapping(mapAssignments), nil)
	table.Parent, table.Items = "list-accounts-for-provisioned-permission-set", "AccountIds[]"
	table.Command = `rest="${item#*,}" && aws sso-admin list-account-assignments --instance-arn "${item%%,*}" --permission-set-arn "${rest%%,*}" --account-id "${rest#*,}"`
	table.Call = func(ctx context.Context, config aws.Config, item string) (any, error) {
		instance, rest := ingest.Halves(item)
		set, account := ingest.Halves(rest)
		return pages(ctx, ssoadmin.NewListAccountAssignmentsPaginator(ssoadmin.NewFromConfig(config), &ssoadmin.ListAccountAssignmentsInput{InstanceArn: &instance, PermissionSetArn: &set, AccountId: &account}))
	}
	return table
}
