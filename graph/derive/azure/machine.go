package azure

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/packet"
)

// machines derives the machines that the internet reaches at a public address: what the security groups of the subnet and of
// the interface both let in.
//
// "How network security groups filter network traffic": https://learn.microsoft.com/azure/virtual-network/network-security-group-how-it-works
// "Public IP addresses: at a glance" (a Standard one is closed until a group opens it): https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses#sku
func (authorizer *Authorizer) machines() []graph.Edge {
	estate := authorizer.estate
	var edges []graph.Edge
	for _, card := range estate.all(kinds.AzureInterface) {
		machine, known := estate.find(graph.ID(card.Props.Text("machine")))
		if !known || len(card.Props.List("public_ips")) == 0 || off(machine.Props.Text("state")) {
			continue
		}
		found, open := estate.throughGroups(card)
		if len(open) == 0 {
			continue
		}
		found.ports = open.Text()
		edges = append(edges, found.reach(graph.Internet, machine.ID))
		for _, weakness := range []struct {
			technique, needs string
			open             packet.Open
		}{
			{remoteAdmin, "needs a weak credential or a vulnerability in remote administration; no scan of the host was collected", open.Admin()},
			{exposedService, "needs a vulnerability or a weak credential in the service; no scan of the host was collected", open.Others()},
		} {
			if len(weakness.open) > 0 {
				found.ports = weakness.open.Text()
				edges = append(edges, found.exploit(graph.Internet, machine.ID, weakness.technique, weakness.needs))
			}
		}
	}
	return edges
}

// off tells a machine that does not run, as its power state says (https://learn.microsoft.com/azure/virtual-machines/states-billing).
func off(state string) bool {
	return strings.Contains(strings.ToLower(state), "deallocat") || strings.Contains(strings.ToLower(state), "stopped")
}

// throughGroups gives what outsiders get to an interface: any source that both groups let in.
func (estate *estate) throughGroups(card *node) (exposure, packet.Open) {
	found := exposure{evidence: []graph.Evidence{granted(card.ID, "public_ips", "its public address is %s", strings.Join(card.Props.List("public_ips"), ", "))}, cause: setting(card.ID, "public_ips")}
	let := packet.Of(outside(), packet.AnyAddr(), packet.AnyTraffic())
	groups := 0
	for _, holder := range append(estate.subnetsOf(card, &found), card) {
		id := graph.ID(holder.Props.Text("nsg"))
		if id == "" {
			continue
		}
		groups++
		group, known := estate.find(id)
		if !known || !group.Props.Has("rules") {
			found.verdict = found.verdict.And(graph.Unknown)
			found.evidence = append(found.evidence, missing(id, "rules", "the rules of this security group were not collected: collect network/nsg-list"))
			continue
		}
		let = let.Intersect(estate.inbound(group, card, let, &found))
	}
	if groups == 0 {
		estate.ungrouped(card, &found, &let)
	}
	var open packet.Open
	for _, service := range let.Services() {
		if anyone(service.Sources) {
			open = append(open, service.Traffic)
		}
	}
	return found, open
}

// subnetsOf gives the subnets of an interface; one that was not collected may have a group of its own.
func (estate *estate) subnetsOf(card *node, found *exposure) []*node {
	var subnets []*node
	for _, id := range card.Props.List("subnets") {
		if subnet, known := estate.find(graph.ID(id)); known && subnet.Props.Has("network") {
			subnets = append(subnets, subnet)
		} else {
			found.verdict = found.verdict.And(graph.Unknown)
			found.evidence = append(found.evidence, missing(graph.ID(id), "nsg", "whether a security group is on the subnet was not collected: collect network/vnet-list"))
		}
	}
	return subnets
}

// ungrouped judges an address behind no security group: a Standard one is closed, a Basic one open.
func (estate *estate) ungrouped(card *node, found *exposure, let *packet.Set) {
	for _, id := range card.Props.List("public_ips") {
		address, known := estate.find(graph.ID(id))
		switch {
		case known && strings.EqualFold(address.Props.Text("sku"), "Basic"):
			found.evidence = append(found.evidence, granted(address.ID, "sku", "no security group is on the interface or its subnet, and a Basic address is open without one"))
			return
		case !known || !address.Props.Has("sku"):
			found.verdict = found.verdict.And(graph.Possible)
			found.evidence = append(found.evidence, missing(graph.ID(id), "sku", "no security group is on the interface or its subnet; the address is open if it is a Basic one: collect network/public-ip-list"))
			return
		}
	}
	*let = packet.Set{}
}

// securityRule is one rule of a security group (https://learn.microsoft.com/rest/api/virtualnetwork/security-rules/get#securityrule).
type securityRule struct {
	Name, Access, Direction, Protocol                                        string
	Priority                                                                 int64
	SourceAddressPrefix, DestinationAddressPrefix, DestinationPortRange      string
	SourceAddressPrefixes, DestinationAddressPrefixes, DestinationPortRanges []string
	SourceApplicationSecurityGroups, DestinationApplicationSecurityGroups    []struct{ ID string }
}

// inbound gives what the rules of a group let in to an interface, of what came so far, the lowest priority number first. The rules that every group
// has let in what is in the virtual network and the platform's load balancer, and then nothing
// (https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#default-security-rules).
func (estate *estate) inbound(group, card *node, so packet.Set, found *exposure) packet.Set {
	var rules []packet.Rule
	var written []securityRule
	for _, text := range group.Props.List("rules") {
		var rule securityRule
		if err := json.Unmarshal([]byte(text), &rule); err != nil {
			found.verdict = found.verdict.And(graph.Unknown)
			found.evidence = append(found.evidence, missing(group.ID, "rules", "a rule cannot be read: %v", err))
		} else if strings.EqualFold(rule.Direction, "Inbound") {
			written = append(written, rule)
		}
	}
	slices.SortStableFunc(written, func(a, b securityRule) int { return cmp.Compare(a.Priority, b.Priority) })
	var kept []securityRule
	for _, rule := range written {
		from, tag := rule.from()
		allows := strings.EqualFold(rule.Access, "Allow")
		if tag != "" && allows {
			found.evidence = append(found.evidence, guarded(group.ID, rule.Name, "rule %s lets %s in, which is not any outsider", rule.Name, tag))
		}
		if from.IsEmpty() || !rule.to(card) {
			continue
		}
		for _, traffic := range rule.traffic() {
			rules, kept = append(rules, packet.Rule{Box: packet.Box{Src: from, Dst: packet.AnyAddr(), Traffic: traffic}, Allow: allows}), append(kept, rule)
		}
	}
	decisions := packet.FirstMatch(rules...)
	let := so.Intersect(decisions.Allowed())
	deciding, _ := decisions.Deciding(let)
	for _, at := range deciding {
		piece := granted(group.ID, kept[at].Name, "rule %s (%d) lets %s in to %s", kept[at].Name, kept[at].Priority, cmp.Or(kept[at].SourceAddressPrefix, strings.Join(kept[at].SourceAddressPrefixes, ", ")), packet.Open{rules[at].Traffic}.Text())
		if !slices.Contains(found.evidence, piece) {
			found.evidence = append(found.evidence, piece)
		}
		found.cause = graph.Cause(fmt.Sprintf("rule:%s#%s", group.ID, kept[at].Name))
	}
	return let
}

// from gives the outsiders that a rule speaks of, and what it speaks of that is no outsider: service tags of Azure's own services, other
// parts of the network, application security groups.
//
// "Virtual network service tags": https://learn.microsoft.com/azure/virtual-network/service-tags-overview (as of 2026-11)
func (rule securityRule) from() (packet.Addrs, string) {
	if len(rule.SourceApplicationSecurityGroups) > 0 {
		return packet.Addrs{}, "an application security group"
	}
	var all packet.Addrs
	var inside []string
	for _, prefix := range append(slices.Clone(rule.SourceAddressPrefixes), rule.SourceAddressPrefix) {
		switch {
		case prefix == "":
		case prefix == "*", strings.EqualFold(prefix, "Any"):
			all = packet.AnyAddr()
		case strings.EqualFold(prefix, "Internet"):
			all = all.Union(outside())
		default:
			addresses, odd := addresses(prefix)
			all, inside = all.Union(addresses), append(inside, odd...)
		}
	}
	return all, strings.Join(inside, ", ")
}

// to tells whether a rule speaks of an interface: by an address of its own, by all of the network, or by an application security group that
// it is in. The groups see a packet after its public destination became the private one.
func (rule securityRule) to(card *node) bool {
	if len(rule.DestinationApplicationSecurityGroups) > 0 {
		return slices.ContainsFunc(rule.DestinationApplicationSecurityGroups, func(group struct{ ID string }) bool {
			return slices.Contains(card.Props.List("asgs"), strings.ToLower(group.ID))
		})
	}
	for _, prefix := range append(slices.Clone(rule.DestinationAddressPrefixes), rule.DestinationAddressPrefix) {
		if prefix == "*" || strings.EqualFold(prefix, "Any") || strings.EqualFold(prefix, "VirtualNetwork") {
			return true
		}
		named, _ := addresses(prefix)
		if slices.ContainsFunc(card.Props.List("private_ips"), func(own string) bool {
			address, err := netip.ParseAddr(own)
			return err == nil && named.Contains(address)
		}) {
			return true
		}
	}
	return false
}

// traffic gives the protocol and destination ports of a rule; what cannot be read is nothing.
func (rule securityRule) traffic() []packet.Traffic {
	var protocols []int
	switch strings.ToLower(rule.Protocol) {
	case "*", "any":
		protocols = []int{-1}
	case "tcp":
		protocols = []int{packet.ProtocolTCP}
	case "udp":
		protocols = []int{packet.ProtocolUDP}
	case "icmp":
		return []packet.Traffic{packet.Protocol(packet.ProtocolICMP)}
	default: // Esp and Ah carry nothing that is walked
		return nil
	}
	var found []packet.Traffic
	for _, ports := range append(slices.Clone(rule.DestinationPortRanges), rule.DestinationPortRange) {
		if ports == "*" {
			for _, protocol := range protocols {
				found = append(found, packet.Protocol(protocol))
			}
			continue
		}
		var first, last int
		if n, _ := fmt.Sscanf(ports, "%d-%d", &first, &last); n == 0 {
			continue
		} else if n == 1 {
			last = first
		}
		if protocols[0] != packet.ProtocolUDP {
			found = append(found, packet.TCP(first, last))
		}
		if protocols[0] != packet.ProtocolTCP {
			found = append(found, packet.UDP(first, last))
		}
	}
	return found
}
