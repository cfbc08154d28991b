// Package boltstore keeps the graph in one file, with no server: the store of a laptop, a pipeline and the demo.
//
// Each scope is kept packed, as a graph.Part, so that Apply costs what the batches cost however large the rest is.
// Nothing is kept beside the scopes: Snapshot joins them. A copy of the joined snapshot in the file would open
// faster, but every Apply would have to write all of it again, and it could differ from the scopes. At 1M nodes and
// 5M edges, a file of 450 MiB, opening and joining takes 2.5 s of processor time and 1.3 GiB at its peak, and applying
// one scope 10 ms (BenchmarkOpen and BenchmarkApplyOne, two cores). The parts are not compressed: they keep each
// text once already, and inflating them would cost more than reading what it saves.
//
// The newest two revisions can be read. Whatever is read is checked: the file's own structure when it is opened, and
// each scope against its SHA-256 when a snapshot is made. A file that is not whole is refused with graph.ErrCorrupt.
//
// A process that writes has the file for itself. Any number of processes may have it open read-only at once, and
// none may then write, so that a file can be copied while it is read.
package boltstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
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
	readOnly bool
	db       *bolt.DB
	file     *os.File // that of db

	// Whoever holds a token writes, or loads.
	writing, loading chan struct{}
	newest           *graph.Snapshot        // the last one loaded; its holder has the token of loading
	parts            map[string]*graph.Part // of the last one loaded, whichever, by their versions' names

	mu     sync.RWMutex // held for reading by each call under way
	closed bool
	// broken is what a call found that leaves the database of no use.
	broken atomic.Pointer[error]
}

var _ graph.Store = (*Store)(nil)

// pageSize is the same on every system, so that a file can be moved between them.
const pageSize = 4096

// Open opens the store in the file at path and, unless read-only, creates it with mode 0600 when there is none.
// It fails with graph.ErrBusy while another process has the file, with graph.ErrNotFound when there is nothing to
// read, with graph.ErrInvalid for what is not a store or was made by a newer version, and with
// graph.ErrCorrupt for a store that is not whole.
func Open(path string, options Options) (*Store, error) {
	store := &Store{path: path, readOnly: options.ReadOnly, writing: make(chan struct{}, 1), loading: make(chan struct{}, 1)}
	deadline := time.Now().Add(options.Wait)
	if err := store.open(deadline); err != nil {
		return nil, store.explain("open", err)
	}
	return store, nil
}

func (store *Store) open(deadline time.Time) error {
	info, err := os.Stat(store.path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && store.readOnly:
		return fmt.Errorf("%w: there is no such file: ingest something into it first", graph.ErrNotFound)
	case err == nil && !info.Mode().IsRegular():
		return fmt.Errorf("%w: it is not a file but %s: name a file", graph.ErrInvalid, info.Mode().Type())
	case err == nil && info.Size() == 0 && store.readOnly:
		return fmt.Errorf("%w: the file is empty: ingest something into it first", graph.ErrNotFound)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err == nil && info.Size() > 0 {
		// Nothing is read through a file's structure before that is known to be sound. Readers' locks let no
		// process write meanwhile.
		if err := store.attach(true, deadline); err != nil {
			return store.reason(err)
		}
		if err := inspect(store.file); err != nil || !store.readOnly {
			if err := errors.Join(err, store.detach()); err != nil {
				return err
			}
		}
	}
	if !store.readOnly {
		if err := store.attach(false, deadline); err != nil {
			return err
		}
	}
	if err := store.guard(store.begin); err != nil {
		return errors.Join(err, store.detach())
	}
	return nil
}

// attach locks and maps the file.
func (store *Store) attach(readOnly bool, deadline time.Time) error {
	err := store.guard(func() (err error) {
		store.db, err = bolt.Open(store.path, 0o600, &bolt.Options{
			ReadOnly: readOnly, Timeout: max(time.Until(deadline), 1), PageSize: pageSize, FreelistType: bolt.FreelistMapType, NoStatistics: true,
			OpenFile: func(name string, flag int, mode os.FileMode) (file *os.File, err error) {
				store.file, err = os.OpenFile(name, flag, mode)
				return store.file, err
			},
		})
		return err
	})
	if err != nil {
		store.db = nil
		return errors.Join(err, store.detach())
	}
	return nil
}

// reason gives what is wrong with a file that the database refused, which says little of why.
func (store *Store) reason(refused error) error {
	if errors.Is(refused, berrors.ErrTimeout) {
		return refused
	}
	file, err := os.Open(store.path)
	if err != nil {
		return refused
	}
	defer file.Close()
	if err := inspect(file); err != nil {
		return err
	}
	return refused
}

// detach unmaps and unlocks the file. After a panic the database may hold its own locks for ever, so then the file
// alone is closed, which unlocks it too.
func (store *Store) detach() error {
	db, file := store.db, store.file
	store.db, store.file = nil, nil
	if db != nil && store.broken.Load() == nil {
		return db.Close()
	}
	if file == nil {
		return nil
	}
	if err := file.Close(); !errors.Is(err, fs.ErrClosed) {
		return err
	}
	return nil
}

// begin makes a new file a store and reads the head of one that is.
func (store *Store) begin() error {
	if !store.readOnly {
		return store.db.Update(func(tx *bolt.Tx) error {
			if name, _ := tx.Cursor().First(); name != nil {
				_, err := readHead(tx)
				return err
			}
			for _, name := range buckets {
				if _, err := tx.CreateBucket([]byte(name)); err != nil {
					return err
				}
			}
			return head{}.write(tx)
		})
	}
	return store.db.View(func(tx *bolt.Tx) error {
		if name, _ := tx.Cursor().First(); name == nil {
			return fmt.Errorf("%w: nothing was ever ingested into it", graph.ErrNotFound)
		}
		_, err := readHead(tx)
		return err
	})
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
			broken := store.broken.Load()
			if broken == nil {
				return nil
			}
			<-token
			err = *broken
		}
	}
	store.mu.RUnlock()
	return err
}

func (store *Store) leave(token chan struct{}) {
	<-token
	store.mu.RUnlock()
}

// Close waits for the calls under way and releases the file.
func (store *Store) Close() error {
	store.mu.Lock()
	defer store.mu.Unlock()
	if store.closed {
		return nil
	}
	store.closed = true
	store.newest, store.parts = nil, nil
	if err := store.detach(); err != nil {
		return store.explain("close", err)
	}
	return nil
}

// explain names the file, and says what to do about it.
func (store *Store) explain(doing string, err error) error {
	advice := ""
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return fmt.Errorf("boltstore: %s: %s: %w: wait for it to end, or use another file", store.path, doing, graph.ErrBusy)
	case errors.Is(err, graph.ErrCorrupt):
		advice = ": move the file away and ingest again, or restore a copy"
	case errors.Is(err, fs.ErrPermission):
		advice = ": run as the user who owns the file, or name one that you may read and write"
	case diskFull(err):
		advice = ": make room and try again; what the file held before is whole"
	case errors.Is(err, fs.ErrNotExist):
		advice = ": create the folder first"
	}
	return fmt.Errorf("boltstore: %s: %s: %w%s", store.path, doing, err, advice)
}
