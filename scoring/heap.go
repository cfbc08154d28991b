package scoring

import "math/bits"

// heap is a radix heap (Ahuja, Mehlhorn, Orlin, Tarjan: Faster algorithms for the shortest path problem, 1990): what is
// pushed never costs less than what was popped last, so an item only needs to be told apart from that one. Items lie in
// bucket i when the highest bit in which they differ from it is the i-th, counted from 1; in bucket 0 when they are equal.
type heap struct {
	last    uint64
	filled  uint64 // bit i: bucket i holds something
	buckets [64][]item
}

type item struct {
	cost uint64
	node uint32
}

// clear makes the empty heap ready for costs from 0.
func (heap *heap) clear() { heap.last = 0 }

func (heap *heap) push(cost uint64, node uint32) {
	bucket := bits.Len64(cost ^ heap.last)
	heap.buckets[bucket] = append(heap.buckets[bucket], item{cost, node})
	heap.filled |= 1 << bucket
}

// pop takes a cheapest item; stale ones, by the caller's word, are dropped on the way. ok is false when nothing is left.
func (heap *heap) pop(stale func(item) bool) (cheapest item, ok bool) {
	for heap.filled != 0 {
		bucket := bits.TrailingZeros64(heap.filled)
		items := heap.buckets[bucket]
		if bucket == 0 {
			cheapest = items[len(items)-1]
			heap.shrink(0, items[:len(items)-1])
			if !stale(cheapest) {
				return cheapest, true
			}
			continue
		}
		heap.shrink(bucket, items[:0])
		least := unreached
		kept := 0
		for _, item := range items {
			if !stale(item) {
				items[kept] = item
				kept++
				least = min(least, item.cost)
			}
		}
		if kept == 0 {
			continue
		}
		heap.last = least
		for _, item := range items[:kept] { // all go to lower buckets: they share this one's bit with the new last
			heap.push(item.cost, item.node)
		}
	}
	return item{}, false
}

func (heap *heap) shrink(bucket int, items []item) {
	heap.buckets[bucket] = items
	if len(items) == 0 {
		heap.filled &^= 1 << bucket
	}
}
