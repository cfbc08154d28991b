package awsnet

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/inroad-security/inroad/internal/packet"
)

// walker follows one packet at a time through a world, as the User Guide tells it and without packet sets.
type walker struct{ World }

func (walker walker) table(subnet string) RouteTable {
	var main RouteTable
	for _, table := range walker.RouteTables {
		if slices.Contains(table.Subnets, subnet) {
			return table
		}
		if table.Main {
			main = table
		}
	}
	return main
}

func (walker walker) target(subnet string, destination netip.Addr) string {
	best, target := -1, ""
	if cidr("10.0.0.0/16").Contains(destination) {
		best, target = 16, "local"
	}
	for _, route := range walker.table(subnet).Routes {
		if route.Destination.Contains(destination) && route.Destination.Bits() > best {
			best, target = route.Destination.Bits(), route.Target
			if route.State == Blackhole {
				target = ""
			}
		}
	}
	return target
}

func (walker walker) acl(subnet string, way direction, one packet.Packet) bool {
	var acl NACL
	for _, candidate := range walker.NACLs {
		if slices.Contains(candidate.Subnets, subnet) || candidate.Default && acl.ID == "" {
			acl = candidate
		}
	}
	rules, peer := acl.Inbound, one.Src
	if way == outbound {
		rules, peer = acl.Outbound, one.Dst
	}
	number, allowed := 1<<16, false
	for _, rule := range rules {
		if rule.Number < number && rule.CIDR.Contains(peer) && matches(rule.Traffic, one) {
			number, allowed = rule.Number, rule.Allow
		}
	}
	return allowed
}

// matches knows the few kinds of traffic that the random worlds hold.
func matches(traffic packet.Traffic, one packet.Packet) bool {
	name, _, limited := strings.Cut(traffic.String(), "/")
	if name != "any" && (name == "tcp") != (one.Protocol == packet.ProtocolTCP) {
		return false
	}
	if !limited {
		return true
	}
	for _, port := range traffic.Ports() {
		if port[0] <= one.DstPort && one.DstPort <= port[1] {
			return true
		}
	}
	return false
}

func (walker walker) grouped(eni Interface, way direction, one packet.Packet, other []string) bool {
	for _, group := range walker.SecurityGroups {
		if !slices.Contains(eni.Groups, group.ID) {
			continue
		}
		rules, peer := group.Ingress, one.Src
		if way == outbound {
			rules, peer = group.Egress, one.Dst
		}
		for _, rule := range rules {
			member := slices.ContainsFunc(rule.Groups, func(id string) bool { return slices.Contains(other, id) })
			if !member && !slices.ContainsFunc(rule.CIDRs, func(prefix netip.Prefix) bool { return prefix.Contains(peer) }) {
				continue
			}
			if matches(rule.Traffic, one) {
				return true
			}
		}
	}
	return false
}

func reply(one packet.Packet) packet.Packet {
	return packet.Packet{Src: one.Dst, Dst: one.Src, Protocol: one.Protocol, SrcPort: one.DstPort, DstPort: one.SrcPort}
}

func (walker walker) fromInternet(eni Interface, one packet.Packet) bool {
	return len(eni.Public) > 0 && eni.Public[0].Private == one.Dst &&
		walker.target(eni.Subnet, one.Src) == "igw-1" && walker.InternetGateways[0].VPC == "vpc-shop" &&
		walker.acl(eni.Subnet, inbound, one) && walker.grouped(eni, inbound, one, nil) &&
		(one.Protocol != packet.ProtocolTCP || walker.acl(eni.Subnet, outbound, reply(one)))
}

func (walker walker) between(a, b Interface, one packet.Packet) bool {
	if one.Src != a.Addresses[0] || one.Dst != b.Addresses[0] ||
		!walker.grouped(a, outbound, one, b.Groups) || !walker.grouped(b, inbound, one, a.Groups) {
		return false
	}
	if a.Subnet == b.Subnet {
		return true
	}
	there := walker.target(a.Subnet, one.Dst) == "local" && walker.acl(a.Subnet, outbound, one) && walker.acl(b.Subnet, inbound, one)
	back := walker.target(b.Subnet, one.Src) == "local" && walker.acl(b.Subnet, outbound, reply(one)) && walker.acl(a.Subnet, inbound, reply(one))
	return there && (back || one.Protocol != packet.ProtocolTCP)
}

func pick[T any](random *rand.Rand, from ...T) T { return from[random.IntN(len(from))] }

func randomTraffic(random *rand.Rand) packet.Traffic {
	return pick(random, packet.AnyTraffic(), packet.AnyTraffic(), packet.Protocol(packet.ProtocolTCP), packet.TCP(22, 22),
		packet.TCP(20, 80), packet.TCP(5432, 5432), packet.TCP(1024, 65535), packet.TCP(0, 1023))
}

func randomCIDR(random *rand.Rand) netip.Prefix {
	return cidr(pick(random, "0.0.0.0/0", "0.0.0.0/0", "0.0.0.0/1", "10.0.0.0/16", "10.0.1.0/24", "10.0.2.20/32", "8.8.0.0/16", "8.8.8.8/32"))
}

func randomWorld(random *rand.Rand) World {
	world := shop()
	for i := range world.RouteTables {
		routes := &world.RouteTables[i].Routes
		*routes = nil
		seen := map[netip.Prefix]bool{}
		for range random.IntN(4) {
			route := Route{
				Destination: pick(random, cidr("0.0.0.0/0"), cidr("0.0.0.0/0"), cidr("8.0.0.0/7"), cidr("8.8.8.0/24"), cidr("10.0.2.0/24")),
				Target:      pick(random, "igw-1", "igw-1", "nat-1"), State: pick(random, Active, Active, Active, Blackhole),
			}
			if !seen[route.Destination] {
				seen[route.Destination] = true
				*routes = append(*routes, route)
			}
		}
	}
	if random.IntN(3) == 0 {
		world.RouteTables[0].Subnets = nil
	}
	if random.IntN(8) == 0 {
		world.InternetGateways[0].VPC = ""
	}
	if random.IntN(2) == 0 {
		world.NACLs = append(world.NACLs, NACL{ID: "acl-own", VPC: "vpc-shop", Subnets: []string{pick(random, "subnet-public", "subnet-private")}})
	}
	for i := range world.NACLs {
		acl := &world.NACLs[i]
		for _, rules := range []*[]NACLRule{&acl.Inbound, &acl.Outbound} {
			*rules = nil
			for _, number := range random.Perm(1 + random.IntN(4)) {
				*rules = append(*rules, NACLRule{10 * (number + 1), random.IntN(4) > 0, randomCIDR(random), randomTraffic(random)})
			}
		}
	}
	for i := range world.SecurityGroups {
		group := &world.SecurityGroups[i]
		for _, rules := range []*[]GroupRule{&group.Ingress, &group.Egress} {
			*rules = nil
			for range 1 + random.IntN(3) {
				rule := GroupRule{Traffic: randomTraffic(random), CIDRs: []netip.Prefix{randomCIDR(random)}}
				if random.IntN(3) == 0 {
					rule.CIDRs, rule.Groups = nil, []string{pick(random, "sg-web", "sg-db")}
				}
				*rules = append(*rules, rule)
			}
		}
	}
	for i := range world.Interfaces {
		world.Interfaces[i].Groups = pick(random, []string{"sg-web"}, []string{"sg-db"}, []string{"sg-web", "sg-db"})
	}
	if random.IntN(4) == 0 {
		world.Interfaces[0].Subnet = "subnet-private"
	}
	return world
}

func TestAnswersAgreeWithWalkingPacketByPacket(t *testing.T) {
	end, rounds, reached := time.Now().Add(2*time.Second), 0, 0
	for ; time.Now().Before(end) && !t.Failed(); rounds++ {
		random := rand.New(rand.NewPCG(uint64(rounds), 11))
		world := randomWorld(random)
		network, walker := New(world), walker{world}
		web, db := world.Interfaces[0], world.Interfaces[1]
		inward, across := network.FromInternet("eni-web"), network.Between("eni-web", "eni-db")
		consistent(t, inward)
		consistent(t, across)
		for range 40 {
			one := packet.Packet{
				Src: addr(pick(random, "8.8.8.8", "8.8.4.4", "9.9.9.9", "130.0.0.1", "10.0.1.10")), Dst: pick(random, web, db).Addresses[0],
				Protocol: pick[uint8](random, packet.ProtocolTCP, packet.ProtocolTCP, 47),
			}
			if one.Protocol == packet.ProtocolTCP {
				one.SrcPort, one.DstPort = pick[uint16](random, 22, 443, 40000), pick[uint16](random, 22, 80, 5432, 8080)
			}
			if want := walker.fromInternet(web, one) && one.Src != web.Addresses[0]; inward.Possible.Contains(one) != want {
				t.Errorf("round %d: %+v from the internet: walked %v; %v", rounds, one, want, inward.Possible)
			} else if want {
				reached++
			}
			if want := walker.between(web, db, one); across.Possible.Contains(one) != want {
				t.Errorf("round %d: %+v between: walked %v; %v", rounds, one, want, across.Possible)
			} else if want {
				reached++
			}
		}
	}
	t.Logf("%d worlds, %d packets reached", rounds, reached)
}
