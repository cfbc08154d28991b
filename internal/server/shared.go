package server

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"

	"github.com/inroad-security/inroad/graph"
)

// mostKept is how many answers of one kind are kept.
const mostKept = 4

// shared keeps answers about one snapshot. Who asks for what is being worked out waits for that same work. It is nobody's own:
// it goes on while anyone waits, and is stopped when all have gone. An error is told to those who waited, and not kept.
type shared[V any] struct {
	mu       sync.Mutex
	snapshot *graph.Snapshot
	answers  map[string]*answer[V]
	used     []string // the answers' keys, the last asked for at the end
}

type answer[V any] struct {
	ready   chan struct{} // closed once value and err are set
	value   V
	err     error
	stop    context.CancelFunc
	waiting int
}

// get gives the answer with the key, worked out anew where it is not kept.
func (shared *shared[V]) get(ctx context.Context, snapshot *graph.Snapshot, key string, work func(context.Context) (V, error)) (V, error) {
	answer := shared.join(ctx, snapshot, key, work)
	defer shared.leave(key, answer)
	select {
	case <-answer.ready:
		return answer.value, answer.err
	case <-ctx.Done():
		var nothing V
		return nothing, ctx.Err()
	}
}

func (shared *shared[V]) join(ctx context.Context, snapshot *graph.Snapshot, key string, work func(context.Context) (V, error)) *answer[V] {
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if shared.snapshot != snapshot {
		shared.snapshot, shared.answers, shared.used = snapshot, map[string]*answer[V]{}, nil
	}
	known, ok := shared.answers[key]
	if !ok {
		known = &answer[V]{ready: make(chan struct{})}
		ctx, known.stop = context.WithCancel(context.WithoutCancel(ctx))
		shared.answers[key] = known
		go shared.run(ctx, key, known, work)
	}
	shared.used = append(slices.DeleteFunc(shared.used, func(used string) bool { return used == key }), key)
	if len(shared.used) > mostKept {
		shared.forget(shared.used[0], shared.answers[shared.used[0]])
	}
	known.waiting++
	return known
}

func (shared *shared[V]) leave(key string, answer *answer[V]) {
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if answer.waiting--; answer.waiting > 0 {
		return
	}
	answer.stop()
	select {
	case <-answer.ready:
	default:
		shared.forget(key, answer)
	}
}

// forget lets nobody join an answer any more; who waits for it still gets it. Its caller holds the lock.
func (shared *shared[V]) forget(key string, answer *answer[V]) {
	if shared.answers[key] == answer {
		delete(shared.answers, key)
		shared.used = slices.DeleteFunc(shared.used, func(used string) bool { return used == key })
	}
}

func (shared *shared[V]) run(ctx context.Context, key string, answer *answer[V], work func(context.Context) (V, error)) {
	defer close(answer.ready)
	defer func() {
		if cause := recover(); cause != nil {
			answer.err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
		if answer.err != nil {
			shared.mu.Lock()
			defer shared.mu.Unlock()
			shared.forget(key, answer)
		}
	}()
	answer.value, answer.err = work(ctx)
}
