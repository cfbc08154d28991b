package awsnet

import (
	"strings"

	"github.com/inroad-security/inroad/internal/packet"
)

// Between tells which packets get from one interface to another by their private addresses, within a VPC or over a
// peering connection. An interface that is not in the world is Unknown.
func (network *Network) Between(source, target string) Answer {
	a, foundA := network.interfaces[source]
	b, foundB := network.interfaces[target]
	switch {
	case !foundA:
		return Answer{Verdict: Unknown, Missing: []string{"network interface " + source}}
	case !foundB:
		return Answer{Verdict: Unknown, Missing: []string{"network interface " + target}}
	}
	return network.BetweenTwo(a, b)
}

// BetweenTwo is Between for interfaces that need not be in the world.
func (network *Network) BetweenTwo(a, b Interface) Answer {
	if b.NAT {
		return barred(Step{NetworkInterface, b.ID, nil, "belongs to a NAT gateway, which lets no connection in"})
	}
	left, right := network.addresses(a), network.addresses(b)
	base := fromTo(left, right)
	if base.IsEmpty() {
		return barred(Step{NetworkInterface, b.ID, nil, "has no address of a family in common with " + a.ID})
	}
	from, foundFrom := network.subnets[a.Subnet]
	to, foundTo := network.subnets[b.Subnet]
	switch {
	case !foundFrom:
		return evaluate(base, []stage{absent(stage{}, "subnet "+a.Subnet)})
	case !foundTo:
		return evaluate(base, []stage{absent(stage{}, "subnet "+b.Subnet)})
	}
	out := network.grouped(a, outbound, party{b.Groups, right})
	in := network.grouped(b, inbound, party{a.Groups, left})
	if from.ID == to.ID {
		// An ACL is evaluated where packets enter or leave a subnet, not within one: nacl-basics.html.
		return evaluate(base, []stage{out, in})
	}
	return evaluate(base, []stage{
		out,
		network.acl(from, outbound, false),
		network.toward(from, to, right, false),
		network.acl(to, inbound, false),
		in,
		network.acl(to, outbound, true),
		network.toward(to, from, left, true),
		network.acl(from, inbound, true),
	})
}

// toward is the stage of a subnet's route table for packets, or answers, to addresses of another subnet: the local route
// within a VPC; to another VPC a route to an active peering connection between exactly these two, as peering is not
// transitive ("How VPC peering connections work",
// https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html).
func (network *Network) toward(from, to Subnet, addresses packet.Addrs, answers bool) stage {
	table, how, missing := network.tableOf(from)
	if missing != "" {
		return absent(stage{returns: answers}, missing)
	}
	routes, lost := network.resolve(table)
	var sure, maybe packet.Addrs
	var unknown []string
	for _, route := range routes {
		if route.won.Intersect(addresses).IsEmpty() || route.State == Blackhole {
			continue
		}
		certain, open, why := network.leads(route, from, to)
		if certain {
			sure = sure.Union(route.won)
		}
		if open {
			maybe = maybe.Union(route.won)
		}
		if why != "" {
			unknown = append(unknown, why)
		}
	}
	for _, route := range lost {
		sure, maybe = packet.Addrs{}, packet.AnyAddr()
		unknown = append(unknown, "prefix list "+route.PrefixList)
	}
	if answers {
		how += ", for answers"
	}
	return stage{
		sure: onward(sure, answers), maybe: onward(maybe, answers), missing: unknown, returns: answers,
		explain: func(packet.Set) []Step {
			steps := []Step{{RoutingTable, table.ID, describe(routes, addresses), how}}
			for _, route := range routes {
				if strings.HasPrefix(route.Target, "pcx-") && !answers && !route.won.Intersect(addresses).IsEmpty() {
					steps = append(steps, Step{PeeringLink, route.Target, nil, "joins " + from.VPC + " and " + to.VPC})
				}
			}
			return steps
		},
		refuse: func(packet.Set) Step {
			return Step{RoutingTable, table.ID, describe(routes, addresses), "no route to " + to.ID + " in " + to.VPC + "; " + how}
		},
	}
}

// onward are the packets to the addresses, or those whose answers go to them.
func onward(addresses packet.Addrs, answers bool) packet.Set {
	if answers {
		return from(addresses)
	}
	return to(addresses)
}

// leads says whether a route brings packets to the other subnet: for certain, possibly, and what would tell.
func (network *Network) leads(route routed, from, to Subnet) (certain, open bool, missing string) {
	if route.Target == "local" {
		return from.VPC == to.VPC, from.VPC == to.VPC, ""
	}
	switch kind, _, _ := strings.Cut(route.Target, "-"); kind {
	case "pcx":
		peering, known := network.peerings[route.Target]
		if !known {
			return false, true, "peering connection " + route.Target
		}
		joins := peering.Requester == from.VPC && peering.Accepter == to.VPC ||
			peering.Accepter == from.VPC && peering.Requester == to.VPC
		return joins && peering.Active, joins && peering.Active, ""
	case "igw", "eigw", "nat":
		// Private addresses are not routed on the internet.
		return false, false, ""
	}
	return false, true, "what " + route.Target + " lets pass (route " + route.String() + ")"
}
