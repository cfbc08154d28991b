package packet

import (
	"strconv"
	"strings"
)

// Protocol numbers of the IANA registry "Assigned Internet Protocol Numbers".
const (
	ProtocolICMP   = 1
	ProtocolTCP    = 6
	ProtocolUDP    = 17
	ProtocolICMPv6 = 58
)

// Traffic is a set of protocols, source ports and destination ports (for ICMP: types and codes): each
// protocol with each source port with each destination port. The zero value is empty.
type Traffic struct {
	protocols spans
	source    spans
	target    spans // ICMP: type × 256 + code
}

const (
	topProtocol = 1<<8 - 1
	topPort     = 1<<16 - 1
)

// AnyTraffic is every protocol with every port.
func AnyTraffic() Traffic { return Protocol(-1) }

// Protocol is all traffic of the IP protocol with this number; -1 is every protocol. A number beyond 255 holds nothing.
func Protocol(number int) Traffic {
	every := Traffic{spanOf(0, topProtocol), spanOf(0, topPort), spanOf(0, topPort)}
	if number >= 0 {
		every.protocols = clamp(number, number, topProtocol)
	}
	return every
}

// TCP is TCP to the ports first to last, from any port. An empty range holds nothing.
func TCP(first, last int) Traffic { return ported(ProtocolTCP, first, last) }

// UDP is UDP to the ports first to last, from any port. An empty range holds nothing.
func UDP(first, last int) Traffic { return ported(ProtocolUDP, first, last) }

func ported(protocol, first, last int) Traffic {
	traffic := Protocol(protocol)
	traffic.target = clamp(first, last, topPort)
	return traffic
}

// ICMP is ICMP of this type and code; -1 is any.
func ICMP(kind, code int) Traffic { return message(ProtocolICMP, kind, code) }

// ICMPv6 is ICMPv6 of this type and code; -1 is any.
func ICMPv6(kind, code int) Traffic { return message(ProtocolICMPv6, kind, code) }

func message(protocol, kind, code int) Traffic {
	traffic := Protocol(protocol)
	kinds, codes := clamp(kind, kind, 255), clamp(code, code, 255)
	if kind == -1 {
		kinds = spanOf(0, 255)
	}
	if code == -1 {
		codes = spanOf(0, 255)
	}
	traffic.target = nil
	if len(kinds) == 0 || len(codes) == 0 {
		return Traffic{}
	}
	for k := kinds[0].first.lo; k <= kinds[0].last.lo; k++ {
		traffic.target = append(traffic.target, spanOf(k<<8|codes[0].first.lo, k<<8|codes[0].last.lo)...)
	}
	traffic.target = normal(traffic.target)
	return traffic
}

func clamp(first, last, top int) spans {
	if first < 0 {
		first = 0
	}
	if last > top {
		last = top
	}
	if first > last {
		return nil
	}
	return spanOf(uint64(first), uint64(last))
}

// FromPorts narrows traffic to the source ports first to last. It is meant for protocols with ports.
func (traffic Traffic) FromPorts(first, last int) Traffic {
	traffic.source = traffic.source.intersect(clamp(first, last, topPort))
	return traffic
}

// IsEmpty reports whether traffic holds nothing.
func (traffic Traffic) IsEmpty() bool {
	return len(traffic.protocols) == 0 || len(traffic.source) == 0 || len(traffic.target) == 0
}

// Intersect holds what is in both.
func (traffic Traffic) Intersect(other Traffic) Traffic {
	return Traffic{
		traffic.protocols.intersect(other.protocols),
		traffic.source.intersect(other.source),
		traffic.target.intersect(other.target),
	}
}

// Includes reports whether any packet of the protocol to the port is in traffic, whatever its source port.
func (traffic Traffic) Includes(protocol uint8, port uint16) bool {
	return !traffic.IsEmpty() && traffic.protocols.contains(small(uint64(protocol))) && traffic.target.contains(small(uint64(port)))
}

// Ports are the ranges of destination ports (ICMP: type × 256 + code), ascending.
func (traffic Traffic) Ports() [][2]uint16 {
	ranges := make([][2]uint16, 0, len(traffic.target))
	for _, interval := range traffic.target {
		ranges = append(ranges, [2]uint16{uint16(interval.first.lo), uint16(interval.last.lo)})
	}
	return ranges
}

// Protocols are the ranges of protocol numbers, ascending.
func (traffic Traffic) Protocols() [][2]uint8 {
	ranges := make([][2]uint8, 0, len(traffic.protocols))
	for _, interval := range traffic.protocols {
		ranges = append(ranges, [2]uint8{uint8(interval.first.lo), uint8(interval.last.lo)})
	}
	return ranges
}

// String is short and exact: "tcp/22,80-81", "udp/53 from 1024-65535", "icmp/8:0", "any".
func (traffic Traffic) String() string {
	if traffic.IsEmpty() {
		return "nothing"
	}
	whole := span{small(0), small(topPort)}
	words := traffic.name()
	if !traffic.target.covers(whole) {
		words += "/" + traffic.targets()
	}
	if !traffic.source.covers(whole) {
		words += " from " + joined(traffic.source)
	}
	return words
}

func (traffic Traffic) single(protocol uint64) bool {
	return traffic.protocols.covers(span{small(protocol), small(protocol)})
}

func (traffic Traffic) name() string {
	switch {
	case traffic.protocols.covers(span{small(0), small(topProtocol)}):
		return "any"
	case traffic.single(ProtocolTCP):
		return "tcp"
	case traffic.single(ProtocolUDP):
		return "udp"
	case traffic.single(ProtocolICMP):
		return "icmp"
	case traffic.single(ProtocolICMPv6):
		return "icmpv6"
	}
	return "ip(" + joined(traffic.protocols) + ")"
}

func (traffic Traffic) targets() string {
	if !traffic.single(ProtocolICMP) && !traffic.single(ProtocolICMPv6) {
		return joined(traffic.target)
	}
	var words []string
	for _, interval := range traffic.target {
		first, last := interval.first.lo, interval.last.lo
		word := strconv.FormatUint(first>>8, 10)
		switch whole := first&255 == 0 && last&255 == 255; {
		case whole && first>>8 != last>>8:
			word += "-" + strconv.FormatUint(last>>8, 10)
		case !whole && first == last:
			word += ":" + strconv.FormatUint(first&255, 10)
		case !whole:
			word += ":" + strconv.FormatUint(first&255, 10) + "-" + strconv.FormatUint(last>>8, 10) + ":" + strconv.FormatUint(last&255, 10)
		}
		words = append(words, word)
	}
	return strings.Join(words, ",")
}

func joined(set spans) string {
	words := make([]string, len(set))
	for i, interval := range set {
		words[i] = strconv.FormatUint(interval.first.lo, 10)
		if interval.first != interval.last {
			words[i] += "-" + strconv.FormatUint(interval.last.lo, 10)
		}
	}
	return strings.Join(words, ",")
}

// answers pairs the ICMP messages that ask with those that answer, both with code 0: RFC 792 and RFC 950 for ICMP,
// RFC 4443 for ICMPv6.
var answers = []struct {
	protocol       uint64
	asked, replied int
}{
	{ProtocolICMP, 8, 0},
	{ProtocolICMP, 13, 14},
	{ProtocolICMP, 15, 16},
	{ProtocolICMP, 17, 18},
	{ProtocolICMPv6, 128, 129},
}

// Answered is the traffic whose answers are in traffic: with ports exchanged, or for ICMP the message that asks.
// The parts are disjoint.
func (traffic Traffic) Answered() []Traffic {
	if traffic.IsEmpty() {
		return nil
	}
	var parts []Traffic
	others := spans{
		{small(0), small(ProtocolICMP - 1)},
		{small(ProtocolICMP + 1), small(ProtocolICMPv6 - 1)},
		{small(ProtocolICMPv6 + 1), small(topProtocol)},
	}
	if exchanged := (Traffic{traffic.protocols.intersect(others), traffic.target, traffic.source}); !exchanged.IsEmpty() {
		parts = append(parts, exchanged)
	}
	for _, pair := range answers {
		if traffic.protocols.contains(small(pair.protocol)) && traffic.target.contains(small(uint64(pair.replied)<<8)) {
			parts = append(parts, message(int(pair.protocol), pair.asked, 0))
		}
	}
	return parts
}
