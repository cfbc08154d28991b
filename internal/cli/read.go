package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/ingest"
	"github.com/inroad-security/inroad/ingest/aws"
	"github.com/inroad-security/inroad/ingest/awsconfig"
	"github.com/inroad-security/inroad/ingest/azure"
	"github.com/inroad-security/inroad/internal/analysis"
)

// clouds are the providers whose bundles are read.
func clouds() []ingest.Cloud { return []ingest.Cloud{aws.Cloud(), azure.Cloud()} }

// read reads bundles as one, and tells on notes what of them could not be used.
func read(ctx context.Context, paths []string, notes io.Writer) ([]graph.Batch, error) {
	var all []graph.Batch
	from := map[graph.Scope]string{}
	for _, path := range paths {
		batches, report, err := ingest.Read(ctx, path, clouds()...)
		if err != nil {
			return nil, err
		}
		tell(notes, path, report)
		for _, batch := range batches {
			if other, twice := from[batch.Scope]; twice {
				return nil, fmt.Errorf("%w: %s and %s both hold %s: read one of them at a time", graph.ErrInvalid, other, path, batch.Scope)
			}
			from[batch.Scope] = path
		}
		all = append(all, batches...)
	}
	return all, nil
}

// readConfig reads what AWS Config delivered, as one.
func readConfig(ctx context.Context, paths []string, notes io.Writer) ([]graph.Batch, error) {
	inventory, err := awsconfig.Read(paths)
	if err != nil {
		return nil, err
	}
	batches, report, err := ingest.Assemble(ctx, aws.Cloud(), inventory.Accounts, inventory.Parts)
	if err != nil {
		return nil, err
	}
	report.Notes = append(report.Notes, inventory.Notes...)
	tell(notes, "config", report)
	return batches, nil
}

func tell(notes io.Writer, path string, report ingest.Report) {
	for _, broken := range report.Broken {
		fmt.Fprintf(notes, "%s: broken: %s\n", path, broken)
	}
	for _, note := range report.Notes {
		fmt.Fprintf(notes, "%s: note: %s\n", path, note)
	}
	if count := len(report.Unknown); count > 0 {
		fmt.Fprintf(notes, "%s: %d files were not read, for no table knows them: %s\n", path, count, some(report.Unknown, 3))
	}
}

// some names the first few of a list and counts the rest.
func some(items []string, few int) string {
	text := ""
	for i, item := range items {
		if i == few {
			return fmt.Sprintf("%s and %d more", text, len(items)-few)
		}
		if i > 0 {
			text += ", "
		}
		text += item
	}
	return text
}

// tellNotes says on standard error what a name was taken for.
func tellNotes(command *cobra.Command, answer *analysis.Answer) {
	for _, note := range answer.Notes {
		fmt.Fprintln(command.ErrOrStderr(), "note:", note)
	}
}
