package derive_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/derive"
	"github.com/inroad-security/inroad/graph/technique"
	"github.com/inroad-security/inroad/internal/estate"
)

// held is an estate with what was derived of it, by scope.
type held map[graph.Scope]graph.Batch

func (held held) apply(batches ...graph.Batch) {
	for _, batch := range batches {
		held[batch.Scope] = batch
	}
}

func (held held) snapshot(t *testing.T) *graph.Snapshot {
	t.Helper()
	snapshot, err := graph.NewSnapshot(1, slices.Collect(maps.Values(held))...)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

// derived derives what is to be derived, and gives the scopes that were.
func (held held) derived(t *testing.T, program string) []graph.Scope {
	t.Helper()
	batches, err := derive.Derive(context.Background(), held.snapshot(t), derive.Options{AWS: technique.AWS(), Program: program})
	if err != nil {
		t.Fatal(err)
	}
	held.apply(batches...)
	var scopes []graph.Scope
	for _, batch := range batches {
		if batch.Scope != derive.Scope {
			scopes = append(scopes, batch.Scope)
		}
	}
	return scopes
}

func (held held) facts() held {
	facts := maps.Clone(held)
	maps.DeleteFunc(facts, func(scope graph.Scope, _ graph.Batch) bool { return derive.Derived(scope) })
	return facts
}

// bytes is all that is held, as a store keeps it. A scope that holds nothing is as good as one that is not there.
func (held held) bytes(t *testing.T) map[graph.Scope]string {
	t.Helper()
	all := map[graph.Scope]string{}
	for scope, batch := range held {
		part, err := graph.Pack(batch)
		if err != nil {
			t.Fatal(err)
		}
		if len(batch.Nodes)+len(batch.Edges) > 0 {
			all[scope] = string(part.Append(nil))
		}
	}
	return all
}

func synthetic(accounts int) held {
	made := held{}
	made.apply(estate.Synthetic{Accounts: accounts, Nodes: 40, Seed: 1}.Batches()...)
	return made
}

func TestWhatIsKeptIsWhatWouldBeDerived(t *testing.T) {
	const accounts = 4
	kept := synthetic(accounts)
	all := len(kept.derived(t, "one"))
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same edits every time
	anew := 0
	for range 25 {
		scopes := slices.Sorted(maps.Keys(kept.facts()))
		scope := scopes[random.IntN(len(scopes))]
		batch := kept[scope]
		if len(batch.Nodes) == 0 {
			continue
		}
		at := random.IntN(len(batch.Nodes))
		batch.Nodes = slices.Clone(batch.Nodes)
		if random.IntN(2) == 0 {
			batch.Nodes = slices.Delete(batch.Nodes, at, at+1)
		} else {
			batch.Nodes[at].Props = maps.Clone(batch.Nodes[at].Props)
			delete(batch.Nodes[at].Props, []string{"policy", "trust", "document", "tags", "kms_key", "security_groups"}[random.IntN(6)])
		}
		kept.apply(batch)
		anew += len(kept.derived(t, "one"))
		fresh := kept.facts()
		fresh.derived(t, "one")
		if !maps.Equal(kept.bytes(t), fresh.bytes(t)) {
			t.Fatalf("after an edit of %s what is kept is not what is derived", scope)
		}
	}
	if anew >= 25*all/2 {
		t.Errorf("%d sections of %d were derived anew in 25 edits: hardly anything is kept", anew, all)
	}
}

func TestWhatIsNotKept(t *testing.T) {
	kept := synthetic(3)
	all := kept.derived(t, "one")
	if again := kept.derived(t, "one"); len(again) > 0 {
		t.Errorf("derived again, of the same: %v", again)
	}
	if other := kept.derived(t, "two"); len(other) != len(all) {
		t.Errorf("another program derives %d sections of %d", len(other), len(all))
	}
	if nameless := kept.derived(t, ""); len(nameless) != len(all) {
		t.Errorf("a program without a name derives %d sections of %d", len(nameless), len(all))
	}
	kept.derived(t, "one")
	partial := kept[all[0]]
	partial.Incomplete = []string{"cut"}
	kept.apply(partial)
	if mended := kept.derived(t, "one"); fmt.Sprint(mended) != fmt.Sprint(all[:1]) {
		t.Errorf("of a section that is incomplete, derived %v", mended)
	}
}

func TestASectionThatIsGoneIsEmptied(t *testing.T) {
	kept := synthetic(3)
	kept.derived(t, "one")
	const last = "100000000002"
	for scope, batch := range kept.facts() {
		if len(scope) > 16 && string(scope[4:16]) == last {
			kept.apply(graph.Batch{Scope: scope})
			continue
		}
		batch.Nodes = slices.DeleteFunc(slices.Clone(batch.Nodes), func(node graph.Node) bool { return node.ID == "arn:aws:iam::"+last+":root" })
		batch.Edges = slices.DeleteFunc(slices.Clone(batch.Edges), func(edge graph.Edge) bool { return edge.To == "arn:aws:iam::"+last+":root" })
		kept.apply(batch)
	}
	kept.derived(t, "one")
	for scope, batch := range kept {
		if scope == "derived/aws/"+last+"/access" || scope == "derived/aws/"+last+"/network" {
			if len(batch.Edges) > 0 {
				t.Errorf("%s holds %d edges of an account that is gone", scope, len(batch.Edges))
			}
		}
	}
}
