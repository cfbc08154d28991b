package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/analysis"
	"github.com/inroad-security/inroad/internal/estate"
)

func demoCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "demo",
		Short: "Show the attack paths of a sample organization: no cloud, no server, nothing stored",
		Args:  cobra.NoArgs,
	}
	keep := command.Flags().String("keep", "", "also write the sample bundle into this new folder, to ingest it yourself")
	command.RunE = func(command *cobra.Command, _ []string) error {
		answer, err := sampleAnswer(command.Context(), *keep)
		if err != nil {
			return err
		}
		out := command.OutOrStdout()
		fmt.Fprintf(out, "A sample organization of three AWS accounts and one Azure subscription: %d assets, %d edges. An attacker starts on the internet.\n\n",
			answer.Snapshot.Len(), answer.Snapshot.Edges())
		for i, path := range answer.Document.Paths {
			fmt.Fprintf(out, "%d. %s  risk %.1f  %s\n", i+1, path.Priority, path.Risk, path.Verdict)
			fmt.Fprintf(out, "   %s\n", visible(route(path, false)))
			fmt.Fprintf(out, "   Why: %s\n", visible(path.Why))
			if path.Fix != nil {
				fmt.Fprintf(out, "   Fix: %s\n        %s\n", visible(path.Fix.Change), proven(*path.Fix))
			}
			fmt.Fprintln(out)
		}
		fmt.Fprint(out, demoNext)
		return nil
	}
	return command
}

const demoNext = `What to try next:
  inroad demo --keep sample && inroad ingest sample     the same estate in a store of your own, inroad.db
  inroad paths                                          the list;  inroad path <id>  shows one hop by hop, with its evidence
  inroad escalations                                    who can become whom
  inroad findings                                       what to mend, by priority
  inroad collect aws --out bundle                       your own account, read-only; "inroad policy aws" is all it needs
`

// sampleAnswer reads the sample the way any bundle is read.
func sampleAnswer(ctx context.Context, keep string) (answer *analysis.Answer, err error) {
	folder := keep
	if folder == "" {
		parent, err := os.MkdirTemp("", "inroad-demo-")
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(parent)) }()
		folder = filepath.Join(parent, "sample")
	} else if entries, readError := os.ReadDir(folder); readError == nil && len(entries) > 0 {
		return nil, fmt.Errorf("--keep %s: the folder is not empty", folder)
	}
	if err := estate.WriteSample(folder); err != nil {
		return nil, err
	}
	var notes strings.Builder
	batches, err := read(ctx, []string{folder}, &notes)
	if err != nil {
		return nil, err
	}
	if notes.Len() > 0 {
		return nil, fmt.Errorf("%w: the sample does not read cleanly: %s", graph.ErrInvalid, notes.String())
	}
	snapshot, err := analysis.Read(ctx, batches...)
	if err != nil {
		return nil, err
	}
	return analysis.Ask(ctx, snapshot, analysis.Question{})
}
