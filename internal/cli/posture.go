package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/internal/analysis"
	"github.com/inroad-security/inroad/scoring"
)

func postureCommand(stores Stores) *cobra.Command {
	var question analysis.Question
	command := &cobra.Command{
		Use:   "posture",
		Short: "Show the posture score, what each account and asset stands to lose, and which causes move the score most",
		Long: `The score is 100 where nothing that matters can be reached. Every likelihood is given between certain bounds: docs/scoring.md tells how.
The attacker starts at all entries at once.`,
		Example: "  inroad posture --config inroad.yaml --format json",
		Args:    cobra.NoArgs,
	}
	name := storeFlag(command)
	chosen := formatFlag(command, "text", "json")
	endFlags(command, &question)
	topFlag(command, &question.Limit, 20, "show at most this many assets; the score counts all")
	command.RunE = func(command *cobra.Command, _ []string) error {
		snapshot, err := open(command.Context(), stores, *name)
		if err != nil {
			return err
		}
		posture, err := analysis.Posture(command.Context(), snapshot, question)
		if err != nil {
			return err
		}
		if chosen.value == "json" {
			return printJSON(command.OutOrStdout(), posture)
		}
		return printPosture(command.OutOrStdout(), posture)
	}
	return command
}

func printPosture(out io.Writer, posture *scoring.Posture) error {
	fmt.Fprintf(out, "Score %s of 100. Of %d that %d accounts could lose, %s is expected to be lost.\n\n", between(posture.Score), posture.Most, len(posture.Accounts), between(posture.Loss))
	rows := make([][]string, len(posture.Accounts))
	for i, account := range posture.Accounts {
		rows[i] = []string{orDash(account.Account), between(account.Score), between(account.Loss), fmt.Sprintf("%d of %d", account.Reached, account.Jewels)}
	}
	if err := printRows(out, "table", []string{"account", "score", "loss", "jewels reached"}, rows); err != nil {
		return err
	}
	rows = make([][]string, len(posture.Assets))
	for i, asset := range posture.Assets {
		rows[i] = []string{short(asset.ID), fmt.Sprint(asset.Value), between(asset.Likelihood), between(asset.Risk)}
	}
	fmt.Fprintln(out)
	if err := printRows(out, "table", []string{"asset", "value", "likelihood", "risk"}, rows); err != nil {
		return err
	}
	if cut := posture.Truncated; cut != nil {
		fmt.Fprintf(out, "%d of %d assets are shown: --top %d cut the rest; the score counts all.\n", cut.Shown, cut.Total, cut.Limit)
	}
	rows = make([][]string, len(posture.Causes))
	for i, cause := range posture.Causes {
		rows[i] = []string{"+" + between(cause.Points), cause.Change}
	}
	fmt.Fprintln(out)
	if err := printRows(out, "table", []string{"points", "if this change were made"}, rows); err != nil {
		return err
	}
	return printGaps(out, posture.Incomplete)
}

// between tells a number, and the bounds that hold it where it is not exact.
func between(number scoring.Range) string {
	if number.Exact {
		return fmt.Sprintf("%.4g", number.Estimate)
	}
	return fmt.Sprintf("%.3g (%.3g to %.3g)", number.Estimate, number.Lower, number.Upper)
}

// printGaps ends an answer with what could not be read.
func printGaps(out io.Writer, gaps []scoring.Gap) error {
	if note := gapsNote(gaps); note != "" {
		_, err := fmt.Fprintln(out, strings.TrimSpace(note))
		return err
	}
	return nil
}
