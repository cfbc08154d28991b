package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/access"
	"github.com/inroad-security/inroad/internal/analysis"
	"github.com/inroad-security/inroad/scoring"
)

func accessCommand(stores Stores) *cobra.Command {
	var question analysis.Question
	command := &cobra.Command{
		Use:   "access STORE",
		Short: "Say who can read, write, decrypt, copy or destroy a store, and what keeps its data",
		Long: `Say who can read, write, decrypt, administer, snapshot, replicate or destroy a store, each with why; how it is encrypted; which settings
keep its data although somebody may delete it; where its copies are; and who may destroy it with all its copies.

Verdicts are those of attack paths. "Requires" names what somebody needs as well and does not have by its own permissions. "Destroy"
is losing data for good: past versioning, locks and protection from deletion, or after taking them away.`,
		Example: `  inroad access arn:aws:s3:::payroll
  inroad access arn:aws:rds:eu-west-1:111111111111:db:orders --format json`,
		Args: cobra.ExactArgs(1),
	}
	from := factsFlags(command)
	modelFlag(command, &question.Model)
	command.RunE = func(command *cobra.Command, names []string) error {
		snapshot, err := from.derived(command, stores)
		if err != nil {
			return err
		}
		resolved, err := analysis.Resolve(snapshot, question)
		if err != nil {
			return err
		}
		jewels := map[graph.ID]scoring.Jewel{}
		for _, jewel := range resolved.Jewels {
			jewels[jewel.ID] = scoring.Jewel{Value: jewel.Value, Reason: jewel.Why}
		}
		answer, note, err := access.Ask(snapshot, names[0], jewels)
		if err != nil {
			return err
		}
		if note != "" {
			fmt.Fprintln(command.ErrOrStderr(), "note:", note)
		}
		if from.format.value == "json" {
			return printJSON(command.OutOrStdout(), answer)
		}
		printAccess(command.OutOrStdout(), &answer)
		return nil
	}
	return command
}

func printAccess(out io.Writer, answer *access.Answer) {
	fmt.Fprintf(out, "%s: %s in account %s\n", visible(string(answer.Store)), answer.Kind, orDash(answer.Account))
	if answer.Worth != nil {
		fmt.Fprintf(out, "worth        %d of 10: %s\n", answer.Worth.Value, visible(answer.Worth.Reason))
	}
	if answer.AtRest != nil {
		printSetting(out, "at rest", *answer.AtRest)
	}
	printSetting(out, "in transit", answer.InTransit)
	for _, way := range answer.Ways {
		fmt.Fprintf(out, "\n%s: %d\n", way.Name, len(way.Holders))
		for _, holder := range way.Holders {
			printHolder(out, answer.Store, holder)
		}
	}
	if len(answer.Protections) > 0 {
		fmt.Fprintln(out, "\nkept by")
	}
	for _, protection := range answer.Protections {
		fmt.Fprintf(out, "   %-8s  %s: %s\n", protection.State, protection.Name, protection.Says)
		if len(protection.HeldOff) > 0 {
			fmt.Fprintf(out, "             it alone holds off %s\n", visible(joined(protection.HeldOff)))
		}
	}
	if len(answer.Copies) > 0 {
		fmt.Fprintln(out, "\ncopies")
	}
	for _, copied := range answer.Copies {
		where := "in account " + orDash(copied.Account)
		if copied.Elsewhere {
			where = "in another account, " + copied.Account
		}
		if !copied.Known {
			where += ", which was not collected"
		}
		fmt.Fprintf(out, "   %s, %s\n", visible(string(copied.ID)), where)
	}
	if len(answer.Hostage) > 0 {
		fmt.Fprintln(out, "\ndestroy it and every copy")
	}
	for _, one := range answer.Hostage {
		fmt.Fprintf(out, "   %-8s  %s\n", one.Verdict, visible(string(one.ID)))
	}
	if count := len(answer.Incomplete); count > 0 {
		fmt.Fprintf(out, "\n%d things of its account were not collected, so there may be more: \"inroad status\" names them.\n", count)
	}
}

func printSetting(out io.Writer, name string, setting access.Setting) {
	why := make([]string, len(setting.Evidence))
	for i, piece := range setting.Evidence {
		why[i] = piece.Detail
	}
	fmt.Fprintf(out, "%-11s  %s: %s\n", name, setting.State, visible(strings.Join(why, "; ")))
}

// printHolder leaves the guardrails that are not the store's own to --format json: most are the same for everybody.
func printHolder(out io.Writer, store graph.ID, holder access.Holder) {
	fmt.Fprintf(out, "   %-8s  %s", holder.Verdict, visible(string(holder.ID)))
	if holder.Technique != "" {
		fmt.Fprintf(out, " by %s", holder.Technique)
	}
	if holder.Objects != "" {
		fmt.Fprintf(out, ", some of it: %s", visible(holder.Objects))
	}
	if len(holder.Requires) > 0 {
		fmt.Fprintf(out, ", requires %s", visible(joined(holder.Requires)))
	}
	fmt.Fprintln(out)
	passed := 0
	for _, piece := range holder.Evidence {
		if piece.Kind == graph.Guardrail && piece.Source != store {
			passed++
			continue
		}
		at := string(piece.Source)
		if piece.Locator != "" {
			at += " # " + piece.Locator
		}
		fmt.Fprintf(out, "             %-9s  %s (%s)\n", piece.Kind, visible(piece.Detail), visible(at))
	}
	if passed > 0 {
		fmt.Fprintf(out, "             guardrail  %d others were looked at and do not stop it\n", passed)
	}
}

func joined(ids []graph.ID) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = string(id)
	}
	return strings.Join(words, ", ")
}
