// Package boltstore keeps the graph in one file, with no server: the store of a laptop, a pipeline and the demo.
package boltstore

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"github.com/inroad-security/inroad/graph"
)

// Options say how a store is opened. The zero value opens it for writing and does not wait for another process.
type Options struct {
	// ReadOnly opens an existing store beside other readers. Apply then fails with graph.ErrInvalid.
	ReadOnly bool
	// Wait is how long to wait for a process that holds the file before graph.ErrBusy.
	Wait time.Duration
}

// Store is a graph.Store in one file.
type Store struct {
	path     string
	db       *bolt.DB
	readOnly bool

	mu     sync.Mutex
	closed bool
	newest *graph.Snapshot
}

var _ graph.Store = (*Store)(nil)

var (
	bucketScopes = []byte("scopes")
	bucketMeta   = []byte("meta")
	keyRevision  = []byte("revision")
)

// Open opens the store in the file at path and creates it, unless read-only, when there is none.
func Open(path string, options Options) (*Store, error) {
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: options.ReadOnly, Timeout: max(options.Wait, time.Millisecond)})
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return nil, fmt.Errorf("boltstore: %s: %w", path, graph.ErrBusy)
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("boltstore: %s: %w: there is no such file: ingest something first", path, graph.ErrNotFound)
	case err != nil:
		return nil, fmt.Errorf("boltstore: %s: %w", path, err)
	}
	store := &Store{path: path, db: db, readOnly: options.ReadOnly}
	if !options.ReadOnly {
		err = db.Update(func(tx *bolt.Tx) error {
			_, err := tx.CreateBucketIfNotExists(bucketScopes)
			if err == nil {
				_, err = tx.CreateBucketIfNotExists(bucketMeta)
			}
			return err
		})
		if err != nil {
			return nil, errors.Join(fmt.Errorf("boltstore: %s: %w", path, err), db.Close())
		}
	}
	return store, nil
}

func revisionOf(tx *bolt.Tx) graph.Revision {
	if value := tx.Bucket(bucketMeta).Get(keyRevision); len(value) == 8 {
		return graph.Revision(binary.BigEndian.Uint64(value))
	}
	return 0
}

// Apply replaces the scopes of the batches in one transaction.
func (store *Store) Apply(ctx context.Context, batches ...graph.Batch) (graph.Revision, error) {
	for _, batch := range batches {
		if err := batch.Validate(); err != nil {
			return 0, fmt.Errorf("boltstore: apply %s: %w", batch.Scope, err)
		}
	}
	var revision graph.Revision
	update := func(tx *bolt.Tx) error {
		revision = revisionOf(tx)
		for _, batch := range batches {
			part, err := graph.Pack(batch)
			if err != nil {
				return err
			}
			if held := tx.Bucket(bucketScopes).Get([]byte(batch.Scope)); held != nil && len(batch.Incomplete) > 0 {
				before, err := graph.OpenPart(string(held))
				if err != nil {
					return err
				}
				if part, err = part.Onto(before); err != nil {
					return err
				}
			}
			if err := tx.Bucket(bucketScopes).Put([]byte(batch.Scope), part.Append(nil)); err != nil {
				return err
			}
		}
		if err := ctx.Err(); err != nil || len(batches) == 0 {
			return err
		}
		revision++
		return tx.Bucket(bucketMeta).Put(keyRevision, binary.BigEndian.AppendUint64(nil, uint64(revision)))
	}
	act := store.db.Update
	if len(batches) == 0 {
		act = store.db.View
	}
	if err := act(update); err != nil {
		return 0, fmt.Errorf("boltstore: %s: apply: %w", store.path, err)
	}
	return revision, nil
}

// Snapshot gives the newest revision.
func (store *Store) Snapshot(ctx context.Context, wanted graph.Revision) (*graph.Snapshot, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	store.mu.Lock()
	defer store.mu.Unlock()
	var snapshot *graph.Snapshot
	err := store.db.View(func(tx *bolt.Tx) error {
		revision := revisionOf(tx)
		if wanted != 0 && wanted != revision {
			return fmt.Errorf("revision %d: %w", wanted, graph.ErrNotFound)
		}
		if store.newest != nil && store.newest.Revision() == revision {
			snapshot = store.newest
			return nil
		}
		var parts []*graph.Part
		err := tx.Bucket(bucketScopes).ForEach(func(_, blob []byte) error {
			part, err := graph.OpenPart(string(blob))
			parts = append(parts, part)
			return err
		})
		if err == nil {
			snapshot, err = graph.Join(revision, parts...)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("boltstore: %s: %w", store.path, err)
	}
	store.newest = snapshot
	return snapshot, nil
}

// Close releases the file. Closing twice does nothing more.
func (store *Store) Close() error {
	store.mu.Lock()
	defer store.mu.Unlock()
	if store.closed {
		return nil
	}
	store.closed = true
	return store.db.Close()
}
