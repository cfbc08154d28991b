package aws

import (
	"slices"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/packet"
	"github.com/inroad-security/inroad/internal/packet/awsnet"
)

// What a rule in Suricata's language does to one packet: pass, drop, opaque, or nothing where it does not match.
func TestRulesInSuricatasLanguage(t *testing.T) {
	variables := map[string][]string{"$HOME_NET": {"10.0.0.0/16"}, "$EXTERNAL_NET": {"!$HOME_NET"}, "$WEB": {"80", "443"}}
	web := packet.Packet{Src: prefix("10.0.1.5/32").Addr(), Dst: prefix("54.1.1.1/32").Addr(), Protocol: packet.ProtocolTCP, SrcPort: 40000, DstPort: 443}
	for _, test := range []struct {
		rule string
		want awsnet.FirewallAction
	}{
		{`pass tcp $HOME_NET any -> $EXTERNAL_NET 443 (msg:"out; to the web"; sid:1; rev:1;)`, awsnet.FirewallPass},
		{`pass tcp $HOME_NET any -> $EXTERNAL_NET $WEB (sid:2;)`, awsnet.FirewallPass},
		{`drop tcp any any -> any [80, 440:450] (sid:3;)`, awsnet.FirewallDrop},
		{`reject tcp any 1024: -> any :443 (sid:4;)`, awsnet.FirewallDrop},
		{`drop ip any any <> any any (sid:5;)`, awsnet.FirewallDrop},
		{`drop tcp [10.0.0.0/16,!10.0.1.0/24] any -> any any (sid:6;)`, ""},
		{`drop tcp !$HOME_NET any -> any any (sid:7;)`, ""},
		{`pass tcp $EXTERNAL_NET any -> $HOME_NET any (sid:8;)`, ""},
		{`drop udp any any -> any 443 (sid:9;)`, ""},
		{`drop tcp any any -> any 444 (sid:10;)`, ""},
		{`alert tcp any any -> any any (sid:11;)`, ""},
		{`pass tcp any any -> any 443 (flow:to_server; sid:12;)`, awsnet.FirewallPass},
		{`pass tcp any any -> any 443 (flow:established; sid:13;)`, awsnet.FirewallOpaque},
		{`drop tls any any -> any any (tls.sni; content:"evil"; sid:14;)`, awsnet.FirewallOpaque},
		{`drop tcp any any -> any any (content:"a;b"; sid:15;)`, awsnet.FirewallOpaque},
		{`drop tcp $NOWHERE any -> any any (sid:16;)`, awsnet.FirewallOpaque},
		{`drop tcp any $NOWHERE -> any any (sid:17;)`, awsnet.FirewallOpaque},
	} {
		rule, ok := suricata(test.rule)
		if !ok {
			t.Errorf("%s: is no rule", test.rule)
			continue
		}
		group := &node{Node: graph.Node{ID: "arn:aws:network-firewall:eu-west-1:111111111111:stateful-rulegroup/own"}}
		got := awsnet.FirewallAction("")
		for _, one := range rule.read(group, variables) {
			if packet.AllowList(one.Box).Contains(web) {
				got = one.Action
			}
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.rule, got, test.want)
		}
	}
	for _, line := range []string{"", "# pass tcp any any -> any any (sid:1;)", "pass tcp any any -> any (sid:1;)", "pass tcp any any any any any (sid:1;)", "log tcp any any -> any any (sid:1;)", "pass tcp any any -> any any"} {
		if _, ok := suricata(line); ok {
			t.Errorf("%q is taken for a rule", line)
		}
	}
}

// Rules that name themselves end, and no text makes reading fail.
func FuzzSuricata(f *testing.F) {
	for _, line := range []string{`pass tcp $A any -> [1.2.3.4, !$B] [1:2,!3] (msg:"a\";b"; sid:1;)`, "drop ip [[ any <> ]] any any (;)", `alert tls any any -> any any (tls.sni; content:"x"; sid:2;)`} {
		f.Add(line)
	}
	variables := map[string][]string{"$A": {"$B"}, "$B": {"!$A", "$A"}, "$P": {"$P"}}
	f.Fuzz(func(t *testing.T, line string) {
		rule, ok := suricata(line)
		if !ok {
			return
		}
		group := &node{Node: graph.Node{ID: "group"}}
		for _, one := range rule.read(group, variables) {
			if one.Action == "" || !strings.HasPrefix(one.Words, "group: ") {
				t.Errorf("%q: %+v", line, one)
			}
		}
	})
}

// HOME_NET is the firewall's VPC where neither the policy nor the group says otherwise, and the group has the last word.
func TestHomeNet(t *testing.T) {
	vpc := ec2("vpc", "vpc-1")
	for _, test := range []struct {
		policy, group []string
		want          string
	}{
		{nil, nil, "10.9.0.0/16"},
		{[]string{"HOME_NET=10.8.0.0/16"}, nil, "10.8.0.0/16"},
		{[]string{"HOME_NET=10.8.0.0/16"}, []string{"HOME_NET=10.7.0.0/16"}, "10.7.0.0/16"},
	} {
		world := newWorld(t)
		world.add(vpc, kinds.AWSVPC, graph.Props{"cidrs": []string{"10.9.0.0/16"}})
		world.add("firewall", kinds.AWSFirewall, graph.Props{"vpc": string(vpc), "policy": "policy", "endpoints": []string{"vpce-1 subnet-1"}})
		world.add("policy", kinds.AWSFirewallPolicy, graph.Props{
			"stateless_default": []string{"aws:forward_to_sfe"}, "stateful_groups": []string{"1 group"}, "rule_order": "STRICT_ORDER", "stateful_default": []string{"aws:drop_strict"}, "variables": test.policy,
		})
		world.add("group", kinds.AWSFirewallRuleGroup, graph.Props{"type": "STATEFUL", "variables": test.group, "suricata": []string{
			`pass tcp $HOME_NET any -> $EXTERNAL_NET 443 (sid:1;)`, `pass udp $EXTERNAL_NET any -> $HOME_NET 53 (sid:2;)`,
		}})
		networks := NewAuthorizer(world.snapshot(), asOf).estate.networks()
		rules := networks.of(string(vpc)).world.Firewalls[0].Stateful
		if len(rules) != 2 || rules[0].Box.Src.String() != test.want || rules[1].Box.Dst.String() != test.want || rules[1].Box.Src.Contains(prefix(test.want).Addr()) {
			t.Errorf("%v %v: %v, want HOME_NET %s", test.policy, test.group, rules, test.want)
		}
		if slices.ContainsFunc(rules, func(rule awsnet.FirewallRule) bool { return rule.Action != awsnet.FirewallPass }) {
			t.Errorf("%v", rules)
		}
	}
}
