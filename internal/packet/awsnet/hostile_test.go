package awsnet

import (
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/inroad-security/inroad/internal/packet"
)

// TestOddValuesAreTakenAsTheyAre asks everything of worlds whose elements are empty, contradictory or of mixed families.
func TestOddValuesAreTakenAsTheyAre(t *testing.T) {
	prefixes := []netip.Prefix{{}, cidr("::ffff:10.0.0.0/104"), cidr("10.0.1.77/24"), cidr("fe80::/10"), cidr("::/0"), cidr("255.255.255.255/32")}
	addresses := []netip.Addr{{}, addr("::ffff:10.0.1.9"), addr("fe80::1%eth0"), addr("0.0.0.0"), addr("ffff::ffff"), addr("10.0.1.10")}
	ids := []string{"", "x", "subnet-public", "vpc-shop", "igw-1", "sg-web", "pl-1", "local", "pcx-1", "tgw-1", "att-1", "vpce-fw"}
	end, rounds := time.Now().Add(time.Second), 0
	for ; time.Now().Before(end) && !t.Failed(); rounds++ {
		random := rand.New(rand.NewPCG(uint64(rounds), 5))
		id := func() string { return pick(random, ids...) }
		prefix := func() []netip.Prefix { return []netip.Prefix{pick(random, prefixes...), pick(random, prefixes...)} }
		world := shop()
		world.VPCs = append([]VPC{{id(), prefix(), id()}}, world.VPCs...)
		world.Subnets = append([]Subnet{{id(), id(), prefix(), id(), PublicAccess(id())}}, world.Subnets...)
		world.RouteTables = append([]RouteTable{{
			ID: id(), VPC: id(), Main: random.IntN(2) == 0, Subnets: []string{id()}, Gateways: []string{id()},
			Routes: []Route{{}, {prefix()[0], id(), id(), RouteState(id()), true}, {prefix()[0], "", id(), Blackhole, false}},
		}}, world.RouteTables...)
		world.NACLs = append([]NACL{{id(), id(), true, []string{id()}, []NACLRule{{-1, true, prefix()[0], packet.Traffic{}}}, []NACLRule{{}}}}, world.NACLs...)
		world.Attachments = []TransitAttachment{{id(), "tgw-1", id(), id(), []string{id(), id()}, random.IntN(2) == 0, true}, {"att-1", "tgw-1", "tgw-1", "vpc-shop", []string{"subnet-public"}, true, false}}
		world.TransitTables = []TransitTable{{"tgw-1", "tgw-1", []TransitRoute{{prefix()[0], []string{id(), id()}, RouteState(id()), true}, {}}}}
		world.Firewalls = []Firewall{{"fw", []FirewallEndpoint{{"vpce-fw", id()}}, []FirewallRule{{packet.Box{}, true, FirewallForward, id()}}, FirewallAction(id()), nil, FirewallPass}}
		world.NATGateways = []NATGateway{{id(), id(), true, pick(random, addresses...)}}
		rule := GroupRule{id(), randomTraffic(random), prefix(), []string{id()}, []string{id()}}
		world.SecurityGroups = append([]SecurityGroup{{id(), id(), []GroupRule{rule, {}}, []GroupRule{rule}}}, world.SecurityGroups...)
		world.PrefixLists = []PrefixList{{id(), prefix()}}
		world.Peerings = []Peering{{id(), id(), id(), true}}
		world.Interfaces = append(world.Interfaces, Interface{
			id(), pick(random, id(), "subnet-public"),
			[]netip.Addr{pick(random, addresses...), pick(random, addresses...)},
			[]PublicAddress{{pick(random, addresses...), pick(random, addresses...), id()}},
			[]string{id(), id()},
			"",
		})
		network := New(world)
		for _, from := range append(network.order, "none") {
			consistent(t, network.FromInternet(from))
			for _, to := range network.order {
				answer := network.Between(from, to)
				consistent(t, answer)
				consistent(t, answer.Only(randomTraffic(random)))
			}
		}
		network.Classes()
	}
	t.Logf("%d worlds", rounds)
}
