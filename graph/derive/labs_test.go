package derive_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/derive"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/technique"
	"github.com/inroad-security/inroad/ingest"
	"github.com/inroad-security/inroad/ingest/aws"
)

// TestLabs reads a folder of account exports with known answers, given by INROAD_DATA, and asks each one's questions: is there
// a way from the one to the other. It tells, for each, whether the answer is the one that the folder gives.
func TestLabs(t *testing.T) {
	folder := os.Getenv("INROAD_DATA")
	if folder == "" {
		t.Skip("INROAD_DATA names no folder of labs")
	}
	labs, err := filepath.Glob(filepath.Join(folder, "aws", "*", "exam.json"))
	if err != nil || len(labs) == 0 {
		t.Fatalf("no labs in %s: %v", folder, err)
	}
	right, all := 0, 0
	for _, path := range labs {
		name := filepath.Base(filepath.Dir(path))
		var exam struct {
			Path      bool
			Questions []struct{ From, To []string }
		}
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(body, &exam); err != nil {
			t.Fatal(err)
		}
		snapshot := derived(t, filepath.Join(filepath.Dir(path), "export"))
		for _, question := range exam.Questions {
			all++
			path := walk(snapshot, question.From, question.To)
			if (path != nil) == exam.Path {
				right++
			} else {
				t.Logf("%s: %v to %v: found %v, want %v", name, question.From, question.To, path, exam.Path)
			}
			if os.Getenv("INROAD_SHOW") != "" {
				t.Logf("%s: %s", name, strings.Join(path, "\n\t"))
			}
		}
	}
	t.Logf("%d of %d answers are right", right, all)
}

func derived(t *testing.T, folder string) *graph.Snapshot {
	t.Helper()
	batches, _, err := ingest.Read(context.Background(), folder, aws.Cloud())
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := graph.NewSnapshot(1, batches...)
	if err != nil {
		t.Fatal(err)
	}
	attack, err := derive.Derive(context.Background(), snapshot, derive.Options{AWS: technique.AWS()})
	if err != nil {
		t.Fatal(err)
	}
	extended, err := snapshot.With(attack...)
	if err != nil {
		t.Fatal(err)
	}
	return extended
}

// walk gives the steps from any of the starts to any of the goals, nil when there are none.
func walk(snapshot *graph.Snapshot, from, to []string) []string {
	how := map[graph.ID]string{}
	for _, start := range from {
		how[graph.ID(start)] = ""
	}
	for grown := true; grown; {
		grown = false
		for _, start := range sorted(how) {
			i, found := snapshot.Find(start)
			if !found {
				continue
			}
			for e := range snapshot.Out(i) {
				spec, _ := kinds.EdgeSpec(snapshot.EdgeKind(e))
				edge := snapshot.Edge(e)
				_, held := how[edge.To]
				if !spec.Traversable || held || !slices.ContainsFunc([]graph.Verdict{graph.Proven, graph.Possible}, func(v graph.Verdict) bool { return v == edge.Verdict }) {
					continue
				}
				if slices.ContainsFunc(edge.Requires, func(id graph.ID) bool { _, held := how[id]; return !held }) {
					continue
				}
				how[edge.To] = fmt.Sprintf("%s -[%s %s]-> %s", edge.From, edge.Kind, edge.Technique, edge.To)
				grown = true
			}
		}
	}
	for id := range how {
		i, _ := snapshot.Find(id)
		goal := slices.Contains(to, string(id)) && how[id] != "" || slices.Contains(to, "administrator") && snapshot.Len() > 0 && snapshot.Kind(i) == kinds.AWSAccount
		if goal && how[id] != "" {
			return back(how, id)
		}
	}
	return nil
}

func back(how map[graph.ID]string, id graph.ID) []string {
	var steps []string
	for how[id] != "" {
		steps = append(steps, how[id])
		from, _, _ := strings.Cut(how[id], " -[")
		id = graph.ID(from)
	}
	slices.Reverse(steps)
	return steps
}

func sorted(how map[graph.ID]string) []graph.ID {
	var ids []graph.ID
	for id := range how {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}
