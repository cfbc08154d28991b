package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
)

// ratio sets one benchmark's time beside another's, the yardstick.
type ratio struct {
	what                string
	benchmark, against  string // their names, without Benchmark
	measured, yardstick string // what they are, for a reader
}

// suite is benchmarks of one package that run together.
type suite struct {
	folder, pattern, time string
	rounds                int // how often each benchmark runs; the median counts
	ratios                []ratio
}

// suites are the ratios that are followed. What a store on a server does is measured in one round, one after the other on the server:
// a second first load would not be one. Its times are for each node and edge of the estate.
var suites = []suite{
	{"./internal/packet", "^BenchmarkThousandOrderedRules", "1s", 3, []ratio{
		{"what 1,000 ordered rules let through", "ThousandOrderedRules", "ThousandOrderedRulesInBDD", "packet engine", "binary decision diagram"},
	}},
	{"./scoring", "^BenchmarkLayered$", "1s", 3, []ratio{
		{"layered graph of 10,000 nodes and 45,000 edges, 64 entries × 32 jewels", "Layered/routes_of_every_pair", "Layered/raw_BFS_from_one_node", "best route of every pair", "one raw BFS"},
		{"the same, with making the graph ready", "Layered/prepare_and_routes", "Layered/raw_BFS_from_one_node", "best route of every pair", "one raw BFS"},
	}},
	{"./scoring", "^BenchmarkMillion$", "1x", 3, []ratio{
		{"1,000,000 nodes, 5,000,000 edges", "Million/best_route_to_every_jewel", "Million/raw_BFS", "best route to 1,000 jewels", "one raw BFS"},
	}},
	{"./internal/cypher", "^BenchmarkShortestPaths$", "1s", 1, []ratio{
		{"shortestPath from the internet to each of 100 jewels, 100,000 nodes and 500,000 edges, one query", "ShortestPaths/embedded", "ShortestPaths/Neo4j", "embedded Cypher", "Neo4j 5.26, warm, over Bolt"},
	}},
	{"./internal/iam/aws", "^BenchmarkEvaluate$", "300ms", 3, []ratio{
		{"can this principal do this?", "Evaluate/*", "", "median of the cases", ""},
	}},
	{"./graph/neo4jstore", "^BenchmarkEstate$", "1x", 1, []ratio{
		{"Neo4j: 100,000 nodes, 500,000 edges, for each of them", "Estate/first", "Estate/a_statement_for_each_row", "first ingest", "MERGE row by row, 2,000 in a transaction"},
		{"the same", "Estate/first", "Estate/a_transaction_for_each_row", "first ingest", "MERGE row by row, each in a transaction"},
		{"the same", "Estate/first", "Estate/rows_in_batches", "first ingest", "plain UNWIND and CREATE"},
		{"the same", "Estate/unchanged", "Estate/first", "ingest of what is held", "first ingest"},
		{"the same, by a process that holds nothing", "Estate/unchanged_by_another_process", "Estate/first", "ingest of what is held", "first ingest"},
		{"the same", "Estate/one_percent_changed", "Estate/first", "ingest of 1% changed", "first ingest"},
		{"the same", "Estate/snapshot", "Estate/snapshot_of_the_embedded_store", "snapshot from Neo4j", "from the embedded store"},
	}},
}

// ratios runs the suites one after the other, and prints a table.
func ratios(ctx context.Context, out io.Writer) error {
	printed := table.NewWriter()
	printed.SetOutputMirror(out)
	printed.AppendHeader(table.Row{"What", "Measured", "Time", "Yardstick", "Time", "Ratio"})
	for _, suite := range suites {
		fmt.Fprintf(out, "bench: go test -bench '%s' %s\n", suite.pattern, suite.folder)
		times, err := suite.run(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", suite.folder, err)
		}
		for _, one := range suite.ratios {
			measured, err := times.of(one.benchmark)
			if err != nil {
				return fmt.Errorf("%s: %w", suite.folder, err)
			}
			row := table.Row{one.what, one.measured, short(measured)}
			if one.against != "" {
				yardstick, err := times.of(one.against)
				if err != nil {
					return fmt.Errorf("%s: %w", suite.folder, err)
				}
				row = append(row, one.yardstick, short(yardstick), fmt.Sprintf("%.3g", float64(measured)/float64(yardstick)))
			}
			printed.AppendRow(row)
		}
	}
	fmt.Fprintln(out)
	printed.RenderMarkdown()
	return nil
}

// times holds what each benchmark took each time that it ran.
type times map[string][]time.Duration

func (suite suite) run(ctx context.Context) (times, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("stopped after %s", limit))
	defer cancel()
	command := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", suite.pattern, //nolint:gosec // the suites are above
		"-benchtime", suite.time, "-count", strconv.Itoa(suite.rounds), "-timeout", limit.String(), suite.folder)
	command.Env = append(os.Environ(), "INROAD_BENCH_LARGE=1")
	command.Stderr = os.Stderr
	said, err := command.Output()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, said)
	}
	return read(said), nil
}

// read takes the times out of what go test prints: a name with the number of processors, how many rounds, nanoseconds a round.
func read(said []byte) times {
	found := times{}
	for lines := bufio.NewScanner(bytes.NewReader(said)); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || fields[3] != "ns/op" {
			continue
		}
		name := strings.TrimPrefix(fields[0], "Benchmark")
		if at := strings.LastIndexByte(name, '-'); at > 0 {
			if _, err := strconv.Atoi(name[at+1:]); err == nil {
				name = name[:at]
			}
		}
		if nanoseconds, err := strconv.ParseFloat(fields[2], 64); err == nil {
			found[name] = append(found[name], time.Duration(nanoseconds))
		}
	}
	return found
}

// of gives the median time of a benchmark; of all below a name that ends in /*. It fails when there is no such benchmark.
func (times times) of(name string) (time.Duration, error) {
	var all []time.Duration
	below, several := strings.CutSuffix(name, "*")
	for known, took := range times {
		if known == name || several && strings.HasPrefix(known, below) {
			all = append(all, took...)
		}
	}
	if len(all) == 0 {
		return 0, fmt.Errorf("there is no benchmark %s", name)
	}
	slices.Sort(all)
	return all[len(all)/2], nil
}

// short rounds to three digits or so.
func short(took time.Duration) string {
	for unit := time.Second; unit > time.Nanosecond; unit /= 10 {
		if took >= unit {
			return took.Round(unit / 100).String()
		}
	}
	return took.String()
}
