// Command docs writes the reference pages that are made from the code: the kinds, the techniques, what is read of AWS, and the named
// queries.
//
// Usage: docs <folder>
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/technique"
	"github.com/inroad-security/inroad/ingest/aws"
	"github.com/inroad-security/inroad/ingest/azure"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: docs <folder>")
		os.Exit(2)
	}
	for name, page := range map[string]string{"kinds.md": kindsPage(), "techniques.md": techniquesPage(), "aws.md": awsPage(), "azure.md": azurePage(), "queries.md": queriesPage()} {
		if err := write(filepath.Join(os.Args[1], name), page); err != nil {
			fmt.Fprintln(os.Stderr, "docs:", err)
			os.Exit(1)
		}
	}
}

func write(path, page string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(page), 0o644)
}

const made = "<!-- Made by make generate; edit its source instead. -->\n\n"

func kindsPage() string {
	var page strings.Builder
	page.WriteString("# Kinds\n\n" + made + "What the graph is made of: every kind of node and edge, declared in `graph/kinds`.\n\n## Edges\n\n")
	page.WriteString("| Edge | Layer | Walked | Meaning |\n|---|---|---|---|\n")
	for _, spec := range kinds.Edges() {
		layer, walked := "structure", ""
		if spec.Attack {
			layer = "attack"
		}
		if spec.Traversable {
			walked = "yes"
		}
		fmt.Fprintf(&page, "| `%s` | %s | %s | %s |\n", spec.Label, layer, walked, cell(spec.Doc))
	}
	page.WriteString("\n## Nodes\n")
	for _, spec := range kinds.Nodes() {
		fmt.Fprintf(&page, "\n### %s\n\n%s\n\n", spec.Label, spec.Doc)
		if len(spec.Classes) > 0 {
			fmt.Fprintf(&page, "Classes: %s\n\n", classes(spec.Classes))
		}
		if len(spec.Listed) > 0 {
			fmt.Fprintf(&page, "Listed by: `%s`\n\n", strings.Join(spec.Listed, "`, `"))
		}
		if len(spec.Props) == 0 {
			continue
		}
		page.WriteString("| Property | Type | Meaning |\n|---|---|---|\n")
		for _, prop := range spec.Props {
			fmt.Fprintf(&page, "| `%s` | %s | %s |\n", prop.Name, prop.Type, cell(prop.Doc))
		}
	}
	return page.String()
}

func classes(all []graph.Class) string {
	names := make([]string, len(all))
	for i, class := range all {
		names[i] = string(class)
	}
	return strings.Join(names, ", ")
}

func techniquesPage() string {
	var page strings.Builder
	page.WriteString("# Techniques\n\n" + made + "Every way by which Inroad walks from one node to the next, declared in `graph/technique/aws` and `graph/technique/azure`.\n\n")
	page.WriteString("| Id | Technique | Category | Severity | Likelihood | MITRE ATT&CK |\n|---|---|---|---|---|---|\n")
	all := technique.All()
	for _, each := range all {
		fmt.Fprintf(&page, "| [`%s`](#%s) | %s | %s | %s | %g | %s |\n", each.ID, each.ID, cell(each.Title), each.Category, each.Severity, each.Likelihood.Value, strings.Join(each.Mitre, ", "))
	}
	for _, each := range all {
		fmt.Fprintf(&page, "\n## %s\n\n**%s.** %s\n\n", each.ID, each.Title, strings.TrimSpace(each.Summary))
		listed(&page, "Prerequisites", each.Prerequisites, "")
		listed(&page, "Permissions", each.Permissions(), "`")
		listed(&page, "Walks", each.Composes, "`")
		fmt.Fprintf(&page, "- Likelihood: %g. %s\n", each.Likelihood.Value, strings.TrimSpace(each.Likelihood.Reason))
		listed(&page, "Detection", each.Detection, "`")
		fmt.Fprintf(&page, "- Remediation: %s\n", strings.TrimSpace(each.Remediation))
		listed(&page, "References", each.References, "")
	}
	return page.String()
}

func listed(page *strings.Builder, title string, items []string, quote string) {
	if len(items) == 0 {
		return
	}
	fmt.Fprintf(page, "- %s: %s%s%s\n", title, quote, strings.Join(items, quote+", "+quote), quote)
}

func awsPage() string {
	var page strings.Builder
	page.WriteString("# What is read of AWS\n\n" + made + "Each row is one read operation and one file of a bundle: `aws/<account>/<region or global>/<service>/<operation>[/<item>].json`.\n" +
		"`inroad policy aws` prints the least-privilege policy that these actions make.\n\n")
	page.WriteString("| Service | Operation | Per | Place | Actions |\n|---|---|---|---|---|\n")
	for _, table := range aws.Tables() {
		place, per := "region", "account"
		if table.Global {
			place = "global"
		}
		if table.Parent != "" {
			per = "item of " + table.Parent
		}
		fmt.Fprintf(&page, "| %s | %s | %s | %s | %s |\n", table.Service, table.Operation, per, place, strings.Join(table.Actions, ", "))
	}
	return page.String()
}

func azurePage() string {
	var page strings.Builder
	page.WriteString("# What is read of Azure and Entra ID\n\n" + made +
		"Each row is one read command of the Azure CLI and one file of a bundle: `azure/<subscription or tenant>/<service>/<operation>[/<item>].json`, or `<service>/<operation>[/<item>].json` in the folder of one\n" +
		"subscription, beside `account/show.json`. The file holds what the command prints with `-o json`; an item is a name or an object id as the parent's answer has it. The answers of Resource Manager and\n" +
		"Microsoft Graph themselves (`{\"value\": […]}`) do as well.\n\n" +
		"What the column *Resource Graph* names needs no command: `graph/query/<table>.json` holds the rows of `az graph query -q <table> --first 1000` of all subscriptions; further pages are `<table>.2.json` and so on.\n" +
		"Nothing that is read is a secret's value. `inroad collect azure` writes the same files by Resource Manager and Microsoft Graph.\n\n")
	page.WriteString("| Service | Operation | Per | Command | Resource Graph | Actions and permissions |\n|---|---|---|---|---|---|\n")
	for _, table := range azure.Tables() {
		per := "subscription"
		switch {
		case table.Parent != "":
			per = "item of " + table.Parent
		case table.Tenant:
			per = "tenant"
		}
		fmt.Fprintf(&page, "| %s | %s | %s | `%s` | %s | %s |\n", table.Service, table.Operation, per, cell(azure.Command(table)), strings.Join(azure.GraphRows(table), ", "), strings.Join(table.Actions, ", "))
	}
	page.WriteString(azureSemantics)
	return page.String()
}

func cell(text string) string {
	return strings.NewReplacer("|", "\\|", "\n", " ").Replace(strings.TrimSpace(text))
}
