package cli

import (
	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/ingest/aws"
	"github.com/inroad-security/inroad/ingest/azure"
)

func policyCommand() *cobra.Command {
	command := &cobra.Command{Use: "policy", Short: "Print the permissions that collecting needs"}
	var script, stackSet, module bool
	onAWS := &cobra.Command{
		Use:   "aws",
		Short: "Print the least-privilege IAM policy that reads an AWS account",
		Long: `Prints the IAM policy that "inroad collect aws" needs and no more, made from what its tables declare. With --script
it prints instead a shell script that makes the same bundle with the AWS CLI alone, for those who run no other program
in their accounts. With --cloudformation or --terraform it prints the role with that policy, for a stack set over a whole
organization or a module in each account.`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			text := aws.Policy()
			switch {
			case script:
				text = aws.Script()
			case stackSet:
				text = aws.CloudFormation()
			case module:
				text = aws.Terraform()
			}
			_, err := command.OutOrStdout().Write(text)
			return err
		},
	}
	onAWS.Flags().BoolVar(&script, "script", false, "print a script for the AWS CLI instead")
	onAWS.Flags().BoolVar(&stackSet, "cloudformation", false, "print a CloudFormation template of the role that reads an account")
	onAWS.Flags().BoolVar(&module, "terraform", false, "print a Terraform module of the role that reads an account")
	onAWS.MarkFlagsMutuallyExclusive("script", "cloudformation", "terraform")
	command.AddCommand(onAWS, policyAzureCommand())
	return command
}

func policyAzureCommand() *cobra.Command {
	var scope string
	var role bool
	command := &cobra.Command{
		Use:   "azure",
		Short: "Print the custom role and the permissions of Microsoft Graph that read Azure and Entra ID",
		Long: `Prints what "inroad collect azure" needs and no more, made from what its tables declare: a custom role of Azure RBAC, which reads
resources and no data in them, and the application permissions of Microsoft Graph. With --role it prints the role alone, as
"az role definition create --role-definition" takes it.`,
		Example: "  inroad policy azure --role --scope /subscriptions/00000000-0000-0000-0000-000000000000 > role.json",
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			text, err := azure.NeededPermissions(scope).Policy(role)
			if err != nil {
				return err
			}
			_, err = command.OutOrStdout().Write(text)
			return err
		},
	}
	command.Flags().StringVar(&scope, "scope", "/subscriptions/00000000-0000-0000-0000-000000000000", "where the role can be assigned: a subscription, or /providers/Microsoft.Management/managementGroups/<name>")
	command.Flags().BoolVar(&role, "role", false, "print the custom role alone")
	return command
}
