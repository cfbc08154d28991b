package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/analysis"
	"github.com/inroad-security/inroad/internal/identity"
	"github.com/inroad-security/inroad/scoring"
)

func whoCanBecomeCommand(stores Stores) *cobra.Command {
	command := &cobra.Command{
		Use:   "who-can-become ARN",
		Short: "List who can come to act as a principal, and how",
		Long: `List who can come to act as a principal, or control an account (its root user's ARN): by trust and permission, and by the
techniques of the catalogue, directly or by way of others. Each is told with its best way, step by step, with the evidence.`,
		Example: `  inroad iam who-can-become arn:aws:iam::111111111111:role/admin
  inroad iam who-can-become arn:aws:iam::111111111111:root --format json`,
		Args: cobra.ExactArgs(1),
	}
	from := factsFlags(command)
	command.RunE = func(command *cobra.Command, arguments []string) error {
		snapshot, err := from.derived(command, stores)
		if err != nil {
			return err
		}
		target, err := subject(identity.New(snapshot), arguments[0], command.ErrOrStderr())
		if err != nil {
			return err
		}
		found, err := identity.Become(command.Context(), snapshot, target)
		if err != nil {
			return err
		}
		if from.format.value == "json" {
			return printJSON(command.OutOrStdout(), found)
		}
		out := command.OutOrStdout()
		for _, one := range found.Becoming {
			how := "directly"
			if !one.Direct {
				how = fmt.Sprintf("in %d steps", len(one.Steps))
			}
			fmt.Fprintf(out, "%s: %s becomes it %s\n", one.Verdict, visible(string(one.Principal)), how)
			for _, step := range one.Steps {
				fmt.Fprintf(out, "   %s\n", visible(stepText(step)))
				printEvidence(out, step.Evidence)
			}
		}
		fmt.Fprintf(out, "%d can become %s.\n", len(found.Becoming), visible(string(target)))
		if cut := found.Truncated; cut != nil {
			fmt.Fprintf(out, "%d of %d are shown. %s\n", cut.Shown, cut.Total, cut.Note)
		}
		return nil
	}
	return command
}

// derived is snapshot with the attack edges, which a store holds and a bundle does not.
func (from *facts) derived(command *cobra.Command, stores Stores) (*graph.Snapshot, error) {
	if len(from.bundle) == 0 {
		return open(command.Context(), stores, *from.store)
	}
	batches, err := read(command.Context(), from.bundle, command.ErrOrStderr())
	if err != nil {
		return nil, err
	}
	return analysis.Read(command.Context(), batches...)
}

func stepText(step scoring.Step) string {
	text := fmt.Sprintf("%s -[%s]-> %s", step.From, step.Technique, step.To)
	if len(step.Requires) > 0 {
		required := make([]string, len(step.Requires))
		for i, id := range step.Requires {
			required[i] = string(id)
		}
		text += " with " + strings.Join(required, ", ")
	}
	return text
}
