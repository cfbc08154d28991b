package reliability_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/inroad-security/inroad/scoring/reliability"
)

// randomSystem draws a system of at most 20 parts: cycles, self-loops, parallel parts, shared causes and parts that need several nodes all occur.
func randomSystem(random *rand.Rand) reliability.System {
	system := reliability.System{Nodes: 2 + random.IntN(6), Causes: 1 + random.IntN(7)}
	system.Goal = uint32(system.Nodes - 1)
	system.Sources = []uint32{0}
	chances := []float64{0, 0.1, 0.25, 0.5, 0.9, 1}
	for range random.IntN(21) {
		part := reliability.Part{To: uint32(random.IntN(system.Nodes)), Cause: uint32(random.IntN(system.Causes)), Chance: chances[random.IntN(len(chances))]}
		for range 1 + random.IntN(5)/3 {
			part.Needs = append(part.Needs, uint32(random.IntN(system.Nodes)))
		}
		system.Parts = append(system.Parts, part)
	}
	return system
}

// exact sums over every combination of intervals of the causes' strengths, between which no part changes its mind.
func exact(system reliability.System) float64 {
	steps := make([][]float64, system.Causes) // of each cause: where its parts change their mind
	for c := range steps {
		steps[c] = []float64{0, 1}
		for _, part := range system.Parts {
			if int(part.Cause) == c {
				steps[c] = append(steps[c], part.Chance)
			}
		}
		slices.Sort(steps[c])
		steps[c] = slices.Compact(steps[c])
	}
	strength := make([]float64, system.Causes)
	var sum func(cause int, mass float64) float64
	sum = func(cause int, mass float64) float64 {
		if cause == system.Causes {
			if reaches(system, strength) {
				return mass
			}
			return 0
		}
		total := 0.0
		for i := range len(steps[cause]) - 1 {
			strength[cause] = (steps[cause][i] + steps[cause][i+1]) / 2
			total += sum(cause+1, mass*(steps[cause][i+1]-steps[cause][i]))
		}
		return total
	}
	return sum(0, 1)
}

// reaches scans all parts again and again until nothing is gained.
func reaches(system reliability.System, strength []float64) bool {
	held := map[uint32]bool{}
	for _, source := range system.Sources {
		held[source] = true
	}
	for grown := true; grown; {
		grown = false
		for _, part := range system.Parts {
			open := strength[part.Cause] < part.Chance && !held[part.To]
			for _, need := range part.Needs {
				open = open && held[need]
			}
			if open {
				held[part.To], grown = true, true
			}
		}
	}
	return held[system.Goal]
}

func assess(t *testing.T, system reliability.System, effort reliability.Effort) reliability.Bounds {
	t.Helper()
	bounds, err := reliability.Assess(t.Context(), system, effort)
	if err != nil {
		t.Fatal(err)
	}
	return bounds
}

const rounding = 1e-9

func TestTheBoundsHoldTheExactValue(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	inner, wide := 0, 0
	for graph := range 12_000 {
		system := randomSystem(random)
		want := exact(system)
		for _, effort := range []reliability.Effort{{Work: -1}, {Work: 10, Samples: 50, Seed: 7}, {Work: 60}, {Work: math.MaxInt}} {
			bounds := assess(t, system, effort)
			if bounds.Lower > want+rounding || bounds.Upper < want-rounding {
				t.Fatalf("graph %d, work %d: [%g, %g] does not hold %g: %+v", graph, effort.Work, bounds.Lower, bounds.Upper, want, system)
			}
			if bounds.Estimate < bounds.Lower-rounding || bounds.Estimate > bounds.Upper+rounding {
				t.Fatalf("graph %d: the estimate %g lies outside [%g, %g]", graph, bounds.Estimate, bounds.Lower, bounds.Upper)
			}
			if effort.Work == math.MaxInt && (!bounds.Exact || math.Abs(bounds.Estimate-want) > rounding) {
				t.Fatalf("graph %d: exactly %+v, want %g", graph, bounds, want)
			}
			if effort.Work < 0 {
				inner++
				if bounds.Upper-bounds.Lower > 0.5 {
					wide++
				}
			}
		}
	}
	// Bounds of 0 and 1 would hold everything: disjoint proofs and cuts alone must say something.
	if wide*4 > inner {
		t.Errorf("%d of %d bounds without splitting are wider than a half", wide, inner)
	}
}

func TestAnAddedPartNeverLowersABound(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 2))
	for range 3000 {
		system := randomSystem(random)
		if len(system.Parts) == 0 {
			continue
		}
		less := system
		less.Parts = system.Parts[:len(system.Parts)-1]
		before, after := assess(t, less, reliability.Effort{Work: math.MaxInt}), assess(t, system, reliability.Effort{Work: math.MaxInt})
		if after.Estimate < before.Estimate-rounding {
			t.Fatalf("%g with the part, %g without: %+v", after.Estimate, before.Estimate, system)
		}
	}
}

func TestNumbersAndOrderDoNotMatter(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	for range 3000 {
		system := randomSystem(random)
		nodes, causes, parts := random.Perm(system.Nodes), random.Perm(system.Causes), random.Perm(len(system.Parts))
		renamed := reliability.System{Nodes: system.Nodes, Causes: system.Causes, Sources: []uint32{uint32(nodes[0])}, Goal: uint32(nodes[system.Goal])}
		for _, p := range parts {
			part := system.Parts[p]
			fresh := reliability.Part{To: uint32(nodes[part.To]), Cause: uint32(causes[part.Cause]), Chance: part.Chance}
			for _, need := range part.Needs {
				fresh.Needs = append(fresh.Needs, uint32(nodes[need]))
			}
			renamed.Parts = append(renamed.Parts, fresh)
		}
		one, other := assess(t, system, reliability.Effort{Work: math.MaxInt}), assess(t, renamed, reliability.Effort{Work: math.MaxInt})
		if math.Abs(one.Estimate-other.Estimate) > rounding {
			t.Fatalf("%g, renamed %g", one.Estimate, other.Estimate)
		}
	}
}

// bridge is the graph that series and parallel cannot reduce: 0 → 1, 0 → 2, 1 → 2, 1 → 3, 2 → 3, each with a chance of its own.
func bridge(chance float64) reliability.System {
	system := reliability.System{Nodes: 4, Causes: 5, Sources: []uint32{0}, Goal: 3}
	for c, ends := range [][2]uint32{{0, 1}, {0, 2}, {1, 2}, {1, 3}, {2, 3}} {
		system.Parts = append(system.Parts, reliability.Part{Needs: []uint32{ends[0]}, To: ends[1], Cause: uint32(c), Chance: chance})
	}
	return system
}

func TestTheBridgeByHand(t *testing.T) {
	// 0→1→3 or 0→2→3: 1 − (1 − 1/4)² = 7/16. Only by 0→1→2→3: it works, 1→3 fails, 0→2 fails: 1/32.
	if bounds := assess(t, bridge(0.5), reliability.Effort{Work: math.MaxInt}); bounds.Estimate != 15.0/32 || !bounds.Exact {
		t.Errorf("%+v, want 15/32", bounds)
	}
	// Disjoint proofs 0→1→3 and 0→2→3 alone give 7/16; the cuts {0→1, 0→2} and {1→3, 2→3} give (3/4)².
	if bounds := assess(t, bridge(0.5), reliability.Effort{Work: -1}); bounds.Lower != 7.0/16 || bounds.Upper != 9.0/16 {
		t.Errorf("[%g, %g], want [7/16, 9/16]", bounds.Lower, bounds.Upper)
	}
}

// ladder is a grid of bridges too large to be taken apart with little work.
func ladder(rungs int) reliability.System {
	system := reliability.System{Nodes: 2 * rungs, Sources: []uint32{0, 1}, Goal: uint32(2*rungs - 1)}
	add := func(from, to int) {
		system.Parts = append(system.Parts, reliability.Part{Needs: []uint32{uint32(from)}, To: uint32(to), Cause: uint32(system.Causes), Chance: 0.8})
		system.Causes++
	}
	for i := 0; i+3 < 2*rungs; i += 2 {
		add(i, i+2)
		add(i+1, i+3)
		add(i, i+3)
		add(i+1, i+2)
	}
	return system
}

func TestSamplingRefinesInsideTheBounds(t *testing.T) {
	want := assess(t, ladder(6), reliability.Effort{Work: math.MaxInt})
	if !want.Exact {
		t.Fatal("the ladder was not solved")
	}
	rough := assess(t, ladder(6), reliability.Effort{Work: 300, Samples: 4000, Seed: 1})
	if rough.Exact || rough.Error <= 0 || math.Abs(rough.Estimate-want.Estimate) > 5*rough.Error {
		t.Errorf("sampled %+v, exactly %g", rough, want.Estimate)
	}
	if again := assess(t, ladder(6), reliability.Effort{Work: 300, Samples: 4000, Seed: 1}); again != rough {
		t.Errorf("the same seed gives %+v and %+v", rough, again)
	}
}

func TestAnAssessmentThatNobodyWaitsForStopsWhereverItIs(t *testing.T) {
	effort := reliability.Effort{Work: 300, Samples: 200, Seed: 1}
	looks := 0
	for ; ; looks++ {
		ctx := &ending{Context: t.Context(), left: looks}
		_, err := reliability.Assess(ctx, ladder(6), effort)
		if !ctx.ended {
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("ended at look %d: %v", looks, err)
		}
	}
	if looks < effort.Samples {
		t.Errorf("%d looks at the context for %d draws", looks, effort.Samples)
	}
}

// ending is a context that ends after it was looked at some times.
type ending struct {
	context.Context
	left  int
	ended bool
}

func (ending *ending) Err() error {
	if ending.left--; ending.left >= 0 {
		return nil
	}
	ending.ended = true
	return context.Canceled
}
