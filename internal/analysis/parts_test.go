package analysis_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/inroad-security/inroad/ingest"
	"github.com/inroad-security/inroad/ingest/aws"
	"github.com/inroad-security/inroad/internal/analysis"
	"github.com/inroad-security/inroad/internal/estate"
	"github.com/inroad-security/inroad/internal/finding"
)

func TestThePartsOfAnAnswerAreThoseOfTheWhole(t *testing.T) {
	ctx := context.Background()
	folder := filepath.Join(t.TempDir(), "sample")
	if err := estate.WriteSample(folder); err != nil {
		t.Fatal(err)
	}
	batches, _, err := ingest.Read(ctx, folder, aws.Cloud())
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := analysis.Read(ctx, batches...)
	if err != nil {
		t.Fatal(err)
	}
	for name, question := range map[string]analysis.Question{
		"the default question": {},
		"one that is cut":      {Limit: 1},
		"one of its own":       {To: []string{"administrator"}},
	} {
		t.Run(name, func(t *testing.T) {
			whole, err := analysis.Ask(ctx, snapshot, question)
			if err != nil {
				t.Fatal(err)
			}
			if len(whole.Document.Paths) == 0 || len(whole.Document.Escalations) == 0 || len(whole.Findings) == 0 {
				t.Fatal("the sample answers nothing")
			}
			paths, cut, err := analysis.Paths(ctx, snapshot, question)
			if differs := cmp.Diff(whole.Document.Paths, paths) + cmp.Diff(whole.Document.Truncated, cut); err != nil || differs != "" {
				t.Error(err, differs)
			}
			escalations, cut, err := analysis.Escalations(ctx, snapshot, question)
			if differs := cmp.Diff(whole.Document.Escalations, escalations) + cmp.Diff(whole.Document.EscalationsTruncated, cut); err != nil || differs != "" {
				t.Error(err, differs)
			}
			if differs := cmp.Diff(whole.Findings, analysis.Findings(snapshot, paths, finding.Usual)); differs != "" {
				t.Error(differs)
			}
		})
	}
}
