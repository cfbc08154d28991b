package scoring

import (
	"cmp"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
)

// nearest gives up to three ids that a person may have meant: the least edits between names, then between ids.
func nearest(snapshot *graph.Snapshot, wanted graph.ID) []graph.ID {
	const most = 3
	type candidate struct {
		id       graph.ID
		distance int
	}
	var near []candidate
	name := strings.ToLower(nameOf(wanted))
	allowed := max(1, len(name)/3)
	for i := range graph.Index(snapshot.Len()) {
		id := snapshot.ID(i)
		own := strings.ToLower(nameOf(id))
		distance := edits(name, own, allowed)
		if distance > allowed {
			if len(name) < 3 || !strings.Contains(own, name) {
				continue
			}
			distance = allowed + 1
		}
		near = append(near, candidate{id, distance})
	}
	slices.SortFunc(near, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), -cmp.Compare(shared(a.id, wanted), shared(b.id, wanted)), cmp.Compare(a.id, b.id))
	})
	var ids []graph.ID
	for _, candidate := range near[:min(most, len(near))] {
		ids = append(ids, candidate.id)
	}
	return ids
}

// shared counts the bytes with which both ids begin.
func shared(a, b graph.ID) int {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return i
}

// edits is the Levenshtein distance, or anything above the limit once it is passed.
func edits(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal, least := row[0], i+1
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
			least = min(least, row[j+1])
		}
		if least > limit {
			return limit + 1
		}
	}
	return row[len(b)]
}

func joined(ids []graph.ID) string {
	var texts []string
	for _, id := range ids {
		texts = append(texts, string(id))
	}
	return strings.Join(texts, ", ")
}
