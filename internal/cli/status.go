package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/graph"
)

func statusCommand(stores Stores) *cobra.Command {
	command := &cobra.Command{
		Use:   "status",
		Short: "Show what the store holds, scope by scope, and what could not be read",
		Args:  cobra.NoArgs,
	}
	name := storeFlag(command)
	chosen := formatFlag(command, "table", "json", "csv")
	command.RunE = func(command *cobra.Command, _ []string) error {
		snapshot, err := open(command.Context(), stores, *name)
		if err != nil {
			return err
		}
		return printStatus(command.OutOrStdout(), snapshot, chosen.value)
	}
	return command
}

// statusRow is a scope's completeness as it is printed.
type statusRow struct {
	Scope      graph.Scope `json:"scope"`
	Nodes      int         `json:"nodes"`
	Edges      int         `json:"edges"`
	Complete   bool        `json:"complete"`
	Incomplete []string    `json:"incomplete"`
}

func statusRows(snapshot *graph.Snapshot) []statusRow {
	rows := []statusRow{}
	for _, status := range snapshot.Scopes() {
		row := statusRow{Scope: status.Scope, Nodes: status.Nodes, Edges: status.Edges, Complete: status.Complete(), Incomplete: status.Incomplete}
		if row.Incomplete == nil {
			row.Incomplete = []string{}
		}
		rows = append(rows, row)
	}
	return rows
}

func (row statusRow) cells() []string {
	state := "complete"
	if !row.Complete {
		state = strings.Join(row.Incomplete, "; ")
	}
	return []string{string(row.Scope), fmt.Sprint(row.Nodes), fmt.Sprint(row.Edges), state}
}
