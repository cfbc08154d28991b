package technique_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/derive/aws"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/technique"
)

// TestFixtures checks every technique that has a rule against its worlds. A fixture is a txtar archive: the file "world" is
// an account; each file "match: …" or "miss: …" is laid over it, and names in edges what must be derived, or nothing.
func TestFixtures(t *testing.T) {
	for _, entry := range technique.AWS().All() {
		if !derivable(entry) {
			continue
		}
		t.Run(entry.ID, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("aws", "testdata", entry.ID+".txtar"))
			if err != nil {
				t.Fatalf("every technique with a rule has a fixture: %v", err)
			}
			archive := txtar.Parse(data)
			if len(archive.Files) == 0 || archive.Files[0].Name != "world" {
				t.Fatal("the first file must be the world")
			}
			matches, misses := 0, 0
			for _, file := range archive.Files[1:] {
				t.Run(file.Name, func(t *testing.T) {
					world := overlay(t, archive.Files[0].Data, file.Data)
					found := derived(t, entry, world)
					switch {
					case strings.HasPrefix(file.Name, "match"):
						matches++
						if len(world.Edges) == 0 {
							t.Fatal("a match names its edges")
						}
						slices.Sort(world.Edges)
						if got, want := strings.Join(found, "\n"), strings.Join(world.Edges, "\n"); got != want {
							t.Errorf("derived:\n%s\nwant:\n%s", got, want)
						}
					case strings.HasPrefix(file.Name, "miss: "):
						misses++
						if len(found) > 0 {
							t.Errorf("derived what must not be:\n%s", strings.Join(found, "\n"))
						}
					default:
						t.Fatalf("%q is neither a match nor a miss", file.Name)
					}
				})
			}
			if matches < 1 || misses < 2 {
				t.Errorf("%d matches and %d misses: want at least one and two", matches, misses)
			}
		})
	}
}

// derivable reports whether the entry's edges come from rules alone. What code derives is tested beside that code.
func derivable(entry technique.Technique) bool {
	for _, part := range entry.Composes {
		if found, _ := technique.AWS().Find(part); !found.Rule() {
			return false
		}
	}
	return !entry.BuiltIn
}

// derived gives the edges of an entry in a world, each as "from -> to", with what they require and a verdict that is not
// proven. Of an entry that composes others it gives who reaches what by their edges together.
func derived(t *testing.T, entry technique.Technique, world fixtureWorld) []string {
	t.Helper()
	snapshot := build(t, world)
	var found []string
	var all []graph.Edge
	for edge := range technique.AWS().Only(append(entry.Composes, entry.ID)...).Derive(snapshot, authorizer(snapshot), world.administrator) {
		all = append(all, edge)
		if edge.Technique == entry.ID && !strings.HasPrefix(short(edge.From), "group/") { // a group stands for its members
			found = append(found, line(edge))
			if len(edge.Evidence) == 0 {
				t.Errorf("%s has no evidence", line(edge))
			}
		}
	}
	if len(entry.Composes) > 0 {
		found = composed(entry, all)
	}
	slices.Sort(found)
	return found
}

func line(edge graph.Edge) string {
	text := short(edge.From) + " -> " + short(edge.To)
	for _, id := range edge.Requires {
		text += " requires " + short(id)
	}
	if edge.Verdict != graph.Proven {
		text += fmt.Sprintf(" (%s)", edge.Verdict)
	}
	return text
}

func short(id graph.ID) string {
	if id == named("account") {
		return "account"
	}
	return strings.TrimPrefix(string(id), "arn:aws:iam::"+ownAccount+":")
}

// composed gives every principal that holds an account by walking edges of all the composed techniques, and no others.
func composed(entry technique.Technique, all []graph.Edge) []string {
	starts := map[graph.ID]bool{}
	for _, edge := range all {
		starts[edge.From] = true
	}
	var found []string
	for start := range starts {
		held, used := map[graph.ID]bool{start: true}, map[string]bool{}
		for grown := true; grown; {
			grown = false
			for _, edge := range all {
				if held[edge.From] && !held[edge.To] && slices.Contains(entry.Composes, edge.Technique) &&
					!slices.ContainsFunc(edge.Requires, func(id graph.ID) bool { return !held[id] }) {
					held[edge.To], used[edge.Technique], grown = true, true, true
				}
			}
		}
		if held[named("account")] && len(used) == len(entry.Composes) {
			found = append(found, short(start)+" => account")
		}
	}
	return found
}

// TestTheCatalogueLoads holds the embedded catalogue to its promises.
func TestTheCatalogueLoads(t *testing.T) {
	for _, entry := range technique.AWS().All() {
		if len(entry.Summary) < 60 {
			t.Errorf("%s: the summary says too little", entry.ID)
		}
	}
	if _, known := kinds.EdgeSpec(kinds.CanEscalateTo); !known {
		t.Fatal("the kinds are not declared")
	}
}

// today is after everything that the fixtures' worlds hold.
var today = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

func authorizer(snapshot *graph.Snapshot) technique.Authorizer {
	return aws.NewAuthorizer(snapshot, today)
}
