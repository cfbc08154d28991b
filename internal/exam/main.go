// Command exam measures recall on a folder of labs whose answers are known: for each question, is there a path from one of the
// starts to one of the goals, and should there be one?
//
// Usage: exam <folder>. It holds one folder a lab, each with its export and an exam.json:
//
//	{"path": true, "questions": [{"from": ["arn:…"], "to": ["administrator"]}], "technique": "…"}
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/ingest"
	"github.com/inroad-security/inroad/ingest/aws"
	"github.com/inroad-security/inroad/internal/analysis"
)

type exam struct {
	Path      bool
	Questions []struct{ From, To []string }
}

// result counts a lab's questions.
type result struct {
	lab           string
	path          bool
	right, asked  int
	verdicts      map[string]int
	wrong, failed []string
	took          time.Duration
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: exam <folder of labs>")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "exam:", err)
		os.Exit(1)
	}
}

func run(folder string) error {
	labs, err := filepath.Glob(filepath.Join(folder, "*", "exam.json"))
	if err != nil {
		return err
	}
	if len(labs) == 0 {
		return fmt.Errorf("%s: no <lab>/exam.json is here", folder)
	}
	slices.Sort(labs)
	var results []result
	for _, lab := range labs {
		results = append(results, sit(filepath.Dir(lab)))
	}
	report(results)
	return nil
}

// sit takes one lab's exam.
func sit(lab string) result {
	started := time.Now()
	taken := result{lab: filepath.Base(lab), verdicts: map[string]int{}}
	defer func() { taken.took = time.Since(started) }()
	content, err := os.ReadFile(filepath.Join(lab, "exam.json"))
	var asked exam
	if err == nil {
		err = json.Unmarshal(content, &asked)
	}
	if err != nil {
		taken.failed = append(taken.failed, err.Error())
		return taken
	}
	taken.path, taken.asked = asked.Path, len(asked.Questions)
	ctx := context.Background()
	batches, _, err := ingest.Read(ctx, lab, aws.Cloud())
	var snapshot *graph.Snapshot
	if err == nil {
		snapshot, err = analysis.Read(ctx, batches...)
	}
	if err != nil {
		taken.failed = append(taken.failed, err.Error())
		return taken
	}
	for _, question := range asked.Questions {
		answer, err := analysis.Ask(ctx, snapshot, analysis.Question{From: question.From, To: question.To, Principals: question.From})
		if errors.Is(err, graph.ErrNotFound) && !asked.Path {
			err = nil
		}
		if err != nil {
			taken.failed = append(taken.failed, err.Error())
			continue
		}
		found := answer != nil && len(answer.Document.Paths) > 0
		if found {
			taken.verdicts[answer.Document.Paths[0].Verdict]++
		}
		if found == asked.Path {
			taken.right++
		} else {
			taken.wrong = append(taken.wrong, fmt.Sprintf("%v -> %v", question.From, question.To))
		}
	}
	taken.took = time.Since(started)
	return taken
}

func report(results []result) {
	printed := table.NewWriter()
	printed.SetStyle(table.StyleLight)
	printed.AppendHeader(table.Row{"lab", "a path", "right", "of", "proven", "possible", "unknown", "time"})
	var with, without, withRight, withoutRight int
	var notes []string
	for _, taken := range results {
		printed.AppendRow(table.Row{
			taken.lab, map[bool]string{true: "yes", false: "no"}[taken.path], taken.right, taken.asked,
			taken.verdicts["proven"], taken.verdicts["possible"], taken.verdicts["unknown"], taken.took.Round(time.Millisecond),
		})
		if taken.path {
			with, withRight = with+taken.asked, withRight+taken.right
		} else {
			without, withoutRight = without+taken.asked, withoutRight+taken.right
		}
		for _, wrong := range taken.wrong {
			notes = append(notes, fmt.Sprintf("wrong  %s: %s", taken.lab, wrong))
		}
		for _, failed := range taken.failed {
			notes = append(notes, fmt.Sprintf("failed %s: %s", taken.lab, failed))
		}
	}
	fmt.Println(printed.Render())
	for _, note := range notes {
		fmt.Println(note)
	}
	fmt.Printf("%d labs; %d of %d paths found; %d of %d without a path stayed without one\n", len(results), withRight, with, withoutRight, without)
}
