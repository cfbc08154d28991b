package boltstore_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/boltstore"
	"github.com/inroad-security/inroad/graph/storetest"
)

const childVariable = "INROAD_BOLTSTORE_TEST_CHILD"

// runChild turns the test's program into the process that a test kills or starves, when it was started as one.
func runChild() {
	task, path, _ := strings.Cut(os.Getenv(childVariable), "=")
	switch task {
	case "":
		return
	case "starve":
		starve()
	}
	if err := applyForEver(path); err != nil {
		fmt.Println("error:", err)
		os.Exit(3)
	}
	os.Exit(0)
}

// child gives the command that runs the test's program as a child.
func child(task, path string) *exec.Cmd {
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), childVariable+"="+task+"="+path)
	return command
}

// applyForEver applies one state after the other and says so. On an error it checks that the store goes on as it was.
func applyForEver(path string) error {
	store, err := boltstore.Open(path, boltstore.Options{Wait: 10 * time.Second})
	if err != nil {
		return err
	}
	defer store.Close()
	for {
		snapshot, err := store.Snapshot(context.Background(), 0)
		if err != nil {
			return err
		}
		number := int(snapshot.Revision()) // state n is revision n+1
		fmt.Println("applied", number)
		if _, err := store.Apply(context.Background(), states(number)...); err != nil {
			again, readErr := store.Snapshot(context.Background(), 0)
			if readErr != nil || storetest.Dump(again) != storetest.Dump(snapshot) || again.Revision() != snapshot.Revision() {
				return errors.Join(err, readErr, errors.New("and the store is not as it was"))
			}
			return err
		}
	}
}

// wantWhole asserts that a store holds whole states only, the newest of them at least as new as what was acknowledged.
func wantWhole(t *testing.T, path string, acknowledged int) {
	t.Helper()
	store := mustOpen(t, path, boltstore.Options{ReadOnly: true})
	defer mustClose(t, store)
	newest, err := store.Snapshot(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	revision := newest.Revision()
	if int(revision) < acknowledged || int(revision) > acknowledged+1 {
		t.Fatalf("revision %d is there after %d was acknowledged", revision, acknowledged)
	}
	for _, revision := range []graph.Revision{revision, max(revision, 1) - 1} {
		if revision == 0 {
			continue
		}
		snapshot, err := store.Snapshot(context.Background(), revision)
		if err != nil {
			t.Fatal(err)
		}
		if got := storetest.Dump(snapshot); got != stateDump(t, int(revision)-1) {
			t.Fatalf("revision %d is not as it was applied:\n%.2000s", revision, got)
		}
	}
}

func TestAKilledWriterLeavesAWholeRevision(t *testing.T) {
	path := filepath.Join(t.TempDir(), "inroad.db")
	random := rand.New(rand.NewPCG(3, 4))
	acknowledged := 0
	for round := range 25 {
		command := child("apply", path)
		output, err := command.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(output)
		for seen := 0; lines.Scan(); seen++ {
			number, found := strings.CutPrefix(lines.Text(), "applied ")
			if !found {
				t.Fatal(lines.Text())
			}
			if acknowledged, err = strconv.Atoi(number); err != nil {
				t.Fatal(err)
			}
			if seen == round%4 {
				time.AfterFunc(time.Duration(random.IntN(15_000))*time.Microsecond, func() { _ = command.Process.Kill() })
			}
		}
		if err := command.Wait(); err == nil {
			t.Fatal("the writer ended before it was killed")
		}
		wantWhole(t, path, acknowledged)
	}
	if acknowledged < 25 {
		t.Fatalf("only %d states were applied", acknowledged)
	}
}

func TestAFullDiskIsAnErrorAndTheOldRevisionStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "inroad.db")
	output, err := child("starve", path).Output()
	var exit *exec.ExitError
	if bytes.Contains(output, []byte("not to be had")) {
		t.Skip("this system cannot limit the size of files")
	}
	if !errors.As(err, &exit) || exit.ExitCode() != 3 {
		t.Fatalf("the starved writer ended with %v:\n%s", err, output)
	}
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	last := lines[len(lines)-1]
	if !strings.HasPrefix(last, "error: boltstore: "+path) || !strings.Contains(last, "make room") || strings.Contains(last, "not as it was") {
		t.Fatal(last)
	}
	if len(lines) < 2 {
		t.Fatal("nothing was applied before the disk was full")
	}
	acknowledged, err := strconv.Atoi(strings.TrimPrefix(lines[len(lines)-2], "applied "))
	if err != nil || acknowledged < 1 {
		t.Fatalf("%s: %v", lines[len(lines)-2], err)
	}
	wantWhole(t, path, acknowledged)
	store := mustOpen(t, path, boltstore.Options{})
	defer mustClose(t, store)
	mustApply(t, store, states(acknowledged)...)
}
