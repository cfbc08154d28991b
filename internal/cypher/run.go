package cypher

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/inroad-security/inroad/graph"
)

// mostHeld is how many bytes, about, one query may keep at a time: rows that are sorted, grouped or told apart, and the
// values that they are made of.
const mostHeld = 256 << 20

// errEnough ends a walk whose further rows nobody wants.
var errEnough = errors.New("enough")

// run is one execution of a query: its parameters, what it has used up, and the memory that its searches share.
type run struct {
	ctx     context.Context
	graph   source
	params  map[string]any
	now     time.Time // of the statement
	limits  graph.QueryLimits
	work    int64
	check   int64 // the work at which the clock is looked at next
	held    int64
	random  *rand.Rand
	used    []edgeSet  // by match, the relationships on its trail
	books   *sync.Pool // what searches for shortest paths note, for the next
	taken   []*notebook
	waves   map[*shortestStep]*[2]*wave
	profile *profiled // nil unless it is asked for
	// patterns are the regular expressions seen, by their text.
	patterns map[string]matcher
}

// everyWork is after how much work the clock and the context are looked at.
const everyWork = 4096

// step counts work: relationships and nodes that are looked at, items that are gone through.
func (run *run) step(count int) error {
	run.work += int64(count)
	if run.work < run.check {
		return nil
	}
	run.check = run.work + everyWork
	if run.work > run.limits.Work {
		return fmt.Errorf("%w: work: more than %d relationships, nodes and items were looked at: ask for less (a label, a type, a bound such as *1..4, a LIMIT earlier on) or raise the limit on work", graph.ErrLimit, run.limits.Work)
	}
	return run.stopped()
}

// stopped gives the reason where the context has ended.
func (run *run) stopped() error {
	if run.ctx.Err() == nil {
		return nil
	}
	return context.Cause(run.ctx)
}

// hold counts memory that stays in use until release.
func (run *run) hold(bytes int64) error {
	run.held += bytes
	if run.held > mostHeld {
		return fmt.Errorf("%w: memory: the query keeps more than %d MiB, which is fixed: filter or LIMIT before what sorts, groups or collects, or return single properties in place of whole nodes and paths", graph.ErrLimit, mostHeld>>20)
	}
	return nil
}

func (run *run) release(bytes int64) { run.held -= bytes }

// fits fails for a value that alone is more than may be kept.
func (run *run) fits(value any) error {
	room := int64(mostHeld) - run.held
	if size(value, &room); room < 0 {
		return run.hold(mostHeld + 1)
	}
	return nil
}

// holdValue counts a value that is kept.
func (run *run) holdValue(value any) (bytes int64, err error) {
	room := int64(mostHeld)
	size(value, &room)
	bytes = mostHeld - room
	return bytes, run.hold(bytes)
}

// size takes the bytes that a value needs, about, from the room, and stops when that is gone.
func size(value any, room *int64) {
	*room -= 16
	if *room < 0 {
		return
	}
	switch value := value.(type) {
	case string:
		*room -= int64(len(value))
	case []any:
		*room -= 24
		for _, item := range value {
			if size(item, room); *room < 0 {
				return
			}
		}
	case map[string]any:
		*room -= 48 + 256*int64((len(value)+7)/8) // Go keeps them by eights
		for key, item := range value {
			*room -= int64(32 + len(key))
			if size(item, room); *room < 0 {
				return
			}
		}
	case *walk:
		*room -= int64(48 + 4*len(value.vertices) + 4*len(value.edges))
	}
}

// gathering is a list that grows, counted item by item until it is done.
type gathering struct {
	run  *run
	list []any
	held int64
}

func (run *run) gathering() *gathering { return &gathering{run: run, list: []any{}} }

func (gathering *gathering) add(item any) error {
	bytes, err := gathering.run.holdValue(item)
	gathering.held += bytes
	gathering.list = append(gathering.list, item)
	return err
}

// done stops counting. The list is from here on whoever's that took it.
func (gathering *gathering) done() { gathering.run.release(gathering.held) }

// holdRow counts a row that is kept.
func (run *run) holdRow(row []any) (bytes int64, err error) {
	room := int64(mostHeld) - 64
	for _, value := range row {
		if size(value, &room); room < 0 {
			break
		}
	}
	bytes = mostHeld - room
	return bytes, run.hold(bytes)
}

// edgeSet is a set of relationships.
type edgeSet []uint64

func (set edgeSet) has(e edge) bool { return set[e>>6]&(1<<(e&63)) != 0 }
func (set edgeSet) add(e edge)      { set[e>>6] |= 1 << (e & 63) }
func (set edgeSet) remove(e edge)   { set[e>>6] &^= 1 << (e & 63) }

// trail gives the set of a match's used relationships, which is empty between its rows.
func (run *run) trail(of int) edgeSet {
	if run.used[of] == nil {
		run.used[of] = make(edgeSet, run.graph.edges()/64+1)
	}
	return run.used[of]
}

// failed is an error that a value causes while a query runs.
func failed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", graph.ErrInvalid, fmt.Sprintf(format, args...))
}
