package packet

import (
	"cmp"
	"encoding/binary"
	"net/netip"
	"slices"
)

// number is an unsigned 128-bit value: wide enough for every field of a packet.
type number struct{ hi, lo uint64 }

func small(value uint64) number { return number{lo: value} }

func (value number) compare(other number) int {
	if order := cmp.Compare(value.hi, other.hi); order != 0 {
		return order
	}
	return cmp.Compare(value.lo, other.lo)
}

func (value number) less(other number) bool {
	return value.hi < other.hi || value.hi == other.hi && value.lo < other.lo
}

// next is the value plus one; it wraps at the top.
func (value number) next() number {
	value.lo++
	if value.lo == 0 {
		value.hi++
	}
	return value
}

// previous is the value less one; it wraps at zero.
func (value number) previous() number {
	if value.lo == 0 {
		value.hi--
	}
	value.lo--
	return value
}

func numberOf(addr netip.Addr) number {
	if addr.Is4() {
		octets := addr.As4()
		return small(uint64(binary.BigEndian.Uint32(octets[:])))
	}
	octets := addr.As16()
	return number{binary.BigEndian.Uint64(octets[:8]), binary.BigEndian.Uint64(octets[8:])}
}

func addrOf(value number, v6 bool) netip.Addr {
	var octets [16]byte
	binary.BigEndian.PutUint64(octets[:8], value.hi)
	binary.BigEndian.PutUint64(octets[8:], value.lo)
	if v6 {
		return netip.AddrFrom16(octets)
	}
	return netip.AddrFrom4([4]byte(octets[12:]))
}

// span is a closed interval.
type span struct{ first, last number }

// spans is a set of numbers: sorted, disjoint, not adjacent. nil is empty.
type spans []span

func spanOf(first, last uint64) spans {
	if first > last {
		return nil
	}
	return spans{{small(first), small(last)}}
}

// normal sorts and merges.
func normal(loose spans) spans {
	if len(loose) < 2 {
		return loose
	}
	slices.SortFunc(loose, func(a, b span) int { return a.first.compare(b.first) })
	merged := loose[:1]
	for _, next := range loose[1:] {
		end := &merged[len(merged)-1]
		if end.last.less(next.first) && end.last.next() != next.first {
			merged = append(merged, next)
		} else if end.last.less(next.last) {
			end.last = next.last
		}
	}
	return merged
}

func (set spans) intersect(other spans) spans {
	var common spans
	for i, j := 0, 0; i < len(set) && j < len(other); {
		first, last := set[i].first, set[i].last
		if first.less(other[j].first) {
			first = other[j].first
		}
		if other[j].last.less(last) {
			last = other[j].last
		}
		if !last.less(first) {
			common = append(common, span{first, last})
		}
		if set[i].last.less(other[j].last) {
			i++
		} else {
			j++
		}
	}
	return common
}

func (set spans) contains(value number) bool {
	at, _ := slices.BinarySearchFunc(set, value, func(s span, v number) int { return s.last.compare(v) })
	return at < len(set) && !value.less(set[at].first)
}

func (set spans) covers(whole span) bool { return len(set) == 1 && set[0] == whole }
