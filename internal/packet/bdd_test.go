package packet

import (
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/dalzilio/rudd"
)

// bdd is an independent representation: one variable per bit of the packet, most significant first.
type bdd struct {
	*rudd.BDD
	v6     bool
	widths []int
}

func newBDD(t testing.TB, v6 bool) *bdd {
	t.Helper()
	widths := []int{32, 32, 8, 16, 16}
	if v6 {
		widths = []int{128, 128, 8, 16, 16}
	}
	bits := 0
	for _, width := range widths {
		bits += width
	}
	diagram, err := rudd.New(bits, rudd.Nodesize(50_000), rudd.Cachesize(20_000))
	if err != nil {
		t.Fatal(err)
	}
	return &bdd{diagram, v6, widths}
}

// bounded holds where the bits from offset on are at least, or else at most, the bound.
func (oracle *bdd) bounded(offset, width int, bound number, least bool) rudd.Node {
	result := oracle.True()
	for bit := width - 1; bit >= 0; bit-- {
		shift := uint(width - 1 - bit)
		set := bound.lo>>shift&1 == 1
		if shift >= 64 {
			set = bound.hi>>(shift-64)&1 == 1
		}
		variable := oracle.Ithvar(offset + bit)
		switch {
		case least && set:
			result = oracle.And(variable, result)
		case least:
			result = oracle.Or(variable, result)
		case set:
			result = oracle.Or(oracle.Not(variable), result)
		default:
			result = oracle.And(oracle.Not(variable), result)
		}
	}
	return result
}

// prefixes holds where the bits from offset on begin as one of the prefixes of the oracle's family does.
func (oracle *bdd) prefixes(offset int, addrs Addrs) rudd.Node {
	result := oracle.False()
	for _, prefix := range addrs.Prefixes() {
		if prefix.Addr().Is6() != oracle.v6 {
			continue
		}
		within, octets := oracle.True(), prefix.Addr().AsSlice()
		for bit := prefix.Bits() - 1; bit >= 0; bit-- {
			if octets[bit/8]>>(7-bit%8)&1 == 1 {
				within = oracle.And(oracle.Ithvar(offset+bit), within)
			} else {
				within = oracle.And(oracle.NIthvar(offset+bit), within)
			}
		}
		result = oracle.Or(result, within)
	}
	return result
}

func (oracle *bdd) box(box Box) rudd.Node {
	width := oracle.widths[0]
	result := oracle.And(oracle.prefixes(0, box.Src), oracle.prefixes(width, box.Dst))
	offset := 2 * width
	for level, field := range []spans{box.Traffic.protocols, box.Traffic.source, box.Traffic.target} {
		width, within := oracle.widths[level+2], oracle.False()
		for _, interval := range field {
			within = oracle.Or(within, oracle.And(
				oracle.bounded(offset, width, interval.first, true), oracle.bounded(offset, width, interval.last, false)))
		}
		result = oracle.And(result, within)
		offset += width
	}
	return result
}

func (oracle *bdd) rules(rules []Rule) rudd.Node {
	result := oracle.False()
	for i := len(rules) - 1; i >= 0; i-- {
		if box := oracle.box(rules[i].Box); rules[i].Allow {
			result = oracle.Or(result, box)
		} else {
			result = oracle.And(result, oracle.Not(box))
		}
	}
	return result
}

func (oracle *bdd) set(set Set) rudd.Node {
	result := oracle.False()
	for box := range set.Boxes() {
		result = oracle.Or(result, oracle.box(box))
	}
	return result
}

// wideRules are as firewalls have them: nested prefixes of any length, port ranges of any width, few protocols.
func wideRules(random *rand.Rand, count int, v6 bool) []Rule {
	prefix := func() Addrs {
		if random.IntN(4) == 0 {
			return AnyAddr()
		}
		octets := [16]byte{10, byte(random.IntN(4)), byte(random.IntN(8) * 32), byte(random.IntN(256))}
		if v6 {
			return Prefixes(netip.PrefixFrom(netip.AddrFrom16(octets), 8+random.IntN(121)))
		}
		return Prefixes(netip.PrefixFrom(netip.AddrFrom4([4]byte(octets[:4])), 8+random.IntN(25)))
	}
	rules := make([]Rule, count)
	for i := range rules {
		first := random.IntN(65536)
		last := min(first+random.IntN(1+random.IntN(2000)), 65535)
		traffic := TCP(first, last)
		switch random.IntN(6) {
		case 0:
			traffic = UDP(first, last).FromPorts(1024, 65535)
		case 1:
			traffic = AnyTraffic()
		case 2:
			traffic = ICMP(random.IntN(20)-1, -1)
		}
		rules[i] = Rule{Box{prefix(), prefix(), traffic}, random.IntN(2) == 0}
	}
	return rules
}

// TestRuleListsEqualTheirDecisionDiagramInBits holds compiled rule lists equal to the oracle's, family by family: lists as long as a
// person writes, and now and then a longer one. PACKET_BDD says of how many of each family; a share of the time does otherwise.
func TestRuleListsEqualTheirDecisionDiagramInBits(t *testing.T) {
	for _, family := range []struct {
		name string
		v6   bool
	}{{"IPv4", false}, {"IPv6", true}} {
		t.Run(family.name, func(t *testing.T) {
			oracle, used := newBDD(t, family.v6), 0
			rounds(t, "PACKET_BDD", 1500*time.Millisecond, func(random *rand.Rand) {
				if used++; used%500 == 0 {
					oracle = newBDD(t, family.v6) // its table only grows
				}
				longest := 5
				if random.IntN(50) == 0 {
					longest = 12
				}
				rules := wideRules(random, 1+random.IntN(longest), family.v6)
				want, got := oracle.rules(rules), oracle.set(allowedBy(rules))
				if oracle.Errored() {
					t.Fatalf("the oracle itself failed: %s", oracle.Error())
				}
				if !oracle.Equal(want, got) {
					t.Errorf("%v: the sets differ", rules)
				}
			})
		})
	}
}

// benchmarkRules are narrow enough that few of the thousand are hidden by those before them.
func benchmarkRules() []Rule {
	random := rand.New(rand.NewPCG(1, 2))
	prefix := func(shortest int) Addrs {
		octets := [4]byte{10, byte(random.IntN(256)), byte(random.IntN(256)), byte(random.IntN(256))}
		return Prefixes(netip.PrefixFrom(netip.AddrFrom4(octets), shortest+random.IntN(33-shortest)))
	}
	services := []int{22, 53, 80, 443, 3306, 5432, 6379, 8080, 9200, 27017}
	rules := make([]Rule, 1000)
	for i := range rules {
		port := pick(random, services)
		traffic := TCP(port, port+random.IntN(3))
		if random.IntN(5) == 0 {
			traffic = UDP(port, port).FromPorts(1024, 65535)
		}
		rules[i] = Rule{Box{prefix(12), prefix(10), traffic}, random.IntN(3) > 0}
	}
	return rules
}

func BenchmarkThousandOrderedRules(b *testing.B) {
	rules := benchmarkRules()
	b.ReportAllocs()
	for b.Loop() {
		if allowedBy(rules).IsEmpty() {
			b.Fatal("nothing allowed")
		}
	}
}

func BenchmarkThousandOrderedRulesInBDD(b *testing.B) {
	rules := benchmarkRules()
	for b.Loop() {
		oracle := newBDD(b, false)
		if oracle.Equal(oracle.rules(rules), oracle.False()) {
			b.Fatal("nothing allowed")
		}
	}
}
