package cli

import (
	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/ingest/aws"
)

func policyCommand() *cobra.Command {
	command := &cobra.Command{Use: "policy", Short: "Print the permissions that collecting needs"}
	script := false
	onAWS := &cobra.Command{
		Use:   "aws",
		Short: "Print the least-privilege IAM policy that reads an AWS account",
		Long: `Prints the IAM policy that "inroad collect aws" needs and no more, made from what its tables declare. With --script
it prints instead a shell script that makes the same bundle with the AWS CLI alone, for those who run no other program
in their accounts.`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			text := aws.Policy()
			if script {
				text = aws.Script()
			}
			_, err := command.OutOrStdout().Write(text)
			return err
		},
	}
	onAWS.Flags().BoolVar(&script, "script", false, "print a script for the AWS CLI instead")
	command.AddCommand(onAWS)
	return command
}
