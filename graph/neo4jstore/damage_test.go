package neo4jstore_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/neo4jstore"
	"github.com/inroad-security/inroad/graph/storetest"
)

func TestAGraphThatSomebodyChangedIsWrittenAnew(t *testing.T) {
	server := server(t)
	for name, harm := range map[string]string{
		"a node is deleted":                        "MATCH (n:Entity {id: 'number'}) DETACH DELETE n",
		"relationships are deleted":                "MATCH (:Entity)-[r:RUNS_AS]->() DELETE r",
		"all is deleted but the store's own nodes": "MATCH (n:Entity) DETACH DELETE n",
		"an identity is changed":                   "MATCH (n:AWSInstance) SET n.id = n.id + '/'",
	} {
		t.Run(name, func(t *testing.T) {
			wipe(t, server)
			store := opened(t, server)
			apply(t, store, states(0)...)
			ask(t, server, harm, nil)
			if got := storetest.Dump(newest(t, opened(t, server))); got != stateDump(t, 0) {
				t.Fatalf("what analysts see decides what the store holds:\n%.2000s", got)
			}
			apply(t, store, states(1)...) // changes or deletes each of them
			wantWhole(t, server, 1)
			if rows := ask(t, server, "MATCH (head:_InroadHead) RETURN head._graph", nil); rows[0][0] != "whole" {
				t.Fatalf("the graph is %v", rows)
			}
		})
	}
}

func TestADamagedStoreIsRefused(t *testing.T) {
	server := server(t)
	for name, test := range map[string]struct {
		harm string
		want error
	}{
		"a chunk is missing":        {"MATCH (c:_InroadChunk) WITH c LIMIT 1 DELETE c", graph.ErrCorrupt},
		"a chunk is another's":      {"MATCH (a:_InroadChunk), (b:_InroadChunk) WHERE a._key < b._key WITH a, b LIMIT 1 SET a._bytes = b._bytes", graph.ErrCorrupt},
		"a scope is missing":        {"MATCH (s:_InroadScope) WITH s LIMIT 1 DELETE s", graph.ErrCorrupt},
		"a scope's sum is changed":  {"MATCH (s:_InroadScope) WITH s LIMIT 1 SET s._sum = 'x'", graph.ErrCorrupt},
		"the head's digest is text": {"MATCH (h:_InroadHead) SET h._digests = ['x']", graph.ErrCorrupt},
		"the head is missing":       {"MATCH (h:_InroadHead) DELETE h", graph.ErrNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			wipe(t, server)
			apply(t, opened(t, server), states(0)...)
			reader := opened(t, server)
			writer := opened(t, server)
			ask(t, server, test.harm, nil)
			if _, err := reader.Snapshot(context.Background(), 0); !errors.Is(err, test.want) {
				t.Errorf("reading: got %v, want %v", err, test.want)
			}
			if _, err := writer.Apply(context.Background(), states(1)...); !errors.Is(err, test.want) {
				t.Errorf("writing: got %v, want %v", err, test.want)
			}
		})
	}
}

func TestTheSchemaIsBroughtUpToDateAndANewerOneIsRefused(t *testing.T) {
	server := server(t)
	store := opened(t, server)
	apply(t, store, states(0)...)
	names := func() (count int) {
		return len(ask(t, server, "SHOW INDEXES YIELD name, state WHERE name STARTS WITH 'inroad_' AND state = 'ONLINE' RETURN name", nil))
	}
	before := names()
	// as a migration that was cut off leaves it, with an older program's declarations
	ask(t, server, "DROP CONSTRAINT inroad_awsrole_id", nil)
	ask(t, server, "DROP INDEX inroad_principal_id", nil)
	ask(t, server, "MATCH (head:_InroadHead) SET head._schema = 0, head._declared = 'older'", nil)
	again := opened(t, server)
	if after := names(); after != before || before < 20 {
		t.Fatalf("%d indexes became %d", before, after)
	}
	if storetest.Dump(newest(t, again)) != stateDump(t, 0) {
		t.Fatal("a migration changed what the store holds")
	}
	for property, says := range map[string]string{"_schema": "newer version", "_format": "newer version"} {
		ask(t, server, "MATCH (head:_InroadHead) SET head."+property+" = 99", nil)
		_, err := neo4jstore.Open(context.Background(), server.URL(), credentials)
		if !errors.Is(err, graph.ErrInvalid) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s 99: %v", property, err)
		}
		if _, err := store.Apply(context.Background(), states(1)...); !errors.Is(err, graph.ErrInvalid) {
			t.Errorf("%s 99: a store that is open writes: %v", property, err)
		}
		ask(t, server, "MATCH (head:_InroadHead) SET head."+property+" = 1", nil)
	}
	apply(t, store, states(1)...)
	wantWhole(t, server, 1)
}

func TestAskingWhetherThereIsAnythingNewIsOneStatement(t *testing.T) {
	proxy, server, store := proxied(t)
	first := newest(t, store)
	var statements atomic.Int32
	proxy.does(func(tag byte) meddling {
		if tag == tagRun {
			statements.Add(1)
		}
		return meddling{}
	})
	if newest(t, store) != first || statements.Load() != 1 {
		t.Errorf("%d statements", statements.Load())
	}
	proxy.does(nil)
	apply(t, opened(t, server), states(1)...)
	if got := newest(t, store); storetest.Dump(got) != stateDump(t, 1) {
		t.Error("what another process wrote is not seen")
	}
}
