package awsnet

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/internal/packet"
)

// ToInternet tells which packets get from an interface to the internet, and their answers back. The source is seen before any
// translation.
func (network *Network) ToInternet(id string) Answer {
	eni, found := network.interfaces[id]
	if !found {
		return Answer{Verdict: Unknown, Missing: []string{"network interface " + id}}
	}
	return network.ToInternetFrom(eni)
}

// ToInternetFrom is ToInternet for an interface that need not be in the world.
func (network *Network) ToInternetFrom(eni Interface) Answer {
	subnet, known := network.subnets[eni.Subnet]
	own := network.addresses(eni)
	base := fromTo(own, outside.Minus(packet.Prefixes(network.vpcs[subnet.VPC].CIDRs...)))
	if !known {
		return evaluate(base, []stage{absent(stage{}, "subnet "+eni.Subnet)})
	}
	exit, beyond := network.exit(eni, subnet, mostLegs)
	return evaluate(base, slices.Concat([]stage{
		network.grouped(eni, outbound, party{}),
		network.acl(subnet, outbound, false),
		exit,
		network.acl(subnet, inbound, true),
	}, beyond))
}

// Outward are the addresses under which an interface is known on the internet: its public IPv4 addresses and its IPv6 ones, and, of what
// it sends, those of the NAT gateways that its routes lead to. known tells that none is missing.
func (network *Network) Outward(eni Interface, sends bool) (found packet.Addrs, known bool) {
	known = true
	add := func(address netip.Addr) {
		known = known && address.IsValid()
		found = found.Union(packet.Addresses(address))
	}
	for _, public := range eni.Public {
		add(public.Address)
	}
	table, _, _ := network.tableOf(network.subnets[eni.Subnet])
	for _, route := range table.Routes {
		if sends && strings.HasPrefix(route.Target, "nat-") {
			add(network.nats[route.Target].Address)
		}
	}
	return found.Union(network.addresses(eni).V6()), known
}

// exit is the stage of the way out: an internet gateway for what has a public IPv4 or an IPv6 address, an egress-only one
// for IPv6 ("Egress-only internet gateways", https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html),
// a public NAT gateway for IPv4 ("NAT gateways", https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html). Connections go
// out by the last two, and none comes in. beyond are the network ACLs of the subnets in which NAT gateways stand: they see what comes to
// the gateway and what it sends on ("Control traffic to NAT gateways with network ACLs", the same), and the firewalls on the way, each of
// which sends on by the table of its own subnet.
func (network *Network) exit(eni Interface, subnet Subnet, left int) (exit stage, beyond []stage) {
	table, how, missing := network.tableOf(subnet)
	if missing != "" {
		return absent(stage{}, missing), nil
	}
	routes, lost := network.resolve(table)
	public, _ := network.published(eni)
	six := network.addresses(eni).V6()
	var sure, maybe packet.Set
	var unknown []string
	for _, route := range routes {
		if route.State == Blackhole {
			continue
		}
		if next, known := network.endpointSubnet(route.Target); known && left > 0 {
			firewall, taken := network.firewalls[route.Target], to(route.won)
			inner, more := network.exit(eni, next, left-1)
			sure, maybe = sure.Union(inner.sure.Intersect(taken)), maybe.Union(inner.maybe.Intersect(taken))
			unknown = append(unknown, inner.missing...)
			beyond = append(beyond, network.firewall(firewall, false).within(taken), network.firewall(firewall, true).within(taken))
			for _, stage := range more {
				beyond = append(beyond, stage.within(taken))
			}
			continue
		}
		switch kind, _, _ := strings.Cut(route.Target, "-"); kind {
		case "igw":
			gateway, known := network.gateways[route.Target]
			if subnet.PublicAccess == PublicAccessOpen && (!known || gateway.VPC == subnet.VPC) {
				passed := fromTo(public.Union(six), route.won)
				sure, maybe = sure.Union(passed), maybe.Union(passed)
			}
		case "eigw":
			if subnet.PublicAccess != PublicAccessNone {
				passed := fromTo(six, route.won)
				sure, maybe = sure.Union(passed), maybe.Union(passed)
			}
		case "nat":
			nat, known := network.nats[route.Target]
			passed := fromTo(network.addresses(eni).V4(), route.won)
			switch {
			case !known:
				maybe = maybe.Union(passed)
				unknown = append(unknown, "NAT gateway "+route.Target)
			case nat.Public && network.subnets[nat.Subnet].PublicAccess != PublicAccessNone && network.opens(nat.Subnet):
				sure, maybe = sure.Union(passed), maybe.Union(passed)
				beyond = append(beyond, network.passing(network.subnets[nat.Subnet], subnet, passed)...)
			case nat.Public && network.subnets[nat.Subnet].PublicAccess != PublicAccessNone && network.inspects(nat.Subnet):
				maybe = maybe.Union(passed)
				unknown = append(unknown, "what the firewall behind "+route.Target+" lets pass of what that sends")
			}
		case "local", "pcx":
		default:
			// A gateway endpoint's prefix list holds its service's addresses alone, which are no outsider's.
			if endpoint := kind == "vpce" && route.PrefixList != ""; !endpoint && !route.won.Intersect(outside).IsEmpty() {
				maybe = maybe.Union(to(route.won))
				unknown = append(unknown, "what "+route.Target+" lets pass (route "+route.String()+")")
			}
		}
	}
	for _, route := range lost {
		if !strings.HasPrefix(route.Target, "vpce-") {
			maybe = everything
			unknown = append(unknown, "prefix list "+route.PrefixList)
		}
	}
	exit = stage{
		sure: sure, maybe: maybe, missing: unknown,
		explain: func(passed packet.Set) []Step {
			return []Step{{RoutingTable, table.ID, describe(routes, passed.Destinations()), how}}
		},
		refuse: func(stopped packet.Set) Step {
			return Step{RoutingTable, table.ID, describe(routes, stopped.Destinations()), "leads no packet to the internet; " + how}
		},
	}
	return exit, beyond
}

// passing are the stages of a NAT gateway's own network ACL for packets of the set, in and out, and for the answers.
func (network *Network) passing(gateway, origin Subnet, set packet.Set) []stage {
	stages := []stage{network.acl(gateway, outbound, false).within(set), network.acl(gateway, inbound, true).within(set)}
	if gateway.ID != origin.ID {
		stages = append(stages, network.acl(gateway, inbound, false).within(set), network.acl(gateway, outbound, true).within(set))
	}
	return stages
}

// opens reports whether a subnet's route table leads to an internet gateway.
func (network *Network) opens(id string) bool {
	table, _, missing := network.tableOf(network.subnets[id])
	if missing != "" {
		return false
	}
	routes, _ := network.resolve(table)
	for _, route := range routes {
		if strings.HasPrefix(route.Target, "igw-") && route.State != Blackhole && !route.won.Intersect(outside).IsEmpty() {
			return true
		}
	}
	return false
}

// endpointSubnet is the subnet of the firewall's endpoint that a route leads to.
func (network *Network) endpointSubnet(endpoint string) (Subnet, bool) {
	for _, one := range network.firewalls[endpoint].Endpoints {
		if one.ID == endpoint {
			subnet, known := network.subnets[one.Subnet]
			return subnet, known
		}
	}
	return Subnet{}, false
}

// inspects reports whether a subnet's way to the internet leads through a firewall.
func (network *Network) inspects(id string) bool {
	table, _, _ := network.tableOf(network.subnets[id])
	return slices.ContainsFunc(table.Routes, func(route Route) bool {
		_, known := network.endpointSubnet(route.Target)
		return known && route.State != Blackhole
	})
}

// ToEndpoint tells which packets get from an interface to a service by a gateway endpoint: by the route that the endpoint puts into the
// subnet's route table for the service's prefix list ("Gateway endpoints",
// https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html). What the endpoint's policy then allows is not for packets to say.
func (network *Network) ToEndpoint(id, endpoint string) Answer {
	eni, found := network.interfaces[id]
	if !found {
		return Answer{Verdict: Unknown, Missing: []string{"network interface " + id}}
	}
	subnet := network.subnets[eni.Subnet]
	own := network.addresses(eni)
	table, how, missing := network.tableOf(subnet)
	if missing != "" {
		return evaluate(fromTo(own, packet.AnyAddr()), []stage{absent(stage{}, missing)})
	}
	routes, lost := network.resolve(table)
	var won packet.Addrs
	for _, route := range routes {
		if route.Target == endpoint && route.State != Blackhole {
			won = won.Union(route.won)
		}
	}
	for _, route := range lost {
		if route.Target == endpoint {
			return evaluate(fromTo(own, packet.AnyAddr()), []stage{absent(stage{}, "prefix list "+route.PrefixList)})
		}
	}
	if won.IsEmpty() {
		return barred(Step{RoutingTable, table.ID, nil, "has no route to " + endpoint + "; " + how})
	}
	way := stage{
		sure: everything, maybe: everything,
		explain: func(packet.Set) []Step { return []Step{{RoutingTable, table.ID, describe(routes, won), how}} },
		refuse:  func(packet.Set) Step { return Step{} },
	}
	return evaluate(fromTo(own, won), []stage{
		network.grouped(eni, outbound, party{}), network.acl(subnet, outbound, false), way, network.acl(subnet, inbound, true),
	})
}
