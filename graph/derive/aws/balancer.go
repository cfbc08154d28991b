package aws

import (
	"slices"
	"strconv"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/packet"
	"github.com/inroad-security/inroad/internal/packet/awsnet"
)

// balanced derives load balancers that face the internet, and the targets behind them. A balancer takes connections on
// its listeners' ports and makes its own to the targets of their rules, so a target needs no public address ("How Elastic
// Load Balancing works",
// https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html).
func (estate *estate) balanced(networks networks) []graph.Edge {
	var edges []graph.Edge
	listeners := map[string][]*node{}
	for _, listener := range estate.all(kinds.AWSListener) {
		balancer := listener.Props.Text("load_balancer")
		listeners[balancer] = append(listeners[balancer], listener)
	}
	for _, balancer := range estate.all(kinds.AWSLoadBalancer) {
		network := networks.of(balancer.Props.Text("vpc"))
		if network == nil || balancer.Props.Text("scheme") != "internet-facing" {
			continue
		}
		var front exposure
		for _, listener := range listeners[string(balancer.ID)] {
			found, _ := inAnySubnet(balancer, balancerGroups(balancer), network.publicly(listening(listener)))
			if found.cause == "" {
				continue
			}
			found.evidence = append([]graph.Evidence{granted(listener.ID, "port", "the listener of %s takes %s", balancer.ID, services{listening(listener)}.text())}, found.evidence...)
			front = front.with(found)
			edges = append(edges, estate.behind(network, balancer, listener, found)...)
		}
		edges = append(edges, front.edges(balancer.ID, false)...)
	}
	return edges
}

func listening(listener *node) packet.Traffic {
	port := int(listener.Props.Whole("port"))
	if strings.Contains(listener.Props.Text("protocol"), "UDP") {
		return packet.UDP(port, port)
	}
	return packet.TCP(port, port)
}

// balancerGroups gives a balancer's security groups. A network load balancer may have none, and then nothing filters ("Update the
// security groups for your Network Load Balancer",
// https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html).
func balancerGroups(balancer *node) []string {
	if balancer.Props.Text("type") != "application" && !balancer.Props.Has("security_groups") {
		return nil
	}
	return groupsOf(balancer)
}

// behind derives the targets to which an exposed listener sends.
func (estate *estate) behind(network *network, balancer, listener *node, front exposure) []graph.Edge {
	var edges []graph.Edge
	for _, name := range listener.Props.List("target_groups") {
		group, known := estate.find(graph.ID(name))
		if !known {
			continue
		}
		for _, text := range group.Props.List("targets") {
			id, port, _ := strings.Cut(text, "|")
			number, _ := strconv.Atoi(port)
			if number == 0 {
				number = int(group.Props.Whole("port"))
			}
			found, place, reached := estate.targetOf(network, balancer, group, id, number)
			if !reached {
				continue
			}
			found.verdict = found.verdict.And(front.verdict)
			found.evidence = slices.Concat(front.evidence, found.evidence)
			if listener.Props.Flag("authenticated") {
				found.verdict = found.verdict.And(graph.Possible)
				found.evidence = append(found.evidence, missing(listener.ID, "authenticated", "the listener asks for a login first"))
			}
			edges = append(edges, found.edges(place, true)...)
			edges = append(edges, graph.Edge{
				From: balancer.ID, To: place, Kind: kinds.CanReach, Verdict: found.verdict, Cause: found.cause, Evidence: found.evidence,
				Props: graph.Props{"ports": found.open.text(), "protocol": found.open.protocols()},
			})
		}
	}
	return edges
}

// targetOf judges the way from a balancer to one of a group's targets.
func (estate *estate) targetOf(network *network, balancer, group *node, id string, port int) (found exposure, place graph.ID, reached bool) {
	sends := granted(group.ID, "targets", "%s sends to %s on port %d", group.ID, id, port)
	found = exposure{open: services{packet.TCP(port, port)}, cause: setting(group.ID, "targets"), evidence: []graph.Evidence{sends}}
	if strings.Contains(group.Props.Text("protocol"), "UDP") {
		found.open = services{packet.UDP(port, port)}
	}
	if group.Props.Text("type") == "lambda" {
		function, known := estate.find(graph.ID(baseOf(id)))
		if !known {
			return exposure{}, "", false
		}
		found.open = services{packet.TCP(443, 443)}
		return found, function.ID, true
	}
	card, place, known := network.card(id)
	if !known {
		return exposure{}, "", false
	}
	if group.Props.Flag("client_ip") {
		return network.preserved(balancer, card, place, found)
	}
	way, _ := inAnySubnet(balancer, balancerGroups(balancer), func(from awsnet.Interface) exposure {
		return network.passed(network.engine.BetweenTwo(from, card), found.open[0])
	})
	way.evidence = append([]graph.Evidence{sends}, way.evidence...)
	return way, place, way.cause != ""
}

// card finds the interface of a target, which a group names by an instance's ARN or by an address in the VPC.
func (network *network) card(id string) (card awsnet.Interface, place graph.ID, known bool) {
	for _, one := range network.world.Interfaces {
		owner := network.owners[one.ID]
		named := string(owner) == id
		for _, address := range one.Addresses {
			named = named || address.String() == id
		}
		if named && owner != "" {
			return one, owner, true
		}
	}
	return card, place, false
}

// preserved judges a target that sees the client's own address: its security groups must let the internet in ("Client IP
// preservation", https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html). The
// packets come by way of the balancer's subnet, so they are judged as if the target stood there; what the network ACL of
// its own subnet makes of the client's address stays open.
func (network *network) preserved(balancer *node, card awsnet.Interface, place graph.ID, found exposure) (exposure, graph.ID, bool) {
	one, _ := inAnySubnet(balancer, card.Groups, network.publicly(found.open[0]))
	if one.cause == "" {
		return exposure{}, "", false
	}
	found.verdict = one.verdict.And(graph.Possible)
	found.evidence = append(found.evidence, missing(network.names[card.ID], "client_ip",
		"the target sees the client's address; whether the network ACL of its own subnet lets it in was not judged"))
	return found, place, true
}
