package reliability

import "math"

// box is a set of days: those on which the strength of each cause lies in an interval. Boxes that come of one another by splitting are disjoint, and
// a box's causes are independent inside it.
type box struct {
	mass   float64 // how likely such a day is
	limits []limit // of the causes that are limited, no cause twice
}

// limit holds one cause's strength in [low, high).
type limit struct {
	cause     uint32
	low, high float64
}

// with narrows one cause's strength; share is the narrowed interval's part of what it was.
func (box box) with(fresh limit, share float64) box {
	limits := make([]limit, 0, len(box.limits)+1)
	for _, known := range box.limits {
		if known.cause != fresh.cause {
			limits = append(limits, known)
		}
	}
	box.limits, box.mass = append(limits, fresh), box.mass*share
	return box
}

// view lets an engine see its parts as they are on the days of a box.
type view struct {
	*engine
	low, high []float64 // of each cause
	banned    []bool    // causes that are left out by the caller
}

func (engine *engine) view() *view {
	seen := &view{engine: engine, low: make([]float64, engine.system.Causes), high: make([]float64, engine.system.Causes), banned: make([]bool, engine.system.Causes)}
	for c := range seen.high {
		seen.high[c] = 1
	}
	return seen
}

// enter narrows the view to a box, and leave widens it again.
func (seen *view) enter(box box) {
	for _, limit := range box.limits {
		seen.low[limit.cause], seen.high[limit.cause] = limit.low, limit.high
	}
}

func (seen *view) leave(box box) {
	for _, limit := range box.limits {
		seen.low[limit.cause], seen.high[limit.cause] = 0, 1
	}
}

// chance is how likely a part works on the days of the box: 0, 1 or something between.
func (seen *view) chance(p uint32) float64 {
	part := &seen.system.Parts[p]
	low, high := seen.low[part.Cause], seen.high[part.Cause]
	switch {
	case part.Chance >= high:
		return 1
	case part.Chance <= low:
		return 0
	default:
		return (part.Chance - low) / (high - low)
	}
}

// cost is −ln of the chance; infinite also for a part of a banned cause that is not certain.
func (seen *view) cost(p uint32) float64 {
	chance := seen.chance(p)
	switch {
	case chance == 1:
		return 0
	case chance == 0 || seen.banned[seen.system.Parts[p].Cause]:
		return infinite
	default:
		return -math.Log(chance)
	}
}

// term is an uncertain cause of a proof: the proof works, as far as the cause goes, when its strength is below the threshold.
type term struct {
	cause     uint32
	threshold float64
	chance    float64 // of that, in the box
}

// terms gives a proof's uncertain causes, in the proof's order.
func (seen *view) terms(proof []uint32) []term {
	var terms []term
	place := map[uint32]int{}
	for _, p := range proof {
		chance := seen.chance(p)
		if chance == 1 {
			continue
		}
		part := seen.system.Parts[p]
		at, known := place[part.Cause]
		if !known {
			at = len(terms)
			place[part.Cause] = at
			terms = append(terms, term{part.Cause, part.Chance, chance})
		}
		if part.Chance < terms[at].threshold {
			terms[at].threshold, terms[at].chance = part.Chance, chance
		}
	}
	return terms
}
