package estate_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/estate"
	"github.com/inroad-security/inroad/scoring"
)

func TestSyntheticIsTheSameEveryTimeAndOnlyGrows(t *testing.T) {
	small, again := estate.Synthetic{Accounts: 2, Seed: 1}, estate.Synthetic{Accounts: 2, Seed: 1}
	if !reflect.DeepEqual(small.Batches(), again.Batches()) || !reflect.DeepEqual(small.Attack(), again.Attack()) {
		t.Error("the same fields give another estate")
	}
	larger := estate.Synthetic{Accounts: 3, Seed: 1}
	if before, after := small.Batches()[1:], larger.Batches()[1:]; !reflect.DeepEqual(before, after[:len(before)]) {
		t.Error("a further account changes the accounts before it")
	}
	if other := (estate.Synthetic{Accounts: 2, Seed: 2}); reflect.DeepEqual(small.Attack(), other.Attack()) {
		t.Error("another seed gives the same estate")
	}
}

func TestSyntheticHasTheSizeAskedForAndWholeDocuments(t *testing.T) {
	for _, nodes := range []int{1, 1000, 5000} {
		synthetic := estate.Synthetic{Accounts: 2, Nodes: nodes, Seed: 3}
		snapshot, err := graph.NewSnapshot(1, append(synthetic.Batches(), synthetic.Attack())...)
		if err != nil {
			t.Fatal(err)
		}
		if got := snapshot.Len() / 2; nodes > 1 && (got < nodes*9/10 || got > nodes*11/10) {
			t.Errorf("%d nodes an account, want about %d", got, nodes)
		}
		for i := range graph.Index(snapshot.Len()) {
			node := snapshot.Node(i)
			spec, declared := kinds.NodeSpec(node.Kind)
			if !declared {
				t.Fatalf("%s is of kind %s, which is not declared", node.ID, node.Kind)
			}
			for name, value := range node.Props {
				if !strings.Contains(" document policy trust ", " "+name+" ") || value == "" {
					continue
				}
				if !json.Valid([]byte(value.(string))) {
					t.Errorf("%s: %s is not JSON: %v", node.ID, name, value)
				}
			}
			for _, name := range []string{"ingress", "egress", "entries", "routes"} {
				for _, text := range node.Props.List(name) {
					if !json.Valid([]byte(text)) {
						t.Errorf("%s: %s holds what is not JSON: %s", node.ID, name, text)
					}
				}
			}
			for name := range node.Props {
				known := false
				for _, prop := range spec.Props {
					known = known || prop.Name == name
				}
				if !known {
					t.Errorf("%s has a property %q, which %s does not declare", node.ID, name, node.Kind)
				}
			}
		}
	}
}

func TestSyntheticHasPathsToFind(t *testing.T) {
	synthetic := estate.Synthetic{Accounts: 10, Seed: 1}
	snapshot, err := graph.NewSnapshot(1, append(synthetic.Batches(), synthetic.Attack())...)
	if err != nil {
		t.Fatal(err)
	}
	analysis, err := scoring.New(snapshot, scoring.Config{})
	if err != nil {
		t.Fatal(err)
	}
	paths, _, err := analysis.Paths(t.Context())
	if err != nil || len(paths) < 10 {
		t.Errorf("%d paths, %v", len(paths), err)
	}
}
