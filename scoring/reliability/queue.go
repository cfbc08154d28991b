package reliability

import "math"

// infinite is the cost of what cannot be.
var infinite = math.Inf(1)

type item struct {
	cost float64
	node uint32
}

// queue is a binary heap, cheapest first and then by node, so that its order is total.
type queue []item

func (items queue) less(i, j int) bool {
	return items[i].cost < items[j].cost || items[i].cost == items[j].cost && items[i].node < items[j].node
}

func (items *queue) push(fresh item) {
	*items = append(*items, fresh)
	heap := *items
	for i := len(heap) - 1; i > 0; {
		parent := (i - 1) / 2
		if !heap.less(i, parent) {
			return
		}
		heap[i], heap[parent] = heap[parent], heap[i]
		i = parent
	}
}

func (items *queue) pop() item {
	heap := *items
	first, last := heap[0], len(heap)-1
	heap[0] = heap[last]
	heap = heap[:last]
	*items = heap
	for i := 0; ; {
		least := i
		for _, child := range []int{2*i + 1, 2*i + 2} {
			if child < last && heap.less(child, least) {
				least = child
			}
		}
		if least == i {
			return first
		}
		heap[i], heap[least] = heap[least], heap[i]
		i = least
	}
}
