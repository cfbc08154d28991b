package oracle

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Every rule is explained in the document, and the document explains no other.
func TestTheDocumentNamesEveryRule(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "iam-oracle.md"))
	if err != nil {
		t.Fatal(err)
	}
	var documented, held []string
	for line := range strings.Lines(string(text)) {
		if heading, ok := strings.CutPrefix(line, "### "); ok {
			documented = append(documented, strings.TrimSpace(heading))
		}
	}
	for _, each := range rules {
		held = append(held, each.name)
	}
	if !slices.Equal(documented, held) {
		t.Errorf("the document has %q, the rules are %q", documented, held)
	}
}

func TestAQuestionIsDrawnTheSameEveryTime(t *testing.T) {
	for id := range 200 {
		if first, again := string(draw(seed, id).line()), string(draw(seed, id).line()); first != again {
			t.Fatalf("%s\n%s", first, again)
		}
	}
}
