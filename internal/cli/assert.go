package cli

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/internal/assertion"
	"github.com/inroad-security/inroad/internal/threatmodel"
)

// errAsserted ends a command whose assertions do not all hold; what does not was printed.
var errAsserted = errors.New("assertions failed")

func assertCommand(stores Stores) *cobra.Command {
	var model *threatmodel.Model
	command := &cobra.Command{
		Use:   "assert FILE [GRAPH]",
		Short: "Check what must hold of attack paths, as a pipeline does; exits with 1 when something does not",
		Long:  `FILE lists assertions (docs/assertions.md). GRAPH is a store's file, file@revision, or a bundle, which is read in memory; the store of --store when left out.`,
		Example: `  inroad assert paths.yaml
  inroad assert paths.yaml bundle/ --format junit > inroad.xml`,
		Args: cobra.RangeArgs(1, 2),
	}
	name := storeFlag(command)
	chosen := formatFlag(command, "text", "json", "junit", "sarif")
	modelFlag(command, &model)
	command.RunE = func(command *cobra.Command, args []string) error {
		data, err := os.ReadFile(args[0])
		if err != nil {
			return err
		}
		assertions, err := assertion.Parse(args[0], data)
		if err != nil {
			return err
		}
		place := *name
		if len(args) > 1 {
			place = args[1]
		}
		snapshot, err := openAny(command.Context(), stores, place, command.ErrOrStderr())
		if err != nil {
			return err
		}
		report, err := assertion.Check(command.Context(), snapshot, model, args[0], assertions)
		if err != nil {
			return err
		}
		if err := printReport(command.OutOrStdout(), report, chosen.value); err != nil {
			return err
		}
		if report.Failed > 0 {
			return fmt.Errorf("%w: %d of %d", errAsserted, report.Failed, len(report.Results))
		}
		return nil
	}
	return command
}

func printReport(out io.Writer, report *assertion.Report, format string) error {
	switch format {
	case "json":
		return printJSON(out, report)
	case "junit":
		return assertion.WriteJUnit(out, report)
	case "sarif":
		return assertion.WriteSARIF(out, report)
	}
	for _, result := range report.Results {
		state := "ok  "
		if !result.Passed {
			state = "FAIL"
		}
		fmt.Fprintf(out, "%s  %s: %s\n", state, visible(result.Name), visible(result.Message))
		for _, path := range result.Paths {
			fmt.Fprintf(out, "      %s  %s  %s\n", path.ID, path.Verdict, visible(route(path, false)))
		}
	}
	return printGaps(out, report.Incomplete)
}
