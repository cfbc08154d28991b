package awsnet

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/internal/packet"
)

const sshFromAnyone = "reached\ntcp/22 from anyone"

func fromInternet(id string) func(*Network) Answer {
	return func(network *Network) Answer { return network.FromInternet(id) }
}

func TestPublicAddressAndRoute(t *testing.T) {
	web := func(world *World) *Interface { return &world.Interfaces[0] }
	public := func(world *World) *RouteTable { return &world.RouteTables[0] }
	check(t, []semantic{
		{"an elastic address behind an internet gateway is reached", nil, sshFromAnyone},
		{
			"without a public address nothing arrives", func(w *World) { web(w).Public = nil },
			"blocked\nblocked by public address eni-web: no public IPv4 address and no IPv6 address",
		},
		{"a public address on another private address does not publish this one, but that one", func(w *World) {
			web(w).Addresses = append(web(w).Addresses, addr("10.0.1.11"))
			web(w).Public[0].Private = addr("10.0.1.11")
		}, sshFromAnyone},
		{"a load balancer's address that is not known yet counts as public", func(w *World) {
			web(w).Addresses, web(w).Public = nil, []PublicAddress{{}}
		}, sshFromAnyone},
		{
			"the subnet's own table counts, not the main one", func(w *World) {
				w.RouteTables[1].Routes = []Route{to0("igw-1")}
				public(w).Routes = []Route{to0("nat-1")}
			},
			"blocked\nblocked by route table rtb-public: the route leads to a NAT gateway, which lets no connection in; associated with subnet-public (0.0.0.0/0 to nat-1)",
		},
		{
			"the main table counts for a subnet that has no own", func(w *World) { public(w).Subnets = nil; w.RouteTables[1].Routes = []Route{to0("igw-1")} },
			sshFromAnyone,
		},
		{
			"a table without a gateway route lets nothing in", func(w *World) { public(w).Routes = nil },
			"blocked\nblocked by route table rtb-public: no route to an internet gateway; associated with subnet-public",
		},
		{
			"a blackhole lets nothing in", func(w *World) { public(w).Routes[0].State = Blackhole },
			"blocked\nblocked by route table rtb-public: the route is a blackhole: its target is gone or detached; associated with subnet-public (0.0.0.0/0 to igw-1 blackhole)",
		},
		{
			"a detached gateway lets nothing in", func(w *World) { w.InternetGateways[0].VPC = "" },
			"blocked\nblocked by route table rtb-public: igw-1 is not attached to vpc-shop; associated with subnet-public (0.0.0.0/0 to igw-1)",
		},
		{"two halves of the address space are the whole", func(w *World) {
			public(w).Routes = []Route{{Destination: cidr("0.0.0.0/1"), Target: "igw-1", State: Active}, {Destination: cidr("128.0.0.0/1"), Target: "igw-1", State: Active}}
		}, sshFromAnyone},
		{"a longer prefix takes its sources away", func(w *World) {
			public(w).Routes = append(public(w).Routes, Route{Destination: cidr("0.0.0.0/1"), Target: "nat-1", State: Active}, Route{Destination: cidr("128.0.0.0/2"), Target: "tgw-1"}, Route{Destination: cidr("192.0.0.0/3"), Target: "tgw-1"}, Route{Destination: cidr("198.41.0.4/32"), Target: "igw-1", State: Active})
		}, "reached\ntcp/22 from 198.41.0.4"},
		{"of equal prefixes the static route wins against the propagated", func(w *World) {
			public(w).Routes = append([]Route{{Destination: cidr("0.0.0.0/0"), Target: "vgw-1", State: Active, Propagated: true}}, public(w).Routes...)
		}, sshFromAnyone},
		{"a route by prefix list reaches the list's sources only", func(w *World) {
			public(w).Routes = []Route{{PrefixList: "pl-1", Target: "igw-1", State: Active}}
			w.PrefixLists = []PrefixList{{"pl-1", []netip.Prefix{cidr("198.41.0.0/24")}}}
		}, "reached\ntcp/22 from 198.41.0.0/24"},
		{
			"an interface of a NAT gateway lets nothing in", func(w *World) { web(w).Closed = "belongs to a NAT gateway, which lets no connection in" },
			"blocked\nblocked by network interface eni-web: belongs to a NAT gateway, which lets no connection in",
		},
		{"an edge route table may send all through an appliance", func(w *World) {
			w.RouteTables = append(w.RouteTables, RouteTable{ID: "rtb-edge", VPC: "vpc-shop", Gateways: []string{"igw-1"}, Routes: []Route{{Destination: cidr("10.0.1.0/24"), Target: "vpce-9", State: Active}}})
		}, "unknown\nmissing what vpce-9 lets pass (route 10.0.1.0/24 to vpce-9 of rtb-edge)"},
		{"an edge route table for another subnet changes nothing", func(w *World) {
			w.RouteTables = append(w.RouteTables, RouteTable{ID: "rtb-edge", VPC: "vpc-shop", Gateways: []string{"igw-1"}, Routes: []Route{{Destination: cidr("10.0.2.0/24"), Target: "vpce-9", State: Active}}})
		}, sshFromAnyone},
	}, fromInternet("eni-web"))
}

func TestIPv6(t *testing.T) {
	six := func(target string) func(*World) {
		return func(world *World) {
			world.Interfaces[0].Public = nil
			world.Interfaces[0].Addresses = append(world.Interfaces[0].Addresses, addr("2600:1f00::10"))
			world.SecurityGroups[0].Ingress = []GroupRule{open("::/0", packet.TCP(22, 22)), open("0.0.0.0/0", packet.TCP(80, 80))}
			if target != "" {
				world.RouteTables[0].Routes = append(world.RouteTables[0].Routes, Route{Destination: cidr("::/0"), Target: target, State: Active})
			}
		}
	}
	check(t, []semantic{
		{"an IPv6 address needs no public IPv4", six("igw-1"), sshFromAnyone},
		{
			"an IPv6 address needs an IPv6 route", six(""),
			"blocked\nblocked by route table rtb-public: no route to an internet gateway; associated with subnet-public",
		},
		{
			"an egress-only gateway lets nothing in", six("eigw-1"),
			"blocked\nblocked by route table rtb-public: the route leads to an egress-only internet gateway, which lets no connection in; associated with subnet-public (::/0 to eigw-1)",
		},
		{"an IPv4 rule does not open IPv6", func(w *World) {
			six("igw-1")(w)
			w.SecurityGroups[0].Ingress = w.SecurityGroups[0].Ingress[1:]
		}, "blocked\nblocked by security group sg-web: no inbound rule allows it"},
		{"an IPv4 ACL rule does not open IPv6", func(w *World) {
			six("igw-1")(w)
			w.NACLs[0].Inbound = w.NACLs[0].Inbound[:1]
		}, "blocked\nblocked by network ACL acl-open: denies packets (inbound * deny)"},
	}, fromInternet("eni-web"))
}

func TestNetworkACLs(t *testing.T) {
	acl := func(in, out []NACLRule) func(*World) {
		return func(world *World) {
			world.NACLs = append(world.NACLs, NACL{ID: "acl-own", VPC: "vpc-shop", Subnets: []string{"subnet-public"}, Inbound: in, Outbound: out})
		}
	}
	every := []NACLRule{allow(100, "0.0.0.0/0", packet.AnyTraffic())}
	check(t, []semantic{
		{
			"the lowest number that matches decides: deny first", acl([]NACLRule{every[0], deny(90, "0.0.0.0/0", packet.TCP(22, 22))}, every),
			"blocked\nblocked by network ACL acl-own: denies packets (inbound 90 deny tcp/22 0.0.0.0/0)",
		},
		{"the lowest number that matches decides: allow first", acl([]NACLRule{deny(110, "0.0.0.0/0", packet.TCP(22, 22)), every[0]}, every), sshFromAnyone},
		{
			"what no rule matches is denied", acl([]NACLRule{allow(100, "0.0.0.0/0", packet.TCP(443, 443))}, every),
			"blocked\nblocked by network ACL acl-own: denies packets (inbound * deny)",
		},
		{
			"answers to port 443 only are for an odd client", acl(every, []NACLRule{allow(100, "0.0.0.0/0", packet.TCP(443, 443))}),
			"unknown\nmissing whether a client sends from a port below 1024, the only ones to which acl-own lets answers pass",
		},
		{"answers to part of the ephemeral ports suffice", acl(every, []NACLRule{allow(100, "0.0.0.0/0", packet.TCP(32768, 60999))}), sshFromAnyone},
		{"answers to one network are for its clients", acl(every, []NACLRule{allow(100, "198.41.0.0/24", packet.TCP(1024, 65535))}), "reached\ntcp/22 from 198.41.0.0/24"},
		{"answers get back to ephemeral ports", acl(every, []NACLRule{allow(100, "0.0.0.0/0", packet.TCP(1024, 65535))}), sshFromAnyone},
		{
			"without any outbound rule no TCP connection comes about", acl(every, nil),
			"blocked\nblocked by network ACL acl-own: denies answers (outbound * deny)",
		},
		{
			"an outbound rule for UDP does not answer TCP", acl(every, []NACLRule{allow(100, "0.0.0.0/0", packet.UDP(1024, 65535))}),
			"blocked\nblocked by network ACL acl-own: denies answers (outbound * deny)",
		},
		{
			"an outbound rule for the VPC does not answer the internet", acl(every, []NACLRule{allow(100, "10.0.0.0/16", packet.AnyTraffic())}),
			"blocked\nblocked by network ACL acl-own: denies answers (outbound * deny)",
		},
		{"a block list before an open rule leaves it open", acl([]NACLRule{deny(10, "8.0.0.0/8", packet.AnyTraffic()), every[0]}, every), sshFromAnyone},
		{"an ACL of another subnet changes nothing", func(w *World) {
			w.NACLs = append(w.NACLs, NACL{ID: "acl-none", VPC: "vpc-shop", Subnets: []string{"subnet-private"}})
		}, sshFromAnyone},
		{"a denying ACL and a closed group are both named", func(w *World) {
			acl(nil, nil)(w)
			w.SecurityGroups[0].Ingress = nil
		}, "blocked\nblocked by network ACL acl-own: denies packets (inbound * deny)\nblocked by security group sg-web: no inbound rule allows it"},
	}, fromInternet("eni-web"))
}

func TestAnswersOfPingAndUDP(t *testing.T) {
	world := shop()
	world.SecurityGroups[0].Ingress = []GroupRule{open("0.0.0.0/0", packet.ICMP(8, -1)), open("0.0.0.0/0", packet.UDP(53, 53)), open("0.0.0.0/0", packet.ICMP(3, 4))}
	for name, test := range map[string]struct {
		out              []NACLRule
		proven, answered []string
	}{
		"echo replies may leave": {[]NACLRule{allow(1, "0.0.0.0/0", packet.ICMP(0, -1))}, []string{"icmp/3:4,8", "udp/53"}, []string{"icmp/8:0"}},
		"nothing may leave":      {nil, []string{"icmp/3:4,8", "udp/53"}, nil},
		"answers to DNS leave":   {[]NACLRule{allow(1, "0.0.0.0/0", packet.UDP(1024, 65535))}, []string{"icmp/3:4,8", "udp/53"}, []string{"udp/53"}},
	} {
		t.Run(name, func(t *testing.T) {
			world.NACLs[0].Outbound = test.out
			answer := New(world).FromInternet("eni-web")
			consistent(t, answer)
			if got := words(answer.Proven.Traffic()); !slices.Equal(got, test.proven) {
				t.Errorf("proven %q, want %q", got, test.proven)
			}
			if got := words(answer.Answered.Traffic()); !slices.Equal(got, test.answered) {
				t.Errorf("answered %q, want %q", got, test.answered)
			}
		})
	}
}

func words(traffic []packet.Traffic) []string {
	var list []string
	for _, one := range traffic {
		list = append(list, one.String())
	}
	return list
}

func TestSecurityGroups(t *testing.T) {
	ingress := func(rules ...GroupRule) func(*World) {
		return func(world *World) { world.SecurityGroups[0].Ingress = rules }
	}
	check(t, []semantic{
		{"no rule lets nothing in", ingress(), "blocked\nblocked by security group sg-web: no inbound rule allows it"},
		{
			"an egress rule lets nothing in", func(w *World) {
				w.SecurityGroups[0].Ingress, w.SecurityGroups[0].Egress = nil, []GroupRule{open("0.0.0.0/0", packet.AnyTraffic())}
			},
			"blocked\nblocked by security group sg-web: no inbound rule allows it",
		},
		{"answers need no egress rule", func(w *World) { w.SecurityGroups[0].Egress = nil }, sshFromAnyone},
		{"protocol -1 is everything", ingress(open("0.0.0.0/0", packet.AnyTraffic())), "reached\nany from anyone"},
		{"rules of several groups add up", func(w *World) {
			w.SecurityGroups[1].Ingress = append(w.SecurityGroups[1].Ingress, open("0.0.0.0/0", packet.TCP(443, 443)))
			w.Interfaces[0].Groups = []string{"sg-web", "sg-db"}
		}, "reached\ntcp/22,443 from anyone"},
		{
			"private ranges are not the internet", ingress(open("10.0.0.0/8", packet.TCP(22, 22)), open("192.168.0.0/16", packet.TCP(22, 22))),
			"blocked\nblocked by security group sg-web: no inbound rule allows it",
		},
		{"a listed office is not anyone", ingress(open("198.41.0.4/32", packet.TCP(22, 22))), "reached\ntcp/22 from 198.41.0.4"},
		{"halves of the address space are anyone", ingress(open("0.0.0.0/1", packet.TCP(22, 22)), open("128.0.0.0/1", packet.TCP(22, 22))), sshFromAnyone},
		{
			"a reference to a group is no way in from the internet", ingress(GroupRule{Traffic: packet.TCP(22, 22), Groups: []string{"sg-web", "sg-db"}}),
			"blocked\nblocked by security group sg-web: no inbound rule allows it",
		},
		{"a prefix list opens to its entries", func(w *World) {
			ingress(GroupRule{Traffic: packet.TCP(22, 22), PrefixLists: []string{"pl-1"}})(w)
			w.PrefixLists = []PrefixList{{"pl-1", []netip.Prefix{cidr("198.41.0.0/24"), cidr("10.0.0.0/8")}}}
		}, "reached\ntcp/22 from 198.41.0.0/24"},
		{"an interface without a group is filtered by ACLs only", func(w *World) {
			w.Interfaces[0].Groups = nil
			w.NACLs[0].Inbound = []NACLRule{allow(1, "0.0.0.0/0", packet.TCP(443, 443))}
		}, "reached\ntcp/443 from anyone"},
	}, fromInternet("eni-web"))
}

func TestWhatWasNotCollectedIsNamed(t *testing.T) {
	check(t, []semantic{
		{"no route table of the VPC", func(w *World) { w.RouteTables = nil }, "unknown\nmissing main route table of vpc-shop"},
		{"route tables in part: an association may be absent", func(w *World) {
			w.RouteTables[0].Subnets, w.RouteTables[0].Main = nil, true
			w.RouteTables = w.RouteTables[:1]
			w.NotCollected = []Part{RouteTables}
		}, "unknown\nmissing route table of subnet subnet-public"},
		{"route tables in part: an association that is known counts", func(w *World) { w.NotCollected = []Part{RouteTables} }, sshFromAnyone},
		{"no network ACL", func(w *World) { w.NACLs = nil }, "unknown\nmissing network ACL of subnet subnet-public"},
		{"network ACLs in part: the default may not be in force", func(w *World) { w.NotCollected = []Part{NACLs} }, "unknown\nmissing network ACL of subnet subnet-public"},
		{"no security group", func(w *World) { w.SecurityGroups = nil }, "unknown\nmissing security group sg-web"},
		{
			"one of two security groups: what the other allows is proven", func(w *World) { w.Interfaces[0].Groups = []string{"sg-gone", "sg-web"} },
			"reached\ntcp/22 from anyone\nmissing security group sg-gone",
		},
		{"no subnet", func(w *World) { w.Subnets = nil }, "unknown\nmissing subnet subnet-public"},
		{"no gateway: an active route proves its attachment", func(w *World) { w.InternetGateways = nil }, sshFromAnyone},
		{
			"no gateway, planned route", func(w *World) { w.InternetGateways = nil; w.RouteTables[0].Routes[0].State = StateUnknown },
			"unknown\nmissing internet gateway igw-1: its attachment",
		},
		{
			"no prefix list of a rule", func(w *World) {
				w.SecurityGroups[0].Ingress = []GroupRule{{Traffic: packet.TCP(22, 22), PrefixLists: []string{"pl-1"}}}
			},
			"unknown\nmissing prefix list pl-1",
		},
		{"no prefix list of a gateway endpoint: outsiders are not in it", func(w *World) {
			w.RouteTables[0].Routes = append(w.RouteTables[0].Routes, Route{PrefixList: "pl-s3", Target: "vpce-1", State: Active})
		}, sshFromAnyone},
		{
			"what is known to block needs nothing more", func(w *World) { w.NACLs = nil; w.RouteTables[0].Routes = nil },
			"blocked\nblocked by route table rtb-public: no route to an internet gateway; associated with subnet-public",
		},
	}, fromInternet("eni-web"))
	if got := told(New(World{}).FromInternet("eni-x")); got != "unknown\nmissing network interface eni-x" {
		t.Error(got)
	}
}

func TestEvidenceIsInTheOrderOfThePackets(t *testing.T) {
	var got []string
	for _, step := range New(shop()).FromInternet("eni-web").Through {
		got = append(got, step.String())
	}
	want := []string{
		"public address eni-web: translated to the private address (54.1.2.3 eipalloc-1 to 10.0.1.10)",
		"internet gateway igw-1: attached to the VPC",
		"route table rtb-public: associated with subnet-public (0.0.0.0/0 to igw-1)",
		"network ACL acl-open: lets packets pass (inbound 100 allow any 0.0.0.0/0)",
		"security group sg-web: allows inbound packets (inbound tcp/22 0.0.0.0/0)",
		"network ACL acl-open: lets answers pass (outbound 100 allow any 0.0.0.0/0)",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestOnlyAsksForAPart(t *testing.T) {
	world := shop()
	world.NACLs[0].Inbound = append([]NACLRule{deny(5, "0.0.0.0/0", packet.TCP(3389, 3389))}, world.NACLs[0].Inbound...)
	world.SecurityGroups[0].Ingress = append(world.SecurityGroups[0].Ingress, open("0.0.0.0/0", packet.TCP(3389, 3389)))
	answer := New(world).FromInternet("eni-web")
	if got := told(answer.Only(packet.TCP(22, 22))); got != sshFromAnyone {
		t.Error(got)
	}
	if got := told(answer.Only(packet.TCP(3389, 3389))); got != "blocked\nblocked by network ACL acl-open: denies packets (inbound 5 deny tcp/3389 0.0.0.0/0)" {
		t.Error(got)
	}
	if got := told(answer.Only(packet.TCP(80, 80))); got != "blocked\nblocked by security group sg-web: no inbound rule allows it" {
		t.Error(got)
	}
}
