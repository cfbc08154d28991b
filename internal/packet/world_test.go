package packet

import (
	"math/rand/v2"
	"net/netip"
	"os"
	"strconv"
	"testing"
	"time"
)

// small universes: every rule cuts the fields at few places, so that the packets below meet every atom.
var (
	fewAddrs     = []string{"9.255.255.255", "10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.8", "2001:db8::", "2001:db8::1", "2001:db8::2", "2001:db9::"}
	fewPrefixes  = []string{"0.0.0.0/0", "10.0.0.0/30", "10.0.0.0/31", "10.0.0.2/31", "10.0.0.1/32", "10.0.0.4/32", "10.0.0.0/29", "::/0", "2001:db8::/32", "2001:db8::1/128"}
	fewPorts     = []int{0, 21, 22, 23, 79, 80, 81, 443, 65535}
	fewProtocols = []uint8{0, ProtocolICMP, ProtocolTCP, ProtocolUDP, 47, ProtocolICMPv6}
)

func pick[T any](random *rand.Rand, from []T) T { return from[random.IntN(len(from))] }

func randomAddrs(random *rand.Rand) Addrs {
	if random.IntN(4) == 0 {
		return AnyAddr()
	}
	addrs := Prefixes(netip.MustParsePrefix(pick(random, fewPrefixes)))
	for random.IntN(3) == 0 {
		addrs = addrs.Union(Prefixes(netip.MustParsePrefix(pick(random, fewPrefixes))))
	}
	if random.IntN(6) == 0 {
		addrs = addrs.Minus(Prefixes(netip.MustParsePrefix(pick(random, fewPrefixes))))
	}
	return addrs
}

func randomTraffic(random *rand.Rand) Traffic {
	first, last := pick(random, fewPorts), pick(random, fewPorts)
	if first > last {
		first, last = last, first
	}
	var traffic Traffic
	switch random.IntN(8) {
	case 0:
		return AnyTraffic()
	case 1:
		return Protocol(47)
	case 2:
		return ICMP(random.IntN(3)-1, random.IntN(3)-1)
	case 3:
		return ICMPv6(random.IntN(3)-1, -1)
	case 4:
		traffic = UDP(first, last)
	default:
		traffic = TCP(first, last)
	}
	if random.IntN(3) == 0 {
		traffic = traffic.FromPorts(pick(random, fewPorts), pick(random, fewPorts))
	}
	return traffic
}

func randomRules(random *rand.Rand, count int) []Rule {
	rules := make([]Rule, count)
	for i := range rules {
		rules[i] = Rule{Box{randomAddrs(random), randomAddrs(random), randomTraffic(random)}, random.IntN(3) > 0}
	}
	return rules
}

func randomPacket(random *rand.Rand) Packet {
	packet := Packet{
		Src: netip.MustParseAddr(pick(random, fewAddrs)), Dst: netip.MustParseAddr(pick(random, fewAddrs)),
		Protocol: pick(random, fewProtocols),
	}
	switch packet.Protocol {
	case ProtocolICMP, ProtocolICMPv6:
		packet.Type, packet.Code = uint8(random.IntN(3)), uint8(random.IntN(3))
	case ProtocolTCP, ProtocolUDP:
		packet.SrcPort, packet.DstPort = uint16(pick(random, fewPorts)), uint16(pick(random, fewPorts))
	}
	return packet
}

// holds is the plain meaning of a box, without spans or diagrams.
func (box Box) holds(packet Packet) bool {
	if packet.Src.Is4() != packet.Dst.Is4() || !box.Src.Contains(packet.Src) || !box.Dst.Contains(packet.Dst) {
		return false
	}
	within := func(set spans, value uint64) bool {
		for _, interval := range set {
			if interval.first.lo <= value && value <= interval.last.lo {
				return true
			}
		}
		return false
	}
	target := uint64(packet.DstPort)
	if packet.Protocol == ProtocolICMP || packet.Protocol == ProtocolICMPv6 {
		target = uint64(packet.Type)<<8 + uint64(packet.Code)
	}
	return within(box.Traffic.protocols, uint64(packet.Protocol)) &&
		within(box.Traffic.source, uint64(packet.SrcPort)) && within(box.Traffic.target, target)
}

func firstMatch(rules []Rule, packet Packet) (int, bool) {
	for i, rule := range rules {
		if rule.holds(packet) {
			return i, true
		}
	}
	return 0, false
}

// rounds runs try with seeds 1, 2, … until the time is used up, or as often as the variable says.
func rounds(t *testing.T, variable string, limit time.Duration, try func(random *rand.Rand)) {
	t.Helper()
	wanted, end := -1, time.Now().Add(limit)
	if value := os.Getenv(variable); value != "" {
		count, err := strconv.Atoi(value)
		if err != nil {
			t.Fatalf("%s=%q: %v", variable, value, err)
		}
		wanted = count
	}
	done := 0
	for ; done != wanted && (wanted >= 0 || time.Now().Before(end)) && !t.Failed(); done++ {
		try(rand.New(rand.NewPCG(uint64(done+1), 7)))
		if t.Failed() {
			t.Logf("at seed %d", done+1)
		}
	}
	t.Logf("%d rounds", done)
}
