package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/internal/identity"
)

func whatCanCommand(stores Stores) *cobra.Command {
	command := &cobra.Command{
		Use:   "what-can --as ARN",
		Short: "Say all that a principal may do, as sets of actions and resources",
		Long: `Say all that a principal may do: in its own account by its own policies, and on each resource by what its policy says.

Each answer is a set: every action that a pattern matches on every resource that a pattern matches, but for the exceptions under it.
Policies are intersected and subtracted as sets, boundaries, session policies and control policies included; no action is tried.
Conditions on what is not the same for every request, such as a resource's tag, are named, and make the set Possible.`,
		Example: `  inroad iam what-can --as arn:aws:iam::111111111111:role/deployer
  inroad iam what-can --as arn:aws:iam::111111111111:user/dev --bundle bundle/ --format json`,
		Args: cobra.NoArgs,
	}
	from := factsFlags(command)
	who := command.Flags().String("as", "", "who asks: a user's, role's, role session's or root user's ARN, a service, or internet for anyone")
	_ = command.MarkFlagRequired("as") // the flag is there
	command.RunE = func(command *cobra.Command, _ []string) error {
		snapshot, err := from.snapshot(command.Context(), stores, command.ErrOrStderr())
		if err != nil {
			return err
		}
		policies := identity.New(snapshot)
		principal, err := subject(policies, *who, command.ErrOrStderr())
		if err != nil {
			return err
		}
		found := policies.WhatCan(principal)
		if from.format.value == "json" {
			return printJSON(command.OutOrStdout(), found)
		}
		printWhatCan(command.OutOrStdout(), found)
		return nil
	}
	return command
}

func printWhatCan(out io.Writer, found identity.WhatCan) {
	for _, permission := range found.Permissions {
		fmt.Fprintf(out, "%s: %s%s\n", permission.Verdict, areaText(permission.Area), conditionText(" if ", permission.Conditions))
		for _, except := range permission.Except {
			fmt.Fprintf(out, "   except      %s%s\n", areaText(except.Area), conditionText(" if ", except.Conditions))
			printEvidence(out, except.Evidence)
		}
		printEvidence(out, permission.Evidence)
	}
	fmt.Fprintf(out, "%s: %d sets of requests.\n", visible(string(found.Principal)), len(found.Permissions))
	if len(found.Gaps) > 0 {
		fmt.Fprintln(out, "What was not collected and could change this:")
		printEvidence(out, found.Gaps)
	}
	if !found.Complete {
		fmt.Fprintln(out, "Some sets or exceptions take too many patterns to write down and were left out.")
	}
}

func areaText(area identity.Area) string {
	side := func(in, not []string) string {
		text := visible(strings.Join(in, ", "))
		if len(not) > 0 {
			text += " but not " + visible(strings.Join(not, ", "))
		}
		return text
	}
	return side(area.Actions, area.NotActions) + " on " + side(area.Resources, area.NotResources)
}

func conditionText(word string, conditions []string) string {
	if len(conditions) == 0 {
		return ""
	}
	return word + visible(strings.Join(conditions, " and "))
}
