package cypher

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// page is where the table by feature stands.
const page = "../../docs/cypher.md"

// documentTCK holds the table in the docs against what came out, or writes it anew.
func documentTCK(t *testing.T, tally map[string]*[4]int) {
	t.Helper()
	var table strings.Builder
	table.WriteString("\n| Feature | Scenarios | In scope | Passed | Refused clearly | Wrong | Out of scope, refused |\n|---|--:|--:|--:|--:|--:|--:|\n")
	var all [4]int
	line := func(name string, counts [4]int) {
		inScope := counts[passed] + counts[declined] + counts[wrong]
		fmt.Fprintf(&table, "| %s | %d | %d | %d | %d | %d | %d |\n", name, inScope+counts[outside], inScope, counts[passed], counts[declined], counts[wrong], counts[outside])
	}
	for _, group := range slices.Sorted(maps.Keys(tally)) {
		line(group, *tally[group])
		for i, count := range tally[group] {
			all[i] += count
		}
	}
	line("**all**", all)
	table.WriteString("\n")
	documentMade(t, "-run TCK", table.String())
}

// documentMade holds a part of the docs that a test makes against what came out, or writes it anew.
func documentMade(t *testing.T, run, part string) {
	t.Helper()
	begins, ends := "<!-- made by go test ./internal/cypher "+run+" -update -->\n", "<!-- made until here -->\n"
	content, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begun := strings.Cut(string(content), begins)
	_, after, ended := strings.Cut(rest, ends)
	if !begun || !ended {
		t.Fatalf("%s has no place for what is made: %s", page, begins)
	}
	made := before + begins + part + ends + after
	if *update {
		if err := os.WriteFile(page, []byte(made), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if made != string(content) {
		t.Errorf("%s does not say what came out: run go test ./internal/cypher %s -update", page, run)
	}
}
