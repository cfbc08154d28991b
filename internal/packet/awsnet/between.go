package awsnet

import (
	"slices"

	"github.com/inroad-security/inroad/internal/packet"
)

// Between tells which packets get from one interface to another by their private addresses, within a VPC, over a peering
// connection or over a transit gateway. An interface that is not in the world is Unknown.
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
	if b.Closed != "" {
		return barred(Step{NetworkInterface, b.ID, nil, b.Closed})
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
	out := network.grouped(a, outbound, network.party(b.Groups, right, from, to, outbound))
	in := network.grouped(b, inbound, network.party(a.Groups, left, from, to, inbound))
	if from.ID == to.ID {
		// An ACL is evaluated where packets enter or leave a subnet, not within one: nacl-basics.html.
		return evaluate(base, []stage{out, in})
	}
	there, passed := network.way(from, to, right, false)
	back, passedBack := network.way(to, from, left, true)
	return evaluate(base, slices.Concat(
		[]stage{out, network.acl(from, outbound, false)}, there,
		[]stage{network.acl(to, inbound, false), in, network.acl(to, outbound, true)}, back,
		[]stage{network.acl(from, inbound, true)}, asymmetric(passed, passedBack),
	))
}

// party is the other end as the rules of one end may name it.
func (network *Network) party(groups []string, addresses packet.Addrs, from, to Subnet, way direction) party {
	if !network.references(from.VPC, to.VPC, way) {
		groups = nil
	}
	return party{groups, addresses}
}
