package awsnet

import "testing"

func TestProtocolsAsTheAPIWritesThem(t *testing.T) {
	n := func(value int32) *int32 { return &value }
	for name, test := range map[string]struct {
		protocol string
		from, to *int32
		want     string
	}{
		"-1 is everything":                     {"-1", nil, nil, "any"},
		"-1 ignores ports":                     {"-1", n(22), n(22), "any"},
		"tcp by name":                          {"tcp", n(22), n(22), "tcp/22"},
		"tcp by number":                        {"6", n(80), n(81), "tcp/80-81"},
		"tcp without ports is all ports":       {"tcp", nil, nil, "tcp"},
		"tcp from -1 to -1 is all ports":       {"tcp", n(-1), n(-1), "tcp"},
		"udp port zero is only that":           {"udp", n(0), n(0), "udp/0"},
		"icmp -1 is all messages":              {"icmp", n(-1), n(-1), "icmp"},
		"icmp with type and code":              {"icmp", n(3), n(4), "icmp/3:4"},
		"icmp with type and any code":          {"1", n(8), n(-1), "icmp/8"},
		"icmpv6 by name":                       {"icmpv6", n(128), n(0), "icmpv6/128:0"},
		"other protocols ignore ports":         {"47", n(1), n(2), "ip(47)"},
		"an inverted range holds nothing":      {"tcp", n(90), n(80), "nothing"},
		"a port beyond the last holds nothing": {"tcp", n(70000), n(70001), "nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			traffic, err := GroupTraffic(test.protocol, test.from, test.to)
			if err != nil || traffic.String() != test.want {
				t.Errorf("%v, %v; want %s", traffic, err, test.want)
			}
		})
	}
	for _, bad := range []string{"", "tcpp", "-2", "256"} {
		if traffic, err := GroupTraffic(bad, nil, nil); err == nil {
			t.Errorf("%q reads as %v", bad, traffic)
		}
	}
	if traffic, err := NACLTraffic("1", n(5), n(6), n(8), n(-1)); err != nil || traffic.String() != "icmp/8" {
		t.Errorf("%v, %v", traffic, err)
	}
}
