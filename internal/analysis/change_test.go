package analysis_test

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/boltstore"
	"github.com/inroad-security/inroad/internal/analysis"
	"github.com/inroad-security/inroad/internal/estate"
)

// Whatever was kept of earlier passes, the answer is that of one that begins with nothing, byte for byte.
func TestAnAnswerAfterEachChangeIsThatOfAFullPass(t *testing.T) {
	ctx := t.Context()
	store, err := boltstore.Open(filepath.Join(t.TempDir(), "inroad.db"), boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	facts := map[graph.Scope]graph.Batch{}
	for _, batch := range (estate.Synthetic{Accounts: 3, Nodes: 60, Seed: 1}).Batches() {
		facts[batch.Scope] = batch
	}
	answer := func(snapshot *graph.Snapshot) string {
		given, err := analysis.Ask(ctx, snapshot, analysis.Question{})
		if err != nil {
			t.Fatal(err)
		}
		given.Document.Revision = 0
		text, err := json.Marshal([]any{given.Document, given.Findings})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same edits every time
	told := []string{"policy", "trust", "document", "ingress", "role", "public_ip", "routes"}
	scopes := slices.DeleteFunc(slices.Sorted(maps.Keys(facts)), func(scope graph.Scope) bool {
		return !slices.ContainsFunc([]string{"/iam", "/ec2", "/lambda", "/s3"}, func(service string) bool { return strings.HasSuffix(string(scope), service) }) || len(facts[scope].Nodes) < 8
	})
	changed := slices.Collect(maps.Values(facts))
	answers := map[string]bool{}
	for range 25 {
		if _, err := store.Apply(ctx, append(changed, analysis.Stale())...); err != nil {
			t.Fatal(err)
		}
		kept, err := analysis.Renew(ctx, store, "program")
		if err != nil {
			t.Fatal(err)
		}
		whole, err := analysis.Read(ctx, slices.Collect(maps.Values(facts))...)
		if err != nil {
			t.Fatal(err)
		}
		got := answer(kept)
		if want := answer(whole); got != want {
			t.Fatalf("after a change of %s the answer is\n%s\nand of a full pass\n%s", changed[0].Scope, got, want)
		}
		answers[got] = true
		batch := facts[scopes[random.IntN(len(scopes))]]
		batch.Nodes = slices.Clone(batch.Nodes)
		at := random.IntN(len(batch.Nodes))
		if held := slices.DeleteFunc(slices.Clone(told), func(name string) bool { return !batch.Nodes[at].Props.Has(name) }); len(held) > 0 && random.IntN(2) == 0 {
			batch.Nodes[at].Props = maps.Clone(batch.Nodes[at].Props)
			delete(batch.Nodes[at].Props, held[random.IntN(len(held))])
		} else {
			batch.Nodes = slices.Delete(batch.Nodes, at, at+1)
		}
		facts[batch.Scope], changed = batch, []graph.Batch{batch}
	}
	if len(answers) < 5 {
		t.Errorf("25 changes give %d answers: hardly any bears on one", len(answers))
	}
}
