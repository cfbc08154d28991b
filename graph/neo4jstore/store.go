// Package neo4jstore keeps the graph in Neo4j, for a team that explores it with Cypher.
//
// The truth is packed: each scope's graph.Part lies in the database as bytes, in versions, and Snapshot joins them. Beside it
// stands the merged graph of the newest revision, as graph/view shows it, which is what analysts query. Apply writes of that
// only what differs, and commits it together with the new versions, so that nobody sees half a revision. docs/neo4j.md
// describes the database for its users, docs/adr/0008-neo4j-store.md the reasons.
package neo4jstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"sync/atomic"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j/config"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j/notifications"

	"github.com/inroad-security/inroad/graph"
)

// Options say how a store is opened.
type Options struct {
	User, Password string
	// ReadOnly opens a store that exists. Apply then fails with graph.ErrInvalid, and nothing is written to the database.
	ReadOnly bool
	// Wait is how long Apply waits for another writer before graph.ErrBusy; 0 is for as long as the context lasts.
	Wait time.Duration
}

// Store is a graph.Store and a graph.Querier in one Neo4j database.
type Store struct {
	place     address
	options   Options
	driver    neo4j.DriverWithContext
	bookmarks neo4j.BookmarkManager // so that in a cluster each call sees what this store wrote

	// Whoever holds a token writes, or loads.
	writing, loading chan struct{}
	newest           atomic.Pointer[loaded] // what was last loaded or written; at most one revision is kept

	// together is the most nodes and relationships that one transaction changes.
	together int
	// pause is how long Apply waits before it first tries again.
	pause time.Duration

	mu     sync.RWMutex // held for reading by each call under way
	closed bool
}

var (
	_ graph.Store   = (*Store)(nil)
	_ graph.Querier = (*Store)(nil)
)

const (
	// connecting is how long a server may take to let a connection in.
	connecting = 10 * time.Second
	// letting is how long the driver may take to end what a cancelled call left behind.
	letting = 10 * time.Second
	// retrying is how long the driver tries one transaction again while the server says that it is worth it.
	retrying = 15 * time.Second
	// together is as many nodes and relationships as a heap of 512 MiB bears in one transaction.
	together = 50_000
)

// Open opens the store in the database that a URL names: neo4j://host:port/database?tenant=name, where schemes other than neo4j
// are bolt and both with +s. Unless read-only, it makes an empty database a store and brings an older store's schema
// up to date. It fails with graph.ErrUnavailable where the server cannot be reached, with graph.ErrNotFound where there is
// nothing to read, and with graph.ErrInvalid for wrong credentials, for a database that holds something else, for
// another tenant's and for one that a newer version made.
func Open(ctx context.Context, name string, options Options) (*Store, error) {
	place, err := parseAddress(name)
	if err != nil {
		return nil, fmt.Errorf("neo4jstore: %w", err)
	}
	store := &Store{
		place: place, options: options, together: together, pause: firstPause, writing: make(chan struct{}, 1), loading: make(chan struct{}, 1),
		bookmarks: neo4j.NewBookmarkManager(neo4j.BookmarkManagerConfig{}),
	}
	if err := store.open(ctx); err != nil {
		return nil, store.explain(ctx, "open", err)
	}
	return store, nil
}

func (store *Store) open(ctx context.Context) (err error) {
	store.driver, err = neo4j.NewDriverWithContext(store.place.server, neo4j.BasicAuth(store.options.User, store.options.Password, ""), func(config *config.Config) {
		config.SocketConnectTimeout = connecting
		config.ConnectionAcquisitionTimeout = connecting
		config.MaxTransactionRetryTime = retrying
		config.NotificationsMinSeverity = notifications.DisabledLevel
		config.TelemetryDisabled = true
		config.ReadBufferSize = 1 << 16
	})
	if err != nil {
		return fmt.Errorf("%w: %w", graph.ErrInvalid, err)
	}
	if err := store.begin(ctx); err != nil {
		return errors.Join(err, store.letGo(ctx, store.driver))
	}
	return nil
}

// begin reads the head, and makes it unless read-only.
func (store *Store) begin(ctx context.Context) error {
	reaching, cancel := context.WithTimeout(ctx, connecting)
	defer cancel()
	if err := store.driver.VerifyConnectivity(reaching); err != nil {
		return err
	}
	var held *head
	foreign := false
	err := store.read(ctx, func(tx neo4j.ManagedTransaction) (err error) {
		if held, err = readHead(ctx, tx); err != nil || held != nil {
			return err
		}
		others, err := collect(ctx, tx, "MATCH (n) WHERE NOT n:"+labelTurn+" RETURN 1 LIMIT 1", nil)
		foreign = len(others) > 0
		return err
	})
	switch {
	case err != nil:
		return err
	case held != nil && held.tenant != store.place.tenant:
		return fmt.Errorf("%w: the database belongs to the tenant %q and not to %q: a database holds one tenant's graph, so name another database, or end the URL in ?tenant=%s",
			graph.ErrInvalid, held.tenant, store.place.tenant, held.tenant)
	case foreign:
		return fmt.Errorf("%w: the database holds other data: give Inroad a database of its own", graph.ErrInvalid)
	case store.options.ReadOnly && (held == nil || len(held.states) == 0 && held.graph == graphWhole):
		return fmt.Errorf("%w: nothing was ever ingested into it: run \"inroad ingest\" with this store first", graph.ErrNotFound)
	case store.options.ReadOnly && len(held.states) == 0:
		return fmt.Errorf("%w: a first ingest is under way or was cut off: wait for it, or run \"inroad ingest\" again", graph.ErrNotFound)
	case store.options.ReadOnly:
		return nil
	}
	return store.migrate(ctx, held)
}

// enter begins a call and takes the token that it needs. The call ends with leave.
func (store *Store) enter(ctx context.Context, token chan struct{}) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	store.mu.RLock()
	err := fs.ErrClosed
	if !store.closed {
		select {
		case <-ctx.Done():
			err = ctx.Err()
		case token <- struct{}{}:
			return nil
		}
	}
	store.mu.RUnlock()
	return err
}

func (store *Store) leave(token chan struct{}) {
	<-token
	store.mu.RUnlock()
}

// Close waits for the calls under way and lets the server go.
func (store *Store) Close() error {
	store.mu.Lock()
	defer store.mu.Unlock()
	if store.closed {
		return nil
	}
	store.closed = true
	store.newest.Store(nil)
	if err := store.letGo(context.Background(), store.driver); err != nil {
		return store.explain(context.Background(), "close", err)
	}
	return nil
}

// letGo closes what a call opened, although the call's context may have ended.
func (store *Store) letGo(ctx context.Context, what interface{ Close(context.Context) error }) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), letting)
	defer cancel()
	return what.Close(ctx)
}
