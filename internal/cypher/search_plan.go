package cypher

import (
	"math"
	"strings"
)

// plan orders the steps: it begins at the end of the pattern that fewest nodes can be, goes on along relationships from what is
// bound, and looks at each condition as soon as it can.
func (seeker *seeker) plan() error {
	for _, node := range seeker.nodes {
		if node.given {
			seeker.steps = append(seeker.steps, &givenStep{slot: node.slot})
		}
	}
	seeker.check()
	for {
		link, cost := seeker.nearest()
		node, nodeCost := seeker.start()
		switch {
		case link == nil && node == nil:
			return nil
		case link != nil && (node == nil || cost <= nodeCost):
			seeker.follow(link)
		default:
			seeker.begin(node)
		}
		seeker.check()
	}
}

func (seeker *seeker) has(slot int) bool { return !seeker.fresh[slot] || seeker.bound[slot] }

// nearest gives the relationship that is cheapest to go along next, among those that can be.
func (seeker *seeker) nearest() (*link, float64) {
	var best *link
	least := math.Inf(1)
	for _, link := range seeker.links {
		if link.done {
			continue
		}
		if cost := seeker.costOf(link); cost < least {
			best, least = link, cost
		}
	}
	return best, least
}

// costOf is how many ways there are, about, to go along a relationship.
func (seeker *seeker) costOf(link *link) float64 {
	from, to := seeker.has(link.from), seeker.has(link.to)
	degree := float64(seeker.graph.edges()+1) / float64(seeker.graph.vertices()+1)
	switch {
	case link.given && !link.variable:
		return 0
	case !from && !to:
		return math.Inf(1)
	case link.shortest != everyPath && !(from && to):
		return math.Inf(1)
	case link.variable || link.shortest != everyPath:
		if from && to {
			return 2
		}
		return 50 * (1 + degree)
	case from && to:
		return 0.5
	}
	if link.types != nil {
		degree /= 4
	}
	if link.direction == either {
		degree *= 2
	}
	return 1 + degree
}

// start gives the node that is cheapest to begin at, among those that no step has bound.
func (seeker *seeker) start() (*sought, float64) {
	var best *sought
	least := math.Inf(1)
	for _, node := range seeker.nodes {
		if node.given || seeker.bound[node.slot] {
			continue
		}
		if cost := seeker.startCost(node); cost < least {
			best, least = node, cost
		}
	}
	return best, least
}

func (seeker *seeker) startCost(node *sought) float64 {
	if _, ok := seeker.identity(node); ok {
		return 0.25
	}
	cost := float64(seeker.graph.vertices()) + 1
	for _, label := range node.labels {
		_, count := seeker.graph.labelled(label)
		cost = min(cost, float64(count)+1)
	}
	if len(node.equals) > 0 {
		cost /= 10
	}
	// A scan is worth more than a step along a relationship, whatever it gives.
	return 1000 + cost
}

// identity gives what a node's id must equal, where that is known already.
func (seeker *seeker) identity(node *sought) (expr, bool) {
	id, ok := node.equals["id"]
	if !ok {
		return nil, false
	}
	if _, _, known := seeker.graph.find(""); !known {
		return nil, false
	}
	known := true
	walkExpr(id, func(of expr) {
		switch of := of.(type) {
		case *variable:
			known = known && seeker.has(of.slot)
		case *slotted:
			known = known && seeker.has(of.slot)
		case *subquery, *patternCheck, *patternComprehension, *shortestValue:
			known = false
		}
	})
	return id, known
}

// walkExpr calls with an expression and all that is inside it.
func walkExpr(of expr, call func(expr)) {
	if of == nil {
		return
	}
	call(of)
	of.each(func(inner *expr) { walkExpr(*inner, call) })
}

func (seeker *seeker) begin(node *sought) {
	if id, ok := seeker.identity(node); ok {
		seeker.steps = append(seeker.steps, &seekStep{slot: node.slot, id: id})
	} else {
		label, fewest := "", seeker.graph.vertices()+1
		for _, candidate := range node.labels {
			if _, count := seeker.graph.labelled(candidate); count < fewest {
				label, fewest = candidate, count
			}
		}
		seeker.steps = append(seeker.steps, &scanStep{slot: node.slot, label: label})
	}
	seeker.bound[node.slot] = true
}

// follow goes along a relationship, from its bound end.
func (seeker *seeker) follow(link *link) {
	link.done = true
	from, to, direction := link.from, link.to, link.direction
	backward := !seeker.has(from) && seeker.has(to)
	if backward {
		from, to, direction = to, from, direction.turned()
	}
	along := along{link: link, from: from, to: to, check: seeker.has(to), direction: direction, backward: backward, types: typesOf(seeker.graph, link.types)}
	switch {
	case link.shortest != everyPath:
		seeker.shortestStep(along)
	case link.variable:
		seeker.steps = append(seeker.steps, &spreadStep{along: along})
	case link.given:
		along.check = false
		seeker.steps = append(seeker.steps, &boundStep{along: along, knowsFrom: seeker.has(link.from), knowsTo: seeker.has(link.to)})
	default:
		seeker.steps = append(seeker.steps, &expandStep{along: along})
	}
	seeker.bound[link.slot], seeker.bound[link.from], seeker.bound[link.to] = true, true, true
}

// turned is the direction read from right to left.
func (direction direction) turned() direction {
	switch direction {
	case outward:
		return inward
	case inward:
		return outward
	}
	return either
}

// check adds the paths that are complete and the conditions that can be looked at.
func (seeker *seeker) check() {
	for _, route := range seeker.paths {
		if route.built {
			continue
		}
		complete := true
		for _, slot := range route.nodes {
			complete = complete && seeker.has(slot)
		}
		for _, link := range route.links {
			complete = complete && link.done
		}
		if complete {
			route.built = true
			seeker.bound[route.slot] = true
			seeker.steps = append(seeker.steps, &routeStep{route})
		}
	}
	for _, condition := range seeker.conds {
		if condition.done {
			continue
		}
		ready := true
		for slot := range condition.needs {
			ready = ready && seeker.bound[slot]
		}
		if ready {
			condition.done = true
			seeker.steps = append(seeker.steps, &checkStep{condition.of})
		}
	}
}

// shortestStep takes the conditions that hang on the path into the search for it: the shortest path is one that fulfils them.
func (seeker *seeker) shortestStep(along along) {
	step := &shortestStep{along: along}
	// The path is bound once the relationships are, since both ends are.
	waits := func(condition *condition) bool {
		for slot := range condition.needs {
			if slot == along.slot || along.route != nil && slot == along.route.slot {
				continue
			}
			if !seeker.bound[slot] {
				return true
			}
		}
		return false
	}
	for _, condition := range seeker.conds {
		if condition.done || waits(condition) {
			continue
		}
		condition.done = true
		if !step.takes(condition.of) {
			step.wholes = append(step.wholes, condition.of)
		}
	}
	if along.route != nil {
		along.route.built = true
		seeker.bound[along.route.slot] = true
	}
	seeker.steps = append(seeker.steps, step)
}

// follows tells a search what comes behind it: where that asks only which rows there are and not how often, and the search goes
// along one relationship of variable length, each end is given once.
func (search *search) follows(next *projecting) {
	some, careless := false, true
	for _, item := range next.items {
		walkExpr(item.value, func(of expr) {
			call, ok := of.(*calledFunction)
			if !ok || !aggregates(call) {
				return
			}
			if name := strings.ToLower(call.name); library[name].begin != nil {
				some = true
				careless = careless && (call.distinct || name == "min" || name == "max")
			}
		})
	}
	if next.distinct && !some || some && careless {
		search.reachOnly()
	}
}

// reachOnly lets the search give each end once, where that cannot change which rows there are. A trail of the wanted length to
// an end then exists exactly when a walk of at most that length does: in a given direction, or from length 0 on.
func (search *search) reachOnly() {
	relations := 0
	for _, pattern := range search.clause.patterns {
		relations += len(pattern.relations)
	}
	if relations != 1 {
		return
	}
	for _, step := range search.steps {
		if spread, ok := step.(*spreadStep); ok && !spread.kept && !spread.given && spread.least <= 1 && (spread.direction != either || spread.least == 0) {
			spread.once = true
		}
	}
}

// aggregates reports whether an expression, which need not be resolved, calls a function that aggregates.
func aggregates(of expr) bool {
	found := false
	walkExpr(of, func(inner expr) {
		if call, ok := inner.(*calledFunction); ok {
			function := library[strings.ToLower(call.name)]
			found = found || function != nil && function.begin != nil
		}
	})
	return found
}
