package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/internal/identity"
)

func whoCanCommand(stores Stores) *cobra.Command {
	command := &cobra.Command{
		Use:   "who-can --action ACTION --resource ARN",
		Short: "List who may take an action, and why",
		Long: `List who may take an action, and why: users, roles, root users, services, identity providers, and anyone on the internet.

Verdicts are those of "inroad iam can"; those who are denied are left out.`,
		Example: `  inroad iam who-can --action s3:GetObject --resource 'arn:aws:s3:::payroll/*'
  inroad iam who-can --action sts:AssumeRole --resource arn:aws:iam::111111111111:role/admin --format json`,
		Args: cobra.NoArgs,
	}
	asked := permissionFlags(command)
	command.RunE = func(command *cobra.Command, _ []string) error {
		snapshot, err := asked.snapshot(command.Context(), stores, command.ErrOrStderr())
		if err != nil {
			return err
		}
		policies := identity.New(snapshot)
		request, err := asked.request(policies, command.ErrOrStderr())
		if err != nil {
			return err
		}
		found := policies.WhoCan(request)
		if asked.format.value == "json" {
			return printJSON(command.OutOrStdout(), found)
		}
		out := command.OutOrStdout()
		for _, answer := range found.Answers {
			printAnswer(out, answer)
		}
		fmt.Fprintf(out, "%d may %s on %s; %d principals were asked.\n", len(found.Answers), asked.action, asked.resource, found.Asked)
		if found.Uncollected > 0 {
			fmt.Fprintf(out, "%d more are known by name alone: what their own policies allow was not collected.\n", found.Uncollected)
		}
		return nil
	}
	return command
}
