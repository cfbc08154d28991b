package neo4jstore

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/inroad-security/inroad/graph"
)

// Apply replaces the scopes of the batches. The versions, the head and what differs of the graph that analysts see are committed
// in one transaction, while no other writer has the turn. Only a change of more than a transaction bears is written to that graph
// in several, before the commit: Snapshot gives the old revision until then, and Query refuses.
//
// What the server or the network interrupts is tried again. That is right even when a commit's outcome is not known: what was
// committed is then found to be held already.
func (store *Store) Apply(ctx context.Context, batches ...graph.Batch) (graph.Revision, error) {
	revision, err := store.apply(ctx, batches)
	if err != nil {
		return 0, store.explain(ctx, "apply", err)
	}
	return revision, nil
}

func (store *Store) apply(ctx context.Context, batches []graph.Batch) (graph.Revision, error) {
	if store.options.ReadOnly {
		return 0, fmt.Errorf("%w: the store is open for reading only", graph.ErrInvalid)
	}
	parts, err := graph.PackAll(ctx, batches...)
	if err != nil {
		return 0, err
	}
	for _, batch := range batches {
		if !utf8.ValidString(string(batch.Scope)) {
			return 0, fmt.Errorf("%w: scope %q is not UTF-8", graph.ErrInvalid, batch.Scope)
		}
	}
	if err := store.enter(ctx, store.writing); err != nil {
		return 0, err
	}
	defer store.leave(store.writing)
	anew := false
	for pause := store.pause; ; pause *= 2 {
		revision, err := store.attempt(ctx, parts, anew)
		switch {
		case err == nil:
			return revision, nil
		case errors.Is(err, errDamaged) && !anew:
			anew, pause = true, store.pause/2
			continue
		case ctx.Err() != nil || pause > pauses*store.pause || !passing(err):
			return 0, err
		}
		select {
		case <-ctx.Done():
			return 0, err
		case <-time.After(pause):
		}
	}
}

// A writer that was interrupted waits for the first pause before it tries again, twice as long each time, until the last is so many
// times as long: with a tenth of a second at first, 25 seconds in all, in which a cluster has chosen a leader.
const (
	firstPause = 100 * time.Millisecond
	pauses     = 1 << 7
)

// errDamaged says that the graph that analysts see is not as it was written: somebody else changed it. It is then written anew.
var errDamaged = errors.New("the graph in the database is not as it was written")

// attempt writes the next revision, if the parts make one, in one turn.
func (store *Store) attempt(ctx context.Context, parts []*graph.Part, anew bool) (revision graph.Revision, err error) {
	session := store.session(ctx, neo4j.AccessModeWrite, chunksAhead)
	// What was committed stays and what was not is rolled back, whether letting go succeeds or not.
	defer func() { _ = store.letGo(ctx, session) }()
	tx, err := session.BeginTransaction(ctx, neo4j.WithTxTimeout(0))
	if err != nil {
		return 0, err
	}
	defer func() { _ = store.letGo(ctx, tx) }()
	if err := store.takeTurn(ctx, tx); err != nil {
		return 0, err
	}
	writing := &writing{store: store, tx: tx}
	if writing.before, writing.versions, err = look(ctx, tx); err != nil {
		return 0, err
	}
	if err := store.mine(writing.before); err != nil {
		return 0, err
	}
	anew = anew || writing.before.graph != graphWhole
	if err := writing.settle(ctx, parts); err != nil {
		return 0, err
	}
	if len(writing.changes) == 0 && !anew {
		return writing.before.newest().revision, nil
	}
	if err := writing.write(ctx, anew); err != nil {
		return 0, err
	}
	// From here on the call's end is the commit's alone: a commit that is cancelled may have been made or not.
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	committing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	if err := tx.Commit(committing); err != nil {
		return 0, err
	}
	store.newest.Store(writing.after)
	return writing.after.state.revision, nil
}

// mine refuses another tenant's database and one that a newer version made since it was opened.
func (store *Store) mine(head head) error {
	if head.tenant != store.place.tenant || head.schema > int64(len(migrations)) {
		return fmt.Errorf("%w: the database has become the tenant %q's, with schema number %d: open it again", graph.ErrInvalid, head.tenant, head.schema)
	}
	return nil
}

// takeTurn waits until no other writer has the turn. The transaction has it to its end.
func (store *Store) takeTurn(ctx context.Context, tx neo4j.ExplicitTransaction) error {
	waiting, cancel := ctx, context.CancelFunc(func() {})
	if store.options.Wait > 0 {
		waiting, cancel = context.WithTimeout(ctx, store.options.Wait)
	}
	defer cancel()
	// A property that is there already is written all the same, so that its node is locked.
	found, err := count(waiting, tx, "MATCH (turn:"+labelTurn+` {_name: "turn"}) SET turn._taken = true RETURN count(turn)`, nil)
	if waiting.Err() != nil && ctx.Err() == nil {
		return fmt.Errorf("%w: another ingest has been writing for %s: wait for it to end and try again", graph.ErrBusy, store.options.Wait)
	}
	if err == nil && found != 1 {
		return fmt.Errorf("%w: its head is not there: somebody emptied the database: run \"inroad ingest\" again", graph.ErrNotFound)
	}
	return err
}

// change is what a scope is to hold.
type change struct {
	part    *graph.Part
	data    []byte
	version version
	// held is the version that it replaces, nil for a new scope.
	held *version
}

// writing is the work on one revision.
type writing struct {
	store    *Store
	tx       neo4j.ExplicitTransaction // has the turn
	before   head
	versions []version // all of them, older ones too

	old     *loaded // the newest revision so far, once it is asked for
	changes []change
	after   *loaded
}

// held gives the newest revision so far.
func (writing *writing) held(ctx context.Context) (*loaded, error) {
	if writing.old != nil {
		return writing.old, nil
	}
	var err error
	writing.old, err = writing.store.load(ctx, writing.tx, writing.before.newest(), writing.versions)
	if errors.Is(err, errGone) {
		return nil, fmt.Errorf("%w: %w", graph.ErrCorrupt, err) // nobody else writes meanwhile
	}
	return writing.old, err
}

// settle finds what the scopes are to hold after all the parts, in their order, and keeps those that hold something else.
func (writing *writing) settle(ctx context.Context, parts []*graph.Part) error {
	final := map[graph.Scope]*graph.Part{}
	for _, part := range parts {
		status := part.Status()
		if !status.Complete() {
			held := final[status.Scope]
			if held == nil {
				old, err := writing.held(ctx)
				if err != nil {
					return err
				}
				if at, found := old.find(status.Scope); found {
					held = old.parts[at]
				}
			}
			if held != nil {
				var err error
				if part, err = part.Onto(held); err != nil {
					return err
				}
			}
		}
		final[status.Scope] = part
	}
	next := writing.before.newest().revision + 1
	newest := map[graph.Scope]*version{}
	for i, version := range writing.versions {
		if version.until == 0 {
			newest[version.scope] = &writing.versions[i]
		}
	}
	for _, scope := range slices.Sorted(maps.Keys(final)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		data := final[scope].Append(nil)
		made := change{final[scope], data, versionOf(scope, next, data), newest[scope]}
		if made.held == nil || !made.held.alike(made.version) {
			writing.changes = append(writing.changes, made)
		}
	}
	return nil
}
