package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/internal/analysis"
	"github.com/inroad-security/inroad/internal/remedy"
	"github.com/inroad-security/inroad/scoring"
)

func fixCommand(stores Stores) *cobra.Command {
	var question analysis.Question
	command := &cobra.Command{
		Use:   "fix",
		Short: "Plan the cheapest changes that close every path, or that a budget allows",
		Long: `The plan is proven by walking again without what it removes, and its cost is given with a bound that no plan goes below.
Then the changes are made on the facts that were collected, and attack edges are derived anew: what another statement or rule grants as well is found so, and added.
With --budget it lists the changes that lower risk most for what they cost. Nothing is changed: the plan is guidance.`,
		Example: `  inroad fix --to administrator
  inroad fix --budget 5 --format json`,
		Args: cobra.NoArgs,
	}
	name := storeFlag(command)
	chosen := formatFlag(command, "text", "json")
	endFlags(command, &question)
	budget := command.Flags().Int("budget", 0, "spend at most this much, on what lowers risk most (0: close every path)")
	rehearse := command.Flags().Bool("rehearse", true, "make the plan's changes on the facts and derive attack edges anew, which takes as long as deriving them once more")
	snippets := command.Flags().Bool("snippets", false, "show guided steps with AWS CLI and Terraform snippets too")
	command.RunE = func(command *cobra.Command, _ []string) error {
		if *budget < 0 {
			return fmt.Errorf("--budget %d: want a whole number from 0", *budget)
		}
		snapshot, err := open(command.Context(), stores, *name)
		if err != nil {
			return err
		}
		out := command.OutOrStdout()
		if *budget > 0 {
			purchase, err := analysis.Within(command.Context(), snapshot, question, *budget)
			if err != nil {
				return err
			}
			if chosen.value == "json" {
				return printJSON(out, guidedPurchase{purchase, guided(purchase.Changes)})
			}
			return printPurchase(out, purchase, *snippets)
		}
		plan, err := analysis.Fix(command.Context(), snapshot, question)
		if err != nil {
			return err
		}
		var rehearsal *analysis.Rehearsal
		if *rehearse && len(plan.Changes) > 0 {
			if rehearsal, err = analysis.Rehearse(command.Context(), snapshot, question, plan); err != nil {
				return err
			}
		}
		if chosen.value == "json" {
			told := guidedPlan{Plan: plan, Changes: guided(plan.Changes)}
			if rehearsal != nil {
				told.Rehearsal = &guidedRehearsal{rehearsal, guided(rehearsal.Further)}
			}
			return printJSON(out, told)
		}
		return printPlan(out, plan, rehearsal, *snippets)
	}
	return command
}

// guidedChange is a change with how to make it.
type guidedChange struct {
	scoring.Change
	Guide remedy.Guide `json:"guide"`
}

type guidedPlan struct {
	*scoring.Plan
	Changes []guidedChange `json:"changes"`
	// Rehearsal is null where none was asked for, and where nothing is changed.
	Rehearsal *guidedRehearsal `json:"rehearsal"`
}

type guidedRehearsal struct {
	*analysis.Rehearsal
	Further []guidedChange `json:"further"`
}

type guidedPurchase struct {
	*scoring.Purchase
	Changes []guidedChange `json:"changes"`
}

func guided(changes []scoring.Change) []guidedChange {
	told := make([]guidedChange, len(changes))
	for i, change := range changes {
		told[i] = guidedChange{change, remedy.For(change)}
	}
	return told
}

func printPlan(out io.Writer, plan *scoring.Plan, rehearsal *analysis.Rehearsal, snippets bool) error {
	switch {
	case len(plan.Closed) == 0 && len(plan.Open) == 0:
		_, err := fmt.Fprintf(out, "Nothing to fix: no target can be reached.%s\n", gapsNote(plan.Incomplete))
		return err
	case plan.Gap == 0:
		fmt.Fprintf(out, "%s that close every path to %s, at a cost of %d; nothing cheaper does (%s).\n", plural(len(plan.Changes), "change"), plural(len(plan.Closed), "target"), plan.Cost, plan.Method)
	default:
		fmt.Fprintf(out, "%s that close every path to %s, at a cost of %d; every plan costs at least %d, and the gap of %d is open (%s).\n",
			plural(len(plan.Changes), "change"), plural(len(plan.Closed), "target"), plan.Cost, plan.Bound, plan.Gap, plan.Method)
	}
	fmt.Fprintln(out, "Walked again without them: none of these targets is reached.")
	printChanges(out, plan.Changes, snippets)
	if rehearsal != nil {
		printRehearsal(out, rehearsal, snippets)
	}
	for _, target := range plan.Open {
		fmt.Fprintf(out, "\nNo change closes %s: the steps to it are nothing to change.\n", visible(string(target)))
	}
	return printGaps(out, plan.Incomplete)
}

// printRehearsal tells what deriving anew found.
func printRehearsal(out io.Writer, rehearsal *analysis.Rehearsal, snippets bool) {
	fmt.Fprintf(out, "\nMade on the facts (%d of them) and derived anew: ", rehearsal.Made)
	switch {
	case len(rehearsal.Further) > 0:
		fmt.Fprintf(out, "something else grants the same, so that it takes besides, for %d more:\n", rehearsal.FurtherCost)
		printChanges(out, rehearsal.Further, snippets)
		fmt.Fprintf(out, "\nWith these, %d of the targets are reached.\n", len(rehearsal.Reached))
	case len(rehearsal.Reached) > 0:
		fmt.Fprintf(out, "%d of the targets are still reached, by what is nothing to change.\n", len(rehearsal.Reached))
	default:
		fmt.Fprintln(out, "none of these targets is reached.")
	}
	for _, change := range rehearsal.Needless {
		fmt.Fprintf(out, "   needless with these  %s\n", visible(change.Change))
	}
	for _, target := range rehearsal.Reached {
		fmt.Fprintf(out, "   still reached  %s\n", visible(string(target)))
	}
	for _, change := range rehearsal.Taken {
		fmt.Fprintf(out, "   none of a collected fact, taken on trust  %s\n", visible(change.Change))
	}
	for _, access := range rehearsal.Stands {
		fmt.Fprintf(out, "   stands all the same  %s %s %s\n", visible(short(access.From)), access.Kind, visible(short(access.To)))
	}
	if more := rehearsal.StandsTotal - len(rehearsal.Stands); more > 0 {
		fmt.Fprintf(out, "   stands all the same  %d more\n", more)
	}
}

func printPurchase(out io.Writer, purchase *scoring.Purchase, snippets bool) error {
	how := "chosen one by one: others together might lower it further"
	if purchase.Exact {
		how = "no others within the budget leave less"
	}
	fmt.Fprintf(out, "%s for %d of a budget of %d, to lower the summed risk from %.4g to %.4g (%s).\n",
		plural(len(purchase.Changes), "change"), purchase.Cost, purchase.Budget, purchase.RiskBefore, purchase.RiskAfter, how)
	printChanges(out, purchase.Changes, snippets)
	return printGaps(out, purchase.Incomplete)
}

func printChanges(out io.Writer, changes []scoring.Change, snippets bool) {
	for i, change := range changes {
		fmt.Fprintf(out, "\n%d. %s\n   %s, cost %d; %s between entries and targets rest on it\n", i+1, visible(change.Change), change.Kind, change.Cost, plural(change.Steps, "step"))
		for _, access := range change.Breaks {
			fmt.Fprintf(out, "   breaks also  %s %s %s\n", visible(short(access.From)), access.Kind, visible(short(access.To)))
		}
		if more := change.BreaksTotal - len(change.Breaks); more > 0 {
			fmt.Fprintf(out, "   breaks also  %d more\n", more)
		}
		if !snippets {
			continue
		}
		guide := remedy.For(change)
		for j, step := range guide.Steps {
			fmt.Fprintf(out, "   %c) %s\n", 'a'+j, visible(step))
		}
		for _, block := range []string{guide.CLI, guide.Terraform} {
			if block != "" {
				fmt.Fprintf(out, "\n      %s\n", strings.ReplaceAll(strings.TrimSpace(visible(block)), "\n", "\n      "))
			}
		}
	}
}

func plural(count int, noun string) string {
	if count == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", count, noun)
}
