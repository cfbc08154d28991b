package derive

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// inParallel does work on each item and gives what it makes in the order of the items, however many processors there are. Each worker has a tool of
// its own, which nobody else uses. The first item that fails tells why.
func inParallel[Item, Tool, Made any](ctx context.Context, items []Item, work func(context.Context, Tool, Item) (Made, error), tool func() Tool) ([]Made, error) {
	made, failures := make([]Made, len(items)), make([]error, len(items))
	var next atomic.Int64
	var stopped atomic.Bool
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(items)) {
		group.Go(func() {
			own := tool()
			for at := next.Add(1) - 1; int(at) < len(items) && !stopped.Load(); at = next.Add(1) - 1 {
				if made[at], failures[at] = work(ctx, own, items[at]); failures[at] != nil {
					stopped.Store(true)
				}
			}
		})
	}
	group.Wait()
	for _, failure := range failures {
		if failure != nil {
			return nil, failure
		}
	}
	return made, nil
}
