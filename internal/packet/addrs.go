package packet

import (
	"net/netip"
	"strings"

	"go4.org/netipx"
)

// Addrs is an immutable set of IPv4 and IPv6 addresses. The zero value is empty. IPv4-mapped IPv6 addresses
// count as IPv4, and zones are dropped.
type Addrs struct{ set *netipx.IPSet }

var (
	wholeV4 = netip.PrefixFrom(netip.IPv4Unspecified(), 0)
	wholeV6 = netip.PrefixFrom(netip.IPv6Unspecified(), 0)
)

// AnyAddr is every address of both families.
func AnyAddr() Addrs { return Prefixes(wholeV4, wholeV6) }

// Prefixes is the union of the prefixes. Bits beyond a prefix's length are ignored, as is an invalid prefix.
func Prefixes(prefixes ...netip.Prefix) Addrs {
	return built(func(builder *netipx.IPSetBuilder) {
		for _, prefix := range prefixes {
			addr, bits := prefix.Addr(), prefix.Bits()
			if addr.Is4In6() && bits >= 96 {
				addr, bits = addr.Unmap(), bits-96
			}
			if prefix = netip.PrefixFrom(addr, bits); prefix.IsValid() {
				builder.AddPrefix(prefix)
			}
		}
	})
}

// Addresses is the set of these addresses; the zero Addr is ignored.
func Addresses(addresses ...netip.Addr) Addrs {
	return built(func(builder *netipx.IPSetBuilder) {
		for _, addr := range addresses {
			if addr.IsValid() {
				builder.Add(addr.Unmap().WithZone(""))
			}
		}
	})
}

// Between is every address from first to last, both in; it is empty where they make no range.
func Between(first, last netip.Addr) Addrs {
	interval := netipx.IPRangeFrom(first.Unmap().WithZone(""), last.Unmap().WithZone(""))
	if !interval.IsValid() {
		return Addrs{}
	}
	return built(func(builder *netipx.IPSetBuilder) { builder.AddRange(interval) })
}

// built leaves invalid input out beforehand, so that the builder has no error to report.
func built(fill func(*netipx.IPSetBuilder)) Addrs {
	var builder netipx.IPSetBuilder
	fill(&builder)
	set, err := builder.IPSet()
	if err != nil {
		return Addrs{}
	}
	return Addrs{set}
}

// Union holds what is in addrs or in any of the others.
func (addrs Addrs) Union(others ...Addrs) Addrs {
	return built(func(builder *netipx.IPSetBuilder) {
		builder.AddSet(addrs.ip())
		for _, other := range others {
			builder.AddSet(other.ip())
		}
	})
}

// Intersect holds what is in both.
func (addrs Addrs) Intersect(other Addrs) Addrs {
	return built(func(builder *netipx.IPSetBuilder) {
		builder.AddSet(addrs.ip())
		builder.Intersect(other.ip())
	})
}

// Minus holds what is in addrs and not in other.
func (addrs Addrs) Minus(other Addrs) Addrs {
	return built(func(builder *netipx.IPSetBuilder) {
		builder.AddSet(addrs.ip())
		builder.RemoveSet(other.ip())
	})
}

// IsEmpty reports whether addrs holds nothing.
func (addrs Addrs) IsEmpty() bool { return len(addrs.ip().Ranges()) == 0 }

// Equal reports whether both hold the same addresses.
func (addrs Addrs) Equal(other Addrs) bool { return addrs.ip().Equal(other.ip()) }

// Contains reports whether addr is in addrs.
func (addrs Addrs) Contains(addr netip.Addr) bool {
	return addr.IsValid() && addrs.ip().Contains(addr.Unmap().WithZone(""))
}

// Prefixes is the shortest sorted list of prefixes that makes up addrs.
func (addrs Addrs) Prefixes() []netip.Prefix { return addrs.ip().Prefixes() }

// V4 and V6 are the parts of one family.
func (addrs Addrs) V4() Addrs { return addrs.Intersect(Prefixes(wholeV4)) }

// V6 is the IPv6 part.
func (addrs Addrs) V6() Addrs { return addrs.Intersect(Prefixes(wholeV6)) }

// V4Count is the number of IPv4 addresses in addrs.
func (addrs Addrs) V4Count() uint64 {
	var count uint64
	for _, interval := range addrs.spans(false) {
		count += interval.last.lo - interval.first.lo + 1
	}
	return count
}

// String is the sorted list of prefixes, separated by commas; "none" when empty.
func (addrs Addrs) String() string {
	prefixes := addrs.Prefixes()
	if len(prefixes) == 0 {
		return "none"
	}
	words := make([]string, len(prefixes))
	for i, prefix := range prefixes {
		if words[i] = prefix.String(); prefix.IsSingleIP() {
			words[i] = prefix.Addr().String()
		}
	}
	return strings.Join(words, ",")
}

func (addrs Addrs) ip() *netipx.IPSet {
	if addrs.set == nil {
		return &netipx.IPSet{}
	}
	return addrs.set
}

// spans are the intervals of one family.
func (addrs Addrs) spans(v6 bool) spans {
	var found spans
	for _, interval := range addrs.ip().Ranges() {
		if interval.From().Is6() == v6 {
			found = append(found, span{numberOf(interval.From()), numberOf(interval.To())})
		}
	}
	return found
}

func addrsOf(set spans, v6 bool) Addrs {
	return built(func(builder *netipx.IPSetBuilder) {
		for _, interval := range set {
			builder.AddRange(netipx.IPRangeFrom(addrOf(interval.first, v6), addrOf(interval.last, v6)))
		}
	})
}
