package packet

// Service is a protocol with destination ports, and the addresses from which packets to it are sent.
type Service struct {
	Traffic Traffic // any source port
	Sources Addrs
}

// Sources are the addresses that packets of the set come from.
func (set Set) Sources() Addrs {
	return reached(set.v4, false).Union(reached(set.v6, true))
}

func reached(root *node, v6 bool) Addrs {
	var numbers spans
	for _, branch := range root.branches() {
		numbers = append(numbers, branch.numbers...)
	}
	return addrsOf(normal(numbers), v6)
}

// Destinations are the addresses that packets of the set go to.
func (set Set) Destinations() Addrs {
	all := make([]Addrs, 0, 2)
	for _, branch := range set.v4.branches() {
		all = append(all, reached(branch.to, false))
	}
	for _, branch := range set.v6.branches() {
		all = append(all, reached(branch.to, true))
	}
	return Addrs{}.Union(all...)
}

// Services tells for each protocol and destination port which sources the set has, whatever the destination and source
// port. Ports with the same sources are together, and within a family a protocol and port is in one service only; services of
// IPv4 and IPv6 are one where their traffic is equal. Ordered by family, protocol and port.
func (set Set) Services() []Service {
	var services []Service
	places := map[string]int{}
	for _, found := range append(servicesOf(set.v4, false), servicesOf(set.v6, true)...) {
		name := found.Traffic.String()
		if place, same := places[name]; same {
			services[place].Sources = services[place].Sources.Union(found.Sources)
			continue
		}
		places[name] = len(services)
		services = append(services, found)
	}
	return services
}

func servicesOf(root *node, v6 bool) []Service {
	var clauses []clause
	root.walk(nil, func(path []spans, _ int32) bool {
		clauses = append(clauses, clause{
			fields:  []spans{path[levelProtocol], path[levelDstPort], path[levelSrc]},
			decides: true,
		})
		return true
	})
	top := topsOf(v6)
	var services []Service
	newWeave([]number{top[levelProtocol], top[levelDstPort], top[levelSrc]}).compile(clauses).walk(nil,
		func(path []spans, _ int32) bool {
			services = append(services, Service{
				Traffic{path[0], spanOf(0, topPort), path[1]},
				addrsOf(path[2], v6),
			})
			return true
		})
	return services
}

// Traffic is what Services tells without the sources: disjoint, ordered by protocol, then port.
func (set Set) Traffic() []Traffic {
	var clauses []clause
	for _, root := range []*node{set.v4, set.v6} {
		root.walk(nil, func(path []spans, _ int32) bool {
			clauses = append(clauses, clause{fields: []spans{path[levelProtocol], path[levelDstPort]}, decides: true})
			return true
		})
	}
	var found []Traffic
	newWeave([]number{small(topProtocol), small(topPort)}).compile(clauses).walk(nil,
		func(path []spans, _ int32) bool {
			found = append(found, Traffic{path[0], spanOf(0, topPort), path[1]})
			return true
		})
	return found
}
