package neo4jstore_test

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"go.uber.org/goleak"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/neo4jstore"
	"github.com/inroad-security/inroad/internal/neo4jserver"
)

func TestMain(m *testing.M) {
	runChild()
	code := m.Run()
	if shared.server != nil {
		_ = shared.server.Kill()
		_ = os.RemoveAll(shared.home)
	}
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// shared is the server that most tests use, one after the other. It ends with the tests.
var shared struct {
	once   sync.Once
	home   string
	server *neo4jserver.Server
	err    error
}

// needs fails in CI, and skips on a machine where "make" did not put the server, a test that needs one.
func needs(t testing.TB) {
	t.Helper()
	if os.Getenv(neo4jserver.Variable) != "" {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is not set: CI must not skip the real parts", neo4jserver.Variable)
	}
	t.Skipf("skipped: %s is not set; \"make unit\" sets it and runs this test against a real Neo4j", neo4jserver.Variable)
}

// server gives the shared server, with an empty database.
func server(t testing.TB) *neo4jserver.Server {
	t.Helper()
	needs(t)
	shared.once.Do(func() {
		if shared.home, shared.err = os.MkdirTemp("", "inroad-neo4j-"); shared.err == nil {
			shared.server, shared.err = neo4jserver.Start(context.Background(), shared.home)
		}
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	wipe(t, shared.server)
	return shared.server
}

// ask runs a statement on a server as somebody else does, and gives the rows.
func ask(t testing.TB, server *neo4jserver.Server, statement string, params map[string]any) [][]any {
	t.Helper()
	driver, err := neo4j.NewDriverWithContext("bolt://"+server.Address(), neo4j.BasicAuth(neo4jserver.User, neo4jserver.Password, ""))
	if err != nil {
		t.Fatal(err)
	}
	defer driver.Close(context.Background())
	session := driver.NewSession(context.Background(), neo4j.SessionConfig{})
	defer session.Close(context.Background())
	result, err := session.Run(context.Background(), statement, params)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	records, err := result.Collect(context.Background())
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	var rows [][]any
	for _, record := range records {
		rows = append(rows, record.Values)
	}
	return rows
}

func wipe(t testing.TB, server *neo4jserver.Server) {
	t.Helper()
	if err := server.Wipe(context.Background()); err != nil {
		t.Fatal(err)
	}
}

var credentials = neo4jstore.Options{User: neo4jserver.User, Password: neo4jserver.Password}

func open(t testing.TB, server *neo4jserver.Server) *neo4jstore.Store {
	t.Helper()
	store, err := neo4jstore.Open(context.Background(), server.URL(), credentials)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// opened gives a store that is closed when the test ends.
func opened(t testing.TB, server *neo4jserver.Server) *neo4jstore.Store {
	t.Helper()
	store := open(t, server)
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

func apply(t testing.TB, store *neo4jstore.Store, batches ...graph.Batch) graph.Revision {
	t.Helper()
	revision, err := store.Apply(context.Background(), batches...)
	if err != nil {
		t.Fatal(err)
	}
	return revision
}

func newest(t testing.TB, store *neo4jstore.Store) *graph.Snapshot {
	t.Helper()
	snapshot, err := store.Snapshot(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}
