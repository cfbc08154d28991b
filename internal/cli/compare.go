package cli

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/internal/analysis"
	"github.com/inroad-security/inroad/scoring"
)

func diffCommand(stores Stores) *cobra.Command {
	var question analysis.Question
	command := &cobra.Command{
		Use:   "diff BEFORE AFTER",
		Short: "Show which attack paths are new, gone or changed between two graphs, each with the cause",
		Long:  `BEFORE and AFTER are each a store's file, file@revision while the store still has that, or a bundle, which is read in memory.`,
		Example: `  inroad diff last-week/ today/
  inroad diff old.db inroad.db --to administrator`,
		Args: cobra.ExactArgs(2),
	}
	chosen := formatFlag(command, "text", "json")
	endFlags(command, &question)
	command.RunE = func(command *cobra.Command, args []string) error {
		before, err := openAny(command.Context(), stores, args[0], command.ErrOrStderr())
		if err != nil {
			return err
		}
		after, err := openAny(command.Context(), stores, args[1], command.ErrOrStderr())
		if err != nil {
			return err
		}
		comparison, err := analysis.Compare(command.Context(), before, after, question)
		if err != nil {
			return err
		}
		return printComparison(command.OutOrStdout(), comparison, chosen.value)
	}
	return command
}

func whatIfCommand(stores Stores) *cobra.Command {
	var question analysis.Question
	var remove, add []string
	command := &cobra.Command{
		Use:   "what-if",
		Short: "Show which attack paths would be new, gone or changed by an edit, without making it",
		Long:  `The edit is made on the attack edges, and nothing is derived anew: what a change of a policy would grant elsewhere is not seen.`,
		Example: `  inroad what-if --remove 'rule:arn:aws:ec2:eu-west-1:111111111111:security-group/sg-1#inbound tcp/22 0.0.0.0/0'
  inroad what-if --add 'internet -[CAN_EXPLOIT]-> arn:aws:ec2:eu-west-1:111111111111:instance/i-1'`,
		Args: cobra.NoArgs,
	}
	name := storeFlag(command)
	chosen := formatFlag(command, "text", "json")
	endFlags(command, &question)
	command.Flags().StringArrayVar(&remove, "remove", nil, "a cause, an edge \"A -[KIND]-> B\", or a node's id to take away; repeat for several")
	command.Flags().StringArrayVar(&add, "add", nil, "an edge \"A -[KIND]-> B\" to add; repeat for several")
	command.RunE = func(command *cobra.Command, _ []string) error {
		if len(remove)+len(add) == 0 {
			return errors.New("nothing is edited: give --remove or --add")
		}
		snapshot, err := open(command.Context(), stores, *name)
		if err != nil {
			return err
		}
		edited, err := analysis.WhatIf(snapshot, remove, add)
		if err != nil {
			return err
		}
		comparison, err := analysis.Compare(command.Context(), snapshot, edited, question)
		if err != nil {
			return err
		}
		return printComparison(command.OutOrStdout(), comparison, chosen.value)
	}
	return command
}

func printComparison(out io.Writer, comparison *scoring.Comparison, format string) error {
	if format == "json" {
		return printJSON(out, comparison)
	}
	fmt.Fprintf(out, "%d new, %d gone, %d changed, %d the same\n", len(comparison.New), len(comparison.Gone), len(comparison.Changed), comparison.Same)
	for _, sort := range []struct {
		word        string
		differences []scoring.Difference
	}{{"new", comparison.New}, {"gone", comparison.Gone}, {"changed", comparison.Changed}} {
		for _, difference := range sort.differences {
			fmt.Fprintln(out)
			for _, side := range []*scoring.Path{difference.Before, difference.After} {
				mark := "-"
				if side == difference.After {
					mark = "+"
				}
				if side != nil {
					fmt.Fprintf(out, "%s %-7s  %s  risk %.2f  %s  %s\n", mark, sort.word, side.Priority, side.Risk, side.Verdict, visible(route(*side, false)))
				}
			}
			for _, step := range difference.Removed {
				fmt.Fprintf(out, "    taken away  %s %s: %s\n", step.Kind, visible(short(step.To)), visible(orDash(string(step.Cause))))
			}
			for _, step := range difference.Added {
				fmt.Fprintf(out, "    added       %s %s: %s\n", step.Kind, visible(short(step.To)), visible(orDash(string(step.Cause))))
			}
		}
	}
	return printGaps(out, comparison.Incomplete)
}
