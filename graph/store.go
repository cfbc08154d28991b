package graph

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The sentinels every store and adapter wraps.
var (
	// ErrCorrupt means that stored bytes do not decode; the store refuses to go on rather than guess.
	ErrCorrupt = errors.New("corrupt data")
	// ErrNotFound means that what was named does not exist.
	ErrNotFound = errors.New("not found")
	// ErrInvalid means that the caller's input breaks a rule; the message says which and what to do.
	ErrInvalid = errors.New("invalid")
	// ErrBusy means that another process holds the store.
	ErrBusy = errors.New("in use by another process")
	// ErrUnavailable means that a store's server cannot be reached or cannot do what was asked now; the message says what to do.
	ErrUnavailable = errors.New("not available")
)

// Revision numbers a store's states from 1: each call of Apply that changes what the store holds makes the next
// one, so equal revisions of one store are equal content. 0 is the empty store and, where a revision is
// asked for, the newest.
type Revision uint64

// Batch replaces its scope atomically; what it omits is deleted. A batch with a reason in Incomplete is never
// applied as if it were complete: it only adds to what the scope holds, and the scope is marked incomplete until a
// complete batch comes. Where it and the scope speak of one node or edge, they are merged as a
// snapshot merges scopes, the batch first.
type Batch struct {
	Scope Scope
	Nodes []Node
	Edges []Edge
	// Collected is when the data was read from the cloud; zero where the source does not say.
	Collected time.Time
	// Incomplete holds, sorted, each thing that could not be read and why. Empty means complete.
	Incomplete []string
	// Basis tells, of what was derived, what it was derived from, in the words of whoever derived it: equal bases are equal batches.
	Basis string
}

// Status is a scope's completeness, what it was derived from, and how many real nodes and how many edges it holds, each counted once.
type Status struct {
	Scope      Scope
	Collected  time.Time
	Incomplete []string
	Basis      string
	Nodes      int
	Edges      int
}

// Complete reports whether everything the scope should hold was read.
func (status Status) Complete() bool { return len(status.Incomplete) == 0 }

// Store keeps the graph. All methods may be called at once from several goroutines. A reader sees whole
// revisions only, and a Snapshot stays as it was however often the store is written after.
type Store interface {
	// Apply replaces the scopes of the batches, all or none, and returns the revision that holds them. Batches of
	// one scope apply in the order given. What changes nothing makes no revision: applying nothing, or what
	// is held already, returns the newest. When it fails or ctx ends first, the store is as it was.
	Apply(ctx context.Context, batches ...Batch) (Revision, error)
	// Snapshot gives the newest revision (0), or the one named while the store still has it, else ErrNotFound.
	Snapshot(ctx context.Context, revision Revision) (*Snapshot, error)
	// Close lets go of the store once the calls under way have ended. Later calls fail with fs.ErrClosed, and
	// another Close does nothing. Snapshots outlive it.
	Close() error
}

// Validate reports, as ErrInvalid, the first thing in the batch that a graph cannot hold.
func (batch Batch) Validate() error {
	odd := func(letter rune) bool { return letter <= ' ' || letter == 0x7f }
	if !strings.Contains(string(batch.Scope), "/") || len(batch.Scope) > 1024 || strings.ContainsFunc(string(batch.Scope), odd) {
		return fmt.Errorf("%w: scope %q: want <cloud>/<account>/<region|global>/<collector>", ErrInvalid, batch.Scope)
	}
	for _, node := range batch.Nodes {
		if node.ID == "" || node.Kind == "" {
			return fmt.Errorf("%w: scope %s: node %q of kind %q: a node needs an id and a kind", ErrInvalid, batch.Scope, node.ID, node.Kind)
		}
	}
	for _, edge := range batch.Edges {
		if edge.From == "" || edge.To == "" || edge.Kind == "" || slices.Contains(edge.Requires, "") {
			return fmt.Errorf("%w: scope %s: edge %q -[%s]-> %q: an edge needs both ends, a kind, and no empty requirement",
				ErrInvalid, batch.Scope, edge.From, edge.Kind, edge.To)
		}
		if edge.Verdict > Unknown {
			return fmt.Errorf("%w: scope %s: edge %s -[%s]-> %s: verdict %d: want one of the three",
				ErrInvalid, batch.Scope, edge.From, edge.Kind, edge.To, edge.Verdict)
		}
	}
	return nil
}
