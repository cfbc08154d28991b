package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestEveryStageReadsWhatTheOneBeforeItWrote(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("memory is measured on Linux only")
	}
	store := filepath.Join(t.TempDir(), "inroad.db")
	for _, stage := range []string{"ingest", "open", "derive", "analyze"} {
		if err := run(context.Background(), stage, store, 1, 1); err != nil {
			t.Fatalf("%s: %v", stage, err)
		}
	}
	if err := run(context.Background(), "fly", store, 1, 1); err == nil {
		t.Error("an unknown stage is no error")
	}
}

func TestMeasureSeesTimeAndMemory(t *testing.T) {
	if _, err := os.Stat("/proc/self/clear_refs"); err != nil {
		t.Skip("memory is measured on Linux only")
	}
	var held []byte
	took, err := measure("hold", func() error {
		held = bytes.Repeat([]byte{1}, 64<<20)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if grown := took.Peak - took.Before; grown < 48 || grown > 256 {
		t.Errorf("64 MiB more were seen as %.0f", grown)
	}
	if took.Wall <= 0 {
		t.Errorf("took %v s", took.Wall)
	}
	runtime.KeepAlive(held)
}

func TestSizesAreNumbersOfNodes(t *testing.T) {
	accounts, err := parse(" 10000  1000000 ")
	if err != nil || len(accounts) != 2 || accounts[0] != 10 || accounts[1] != 1000 {
		t.Error(accounts, err)
	}
	for _, wrong := range []string{"many", "10", "-5000"} {
		if _, err := parse(wrong); err == nil {
			t.Errorf("%q is taken for a size", wrong)
		}
	}
}

func TestTheMedianOfABenchmarkIsTaken(t *testing.T) {
	times := read([]byte(strings.Join([]string{
		"goos: linux",
		"BenchmarkEvaluate/allowed-2   	     100	      3000 ns/op	     912 B/op",
		"BenchmarkEvaluate/allowed-2   	     100	      9000 ns/op",
		"BenchmarkEvaluate/none-2      	     100	      1000 ns/op",
		"BenchmarkMillion/raw_BFS      	       1	 123456789 ns/op",
		"PASS",
	}, "\n")))
	for name, want := range map[string]time.Duration{
		"Evaluate/*": 3000, "Evaluate/none": 1000, "Million/raw_BFS": 123456789,
	} {
		if got, err := times.of(name); err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", name, got, err, want)
		}
	}
	if _, err := times.of("Million"); err == nil {
		t.Error("a benchmark that did not run is no error")
	}
}

func TestTheTableTellsGrowth(t *testing.T) {
	var out bytes.Buffer
	report(&out, []int{10, 100}, [][]figures{
		{{Stage: "open", Wall: 1, CPU: 2, Peak: 100}}, {{Stage: "open", Wall: 5, CPU: 22, Peak: 150}},
	})
	for _, want := range []string{"10000", "100000", "×5.0", "×11.0", "×1.5"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s in\n%s", want, out.String())
		}
	}
}

func TestQuestionsAboutIdentitiesAreMeasured(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("memory is measured on Linux only")
	}
	for _, stage := range []string{"can", "escalations"} {
		if err := run(context.Background(), stage, "", 1, 1); err != nil {
			t.Errorf("%s: %v", stage, err)
		}
	}
}

func TestTheExponentOfGrowth(t *testing.T) {
	for _, c := range []struct {
		before, now float64
		want        string
	}{{1, 4, "1.00"}, {1, 16, "2.00"}, {2, 2, "0.00"}, {0, 4, ""}} {
		if got := exponent(c.before, c.now, 1000, 4000); got != c.want {
			t.Errorf("from %v to %v with four times as many: %q, want %q", c.before, c.now, got, c.want)
		}
	}
}

func TestAChangeIsSetBesideAFullPass(t *testing.T) {
	var out bytes.Buffer
	if err := change(context.Background(), &out, 2, 1); err != nil {
		t.Fatal(err)
	}
	for _, row := range []string{"| full |", "/global/iam |", "/eu-west-1/ec2 |"} {
		if !strings.Contains(out.String(), row) {
			t.Errorf("no row %q in\n%s", row, out.String())
		}
	}
}
