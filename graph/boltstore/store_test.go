package boltstore_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/boltstore"
)

func TestWhatWasAppliedIsThereAfterReopening(t *testing.T) {
	path := filepath.Join(t.TempDir(), "inroad.db")
	store, err := boltstore.Open(path, boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	batch := graph.Batch{Scope: "aws/1/global/iam", Nodes: []graph.Node{{ID: "a", Kind: "AWSRole", Props: graph.Props{"x": int64(3)}}}}
	if revision, err := store.Apply(context.Background(), batch); err != nil || revision != 1 {
		t.Fatal(revision, err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	store, err = boltstore.Open(path, boltstore.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	snapshot, err := store.Snapshot(context.Background(), 0)
	if err != nil || snapshot.Len() != 1 || snapshot.Props(0).Whole("x") != 3 {
		t.Fatal(snapshot, err)
	}
}
