// Package packet computes with sets of IP packets.
//
// A packet is (source address, destination address, protocol, source port, destination port); for ICMP the
// destination port is replaced by type and code. IPv4 and IPv6 are kept apart: a set has one part for each,
// and no packet goes from one family to the other.
//
//	Addrs      a set of addresses: AnyAddr, Prefixes, Addresses; Union, Intersect, Minus
//	Traffic    protocol and ports: AnyTraffic, TCP, UDP, ICMP, ICMPv6, Protocol; FromPorts narrows the source port
//	Box        {Src, Dst Addrs; Traffic}: a packet is in it when each field is
//	Set        any set of packets: Of, All, AllowList; Union, Intersect, Minus, IsEmpty, Equal, Contains,
//	           Witness, Sources, Destinations, Traffic, Services, Boxes, String
//	Decisions  an ordered first-match list, compiled: FirstMatch; Decide, Allowed, Deciding
//
// # Representation
//
// A Set is an interval decision diagram: level by level (source, destination, protocol, source port,
// destination port) the field's whole range is cut into intervals, each leading to what the remaining fields
// may be. Equal parts are one node and neighbouring intervals with equal children are one interval, so equal sets
// have equal shape, the answer does not depend on how a set was reached, and String is a normal form.
// Rule lists are not applied rule by rule: they are cut into atoms per field, and each distinct sub-list of
// rules that is active in some atom is compiled once (the firewall decision diagrams of Gouda and Liu, "Structured
// firewall design", Computer Networks 51(4), 2007). Terminals name the deciding rule, so evidence costs nothing more.
//
// Values are immutable and safe for concurrent use. Nothing here panics on any input, and no result depends on
// time, on map order or on chance.
package packet
