package cli

import (
	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/analysis"
)

func analyzeCommand() *cobra.Command {
	var question analysis.Question
	command := &cobra.Command{
		Use:   "analyze DIR…",
		Short: "Read bundles, derive, score and print, all in memory; nothing is stored",
		Example: `  inroad analyze bundle/
  inroad analyze bundle/ --from arn:aws:iam::111111111111:user/dev --to administrator --format json`,
		Args: cobra.MinimumNArgs(1),
	}
	chosen := formatFlag(command, "table", "json", "csv")
	questionFlags(command, &question)
	command.RunE = func(command *cobra.Command, paths []string) error {
		batches, err := read(command.Context(), paths, command.ErrOrStderr())
		if err != nil {
			return err
		}
		snapshot, err := analysis.Read(command.Context(), batches...)
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

// principalsOf keeps the escalations to those who were asked for: the internet is nobody's principal.
func principalsOf(from []string) []string {
	var principals []string
	for _, name := range from {
		if name != string(graph.Internet) {
			principals = append(principals, name)
		}
	}
	return principals
}

// questionFlags adds --from, --to, --config and --top.
func questionFlags(command *cobra.Command, question *analysis.Question) {
	endFlags(command, question)
	topFlag(command, &question.Limit, 1000, "show at most this many paths")
}

// endFlags adds --from, --to and --config: from where to where.
func endFlags(command *cobra.Command, question *analysis.Question) {
	command.Flags().StringArrayVar(&question.From, "from", nil, "where the attacker starts: internet, an id, or a selector such as tag:tier=dmz; repeat for any of several (default internet)")
	command.Flags().StringArrayVar(&question.To, "to", nil, "what is worth reaching: an id, a selector such as tag:data-classification=pii, or administrator for full control of any account; repeat for any of several (default: what classification finds)")
	modelFlag(command, &question.Model)
}
