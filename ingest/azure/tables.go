// Package azure reads Microsoft Azure and Entra ID: one file of tables a service, each table one read command of the Azure
// CLI with its pure mapping to the graph. An answer is the JSON that "az … -o json" prints, the same from Resource Manager or
// Microsoft Graph themselves, or the rows of an Azure Resource Graph query. A new service is one file that registers its
// tables, and one recording under testdata/.
package azure

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/ingest"
)

// Table is one read command of the Azure CLI and its mapping to the graph.
type Table = ingest.Table[*Client]

var (
	registry []Table
	// sources tells which rows of Azure Resource Graph are the answers of which commands.
	sources []source
)

// source is a type of resource in a table of Azure Resource Graph, and the command that lists it.
type source struct {
	table, kind        string // in lower case
	service, operation string
	tenant             bool
}

// register adds a service's tables; every service's file calls it from its init. It panics where one command is declared
// twice, for that can only be a mistake in the source.
func register(tables ...Table) {
	for _, table := range tables {
		table.Global = true
		at, found := slices.BinarySearchFunc(registry, table, func(a, b Table) int {
			return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Operation, b.Operation))
		})
		if found {
			panic(fmt.Sprintf("azure: %s/%s is declared twice", table.Service, table.Operation))
		}
		registry = slices.Insert(registry, at, table)
	}
}

// graphed says that Azure Resource Graph holds the answers of a command: the rows of a type in one of its tables.
func graphed(table, kind string, of Table) Table {
	sources = append(sources, source{table, kind, of.Service, of.Operation, of.Tenant})
	return of
}

// Tables gives every declared table, ordered by service and operation.
func Tables() []Table { return slices.Clone(registry) }

// Command is the command line whose output is a table's answer, less -o json.
func Command(table Table) string {
	if table.Command != "" {
		return table.Command
	}
	words := table.Operation
	if at := strings.LastIndexByte(words, '-'); at > 0 { // the verb
		words = words[:at] + " " + words[at+1:]
	}
	return "az " + table.Service + " " + words
}

// GraphRows names the rows of Azure Resource Graph that are a table's answer, each table:type.
func GraphRows(table Table) []string {
	var found []string
	for _, source := range sources {
		if source.service == table.Service && source.operation == table.Operation && source.kind != "-" {
			found = append(found, source.table+":"+source.kind)
		}
	}
	return found
}

// rowsOf makes a Table's Map from a function over the rows of its answer.
func rowsOf[R any](add func(facts *ingest.Facts, site ingest.Site, row R)) func(ingest.Site, string, []byte) (ingest.Facts, error) {
	return answerOf(func(facts *ingest.Facts, site ingest.Site, _ string, rows []R) {
		for _, row := range rows {
			add(facts, site, row)
		}
	})
}

// answerOf makes a Table's Map from a function over the item that its command was called for and all rows of the answer.
func answerOf[R any](add func(facts *ingest.Facts, site ingest.Site, item string, rows []R)) func(ingest.Site, string, []byte) (ingest.Facts, error) {
	return func(site ingest.Site, item string, body []byte) (ingest.Facts, error) {
		raw, err := rows(body)
		if err != nil {
			return ingest.Facts{}, err
		}
		decoded := make([]R, len(raw))
		for i := range raw {
			if err := json.Unmarshal(raw[i], &decoded[i]); err != nil {
				if kind := (*json.UnmarshalTypeError)(nil); errors.As(err, &kind) { // its place is one in the row
					err = fmt.Errorf("%s is %s, not what the command prints there", kind.Field, kind.Value)
				}
				return ingest.Facts{}, fmt.Errorf("row %d: %w", i+1, err)
			}
		}
		var facts ingest.Facts
		add(&facts, site, strings.ToLower(item), decoded)
		return facts, nil
	}
}
