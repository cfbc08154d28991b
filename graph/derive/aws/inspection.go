package aws

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/packet"
	"github.com/inroad-security/inroad/internal/packet/awsnet"
)

// addFirewalls adds the Network Firewalls. One whose policy was not collected decides nothing that is known.
func (estate *estate) addFirewalls(of func(vpc string) *network) {
	for _, firewall := range estate.seen(kinds.AWSFirewall) {
		vpc := firewall.Props.Text("vpc")
		if vpc == "" {
			continue
		}
		read := awsnet.Firewall{ID: last(string(firewall.ID)), StatelessDefault: awsnet.FirewallOpaque, StatefulDefault: awsnet.FirewallOpaque}
		for _, text := range firewall.Props.List("endpoints") {
			endpoint, subnet, _ := strings.Cut(text, " ")
			read.Endpoints = append(read.Endpoints, awsnet.FirewallEndpoint{ID: endpoint, Subnet: subnet})
		}
		if policy, known := estate.find(graph.ID(firewall.Props.Text("policy"))); known && policy.known() {
			estate.readPolicy(&read, policy, estate.homeNet(vpc))
		}
		network := of(vpc)
		network.names[read.ID] = firewall.ID
		network.world.Firewalls = append(network.world.Firewalls, read)
	}
}

// homeNet are the variables that every rule group has: HOME_NET is what the firewall's VPC has for addresses, and EXTERNAL_NET all others,
// where the policy or the group does not say otherwise ("Stateful rule groups", rule variables,
// https://docs.aws.amazon.com/network-firewall/latest/developerguide/stateful-rule-groups-suricata.html).
func (estate *estate) homeNet(vpc string) map[string][]string {
	variables := map[string][]string{"$EXTERNAL_NET": {"!$HOME_NET"}}
	if held, known := estate.find(graph.ID(vpc)); known && len(held.Props.List("cidrs")) > 0 {
		variables["$HOME_NET"] = held.Props.List("cidrs")
	}
	return variables
}

// readPolicy reads a policy's rules in the order in which they are asked. In strict order that is the order of groups and
// rules, else pass before drop before reject, and what no rule matches passes ("Evaluation order for stateful rule groups",
// https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-rule-evaluation-order.html).
func (estate *estate) readPolicy(read *awsnet.Firewall, policy *node, variables map[string][]string) {
	overlay(variables, policy.Props.List("variables"))
	read.StatelessDefault = statelessAction(policy.Props.List("stateless_default"))
	for _, group := range estate.ruleGroups(policy.Props.List("stateless_groups")) {
		read.Stateless = append(read.Stateless, statelessRules(group)...)
	}
	strict := policy.Props.Text("rule_order") == "STRICT_ORDER"
	for _, group := range estate.ruleGroups(policy.Props.List("stateful_groups")) {
		read.Stateful = append(read.Stateful, statefulRules(group, variables)...)
	}
	if policy.Props.Flag("overridden") {
		for i := range read.Stateful {
			read.Stateful[i].Action = awsnet.FirewallOpaque
		}
	}
	read.StatefulDefault = awsnet.FirewallPass
	if strict {
		for _, action := range policy.Props.List("stateful_default") {
			switch action {
			case "aws:drop_strict":
				read.StatefulDefault = awsnet.FirewallDrop
			case "aws:drop_established", "aws:drop_established_app_layer":
				read.StatefulDefault = awsnet.FirewallOpaque // a connection opens, and what it then carries decides
			}
		}
		return
	}
	rank := map[awsnet.FirewallAction]int{awsnet.FirewallOpaque: 0, awsnet.FirewallPass: 1, awsnet.FirewallDrop: 2}
	slices.SortStableFunc(read.Stateful, func(a, b awsnet.FirewallRule) int { return cmp.Compare(rank[a.Action], rank[b.Action]) })
}

// ruleGroups gives the groups that "priority ARN" name, in order; one that was not collected has nothing in it.
func (estate *estate) ruleGroups(references []string) []*node {
	var groups []*node
	for _, text := range references {
		_, name, _ := strings.Cut(text, " ")
		group, known := estate.find(graph.ID(name))
		if !known {
			group = &node{Node: graph.Node{ID: graph.ID(name)}}
		}
		groups = append(groups, group)
	}
	return groups
}

// unreadRule stands for all rules of a group that are not known.
func unreadRule(group *node) awsnet.FirewallRule {
	return awsnet.FirewallRule{
		Box:    packet.Box{Src: packet.AnyAddr(), Dst: packet.AnyAddr(), Traffic: packet.AnyTraffic()},
		Action: awsnet.FirewallOpaque, Words: "rules of " + string(group.ID),
	}
}

func statelessAction(actions []string) awsnet.FirewallAction {
	for _, action := range actions {
		switch action {
		case "aws:pass":
			return awsnet.FirewallPass
		case "aws:drop":
			return awsnet.FirewallDrop
		case "aws:forward_to_sfe":
			return awsnet.FirewallForward
		}
	}
	return awsnet.FirewallOpaque
}

// statelessRule is an element of DescribeRuleGroup's StatelessRules.
type statelessRule struct {
	Priority       int
	RuleDefinition struct {
		Actions         []string
		MatchAttributes struct {
			Sources, Destinations         []struct{ AddressDefinition string }
			SourcePorts, DestinationPorts []struct{ FromPort, ToPort int }
			Protocols                     []int
			TCPFlags                      []json.RawMessage
		}
	}
}

func statelessRules(group *node) []awsnet.FirewallRule {
	if !group.Props.Has("rules") {
		return []awsnet.FirewallRule{unreadRule(group)}
	}
	var parsed []statelessRule
	for _, text := range group.Props.List("rules") {
		var rule statelessRule
		if json.Unmarshal([]byte(text), &rule) == nil {
			parsed = append(parsed, rule)
		}
	}
	slices.SortStableFunc(parsed, func(a, b statelessRule) int { return cmp.Compare(a.Priority, b.Priority) })
	var rules []awsnet.FirewallRule
	for _, rule := range parsed {
		match, action := rule.RuleDefinition.MatchAttributes, statelessAction(rule.RuleDefinition.Actions)
		if len(match.TCPFlags) > 0 {
			action = awsnet.FirewallOpaque // flags tell packets of one connection apart
		}
		words := fmt.Sprintf("%s rule %d: %s", last(string(group.ID)), rule.Priority, strings.Join(rule.RuleDefinition.Actions, " "))
		addressed := func(list []struct{ AddressDefinition string }) packet.Addrs {
			var texts []string
			for _, one := range list {
				texts = append(texts, one.AddressDefinition)
			}
			all, _ := written(texts, nil)
			return all
		}
		for _, protocol := range or(match.Protocols, -1) {
			for _, from := range or(match.SourcePorts, struct{ FromPort, ToPort int }{0, 65535}) {
				for _, to := range or(match.DestinationPorts, struct{ FromPort, ToPort int }{0, 65535}) {
					traffic := packet.Protocol(protocol)
					switch protocol {
					case packet.ProtocolTCP:
						traffic = packet.TCP(to.FromPort, to.ToPort).FromPorts(from.FromPort, from.ToPort)
					case packet.ProtocolUDP:
						traffic = packet.UDP(to.FromPort, to.ToPort).FromPorts(from.FromPort, from.ToPort)
					}
					rules = append(rules, awsnet.FirewallRule{
						Box: packet.Box{Src: addressed(match.Sources), Dst: addressed(match.Destinations), Traffic: traffic}, Action: action, Words: words,
					})
				}
			}
		}
	}
	return rules
}

// or gives the list, or where it is empty the one that means all.
func or[T any](list []T, all T) []T {
	if len(list) == 0 {
		return []T{all}
	}
	return list
}

// statefulRule is an element of DescribeRuleGroup's StatefulRules.
type statefulRule struct {
	Action string
	Header struct{ Protocol, Source, SourcePort, Direction, Destination, DestinationPort string }

	RuleOptions []ruleOption
}

type ruleOption struct {
	Keyword  string
	Settings []string
}

// harmless are the options of a rule that do not decide which packets it matches. Which way a connection goes is in the header already.
func (option ruleOption) harmless() bool {
	switch option.Keyword {
	case "sid", "msg", "rev", "gid", "classtype", "priority", "reference", "metadata", "noalert":
		return true
	case "flow":
		return len(option.Settings) == 1 && option.Settings[0] == "to_server"
	}
	return false
}

// statefulRules reads a group's rules, in either form. A line in Suricata's language that cannot be read may decide anything.
func statefulRules(group *node, variables map[string][]string) []awsnet.FirewallRule {
	if !group.Props.Has("rules") && !group.Props.Has("suricata") || group.Props.Flag("opaque") {
		return []awsnet.FirewallRule{unreadRule(group)}
	}
	own := maps.Clone(variables)
	overlay(own, group.Props.List("variables"))
	var rules []awsnet.FirewallRule
	for _, text := range group.Props.List("rules") {
		var rule statefulRule
		if json.Unmarshal([]byte(text), &rule) == nil {
			rules = append(rules, rule.read(group, own)...)
		}
	}
	for _, line := range group.Props.List("suricata") {
		if rule, ok := suricata(line); ok {
			rules = append(rules, rule.read(group, own)...)
		} else {
			rules = append(rules, unreadRule(group))
		}
	}
	return rules
}

// overlay puts variables, each name=value, in the place of others of those names.
func overlay(variables map[string][]string, texts []string) {
	fresh := map[string][]string{}
	for _, text := range texts {
		name, value, _ := strings.Cut(text, "=")
		fresh["$"+name] = append(fresh["$"+name], value)
	}
	maps.Copy(variables, fresh)
}

// read gives what a rule does to packets by their headers; one that looks into them, or cannot be read, is opaque where it may match.
func (rule statefulRule) read(group *node, variables map[string][]string) []awsnet.FirewallRule {
	action := map[string]awsnet.FirewallAction{"PASS": awsnet.FirewallPass, "DROP": awsnet.FirewallDrop, "REJECT": awsnet.FirewallDrop}[rule.Action]
	if action == "" {
		return nil // an alert decides nothing
	}
	traffics, known := rule.traffics(variables)
	source, readSource := written([]string{rule.Header.Source}, variables)
	destination, readDestination := written([]string{rule.Header.Destination}, variables)
	if slices.ContainsFunc(rule.RuleOptions, func(option ruleOption) bool { return !option.harmless() }) || !known {
		action = awsnet.FirewallOpaque
	}
	if !readSource || !readDestination {
		action, source, destination = awsnet.FirewallOpaque, packet.AnyAddr(), packet.AnyAddr()
	}
	var rules []awsnet.FirewallRule
	for _, traffic := range traffics {
		rules = append(rules, awsnet.FirewallRule{
			Box: packet.Box{Src: source, Dst: destination, Traffic: traffic}, Both: rule.Header.Direction == "ANY", Action: action,
			Words: fmt.Sprintf("%s: %s %s %s:%s to %s:%s", last(string(group.ID)), rule.Action, rule.Header.Protocol,
				rule.Header.Source, rule.Header.SourcePort, rule.Header.Destination, rule.Header.DestinationPort),
		})
	}
	return rules
}

// traffics reads protocol and ports; a protocol above TCP or UDP is known only by looking into packets.
func (rule statefulRule) traffics(variables map[string][]string) (traffics []packet.Traffic, known bool) {
	from, okFrom := portRanges(rule.Header.SourcePort, variables, deepest)
	to, okTo := portRanges(rule.Header.DestinationPort, variables, deepest)
	if !okFrom || !okTo {
		return []packet.Traffic{packet.AnyTraffic()}, false
	}
	anywhere := [][2]int{{0, 65535}}
	switch rule.Header.Protocol {
	case "TCP", "UDP":
		for _, source := range from {
			for _, destination := range to {
				traffic := packet.TCP(destination[0], destination[1])
				if rule.Header.Protocol == "UDP" {
					traffic = packet.UDP(destination[0], destination[1])
				}
				traffics = append(traffics, traffic.FromPorts(source[0], source[1]))
			}
		}
		return traffics, true
	case "ICMP":
		return []packet.Traffic{packet.ICMP(-1, -1)}, true
	case "IP":
		return []packet.Traffic{packet.AnyTraffic()}, slices.Equal(from, anywhere) && slices.Equal(to, anywhere)
	}
	return []packet.Traffic{packet.AnyTraffic()}, false
}
