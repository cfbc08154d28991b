package awsnet

import (
	"slices"

	"github.com/inroad-security/inroad/internal/packet"
)

// Firewall is a Network Firewall with its rules in the order in which they are asked. Its stateless engine asks first; what it
// forwards, the stateful engine decides ("Stateless and stateful rules engines",
// https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-rules-engines.html).
type Firewall struct {
	ID               string
	Endpoints        []FirewallEndpoint
	Stateless        []FirewallRule
	StatelessDefault FirewallAction
	Stateful         []FirewallRule
	StatefulDefault  FirewallAction
}

// FirewallEndpoint is where routes lead to: a vpce- in a subnet.
type FirewallEndpoint struct{ ID, Subnet string }

// FirewallRule decides the packets of a box. Both matches its answers' direction too. Words say it as evidence does.
type FirewallRule struct {
	Box    packet.Box
	Both   bool
	Action FirewallAction
	Words  string
}

// FirewallAction is what a rule, or the default, does. Opaque is of rules that were not read, or whose conditions look into
// packets: what they decide is not known.
type FirewallAction string

// The actions.
const (
	FirewallPass    FirewallAction = "pass"
	FirewallDrop    FirewallAction = "drop"
	FirewallForward FirewallAction = "forward"
	FirewallOpaque  FirewallAction = "opaque"
)

// passes is what a firewall lets pass, for certain and at most: packets, and packets whose answers pass.
type passes struct{ sure, maybe, answeredSure, answeredMaybe packet.Set }

// inspected sends packets through a firewall and, by the route table of the subnet in which it stands, on.
func (network *Network) inspected(firewall Firewall, endpoint string, answers bool, won packet.Addrs, next func(Subnet) legs) legs {
	at := slices.IndexFunc(firewall.Endpoints, func(one FirewallEndpoint) bool { return one.ID == endpoint })
	subnet, known := network.subnets[firewall.Endpoints[at].Subnet]
	if !known {
		return perhaps(won, "the subnet of "+endpoint)
	}
	all := next(subnet)
	all.filters = append([]stage{network.firewall(firewall, answers).within(onward(won, answers))}, all.filters...)
	all.firewalls = append(all.firewalls, firewall.ID)
	return all
}

// firewall is the stage of a firewall for packets, or for answers.
func (network *Network) firewall(firewall Firewall, answers bool) stage {
	compiled := remembered(network, network.passes, firewall.ID, firewall.compile)
	sure, maybe, what := compiled.sure, compiled.maybe, "packets"
	if answers {
		sure, maybe, what = compiled.answeredSure, compiled.answeredMaybe, "answers"
	}
	rules := func(set packet.Set) []string {
		var words []string
		for _, rule := range slices.Concat(firewall.Stateless, firewall.Stateful) {
			if !set.Intersect(packet.AllowList(rule.boxes()...)).IsEmpty() {
				words = append(words, rule.Words)
			}
		}
		return append(words, "default "+string(firewall.StatelessDefault)+", then "+string(firewall.StatefulDefault))
	}
	return stage{
		sure: sure, maybe: maybe, returns: answers, missing: []string{"what the rules of " + firewall.ID + " that look into packets let pass"},
		explain: func(passed packet.Set) []Step {
			return []Step{{NetworkFirewall, firewall.ID, rules(passed), "lets " + what + " pass"}}
		},
		refuse: func(stopped packet.Set) Step {
			return Step{NetworkFirewall, firewall.ID, rules(stopped), "drops " + what}
		},
	}
}

func (rule FirewallRule) boxes() []packet.Box {
	boxes := []packet.Box{rule.Box}
	if rule.Both {
		boxes = append(boxes, packet.Box{Src: rule.Box.Dst, Dst: rule.Box.Src, Traffic: rule.Box.Traffic})
	}
	return boxes
}

// compile reads both engines. The stateful one passes the answers of what it passed; the stateless one keeps no state, so
// that what it decides by itself it decides for answers by their own addresses and ports.
func (firewall Firewall) compile() passes {
	stateful := decide(firewall.Stateful, firewall.StatefulDefault, false)
	there := decide(firewall.Stateless, firewall.StatelessDefault, false)
	back := decide(firewall.Stateless, firewall.StatelessDefault, true)
	forwarded := there.forward.Intersect(stateful.pass)
	return passes{
		sure:          there.pass.Union(forwarded),
		maybe:         there.pass.Union(there.opaque).Union(forwarded).Union(there.forward.Intersect(stateful.opaque)),
		answeredSure:  back.pass.Union(back.forward),
		answeredMaybe: back.pass.Union(back.forward).Union(back.opaque),
	}
}

// decided is the packets by what a list of rules does with them.
type decided struct{ pass, forward, opaque packet.Set }

// decide reads ordered rules, the first that matches deciding; answered reads them for the answers to packets.
func decide(rules []FirewallRule, otherwise FirewallAction, answered bool) decided {
	var found decided
	left := everything
	take := func(set packet.Set, action FirewallAction) {
		switch action {
		case FirewallPass:
			found.pass = found.pass.Union(set)
		case FirewallForward:
			found.forward = found.forward.Union(set)
		case FirewallOpaque:
			found.opaque = found.opaque.Union(set)
		case FirewallDrop:
		}
	}
	for _, rule := range rules {
		boxes := rule.boxes()
		if answered {
			boxes = replies(boxes)
		}
		matched := left.Intersect(packet.AllowList(boxes...))
		take(matched, rule.Action)
		left = left.Minus(matched)
	}
	take(left, otherwise)
	return found
}

// replies are the packets whose answers are in the boxes.
func replies(boxes []packet.Box) []packet.Box {
	var asked []packet.Box
	for _, box := range boxes {
		for _, traffic := range box.Traffic.Answered() {
			asked = append(asked, packet.Box{Src: box.Dst, Dst: box.Src, Traffic: traffic})
		}
	}
	return asked
}
