package cli

import "github.com/spf13/cobra"

func iamCommand(stores Stores) *cobra.Command {
	command := &cobra.Command{
		Use:   "iam",
		Short: "Ask who may do what, by the exact rules of the cloud",
		Args:  cobra.NoArgs,
	}
	command.AddCommand(simulateCommand())
	return command
}
