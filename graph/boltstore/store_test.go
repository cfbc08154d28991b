package boltstore_test

import (
	"path/filepath"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/boltstore"
	"github.com/inroad-security/inroad/graph/storetest"
)

func mustOpen(t testing.TB, path string, options boltstore.Options) *boltstore.Store {
	t.Helper()
	store, err := boltstore.Open(path, options)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func TestTheStoreConforms(t *testing.T) {
	storetest.Run(t, func(t *testing.T, directory string) graph.Store {
		return mustOpen(t, filepath.Join(directory, "inroad.db"), boltstore.Options{})
	})
}
