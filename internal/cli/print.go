package cli

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/analysis"
	"github.com/inroad-security/inroad/internal/finding"
	"github.com/inroad-security/inroad/internal/result"
	"github.com/inroad-security/inroad/scoring"
)

// printJSON prints one document. HTML is not escaped: ids are read by people too.
func printJSON(out io.Writer, document any) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(document)
}

// printRows prints rows under a header, as a table or as CSV.
func printRows(out io.Writer, format string, header []string, rows [][]string) error {
	if format == "csv" {
		writer := csv.NewWriter(out)
		_ = writer.Write(header) // the writer keeps its first error
		for _, row := range rows {
			safe := make([]string, len(row))
			for i, cell := range row {
				safe[i] = inert(cell)
			}
			_ = writer.Write(safe)
		}
		writer.Flush()
		return writer.Error()
	}
	printed := table.NewWriter()
	printed.SetStyle(table.StyleLight)
	printed.Style().Options.DrawBorder = false
	printed.Style().Options.SeparateColumns = false
	cells := func(row []string) table.Row {
		converted := make(table.Row, len(row))
		for i, cell := range row {
			converted[i] = visible(cell)
		}
		return converted
	}
	printed.AppendHeader(cells(header))
	for _, row := range rows {
		printed.AppendRow(cells(row))
	}
	_, err := fmt.Fprintln(out, printed.Render())
	return err
}

// What a cloud gave reaches neither a spreadsheet nor a terminal as more than text.
var inert, visible = result.Inert, result.Visible

func printDocument(out io.Writer, document *scoring.Document, format string) error {
	if format == "json" {
		return printJSON(out, document)
	}
	if format == "csv" {
		rows := make([][]string, len(document.Paths))
		for i, path := range document.Paths {
			rows[i] = []string{path.ID, path.Priority.String(), fmt.Sprintf("%.2f", path.Risk), path.Verdict, string(path.Entry), string(path.Target), route(path, true)}
		}
		return printRows(out, format, []string{"id", "priority", "risk", "verdict", "entry", "target", "way"}, rows)
	}
	if len(document.Paths) == 0 {
		_, err := fmt.Fprintf(out, "No attack paths were found.%s\n", gapsNote(document.Incomplete))
		return err
	}
	rows := make([][]string, len(document.Paths))
	for i, path := range document.Paths {
		rows[i] = []string{path.ID, path.Priority.String(), fmt.Sprintf("%.2f", path.Risk), path.Verdict, folded(path)}
	}
	if err := printRows(out, format, []string{"id", "priority", "risk", "verdict", "way"}, rows); err != nil {
		return err
	}
	if cut := document.Truncated; cut != nil {
		fmt.Fprintf(out, "%d of %d paths are shown: --top %d cut the rest.\n", cut.Shown, cut.Total, cut.Limit)
	}
	return printGaps(out, document.Incomplete)
}

// route is a path as A -[technique]-> B.
func route(path scoring.Path, full bool) string {
	name := short
	if full {
		name = func(id graph.ID) string { return string(id) }
	}
	way := name(path.Entry)
	last := path.Entry
	for _, step := range path.Steps {
		if step.From != last {
			way += "; " + name(step.From)
		}
		way += " -> " + name(step.To)
		last = step.To
	}
	return way
}

// folded is a path's way, with how many others it stands for.
func folded(path scoring.Path) string {
	way := route(path, false)
	if len(path.Alike) > 0 {
		way += fmt.Sprintf("  (and %d alike)", len(path.Alike))
	}
	for _, step := range path.Steps {
		if step.Instead > 0 {
			way += fmt.Sprintf("  (or by %d others in place of %s)", step.Instead, short(step.To))
		}
	}
	return way
}

// short is an id without what every id beside it shares: arn:aws:iam::111111111111:role/x is role/x in 111111111111, and a
// resource of Azure is its types and names in its resource group.
func short(id graph.ID) string {
	if strings.HasPrefix(string(id), "/") {
		return shortAzure(string(id))
	}
	parts := strings.SplitN(string(id), ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return string(id)
	}
	switch {
	case parts[5] == "root":
		return "account " + parts[4]
	case parts[4] == "":
		return parts[2] + " " + parts[5]
	default:
		return parts[5] + " (" + parts[4] + ")"
	}
}

func shortAzure(id string) string {
	words := strings.Split(strings.Trim(id, "/"), "/")
	if len(words) < 2 {
		return id
	}
	if len(words) == 2 { // /tenants/<id>, /subscriptions/<id>, /directoryobjects/<id>
		return strings.TrimSuffix(words[0], "s") + " " + words[1]
	}
	if at := slices.Index(words, "providers"); at >= 0 && at+2 < len(words) { // after providers stands the namespace
		own := strings.Join(words[at+2:], "/")
		if at == 4 {
			return own + " (" + words[3] + ")"
		}
		return own
	}
	return strings.Join(words[2:], "/")
}

func gapsNote(gaps []scoring.Gap) string {
	if len(gaps) == 0 {
		return ""
	}
	scopes := map[graph.Scope]bool{}
	for _, gap := range gaps {
		scopes[gap.Scope] = true
	}
	return fmt.Sprintf(" %d scopes were read incompletely, so there may be more; --format json and \"inroad status\" name what is missing.", len(scopes))
}

func printPath(out io.Writer, path scoring.Path, format string) error {
	if format == "json" {
		return printJSON(out, path)
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s  %s  risk %.2f of 10 (value %d × likelihood %g)  %s\n", path.ID, path.Priority, path.Risk, path.Value, path.Likelihood, path.Verdict)
	fmt.Fprintf(&text, "%s\n\n", path.Why)
	for i, step := range path.Steps {
		fmt.Fprintf(&text, "%d. %s\n   -[%s by %s, %s]->\n   %s\n", i+1, step.From, step.Kind, orDash(step.Technique), step.Verdict, step.To)
		for _, id := range step.Requires {
			fmt.Fprintf(&text, "   needs also  %s\n", id)
		}
		for _, piece := range step.Evidence {
			at := string(piece.Source)
			if piece.Locator != "" {
				at += " # " + piece.Locator
			}
			fmt.Fprintf(&text, "   %-9s   %s\n               %s\n", piece.Kind, piece.Detail, at)
		}
	}
	if fix := path.Fix; fix != nil {
		fmt.Fprintf(&text, "\nFix: %s\n     %s\n", fix.Change, proven(*fix))
	}
	_, err := io.WriteString(out, visible(text.String()))
	return err
}

func proven(fix scoring.Fix) string {
	if fix.Closes {
		return fmt.Sprintf("Walked again without it: the target is out of reach from this entry; %d listed path(s) close.", fix.Paths)
	}
	return "Walked again without it: this path is gone, but others to the same target remain."
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

func printEscalations(out io.Writer, document *scoring.Document, format string) error {
	if format == "json" {
		return printJSON(out, struct {
			Revision    graph.Revision       `json:"revision"`
			Escalations []scoring.Escalation `json:"escalations"`
			Incomplete  []scoring.Gap        `json:"incomplete"`
			Truncated   *scoring.Truncation  `json:"truncated"`
		}{document.Revision, document.Escalations, document.Incomplete, document.EscalationsTruncated})
	}
	rows := make([][]string, len(document.Escalations))
	for i, escalation := range document.Escalations {
		becomes := string(escalation.Target)
		if escalation.Admin {
			becomes = "administrator of " + becomes
		}
		var by []string
		for _, step := range escalation.Steps {
			by = append(by, step.Technique)
		}
		rows[i] = []string{string(escalation.Principal), becomes, escalation.Verdict, strings.Join(by, ", ")}
	}
	if format == "table" && len(rows) == 0 {
		_, err := fmt.Fprintf(out, "No principal can become another.%s\n", gapsNote(document.Incomplete))
		return err
	}
	if err := printRows(out, format, []string{"principal", "becomes", "verdict", "by"}, rows); err != nil || format == "csv" {
		return err
	}
	if cut := document.EscalationsTruncated; cut != nil {
		fmt.Fprintf(out, "%d of %d are shown, the limit is %d: --from narrows the question.\n", cut.Shown, cut.Total, cut.Limit)
		if cut.Note != "" {
			fmt.Fprintf(out, "%s.\n", cut.Note)
		}
	}
	return printGaps(out, document.Incomplete)
}

// printFindings prints the findings and, where a person or a program reads more than rows, what could not be judged.
func printFindings(out io.Writer, answer *analysis.Answer, unassessed []finding.Unassessed, format string) error {
	findings, document := answer.Findings, answer.Document
	if format == "json" {
		return printJSON(out, struct {
			Revision   graph.Revision       `json:"revision"`
			Findings   []finding.Finding    `json:"findings"`
			Unassessed []finding.Unassessed `json:"unassessed"`
			Incomplete []scoring.Gap        `json:"incomplete"`
			// What was cut from the paths that findings name.
			PathsTruncated *scoring.Truncation `json:"paths_truncated"`
		}{document.Revision, append([]finding.Finding{}, findings...), append([]finding.Unassessed{}, unassessed...), document.Incomplete, document.Truncated})
	}
	rows := make([][]string, len(findings))
	for i, each := range findings {
		rows[i] = []string{each.Priority.String(), each.Title, string(each.Resource), each.Severity.String(), yesNo(each.Exposed), yesNo(each.OnPath)}
	}
	if format == "table" && len(rows) == 0 {
		fmt.Fprintln(out, "No findings.")
	} else if err := printRows(out, format, []string{"priority", "finding", "resource", "severity", "exposed", "on a path"}, rows); err != nil || format == "csv" {
		return err
	}
	for _, gap := range unassessed {
		fmt.Fprintf(out, "not assessed: %s for %d: %s\n", gap.Check, gap.Resources, gap.Reason)
	}
	if cut := document.Truncated; cut != nil {
		fmt.Fprintf(out, "%d of %d paths were looked at for whether a finding lies on one, the limit is %d.\n", cut.Shown, cut.Total, cut.Limit)
	}
	return printGaps(out, document.Incomplete)
}

func yesNo(flag bool) string {
	if flag {
		return "yes"
	}
	return "no"
}

func printStatus(out io.Writer, snapshot *graph.Snapshot, format string) error {
	rows := statusRows(snapshot)
	if format == "json" {
		return printJSON(out, struct {
			Revision graph.Revision `json:"revision"`
			Nodes    int            `json:"nodes"`
			Edges    int            `json:"edges"`
			Scopes   []statusRow    `json:"scopes"`
		}{snapshot.Revision(), snapshot.Len(), snapshot.Edges(), rows})
	}
	cells := make([][]string, len(rows))
	for i, row := range rows {
		cells[i] = row.cells()
	}
	if err := printRows(out, format, []string{"scope", "nodes", "edges", "state"}, cells); err != nil || format == "csv" {
		return err
	}
	_, err := fmt.Fprintf(out, "revision %d: %d nodes, %d edges\n", snapshot.Revision(), snapshot.Len(), snapshot.Edges())
	return err
}
