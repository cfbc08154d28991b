package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/result"
	"github.com/inroad-security/inroad/internal/shell"
	"github.com/inroad-security/inroad/queries"
)

func queryCommand(stores Stores) *cobra.Command {
	command := &cobra.Command{
		Use:   "query ['MATCH …'] [--name NAME]",
		Short: "Ask the graph in Cypher, or by a query of the library",
		Long: `Ask the graph in Cypher, or by a query of the library, which "inroad queries" lists. It only reads.

docs/kinds.md lists the kinds of nodes and edges. A node has the label of its kind, those of its classes and Entity; an edge's kind is its
type, and it has the properties technique, verdict, cause, requires and evidence.

A parameter reaches the query as a value and never as part of its text. --param k=v is JSON where v parses as such, else text; a named
query says of what type each is.`,
		Example: `  inroad query 'MATCH (:Internet)-[r:CAN_REACH]->(w:Workload) RETURN w.name, r.ports'
  inroad query --name internet-to-pii --format json
  inroad query --name blast-radius --param id=arn:aws:iam::111111111111:role/ci
  inroad query 'MATCH p = (:Internet)-[:CAN_READ]->() RETURN p' --format dot | dot -Tsvg > reads.svg`,
		Args: cobra.MaximumNArgs(1),
	}
	name := storeFlag(command)
	chosen := formatFlag(command, result.Formats()...)
	limits := limitFlags(command)
	library := command.Flags().String("name", "", "the query of the library to run")
	params := command.Flags().StringArray("param", nil, "a parameter, name=value; may be given again")
	command.RunE = func(command *cobra.Command, args []string) (err error) {
		query, err := queryOf(args, *library, *params)
		if err != nil {
			return err
		}
		query.Limits = *limits
		querier, done, err := asking(command.Context(), stores, *name)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, done()) }()
		rows, err := querier.Query(command.Context(), query)
		if err != nil {
			return stopped(command.Context(), err)
		}
		return stopped(command.Context(), result.Write(command.OutOrStdout(), chosen.value, rows))
	}
	return command
}

// queryOf gives the query that a command line asks for: a statement, or one of the library with its defaults.
func queryOf(args []string, name string, params []string) (graph.Query, error) {
	if (len(args) == 1) == (name != "") {
		return graph.Query{}, fmt.Errorf("%w: give either a statement or --name; \"inroad queries\" lists the names", graph.ErrInvalid)
	}
	given := make(map[string]any, len(params))
	if name == "" {
		for _, text := range params {
			key, value, err := shell.ParseParam(text)
			if err != nil {
				return graph.Query{}, err
			}
			given[key] = value
		}
		return graph.Query{Text: args[0], Params: given}, nil
	}
	query, err := queries.Find(name)
	if err != nil {
		return graph.Query{}, err
	}
	for _, text := range params {
		key, value, ok := strings.Cut(text, "=")
		if !ok {
			return graph.Query{}, fmt.Errorf("%w: --param %s: want name=value", graph.ErrInvalid, text)
		}
		if given[key], err = query.Parse(key, value); err != nil {
			return graph.Query{}, err
		}
	}
	bound, err := query.Bind(given)
	return graph.Query{Text: query.Text, Params: bound}, err
}
