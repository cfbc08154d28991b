package aws

import (
	"fmt"
	"slices"
	"strings"
)

// tell joins the sets that are granted, leaves out what others contain, and subtracts what is denied.
func (x *extent) tell() []Permission {
	var out []Permission
	for _, p := range joined(minimal(x.grants)) {
		g := Permission{Area: p.Area, Decision: Allowed, By: p.by, Doubts: p.doubts, Root: p.root}
		if len(g.Doubts) > 0 {
			g.Decision = Possible
		}
		if x.subtract(&g) {
			out = append(out, g)
		}
	}
	return out
}

// minimal leaves out pieces that another contains which hangs on no more. What is denied is denied of both alike.
func minimal(pieces []piece) []piece {
	var kept []piece
	gone := make([]bool, len(pieces))
	for i := range pieces {
		for j := range pieces {
			if i == j || gone[j] || !hangsOnNoMore(&pieces[j], &pieces[i]) || !pieces[j].contains(&pieces[i].Area) {
				continue
			}
			gone[i] = true
			break
		}
		if !gone[i] {
			kept = append(kept, pieces[i])
		}
	}
	return kept
}

func hangsOnNoMore(one, other *piece) bool {
	for _, d := range one.doubts {
		if !slices.Contains(other.doubts, d) {
			return false
		}
	}
	return true
}

// beyond leaves out pieces that others contain which hang on no more.
func beyond(pieces, others []piece) []piece {
	return slices.DeleteFunc(pieces, func(p piece) bool {
		return slices.ContainsFunc(others, func(other piece) bool { return hangsOnNoMore(&other, &p) && other.contains(&p.Area) })
	})
}

// joined makes one of pieces that hang on the same and differ in their actions or in their resources alone.
func joined(pieces []piece) []piece {
	pieces = joinedBy(pieces, func(p *piece) string { return spell4(nil, p.NotActions, p.Resources, p.NotResources, p.doubts) }, func(into, from *piece) {
		into.Actions = Minimal(slices.Concat(into.Actions, from.Actions))
	})
	return joinedBy(pieces, func(p *piece) string { return spell4(p.Actions, p.NotActions, nil, p.NotResources, p.doubts) }, func(into, from *piece) {
		into.Resources = Minimal(slices.Concat(into.Resources, from.Resources))
	})
}

func joinedBy(pieces []piece, key func(*piece) string, join func(into, from *piece)) []piece {
	var out []piece
	at := map[string]int{}
	for i := range pieces {
		k := key(&pieces[i])
		first, known := at[k]
		if !known {
			at[k] = len(out)
			out = append(out, pieces[i])
			continue
		}
		join(&out[first], &pieces[i])
		for _, m := range pieces[i].by {
			if !slices.Contains(out[first].by, m) {
				out[first].by = append(slices.Clip(out[first].by), m)
			}
		}
	}
	return out
}

func spell4(actions, notActions, resources, notResources []*Pattern, doubts []Doubt) string {
	var b strings.Builder
	for _, list := range [][]*Pattern{actions, notActions, resources, notResources} {
		for _, p := range list {
			fmt.Fprintf(&b, "%q,", p.text)
		}
		b.WriteByte(';')
	}
	for _, d := range doubts {
		fmt.Fprintf(&b, "%p %s %p,", d.Statement, d.Key, d.Condition)
	}
	return b.String()
}

// subtract takes what is denied for certain out of a grant, and puts the rest with its exceptions. It answers false when nothing
// is left.
func (x *extent) subtract(g *Permission) bool {
	for _, denial := range x.denials {
		part, some, complete := denial.meet(&g.Area)
		x.complete = x.complete && complete
		if !some {
			continue
		}
		if len(denial.Doubts) == 0 && denial.contains(&g.Area) {
			return false
		}
		denial.Area = part
		g.Except = append(g.Except, denial)
	}
	g.Except = slices.DeleteFunc(g.Except, func(one Exception) bool {
		return slices.ContainsFunc(g.Except, func(other Exception) bool {
			return len(other.Doubts) == 0 && (len(one.Doubts) > 0 || !one.contains(&other.Area)) && other.contains(&one.Area)
		})
	})
	return true
}
