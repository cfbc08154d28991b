package awsnet

import (
	"slices"
	"strings"

	"github.com/inroad-security/inroad/internal/packet"
)

// journey is packets, or the answers to them, on their way from one subnet to another.
type journey struct {
	origin, goal Subnet
	answers      bool
}

// legs are what routes make of a journey: the destinations that are brought to the goal, what is met on the way, and what
// is not known.
type legs struct {
	sure, maybe packet.Addrs
	missing     []string
	steps       []Step
	filters     []stage
	firewalls   []string
}

func (all *legs) add(more legs) {
	all.sure, all.maybe = all.sure.Union(more.sure), all.maybe.Union(more.maybe)
	all.missing = append(all.missing, more.missing...)
	all.steps = append(all.steps, more.steps...)
	all.filters = append(all.filters, more.filters...)
	all.firewalls = append(all.firewalls, more.firewalls...)
}

// reaching says that the addresses are brought to the goal.
func reaching(addresses packet.Addrs, steps ...Step) legs {
	return legs{sure: addresses, maybe: addresses, steps: steps}
}

// perhaps says that something would have to be known to tell.
func perhaps(addresses packet.Addrs, missing string, steps ...Step) legs {
	return legs{maybe: addresses, missing: []string{missing}, steps: steps}
}

// mostLegs bounds a journey through gateways and firewalls; a longer one is taken as going round in circles, which packets
// do until their time to live ends.
const mostLegs = 8

// way are the stages by which routes bring packets, or answers, from one subnet to addresses in another: over the
// local route within a VPC; over a peering connection or a transit gateway to another; through firewalls on the way.
func (network *Network) way(from, to Subnet, addresses packet.Addrs, answers bool) (stages []stage, firewalls []string) {
	table, how, missing := network.tableOf(from)
	if missing != "" {
		return []stage{absent(stage{returns: answers}, missing)}, nil
	}
	found := network.from(journey{from, to, answers}, from, addresses, mostLegs)
	routes, _ := network.resolve(table)
	if answers {
		how += ", for answers"
	}
	first := stage{
		sure: onward(found.sure, answers), maybe: onward(found.maybe, answers), missing: found.missing, returns: answers,
		explain: func(packet.Set) []Step {
			return append([]Step{{RoutingTable, table.ID, describe(routes, addresses), how}}, found.steps...)
		},
		refuse: func(packet.Set) Step {
			if len(found.steps) > 0 {
				return found.steps[len(found.steps)-1]
			}
			return Step{RoutingTable, table.ID, describe(routes, addresses), "no route to " + to.ID + " in " + to.VPC + "; " + how}
		},
	}
	return append([]stage{first}, found.filters...), found.firewalls
}

// from follows the route table of the subnet that the packets are in.
func (network *Network) from(journey journey, at Subnet, addresses packet.Addrs, left int) legs {
	table, _, missing := network.tableOf(at)
	if missing != "" {
		return perhaps(addresses, missing)
	}
	if left == 0 {
		return legs{}
	}
	var all legs
	routes, lost := network.resolve(table)
	for _, route := range routes {
		if won := route.won.Intersect(addresses); !won.IsEmpty() && route.State != Blackhole {
			all.add(network.leads(journey, at, route, won, left-1))
		}
	}
	for _, route := range lost {
		all.sure, all.maybe = packet.Addrs{}, addresses
		all.missing = append(all.missing, "prefix list "+route.PrefixList)
	}
	return all
}

// leads follows one route for the addresses that it wins. Peering carries only what has its source in one VPC and its
// destination in the other, as it is not transitive ("How VPC peering connections work",
// https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html).
func (network *Network) leads(journey journey, at Subnet, route routed, won packet.Addrs, left int) legs {
	if route.Target == "local" {
		if at.VPC != journey.goal.VPC {
			return legs{}
		}
		return reaching(won)
	}
	switch kind, _, _ := strings.Cut(route.Target, "-"); kind {
	case "pcx":
		peering, known := network.peerings[route.Target]
		step := Step{PeeringLink, route.Target, nil, "joins " + at.VPC + " and " + journey.goal.VPC}
		switch {
		case !known:
			return perhaps(won, "peering connection "+route.Target)
		case !peering.Active || !peering.joins(journey.origin.VPC, journey.goal.VPC) || at.VPC != journey.origin.VPC:
			return legs{}
		case journey.answers:
			return reaching(won)
		}
		return reaching(won, step)
	case "tgw":
		return network.transit(journey, at, route, won, left)
	case "vpce":
		if firewall, known := network.firewalls[route.Target]; known {
			return network.inspected(firewall, route.Target, journey.answers, won, func(next Subnet) legs {
				return network.from(journey, next, won, left)
			})
		}
	case "igw", "eigw", "nat":
		// Private addresses are not routed on the internet.
		return legs{}
	}
	return perhaps(won, "what "+route.Target+" lets pass (route "+route.String()+")")
}

func (peering Peering) joins(a, b string) bool {
	return peering.Requester == a && peering.Accepter == b || peering.Accepter == a && peering.Requester == b
}

// onward are the packets to the addresses, or those whose answers go to them.
func onward(addresses packet.Addrs, answers bool) packet.Set {
	if answers {
		return from(addresses)
	}
	return to(addresses)
}

// references says whether rules about packets from one VPC to another may name the other's groups: within a VPC; over a
// peering connection of one region ("Update your security groups to reference peer security groups",
// https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html); over a transit gateway in inbound rules alone,
// where the gateway and both attachments allow it ("Security group referencing",
// https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html). Where none of these is known it is not held against
// the packets: they have no other way either.
func (network *Network) references(from, to string, way direction) bool {
	a, b := network.vpcs[from], network.vpcs[to]
	if from == to {
		return true
	}
	if a.Region != "" && b.Region != "" && a.Region != b.Region {
		return false
	}
	for _, peering := range network.peerings {
		if peering.joins(from, to) {
			return true
		}
	}
	joined := false
	for _, near := range network.attached {
		for _, far := range network.attached {
			if near.VPC == from && far.VPC == to && near.Gateway == far.Gateway {
				joined = true
				if near.GroupReferences && far.GroupReferences && way == inbound {
					return true
				}
			}
		}
	}
	return !joined
}

// asymmetric is a stage for ways there and back that differ in the firewalls they pass: a stateful engine drops what it
// did not see begin ("Avoid asymmetric routing",
// https://docs.aws.amazon.com/network-firewall/latest/developerguide/asymmetric-routing.html), a stateless one does not.
func asymmetric(there, back []string) []stage {
	slices.Sort(there)
	slices.Sort(back)
	there, back = slices.Compact(there), slices.Compact(back)
	if slices.Equal(there, back) {
		return nil
	}
	odd := slices.Compact(append(slices.Clone(there), back...))
	return []stage{absent(stage{returns: true}, "what "+strings.Join(odd, ", ")+" does with connections of which it sees one direction only")}
}
