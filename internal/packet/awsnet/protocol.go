package awsnet

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/inroad-security/inroad/internal/packet"
)

// GroupTraffic reads the protocol and ports of a security group rule as the EC2 API writes them (IpPermission,
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html): for TCP and UDP from and to are
// ports; for ICMP and ICMPv6 they are type and code, -1 being all; for "-1" and any other protocol they do not
// matter. Absent ports are all ports.
func GroupTraffic(protocol string, from, to *int32) (packet.Traffic, error) {
	return traffic(protocol, from, to, from, to)
}

// NACLTraffic reads the protocol, ports and ICMP type and code of a network ACL entry as the EC2 API writes them
// (NetworkAclEntry, https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkAclEntry.html).
func NACLTraffic(protocol string, from, to, kind, code *int32) (packet.Traffic, error) {
	return traffic(protocol, from, to, kind, code)
}

func traffic(protocol string, from, to, kind, code *int32) (packet.Traffic, error) {
	number, err := protocolNumber(protocol)
	if err != nil {
		return packet.Traffic{}, err
	}
	first, last := or(from, 0), or(to, 65535)
	if first == -1 {
		first, last = 0, 65535
	}
	switch number {
	case packet.ProtocolTCP:
		return packet.TCP(first, last), nil
	case packet.ProtocolUDP:
		return packet.UDP(first, last), nil
	case packet.ProtocolICMP:
		return packet.ICMP(or(kind, -1), or(code, -1)), nil
	case packet.ProtocolICMPv6:
		return packet.ICMPv6(or(kind, -1), or(code, -1)), nil
	}
	return packet.Protocol(number), nil
}

func or(value *int32, otherwise int) int {
	if value == nil {
		return otherwise
	}
	return int(*value)
}

func protocolNumber(name string) (int, error) {
	switch strings.ToLower(name) {
	case "all", "-1":
		return -1, nil
	case "tcp":
		return packet.ProtocolTCP, nil
	case "udp":
		return packet.ProtocolUDP, nil
	case "icmp":
		return packet.ProtocolICMP, nil
	case "icmpv6":
		return packet.ProtocolICMPv6, nil
	}
	number, err := strconv.Atoi(name)
	if err != nil || number < 0 || number > 255 {
		return 0, fmt.Errorf("awsnet: %q is no IP protocol", name)
	}
	return number, nil
}
