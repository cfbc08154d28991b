package awsnet

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/internal/packet"
)

func cidr(word string) netip.Prefix { return netip.MustParsePrefix(word) }

func addr(word string) netip.Addr { return netip.MustParseAddr(word) }

func to0(target string) Route {
	return Route{Destination: cidr("0.0.0.0/0"), Target: target, State: Active}
}

func allow(number int, word string, traffic packet.Traffic) NACLRule {
	return NACLRule{number, true, cidr(word), traffic}
}

func deny(number int, word string, traffic packet.Traffic) NACLRule {
	return NACLRule{number, false, cidr(word), traffic}
}

func open(word string, traffic packet.Traffic) GroupRule {
	return GroupRule{Traffic: traffic, CIDRs: []netip.Prefix{cidr(word)}}
}

// shop is a VPC with a public subnet that holds eni-web, open for SSH, and a private one that holds eni-db, open for
// PostgreSQL to the group of eni-web.
func shop() World {
	openACL := []NACLRule{allow(100, "0.0.0.0/0", packet.AnyTraffic()), allow(101, "::/0", packet.AnyTraffic())}
	return World{
		VPCs: []VPC{{ID: "vpc-shop", CIDRs: []netip.Prefix{cidr("10.0.0.0/16"), cidr("2600:1f00::/56")}}},
		Subnets: []Subnet{
			{ID: "subnet-public", VPC: "vpc-shop", CIDRs: []netip.Prefix{cidr("10.0.1.0/24")}},
			{ID: "subnet-private", VPC: "vpc-shop", CIDRs: []netip.Prefix{cidr("10.0.2.0/24")}},
		},
		RouteTables: []RouteTable{
			{ID: "rtb-public", VPC: "vpc-shop", Subnets: []string{"subnet-public"}, Routes: []Route{to0("igw-1")}},
			{ID: "rtb-main", VPC: "vpc-shop", Main: true, Routes: []Route{to0("nat-1")}},
		},
		InternetGateways: []InternetGateway{{"igw-1", "vpc-shop"}},
		NACLs:            []NACL{{ID: "acl-open", VPC: "vpc-shop", Default: true, Inbound: openACL, Outbound: openACL}},
		SecurityGroups: []SecurityGroup{
			{
				ID: "sg-web", VPC: "vpc-shop",
				Ingress: []GroupRule{open("0.0.0.0/0", packet.TCP(22, 22)), open("10.0.0.0/8", packet.TCP(8080, 8080))},
				Egress:  []GroupRule{open("0.0.0.0/0", packet.AnyTraffic())},
			},
			{
				ID: "sg-db", VPC: "vpc-shop",
				Ingress: []GroupRule{{Traffic: packet.TCP(5432, 5432), Groups: []string{"sg-web"}}},
			},
		},
		Interfaces: []Interface{
			{
				ID: "eni-web", Subnet: "subnet-public", Groups: []string{"sg-web"},
				Addresses: []netip.Addr{addr("10.0.1.10")},
				Public:    []PublicAddress{{addr("54.1.2.3"), addr("10.0.1.10"), "eipalloc-1"}},
			},
			{ID: "eni-db", Subnet: "subnet-private", Groups: []string{"sg-db"}, Addresses: []netip.Addr{addr("10.0.2.20")}},
		},
	}
}

// told is the answer in words: the verdict, what arrives and from whom, what answers, what stands in the way.
func told(answer Answer) string {
	words := []string{string(answer.Verdict)}
	anyone := answer.Anyone()
	for _, service := range answer.Exposures() {
		who := service.Sources.String()
		if slices.ContainsFunc(anyone, func(traffic packet.Traffic) bool { return traffic.String() == service.Traffic.String() }) {
			who = "anyone"
		}
		words = append(words, fmt.Sprintf("%s from %s", service.Traffic, who))
	}
	for _, step := range answer.Blocks {
		words = append(words, "blocked by "+step.String())
	}
	for _, missing := range answer.Missing {
		words = append(words, "missing "+missing)
	}
	return strings.Join(words, "\n")
}

// semantic is one rule of the provider: a change to the shop and what the answer then says.
type semantic struct {
	name   string
	change func(*World)
	want   string // told, whole
}

func check(t *testing.T, cases []semantic, ask func(*Network) Answer) {
	t.Helper()
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			world := shop()
			if test.change != nil {
				test.change(&world)
			}
			answer := ask(New(world))
			if got := told(answer); got != test.want {
				t.Errorf("got:\n%s\nwant:\n%s\nthrough: %v", got, test.want, answer.Through)
			}
			consistent(t, answer)
		})
	}
}

// consistent holds for every answer.
func consistent(t *testing.T, answer Answer) {
	t.Helper()
	if !answer.Answered.Minus(answer.Proven).IsEmpty() || !answer.Proven.Minus(answer.Possible).IsEmpty() {
		t.Errorf("answered %v within proven %v within possible %v does not hold", answer.Answered, answer.Proven, answer.Possible)
	}
	switch answer.Verdict {
	case Reached:
		if answer.Proven.IsEmpty() || len(answer.Blocks) > 0 {
			t.Errorf("reached by %v with blocks %v", answer.Proven, answer.Blocks)
		}
	case Blocked:
		if !answer.Possible.IsEmpty() || len(answer.Blocks) == 0 || len(answer.Missing) > 0 {
			t.Errorf("blocked with %v, %v, %v", answer.Possible, answer.Blocks, answer.Missing)
		}
	case Unknown:
		if !answer.Proven.IsEmpty() || len(answer.Missing) == 0 {
			t.Errorf("unknown with %v and nothing missing", answer.Proven)
		}
	}
}
