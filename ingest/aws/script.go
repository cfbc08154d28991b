package aws

import (
	_ "embed"
	"fmt"
	"strings"
)

// Script is a shell script that makes the bundle of an account with the AWS CLI alone. It makes the calls that the
// tables declare and no others.
func Script() []byte {
	var global, regional strings.Builder
	for _, table := range parentsFirst(Tables()) {
		into := &regional
		if table.Global {
			into = &global
		}
		absent := strings.Join(table.Absent, " ")
		if table.Parent == "" {
			fmt.Fprintf(into, "once %s %s %s %s\n", table.Service, table.Operation, quoted(absent), quoted(command(table)))
			continue
		}
		joined := ""
		if table.Joined {
			joined = " joined"
		}
		fmt.Fprintf(into, "each %s %s %s %s %s %s %s%s\n", table.Service, table.Operation, quoted(absent), quoted(command(table)),
			table.Parent, quoted(table.Items), quoted(table.Again), joined)
	}
	text := strings.ReplaceAll(script, "# GLOBAL\n", global.String())
	return []byte(strings.ReplaceAll(text, "# REGIONAL\n", indented(regional.String())))
}

//go:embed script.sh
var script string

func command(table Table) string {
	if table.Command != "" {
		return table.Command
	}
	return "aws " + table.Service + " " + table.Operation
}

// parentsFirst orders tables so that each comes after its parent, and otherwise as they were.
func parentsFirst(tables []Table) []Table {
	var ordered []Table
	done := map[string]bool{}
	for len(ordered) < len(tables) {
		before := len(ordered)
		for _, table := range tables {
			name := table.Service + "/" + table.Operation
			if !done[name] && (table.Parent == "" || done[table.Service+"/"+table.Parent]) {
				ordered, done[name] = append(ordered, table), true
			}
		}
		if len(ordered) == before {
			break
		}
	}
	return ordered
}

func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

func indented(lines string) string {
	return "  " + strings.ReplaceAll(strings.TrimSuffix(lines, "\n"), "\n", "\n  ") + "\n"
}
