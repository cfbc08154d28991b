package awsnet

import "github.com/inroad-security/inroad/internal/packet"

// FromClients tells which packets of outsiders get from a Network Load Balancer that keeps the client's address to a target: the
// target's own groups and its subnet's network ACL see the client ("Client IP preservation",
// https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#client-ip-preservation), while
// rules that name a group of the balancer let in what comes through it ("Update the security groups for your Network Load Balancer",
// https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html). That outsiders get to the
// balancer is FromInternetTo's to say.
func (network *Network) FromClients(balancer, target Interface) Answer {
	subnet, known := network.subnets[target.Subnet]
	clients := outside.Minus(packet.Prefixes(network.vpcs[subnet.VPC].CIDRs...))
	base := fromTo(clients, network.addresses(target))
	if !known {
		return evaluate(base, []stage{absent(stage{}, "subnet "+target.Subnet)})
	}
	in := network.grouped(target, inbound, party{balancer.Groups, clients})
	if balancer.Subnet == target.Subnet {
		return evaluate(base, []stage{in})
	}
	return evaluate(base, []stage{network.acl(subnet, inbound, false), in, network.acl(subnet, outbound, true)})
}
