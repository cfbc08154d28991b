package boltstore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"runtime"
	"strings"
	"sync"

	bolt "go.etcd.io/bbolt"

	"github.com/inroad-security/inroad/graph"
)

// Snapshot gives the newest revision (0), or the one before it, by joining the scopes. It keeps the newest that was
// asked for, so that asking again costs nothing until the store is written.
func (store *Store) Snapshot(ctx context.Context, revision graph.Revision) (*graph.Snapshot, error) {
	snapshot, err := store.snapshot(ctx, revision)
	if err != nil {
		return nil, store.explain("read", err)
	}
	return snapshot, nil
}

func (store *Store) snapshot(ctx context.Context, wanted graph.Revision) (snapshot *graph.Snapshot, err error) {
	if err := store.enter(ctx, store.loading); err != nil {
		return nil, err
	}
	defer store.leave(store.loading)
	err = store.guard(func() error {
		return store.db.View(func(tx *bolt.Tx) error {
			states, err := readHead(tx)
			if err != nil {
				return err
			}
			state, err := states.find(wanted)
			if err != nil {
				return err
			}
			if store.newest != nil && store.newest.Revision() == state.revision {
				snapshot = store.newest
				return nil
			}
			snapshot, err = store.load(ctx, tx, state)
			if err == nil && state == states.newest() {
				store.newest = snapshot
			}
			return err
		})
	})
	return snapshot, err
}

// find gives the state of a revision, or graph.ErrNotFound.
func (head head) find(wanted graph.Revision) (state, error) {
	if wanted == 0 {
		return head.newest(), nil
	}
	for _, state := range head {
		if state.revision == wanted {
			return state, nil
		}
	}
	return state{}, fmt.Errorf("revision %d: %w: the newest is %d, and %d are kept", wanted, graph.ErrNotFound, head.newest().revision, len(head))
}

// version is what one scope holds at a revision.
type version struct{ key, value []byte }

// name tells versions apart, of whatever revisions they are.
func (version version) name() string { return string(version.key) + string(version.value) }

// load makes a revision's snapshot. While one scope's bytes are copied out of the file, others are checked and opened; those that the last
// snapshot was joined from are taken from it.
func (store *Store) load(ctx context.Context, tx *bolt.Tx, state state) (*graph.Snapshot, error) {
	versions, err := versionsOf(tx, state)
	if err != nil {
		return nil, err
	}
	chunks := tx.Bucket([]byte(bucketChunks))
	parts, failures := make([]*graph.Part, len(versions)), make([]error, len(versions))
	var group sync.WaitGroup
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, version := range versions {
		if parts[i] = store.parts[version.name()]; parts[i] != nil {
			continue
		}
		var data string
		if failures[i] = ctx.Err(); failures[i] == nil {
			data, failures[i] = readChunks(chunks, version.key, version.value)
		}
		if failures[i] != nil {
			break
		}
		free <- struct{}{}
		group.Go(func() {
			parts[i], failures[i] = openVersion(data, version.key, version.value)
			<-free
		})
	}
	group.Wait()
	for _, failure := range failures {
		if failure != nil {
			return nil, failure
		}
	}
	held := map[string]*graph.Part{}
	for i, version := range versions {
		held[version.name()] = parts[i]
	}
	store.parts = held
	return graph.Join(state.revision, parts...)
}

// versionsOf gives the version of each scope that a revision holds, all of them or graph.ErrCorrupt.
func versionsOf(tx *bolt.Tx, state state) ([]version, error) {
	var versions []version
	var last graph.Scope
	var digest digest
	cursor := tx.Bucket([]byte(bucketScopes)).Cursor()
	for key, value := cursor.First(); key != nil; key, value = cursor.Next() {
		scope, revision, err := splitVersionKey(key)
		if err != nil {
			return nil, err
		}
		if revision > state.revision {
			continue
		}
		if len(versions) > 0 && scope == last {
			versions = versions[:len(versions)-1]
		}
		versions, last = append(versions, version{bytes.Clone(key), bytes.Clone(value)}), scope
	}
	for _, version := range versions {
		digest = digest.with(version.key, version.value)
	}
	if digest != state.digest || uint64(len(versions)) != state.scopes {
		return nil, fmt.Errorf("%w: its scopes are not those that were written", graph.ErrCorrupt)
	}
	return versions, nil
}

// readVersion reads and checks one version.
func readVersion(chunks *bolt.Bucket, key, value []byte) (*graph.Part, error) {
	data, err := readChunks(chunks, key, value)
	if err != nil {
		return nil, err
	}
	return openVersion(data, key, value)
}

// readChunks copies a version's bytes out of the file.
func readChunks(chunks *bolt.Bucket, key, value []byte) (string, error) {
	entry, err := entryFrom(value)
	if err != nil {
		return "", err
	}
	var read [][]byte
	for left := entry.length; left > 0; left -= uint64(len(read[len(read)-1])) {
		chunk := chunks.Get(chunkKey(key, uint32(len(read))))
		if uint64(len(chunk)) != min(left, chunkSize) {
			return "", fmt.Errorf("%w: a part of %q is missing", graph.ErrCorrupt, key)
		}
		read = append(read, chunk)
	}
	var data strings.Builder
	data.Grow(int(entry.length))
	for _, chunk := range read {
		data.Write(chunk)
	}
	return data.String(), nil
}

// openVersion checks a version's bytes against its entry and opens them.
func openVersion(data string, key, value []byte) (*graph.Part, error) {
	entry, err := entryFrom(value)
	if err != nil {
		return nil, err
	}
	scope, _, err := splitVersionKey(key)
	if err != nil {
		return nil, err
	}
	if sum(data) != entry.sum {
		return nil, fmt.Errorf("%w: scope %s does not match its checksum", graph.ErrCorrupt, scope)
	}
	part, err := graph.OpenPart(data)
	if err != nil {
		return nil, fmt.Errorf("scope %s: %w", scope, err)
	}
	return part, nil
}

// sum is the SHA-256 of a text, taken without a copy of all of it.
func sum(data string) (sum [sha256.Size]byte) {
	hash, block := sha256.New(), make([]byte, min(len(data), 1<<16))
	for len(data) > 0 {
		size := copy(block, data)
		hash.Write(block[:size])
		data = data[size:]
	}
	hash.Sum(sum[:0])
	return sum
}
