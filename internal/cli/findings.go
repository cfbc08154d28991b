package cli

import (
	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/internal/analysis"
	"github.com/inroad-security/inroad/internal/finding"
)

func findingsCommand(stores Stores) *cobra.Command {
	var question analysis.Question
	command := &cobra.Command{
		Use:   "findings",
		Short: "List findings by priority: severity × exposed to the internet × on an attack path",
		Args:  cobra.NoArgs,
	}
	name := storeFlag(command)
	chosen := formatFlag(command, "table", "json", "csv")
	modelFlag(command, &question.Model)
	command.RunE = func(command *cobra.Command, _ []string) error {
		snapshot, err := open(command.Context(), stores, *name)
		if err != nil {
			return err
		}
		answer, err := analysis.Ask(command.Context(), snapshot, question)
		if err != nil {
			return err
		}
		return printFindings(command.OutOrStdout(), answer, finding.NotAssessed(snapshot, finding.Builtin()), chosen.value)
	}
	return command
}
