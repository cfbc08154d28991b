package derive_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/derive"
	"github.com/inroad-security/inroad/graph/technique"
	"github.com/inroad-security/inroad/internal/estate"
)

func BenchmarkDerive(b *testing.B) {
	for _, accounts := range []int{10, 100} {
		b.Run(fmt.Sprintf("%d accounts of 1000 nodes", accounts), func(b *testing.B) {
			snapshot, err := graph.NewSnapshot(1, estate.Synthetic{Accounts: accounts, Seed: 1}.Batches()...)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				batches, err := derive.Derive(context.Background(), snapshot, derive.Options{AWS: technique.AWS()})
				if err != nil {
					b.Fatal(err)
				}
				edges := 0
				for _, batch := range batches {
					edges += len(batch.Edges)
				}
				b.ReportMetric(float64(edges), "edges")
			}
		})
	}
}
