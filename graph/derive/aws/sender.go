package aws

import (
	"net/netip"
	"slices"
)

// sender reads a range of addresses, and tells whether it is so wide that S3 calls it public, so that anyone may send from it
// ("values broader than /8 for IPv4 and /32 for IPv6", "The meaning of 'public'",
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status).
// Narrower ones are somebody's.
func sender(text string) (block netip.Prefix, wide bool) {
	block, err := netip.ParsePrefix(text)
	if err != nil {
		address, err := netip.ParseAddr(text)
		if err != nil {
			return netip.Prefix{}, false
		}
		return netip.PrefixFrom(address, address.BitLen()), false
	}
	return block, block.Addr().Is4() && block.Bits() < 8 || block.Addr().Is6() && block.Bits() < 32
}

// insideOf gives an address in a wide range.
func insideOf(block netip.Prefix) string {
	if block.Addr().Is6() {
		bytes := block.Masked().Addr().As16()
		bytes[4], bytes[15] = 0x1f, 7
		return netip.AddrFrom16(bytes).String()
	}
	first := block.Masked().Addr().As4()[0]
	return netip.AddrFrom4([4]byte{first | 1, 95, 110, 7}).String()
}

// outsideOf gives an address in none of the ranges.
func outsideOf(ranges []netip.Prefix) string {
	address := netip.AddrFrom4([4]byte{1, 95, 110, 7})
	for slices.ContainsFunc(ranges, func(block netip.Prefix) bool { return block.Contains(address) }) && address.As4()[0] < 223 {
		address = netip.AddrFrom4([4]byte{address.As4()[0] + 1, 95, 110, 7})
	}
	return address.String()
}
