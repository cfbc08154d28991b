package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// limit is how long a stage may take before it is stopped.
const limit = 30 * time.Minute

// pipeline measures every stage at every size and prints them in one table, with the growth since the size before.
func pipeline(ctx context.Context, out io.Writer, sizes string, seed uint64) error {
	accounts, err := parse(sizes)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "inroad-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }() // what is left there is the system's to clear
	var results [][]figures
	for _, number := range accounts {
		fmt.Fprintf(out, "bench: %d accounts of %d nodes, seed %d: ", number, nodesOfAccount, seed)
		store := filepath.Join(folder, strconv.Itoa(number)+".db")
		var all []figures
		for _, stage := range []string{"ingest", "open", "derive", "analyze"} {
			fmt.Fprint(out, stage, " ")
			measured, err := start(ctx, stage, store, number, seed)
			if err != nil {
				fmt.Fprintln(out)
				return fmt.Errorf("%d accounts: %s: %w", number, stage, err)
			}
			all = append(all, measured...)
		}
		fmt.Fprintln(out)
		results = append(results, all)
		if err := os.Remove(store); err != nil {
			return err
		}
	}
	report(out, accounts, results)
	return nil
}

// collect measures the collection of an organization and prints it.
func collect(ctx context.Context, out io.Writer, accounts int) error {
	folder, err := os.MkdirTemp("", "inroad-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }() // what is left there is the system's to clear
	measured, err := start(ctx, "organization", filepath.Join(folder, "bundle"), accounts, 0)
	if err != nil {
		return fmt.Errorf("organization of %d accounts: %w", accounts, err)
	}
	for _, took := range measured {
		fmt.Fprintf(out, "bench: organization of %d accounts in %d regions: %.1f s wall, %.1f s of processor, at most %.0f MiB; %s\n", accounts, len(regions), took.Wall, took.CPU, took.Peak, took.Made)
	}
	return nil
}

// start runs one stage in a process of its own.
func start(ctx context.Context, stage, store string, accounts int, seed uint64) ([]figures, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("stopped after %s", limit))
	defer cancel()
	command := exec.CommandContext(ctx, self, //nolint:gosec // it starts itself
		"-stage", stage, "-store", store, "-accounts", strconv.Itoa(accounts), "-seed", strconv.FormatUint(seed, 10))
	command.Stderr = os.Stderr
	said, err := command.Output()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, err
	}
	var all []figures
	for decoder := json.NewDecoder(bytes.NewReader(said)); decoder.More(); {
		var one figures
		if err := decoder.Decode(&one); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

func report(out io.Writer, accounts []int, results [][]figures) {
	printed := table.NewWriter()
	printed.SetOutputMirror(out)
	printed.AppendHeader(table.Row{"Stage", "Nodes", "Wall s", "CPU s", "Peak MiB", "At start MiB", "Made", "Wall growth", "CPU growth", "Memory growth"})
	var columns []table.ColumnConfig
	for _, number := range []int{2, 3, 4, 5, 6, 7, 8, 9, 10} {
		columns = append(columns, table.ColumnConfig{Number: number, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	printed.SetColumnConfigs(columns)
	for stage := range results[0] {
		var before *figures
		for size, all := range results {
			now := all[stage]
			row := table.Row{
				now.Stage, accounts[size] * nodesOfAccount, fmt.Sprintf("%.2f", now.Wall), fmt.Sprintf("%.2f", now.CPU),
				fmt.Sprintf("%.0f", now.Peak), fmt.Sprintf("%.0f", now.Before), now.Made,
			}
			if before != nil {
				row = append(row, growth(before.Wall, now.Wall), growth(before.CPU, now.CPU), growth(before.Peak, now.Peak))
			}
			printed.AppendRow(row)
			before = &now
		}
	}
	printed.RenderMarkdown()
}

func growth(before, now float64) string {
	if before <= 0 {
		return ""
	}
	return fmt.Sprintf("×%.1f", now/before)
}
