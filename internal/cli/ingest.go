package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/internal/analysis"
)

func ingestCommand(stores Stores) *cobra.Command {
	command := &cobra.Command{
		Use:     "ingest DIR…",
		Short:   "Read bundles into the store and derive attack edges",
		Example: "  inroad ingest bundle/ --store inroad.db",
		Args:    cobra.MinimumNArgs(1),
	}
	name := storeFlag(command)
	command.RunE = func(command *cobra.Command, paths []string) (err error) {
		ctx := command.Context()
		batches, err := read(ctx, paths, command.ErrOrStderr())
		if err != nil {
			return err
		}
		store, err := stores(ctx, *name, true)
		if err != nil {
			return err
		}
		defer closing(store, &err)
		if _, err = store.Apply(ctx, append(batches, analysis.Stale())...); err != nil {
			return err
		}
		snapshot, err := store.Snapshot(ctx, 0)
		if err != nil {
			return err
		}
		derived, err := analysis.Derive(ctx, snapshot)
		if err != nil {
			return err
		}
		if _, err = store.Apply(ctx, derived); err != nil {
			return err
		}
		if snapshot, err = store.Snapshot(ctx, 0); err != nil {
			return err
		}
		fmt.Fprintf(command.OutOrStdout(), "%s: revision %d: %d nodes, %d edges, %d of them attack edges\n",
			*name, snapshot.Revision(), snapshot.Len(), snapshot.Edges(), len(derived.Edges))
		if incomplete := printedGaps(snapshot); incomplete > 0 {
			fmt.Fprintf(command.OutOrStdout(), "%d scopes are incomplete; \"inroad status\" says what is missing\n", incomplete)
		}
		return nil
	}
	return command
}
