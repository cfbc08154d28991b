package aws

import (
	"cmp"
	"encoding/json"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/packet"
	"github.com/inroad-security/inroad/internal/packet/awsnet"
)

// network is what a snapshot tells of one VPC, as the reachability engine wants it. A VPC is judged alone: peers can
// not bring the internet in ("Transitive peering" is not supported: VPC peering limitations,
// https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html).
type network struct {
	vpc      graph.ID
	world    awsnet.World
	engine   *awsnet.Network
	alike    []awsnet.Class              // interfaces that no rule tells apart
	cards    map[string]awsnet.Interface // by their ids; filled with alike
	judged   map[passage]judgement       // ways into databases
	names    map[string]graph.ID         // by the engine's ids
	attached map[graph.ID][]string       // interfaces by the instance, or by themselves
	owners   map[string]graph.ID         // what runs behind an interface, by the engine's id
}

// networks reads every VPC, ordered by its ARN.
func (estate *estate) networks() []*network {
	byVPC := map[graph.ID]*network{}
	of := func(vpc string) *network {
		id := graph.ID(vpc)
		known, ok := byVPC[id]
		if !ok {
			known = &network{vpc: id, names: map[string]graph.ID{}, attached: map[graph.ID][]string{}, owners: map[string]graph.ID{}}
			byVPC[id] = known
		}
		return known
	}
	for _, vpc := range estate.all(kinds.AWSVPC) {
		network := of(string(vpc.ID))
		network.world.VPCs = append(network.world.VPCs, awsnet.VPC{ID: last(string(vpc.ID)), CIDRs: prefixes(vpc.Props.List("cidrs"))})
	}
	for _, subnet := range estate.all(kinds.AWSSubnet) {
		network := of(subnet.Props.Text("vpc"))
		cidrs := append(prefixes([]string{subnet.Props.Text("cidr")}), prefixes(subnet.Props.List("ipv6_cidrs"))...)
		network.world.Subnets = append(network.world.Subnets, awsnet.Subnet{ID: last(string(subnet.ID)), VPC: last(string(network.vpc)), CIDRs: cidrs})
	}
	for _, table := range estate.all(kinds.AWSRouteTable) {
		network := of(table.Props.Text("vpc"))
		network.names[last(string(table.ID))] = table.ID
		network.world.RouteTables = append(network.world.RouteTables, routeTable(table, network))
	}
	for _, acl := range estate.all(kinds.AWSNetworkACL) {
		network := of(acl.Props.Text("vpc"))
		network.names[last(string(acl.ID))] = acl.ID
		network.world.NACLs = append(network.world.NACLs, networkACL(acl, network))
	}
	for _, group := range estate.all(kinds.AWSSecurityGroup) {
		network := of(group.Props.Text("vpc"))
		network.names[last(string(group.ID))] = group.ID
		network.world.SecurityGroups = append(network.world.SecurityGroups, awsnet.SecurityGroup{
			ID: last(string(group.ID)), VPC: last(string(network.vpc)),
			Ingress: groupRules(group.Props.List("ingress")), Egress: groupRules(group.Props.List("egress")),
		})
	}
	gateways := map[string]*node{}
	for _, gateway := range estate.all(kinds.AWSInternetGateway) {
		gateways[last(string(gateway.ID))] = gateway
	}
	elastic := estate.elasticAddresses()
	for _, card := range estate.all(kinds.AWSInterface) {
		of(card.Props.Text("vpc")).addInterface(card, elastic[card.ID])
	}
	for _, task := range estate.all(kinds.AWSECSTask) {
		if card, found := estate.find(graph.ID(task.Props.Text("eni"))); found {
			of(card.Props.Text("vpc")).owners[last(string(card.ID))] = task.ID
		}
	}
	lists := estate.prefixLists()
	ordered := make([]*network, 0, len(byVPC))
	for _, network := range byVPC {
		network.world.PrefixLists = lists
		network.addGateways(gateways)
		network.world.NotCollected = estate.missingParts(network)
		network.engine = awsnet.New(network.world)
		ordered = append(ordered, network)
	}
	slices.SortFunc(ordered, func(a, b *network) int { return cmp.Compare(a.vpc, b.vpc) })
	return ordered
}

// addGateways adds the internet gateways that the VPC's routes lead to, wherever they are attached.
func (network *network) addGateways(gateways map[string]*node) {
	for _, table := range network.world.RouteTables {
		for _, route := range table.Routes {
			gateway, known := gateways[route.Target]
			if !known || gateway.Props.Flag("egress_only") || network.names[route.Target] != "" {
				continue
			}
			network.names[route.Target] = gateway.ID
			at := awsnet.InternetGateway{ID: route.Target}
			for _, vpc := range gateway.Props.List("vpcs") {
				if at.VPC == "" || graph.ID(vpc) == network.vpc {
					at.VPC = last(vpc)
				}
			}
			network.world.InternetGateways = append(network.world.InternetGateways, at)
		}
	}
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
		ID: id, Subnet: last(card.Props.Text("subnet")), Public: public, Groups: groupsOf(card), NAT: card.Props.Text("type") == "nat_gateway",
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
	for _, elastic := range estate.all(kinds.AWSElasticIP) {
		card := graph.ID(elastic.Props.Text("interface"))
		if address, err := netip.ParseAddr(elastic.Props.Text("public_ip")); err == nil && card != "" {
			found[card] = append(found[card], awsnet.PublicAddress{Address: address, Allocation: last(string(elastic.ID))})
		}
	}
	return found
}

func (estate *estate) prefixLists() []awsnet.PrefixList {
	var lists []awsnet.PrefixList
	for _, list := range estate.all(kinds.AWSPrefixList) {
		lists = append(lists, awsnet.PrefixList{ID: last(string(list.ID)), Entries: prefixes(list.Props.List("cidrs"))})
	}
	return lists
}

// missingParts names the lists that cannot be whole. Every VPC has a main route table and a default network ACL
// (https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html, …/vpc-network-acls.html), so a VPC with none
// was not collected.
func (estate *estate) missingParts(network *network) []awsnet.Part {
	name := parseARN(string(network.vpc))
	place := "aws/" + name.account + "/" + name.region + "/"
	incomplete := func(operation string) bool {
		named := func(reason string) bool { return strings.Contains(reason, operation) }
		return slices.ContainsFunc(estate.incomplete, func(status graph.Status) bool {
			return strings.HasPrefix(string(status.Scope), place) && slices.ContainsFunc(status.Incomplete, named)
		})
	}
	var missing []awsnet.Part
	main := func(table awsnet.RouteTable) bool { return table.Main }
	if !slices.ContainsFunc(network.world.RouteTables, main) || incomplete("describe-route-tables") {
		missing = append(missing, awsnet.RouteTables)
	}
	ordinary := func(acl awsnet.NACL) bool { return acl.Default }
	if !slices.ContainsFunc(network.world.NACLs, ordinary) || incomplete("describe-network-acls") {
		missing = append(missing, awsnet.NACLs)
	}
	return missing
}

// route is an element of DescribeRouteTables' Routes.
type route struct {
	DestinationCidrBlock, DestinationIpv6CidrBlock, DestinationPrefixListId                         string
	GatewayId, NatGatewayId, EgressOnlyInternetGatewayId, TransitGatewayId, VpcPeeringConnectionId  string
	NetworkInterfaceId, InstanceId, LocalGatewayId, CarrierGatewayId, CoreNetworkArn, State, Origin string
}

func routeTable(table *node, network *network) awsnet.RouteTable {
	read := awsnet.RouteTable{
		ID: last(string(table.ID)), VPC: last(string(network.vpc)), Main: table.Props.Flag("main"),
		Subnets: lasts(table.Props.List("subnets")), Gateways: lasts(table.Props.List("gateways")),
	}
	for _, text := range table.Props.List("routes") {
		var found route
		if json.Unmarshal([]byte(text), &found) != nil {
			continue
		}
		read.Routes = append(read.Routes, awsnet.Route{
			Destination: prefix(cmp.Or(found.DestinationCidrBlock, found.DestinationIpv6CidrBlock)), PrefixList: found.DestinationPrefixListId,
			Target: cmp.Or(found.GatewayId, found.NatGatewayId, found.EgressOnlyInternetGatewayId, found.TransitGatewayId,
				found.VpcPeeringConnectionId, found.NetworkInterfaceId, found.InstanceId, found.LocalGatewayId, found.CarrierGatewayId, found.CoreNetworkArn),
			State: awsnet.RouteState(found.State), Propagated: found.Origin == "EnableVgwRoutePropagation",
		})
	}
	return read
}

// entry is an element of DescribeNetworkAcls' Entries.
type entry struct {
	Egress                                         bool
	RuleNumber                                     int
	RuleAction, Protocol, CidrBlock, Ipv6CidrBlock string
	PortRange                                      *struct{ From, To int }
	IcmpTypeCode                                   *struct{ Type, Code int }
}

func networkACL(acl *node, network *network) awsnet.NACL {
	read := awsnet.NACL{ID: last(string(acl.ID)), VPC: last(string(network.vpc)), Default: acl.Props.Flag("default"), Subnets: lasts(acl.Props.List("subnets"))}
	for _, text := range acl.Props.List("entries") {
		var found entry
		if json.Unmarshal([]byte(text), &found) != nil {
			continue
		}
		rule := awsnet.NACLRule{
			Number: found.RuleNumber, Allow: strings.EqualFold(found.RuleAction, "allow"),
			CIDR: prefix(cmp.Or(found.CidrBlock, found.Ipv6CidrBlock)), Traffic: found.traffic(),
		}
		if found.Egress {
			read.Outbound = append(read.Outbound, rule)
		} else {
			read.Inbound = append(read.Inbound, rule)
		}
	}
	return read
}

func (entry entry) traffic() packet.Traffic {
	first, final := 0, 65535
	if entry.PortRange != nil {
		first, final = entry.PortRange.From, entry.PortRange.To
	}
	if entry.IcmpTypeCode != nil {
		first, final = entry.IcmpTypeCode.Type, entry.IcmpTypeCode.Code
	} else if number, _ := protocolNumber(entry.Protocol); number == packet.ProtocolICMP || number == packet.ProtocolICMPv6 {
		first, final = -1, -1
	}
	return traffic(entry.Protocol, first, final)
}

// permission is an element of DescribeSecurityGroups' IpPermissions.
type permission struct {
	IpProtocol       string
	FromPort, ToPort *int
	IpRanges         []struct{ CidrIp, SecurityGroupRuleId string }
	Ipv6Ranges       []struct{ CidrIpv6, SecurityGroupRuleId string }
	PrefixListIds    []struct{ PrefixListId string }
	UserIdGroupPairs []struct{ GroupId string }
}

// groupRules reads the permissions; each source of one is a rule of its own, so that evidence names exactly what lets in.
func groupRules(texts []string) []awsnet.GroupRule {
	var rules []awsnet.GroupRule
	for _, text := range texts {
		var found permission
		if json.Unmarshal([]byte(text), &found) != nil {
			continue
		}
		first, final := 0, 65535
		if number, _ := protocolNumber(found.IpProtocol); number == packet.ProtocolICMP || number == packet.ProtocolICMPv6 {
			first, final = -1, -1
		}
		if found.FromPort != nil && found.ToPort != nil && (*found.FromPort != -1 || first == -1) {
			first, final = *found.FromPort, *found.ToPort
		}
		rule := awsnet.GroupRule{Traffic: traffic(found.IpProtocol, first, final)}
		for _, source := range found.IpRanges {
			rule.ID, rule.CIDRs = source.SecurityGroupRuleId, []netip.Prefix{prefix(source.CidrIp)}
			rules = append(rules, rule)
		}
		for _, source := range found.Ipv6Ranges {
			rule.ID, rule.CIDRs = source.SecurityGroupRuleId, []netip.Prefix{prefix(source.CidrIpv6)}
			rules = append(rules, rule)
		}
		rule.ID, rule.CIDRs = "", nil
		for _, source := range found.PrefixListIds {
			rule.PrefixLists = append(rule.PrefixLists, source.PrefixListId)
		}
		for _, source := range found.UserIdGroupPairs {
			rule.Groups = append(rule.Groups, source.GroupId)
		}
		if len(rule.PrefixLists)+len(rule.Groups) > 0 {
			rules = append(rules, rule)
		}
	}
	return rules
}

// traffic reads EC2's protocol words; for ICMP first is the type and final the code, -1 any.
func traffic(protocol string, first, final int) packet.Traffic {
	switch number, ok := protocolNumber(protocol); {
	case !ok:
		return packet.Traffic{}
	case number == packet.ProtocolTCP:
		return packet.TCP(first, final)
	case number == packet.ProtocolUDP:
		return packet.UDP(first, final)
	case number == packet.ProtocolICMP:
		return packet.ICMP(first, final)
	case number == packet.ProtocolICMPv6:
		return packet.ICMPv6(first, final)
	default:
		return packet.Protocol(number)
	}
}

// protocolNumber reads a protocol by name or number; -1 is every protocol.
func protocolNumber(protocol string) (int, bool) {
	switch strings.ToLower(protocol) {
	case "-1", "all":
		return -1, true
	case "tcp":
		return packet.ProtocolTCP, true
	case "udp":
		return packet.ProtocolUDP, true
	case "icmp":
		return packet.ProtocolICMP, true
	case "icmpv6":
		return packet.ProtocolICMPv6, true
	}
	number, err := strconv.Atoi(protocol)
	return number, err == nil
}

func prefix(text string) netip.Prefix {
	read, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}
	}
	return read
}

func prefixes(texts []string) []netip.Prefix {
	var read []netip.Prefix
	for _, text := range texts {
		if one := prefix(text); one.IsValid() {
			read = append(read, one)
		}
	}
	return read
}

func addresses(texts []string) []netip.Addr {
	var read []netip.Addr
	for _, text := range texts {
		if one, err := netip.ParseAddr(text); err == nil {
			read = append(read, one)
		}
	}
	return read
}

func lasts(names []string) []string {
	short := make([]string, len(names))
	for i, name := range names {
		short[i] = last(name)
	}
	return short
}
