package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/analysis"
	"github.com/inroad-security/inroad/scoring"
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
	folded := &format{value: "auto", may: []string{"auto", "yes", "no"}}
	command.Flags().Var(folded, "fold", "one path for targets that are alike, with their number: auto folds tables alone; no also gives what an account holds a path each")
	distinct := command.Flags().Int("k", 1, "the best k distinct paths from the one --from to the one --to")
	command.Flags().Lookup("top").DefValue = "20"
	question.Limit = 20
	command.RunE = func(command *cobra.Command, _ []string) error {
		snapshot, err := open(command.Context(), stores, *name)
		if err != nil {
			return err
		}
		if *distinct != 1 {
			return printDistinct(command, snapshot, question, *distinct, chosen.value)
		}
		question.Principals = principalsOf(question.From)
		question.Fold = folded.value == "yes" || folded.value == "auto" && chosen.value == "table"
		question.Unfold = folded.value == "no"
		answer, err := analysis.Ask(command.Context(), snapshot, question)
		if err != nil {
			return err
		}
		tellNotes(command, answer)
		return printDocument(command.OutOrStdout(), answer.Document, chosen.value)
	}
	return command
}

// printDistinct prints the best k paths of one pair.
func printDistinct(command *cobra.Command, snapshot *graph.Snapshot, question analysis.Question, k int, format string) error {
	if k < 1 {
		return fmt.Errorf("--k %d: want a whole number from 1", k)
	}
	paths, partial, err := analysis.Distinct(command.Context(), snapshot, question, k)
	if err != nil {
		return err
	}
	document := &scoring.Document{
		Revision: snapshot.Revision(),
		Paths:    paths, Incomplete: scoring.Incomplete(snapshot), Escalations: []scoring.Escalation{}, Chokepoints: []scoring.Chokepoint{},
	}
	if partial {
		document.Truncated = &scoring.Truncation{Limit: k, Shown: len(paths), Total: len(paths), Note: "the limit on work was reached: there may be more"}
		fmt.Fprintln(command.ErrOrStderr(), "note:", document.Truncated.Note)
	}
	return printDocument(command.OutOrStdout(), document, format)
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
		for _, question.Unfold = range []bool{false, true} { // what an account holds is listed with --fold no
			answer, err := analysis.Ask(command.Context(), snapshot, question)
			if err != nil {
				return err
			}
			if !question.Unfold {
				tellNotes(command, answer)
			}
			for _, path := range answer.Document.Paths {
				if path.ID == args[0] {
					return printPath(command.OutOrStdout(), path, chosen.value)
				}
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
