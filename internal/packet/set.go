package packet

import (
	"iter"
	"net/netip"
	"strings"
)

// Box is a product: a packet is in it when each of its fields is in the box's.
type Box struct {
	Src, Dst Addrs
	Traffic  Traffic
}

// Packet is one packet. For ICMP and ICMPv6 Type and Code count; the ports count otherwise, and are to
// be zero for protocols without ports.
type Packet struct {
	Src, Dst         netip.Addr
	Protocol         uint8
	SrcPort, DstPort uint16
	Type, Code       uint8
}

// Set is an immutable set of packets. The zero value is empty.
type Set struct{ v4, v6 *node }

// The levels of a diagram, in order.
const (
	levelSrc = iota
	levelDst
	levelProtocol
	levelSrcPort
	levelDstPort
	levels
)

var (
	topV4  = small(1<<32 - 1)
	topV6  = number{^uint64(0), ^uint64(0)}
	topsV4 = []number{topV4, topV4, small(topProtocol), small(topPort), small(topPort)}
	topsV6 = []number{topV6, topV6, small(topProtocol), small(topPort), small(topPort)}
)

func topsOf(v6 bool) []number {
	if v6 {
		return topsV6
	}
	return topsV4
}

// Of is the set of the packets in the box.
func Of(src, dst Addrs, traffic Traffic) Set { return AllowList(Box{src, dst, traffic}) }

// All is every packet of both families.
func All() Set { return Of(AnyAddr(), AnyAddr(), AnyTraffic()) }

// AllowList is the set of packets in any of the boxes. Order is of no importance.
func AllowList(boxes ...Box) Set {
	rules := make([]Rule, len(boxes))
	for i, box := range boxes {
		rules[i] = Rule{box, true}
	}
	return allowedBy(rules)
}

func (box Box) fields(v6 bool) []spans {
	return []spans{box.Src.spans(v6), box.Dst.spans(v6), box.Traffic.protocols, box.Traffic.source, box.Traffic.target}
}

func (set Set) combine(other Set, with operation) Set {
	return Set{
		newWeave(topsV4).apply(with, set.v4, other.v4),
		newWeave(topsV6).apply(with, set.v6, other.v6),
	}
}

// Union holds what is in either.
func (set Set) Union(other Set) Set { return set.combine(other, union) }

// Intersect holds what is in both.
func (set Set) Intersect(other Set) Set { return set.combine(other, intersect) }

// Minus holds what is in set and not in other.
func (set Set) Minus(other Set) Set { return set.combine(other, minus) }

// IsEmpty reports whether set holds nothing.
func (set Set) IsEmpty() bool { return set.v4 == nil && set.v6 == nil }

// Equal reports whether both hold the same packets.
func (set Set) Equal(other Set) bool {
	seen := map[[2]*node]bool{}
	return same(set.v4, other.v4, seen) && same(set.v6, other.v6, seen)
}

// Contains reports whether the packet is in set. Addresses of two families, or none, are in no set.
func (set Set) Contains(packet Packet) bool {
	fields, v6, valid := packet.fields()
	root := set.v4
	if v6 {
		root = set.v6
	}
	return valid && root.at(fields) != nil
}

func (packet Packet) fields() (fields []number, v6, valid bool) {
	src, dst := packet.Src.Unmap().WithZone(""), packet.Dst.Unmap().WithZone("")
	if !src.IsValid() || !dst.IsValid() || src.Is4() != dst.Is4() {
		return nil, false, false
	}
	target := uint64(packet.DstPort)
	if packet.Protocol == ProtocolICMP || packet.Protocol == ProtocolICMPv6 {
		target = uint64(packet.Type)<<8 | uint64(packet.Code)
	}
	return []number{
		numberOf(src), numberOf(dst),
		small(uint64(packet.Protocol)), small(uint64(packet.SrcPort)), small(target),
	}, src.Is6(), true
}

// Witness is one packet of the set: field by field the least; false when the set is empty.
func (set Set) Witness() (Packet, bool) {
	for box := range set.Boxes() {
		return box.witness(), true
	}
	return Packet{}, false
}

// witness is of a box of one family with nothing empty.
func (box Box) witness() Packet {
	target := box.Traffic.target[0].first.lo
	found := Packet{
		Src:      box.Src.Prefixes()[0].Addr(),
		Dst:      box.Dst.Prefixes()[0].Addr(),
		Protocol: uint8(box.Traffic.protocols[0].first.lo),
		SrcPort:  uint16(box.Traffic.source[0].first.lo),
	}
	if found.Protocol == ProtocolICMP || found.Protocol == ProtocolICMPv6 {
		found.Type, found.Code = uint8(target>>8), uint8(target)
	} else {
		found.DstPort = uint16(target)
	}
	return found
}

// Boxes are disjoint and together make up the set: IPv4 before IPv6, each box of one family. Equal
// sets have equal boxes in equal order.
func (set Set) Boxes() iter.Seq[Box] {
	return func(yield func(Box) bool) {
		for _, family := range []struct {
			root *node
			v6   bool
		}{{set.v4, false}, {set.v6, true}} {
			if !family.root.walk(nil, func(path []spans, _ int32) bool {
				return yield(Box{
					addrsOf(path[levelSrc], family.v6), addrsOf(path[levelDst], family.v6),
					Traffic{path[levelProtocol], path[levelSrcPort], path[levelDstPort]},
				})
			}) {
				return
			}
		}
	}
}

// String lists the boxes, "source -> destination traffic" separated by "; ". Equal sets have equal strings.
func (set Set) String() string {
	var words []string
	for box := range set.Boxes() {
		words = append(words, box.String())
	}
	if len(words) == 0 {
		return "nothing"
	}
	return strings.Join(words, "; ")
}

// String is "source -> destination traffic".
func (box Box) String() string {
	return box.Src.String() + " -> " + box.Dst.String() + " " + box.Traffic.String()
}
