// Package oracle sets the evaluation of AWS policies against an independent evaluator, on generated cases. Where the two disagree,
// AWS's documentation decides: docs/iam-oracle.md lists what it decided, and each entry is a rule of this package.
//
// The other evaluator runs as a process of its own and is no part of the program; internal/ci/oracle fetches it.
package oracle

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	iam "github.com/inroad-security/inroad/internal/iam/aws"
)

const timeBox = 4 * time.Minute

// seed is the one of docs/iam-oracle.md; INROAD_ORACLE_SEED draws other cases.
var seed = func() uint64 {
	if other, err := strconv.ParseUint(os.Getenv("INROAD_ORACLE_SEED"), 10, 64); err == nil {
		return other
	}
	return 20260301
}()

// said is an answer of either evaluator.
type said struct {
	ID     int
	Result string
	Error  string
}

func ours(q *question) said {
	var answer said
	if err := json.Unmarshal(iam.SimulateLine(q.line()), &answer); err != nil {
		return said{ID: q.ID, Error: err.Error()}
	}
	return answer
}

// oracle is a running process of the other evaluator.
type oracle struct {
	process *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Scanner
}

func start(t *testing.T, folder string) *oracle {
	t.Helper()
	process := exec.Command("node", "bridge.mjs", folder)
	process.Stderr = os.Stderr
	in, err := process.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	asked := &oracle{process: process, in: in, out: lines}
	t.Cleanup(func() {
		_ = in.Close()
		_ = process.Wait()
	})
	return asked
}

// ask asks questions that follow one another closely, and gives the answers in their order.
func (asked *oracle) ask(questions []*question) ([]said, error) {
	failed := make(chan error, 1)
	go func() {
		writer := bufio.NewWriter(asked.in)
		for _, q := range questions {
			_, _ = writer.Write(q.line()) // the writer keeps its first error
			_ = writer.WriteByte('\n')
		}
		failed <- writer.Flush()
	}()
	answers := make([]said, len(questions))
	for i := range answers {
		if !asked.out.Scan() {
			return nil, fmt.Errorf("the oracle ended after %d of %d answers: %w", i, len(questions), asked.out.Err())
		}
		if err := json.Unmarshal(asked.out.Bytes(), &answers[i]); err != nil {
			return nil, fmt.Errorf("the oracle said %s: %w", asked.out.Bytes(), err)
		}
		if answers[i].ID != questions[i].ID {
			return nil, fmt.Errorf("the oracle answered %d when asked %d", answers[i].ID, questions[i].ID)
		}
	}
	return answers, <-failed
}

// wanted tells how many cases are asked for, and where the oracle is.
func wanted(t *testing.T) (cases int, folder string) {
	t.Helper()
	cases, err := strconv.Atoi(os.Getenv("INROAD_ORACLE_CASES"))
	if err != nil || cases <= 0 {
		t.Skip("INROAD_ORACLE_CASES is not set: make e2e asks the independent evaluator, which internal/ci/oracle fetches")
	}
	folder = os.Getenv("INROAD_ORACLE")
	absent := func(why string) {
		if os.Getenv("CI") == "true" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	if _, err := os.Stat(filepath.Join(folder, "node_modules", "@cloud-copilot", "iam-simulate")); folder == "" || err != nil {
		absent("INROAD_ORACLE names no folder with the independent evaluator: internal/ci/oracle FOLDER fetches it")
	}
	if _, err := exec.LookPath("node"); err != nil {
		absent("node is not installed, which the independent evaluator needs")
	}
	return cases, folder
}

// part is what one process found out.
type part struct {
	asked, refused, disagreed int
	settled                   map[string]int // by rule
	open                      []string
	results                   map[string]int
	err                       error
}

func TestAgainstTheOracle(t *testing.T) {
	cases, folder := wanted(t)
	began := time.Now()
	workers := min(runtime.NumCPU(), 4)
	parts := make(chan part, workers)
	for worker := range workers {
		asked := start(t, folder)
		go func() { parts <- compare(asked, worker, workers, cases, began.Add(timeBox)) }()
	}
	total := part{settled: map[string]int{}, results: map[string]int{}}
	for range workers {
		one := <-parts
		if one.err != nil {
			t.Fatal(one.err)
		}
		total.asked, total.refused, total.disagreed = total.asked+one.asked, total.refused+one.refused, total.disagreed+one.disagreed
		total.open = append(total.open, one.open...)
		for rule, count := range one.settled {
			total.settled[rule] += count
		}
		for result, count := range one.results {
			total.results[result] += count
		}
	}
	t.Logf("%d cases in %s, seed %d: %v; %d refused by the oracle; %d disagreements settled", total.asked, time.Since(began).Round(time.Second), seed, total.results, total.refused, total.disagreed)
	for _, each := range rules {
		t.Logf("%6d  %s", total.settled[each.name], each.name)
		if cases >= 50_000 && total.settled[each.name] == 0 {
			t.Errorf("%q settles nothing: the rule is not needed, or its cases are not drawn", each.name)
		}
	}
	if total.asked < cases {
		t.Errorf("only %d of %d cases were asked within %s", total.asked, cases, timeBox)
	}
	if total.refused > total.asked/50 {
		t.Errorf("the oracle refused %d of %d cases: the generator should draw what AWS accepts", total.refused, total.asked)
	}
	slices.Sort(total.open)
	for i, text := range total.open {
		if i == 5 {
			break
		}
		t.Errorf("no rule settles %s", text)
	}
	if len(total.open) > 0 {
		t.Errorf("%d disagreements are open", len(total.open))
	}
}

const batch = 250

// compare asks every question whose number belongs to the worker.
func compare(asked *oracle, worker, workers, cases int, until time.Time) part {
	found := part{settled: map[string]int{}, results: map[string]int{}}
	for from := worker * batch; from < cases && time.Now().Before(until); from += workers * batch {
		var questions []*question
		for id := from; id < min(from+batch, cases); id++ {
			questions = append(questions, draw(seed, id))
		}
		answers, err := asked.ask(questions)
		if err != nil {
			found.err = err
			return found
		}
		for i, q := range questions {
			found.asked++
			mine := ours(q)
			found.results[mine.Result]++
			switch {
			case answers[i].Error != "":
				found.refused++
				if mine.Error == "" && os.Getenv("INROAD_ORACLE_VERBOSE") != "" {
					fmt.Fprintf(os.Stderr, "refused: %s\n", answers[i].Error)
				}
			case mine.Result == answers[i].Result:
			default:
				names, err := settle(asked, q, mine.Result)
				if err != nil {
					found.err = err
					return found
				}
				if len(names) == 0 {
					found.open = append(found.open, fmt.Sprintf("case %d: ours %s%s, the oracle's %s\n%s", q.ID, mine.Result, mine.Error, answers[i].Result, q.line()))
					continue
				}
				found.disagreed++
				for _, name := range names {
					found.settled[name]++
				}
			}
		}
	}
	return found
}
