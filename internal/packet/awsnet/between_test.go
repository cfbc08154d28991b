package awsnet

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/internal/packet"
)

const postgresFromWeb = "reached\ntcp/5432 from 10.0.1.10"

func between(from, to string) func(*Network) Answer {
	return func(network *Network) Answer { return network.Between(from, to) }
}

func TestBetweenInterfacesOfOneVPC(t *testing.T) {
	own := func(subnet string, in, out []NACLRule) func(*World) {
		return func(world *World) {
			world.NACLs = append(world.NACLs, NACL{ID: "acl-own", VPC: "vpc-shop", Subnets: []string{subnet}, Inbound: in, Outbound: out})
		}
	}
	every := []NACLRule{allow(100, "0.0.0.0/0", packet.AnyTraffic())}
	check(t, []semantic{
		{"a member of the referenced group gets in over the local route", nil, postgresFromWeb},
		{"one that is not a member does not", func(w *World) {
			w.SecurityGroups = append(w.SecurityGroups, SecurityGroup{ID: "sg-other", Egress: []GroupRule{open("0.0.0.0/0", packet.AnyTraffic())}})
			w.Interfaces[0].Groups = []string{"sg-other"}
		}, "blocked\nblocked by security group sg-db: no inbound rule allows it"},
		{
			"without egress rule nothing leaves", func(w *World) { w.SecurityGroups[0].Egress = nil },
			"blocked\nblocked by security group sg-web: no outbound rule allows it",
		},
		{"egress to a referenced group reaches its members", func(w *World) {
			w.SecurityGroups[0].Egress = []GroupRule{{Traffic: packet.TCP(5432, 5432), Groups: []string{"sg-db"}}}
		}, postgresFromWeb},
		{"egress to another group does not", func(w *World) {
			w.SecurityGroups[0].Egress = []GroupRule{{Traffic: packet.TCP(5432, 5432), Groups: []string{"sg-web"}}}
		}, "blocked\nblocked by security group sg-web: no outbound rule allows it"},
		{"a CIDR that holds the private address lets it in", func(w *World) {
			w.SecurityGroups[1].Ingress = []GroupRule{open("10.0.1.0/28", packet.TCP(5432, 5432))}
		}, postgresFromWeb},
		{"a CIDR beside the private address does not", func(w *World) {
			w.SecurityGroups[1].Ingress = []GroupRule{open("10.0.1.16/28", packet.TCP(5432, 5432))}
		}, "blocked\nblocked by security group sg-db: no inbound rule allows it"},
		{"a CIDR that holds the public address does not", func(w *World) {
			w.SecurityGroups[1].Ingress = []GroupRule{open("54.1.2.3/32", packet.TCP(5432, 5432))}
		}, "blocked\nblocked by security group sg-db: no inbound rule allows it"},
		{
			"the source's ACL may deny what leaves", own("subnet-public", every, []NACLRule{deny(1, "10.0.2.0/24", packet.AnyTraffic()), every[0]}),
			"blocked\nblocked by network ACL acl-own: denies packets (outbound 1 deny any 10.0.2.0/24)",
		},
		{
			"the target's ACL may deny what enters", own("subnet-private", []NACLRule{deny(1, "10.0.1.0/24", packet.TCP(5000, 6000)), every[0]}, every),
			"blocked\nblocked by network ACL acl-own: denies packets (inbound 1 deny tcp/5000-6000 10.0.1.0/24)",
		},
		{
			"the target's ACL may deny the answers", own("subnet-private", every, nil),
			"blocked\nblocked by network ACL acl-own: denies answers (outbound * deny)",
		},
		{
			"the source's ACL may deny the answers", own("subnet-public", []NACLRule{allow(1, "0.0.0.0/0", packet.TCP(0, 1023))}, every),
			"unknown\nmissing whether a client sends from a port below 1024, the only ones to which acl-own lets answers pass",
		},
		{"ACLs are not asked within one subnet", func(w *World) {
			own("subnet-private", nil, nil)(w)
			w.Interfaces[0].Subnet = "subnet-private"
		}, postgresFromWeb},
		{"a route more specific than the local one leads through an appliance", func(w *World) {
			w.RouteTables[0].Routes = append(w.RouteTables[0].Routes, Route{Destination: cidr("10.0.2.0/24"), Target: "eni-fw", State: Active})
		}, "unknown\nmissing what eni-fw lets pass (route 10.0.2.0/24 to eni-fw)"},
		{
			"interfaces without a family in common do not meet", func(w *World) { w.Interfaces[1].Addresses = []netip.Addr{addr("2600:1f00::20")} },
			"blocked\nblocked by network interface eni-db: has no address of a family in common with eni-web",
		},
		{"no route table: the way is not known", func(w *World) { w.RouteTables = nil }, "unknown\nmissing main route table of vpc-shop"},
	}, between("eni-web", "eni-db"))
	check(t, []semantic{
		{"a group's rule is one way", nil, "blocked\nblocked by security group sg-db: no outbound rule allows it"},
		{"a self reference lets members in", func(w *World) {
			w.SecurityGroups[0].Ingress = []GroupRule{{Traffic: packet.TCP(7000, 7000), Groups: []string{"sg-web"}}}
			w.Interfaces[1].Groups = []string{"sg-web"}
		}, "reached\ntcp/7000 from 10.0.2.20"},
	}, between("eni-db", "eni-web"))
}

// join adds a second VPC with eni-far, peered with the shop by pcx-1 and routed both ways.
func join(world *World) {
	world.VPCs = append(world.VPCs, VPC{ID: "vpc-far", CIDRs: []netip.Prefix{cidr("10.9.0.0/16")}})
	world.Subnets = append(world.Subnets, Subnet{ID: "subnet-far", VPC: "vpc-far", CIDRs: []netip.Prefix{cidr("10.9.1.0/24")}})
	world.RouteTables = append(world.RouteTables, RouteTable{
		ID: "rtb-far", VPC: "vpc-far", Main: true, Routes: []Route{{Destination: cidr("10.0.0.0/16"), Target: "pcx-1", State: Active}},
	})
	world.RouteTables[0].Routes = append(world.RouteTables[0].Routes, Route{Destination: cidr("10.9.0.0/16"), Target: "pcx-1", State: Active})
	world.Peerings = []Peering{{"pcx-1", "vpc-shop", "vpc-far", true}}
	every := []NACLRule{allow(100, "0.0.0.0/0", packet.AnyTraffic())}
	world.NACLs = append(world.NACLs, NACL{ID: "acl-far", VPC: "vpc-far", Default: true, Inbound: every, Outbound: every})
	world.SecurityGroups = append(world.SecurityGroups, SecurityGroup{
		ID: "sg-far", VPC: "vpc-far", Ingress: []GroupRule{{Traffic: packet.TCP(443, 443), Groups: []string{"sg-web"}}},
	})
	world.Interfaces = append(world.Interfaces, Interface{
		ID: "eni-far", Subnet: "subnet-far", Groups: []string{"sg-far"}, Addresses: []netip.Addr{addr("10.9.1.5")},
	})
}

func TestPeering(t *testing.T) {
	with := func(change func(*World)) func(*World) {
		return func(world *World) { join(world); change(world) }
	}
	noRoute := "blocked\nblocked by route table rtb-public: no route to subnet-far in vpc-far; associated with subnet-public"
	check(t, []semantic{
		{"peered VPCs with routes both ways reach each other, by group too", join, "reached\ntcp/443 from 10.0.1.10"},
		{
			"a peering that is not active carries nothing", with(func(w *World) { w.Peerings[0].Active = false }),
			noRoute + " (10.9.0.0/16 to pcx-1)\nblocked by route table rtb-far: no route to subnet-public in vpc-shop; main table of vpc-far, for answers (10.0.0.0/16 to pcx-1)",
		},
		{
			"a peering with a third VPC is not transitive", with(func(w *World) { w.Peerings[0].Accepter = "vpc-hub" }),
			noRoute + " (10.9.0.0/16 to pcx-1)\nblocked by route table rtb-far: no route to subnet-public in vpc-shop; main table of vpc-far, for answers (10.0.0.0/16 to pcx-1)",
		},
		{"a route is needed on the way there", with(func(w *World) { w.RouteTables[0].Routes = w.RouteTables[0].Routes[:1] }), noRoute + " (0.0.0.0/0 to igw-1)"},
		{
			"a route is needed on the way back", with(func(w *World) { w.RouteTables[2].Routes = nil }),
			"blocked\nblocked by route table rtb-far: no route to subnet-public in vpc-shop; main table of vpc-far, for answers",
		},
		{"a peering that was not collected is not known", with(func(w *World) { w.Peerings = nil }), "unknown\nmissing peering connection pcx-1"},
		{"a transit gateway is not known", with(func(w *World) { w.RouteTables[0].Routes[1].Target = "tgw-1" }), "unknown\nmissing what tgw-1 lets pass (route 10.9.0.0/16 to tgw-1)"},
	}, between("eni-web", "eni-far"))
}

func TestEvidenceOfAPeering(t *testing.T) {
	world := shop()
	join(&world)
	var got []string
	for _, step := range New(world).Between("eni-web", "eni-far").Through {
		got = append(got, step.String())
	}
	want := []string{
		"security group sg-web: allows outbound packets (outbound any 0.0.0.0/0)",
		"network ACL acl-open: lets packets pass (outbound 100 allow any 0.0.0.0/0)",
		"route table rtb-public: associated with subnet-public (10.9.0.0/16 to pcx-1)",
		"peering connection pcx-1: joins vpc-shop and vpc-far",
		"network ACL acl-far: lets packets pass (inbound 100 allow any 0.0.0.0/0)",
		"security group sg-far: allows inbound packets (inbound tcp/443 sg-web)",
		"network ACL acl-far: lets answers pass (outbound 100 allow any 0.0.0.0/0)",
		"route table rtb-far: main table of vpc-far, for answers (10.0.0.0/16 to pcx-1)",
		"network ACL acl-open: lets answers pass (inbound 100 allow any 0.0.0.0/0)",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestALoadBalancerIsComposed(t *testing.T) {
	world := shop()
	network := New(world)
	balancer := Interface{ID: "balancer", Subnet: "subnet-public", Groups: []string{"sg-web"}, Public: []PublicAddress{{}}}
	front := network.FromInternetTo(balancer).Only(packet.TCP(22, 22))
	back := network.BetweenTwo(balancer, world.Interfaces[1]).Only(packet.TCP(5432, 5432))
	if got := told(front); got != sshFromAnyone {
		t.Error(got)
	}
	if got := told(back); got != "reached\ntcp/5432 from 10.0.1.0/24" {
		t.Error(got)
	}
	if got := network.BetweenTwo(balancer, world.Interfaces[1]).Only(packet.TCP(80, 80)).Verdict; got != Blocked {
		t.Error(got)
	}
}
