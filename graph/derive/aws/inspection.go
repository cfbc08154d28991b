package aws

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
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
			estate.readPolicy(&read, policy)
		}
		network := of(vpc)
		network.names[read.ID] = firewall.ID
		network.world.Firewalls = append(network.world.Firewalls, read)
	}
}

// readPolicy reads a policy's rules in the order in which they are asked. In strict order that is the order of groups and
// rules, else pass before drop before reject, and what no rule matches passes ("Evaluation order for stateful rule groups",
// https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-rule-evaluation-order.html).
func (estate *estate) readPolicy(read *awsnet.Firewall, policy *node) {
	read.StatelessDefault = statelessAction(policy.Props.List("stateless_default"))
	for _, group := range estate.ruleGroups(policy.Props.List("stateless_groups")) {
		read.Stateless = append(read.Stateless, statelessRules(group)...)
	}
	strict := policy.Props.Text("rule_order") == "STRICT_ORDER"
	for _, group := range estate.ruleGroups(policy.Props.List("stateful_groups")) {
		read.Stateful = append(read.Stateful, statefulRules(group)...)
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
			return written(texts, nil)
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

	RuleOptions []struct{ Keyword string }
}

// harmless are the options of a rule that do not decide which packets it matches.
var harmless = []string{"sid", "msg", "rev", "gid", "classtype", "priority", "reference", "metadata"}

func statefulRules(group *node) []awsnet.FirewallRule {
	if !group.Props.Has("rules") || group.Props.Flag("opaque") {
		return []awsnet.FirewallRule{unreadRule(group)}
	}
	variables := map[string][]string{}
	for _, text := range group.Props.List("variables") {
		name, value, _ := strings.Cut(text, "=")
		variables["$"+name] = append(variables["$"+name], value)
	}
	var rules []awsnet.FirewallRule
	for _, text := range group.Props.List("rules") {
		var rule statefulRule
		if json.Unmarshal([]byte(text), &rule) != nil {
			continue
		}
		action := map[string]awsnet.FirewallAction{"PASS": awsnet.FirewallPass, "DROP": awsnet.FirewallDrop, "REJECT": awsnet.FirewallDrop}[rule.Action]
		if action == "" {
			continue // an alert decides nothing
		}
		traffic, known := headerTraffic(rule, variables)
		looks := slices.ContainsFunc(rule.RuleOptions, func(option struct{ Keyword string }) bool { return !slices.Contains(harmless, option.Keyword) })
		source, destination := written([]string{rule.Header.Source}, variables), written([]string{rule.Header.Destination}, variables)
		if looks || !known || source.IsEmpty() || destination.IsEmpty() {
			action = awsnet.FirewallOpaque
		}
		if source.IsEmpty() || destination.IsEmpty() {
			source, destination = packet.AnyAddr(), packet.AnyAddr()
		}
		rules = append(rules, awsnet.FirewallRule{
			Box: packet.Box{Src: source, Dst: destination, Traffic: traffic}, Both: rule.Header.Direction == "ANY", Action: action,
			Words: fmt.Sprintf("%s: %s %s %s:%s to %s:%s", last(string(group.ID)), rule.Action, rule.Header.Protocol,
				rule.Header.Source, rule.Header.SourcePort, rule.Header.Destination, rule.Header.DestinationPort),
		})
	}
	return rules
}

// headerTraffic reads protocol and ports; a protocol above TCP or UDP is known only by looking into packets.
func headerTraffic(rule statefulRule, variables map[string][]string) (traffic packet.Traffic, known bool) {
	from, okFrom := portRange(rule.Header.SourcePort, variables)
	to, okTo := portRange(rule.Header.DestinationPort, variables)
	switch rule.Header.Protocol {
	case "TCP":
		return packet.TCP(to[0], to[1]).FromPorts(from[0], from[1]), okFrom && okTo
	case "UDP":
		return packet.UDP(to[0], to[1]).FromPorts(from[0], from[1]), okFrom && okTo
	case "ICMP":
		return packet.ICMP(-1, -1), true
	case "IP":
		return packet.AnyTraffic(), to == [2]int{0, 65535} && from == [2]int{0, 65535}
	}
	return packet.TCP(to[0], to[1]), false
}

// portRange reads a port, "first:last", or ANY. Lists and what is not readable are every port, and not known.
func portRange(text string, variables map[string][]string) (ports [2]int, known bool) {
	if values := variables[text]; len(values) == 1 {
		text = values[0]
	}
	if strings.EqualFold(text, "any") {
		return [2]int{0, 65535}, true
	}
	first, last, several := strings.Cut(text, ":")
	low, err := strconv.Atoi(first)
	high := low
	if several && err == nil {
		high, err = strconv.Atoi(last)
	}
	if err != nil {
		return [2]int{0, 65535}, false
	}
	return [2]int{low, high}, true
}

// written reads addresses as firewall rules write them; empty where one is not readable. No list at all is every address.
func written(texts []string, variables map[string][]string) packet.Addrs {
	if len(texts) == 0 {
		return packet.AnyAddr()
	}
	var all packet.Addrs
	for _, text := range texts {
		if values, named := variables[text]; named {
			all = all.Union(written(values, nil))
			continue
		}
		if strings.EqualFold(text, "any") {
			return packet.AnyAddr()
		}
		text = strings.Trim(text, "[]")
		prefix, err := netip.ParsePrefix(text)
		if one, alone := netip.ParseAddr(text); alone == nil {
			prefix, err = netip.PrefixFrom(one, one.BitLen()), nil
		}
		if err != nil {
			return packet.Addrs{}
		}
		all = all.Union(packet.Prefixes(prefix))
	}
	return all
}
