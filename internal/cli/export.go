package cli

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/internal/export"
)

func exportCommand(stores Stores) *cobra.Command {
	command := &cobra.Command{
		Use:   "export",
		Short: "Write the graph for other tools: BloodHound, GraphML, Neo4j, JSON lines",
		Long: `Write the graph for other tools.

  opengraph  BloodHound's OpenGraph JSON, to upload there
  graphml    GraphML, for networkx, Gephi, yEd and igraph
  cypher     statements that make the graph in an empty Neo4j: cypher-shell -f FILE
  jsonl      one JSON document a line, which loses nothing

It tells of the ways into your estate: a file is made for its owner only.`,
		Example: "  inroad export --format opengraph --out graph.json\n  inroad export --format jsonl | jq -c 'select(.verdict == \"unknown\")'",
		Args:    cobra.NoArgs,
	}
	name := storeFlag(command)
	chosen := formatFlag(command, export.Formats()...)
	path := command.Flags().String("out", "", "the file to write; standard output when empty")
	command.RunE = func(command *cobra.Command, _ []string) error {
		snapshot, err := open(command.Context(), stores, *name)
		if err != nil {
			return err
		}
		write := func(out io.Writer) error { return export.Write(out, chosen.value, snapshot) }
		if *path == "" {
			return write(command.OutOrStdout())
		}
		return export.File(*path, write)
	}
	return command
}
