package aws

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/packet/awsnet"
)

// network is what a snapshot tells of a VPC and of those that it is joined to, as the reachability engine wants it.
type network struct {
	vpc      graph.ID // the first of its VPCs
	vpcs     []graph.ID
	world    awsnet.World
	engine   *awsnet.Network
	alike    []awsnet.Class              // interfaces that no rule tells apart
	cards    map[string]awsnet.Interface // by their ids; filled with alike
	parts    []segment                   // of alike, with what runs behind them
	judged   map[passage]judgement       // ways into stores
	names    map[string]graph.ID         // by the engine's ids
	attached map[graph.ID][]string       // interfaces by the instance, or by themselves
	owners   map[string]graph.ID         // what runs behind an interface, by the engine's id
}

// networks are those of a snapshot, by the places of their VPCs, and ordered.
type networks struct {
	byPlace map[string]*network
	order   []*network
}

// of gives the network that a VPC is in; nil where it is not known.
func (networks networks) of(vpc string) *network { return networks.byPlace[placeOf(vpc)] }

// placeOf names a VPC by region and id alone: a shared VPC is one, whichever account speaks of it ("Share your VPC subnets
// with other accounts", https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html).
func placeOf(vpc string) string { return parseARN(vpc).region + "/" + last(vpc) }

// networks reads every VPC, those together that peering connections or transit gateways join.
func (estate *estate) networks() networks {
	joined := estate.joined()
	found := networks{byPlace: map[string]*network{}}
	of := func(vpc string) *network {
		root := joined.root(placeOf(vpc))
		known, ok := found.byPlace[root]
		if !ok {
			known = &network{vpc: graph.ID(vpc), names: map[string]graph.ID{}, attached: map[graph.ID][]string{}, owners: map[string]graph.ID{}}
			found.byPlace[root] = known
			found.order = append(found.order, known)
		}
		if id := graph.ID(vpc); !slices.Contains(known.vpcs, id) {
			known.vpcs = append(known.vpcs, id)
		}
		found.byPlace[placeOf(vpc)] = known
		return known
	}
	access := estate.publicAccess()
	for _, vpc := range estate.seen(kinds.AWSVPC) {
		network := of(string(vpc.ID))
		network.world.VPCs = append(network.world.VPCs, awsnet.VPC{ID: last(string(vpc.ID)), CIDRs: prefixes(vpc.Props.List("cidrs")), Region: parseARN(string(vpc.ID)).region})
		network.names[last(string(vpc.ID))] = vpc.ID
	}
	for _, subnet := range estate.seen(kinds.AWSSubnet) {
		network := of(subnet.Props.Text("vpc"))
		cidrs := append(prefixes([]string{subnet.Props.Text("cidr")}), prefixes(subnet.Props.List("ipv6_cidrs"))...)
		network.world.Subnets = append(network.world.Subnets, awsnet.Subnet{
			ID: last(string(subnet.ID)), VPC: last(subnet.Props.Text("vpc")), CIDRs: cidrs, Zone: subnet.Props.Text("zone"), PublicAccess: access.of(subnet),
		})
	}
	for _, table := range estate.seen(kinds.AWSRouteTable) {
		network := of(table.Props.Text("vpc"))
		network.names[last(string(table.ID))] = table.ID
		network.world.RouteTables = append(network.world.RouteTables, routeTable(table))
	}
	for _, acl := range estate.seen(kinds.AWSNetworkACL) {
		network := of(acl.Props.Text("vpc"))
		network.names[last(string(acl.ID))] = acl.ID
		network.world.NACLs = append(network.world.NACLs, networkACL(acl))
	}
	for _, group := range estate.seen(kinds.AWSSecurityGroup) {
		network := of(group.Props.Text("vpc"))
		network.names[last(string(group.ID))] = group.ID
		network.world.SecurityGroups = append(network.world.SecurityGroups, awsnet.SecurityGroup{
			ID: last(string(group.ID)), VPC: last(group.Props.Text("vpc")),
			Ingress: groupRules(group.Props.List("ingress")), Egress: groupRules(group.Props.List("egress")),
		})
	}
	elastic := estate.elasticAddresses()
	for _, card := range estate.seen(kinds.AWSInterface) {
		of(card.Props.Text("vpc")).addInterface(card, elastic[card.ID])
	}
	for _, task := range estate.seen(kinds.AWSECSTask) {
		if card, found := estate.find(graph.ID(task.Props.Text("eni"))); found {
			of(card.Props.Text("vpc")).owners[last(string(card.ID))] = task.ID
		}
	}
	estate.addStanding(of)
	estate.addWays(of)
	lists, gateways := estate.prefixLists(), estate.gatewaysByID()
	for _, network := range found.order {
		slices.Sort(network.vpcs)
		network.vpc = network.vpcs[0]
		network.world.PrefixLists = lists
		network.addGateways(gateways)
		network.world.NotCollected = estate.missingParts(network)
		network.engine = awsnet.New(network.world)
	}
	slices.SortFunc(found.order, func(a, b *network) int { return cmp.Compare(a.vpc, b.vpc) })
	return found
}

// closed says of which types of interfaces no connection is taken ("NAT gateways",
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html), and why.
var closed = map[string]string{
	"nat_gateway": "belongs to a NAT gateway, which lets no connection in",
	"lambda":      functionsTakeNone,
}

func (network *network) addInterface(card *node, elastic []awsnet.PublicAddress) {
	id := last(string(card.ID))
	public := slices.Clone(elastic)
	if address, err := netip.ParseAddr(card.Props.Text("public_ip")); err == nil {
		known := func(one awsnet.PublicAddress) bool { return one.Address == address }
		if !slices.ContainsFunc(public, known) {
			public = append(public, awsnet.PublicAddress{Address: address})
		}
	}
	network.world.Interfaces = append(network.world.Interfaces, awsnet.Interface{
		ID: id, Subnet: last(card.Props.Text("subnet")), Public: public, Groups: groupsOf(card), Closed: closed[card.Props.Text("type")],
		Addresses: append(addresses(card.Props.List("private_ips")), addresses(card.Props.List("ipv6"))...),
	})
	network.names[id] = card.ID
	network.attached[card.ID] = append(network.attached[card.ID], id)
	if instance := card.Props.Text("instance"); instance != "" {
		network.owners[id] = graph.ID(instance)
		network.attached[graph.ID(instance)] = append(network.attached[graph.ID(instance)], id)
	}
}

// groupsOf gives the security groups of something that has them. Where they were not collected it gives the name of one that
// is not in the world: without any, nothing would filter.
func groupsOf(held *node) []string {
	if !held.Props.Has("security_groups") {
		return []string{"of " + last(string(held.ID))}
	}
	return lasts(held.Props.List("security_groups"))
}

// elasticAddresses gives the Elastic IP addresses by the ARN of the interface that each is associated with.
func (estate *estate) elasticAddresses() map[graph.ID][]awsnet.PublicAddress {
	found := map[graph.ID][]awsnet.PublicAddress{}
	for _, elastic := range estate.seen(kinds.AWSElasticIP) {
		card := graph.ID(elastic.Props.Text("interface"))
		if address, err := netip.ParseAddr(elastic.Props.Text("public_ip")); err == nil && card != "" {
			found[card] = append(found[card], awsnet.PublicAddress{Address: address, Allocation: last(string(elastic.ID))})
		}
	}
	return found
}

func (estate *estate) prefixLists() []awsnet.PrefixList {
	var lists []awsnet.PrefixList
	for _, list := range estate.seen(kinds.AWSPrefixList) {
		lists = append(lists, awsnet.PrefixList{ID: last(string(list.ID)), Entries: prefixes(list.Props.List("cidrs"))})
	}
	return lists
}

// missingParts names the lists that are not whole where the network's VPCs are. Of a VPC that has no main route table or no
// default network ACL the engine itself says so: every VPC has both
// (https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html, …/vpc-network-acls.html).
func (estate *estate) missingParts(network *network) []awsnet.Part {
	incomplete := func(operation string) bool {
		return slices.ContainsFunc(estate.incomplete, func(status graph.Status) bool {
			here := slices.ContainsFunc(network.vpcs, func(vpc graph.ID) bool {
				name := parseARN(string(vpc))
				return strings.HasPrefix(string(status.Scope), "aws/"+name.account+"/"+name.region+"/")
			})
			return here && slices.ContainsFunc(status.Incomplete, func(reason string) bool { return strings.Contains(reason, operation) })
		})
	}
	var missing []awsnet.Part
	if incomplete("describe-route-tables") {
		missing = append(missing, awsnet.RouteTables)
	}
	if incomplete("describe-network-acls") {
		missing = append(missing, awsnet.NACLs)
	}
	return missing
}
