package packet

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"
)

func TestRuleListsAgreeWithOneByOneMatching(t *testing.T) {
	rounds(t, "PACKET_RULE_SETS", 2*time.Second, func(random *rand.Rand) {
		rules := randomRules(random, 1+random.IntN(7))
		decisions := FirstMatch(rules...)
		allowed := decisions.Allowed()
		for range 24 {
			packet := randomPacket(random)
			wantRule, wantMatch := firstMatch(rules, packet)
			rule, match := decisions.Decide(packet)
			if packet.Src.Is4() != packet.Dst.Is4() {
				wantRule, wantMatch = 0, false
			}
			if rule != wantRule || match != wantMatch {
				t.Errorf("%v: %v decides %+v by rule %d, %v; want %d, %v", rules, decisions.set, packet, rule, match, wantRule, wantMatch)
			}
			if got, want := allowed.Contains(packet), wantMatch && rules[wantRule].Allow; got != want {
				t.Errorf("%v: %+v allowed: %v, want %v", rules, packet, got, want)
			}
		}
		if direct := allowedBy(rules); !direct.Equal(allowed) {
			t.Errorf("%v: allowed %v, compiled without rules %v", rules, allowed, direct)
		}
	})
}

// universe is small enough to try every packet of it: of one family, three addresses inside and outside the prefixes that rules name,
// and the ports at whose edges their ranges end.
func universe(v6 bool) (packets []Packet, prefixes []string) {
	addresses, control := []string{"10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.4", "11.0.0.0"}, uint8(ProtocolICMP)
	prefixes = []string{"0.0.0.0/0", "10.0.0.0/30", "10.0.0.0/31", "10.0.0.1/32", "10.0.0.2/31", "10.0.0.4/30"}
	if v6 {
		addresses, control = []string{"2001:db8::", "2001:db8::1", "2001:db8::2", "2001:db8::4", "2001:db9::"}, uint8(ProtocolICMPv6)
		prefixes = []string{"::/0", "2001:db8::/126", "2001:db8::/127", "2001:db8::1/128", "2001:db8::2/127", "2001:db8::4/126"}
	}
	for _, src := range addresses {
		for _, dst := range addresses {
			base := Packet{Src: netip.MustParseAddr(src), Dst: netip.MustParseAddr(dst)}
			for _, protocol := range []uint8{ProtocolTCP, ProtocolUDP} {
				for _, from := range []uint16{21, 22, 80} {
					for _, to := range []uint16{21, 22, 79, 80} {
						packet := base
						packet.Protocol, packet.SrcPort, packet.DstPort = protocol, from, to
						packets = append(packets, packet)
					}
				}
			}
			for kind := range uint8(2) {
				packet := base
				packet.Protocol, packet.Type = control, kind
				packets = append(packets, packet)
			}
		}
	}
	return packets, prefixes
}

// TestRuleListsAgreeWithEveryPacketOfASmallUniverse tries each rule list on all packets there are, family by family. PACKET_UNIVERSE says
// on how many lists of each family.
func TestRuleListsAgreeWithEveryPacketOfASmallUniverse(t *testing.T) {
	for _, family := range []struct {
		name string
		v6   bool
	}{{"IPv4", false}, {"IPv6", true}} {
		t.Run(family.name, func(t *testing.T) {
			packets, prefixes := universe(family.v6)
			rounds(t, "PACKET_UNIVERSE", time.Second, func(random *rand.Rand) {
				rules := make([]Rule, 1+random.IntN(6))
				for i := range rules {
					side := func() Addrs { return Prefixes(netip.MustParsePrefix(pick(random, prefixes))) }
					rules[i] = Rule{Box{side(), side(), randomTraffic(random)}, random.IntN(3) > 0}
				}
				allowed := allowedBy(rules)
				for _, packet := range packets {
					rule, matched := firstMatch(rules, packet)
					if got, want := allowed.Contains(packet), matched && rules[rule].Allow; got != want {
						t.Fatalf("%v: %+v allowed: %v, want %v", rules, packet, got, want)
					}
				}
			})
		})
	}
}

func TestSetOperationsAgreeWithRuleLists(t *testing.T) {
	rounds(t, "PACKET_OPERATIONS", 2*time.Second, func(random *rand.Rand) {
		rules := randomRules(random, 1+random.IntN(5))
		stepwise := Set{}
		for _, rule := range slices.Backward(rules) {
			if box := Of(rule.Src, rule.Dst, rule.Traffic); rule.Allow {
				stepwise = stepwise.Union(box)
			} else {
				stepwise = stepwise.Minus(box)
			}
		}
		compiled := allowedBy(rules)
		if !stepwise.Equal(compiled) || stepwise.String() != compiled.String() {
			t.Fatalf("%v: stepwise %v, compiled %v", rules, stepwise, compiled)
		}
		other := allowedBy(randomRules(random, 3))
		both, either, only := compiled.Intersect(other), compiled.Union(other), compiled.Minus(other)
		for range 16 {
			packet := randomPacket(random)
			in, inOther := compiled.Contains(packet), other.Contains(packet)
			if both.Contains(packet) != (in && inOther) || either.Contains(packet) != (in || inOther) || only.Contains(packet) != (in && !inOther) {
				t.Errorf("%v and %v differ on %+v", compiled, other, packet)
			}
		}
		if !only.Union(both).Equal(compiled) || !either.Minus(other).Equal(only) || !only.Intersect(other).IsEmpty() {
			t.Errorf("%v and %v: the parts do not add up", compiled, other)
		}
		if witness, found := only.Witness(); found == only.IsEmpty() || found && (!compiled.Contains(witness) || other.Contains(witness)) {
			t.Errorf("%v: witness %+v, %v", only, witness, found)
		}
		if again := AllowList(slices.Collect(compiled.Boxes())...); !again.Equal(compiled) {
			t.Errorf("%v: boxes make up %v", compiled, again)
		}
		checkProjections(t, random, compiled)
	})
}

func checkProjections(t *testing.T, random *rand.Rand, set Set) {
	t.Helper()
	var sources, destinations Addrs
	for box := range set.Boxes() {
		sources, destinations = sources.Union(box.Src), destinations.Union(box.Dst)
	}
	if !set.Sources().Equal(sources) || !set.Destinations().Equal(destinations) {
		t.Errorf("%v: sources %v, destinations %v", set, set.Sources(), set.Destinations())
	}
	packet := randomPacket(random)
	want := Addrs{}
	for box := range set.Boxes() {
		box.Traffic.source = spanOf(0, topPort)
		probe := packet
		probe.Src, probe.Dst = box.Src.Prefixes()[0].Addr(), box.Dst.Prefixes()[0].Addr()
		if box.holds(probe) {
			want = want.Union(box.Src)
		}
	}
	target := uint64(packet.DstPort)
	if packet.Protocol == ProtocolICMP || packet.Protocol == ProtocolICMPv6 {
		target = uint64(packet.Type)<<8 + uint64(packet.Code)
	}
	got := Addrs{}
	for _, service := range set.Services() {
		if service.Traffic.Includes(packet.Protocol, uint16(target)) {
			got = got.Union(service.Sources)
		}
	}
	if !got.Equal(want) {
		t.Errorf("%v: %+v from %v, want %v", set, packet, got, want)
	}
	listed := slices.ContainsFunc(set.Traffic(), func(traffic Traffic) bool { return traffic.Includes(packet.Protocol, uint16(target)) })
	if listed == want.IsEmpty() {
		t.Errorf("%v: traffic %v, services from %v", set, set.Traffic(), want)
	}
}

func TestDecidingNamesTheRulesThatMatter(t *testing.T) {
	rounds(t, "PACKET_DECIDING", time.Second, func(random *rand.Rand) {
		rules := randomRules(random, 1+random.IntN(5))
		within := allowedBy(randomRules(random, 2))
		left := within
		var want []int
		for i, rule := range rules {
			box := Of(rule.Src, rule.Dst, rule.Traffic)
			if !left.Intersect(box).IsEmpty() {
				want = append(want, i)
			}
			left = left.Minus(box)
		}
		got, unmatched := FirstMatch(rules...).Deciding(within)
		if !slices.Equal(got, want) || unmatched == left.IsEmpty() {
			t.Errorf("%v within %v: %v, %v; want %v, %v", rules, within, got, unmatched, want, !left.IsEmpty())
		}
	})
}
