package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/boltstore"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/analysis"
	"github.com/inroad-security/inroad/internal/estate"
)

// change sets a pass after a change of one scope beside a full pass, stage by stage, and prints both. One process does them all, as a server that holds its
// store open does.
func change(ctx context.Context, out io.Writer, accounts int, seed uint64) error {
	folder, err := os.MkdirTemp("", "inroad-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }() // what is left there is the system's to clear
	store, err := boltstore.Open(filepath.Join(folder, "inroad.db"), boltstore.Options{})
	if err != nil {
		return err
	}
	batches := estate.Synthetic{Accounts: accounts, Nodes: nodesOfAccount, Seed: seed}.Batches()
	fmt.Fprintf(out, "bench: %d accounts of %d nodes, seed %d, and then a change of one scope at a time\n", accounts, nodesOfAccount, seed)
	full, err := passOver(ctx, store, batches)
	if err != nil {
		return err
	}
	changes := edits(batches)
	var passes []pass
	for _, edit := range changes {
		one, err := passOver(ctx, store, []graph.Batch{edit})
		if err != nil {
			return fmt.Errorf("%s: %w", edit.Scope, err)
		}
		one.of = string(edit.Scope)
		passes = append(passes, one)
	}
	printPasses(out, full, passes)
	return store.Close()
}

// pass is how much processor time each stage took, in seconds, and how many sections were derived. On a machine that others use, the wall clock tells
// more of them.
type pass struct {
	of                                      string
	ingest, derive, keep, snapshot, analyze float64
	sections                                int
}

func (pass pass) whole() float64 {
	return pass.ingest + pass.derive + pass.keep + pass.snapshot + pass.analyze
}

// passOver takes new facts all the way to an answer.
func passOver(ctx context.Context, store *boltstore.Store, facts []graph.Batch) (pass, error) {
	var taken pass
	debug.FreeOSMemory()
	var failed error
	timed := func(into *float64, work func() error) {
		started := used()
		if failed == nil {
			failed = work()
		}
		*into += (used() - started).Seconds()
	}
	var snapshot *graph.Snapshot
	open := func() (err error) { snapshot, err = store.Snapshot(ctx, 0); return err }
	timed(&taken.ingest, func() error {
		_, err := store.Apply(ctx, append(slices.Clone(facts), analysis.Stale())...)
		return err
	})
	timed(&taken.snapshot, open)
	var derived []graph.Batch
	timed(&taken.derive, func() (err error) { derived, err = analysis.Derive(ctx, snapshot, "bench"); return err })
	timed(&taken.keep, func() error { _, err := store.Apply(ctx, derived...); return err })
	timed(&taken.snapshot, open)
	timed(&taken.analyze, func() error { _, err := analysis.Ask(ctx, snapshot, analysis.Question{}); return err })
	taken.sections = len(derived) - 1 // one scope is derivation's own
	return taken, failed
}

// edits gives one change of each of an account's scopes: of a policy, where it has one, or else of whatever is first.
func edits(batches []graph.Batch) []graph.Batch {
	account := strings.Split(string(batches[len(batches)/2].Scope), "/")[1]
	var found []graph.Batch
	for _, batch := range batches {
		if !strings.HasPrefix(string(batch.Scope), "aws/"+account+"/") || len(batch.Nodes) == 0 {
			continue
		}
		batch.Nodes = slices.Clone(batch.Nodes)
		at := max(0, slices.IndexFunc(batch.Nodes, func(node graph.Node) bool {
			return slices.Contains([]graph.NodeKind{kinds.AWSInlinePolicy, kinds.AWSSecurityGroup, kinds.AWSBucket, kinds.AWSFunction}, node.Kind)
		}))
		props := maps.Clone(batch.Nodes[at].Props)
		for _, name := range []string{"document", "ingress", "policy", "role", "tags", "name"} {
			if props.Has(name) {
				delete(props, name)
				break
			}
		}
		batch.Nodes[at].Props = props
		found = append(found, batch)
	}
	return found
}

func printPasses(out io.Writer, full pass, passes []pass) {
	printed := table.NewWriter()
	printed.SetOutputMirror(out)
	printed.AppendHeader(table.Row{"Pass", "Ingest ms", "Snapshot ms", "Derive ms", "Sections", "Keep ms", "Analyze ms", "All ms", "Of a full pass"})
	var columns []table.ColumnConfig
	for number := 2; number <= 9; number++ {
		columns = append(columns, table.ColumnConfig{Number: number, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	printed.SetColumnConfigs(columns)
	milliseconds := func(seconds float64) string { return fmt.Sprintf("%.0f", 1000*seconds) }
	for _, one := range append([]pass{full}, passes...) {
		row := table.Row{one.of, milliseconds(one.ingest), milliseconds(one.snapshot), milliseconds(one.derive), one.sections, milliseconds(one.keep), milliseconds(one.analyze), milliseconds(one.whole())}
		if one.of == "" {
			row[0] = "full"
		} else {
			row = append(row, fmt.Sprintf("1/%.0f", full.whole()/one.whole()))
		}
		printed.AppendRow(row)
	}
	printed.RenderMarkdown()
}
