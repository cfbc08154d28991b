package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/boltstore"
	"github.com/inroad-security/inroad/internal/analysis"
	"github.com/inroad-security/inroad/internal/estate"
)

// figures are what a stage took, as it says them to the process that started it.
type figures struct {
	Stage string
	// Wall and CPU are in seconds.
	Wall, CPU float64
	// Before and Peak are resident memory in MiB: with the input at hand, and the most until the stage was done.
	Before, Peak float64
	// Made says what the stage made: its name and how many.
	Made string
}

// run does one stage on a store and prints its figures, one line of JSON for each thing that was measured. What a stage reads
// is made ready before its clock starts.
func run(ctx context.Context, stage, path string, accounts int, seed uint64) error {
	switch stage {
	case "can":
		return can(seed)
	case "escalations", "escalations-in-one":
		several, thousands := accounts, 1
		if stage == "escalations-in-one" {
			several, thousands = 1, accounts
		}
		snapshot, err := crowd(several, thousands, seed)
		if err != nil {
			return err
		}
		return escalations(ctx, snapshot)
	case "ingest":
		return ingest(ctx, path, estate.Synthetic{Accounts: accounts, Nodes: nodesOfAccount, Seed: seed}.Batches())
	}
	if stage == "organization" {
		return organization(ctx, path, accounts)
	}
	var snapshot *graph.Snapshot
	open := func() (err error) {
		store, err := boltstore.Open(path, boltstore.Options{ReadOnly: true})
		if err != nil {
			return err
		}
		if snapshot, err = store.Snapshot(ctx, 0); err != nil {
			return err
		}
		return store.Close()
	}
	if stage == "open" {
		took, err := measure(stage, open)
		if err != nil {
			return err
		}
		return say(took, "%d edges", snapshot.Edges())
	}
	if err := open(); err != nil {
		return err
	}
	switch stage {
	case "derive":
		var derived []graph.Batch
		took, err := measure(stage, func() (err error) {
			derived, err = analysis.Derive(ctx, snapshot, "")
			return err
		})
		if err != nil {
			return err
		}
		edges := 0
		for _, batch := range derived {
			edges += len(batch.Edges)
		}
		if err := say(took, "%d edges", edges); err != nil {
			return err
		}
		return keep(ctx, path, derived)
	case "analyze":
		var answer *analysis.Answer
		took, err := measure(stage, func() (err error) {
			answer, err = analysis.Ask(ctx, snapshot, analysis.Question{})
			return err
		})
		if err != nil {
			return err
		}
		paths := len(answer.Document.Paths)
		if cut := answer.Document.Truncated; cut != nil {
			paths = cut.Total
		}
		return say(took, "%d paths", paths)
	default:
		return fmt.Errorf("stage %q: want ingest, open, derive, analyze, can, escalations, escalations-in-one or organization", stage)
	}
}

// ingest applies all batches to an empty store in one call, as the command does.
func ingest(ctx context.Context, path string, batches []graph.Batch) error {
	nodes := 0
	for _, batch := range batches {
		nodes += len(batch.Nodes)
	}
	took, err := measure("ingest", func() error { return apply(ctx, path, batches) })
	if err != nil {
		return err
	}
	return say(took, "%d nodes", nodes)
}

// keep applies the derived edges, as ingest does after derivation.
func keep(ctx context.Context, path string, derived []graph.Batch) error {
	took, err := measure("keep edges", func() error { return apply(ctx, path, derived) })
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	return say(took, "%d MiB file", info.Size()>>20)
}

func apply(ctx context.Context, path string, batches []graph.Batch) error {
	store, err := boltstore.Open(path, boltstore.Options{})
	if err != nil {
		return err
	}
	if _, err := store.Apply(ctx, batches...); err != nil {
		return err
	}
	return store.Close()
}

func say(took figures, made string, count any) error {
	took.Made = fmt.Sprintf(made, count)
	return json.NewEncoder(os.Stdout).Encode(took)
}
