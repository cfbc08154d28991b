package neo4jstore

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/inroad-security/inroad/graph"
)

// loaded is a revision in memory: its versions in the order of scopes, the part of each, and their snapshot.
type loaded struct {
	state    state
	versions []version
	parts    []*graph.Part
	snapshot *graph.Snapshot
}

// find gives a scope's place.
func (loaded *loaded) find(scope graph.Scope) (int, bool) {
	return slices.BinarySearchFunc(loaded.versions, scope, func(version version, scope graph.Scope) int { return cmp.Compare(version.scope, scope) })
}

// errGone says that what a revision holds is not all there. That is so for a moment when writers went past the revision since
// the head was read, for the database shows each node as it is when it is looked at.
var errGone = errors.New("what it holds is not all there")

// Snapshot gives the newest revision (0), or the one before it, by joining the scopes, which are streamed from the database.
// It keeps the newest that was asked for, so that asking again costs one question until the store is written.
func (store *Store) Snapshot(ctx context.Context, revision graph.Revision) (*graph.Snapshot, error) {
	if err := store.enter(ctx, store.loading); err != nil {
		return nil, store.explain(ctx, "read", err)
	}
	defer store.leave(store.loading)
	snapshot, err := store.snapshot(ctx, revision)
	if err != nil {
		return nil, store.explain(ctx, "read", err)
	}
	return snapshot, nil
}

func (store *Store) snapshot(ctx context.Context, wanted graph.Revision) (*graph.Snapshot, error) {
	var missed state
	for misses := 1; ; misses++ {
		var read *loaded
		var found state
		newest := false
		err := store.read(ctx, func(tx neo4j.ManagedTransaction) error {
			if held := store.newest.Load(); held != nil {
				// What a server asks again and again, whether there is anything new, is answered by one node.
				head, err := readHead(ctx, tx)
				if err != nil && !errors.Is(err, graph.ErrCorrupt) {
					return err
				}
				if head != nil && head.newest() == held.state && (wanted == 0 || wanted == held.state.revision) {
					read, newest = held, true
					return nil
				}
			}
			head, versions, err := look(ctx, tx)
			if err != nil {
				return err
			}
			if found, err = head.find(wanted); err != nil {
				return err
			}
			newest = found == head.newest()
			read, err = store.load(ctx, tx, found, versions)
			return err
		})
		switch {
		case err == nil && newest:
			store.newest.Store(read)
			fallthrough
		case err == nil:
			return read.snapshot, nil
		case !errors.Is(err, errGone):
			return nil, err
		case found != missed:
			missed, misses = found, 0
		case misses == patience && errors.Is(err, graph.ErrNotFound):
			return nil, err
		case misses == patience:
			return nil, fmt.Errorf("%w: %w", graph.ErrCorrupt, err)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(time.Duration(misses) * 20 * time.Millisecond):
		}
	}
}

// patience is how often a revision may be found not all there before that is held to be for good.
const patience = 6

// look reads the head and all versions, in the order of scopes and revisions.
func look(ctx context.Context, tx runner) (head, []version, error) {
	records, err := collect(ctx, tx, "MATCH (head:"+labelHead+") OPTIONAL MATCH (scope:"+labelScope+") RETURN properties(head), collect(properties(scope))", nil)
	if err != nil {
		return head{}, nil, err
	}
	if len(records) != 1 {
		return head{}, nil, fmt.Errorf("%w: %w: its head is missing: somebody emptied the database: run \"inroad ingest\" again", graph.ErrNotFound, errGone)
	}
	props, _ := records[0].Values[0].(map[string]any)
	read, err := headFrom(props)
	if err != nil {
		return head{}, nil, seen(err)
	}
	all, _ := records[0].Values[1].([]any)
	versions := make([]version, len(all))
	for i, one := range all {
		props, _ := one.(map[string]any)
		if versions[i] = versionFrom(props); versions[i].scope == "" {
			return head{}, nil, fmt.Errorf("a version of a scope: %w", errGone)
		}
	}
	slices.SortFunc(versions, func(a, b version) int { return cmp.Or(cmp.Compare(a.scope, b.scope), cmp.Compare(a.from, b.from)) })
	return read, versions, nil
}

// seen tells what is written while it is looked at from what is damaged, which only looking again can.
func seen(err error) error {
	if errors.Is(err, graph.ErrCorrupt) {
		return fmt.Errorf("%w: %w", errGone, err)
	}
	return err
}

// load gives a revision. What is in memory already is not read again.
func (store *Store) load(ctx context.Context, tx runner, state state, versions []version) (*loaded, error) {
	if held := store.newest.Load(); held != nil && held.state == state {
		return held, nil
	}
	read := &loaded{state: state, versions: slices.DeleteFunc(slices.Clone(versions), func(version version) bool { return !version.holds(state.revision) })}
	var found digest
	for i, version := range read.versions {
		if i > 0 && read.versions[i-1].scope == version.scope {
			return nil, fmt.Errorf("scope %s has two versions at once: %w", version.scope, errGone)
		}
		found = found.with(version)
	}
	if found != state.digest || int64(len(read.versions)) != state.scopes {
		return nil, fmt.Errorf("revision %d: %w", state.revision, errGone)
	}
	var err error
	if read.parts, err = store.partsOf(ctx, tx, read.versions); err != nil {
		return nil, err
	}
	read.snapshot, err = graph.Join(state.revision, read.parts...)
	return read, err
}

// partsOf gives the parts of versions. While one's bytes come, others are checked and opened.
func (store *Store) partsOf(ctx context.Context, tx runner, versions []version) ([]*graph.Part, error) {
	parts, failures := make([]*graph.Part, len(versions)), make([]error, len(versions))
	var absent []version
	var places []int
	held := store.newest.Load()
	for i, version := range versions {
		if held != nil {
			if at, found := held.find(version.scope); found && held.versions[at].from == version.from && held.versions[at].alike(version) {
				parts[i] = held.parts[at]
				continue
			}
		}
		absent, places = append(absent, version), append(places, i)
	}
	if len(absent) == 0 {
		return parts, nil
	}
	var group sync.WaitGroup
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	err := fetch(ctx, tx, absent, func(number int, data string) error {
		free <- struct{}{}
		group.Go(func() {
			place := places[number]
			parts[place], failures[place] = openVersion(absent[number], data)
			<-free
		})
		return nil
	})
	group.Wait()
	return parts, errors.Join(append(failures, err)...)
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
