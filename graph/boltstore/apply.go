package boltstore

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"

	bolt "go.etcd.io/bbolt"

	"github.com/inroad-security/inroad/graph"
)

// Apply replaces the scopes of the batches in one transaction, which is on disk when it returns.
func (store *Store) Apply(ctx context.Context, batches ...graph.Batch) (graph.Revision, error) {
	revision, err := store.apply(ctx, batches)
	if err != nil {
		return 0, store.explain("apply", err)
	}
	return revision, nil
}

func (store *Store) apply(ctx context.Context, batches []graph.Batch) (revision graph.Revision, err error) {
	if store.readOnly {
		return 0, fmt.Errorf("%w: the store is open for reading only", graph.ErrInvalid)
	}
	parts, err := graph.PackAll(ctx, batches...)
	if err != nil {
		return 0, err
	}
	if err := store.enter(ctx, store.writing); err != nil {
		return 0, err
	}
	defer store.leave(store.writing)
	err = store.guard(func() error {
		tx, err := store.db.Begin(true)
		if err != nil {
			return err
		}
		writing, err := write(ctx, tx, parts)
		if err != nil || !writing.changed {
			revision = writing.next.revision
			return errors.Join(err, tx.Rollback())
		}
		revision = writing.next.revision
		return tx.Commit()
	})
	return revision, err
}

// writing is the work on one revision.
type writing struct {
	tx                       *bolt.Tx
	scopes, chunks, replaced *bolt.Bucket
	next                     state
	changed                  bool
}

// write writes the next revision, if the parts make one.
func write(ctx context.Context, tx *bolt.Tx, parts []*graph.Part) (*writing, error) {
	writing := &writing{tx: tx, scopes: tx.Bucket([]byte(bucketScopes)), chunks: tx.Bucket([]byte(bucketChunks)), replaced: tx.Bucket([]byte(bucketReplaced))}
	before, err := readHead(tx)
	if err != nil {
		return writing, err
	}
	writing.next = before.newest()
	final, err := writing.settle(parts)
	if err != nil {
		return writing, err
	}
	writing.next.revision++
	for _, scope := range slices.Sorted(maps.Keys(final)) {
		if err := ctx.Err(); err != nil {
			return writing, err
		}
		part := final[scope]
		delete(final, scope)
		if err := writing.put(scope, part); err != nil {
			return writing, err
		}
	}
	if !writing.changed {
		writing.next.revision--
		return writing, nil
	}
	after := append(head{writing.next}, before...)
	after = after[:min(len(after), readable)]
	if err := writing.prune(after[len(after)-1].revision); err != nil {
		return writing, err
	}
	if err := after.write(tx); err != nil {
		return writing, err
	}
	return writing, ctx.Err()
}

// settle gives what each scope is to hold after all the parts, in their order. It empties parts.
func (writing *writing) settle(parts []*graph.Part) (map[graph.Scope]*graph.Part, error) {
	final := map[graph.Scope]*graph.Part{}
	for _, part := range parts {
		status := part.Status()
		if !status.Complete() {
			held := final[status.Scope]
			if held == nil {
				var err error
				if held, err = writing.held(status.Scope); err != nil {
					return nil, err
				}
			}
			if held != nil {
				var err error
				if part, err = part.Onto(held); err != nil {
					return nil, err
				}
			}
		}
		final[status.Scope] = part
	}
	clear(parts) // each is let go of as soon as it is written
	return final, nil
}

// held gives what a scope holds, nil if it was never written.
func (writing *writing) held(scope graph.Scope) (*graph.Part, error) {
	key, value := writing.version(scope)
	if key == nil {
		return nil, nil
	}
	return readVersion(writing.chunks, key, value)
}

// version gives the scope's newest version, nil if it was never written.
func (writing *writing) version(scope graph.Scope) (key, value []byte) {
	cursor := writing.scopes.Cursor()
	// No scope holds a letter this low, so that what follows all its versions is the next scope's first.
	if found, _ := cursor.Seek(append([]byte(scope), 1)); found == nil {
		key, value = cursor.Last()
	} else {
		key, value = cursor.Prev()
	}
	if held, _, err := splitVersionKey(key); err != nil || held != scope {
		return nil, nil
	}
	return key, value
}

// put writes a scope's next version, unless that is what it holds already.
func (writing *writing) put(scope graph.Scope, part *graph.Part) error {
	data := part.Append(nil)
	entry := entryOf(data).bytes()
	if key, value := writing.version(scope); key != nil {
		if string(value) == string(entry) {
			return nil
		}
		writing.next.digest = writing.next.digest.with(key, value)
		writing.next.scopes--
		if err := writing.replaced.Put(append(binary.BigEndian.AppendUint64(nil, uint64(writing.next.revision)), key...), nil); err != nil {
			return err
		}
	}
	key := versionKey(scope, writing.next.revision)
	for number := uint32(0); len(data) > 0; number++ {
		size := min(len(data), chunkSize)
		if err := writing.chunks.Put(chunkKey(key, number), data[:size]); err != nil {
			return err
		}
		data = data[size:]
	}
	writing.changed = true
	writing.next.digest = writing.next.digest.with(key, entry)
	writing.next.scopes++
	return writing.scopes.Put(key, entry)
}

// prune deletes what no revision from the oldest on holds.
func (writing *writing) prune(oldest graph.Revision) error {
	var keys [][]byte
	cursor := writing.replaced.Cursor()
	for key, _ := cursor.First(); len(key) > 8 && binary.BigEndian.Uint64(key) <= uint64(oldest); key, _ = cursor.Next() {
		keys = append(keys, slices.Clone(key))
	}
	for _, key := range keys {
		version := key[8:]
		entry, err := entryFrom(writing.scopes.Get(version))
		if err != nil {
			return err
		}
		for number := range entry.chunks() {
			if err := writing.chunks.Delete(chunkKey(version, number)); err != nil {
				return err
			}
		}
		if err := errors.Join(writing.scopes.Delete(version), writing.replaced.Delete(key)); err != nil {
			return err
		}
	}
	return nil
}
