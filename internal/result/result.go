// Package result prints the answers of queries: as a table, JSON, CSV or a drawing. What a cloud gave reaches neither a terminal nor a
// spreadsheet nor a drawing as anything but text.
package result

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/inroad-security/inroad/graph"
)

// Formats gives the forms, the usual one first.
func Formats() []string { return []string{"table", "json", "csv", "dot"} }

// Write prints an answer in one of the forms. Where an error ends the rows, such as a limit, those before it are printed all the same
// and the error is given. All but tables are printed as the rows come.
func Write(out io.Writer, format string, rows *graph.Rows) error {
	switch format {
	case "json":
		return writeJSON(out, rows)
	case "csv":
		return writeCSV(out, rows)
	case "dot":
		return writeDot(out, rows)
	default:
		return writeTable(out, rows)
	}
}

// mostTable is how many bytes a table may have, which is made whole before it is printed.
const mostTable = 64 << 20

func writeTable(out io.Writer, rows *graph.Rows) error {
	printed := table.NewWriter()
	printed.SetStyle(table.StyleLight)
	printed.Style().Options.DrawBorder = false
	printed.Style().Options.SeparateColumns = false
	printed.Style().Format.Header = 0 // as the statement names them
	header := make(table.Row, len(rows.Columns))
	for i, name := range rows.Columns {
		header[i] = Visible(name)
	}
	printed.AppendHeader(header)
	count := 0
	widths := make([]int, len(rows.Columns))
	var stopped error
	for row, err := range rows.All {
		if err != nil {
			stopped = err
			break
		}
		cells, width := make(table.Row, len(row)), 0
		for i, value := range row {
			text := Visible(Text(value))
			cells[i], widths[i] = text, max(widths[i], len(text))
			width += widths[i]
		}
		if count > 0 && (count+1)*width > mostTable {
			stopped = fmt.Errorf("%w: table: with the row after these it would have more than %d MiB, for each cell is as wide as its column's widest: return single properties, or print rows as they come with --format json or csv", graph.ErrLimit, mostTable>>20)
			break
		}
		printed.AppendRow(cells)
		count++
	}
	if count == 0 {
		if stopped != nil {
			return stopped
		}
		_, err := fmt.Fprintln(out, "No rows.")
		return err
	}
	_, err := fmt.Fprintln(out, printed.Render())
	return errors.Join(err, stopped)
}

func writeCSV(out io.Writer, rows *graph.Rows) error {
	writer := csv.NewWriter(out)
	cells := make([]string, len(rows.Columns))
	for i, name := range rows.Columns {
		cells[i] = Inert(name)
	}
	_ = writer.Write(cells) // the writer keeps its first error
	var stopped error
	for row, err := range rows.All {
		if err != nil {
			stopped = err
			break
		}
		for i, value := range row {
			if cells[i] = Text(value); value == nil {
				cells[i] = ""
			}
			switch value.(type) {
			case int64, float64: // -1 is no formula
			default:
				cells[i] = Inert(cells[i])
			}
		}
		_ = writer.Write(cells)
		if writer.Error() != nil {
			break // nobody reads on
		}
	}
	writer.Flush()
	return errors.Join(writer.Error(), stopped)
}
