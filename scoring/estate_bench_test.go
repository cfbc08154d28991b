package scoring

import (
	"fmt"
	"os"
	"runtime"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/estate"
)

// BenchmarkEstate measures the synthetic estate at 10,000 and 100,000 nodes, and at 1,000,000 when INROAD_BENCH_LARGE is set.
func BenchmarkEstate(b *testing.B) {
	sizes := []int{10, 100}
	if os.Getenv("INROAD_BENCH_LARGE") != "" {
		sizes = append(sizes, 1000)
	}
	for _, accounts := range sizes {
		b.Run(fmt.Sprintf("%d accounts", accounts), func(b *testing.B) { measureEstate(b, accounts) })
	}
}

func measureEstate(b *testing.B, accounts int) {
	synthetic := estate.Synthetic{Accounts: accounts, Seed: 1}
	snapshot, err := graph.NewSnapshot(1, append(synthetic.Batches(), synthetic.Attack())...)
	if err != nil {
		b.Fatal(err)
	}
	runtime.GC()
	var analysis *Analysis
	b.Run("prepare", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if analysis, err = New(snapshot, Config{}); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(snapshot.Len()), "nodes")
		b.ReportMetric(float64(snapshot.Edges()), "edges")
		b.ReportMetric(float64(len(analysis.region.nodes)), "region-nodes")
		b.ReportMetric(float64(len(analysis.region.arcs)+len(analysis.region.gates)), "region-edges")
	})
	b.Run("walk", func(b *testing.B) {
		for b.Loop() {
			if _, err := analysis.region.routes(b.Context(), true); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("raw BFS", func(b *testing.B) {
		for b.Loop() {
			breadthFirst(analysis.region.field, present(analysis.region.entries))
		}
	})
	b.Run("paths", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, _, err := analysis.Paths(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("chokepoints", func(b *testing.B) {
		for b.Loop() {
			if _, err := analysis.Chokepoints(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("waypoints", func(b *testing.B) {
		for b.Loop() {
			if _, err := analysis.Waypoints(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("posture", func(b *testing.B) {
		for b.Loop() {
			posture, err := analysis.Posture(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			exact := 0
			for _, asset := range posture.Assets {
				if asset.Likelihood.Exact {
					exact++
				}
			}
			b.ReportMetric(float64(exact), "exact-assets")
			b.ReportMetric(float64(len(posture.Assets)), "assets")
			b.ReportMetric(posture.Score.Upper-posture.Score.Lower, "score-width")
		}
	})
	b.Run("plan", func(b *testing.B) {
		for b.Loop() {
			plan, err := analysis.Plan(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(plan.Cost), "cost")
			b.ReportMetric(float64(plan.Gap), "gap")
			b.ReportMetric(float64(len(plan.Closed)), "closed")
		}
	})
	b.Run("escalations", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, _, err := analysis.Escalations(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
}
