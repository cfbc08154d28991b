package awsnet

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/inroad-security/inroad/internal/packet"
)

// direction is of packets as seen from the filtering subnet or interface.
type direction string

const (
	inbound  direction = "inbound"
	outbound direction = "outbound"
)

// filter is a network ACL in one direction, compiled for packets and for packets whose answers it lets pass.
type filter struct {
	rules     []NACLRule
	direction direction
	packets   packet.Decisions
	places    []int // index of the rule for each compiled one
	allowed   packet.Set
}

// naclOf is the network ACL in force on a subnet: the one associated with it, else the VPC's default one ("Network ACL
// basics", https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html).
func (network *Network) naclOf(subnet Subnet) (nacl NACL, missing string) {
	if nacl, explicit := network.explicitNACL[subnet.ID]; explicit {
		return nacl, ""
	}
	if nacl, found := network.defaultNACL[subnet.VPC]; found && !network.partial[NACLs] {
		return nacl, ""
	}
	return NACL{}, "network ACL of subnet " + subnet.ID
}

// compileNACL orders the rules by number, the first match decides, and the rest is denied ("Network ACL rules",
// https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html). An ACL keeps no state, so answers are subject to
// the rules of the other direction: for answers the compiled set is that of the packets that are answered.
func compileNACL(nacl NACL, way direction, answers bool) filter {
	compiled := filter{rules: slices.Clone(nacl.Inbound), direction: way}
	if way == outbound {
		compiled.rules = slices.Clone(nacl.Outbound)
	}
	slices.SortStableFunc(compiled.rules, func(a, b NACLRule) int { return cmp.Compare(a.Number, b.Number) })
	var rules []packet.Rule
	for place, rule := range compiled.rules {
		peer, traffics := packet.Prefixes(rule.CIDR), []packet.Traffic{rule.Traffic}
		if answers {
			traffics = rule.Traffic.Answered()
		}
		for _, traffic := range traffics {
			box := packet.Box{Src: peer, Dst: packet.AnyAddr(), Traffic: traffic}
			if (way == outbound) != answers {
				box.Src, box.Dst = packet.AnyAddr(), peer
			}
			rules = append(rules, packet.Rule{Box: box, Allow: rule.Allow})
			compiled.places = append(compiled.places, place)
		}
	}
	compiled.packets = packet.FirstMatch(rules...)
	compiled.allowed = compiled.packets.Allowed()
	return compiled
}

// deciding are the rules that decide packets of the set, as configured.
func (filter filter) deciding(set packet.Set) []string {
	compiled, unmatched := filter.packets.Deciding(set)
	var words []string
	before := -1
	for _, rule := range compiled {
		if place := filter.places[rule]; place != before {
			before = place
			words = append(words, filter.rules[place].in(filter.direction))
		}
	}
	if unmatched {
		words = append(words, string(filter.direction)+" * deny")
	}
	return words
}

func (rule NACLRule) in(way direction) string {
	verb := "deny"
	if rule.Allow {
		verb = "allow"
	}
	return fmt.Sprintf("%s %d %s %s %s", way, rule.Number, verb, rule.Traffic, rule.CIDR)
}

// acl is the stage of a subnet's network ACL for packets, or for answers.
func (network *Network) acl(subnet Subnet, way direction, answers bool) stage {
	nacl, missing := network.naclOf(subnet)
	if missing != "" {
		return absent(stage{last: true, returns: answers}, missing)
	}
	key := fmt.Sprint(nacl.ID, " ", way, answers)
	compiled := remembered(network, network.filters, key, func() filter { return compileNACL(nacl, way, answers) })
	what, sure := "packets", compiled.allowed
	var unsure []string
	if answers {
		what = "answers"
		sure = ordinary(compiled.allowed)
		unsure = []string{"whether a client sends from a port below 1024, the only ones to which " + nacl.ID + " lets answers pass"}
	}
	return stage{
		sure: sure, maybe: compiled.allowed, missing: unsure, last: true, returns: answers,
		explain: func(passed packet.Set) []Step {
			if answers {
				passed = passed.Intersect(compiled.allowed)
			}
			if passed.IsEmpty() {
				return nil
			}
			return []Step{{NetworkACL, nacl.ID, compiled.deciding(passed), "lets " + what + " pass"}}
		},
		refuse: func(stopped packet.Set) Step {
			return Step{NetworkACL, nacl.ID, compiled.deciding(stopped), "denies " + what}
		},
	}
}

// ordinary drops the TCP packets of those sources to which no answer passes on an ephemeral port. Clients choose theirs within
// 1024-65535 ("Ephemeral ports", https://docs.aws.amazon.com/vpc/latest/userguide/nacl-ephemeral-ports.html); one that sends from a port below is
// possible, not proven.
func ordinary(answered packet.Set) packet.Set {
	ephemeral := packet.Of(packet.AnyAddr(), packet.AnyAddr(), packet.TCP(0, 65535).FromPorts(1024, 65535))
	clients := answered.Intersect(ephemeral).Sources()
	return answered.Intersect(from(clients).Union(notTCP))
}

// absent turns a stage into one of which nothing is known.
func absent(stage stage, missing ...string) stage {
	stage.sure, stage.maybe, stage.missing = packet.Set{}, everything, missing
	stage.explain = func(packet.Set) []Step { return nil }
	stage.refuse = func(packet.Set) Step { return Step{} }
	return stage
}
