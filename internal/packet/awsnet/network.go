package awsnet

import (
	"net/netip"
	"slices"
	"sync"

	"github.com/inroad-security/inroad/internal/packet"
)

// Network answers questions about one World. It is safe for concurrent use.
type Network struct {
	vpcs       map[string]VPC
	subnets    map[string]Subnet
	gateways   map[string]InternetGateway
	groups     map[string]SecurityGroup
	lists      map[string]PrefixList
	peerings   map[string]Peering
	nats       map[string]NATGateway
	transits   map[string]TransitTable // by table
	attached   map[string]TransitAttachment
	firewalls  map[string]Firewall // by endpoint
	interfaces map[string]Interface
	order      []string // interfaces, sorted

	explicitTable map[string]RouteTable // by subnet
	mainTable     map[string]RouteTable // by VPC
	edgeTable     map[string]RouteTable // by gateway
	explicitNACL  map[string]NACL       // by subnet
	defaultNACL   map[string]NACL       // by VPC
	partial       map[Part]bool

	mutex    sync.Mutex
	filters  map[string]filter
	entries  map[string]entry
	passes   map[string]passes       // by firewall
	internet map[string]packet.Addrs // by VPC
}

// New indexes the world. The world is not to be changed afterwards.
func New(world World) *Network {
	network := &Network{
		vpcs:       byID(world.VPCs, func(vpc VPC) string { return vpc.ID }),
		subnets:    byID(world.Subnets, func(subnet Subnet) string { return subnet.ID }),
		gateways:   byID(world.InternetGateways, func(gateway InternetGateway) string { return gateway.ID }),
		groups:     byID(world.SecurityGroups, func(group SecurityGroup) string { return group.ID }),
		lists:      byID(world.PrefixLists, func(list PrefixList) string { return list.ID }),
		peerings:   byID(world.Peerings, func(peering Peering) string { return peering.ID }),
		nats:       byID(world.NATGateways, func(nat NATGateway) string { return nat.ID }),
		transits:   byID(world.TransitTables, func(table TransitTable) string { return table.ID }),
		attached:   byID(world.Attachments, func(attachment TransitAttachment) string { return attachment.ID }),
		firewalls:  map[string]Firewall{},
		interfaces: byID(world.Interfaces, func(eni Interface) string { return eni.ID }),

		explicitTable: map[string]RouteTable{},
		mainTable:     map[string]RouteTable{},
		edgeTable:     map[string]RouteTable{},
		explicitNACL:  map[string]NACL{},
		defaultNACL:   map[string]NACL{},
		partial:       map[Part]bool{},
		filters:       map[string]filter{},
		entries:       map[string]entry{},
		passes:        map[string]passes{},
		internet:      map[string]packet.Addrs{},
	}
	for id := range network.interfaces {
		network.order = append(network.order, id)
	}
	slices.Sort(network.order)
	for _, table := range world.RouteTables {
		for _, subnet := range table.Subnets {
			once(network.explicitTable, subnet, table)
		}
		for _, gateway := range table.Gateways {
			once(network.edgeTable, gateway, table)
		}
		if table.Main {
			once(network.mainTable, table.VPC, table)
		}
	}
	for _, nacl := range world.NACLs {
		for _, subnet := range nacl.Subnets {
			once(network.explicitNACL, subnet, nacl)
		}
		if nacl.Default {
			once(network.defaultNACL, nacl.VPC, nacl)
		}
	}
	for _, firewall := range world.Firewalls {
		for _, endpoint := range firewall.Endpoints {
			once(network.firewalls, endpoint.ID, firewall)
		}
	}
	for _, part := range world.NotCollected {
		network.partial[part] = true
	}
	return network
}

func byID[T any](list []T, id func(T) string) map[string]T {
	index := make(map[string]T, len(list))
	for _, element := range list {
		once(index, id(element), element)
	}
	return index
}

func once[T any](index map[string]T, key string, value T) {
	if _, taken := index[key]; !taken {
		index[key] = value
	}
}

// remembered computes a value for a key once.
func remembered[T any](network *Network, values map[string]T, key string, compute func() T) T {
	network.mutex.Lock()
	value, done := values[key]
	network.mutex.Unlock()
	if done {
		return value
	}
	value = compute()
	network.mutex.Lock()
	defer network.mutex.Unlock()
	values[key] = value
	return value
}

// addresses are those of the interface. Where they are not known they may be any IPv4 address of its subnet, or
// else of its VPC; an IPv6 address is only had when it is listed.
func (network *Network) addresses(eni Interface) packet.Addrs {
	if len(eni.Addresses) > 0 {
		return packet.Addresses(eni.Addresses...)
	}
	subnet := network.subnets[eni.Subnet]
	for _, blocks := range [][]netip.Prefix{subnet.CIDRs, network.vpcs[subnet.VPC].CIDRs} {
		if wide := packet.Prefixes(blocks...).V4(); !wide.IsEmpty() {
			return wide
		}
	}
	return packet.AnyAddr().V4()
}

// published are the private IPv4 addresses that have a public one, with the pairs that make them so.
func (network *Network) published(eni Interface) (private packet.Addrs, rules []string) {
	for _, public := range eni.Public {
		rule := "address not known"
		if public.Address.IsValid() {
			rule = public.Address.String()
		}
		if public.Allocation != "" {
			rule += " " + public.Allocation
		}
		if public.Private.IsValid() {
			private = private.Union(packet.Addresses(public.Private))
			rule += " to " + public.Private.String()
		} else {
			private = private.Union(network.addresses(eni).V4())
		}
		rules = append(rules, rule)
	}
	slices.Sort(rules)
	return private, rules
}

func isBroadV6(prefix netip.Prefix) bool { return prefix.Addr().Is6() && prefix.Bits() <= 12 }

func fromTo(src, dst packet.Addrs) packet.Set { return packet.Of(src, dst, packet.AnyTraffic()) }

func from(src packet.Addrs) packet.Set { return fromTo(src, packet.AnyAddr()) }

func to(dst packet.Addrs) packet.Set { return fromTo(packet.AnyAddr(), dst) }
