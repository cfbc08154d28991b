package awsnet

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/gaissmai/bart"

	"github.com/inroad-security/inroad/internal/packet"
)

// tableOf is the route table in force on a subnet: the one explicitly associated with it, else the VPC's main one
// ("Route table concepts", https://docs.aws.amazon.com/vpc/latest/userguide/RouteTables.html).
func (network *Network) tableOf(subnet Subnet) (table RouteTable, how, missing string) {
	if table, explicit := network.explicitTable[subnet.ID]; explicit {
		return table, "associated with " + subnet.ID, ""
	}
	if network.partial[RouteTables] {
		return RouteTable{}, "", "route table of subnet " + subnet.ID
	}
	if table, found := network.mainTable[subnet.VPC]; found {
		return table, "main table of " + subnet.VPC, ""
	}
	return RouteTable{}, "", "main route table of " + subnet.VPC
}

// routed is a route with the destinations for which it is the one that counts.
type routed struct {
	Route
	prefix netip.Prefix
	won    packet.Addrs
}

func (route routed) String() string {
	words := route.prefix.String()
	if route.PrefixList != "" {
		words = route.PrefixList + " " + words
	}
	words += " to " + route.Target
	if route.State == Blackhole {
		words += " blackhole"
	}
	return words
}

// resolve gives each route the destinations it wins: the longest prefix first; among equal ones static routes, then routes
// of prefix lists, then propagated ones ("How route priority works",
// https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html). The VPC's own blocks have a local route
// unless the table replaces it. Prefix lists that are absent are returned with the route's target.
func (network *Network) resolve(table RouteTable) (routes []routed, absent []Route) {
	own := network.vpcs[table.VPC].CIDRs
	for _, route := range table.Routes {
		if route.PrefixList == "" {
			routes = append(routes, routed{Route: route, prefix: route.Destination.Masked()})
			continue
		}
		list, found := network.lists[route.PrefixList]
		if !found {
			absent = append(absent, route)
		}
		for _, prefix := range list.Entries {
			routes = append(routes, routed{Route: route, prefix: prefix.Masked()})
		}
	}
	for _, block := range own {
		if block = block.Masked(); !slices.ContainsFunc(routes, func(route routed) bool { return route.prefix == block }) {
			routes = append(routes, routed{Route: Route{Target: "local"}, prefix: block})
		}
	}
	priority := func(route routed) int {
		switch {
		case route.Propagated:
			return 2
		case route.PrefixList != "":
			return 1
		}
		return 0
	}
	slices.SortStableFunc(routes, func(a, b routed) int {
		return cmp.Or(cmp.Compare(b.prefix.Bits(), a.prefix.Bits()), cmp.Compare(priority(a), priority(b)))
	})
	nested := &bart.Table[int]{}
	for i, route := range slices.Backward(routes) {
		if route.prefix.IsValid() {
			nested.Insert(route.prefix, i)
		}
	}
	for i, route := range routes {
		if first, valid := nested.Get(route.prefix); !valid || first != i {
			continue
		}
		var longer []netip.Prefix
		for prefix := range nested.Subnets(route.prefix) {
			if prefix != route.prefix {
				longer = append(longer, prefix)
			}
		}
		routes[i].won = packet.Prefixes(route.prefix).Minus(packet.Prefixes(longer...))
	}
	return routes, absent
}

// describe lists the routes that win any of the addresses.
func describe(routes []routed, addresses packet.Addrs) []string {
	var words []string
	for _, route := range routes {
		if !route.won.Intersect(addresses).IsEmpty() {
			words = append(words, route.String())
		}
	}
	return words
}

// outboundOnly says why a route that does not lead to an internet gateway lets nothing in.
func outboundOnly(routes []routed, addresses packet.Addrs) string {
	for _, route := range routes {
		if route.won.Intersect(addresses).IsEmpty() {
			continue
		}
		switch kind, _, _ := strings.Cut(route.Target, "-"); {
		case route.State == Blackhole:
			return "the route is a blackhole: its target is gone or detached"
		case kind == "nat":
			return "the route leads to a NAT gateway, which lets no connection in"
		case kind == "eigw":
			return "the route leads to an egress-only internet gateway, which lets no connection in"
		}
	}
	return "no route to an internet gateway"
}
