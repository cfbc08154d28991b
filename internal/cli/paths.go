package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/analysis"
)

func pathsCommand(stores Stores) *cobra.Command {
	var question analysis.Question
	command := &cobra.Command{
		Use:   "paths",
		Short: "List attack paths, gravest first",
		Example: `  inroad paths --top 5
  inroad paths --from internet --to administrator --format json`,
		Args: cobra.NoArgs,
	}
	name := storeFlag(command)
	chosen := formatFlag(command, "table", "json", "csv")
	questionFlags(command, &question)
	command.Flags().Lookup("top").DefValue = "20"
	question.Limit = 20
	command.RunE = func(command *cobra.Command, _ []string) error {
		snapshot, err := open(command.Context(), stores, *name)
		if err != nil {
			return err
		}
		question.Principals = principalsOf(question.From)
		answer, err := analysis.Ask(command.Context(), snapshot, question)
		if err != nil {
			return err
		}
		tellNotes(command, answer)
		return printDocument(command.OutOrStdout(), answer.Document, chosen.value)
	}
	return command
}

func pathCommand(stores Stores) *cobra.Command {
	var question analysis.Question
	command := &cobra.Command{
		Use:   "path ID",
		Short: "Show one attack path hop by hop, with its evidence",
		Args:  cobra.ExactArgs(1),
	}
	name := storeFlag(command)
	chosen := formatFlag(command, "text", "json")
	endFlags(command, &question)
	command.RunE = func(command *cobra.Command, args []string) error {
		snapshot, err := open(command.Context(), stores, *name)
		if err != nil {
			return err
		}
		question.Limit = 1 << 20
		answer, err := analysis.Ask(command.Context(), snapshot, question)
		if err != nil {
			return err
		}
		tellNotes(command, answer)
		for _, path := range answer.Document.Paths {
			if path.ID == args[0] {
				return printPath(command.OutOrStdout(), path, chosen.value)
			}
		}
		return fmt.Errorf("%w: path %s: \"inroad paths%s\" lists the paths that there are", graph.ErrNotFound, args[0], asked(question))
	}
	return command
}

func asked(question analysis.Question) string {
	var flags strings.Builder
	for _, from := range question.From {
		flags.WriteString(" --from " + from)
	}
	for _, to := range question.To {
		flags.WriteString(" --to " + to)
	}
	return flags.String()
}
