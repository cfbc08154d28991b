package aws

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/internal/packet"
)

// adminPorts are the TCP ports of protocols that hand out a shell or a desktop, by the IANA's "Service Name and Transport
// Protocol Port Number Registry": ssh, telnet, ms-wbt-server (RDP), rfb (VNC), wsman and wsmans (WinRM).
var adminPorts = []uint16{22, 23, 3389, 5900, 5985, 5986}

// services is what reaches a target: ranges of ports by protocol.
type services []packet.Traffic

// text lists protocols with ports, as "tcp/22,tcp/8000-8010,udp/53"; "any" is all there is.
func (open services) text() string {
	var words []string
	for _, traffic := range open {
		switch {
		case traffic.Intersect(packet.Protocol(packet.ProtocolTCP)).IsEmpty() && traffic.Intersect(packet.Protocol(packet.ProtocolUDP)).IsEmpty():
			words = append(words, named(traffic))
		case traffic.String() == packet.AnyTraffic().String():
			words = append(words, "any")
		default:
			for _, protocol := range []struct {
				number int
				name   string
			}{{packet.ProtocolTCP, "tcp"}, {packet.ProtocolUDP, "udp"}} {
				part := traffic.Intersect(packet.Protocol(protocol.number))
				if part.IsEmpty() {
					continue
				}
				for _, ports := range part.Ports() {
					words = append(words, protocol.name+"/"+span(ports))
				}
			}
		}
	}
	return strings.Join(ordered(words), ",")
}

// protocols lists the names of the protocols, as "tcp,udp".
func (open services) protocols() string {
	var words []string
	for _, word := range strings.Split(open.text(), ",") {
		name, _, _ := strings.Cut(word, "/")
		words = append(words, name)
	}
	return strings.Join(ordered(words), ",")
}

// admin keeps the ports of remote administration.
func (open services) admin() services {
	var kept services
	for _, port := range adminPorts {
		if slices.ContainsFunc(open, func(traffic packet.Traffic) bool { return traffic.Includes(packet.ProtocolTCP, port) }) {
			kept = append(kept, packet.TCP(int(port), int(port)))
		}
	}
	return kept
}

// others keeps TCP and UDP without the ports of remote administration.
func (open services) others() services {
	var kept services
	for _, traffic := range open {
		first := 0
		for _, port := range append(slices.Clone(adminPorts), 0) {
			final := int(port) - 1
			if port == 0 {
				final = 65535
			}
			if part := traffic.Intersect(packet.TCP(first, final)); !part.IsEmpty() {
				kept = append(kept, part)
			}
			first = int(port) + 1
		}
		if part := traffic.Intersect(packet.UDP(0, 65535)); !part.IsEmpty() {
			kept = append(kept, part)
		}
	}
	return kept
}

func named(traffic packet.Traffic) string {
	name, _, _ := strings.Cut(traffic.String(), "/")
	return strings.Fields(name)[0]
}

func span(ports [2]uint16) string {
	if ports[0] == ports[1] {
		return fmt.Sprint(ports[0])
	}
	return fmt.Sprintf("%d-%d", ports[0], ports[1])
}

// ordered sorts words without duplicates, those with numbers by number.
func ordered(words []string) []string {
	number := func(word string) (value int) {
		_, digits, _ := strings.Cut(word, "/")
		_, _ = fmt.Sscan(digits, &value)
		return value
	}
	slices.SortFunc(words, func(a, b string) int {
		protocolA, _, _ := strings.Cut(a, "/")
		protocolB, _, _ := strings.Cut(b, "/")
		return cmp.Or(cmp.Compare(protocolA, protocolB), cmp.Compare(number(a), number(b)), cmp.Compare(a, b))
	})
	return slices.Compact(words)
}
