package neo4jstore_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/neo4jstore"
	"github.com/inroad-security/inroad/graph/storetest"
	"github.com/inroad-security/inroad/internal/neo4jserver"
)

func TestWhatCannotBeOpenedIsNamedWithWhatToDo(t *testing.T) {
	server := server(t)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	down := closed.Addr().String()
	right, wrong := credentials, neo4jstore.Options{User: neo4jserver.User, Password: "guessed-secret"}
	for name, test := range map[string]struct {
		url     string
		options neo4jstore.Options
		want    error
		says    string
	}{
		"a server that is down":                {"neo4j://" + down, right, graph.ErrUnavailable, "docker compose up"},
		"a server that is down, without route": {"bolt://" + down, right, graph.ErrUnavailable, "docker compose up"},
		"a wrong password":                     {server.URL(), wrong, graph.ErrInvalid, "INROAD_NEO4J_PASSWORD"},
		"encryption that is not there":         {"neo4j+s://" + server.Address(), right, graph.ErrUnavailable, "the encryption does not agree"},
		"encryption that is not there, bolt":   {"bolt+ssc://" + server.Address(), right, graph.ErrUnavailable, "the encryption does not agree"},
		"a database that is not there":         {server.URL() + "/nowhere", right, graph.ErrNotFound, "create the database"},
		"a password in the URL":                {"neo4j://neo4j:guessed-secret@" + server.Address(), right, graph.ErrInvalid, "INROAD_NEO4J_PASSWORD"},
		"a user in the URL":                    {"neo4j://neo4j@" + server.Address(), right, graph.ErrInvalid, "INROAD_NEO4J_USER"},
		"a URL that cannot be read":            {"neo4j://neo4j:guessed-secret@[", right, graph.ErrInvalid, "host:port"},
		"a URL without a host":                 {"neo4j:///neo4j", right, graph.ErrInvalid, "host:port"},
		"a tenant that cannot be read":         {server.URL() + "?tenant=acme;b", right, graph.ErrInvalid, "cannot be read"},
		"a tenant with half an escape":         {server.URL() + "?tenant=%z", right, graph.ErrInvalid, "cannot be read"},
		"an option that is not known":          {server.URL() + "?policy=eu", right, graph.ErrInvalid, "tenant"},
		"the database of the system":           {server.URL() + "/system", right, graph.ErrInvalid, "system"},
		"another scheme":                       {"http://" + server.Address(), right, graph.ErrInvalid, "bolt"},
		"a database that is empty, to read":    {server.URL(), neo4jstore.Options{User: right.User, Password: right.Password, ReadOnly: true}, graph.ErrNotFound, "inroad ingest"},
	} {
		t.Run(name, func(t *testing.T) {
			store, err := neo4jstore.Open(context.Background(), test.url, test.options)
			if err == nil {
				store.Close()
			}
			if !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.says) {
				t.Fatalf("got %v, want one that is %v and says %q", err, test.want, test.says)
			}
			if strings.Contains(err.Error(), "guessed-secret") {
				t.Fatalf("the password is told: %v", err)
			}
		})
	}
	if rows := ask(t, server, "MATCH (n) RETURN n", nil); len(rows) != 0 {
		t.Fatalf("opening to read wrote %v", rows)
	}
}

// proxied gives a store behind a proxy that holds state 0, and that tries again soon.
func proxied(t *testing.T) (*proxy, *neo4jserver.Server, *neo4jstore.Store) {
	t.Helper()
	server := server(t)
	proxy := through(t, server.Address())
	store, err := neo4jstore.Open(context.Background(), proxy.url(), credentials)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	store.SetPause(time.Millisecond)
	apply(t, store, states(0)...)
	return proxy, server, store
}

func TestWhatPassesIsTriedAgain(t *testing.T) {
	proxy, server, store := proxied(t)
	for number, test := range []struct {
		name string
		tag  byte
		what meddling
	}{
		{"the leader changes", tagRun, meddling{fail: "Neo.ClientError.Cluster.NotALeader"}},
		{"the leader changes at the commit", tagCommit, meddling{fail: "Neo.ClientError.Cluster.NotALeader"}},
		{"a member only reads", tagRun, meddling{fail: "Neo.ClientError.General.ForbiddenOnReadOnlyDatabase"}},
		{"a deadlock", tagRun, meddling{fail: "Neo.TransientError.Transaction.DeadlockDetected"}},
		{"the database is moved", tagRun, meddling{fail: "Neo.TransientError.General.DatabaseUnavailable"}},
		{"the connection breaks", tagRun, meddling{cut: true}},
		{"the connection breaks before the commit", tagCommit, meddling{cut: true}},
		{"the connection breaks after the commit", tagCommit, meddling{cutAfter: true}},
	} {
		number++ // state 0 is there
		t.Run(test.name, func(t *testing.T) {
			met := proxy.once(test.tag, test.what)
			if revision := apply(t, store, states(number)...); int(revision) != number+1 {
				t.Fatalf("state %d became revision %d", number, revision)
			}
			if !met() {
				t.Fatal("the fault did not come")
			}
			wantWhole(t, server, number)
		})
	}
}

func TestWhatDoesNotPassIsToldAndNothingIsLost(t *testing.T) {
	proxy, server, store := proxied(t)
	before := storetest.Dump(newest(t, store))
	for _, test := range []struct {
		name string
		what meddling
		want error
		says string
	}{
		{"no leader is ever chosen", meddling{fail: "Neo.ClientError.Cluster.NotALeader"}, graph.ErrUnavailable, "leader"},
		{"the server never answers", meddling{cut: true}, graph.ErrUnavailable, "is the server started"},
		{"memory is full", meddling{fail: "Neo.TransientError.General.MemoryPoolOutOfMemoryError"}, graph.ErrUnavailable, "dbms.memory.transaction.total.max"},
		{"the server cannot carry a statement out", meddling{fail: "Neo.DatabaseError.Statement.ExecutionFailed"}, graph.ErrInvalid, "what its functions are given"},
		{"the heap is full", meddling{fail: "Neo.TransientError.General.OutOfMemoryError"}, graph.ErrUnavailable, "heap"},
		{"the disk is full", meddling{fail: "Neo.DatabaseError.Transaction.TransactionCommitFailed"}, graph.ErrUnavailable, "full disk"},
		{"the server ends long transactions", meddling{fail: "Neo.ClientError.Transaction.TransactionTimedOut"}, graph.ErrUnavailable, "db.transaction.timeout"},
		{"the user may not write", meddling{fail: "Neo.ClientError.Security.Forbidden"}, graph.ErrInvalid, "role"},
	} {
		t.Run(test.name, func(t *testing.T) {
			proxy.does(func(tag byte) meddling {
				if tag == tagRun || tag == tagCommit {
					return test.what
				}
				return meddling{}
			})
			_, err := store.Apply(context.Background(), states(1)...)
			proxy.does(nil)
			if !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.says) {
				t.Fatalf("got %v, want one that is %v and says %q", err, test.want, test.says)
			}
			if after := storetest.Dump(newest(t, store)); after != before {
				t.Fatalf("the store became:\n%.2000s", after)
			}
			wantSeen(t, server, store)
		})
	}
	apply(t, store, states(1)...)
	wantWhole(t, server, 1)
}

func TestASlowServerIsWaitedForAndCanBeGivenUp(t *testing.T) {
	proxy, server, store := proxied(t)
	slow := func(byte) meddling { return meddling{delay: 20 * time.Millisecond} }
	proxy.does(slow)
	apply(t, store, states(1)...)
	wantWhole(t, server, 1)
	number := 2
	for _, together := range []int{1 << 20, 20} { // in one transaction, and in several
		proxy.does(slow)
		store.SetTogether(together)
		for _, patience := range []time.Duration{5, 50, 120, 250, 400, 800} {
			ctx, cancel := context.WithTimeout(context.Background(), patience*time.Millisecond)
			_, err := store.Apply(ctx, states(number)...)
			cancel()
			if err == nil {
				number++
			} else if !errors.Is(err, context.DeadlineExceeded) {
				t.Fatalf("after %d ms: %v", patience, err)
			}
			if got := newest(t, store); storetest.Dump(got) != stateDump(t, number-1) {
				t.Fatalf("state %d is not there:\n%.2000s", number-1, storetest.Dump(got))
			}
		}
		proxy.does(nil)
		apply(t, store, states(number)...)
		wantWhole(t, server, number)
		number++
	}
}
