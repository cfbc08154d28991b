package aws

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

// Every export in the folder that INROAD_DATA names is read without an error, twice alike.
func TestExportsRead(t *testing.T) {
	data := os.Getenv("INROAD_DATA")
	if data == "" {
		t.Skip("INROAD_DATA names no folder of exports")
	}
	folders, err := filepath.Glob(filepath.Join(data, "aws", "*"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("no exports in %s: %v", data, err)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			batches, report, err := ingest.Read(t.Context(), folder, Cloud())
			if err != nil {
				t.Fatal(err)
			}
			if len(report.Broken) > 0 {
				t.Errorf("broken: %q", report.Broken)
			}
			snapshot, err := graph.NewSnapshot(0, batches...)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(batches, func(batch graph.Batch) bool {
				return strings.HasSuffix(string(batch.Scope), "/global/iam") && len(batch.Nodes) > 1
			}) {
				t.Error("no principal was read")
			}
			nodes, _ := snapshot.All()
			counts := map[graph.NodeKind]int{}
			for node := range nodes {
				counts[node.Kind]++
				if _, ok := kinds.NodeSpec(node.Kind); !ok && node.Kind != graph.Stub {
					t.Errorf("%s is of kind %s, which is not declared", node.ID, node.Kind)
				}
			}
			t.Log(report.Files, "files;", counts, "unknown:", report.Unknown, "notes:", report.Notes)
			for _, batch := range batches {
				for _, gap := range batch.Incomplete {
					if !strings.HasPrefix(gap, "not collected: ") {
						t.Log(batch.Scope, gap)
					}
				}
			}
		})
	}
}
