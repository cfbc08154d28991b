package awsnet

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/inroad-security/inroad/internal/packet"
)

// fleet adds count interfaces to the shop, alternating between subnets and, now and then, without group or with a public
// address.
func fleet(count int) World {
	world := shop()
	world.SecurityGroups[1].Ingress = append(world.SecurityGroups[1].Ingress, open("10.0.1.64/26", packet.TCP(9000, 9000)))
	for i := range count {
		third, fourth := byte(1+i%2), byte(i/2%250+2)
		eni := Interface{
			ID: fmt.Sprintf("eni-%05d", i), Subnet: []string{"subnet-public", "subnet-private"}[i%2],
			Groups:    []string{[]string{"sg-web", "sg-db"}[i/2%2]},
			Addresses: []netip.Addr{netip.AddrFrom4([4]byte{10, 0, third, fourth})},
		}
		if i%8 == 0 {
			eni.Public = []PublicAddress{{Address: netip.AddrFrom4([4]byte{54, 2, third, fourth})}}
		}
		world.Interfaces = append(world.Interfaces, eni)
	}
	return world
}

func TestMembersOfAClassAreToldApartByNothing(t *testing.T) {
	network := New(fleet(400))
	classes := network.Classes()
	if len(classes) > 16 {
		t.Errorf("%d classes", len(classes))
	}
	members := 0
	for _, class := range classes {
		members += len(class.Members)
	}
	if members != 402 {
		t.Errorf("%d members", members)
	}
	ports := func(answer Answer) string {
		return fmt.Sprint(answer.Verdict, answer.Proven.Traffic(), answer.Answered.Traffic(), answer.Blocks)
	}
	random := rand.New(rand.NewPCG(3, 4))
	member := func(class Class) string { return class.Members[random.IntN(len(class.Members))] }
	for _, class := range classes {
		first := ports(network.FromInternet(class.Members[0]))
		if again := ports(network.FromInternet(member(class))); len(class.Members[0]) == len("eni-00000") && network.interfaces[class.Members[0]].Public != nil && first != again {
			t.Errorf("from the internet: %s and %s", first, again)
		}
		for _, other := range classes {
			a, b := member(class), member(other)
			if a == class.Members[0] || a == b || class.Members[0] == other.Members[0] {
				continue
			}
			if one, two := ports(network.Between(class.Members[0], other.Members[0])), ports(network.Between(a, b)); one != two {
				t.Errorf("between %v and %v: %s and %s", class.Members[0], other.Members[0], one, two)
			}
		}
	}
}

func TestClassesSeeWhatRulesMention(t *testing.T) {
	together := func(world World, a, b string) bool {
		for _, class := range New(world).Classes() {
			found := 0
			for _, member := range class.Members {
				if member == a || member == b {
					found++
				}
			}
			if found > 0 {
				return found == 2
			}
		}
		return false
	}
	world := shop()
	twin := world.Interfaces[1]
	twin.ID, twin.Addresses = "eni-twin", []netip.Addr{addr("10.0.2.21")}
	world.Interfaces = append(world.Interfaces, twin)
	if !together(world, "eni-db", "eni-twin") {
		t.Error("twins are apart")
	}
	world.SecurityGroups[0].Egress = append(world.SecurityGroups[0].Egress, open("10.0.2.21/32", packet.TCP(1, 1)))
	if together(world, "eni-db", "eni-twin") {
		t.Error("a rule for one address does not tell it apart")
	}
}

func BenchmarkInternetToTwentyThousandInterfaces(b *testing.B) {
	world := fleet(20_000)
	for b.Loop() {
		network := New(world)
		reached := 0
		for _, id := range network.order {
			if network.FromInternet(id).Verdict == Reached {
				reached++
			}
		}
		if reached == 0 {
			b.Fatal("nothing reached")
		}
	}
}

func BenchmarkTwentyThousandInterfacesByClass(b *testing.B) {
	world := fleet(20_000)
	for b.Loop() {
		network := New(world)
		classes := network.Classes()
		reached := 0
		for _, from := range classes {
			for _, to := range classes {
				if network.Between(from.Members[0], to.Members[len(to.Members)-1]).Verdict == Reached {
					reached++
				}
			}
		}
		if reached == 0 {
			b.Fatal("nothing reached")
		}
	}
}

func TestClassesAreToldApartBeyondTheVPC(t *testing.T) {
	two := func(change func(*World)) int {
		world := shop()
		world.Interfaces = []Interface{
			{ID: "eni-low", Subnet: "subnet-private", Groups: []string{"sg-db"}, Addresses: []netip.Addr{addr("10.0.2.20")}},
			{ID: "eni-high", Subnet: "subnet-private", Groups: []string{"sg-db"}, Addresses: []netip.Addr{addr("10.0.2.200")}},
		}
		if change != nil {
			change(&world)
		}
		return len(New(world).Classes())
	}
	half := cidr("10.0.2.128/25")
	for _, test := range []struct {
		name   string
		change func(*World)
		want   int
	}{
		{"by nothing", nil, 1},
		{"by a route of a transit gateway", func(w *World) {
			w.TransitTables = []TransitTable{{"tgw-rtb-1", "tgw-1", []TransitRoute{{Destination: half, State: Blackhole}}}}
		}, 2},
		{"by a rule of a firewall", func(w *World) {
			w.Firewalls = []Firewall{{ID: "fw-1", Endpoints: []FirewallEndpoint{{"vpce-1", "subnet-public"}}, Stateful: []FirewallRule{
				{Box: packet.Box{Src: packet.AnyAddr(), Dst: packet.Prefixes(half), Traffic: packet.AnyTraffic()}, Action: FirewallDrop},
			}}}
		}, 2},
	} {
		if got := two(test.change); got != test.want {
			t.Errorf("told apart %s: %d classes, want %d", test.name, got, test.want)
		}
	}
}
