package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"go.yaml.in/yaml/v3"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/ingest"
	"github.com/inroad-security/inroad/ingest/aws"
	"github.com/inroad-security/inroad/internal/analysis"
)

// TestTwins holds the whole way from an account's export to an answer against small worlds, each beside twins that differ in one
// thing. A fixture in testdata is a txtar archive. Its files are answers as the AWS CLI prints them, written in YAML:
// those of the folder base, and those of a twin's folder laid over them. The text before the files asks the questions:
//
//	base: user/dev -> administrator: proven
//
// names the twin, from and to (user/… and role/… are of account 111111111111), and the verdict of the best path, or none.
func TestTwins(t *testing.T) {
	fixtures, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(fixtures) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for _, fixture := range fixtures {
		t.Run(strings.TrimSuffix(filepath.Base(fixture), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(fixture)
			if err != nil {
				t.Fatal(err)
			}
			twins := map[string]*graph.Snapshot{}
			for line := range strings.Lines(string(archive.Comment)) {
				twin, question, found := strings.Cut(strings.TrimSpace(line), ": ")
				from, rest, asked := strings.Cut(question, " -> ")
				to, want, told := strings.Cut(rest, ": ")
				if !found || !asked || !told {
					continue // prose
				}
				t.Run(line, func(t *testing.T) {
					if twins[twin] == nil {
						twins[twin] = readAll(t, export(t, archive, twin))
					}
					if got := verdict(t, twins[twin], whole(from), whole(to)); got != want {
						t.Errorf("%s -> %s is %s, want %s", from, to, got, want)
					}
				})
			}
		})
	}
}

// export writes the base and a twin's files as a bundle.
func export(t *testing.T, archive *txtar.Archive, twin string) string {
	t.Helper()
	folder, own := t.TempDir(), twin == "base"
	for _, layer := range []string{"base", twin} {
		for _, file := range archive.Files {
			name, inside := strings.CutPrefix(file.Name, layer+"/")
			if !inside {
				continue
			}
			own = true
			var content any
			if err := yaml.Unmarshal(file.Data, &content); err != nil {
				t.Fatalf("%s: %v", file.Name, err)
			}
			body, err := json.Marshal(content)
			if err != nil {
				t.Fatalf("%s: %v", file.Name, err)
			}
			path := filepath.Join(folder, filepath.FromSlash(strings.TrimSuffix(name, ".yaml")+".json"))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, body, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if !own {
		t.Fatalf("no file is in %s", twin)
	}
	return folder
}

// whole gives the ARN of a short name.
func whole(name string) string {
	if strings.HasPrefix(name, "user/") || strings.HasPrefix(name, "role/") {
		return "arn:aws:iam::111111111111:" + name
	}
	return name
}

// readAll reads a bundle, of which every file must be known.
func readAll(t *testing.T, folder string) *graph.Snapshot {
	t.Helper()
	ctx := context.Background()
	batches, report, err := ingest.Read(ctx, folder, aws.Cloud())
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Broken)+len(report.Unknown) > 0 {
		t.Fatalf("not read: %v %v", report.Broken, report.Unknown)
	}
	snapshot, err := analysis.Read(ctx, batches...)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

// verdict gives that of the surest path, or none.
func verdict(t *testing.T, snapshot *graph.Snapshot, from, to string) string {
	t.Helper()
	answer, err := analysis.Ask(t.Context(), snapshot, analysis.Question{From: []string{from}, To: []string{to}, Principals: []string{from}})
	if err != nil {
		t.Fatal(err)
	}
	best := "none"
	for _, path := range answer.Document.Paths {
		if best == "none" || rank[path.Verdict] < rank[best] {
			best = path.Verdict
		}
		if testing.Verbose() {
			for _, step := range path.Steps {
				t.Logf("%s: %s -[%s]-> %s (%s)", path.ID, step.From, step.Technique, step.To, step.Verdict)
			}
		}
	}
	return best
}

var rank = map[string]int{"proven": 0, "possible": 1, "unknown": 2}
