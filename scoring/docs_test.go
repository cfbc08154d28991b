package scoring

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// rows gives the cells of a table's rows by the first cell, from the heading's line on.
func rows(t *testing.T, heading string) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("../docs/scoring.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), heading+"\n")
	if !found {
		t.Fatalf("docs/scoring.md has no table %q", heading)
	}
	table := map[string][]string{}
	for line := range strings.Lines(rest) {
		if !strings.HasPrefix(line, "|") {
			break
		}
		var cells []string
		for _, cell := range strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|") {
			cells = append(cells, strings.TrimSpace(cell))
		}
		table[cells[0]] = cells[1:]
	}
	delete(table, "---")
	return table
}

func TestTheDocumentedLikelihoodsAreThoseOfTheCode(t *testing.T) {
	documented := rows(t, "| Kind of edge | Likelihood |")
	for _, spec := range kinds.Edges() {
		if !spec.Traversable {
			continue
		}
		want := strconv.FormatFloat(DefaultLikelihood("", spec.Label), 'g', -1, 64)
		if cells := documented[string(spec.Label)]; len(cells) != 1 || cells[0] != want {
			t.Errorf("%s: documented %v, in the code %s", spec.Label, cells, want)
		}
		delete(documented, string(spec.Label))
	}
	if len(documented) > 0 {
		t.Errorf("documented and not walked: %v", documented)
	}
}

func TestTheDocumentedMatrixIsThatOfTheCode(t *testing.T) {
	documented := rows(t, "| Severity | neither | one of them | both |")
	for severity, row := range matrix {
		want := []string{row[0].String(), row[1].String(), row[2].String()}
		if got := documented[Level(severity).String()]; !slices.Equal(got, want) {
			t.Errorf("%s: documented %v, in the code %v", Level(severity), got, want)
		}
	}
	for name, cells := range rows(t, "| Example | Severity | Exposed | Path | Priority |") {
		var severity Level
		if err := severity.UnmarshalText([]byte(cells[0])); err != nil {
			t.Fatal(err)
		}
		context := Context{Exposed: cells[1] == "yes", OnPath: cells[2] == "yes", BlindsDetection: strings.Contains(name, "blindness")}
		if got := Priority(severity, context).String(); got != cells[3] {
			t.Errorf("%s: documented %s, in the code %s", name, cells[3], got)
		}
	}
}

func TestTheDocumentedChokepointExample(t *testing.T) {
	half := func(technique string, _ graph.EdgeKind) float64 {
		value, _ := strconv.ParseFloat(technique, 64)
		return value
	}
	snapshot, err := graph.NewSnapshot(1, graph.Batch{Scope: "test/docs", Edges: []graph.Edge{
		{From: graph.Internet, To: "gate", Kind: kinds.CanExploit, Technique: "0.5", Cause: "rule:one"},
		{From: "gate", To: "ten", Kind: kinds.CanRead, Technique: "1", Cause: "statement:a#0"},
		{From: "gate", To: "nine", Kind: kinds.CanRead, Technique: "1", Cause: "statement:b#0"},
		{From: graph.Internet, To: "nine", Kind: kinds.CanExploit, Technique: "0.2", Cause: "rule:two"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	analysis, err := New(snapshot, Config{Likelihood: half, Jewels: map[graph.ID]Jewel{"ten": {10, "ours"}, "nine": {9, "ours"}}})
	if err != nil {
		t.Fatal(err)
	}
	chokepoints, err := analysis.Chokepoints(t.Context())
	if err != nil || len(chokepoints) == 0 || chokepoints[0].Cause != "rule:one" || chokepoints[0].RiskRemoved != 7.7 || chokepoints[0].RiskLeft != 1.8 {
		t.Errorf("%+v, %v", chokepoints, err)
	}
}

func TestTheDocumentedCostsAreThoseOfTheCode(t *testing.T) {
	documented := rows(t, "| Change | Cost | Takes away |")
	for kind, cost := range DefaultCosts() {
		if cells := documented[string(kind)]; len(cells) != 2 || cells[0] != strconv.Itoa(cost) {
			t.Errorf("%s: documented %v, in the code %d", kind, cells, cost)
		}
	}
	if len(documented) != len(DefaultCosts()) {
		t.Errorf("%d changes are documented, %d known", len(documented), len(DefaultCosts()))
	}
}
