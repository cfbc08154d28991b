package e2e

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/inroad-security/inroad/internal/neo4jserver"
)

// storeKinds are the stores that a user may name. What goes through a store is tested on each.
var storeKinds = []string{"embedded", "neo4j"}

// store is one that the binary is told of.
type store struct {
	name string
	env  []string
}

// newStore gives an empty one.
func newStore(t *testing.T, kind string) store {
	t.Helper()
	if kind == "embedded" {
		return store{name: filepath.Join(t.TempDir(), "inroad.db")}
	}
	tool(t, neo4jserver.Variable)
	neo4j.once.Do(func() {
		if neo4j.home, neo4j.err = os.MkdirTemp("", "inroad-e2e-"); neo4j.err == nil {
			neo4j.server, neo4j.err = neo4jserver.Start(context.Background(), neo4j.home)
		}
	})
	if neo4j.err != nil {
		t.Fatal(neo4j.err)
	}
	if err := neo4j.server.Wipe(context.Background()); err != nil {
		t.Fatal(err)
	}
	return store{neo4j.server.URL(), []string{"INROAD_NEO4J_PASSWORD=" + neo4jserver.Password}}
}

// neo4j is the server of all tests, which use it one after the other.
var neo4j struct {
	once   sync.Once
	home   string
	server *neo4jserver.Server
	err    error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if neo4j.server != nil {
		if err := neo4j.server.Kill(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		_ = os.RemoveAll(neo4j.home)
	}
	os.Exit(code)
}

func (store store) inroad(t *testing.T, args ...string) []byte {
	t.Helper()
	return inroad(t, store.env, append(args, "--store", store.name)...)
}

func (store store) fails(t *testing.T, args ...string) string {
	t.Helper()
	return failsWith(t, store.env, append(args, "--store", store.name)...)
}

// embeddedWith gives an embedded store that holds a bundle.
func embeddedWith(t *testing.T, bundle string) store {
	t.Helper()
	embedded := newStore(t, "embedded")
	embedded.inroad(t, "ingest", bundle)
	return embedded
}

// revision is the one line of a document that tells how often its store was written.
var revision = regexp.MustCompile(`(?m)^  "revision": [0-9]+,$`)

// sameAnswer reports whether two documents are equal to the byte but for the revisions that they are of.
func sameAnswer(a, b []byte) bool {
	return len(revision.FindAll(a, -1)) == 1 && bytes.Equal(revision.ReplaceAll(a, nil), revision.ReplaceAll(b, nil))
}

// answersAs fails where two stores that hold the same give other bytes.
func (store store) answersAs(t *testing.T, other store) {
	t.Helper()
	for _, args := range [][]string{
		{"paths", "--top", "1000", "--format", "json"}, {"findings", "--format", "json"}, {"escalations", "--format", "json"},
	} {
		got, want := store.inroad(t, args...), other.inroad(t, args...)
		if !sameAnswer(got, want) {
			t.Errorf("inroad %s: %s and %s differ:\n%.3000s\n---\n%.3000s", strings.Join(args, " "), store.name, other.name, got, want)
		}
	}
}
