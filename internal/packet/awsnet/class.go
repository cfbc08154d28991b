package awsnet

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/gaissmai/bart"
)

// Class is a list of interfaces, sorted, that no rule or route of the world tells apart: an answer for one holds for
// all, but for the addresses in it.
type Class struct{ Members []string }

// Classes groups the world's interfaces, in the order of their first members. Interfaces belong together when they share
// subnet, security groups, having a public IPv4 address, and for each address the longest prefix that any rule or route mentions:
// prefixes nest, so the longest decides all the others. That turns reachability between n interfaces into that between
// their few classes; within a class of two or more it is Between of any two members.
func (network *Network) Classes() []Class {
	mentioned := network.mentioned()
	places := map[string]int{}
	var classes []Class
	for _, id := range network.order {
		key := network.likeness(network.interfaces[id], mentioned)
		place, seen := places[key]
		if !seen {
			place = len(classes)
			places[key] = place
			classes = append(classes, Class{})
		}
		classes[place].Members = append(classes[place].Members, id)
	}
	return classes
}

func (network *Network) likeness(eni Interface, mentioned *bart.Table[struct{}]) string {
	groups := slices.Clone(eni.Groups)
	slices.Sort(groups)
	private, _ := network.published(eni)
	var atoms []string
	for _, addr := range eni.Addresses {
		addr = addr.Unmap().WithZone("")
		if !addr.IsValid() {
			continue
		}
		longest, _, _ := mentioned.LookupPrefixLPM(netip.PrefixFrom(addr, addr.BitLen()))
		atoms = append(atoms, fmt.Sprint(longest, private.Contains(addr)))
	}
	slices.Sort(atoms)
	return fmt.Sprintf("%q %q %q %q %v", eni.Subnet, slices.Compact(groups), slices.Compact(atoms), eni.Closed, private.IsEmpty())
}

// mentioned holds every prefix of the world's rules, lists and routes, those of transit gateways and firewalls among them.
func (network *Network) mentioned() *bart.Table[struct{}] {
	table := &bart.Table[struct{}]{}
	add := func(prefixes ...netip.Prefix) {
		for _, prefix := range prefixes {
			if prefix.IsValid() {
				table.Insert(prefix.Masked(), struct{}{})
			}
		}
	}
	for _, group := range network.groups {
		for _, rule := range slices.Concat(group.Ingress, group.Egress) {
			add(rule.CIDRs...)
		}
	}
	for _, list := range network.lists {
		add(list.Entries...)
	}
	for _, nacls := range []map[string]NACL{network.explicitNACL, network.defaultNACL} {
		for _, nacl := range nacls {
			for _, rule := range slices.Concat(nacl.Inbound, nacl.Outbound) {
				add(rule.CIDR)
			}
		}
	}
	for _, tables := range []map[string]RouteTable{network.explicitTable, network.mainTable, network.edgeTable} {
		for _, routes := range tables {
			for _, route := range routes.Routes {
				add(route.Destination)
			}
		}
	}
	for _, routes := range network.transits {
		for _, route := range routes.Routes {
			add(route.Destination)
		}
	}
	for _, firewall := range network.firewalls {
		for _, rule := range slices.Concat(firewall.Stateless, firewall.Stateful) {
			add(rule.Box.Src.Prefixes()...)
			add(rule.Box.Dst.Prefixes()...)
		}
	}
	for _, vpc := range network.vpcs {
		add(vpc.CIDRs...)
	}
	return table
}
