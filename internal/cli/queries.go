package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/internal/result"
	"github.com/inroad-security/inroad/queries"
)

// listedQuery is a query of the library as programs read it; the names are a promise.
type listedQuery struct {
	Name       string        `json:"name"`
	Title      string        `json:"title"`
	Question   string        `json:"question"`
	Topic      queries.Topic `json:"topic"`
	Clouds     []string      `json:"clouds"`
	Severity   string        `json:"severity,omitempty"`
	Parameters []listedParam `json:"parameters"`
	References []string      `json:"references"`
	Cypher     string        `json:"cypher"`
}

type listedParam struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Default any    `json:"default"`
	Doc     string `json:"doc"`
}

func queriesCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "queries [NAME]",
		Short: "List the library of named queries, or show one",
		Args:  cobra.MaximumNArgs(1),
	}
	chosen := formatFlag(command, "table", "json", "csv")
	topic := command.Flags().String("topic", "", "only these: paths, identity, network, data, evidence or inventory")
	command.RunE = func(command *cobra.Command, args []string) error {
		all := queries.All()
		if len(args) == 1 {
			query, err := queries.Find(args[0])
			if err != nil {
				return err
			}
			if chosen.value == "table" {
				_, err = fmt.Fprint(command.OutOrStdout(), told(query))
				return err
			}
			all = []queries.Query{query}
		}
		listed := []listedQuery{}
		var rows [][]string
		for _, query := range all {
			if *topic != "" && string(query.Topic) != *topic {
				continue
			}
			listed = append(listed, listedOf(query))
			rows = append(rows, []string{query.Name, string(query.Topic), orDash(query.Severity), taken(query), query.Question})
		}
		if chosen.value == "json" {
			return printJSON(command.OutOrStdout(), struct {
				Queries []listedQuery `json:"queries"`
			}{listed})
		}
		return printRows(command.OutOrStdout(), chosen.value, []string{"name", "topic", "severity", "parameters", "question"}, rows)
	}
	return command
}

func listedOf(query queries.Query) listedQuery {
	listed := listedQuery{
		query.Name, query.Title, query.Question, query.Topic, query.Clouds, query.Severity, []listedParam{}, append([]string{}, query.References...), query.Text,
	}
	for _, param := range query.Params {
		listed.Parameters = append(listed.Parameters, listedParam{param.Name, string(param.Type), param.Default, param.Doc})
	}
	return listed
}

// taken shows each parameter with its default, or with … where it must be given.
func taken(query queries.Query) string {
	var params []string
	for _, param := range query.Params {
		value := "…"
		if param.Default != nil {
			value = result.Text(param.Default)
		}
		params = append(params, param.Name+"="+value)
	}
	return strings.Join(params, ", ")
}

// told is all that there is to say of a query.
func told(query queries.Query) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s\n%s\n", query.Title, query.Question)
	for _, param := range query.Params {
		fmt.Fprintf(&text, "  --param %s=…  %s, %s", param.Name, param.Type, param.Doc)
		if param.Default != nil {
			fmt.Fprintf(&text, "; %v by default", param.Default)
		}
		text.WriteByte('\n')
	}
	for _, reference := range query.References {
		fmt.Fprintf(&text, "  %s\n", reference)
	}
	fmt.Fprintf(&text, "\n%s\n", query.Text)
	return text.String()
}
