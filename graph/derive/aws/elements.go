package aws

import (
	"cmp"
	"encoding/json"
	"net/netip"
	"strconv"
	"strings"

	"github.com/inroad-security/inroad/internal/packet"
	"github.com/inroad-security/inroad/internal/packet/awsnet"
)

// route is an element of DescribeRouteTables' Routes.
type route struct {
	DestinationCidrBlock, DestinationIpv6CidrBlock, DestinationPrefixListId                         string
	GatewayId, NatGatewayId, EgressOnlyInternetGatewayId, TransitGatewayId, VpcPeeringConnectionId  string
	NetworkInterfaceId, InstanceId, LocalGatewayId, CarrierGatewayId, CoreNetworkArn, State, Origin string
}

func routeTable(table *node) awsnet.RouteTable {
	read := awsnet.RouteTable{
		ID: last(string(table.ID)), VPC: last(table.Props.Text("vpc")), Main: table.Props.Flag("main"),
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

func networkACL(acl *node) awsnet.NACL {
	read := awsnet.NACL{ID: last(string(acl.ID)), VPC: last(acl.Props.Text("vpc")), Default: acl.Props.Flag("default"), Subnets: lasts(acl.Props.List("subnets"))}
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

// address reads one; what cannot be read is the zero address.
func address(text string) netip.Addr {
	read, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Addr{}
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
