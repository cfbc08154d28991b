package graph

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"
)

// ErrLimit means that a query was stopped by one of its limits; the message names which, and how to raise it.
var ErrLimit = errors.New("limit reached")

// Querier answers read-only Cypher about the newest revision, seen as a labelled property graph (graph/view says how).
type Querier interface {
	// Query runs one statement. What cannot be run fails at once with ErrInvalid: text that is no Cypher, a statement that
	// writes, a parameter that is missing or of no type that Cypher has.
	Query(ctx context.Context, query Query) (*Rows, error)
}

// Query is one statement of Cypher. A value reaches it as a parameter and never as part of the text.
type Query struct {
	Text string
	// Params are named without "$". A value is nil, a bool, int64, float64 or string, or a []any or map[string]any of such.
	Params map[string]any
	Limits QueryLimits
}

// QueryLimits bound one query; zero means the default.
type QueryLimits struct {
	Rows int           // most rows of the answer
	Time time.Duration // from the call to the last row
	Work int64         // most relationships looked at while matching, where the engine counts them
}

// The limits of a query that names none.
const (
	DefaultQueryRows = 10_000
	DefaultQueryTime = time.Minute
	DefaultQueryWork = 200_000_000
)

// Or gives the limits with defaults in place of zeros, or ErrInvalid for one below zero.
func (limits QueryLimits) Or() (QueryLimits, error) {
	if limits.Rows < 0 || limits.Time < 0 || limits.Work < 0 {
		return limits, fmt.Errorf("%w: a limit below zero: rows %d, time %s, work %d", ErrInvalid, limits.Rows, limits.Time, limits.Work)
	}
	if limits.Rows == 0 {
		limits.Rows = DefaultQueryRows
	}
	if limits.Time == 0 {
		limits.Time = DefaultQueryTime
	}
	if limits.Work == 0 {
		limits.Work = DefaultQueryWork
	}
	return limits, nil
}

// Rows is an answer. It must be ranged over once, to its end or until the loop breaks, which frees what it holds.
type Rows struct {
	Columns []string
	// All gives row by row, each as long as Columns and the caller's own, until the last or the first error. A row beyond a
	// limit is ErrLimit: those before it stand, and the answer is not whole.
	All iter.Seq2[[]any, error]
}

// Besides nil, bool, int64, float64, string, []any and map[string]any, a row may hold the following.
type (
	// Vertex is a node of the property graph.
	Vertex struct {
		ID     ID
		Labels []string // in order
		Props  map[string]any
	}
	// Relation is a relationship of the property graph.
	Relation struct {
		From, To ID
		Type     EdgeKind
		Props    map[string]any
	}
	// Walk is a path: one more vertex than relations, which may be walked against their direction.
	Walk struct {
		Vertices  []Vertex
		Relations []Relation
	}
	// Temporal is a date, a time or a duration, as ISO 8601 writes it.
	Temporal struct {
		Type string // DATE, TIME, LOCAL TIME, DATETIME, LOCAL DATETIME or DURATION
		Text string
	}
)
