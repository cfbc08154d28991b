package boltstore_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/boltstore"
	"github.com/inroad-security/inroad/graph/storetest"
)

var sizes = []int{10_000, 100_000, 1_000_000}

// BenchmarkApply applies a whole estate to an empty store in one call.
func BenchmarkApply(b *testing.B) {
	for _, size := range sizes {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			batches := storetest.Estate(size)
			done := storetest.Measure(b)
			path := filepath.Join(b.TempDir(), "inroad.db")
			for b.Loop() {
				if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
					b.Fatal(err)
				}
				store := mustOpen(b, path, boltstore.Options{})
				if _, err := store.Apply(context.Background(), batches...); err != nil {
					b.Fatal(err)
				}
				if err := store.Close(); err != nil {
					b.Fatal(err)
				}
			}
			batches = nil
			done()
			if info, err := os.Stat(path); err == nil {
				b.ReportMetric(float64(info.Size())/(1<<20), "file-MiB")
			}
		})
	}
}

// BenchmarkApplyOne applies one scope to a store that holds an estate.
func BenchmarkApplyOne(b *testing.B) {
	for _, size := range sizes {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			path, batches := written(b, size)
			batch := batches[0]
			batches = nil
			store := mustOpen(b, path, boltstore.Options{})
			defer store.Close()
			done := storetest.Measure(b)
			for b.Loop() {
				batch.Collected = batch.Collected.Add(1)
				if _, err := store.Apply(context.Background(), batch); err != nil {
					b.Fatal(err)
				}
			}
			done()
		})
	}
}

// BenchmarkOpen opens a store, makes the newest snapshot and closes the store.
func BenchmarkOpen(b *testing.B) {
	for _, size := range sizes {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			path, _ := written(b, size)
			done := storetest.Measure(b)
			var snapshot *graph.Snapshot
			for b.Loop() {
				store := mustOpen(b, path, boltstore.Options{ReadOnly: true})
				var err error
				if snapshot, err = store.Snapshot(context.Background(), 0); err != nil {
					b.Fatal(err)
				}
				if err := store.Close(); err != nil {
					b.Fatal(err)
				}
			}
			done()
			runtime.KeepAlive(snapshot)
		})
	}
}

// written makes a store that holds an estate.
func written(b *testing.B, size int) (path string, batches []graph.Batch) {
	b.Helper()
	batches = storetest.Estate(size)
	path = filepath.Join(b.TempDir(), "inroad.db")
	store := mustOpen(b, path, boltstore.Options{})
	if _, err := store.Apply(context.Background(), batches...); err != nil {
		b.Fatal(err)
	}
	if err := store.Close(); err != nil {
		b.Fatal(err)
	}
	return path, batches
}
