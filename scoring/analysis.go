package scoring

import (
	"context"
	"maps"
	"runtime"
	"slices"
	"sync"

	"github.com/inroad-security/inroad/graph"
)

// Analysis is a snapshot made ready for questions about its attack edges. It may be used by several goroutines at once.
type Analysis struct {
	snapshot *graph.Snapshot
	config   Config
	jewelIDs []graph.ID // ordered
	// whole holds every traversable edge, with local numbers equal to the snapshot's.
	whole *field
	// region is what is reached from the entries and leads to a jewel; nothing else bears on a path.
	region region
}

// region is a field with the places of entries and jewels in it; none for one that lies outside.
type region struct {
	*field
	entries  []uint32
	jewels   []uint32
	internet uint32
}

// New prepares a snapshot that already holds its attack edges. It fails, as graph.ErrNotFound, when the configuration names an
// id that the snapshot does not hold.
func New(snapshot *graph.Snapshot, config Config) (*Analysis, error) {
	config, err := config.filled(snapshot)
	if err != nil {
		return nil, err
	}
	analysis := &Analysis{
		snapshot: snapshot, config: config, whole: pack(snapshot),
		jewelIDs: slices.Sorted(maps.Keys(config.Jewels)),
	}
	analysis.region = analysis.narrow(config.Entries, analysis.jewelIDs)
	if !config.AnyEntry {
		analysis.region = analysis.region.arranged()
	}
	return analysis, nil
}

// narrow keeps what is forward-reachable from the entries and backward-reachable from the jewels.
func (analysis *Analysis) narrow(entryIDs, jewelIDs []graph.ID) region {
	area := region{
		field: analysis.whole, entries: analysis.places(entryIDs), jewels: analysis.places(jewelIDs),
		internet: analysis.places([]graph.ID{graph.Internet})[0],
	}
	area = area.renumbered(area.take(chosen(area.reach(area.together()))))
	area = area.renumbered(area.take(chosen(area.relevant(present(area.jewels)))))
	area.weigh(analysis.weight)
	return area
}

// arranged renumbers the region for as many searches as there are pairs to find.
func (area region) arranged() region {
	if min(len(present(area.entries)), len(present(area.jewels))) < worthArranging {
		return area
	}
	return area.renumbered(area.arrange())
}

// renumbered moves the region to another field.
func (area region) renumbered(packed *field, place []uint32) region {
	return region{
		field: packed, entries: moved(area.entries, place), jewels: moved(area.jewels, place),
		internet: moved([]uint32{area.internet}, place)[0],
	}
}

// worthArranging is from how many searches on the field's arrangement, which costs about two, saves time.
const worthArranging = 4

// weight is an edge's cost in micronats.
func (analysis *Analysis) weight(e graph.EdgeIndex) uint32 {
	return micronats(analysis.chance(e))
}

// places gives each id's number in the snapshot, or none.
func (analysis *Analysis) places(ids []graph.ID) []uint32 {
	places := make([]uint32, len(ids))
	for i, id := range ids {
		places[i] = none
		if at, ok := analysis.snapshot.Find(id); ok {
			places[i] = uint32(at)
		}
	}
	return places
}

// moved translates numbers after a take.
func moved(nodes, place []uint32) []uint32 {
	translated := make([]uint32, len(nodes))
	for i, node := range nodes {
		translated[i] = none
		if node != none {
			translated[i] = place[node]
		}
	}
	return translated
}

// present leaves out what is nowhere.
func present(nodes []uint32) []uint32 {
	var found []uint32
	for _, node := range nodes {
		if node != none {
			found = append(found, node)
		}
	}
	return found
}

// each runs work for 0 … count−1 on all processors, and stops early when the context ends. There is a worker for each tool,
// which is its own.
func each[T any](ctx context.Context, count int, tools []T, work func(tool T, i int)) error {
	var wait sync.WaitGroup
	for worker, tool := range tools {
		wait.Go(func() {
			for i := worker; i < count && ctx.Err() == nil; i += len(tools) {
				work(tool, i)
			}
		})
	}
	wait.Wait()
	return ctx.Err()
}

// toolsFor makes a tool for each processor, as far as there is work for it.
func toolsFor[T any](count int, tool func() T) []T {
	tools := make([]T, min(runtime.GOMAXPROCS(0), count))
	for i := range tools {
		tools[i] = tool()
	}
	return tools
}
