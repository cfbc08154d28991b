package cli

import (
	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/internal/analysis"
)

func escalationsCommand(stores Stores) *cobra.Command {
	var question analysis.Question
	command := &cobra.Command{
		Use:     "escalations",
		Short:   "List the principals that can become other principals or administrators",
		Example: "  inroad escalations --from arn:aws:iam::111111111111:user/dev --format json",
		Args:    cobra.NoArgs,
	}
	name := storeFlag(command)
	chosen := formatFlag(command, "table", "json", "csv")
	modelFlag(command, &question.Model)
	command.Flags().StringArrayVar(&question.Principals, "from", nil, "only from this principal, by ARN; repeat for several (default all)")
	command.RunE = func(command *cobra.Command, _ []string) error {
		snapshot, err := open(command.Context(), stores, *name)
		if err != nil {
			return err
		}
		answer, err := analysis.Ask(command.Context(), snapshot, question)
		if err != nil {
			return err
		}
		tellNotes(command, answer)
		return printEscalations(command.OutOrStdout(), answer.Document, chosen.value)
	}
	return command
}
