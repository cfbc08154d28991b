package server

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/inroad-security/inroad/graph"
)

func TestSharedWorksOnceForAllWhoAsk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var answers shared[int]
		snapshot := snapshotOf(t, 1)
		var worked atomic.Int64
		release := make(chan struct{})
		work := func(ctx context.Context) (int, error) {
			worked.Add(1)
			<-release
			return 42, ctx.Err()
		}
		ctx, cancel := context.WithCancel(context.Background())
		first := make(chan error, 1)
		go func() {
			_, err := answers.get(ctx, snapshot, "key", work)
			first <- err
		}()
		synctest.Wait()
		var others sync.WaitGroup
		for range 5 {
			others.Go(func() {
				if got, err := answers.get(context.Background(), snapshot, "key", work); got != 42 || err != nil {
					t.Errorf("one of the others: %d, %v", got, err)
				}
			})
		}
		synctest.Wait()
		cancel()
		if err := <-first; !errors.Is(err, context.Canceled) { // at once, while the work goes on
			t.Errorf("the first: %v", err)
		}
		close(release)
		others.Wait()
		if got, err := answers.get(context.Background(), snapshot, "key", work); got != 42 || err != nil || worked.Load() != 1 {
			t.Errorf("later: %d, %v, worked %d times", got, err, worked.Load())
		}
	})
}

func TestSharedStopsWhenAllHaveGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var answers shared[int]
		snapshot := snapshotOf(t, 1)
		var stopped atomic.Int64
		linger := make(chan struct{})
		endless := func(ctx context.Context) (int, error) {
			<-ctx.Done()
			stopped.Add(1)
			<-linger
			return 0, ctx.Err()
		}
		ctx, cancel := context.WithCancel(context.Background())
		second, cancelSecond := context.WithCancel(context.Background())
		var all sync.WaitGroup
		for _, ctx := range []context.Context{ctx, second} {
			all.Go(func() {
				if _, err := answers.get(ctx, snapshot, "key", endless); !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		cancel()
		synctest.Wait()
		if stopped.Load() != 0 {
			t.Error("the work was stopped while someone waited")
		}
		cancelSecond()
		synctest.Wait()
		if stopped.Load() != 1 {
			t.Error("the work goes on and nobody waits")
		}
		all.Wait()
		if got, err := answers.get(context.Background(), snapshot, "key", func(context.Context) (int, error) { return 1, nil }); got != 1 || err != nil {
			t.Errorf("who asks while the work winds down: %d, %v", got, err)
		}
		close(linger)
	})
}

func TestSharedKeepsAnswersOfOneSnapshot(t *testing.T) {
	var answers shared[string]
	old, newer := snapshotOf(t, 1), snapshotOf(t, 2)
	worked := 0
	ask := func(snapshot *graph.Snapshot, key string) string {
		t.Helper()
		got, err := answers.get(context.Background(), snapshot, key, func(context.Context) (string, error) {
			worked++
			return fmt.Sprintf("%s of %d", key, snapshot.Revision()), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	for _, step := range []struct {
		snapshot *graph.Snapshot
		key      string
		worked   int
	}{
		{old, "a", 1},
		{old, "b", 2},
		{old, "a", 2},
		{old, "c", 3},
		{old, "d", 4},
		{old, "a", 4},
		{old, "e", 5}, // the fifth: b was asked for longest ago, and goes
		{old, "a", 5},
		{old, "b", 6}, // c goes
		{newer, "a", 7},
		{newer, "a", 7},
		{old, "a", 8},
	} {
		if got := ask(step.snapshot, step.key); got != fmt.Sprintf("%s of %d", step.key, step.snapshot.Revision()) || worked != step.worked {
			t.Fatalf("%s of %d: %q, worked %d times: want %d", step.key, step.snapshot.Revision(), got, worked, step.worked)
		}
		if len(answers.answers) != len(answers.used) || len(answers.used) > mostKept {
			t.Fatalf("%d answers are kept, %d in order of use", len(answers.answers), len(answers.used))
		}
	}
}

func TestSharedKeepsNoErrorAndSurvivesAPanic(t *testing.T) {
	var answers shared[int]
	snapshot := snapshotOf(t, 1)
	get := func(work func() (int, error)) (int, error) {
		return answers.get(context.Background(), snapshot, "key", func(context.Context) (int, error) { return work() })
	}
	if _, err := get(func() (int, error) { return 0, errUnforeseen }); !errors.Is(err, errUnforeseen) {
		t.Error(err)
	}
	if _, err := get(func() (int, error) { panic("at the disco") }); err == nil || !strings.HasPrefix(err.Error(), "panic: at the disco\n") {
		t.Error(err)
	}
	if got, err := get(func() (int, error) { return 1, nil }); got != 1 || err != nil {
		t.Error(got, err)
	}
}
