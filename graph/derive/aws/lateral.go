package aws

import (
	"fmt"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/packet"
	"github.com/inroad-security/inroad/internal/packet/awsnet"
)

// connections are what a service on a host takes.
var connections = packet.AllowList(
	packet.Box{Src: packet.AnyAddr(), Dst: packet.AnyAddr(), Traffic: packet.TCP(0, 65535)},
	packet.Box{Src: packet.AnyAddr(), Dst: packet.AnyAddr(), Traffic: packet.UDP(0, 65535)},
)

// lateral derives which workloads get to those that have a vulnerability, by their private addresses: what the vulnerability then gives
// is for exploits to say. Interfaces that no rule tells apart are judged once, on both sides. Where a segment holds many vulnerable
// workloads, others send to its entrance, from which all of them are reached, so that s segments and m workloads have s + m edges.
func (authorizer *Authorizer) lateral(networks networks) []graph.Edge {
	affected := authorizer.affected()
	if len(affected) == 0 {
		return nil
	}
	var edges []graph.Edge
	for _, network := range networks.order {
		for _, target := range network.segments() {
			weak := slices.DeleteFunc(slices.Clone(target.owners), func(owner graph.ID) bool { return len(affected[owner]) == 0 })
			if len(weak) == 0 {
				continue
			}
			entrances := map[graph.ID]bool{}
			for _, source := range network.segments() {
				found := network.inward(source, target)
				if found.cause == "" {
					continue
				}
				if len(weak) < foldFrom {
					for _, from := range source.sources() {
						for _, workload := range weak {
							if from != workload {
								edges = append(edges, found.from(from, workload, false)...)
							}
						}
					}
					continue
				}
				entrance := graph.ID(strings.TrimSuffix(string(target.id), "/segment") + "/" + found.open.Text() + "/entrance")
				for _, from := range source.sources() {
					edges = append(edges, graph.Edge{From: from, To: entrance, Kind: kinds.SendsFrom, Verdict: found.verdict, Cause: found.cause, Evidence: found.evidence})
				}
				if !entrances[entrance] {
					entrances[entrance] = true
					edges = append(edges, network.enter(entrance, target, weak, found.open)...)
				}
			}
		}
	}
	return edges
}

// enter says that the workloads of a segment are reached from its entrance.
func (network *network) enter(entrance graph.ID, target segment, workloads []graph.ID, open packet.Open) []graph.Edge {
	card := network.cards[target.member]
	like := fmt.Sprintf("stands in %s in %s; no rule or route tells it from %s", card.Subnet, strings.Join(card.Groups, " "), card.ID)
	var edges []graph.Edge
	for _, workload := range workloads {
		edges = append(edges, exposure{
			open: open, cause: setting(workload, "interfaces"), evidence: []graph.Evidence{granted(workload, "class", "%s", like)},
		}.from(entrance, workload, false)...)
	}
	return edges
}

// inward judges what one of a segment's interfaces sends to one of another's, or to another of its own that something else runs behind.
func (network *network) inward(source, target segment) exposure {
	from, to := source.member, target.member
	if source.id == target.id {
		other := slices.IndexFunc(target.members, func(id string) bool { return network.owners[id] != network.owners[from] })
		if other < 0 {
			return exposure{}
		}
		to = target.members[other]
	}
	answer := network.engine.BetweenTwo(network.cards[from], network.cards[to]).Within(connections)
	passing := answer.Proven
	if answer.Verdict == awsnet.Unknown {
		passing = answer.Possible
	}
	found := network.passed(answer, packet.AnyTraffic())
	found.open = nil
	for _, service := range passing.Services() {
		found.open = append(found.open, service.Traffic)
	}
	return found
}
