package storetest_test

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/storetest"
)

// memory is the least store there can be: it shows that the suite asks for nothing that a file alone can do.
type memory struct {
	mu     sync.Mutex
	disk   *disk
	closed bool
}

type disk struct {
	revision graph.Revision
	parts    map[graph.Scope]string
}

func (memory *memory) Apply(ctx context.Context, batches ...graph.Batch) (graph.Revision, error) {
	memory.mu.Lock()
	defer memory.mu.Unlock()
	if memory.closed {
		return 0, fs.ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	parts := maps.Clone(memory.disk.parts)
	for _, batch := range batches {
		part, err := graph.Pack(batch)
		if err != nil {
			return 0, fmt.Errorf("memory: apply: %w", err)
		}
		if held, ok := parts[batch.Scope]; ok && len(batch.Incomplete) > 0 {
			before, err := graph.OpenPart(held)
			if err != nil {
				return 0, err
			}
			if part, err = part.Onto(before); err != nil {
				return 0, err
			}
		}
		parts[batch.Scope] = string(part.Append(nil))
	}
	if !maps.Equal(parts, memory.disk.parts) {
		memory.disk.parts = parts
		memory.disk.revision++
	}
	return memory.disk.revision, nil
}

func (memory *memory) Snapshot(ctx context.Context, revision graph.Revision) (*graph.Snapshot, error) {
	memory.mu.Lock()
	defer memory.mu.Unlock()
	if memory.closed {
		return nil, fs.ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if revision != 0 && revision != memory.disk.revision {
		return nil, graph.ErrNotFound
	}
	var parts []*graph.Part
	for _, scope := range slices.Sorted(maps.Keys(memory.disk.parts)) {
		part, err := graph.OpenPart(memory.disk.parts[scope])
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	return graph.Join(memory.disk.revision, parts...)
}

func (memory *memory) Close() error {
	memory.mu.Lock()
	defer memory.mu.Unlock()
	memory.closed = true
	return nil
}

func TestTheSuiteAsksForNothingThatAPlainStoreCannotDo(t *testing.T) {
	disks := map[string]*disk{}
	storetest.Run(t, func(_ *testing.T, directory string) graph.Store {
		if disks[directory] == nil {
			disks[directory] = &disk{parts: map[graph.Scope]string{}}
		}
		return &memory{disk: disks[directory]}
	})
}
