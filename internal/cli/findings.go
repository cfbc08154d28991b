package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/internal/analysis"
	"github.com/inroad-security/inroad/internal/finding"
)

func findingsCommand(stores Stores) *cobra.Command {
	var question analysis.Question
	command := &cobra.Command{
		Use:   "findings",
		Short: "List findings by priority: severity × exposed to the internet × on an attack path",
		Example: `  inroad findings
  inroad findings --key-age 30d --unused 90d`,
		Args: cobra.NoArgs,
	}
	name := storeFlag(command)
	chosen := formatFlag(command, "table", "json", "csv")
	modelFlag(command, &question.Model)
	question.Limits = finding.Usual
	command.Flags().Var((*days)(&question.Limits.KeyAge), "key-age", "age after which an access key is old")
	command.Flags().Var((*days)(&question.Limits.Unused), "unused", "time after which a credential, a role or a permission counts as unused")
	command.RunE = func(command *cobra.Command, _ []string) error {
		snapshot, err := open(command.Context(), stores, *name)
		if err != nil {
			return err
		}
		answer, err := analysis.Ask(command.Context(), snapshot, question)
		if err != nil {
			return err
		}
		return printFindings(command.OutOrStdout(), answer, finding.NotAssessed(snapshot, question.Checks()), chosen.value)
	}
	return command
}

// days is a number of whole days, written 90d.
type days int

// String implements pflag.Value.
func (span *days) String() string { return fmt.Sprintf("%dd", int(*span)) }

// Set implements pflag.Value.
func (span *days) Set(text string) error {
	count, err := strconv.Atoi(strings.TrimSuffix(text, "d"))
	if err != nil || count < 1 {
		return fmt.Errorf("%q: want a number of days, such as 90d", text)
	}
	*span = days(count)
	return nil
}

// Type implements pflag.Value.
func (span *days) Type() string { return "days" }
