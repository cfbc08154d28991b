package awsnet

import (
	"slices"
	"strings"

	"github.com/inroad-security/inroad/internal/packet"
)

// party is the other end, as security groups see it: a reference to a group means the private addresses of the
// interfaces in it ("Security group rules",
// https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html), so the internet is in no group.
type party struct {
	groups    []string
	addresses packet.Addrs
}

// allowance is one rule of one group, as a box.
type allowance struct {
	group, words string
	set          packet.Set
}

// grouped is the stage of an interface's security groups. Rules only allow, and those of all groups add up; answers
// pass whatever the rules of the other direction say ("Control traffic to your AWS resources using security groups",
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html).
func (network *Network) grouped(eni Interface, way direction, other party) stage {
	if len(eni.Groups) == 0 {
		return stage{
			sure: everything, maybe: everything,
			explain: func(packet.Set) []Step {
				return []Step{{NetworkInterface, eni.ID, nil, "has no security group: nothing filters at the interface"}}
			},
			refuse: func(packet.Set) Step { return Step{} },
		}
	}
	ids := slices.Clone(eni.Groups)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	var sure, maybe []packet.Box
	var allowances []allowance
	var missing []string
	for _, id := range ids {
		group, found := network.groups[id]
		if !found {
			missing = append(missing, "security group "+id)
			maybe = append(maybe, packet.Box{Src: packet.AnyAddr(), Dst: packet.AnyAddr(), Traffic: packet.AnyTraffic()})
			continue
		}
		rules := group.Ingress
		if way == outbound {
			rules = group.Egress
		}
		for _, rule := range rules {
			peers, absent := network.peers(rule, other)
			box := peersBox(peers, rule.Traffic, way)
			sure = append(sure, box)
			allowances = append(allowances, allowance{id, rule.in(way), packet.AllowList(box)})
			if len(absent) > 0 {
				missing = append(missing, absent...)
				maybe = append(maybe, peersBox(packet.AnyAddr(), rule.Traffic, way))
			}
		}
	}
	certain := packet.AllowList(sure...)
	possible := certain
	if len(maybe) > 0 {
		possible = packet.AllowList(append(maybe, sure...)...)
	}
	return stage{
		sure: certain, maybe: possible, missing: missing,
		explain: func(passed packet.Set) []Step { return explainGroups(ids, allowances, way, passed) },
		refuse: func(packet.Set) Step {
			return Step{Kind: Group, ID: strings.Join(ids, " "), Detail: "no " + string(way) + " rule allows it"}
		},
	}
}

func peersBox(peers packet.Addrs, traffic packet.Traffic, way direction) packet.Box {
	if way == outbound {
		return packet.Box{Src: packet.AnyAddr(), Dst: peers, Traffic: traffic}
	}
	return packet.Box{Src: peers, Dst: packet.AnyAddr(), Traffic: traffic}
}

// peers are the addresses a rule speaks of, and the prefix lists that are absent.
func (network *Network) peers(rule GroupRule, other party) (peers packet.Addrs, absent []string) {
	peers = packet.Prefixes(rule.CIDRs...)
	for _, id := range rule.PrefixLists {
		list, found := network.lists[id]
		if !found {
			absent = append(absent, "prefix list "+id)
		}
		peers = peers.Union(packet.Prefixes(list.Entries...))
	}
	for _, id := range rule.Groups {
		if slices.Contains(other.groups, id) {
			peers = peers.Union(other.addresses)
			break
		}
	}
	return peers, absent
}

func explainGroups(ids []string, allowances []allowance, way direction, passed packet.Set) []Step {
	var steps []Step
	for _, id := range ids {
		step := Step{Kind: Group, ID: id, Detail: "allows " + string(way) + " packets"}
		for _, allowance := range allowances {
			if allowance.group == id && !allowance.set.Intersect(passed).IsEmpty() {
				step.Rules = append(step.Rules, allowance.words)
			}
		}
		if len(step.Rules) > 0 {
			steps = append(steps, step)
		}
	}
	return steps
}

func (rule GroupRule) in(way direction) string {
	words := []string{string(way)}
	if rule.ID != "" {
		words = append(words, rule.ID)
	}
	words = append(words, rule.Traffic.String())
	for _, prefix := range rule.CIDRs {
		words = append(words, prefix.String())
	}
	words = append(words, rule.PrefixLists...)
	words = append(words, rule.Groups...)
	return strings.Join(words, " ")
}
