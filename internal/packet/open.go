package packet

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// adminPorts are the TCP ports of protocols that hand out a shell or a desktop, by the IANA's "Service Name and Transport
// Protocol Port Number Registry": ssh, telnet, ms-wbt-server (RDP), rfb (VNC), wsman and wsmans (WinRM).
var adminPorts = []uint16{22, 23, 3389, 5900, 5985, 5986}

// Open is what reaches a target: ranges of ports by protocol.
type Open []Traffic

// Text lists protocols with ports, as "tcp/22,tcp/8000-8010,udp/53"; "any" is all there is.
func (open Open) Text() string {
	var words []string
	for _, traffic := range open {
		switch {
		case traffic.Intersect(Protocol(ProtocolTCP)).IsEmpty() && traffic.Intersect(Protocol(ProtocolUDP)).IsEmpty():
			words = append(words, named(traffic))
		case traffic.String() == AnyTraffic().String():
			words = append(words, "any")
		default:
			for _, protocol := range []struct {
				number int
				name   string
			}{{ProtocolTCP, "tcp"}, {ProtocolUDP, "udp"}} {
				part := traffic.Intersect(Protocol(protocol.number))
				if part.IsEmpty() {
					continue
				}
				for _, ports := range part.Ports() {
					words = append(words, protocol.name+"/"+portsText(ports))
				}
			}
		}
	}
	return strings.Join(ordered(words), ",")
}

// Protocols lists the names of the protocols, as "tcp,udp".
func (open Open) Protocols() string {
	var words []string
	for _, word := range strings.Split(open.Text(), ",") {
		name, _, _ := strings.Cut(word, "/")
		words = append(words, name)
	}
	return strings.Join(ordered(words), ",")
}

// Admin keeps the ports of remote administration.
func (open Open) Admin() Open {
	var kept Open
	for _, port := range adminPorts {
		if slices.ContainsFunc(open, func(traffic Traffic) bool { return traffic.Includes(ProtocolTCP, port) }) {
			kept = append(kept, TCP(int(port), int(port)))
		}
	}
	return kept
}

// Others keeps TCP and UDP without the ports of remote administration.
func (open Open) Others() Open {
	var kept Open
	for _, traffic := range open {
		first := 0
		for _, port := range append(slices.Clone(adminPorts), 0) {
			final := int(port) - 1
			if port == 0 {
				final = 65535
			}
			if part := traffic.Intersect(TCP(first, final)); !part.IsEmpty() {
				kept = append(kept, part)
			}
			first = int(port) + 1
		}
		if part := traffic.Intersect(UDP(0, 65535)); !part.IsEmpty() {
			kept = append(kept, part)
		}
	}
	return kept
}

func named(traffic Traffic) string {
	name, _, _ := strings.Cut(traffic.String(), "/")
	return strings.Fields(name)[0]
}

func portsText(ports [2]uint16) string {
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
