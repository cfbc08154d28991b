package awsnet

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/internal/packet"
)

// outside is every address an outsider can send from: unicast without what the IANA's special-purpose registries (RFC 6890)
// mark as not globally reachable.
var outside = prefixes("0.0.0.0/0", "2000::/3").Minus(prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
	"192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"2001:2::/48", "2001:db8::/32", "3fff::/20",
))

func prefixes(words ...string) packet.Addrs {
	list := make([]netip.Prefix, 0, len(words))
	for _, word := range words {
		if prefix, err := netip.ParsePrefix(word); err == nil {
			list = append(list, prefix)
		}
	}
	return packet.Prefixes(list...)
}

// Internet is the set of addresses that an outsider can send from.
func Internet() packet.Addrs { return outside }

// FromInternet tells which packets an outsider gets to the interface with this ID. An interface that is not in the world is
// Unknown.
func (network *Network) FromInternet(id string) Answer {
	eni, found := network.interfaces[id]
	if !found {
		return Answer{Verdict: Unknown, Missing: []string{"network interface " + id}}
	}
	return network.FromInternetTo(eni)
}

// FromInternetTo is FromInternet for an interface that need not be in the world, such as that of a load balancer.
func (network *Network) FromInternetTo(eni Interface) Answer {
	if eni.Closed != "" {
		return barred(Step{NetworkInterface, eni.ID, nil, eni.Closed})
	}
	private, public := network.published(eni)
	reachable := private.Union(network.addresses(eni).V6())
	if reachable.IsEmpty() {
		return barred(Step{PublicIP, eni.ID, nil, "no public IPv4 address and no IPv6 address"})
	}
	subnet, found := network.subnets[eni.Subnet]
	if !found {
		return evaluate(to(reachable), []stage{absent(stage{}, "subnet "+eni.Subnet)})
	}
	sources := remembered(network, network.internet, subnet.VPC, func() packet.Addrs {
		return outside.Minus(packet.Prefixes(network.vpcs[subnet.VPC].CIDRs...))
	})
	address := stage{
		sure: everything, maybe: everything,
		explain: func(passed packet.Set) []Step {
			step := Step{PublicIP, eni.ID, nil, "IPv6 address"}
			if arrived := passed.Destinations(); !private.Intersect(arrived).IsEmpty() {
				step.Rules, step.Detail = slices.Clone(public), "translated to the private address"
			}
			for _, prefix := range passed.Destinations().V6().Prefixes() {
				step.Rules = append(step.Rules, prefix.Addr().String())
			}
			return []Step{step}
		},
	}
	route := remembered(network, network.entries, subnet.ID, func() entry { return network.entryOf(subnet, sources) })
	stages := []stage{address, publicAccess(subnet, PublicAccessEgressOnly, PublicAccessNone), route.edge, route.routes}
	stages = append(append(stages, route.filters...),
		network.acl(subnet, inbound, false), network.grouped(eni, inbound, party{}), network.acl(subnet, outbound, true))
	return evaluate(fromTo(sources, reachable), stages)
}

// publicAccess is the stage of VPC Block Public Access: it stops what passes an internet gateway in the modes given.
func publicAccess(subnet Subnet, stops ...PublicAccess) stage {
	found := stage{sure: everything, maybe: everything, explain: func(packet.Set) []Step { return nil }}
	if slices.Contains(stops, subnet.PublicAccess) {
		found.sure, found.maybe = packet.Set{}, packet.Set{}
	}
	found.refuse = func(packet.Set) Step {
		return Step{PublicAccessRule, "", []string{string(subnet.PublicAccess)}, "is on for " + subnet.ID}
	}
	return found
}

// barred is the answer where one element by itself lets nothing pass.
func barred(step Step) Answer {
	return evaluate(everything, []stage{{refuse: func(packet.Set) Step { return step }}})
}

// entry is the way from the internet into a subnet: the gateway with its own route table, and the subnet's route table.
type entry struct {
	edge, routes stage
	filters      []stage // firewalls on the way in, then on the way back
}

// entryOf follows "Configuration for internet access"
// (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-igw-internet-access.html): an internet gateway attached to the
// VPC, and in the subnet's route table a route to it for the outsider's address, IPv4 and IPv6 each by its own.
func (network *Network) entryOf(subnet Subnet, sources packet.Addrs) entry {
	table, how, missing := network.tableOf(subnet)
	if missing != "" {
		return entry{edge: absent(stage{}, missing), routes: absent(stage{}, missing)}
	}
	routes, lost := network.resolve(table)
	var sure, maybe packet.Addrs
	var gateways, unknown, back []string
	var returning []stage
	for _, route := range routes {
		if firewall, known := network.firewalls[route.Target]; known && route.State != Blackhole {
			// The answers go by the firewall, whose own subnet leads to the gateway.
			behind := network.behind(firewall, route.Target, subnet.VPC)
			sure, maybe = sure.Union(route.won.Intersect(behind.sure)), maybe.Union(route.won.Intersect(behind.sure))
			gateways, back = append(gateways, behind.gateways...), append(back, firewall.ID)
			returning = append(returning, network.firewall(firewall, true).within(from(route.won)))
			continue
		}
		if !strings.HasPrefix(route.Target, "igw-") || route.State == Blackhole {
			continue
		}
		gateway, known := network.gateways[route.Target]
		switch {
		case known && gateway.VPC != subnet.VPC:
			continue
		case known, route.State == Active:
			sure = sure.Union(route.won)
		default:
			unknown = append(unknown, "internet gateway "+route.Target+": its attachment")
		}
		maybe = maybe.Union(route.won)
		gateways = append(gateways, route.Target)
	}
	for _, route := range lost {
		switch {
		case strings.HasPrefix(route.Target, "igw-"):
			maybe = packet.AnyAddr()
		case strings.HasPrefix(route.Target, "vpce-"):
			// A gateway endpoint's list holds only its service's own addresses, which no outsider sends from.
			continue
		default:
			sure = packet.Addrs{}
		}
		unknown = append(unknown, "prefix list "+route.PrefixList)
	}
	slices.Sort(gateways)
	gateways = slices.Compact(gateways)
	edge, inspecting, there := network.edgeOf(gateways)
	return entry{
		edge: edge, filters: slices.Concat(inspecting, returning, asymmetric(there, back)),
		routes: stage{
			sure: from(sure), maybe: from(maybe), missing: unknown,
			explain: func(passed packet.Set) []Step {
				return []Step{{RoutingTable, table.ID, describe(routes, passed.Sources()), how}}
			},
			refuse: func(stopped packet.Set) Step {
				used := describe(routes, stopped.Sources())
				detail := outboundOnly(routes, stopped.Sources())
				for _, route := range routes {
					if gateway, known := network.gateways[route.Target]; known && gateway.VPC != subnet.VPC && route.State != Blackhole {
						detail = fmt.Sprintf("%s is not attached to %s", route.Target, subnet.VPC)
					}
				}
				return Step{RoutingTable, table.ID, used, detail + "; " + how}
			},
		},
	}
}

// edgeOf is what a route table associated with the gateway itself does to packets that come in: where its route for the
// destination is not local they first pass an appliance, which may let pass anything or nothing ("Gateway route tables",
// https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html).
//
// Known firewalls are stages of their own, and their names are given.
func (network *Network) edgeOf(gateways []string) (edge stage, filters []stage, firewalls []string) {
	edge = stage{sure: everything, maybe: everything}
	for _, gateway := range gateways {
		table, associated := network.edgeTable[gateway]
		if !associated {
			continue
		}
		routes, _ := network.resolve(table)
		for _, route := range routes {
			if firewall, known := network.firewalls[route.Target]; known {
				filters = append(filters, network.firewall(firewall, false).within(to(route.won)))
				firewalls = append(firewalls, firewall.ID)
			} else if route.Target != "local" {
				edge.sure = edge.sure.Minus(to(route.won))
				edge.missing = append(edge.missing, "what "+route.Target+" lets pass (route "+route.String()+" of "+table.ID+")")
			}
		}
	}
	edge.explain = func(packet.Set) []Step {
		steps := make([]Step, 0, len(gateways))
		for _, gateway := range gateways {
			step := Step{Kind: Gateway, ID: gateway, Detail: "attached to the VPC"}
			if table, associated := network.edgeTable[gateway]; associated {
				step.Rules = []string{"edge route table " + table.ID}
			}
			steps = append(steps, step)
		}
		return steps
	}
	edge.refuse = func(packet.Set) Step { return Step{} }
	return edge, filters, firewalls
}

// outlet is where a firewall's subnet leads: the addresses for which it is an internet gateway of the VPC, and which.
type outlet struct {
	sure     packet.Addrs
	gateways []string
}

func (network *Network) behind(firewall Firewall, endpoint, vpc string) outlet {
	var found outlet
	for _, one := range firewall.Endpoints {
		if one.ID != endpoint {
			continue
		}
		table, _, missing := network.tableOf(network.subnets[one.Subnet])
		if missing != "" {
			continue
		}
		routes, _ := network.resolve(table)
		for _, route := range routes {
			if gateway, known := network.gateways[route.Target]; known && gateway.VPC == vpc && route.State != Blackhole {
				found.sure = found.sure.Union(route.won)
				found.gateways = append(found.gateways, route.Target)
			}
		}
	}
	return found
}
