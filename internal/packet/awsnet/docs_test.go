package awsnet

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// docs/network.md lists every fixture of both kinds, each with its source.
func TestEveryFixtureIsListed(t *testing.T) {
	page, err := os.ReadFile("../../../docs/network.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"testdata", "../../../graph/derive/aws/testdata/network"} {
		fixtures, err := filepath.Glob(filepath.Join(folder, "*.txtar"))
		if err != nil || len(fixtures) == 0 {
			t.Fatalf("%s: no fixtures: %v", folder, err)
		}
		for _, fixture := range fixtures {
			if name := strings.TrimSuffix(filepath.Base(fixture), ".txtar"); !strings.Contains(string(page), "| "+name+" |") {
				t.Errorf("docs/network.md does not list %s", name)
			}
		}
	}
}
