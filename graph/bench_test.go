package graph_test

import (
	"runtime"
	"strconv"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/storetest"
)

var sizes = []int{10_000, 100_000, 1_000_000}

func BenchmarkNewSnapshot(b *testing.B) {
	for _, size := range sizes {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			batches := storetest.Estate(size)
			done := storetest.Measure(b)
			var snapshot *graph.Snapshot
			for b.Loop() {
				var err error
				if snapshot, err = graph.NewSnapshot(1, batches...); err != nil {
					b.Fatal(err)
				}
			}
			batches = nil
			done()
			runtime.KeepAlive(snapshot)
		})
	}
}

func BenchmarkWith(b *testing.B) {
	for _, size := range sizes {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			batches := storetest.Estate(size)
			derived := batches[len(batches)-1]
			snapshot, err := graph.NewSnapshot(1, batches[:len(batches)-1]...)
			if err != nil {
				b.Fatal(err)
			}
			done := storetest.Measure(b)
			for b.Loop() {
				if _, err := snapshot.With(derived); err != nil {
					b.Fatal(err)
				}
			}
			done()
		})
	}
}

func BenchmarkJoin(b *testing.B) {
	for _, size := range sizes {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			var parts []*graph.Part
			for _, batch := range storetest.Estate(size) {
				part, err := graph.Pack(batch)
				if err != nil {
					b.Fatal(err)
				}
				parts = append(parts, part)
			}
			done := storetest.Measure(b)
			for b.Loop() {
				if _, err := graph.Join(1, parts...); err != nil {
					b.Fatal(err)
				}
			}
			done()
		})
	}
}

func BenchmarkEdge(b *testing.B) {
	snapshot, err := graph.NewSnapshot(1, storetest.Estate(100_000)...)
	if err != nil {
		b.Fatal(err)
	}
	e := graph.EdgeIndex(0)
	for b.Loop() {
		snapshot.Edge(e)
		e = (e + 7919) % graph.EdgeIndex(snapshot.Edges())
	}
}
