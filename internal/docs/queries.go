package main

import (
	"fmt"
	"strings"

	"github.com/inroad-security/inroad/internal/result"
	"github.com/inroad-security/inroad/queries"
)

func queriesPage() string {
	all := queries.All()
	var page strings.Builder
	page.WriteString("# Named queries\n\n" + made)
	fmt.Fprintf(&page, "%d questions that an analyst asks, each one file of openCypher in `queries`. They run as they stand on the embedded store and on Neo4j:\n"+
		"`inroad query --name <name>`, `:run <name>` in `inroad shell`, `GraphService.Query` over gRPC. A severity says that each row is a fault.\n"+
		"A path follows single steps; what a step needs besides its source stands in `needsAlso` or in the relationship's `requires`.\n", len(all))
	for _, topic := range queries.Topics() {
		name := string(topic)
		fmt.Fprintf(&page, "\n## %s%s\n\n| Query | Question | Severity | Parameters |\n|---|---|---|---|\n", strings.ToUpper(name[:1]), name[1:])
		for _, query := range all {
			if query.Topic == topic {
				fmt.Fprintf(&page, "| [`%s`](#%s) | %s | %s | %s |\n", query.Name, query.Name, cell(query.Question), query.Severity, cell(paramsOf(query)))
			}
		}
	}
	page.WriteString("\n## The queries\n")
	for _, query := range all {
		fmt.Fprintf(&page, "\n### %s\n\n**%s.** %s\n\n", query.Name, query.Title, query.Question)
		for _, param := range query.Params {
			fmt.Fprintf(&page, "- `$%s`: %s, %s", param.Name, param.Type, param.Doc)
			if param.Default != nil {
				fmt.Fprintf(&page, "; `%s` by default", result.Text(param.Default))
			}
			page.WriteString("\n")
		}
		listed(&page, "References", query.References, "")
		fmt.Fprintf(&page, "\n```cypher\n%s\n```\n", query.Text)
	}
	return page.String()
}

func paramsOf(query queries.Query) string {
	var names []string
	for _, param := range query.Params {
		names = append(names, "`"+param.Name+"`")
	}
	return strings.Join(names, ", ")
}
