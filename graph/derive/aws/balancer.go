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

// door is where a load balancer takes connections, and the targets to which it sends them.
type door struct {
	listener      graph.ID
	open          packet.Traffic
	authenticated bool // asks for a login first
	targets       []aim
}

// aim is one target of a balancer: the id by which it is named and its port.
type aim struct {
	group    graph.ID // or, of a classic balancer, itself
	id       string
	open     packet.Traffic
	kind     string // instance, ip, lambda or alb
	clientIP bool   // it sees the client's address
}

// balancers are the load balancers with what stands before and behind them.
type balancers struct {
	estate   *estate
	networks networks
	doors    map[graph.ID][]door
	guards   map[graph.ID]graph.ID // the web ACL before one
}

func (estate *estate) balancers(networks networks) *balancers {
	found := &balancers{estate, networks, map[graph.ID][]door{}, map[graph.ID]graph.ID{}}
	for _, listener := range estate.seen(kinds.AWSListener) {
		balancer := graph.ID(listener.Props.Text("load_balancer"))
		found.doors[balancer] = append(found.doors[balancer], estate.doorOf(listener))
	}
	for _, balancer := range estate.seen(kinds.AWSLoadBalancer) {
		found.doors[balancer.ID] = append(found.doors[balancer.ID], classicDoors(balancer)...)
	}
	for _, list := range estate.seen(kinds.AWSWebACL) {
		for _, balancer := range list.Props.List("load_balancers") {
			found.guards[graph.ID(balancer)] = list.ID
		}
	}
	return found
}

func (estate *estate) doorOf(listener *node) door {
	found := door{listener: listener.ID, open: served(listener, int(listener.Props.Whole("port"))), authenticated: listener.Props.Flag("authenticated")}
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
			found.targets = append(found.targets, aim{group.ID, id, served(group, number), group.Props.Text("type"), group.Props.Flag("client_ip")})
		}
	}
	return found
}

func served(place *node, port int) packet.Traffic {
	if strings.Contains(place.Props.Text("protocol"), "UDP") {
		return packet.UDP(port, port)
	}
	return packet.TCP(port, port)
}

// classicDoors reads the listeners of a classic balancer, each of which sends to every instance ("Listeners for your Classic Load
// Balancer", https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-listener-config.html).
func classicDoors(balancer *node) []door {
	var doors []door
	for _, text := range balancer.Props.List("listeners") {
		words := strings.Fields(text)
		if len(words) != 3 {
			continue
		}
		front, _ := strconv.Atoi(words[1])
		behind, _ := strconv.Atoi(words[2])
		found := door{listener: balancer.ID, open: packet.TCP(front, front)}
		for _, instance := range balancer.Props.List("instances") {
			found.targets = append(found.targets, aim{balancer.ID, instance, packet.TCP(behind, behind), "instance", false})
		}
		doors = append(doors, found)
	}
	return doors
}

// balanced derives load balancers that face the internet, and the targets behind them. A balancer takes connections on
// its listeners' ports and makes its own to the targets of their rules, so a target needs no public address ("How Elastic
// Load Balancing works",
// https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html).
func (balancers *balancers) balanced() []graph.Edge {
	var edges []graph.Edge
	for _, balancer := range balancers.estate.all(kinds.AWSLoadBalancer) {
		network := balancers.networks.of(balancer.Props.Text("vpc"))
		if network == nil || balancer.Props.Text("scheme") != "internet-facing" {
			continue
		}
		var front exposure
		for _, door := range balancers.doors[balancer.ID] {
			found, _ := inAnySubnet(balancer, balancerGroups(balancer), network.publicly(door.open))
			if found.cause == "" {
				continue
			}
			found = balancers.guarded(balancer, found)
			found.evidence = append([]graph.Evidence{granted(door.listener, "port", "the listener of %s takes %s", balancer.ID, packet.Open{door.open}.Text())}, found.evidence...)
			front = front.with(found)
			edges = append(edges, balancers.behind(graph.Internet, balancer, door, found)...)
		}
		edges = append(edges, front.edges(balancer.ID, false)...)
	}
	return edges
}

// guarded names the web ACL that stands before a balancer. What it blocks was not read, so it is held against nothing.
func (balancers *balancers) guarded(balancer *node, found exposure) exposure {
	if list := balancers.guards[balancer.ID]; list != "" {
		found.evidence = append(slices.Clone(found.evidence), guarded(list, "web_acl", "a web ACL stands before %s; what its rules block was not judged", balancer.ID))
	}
	return found
}

// balancerGroups gives a balancer's security groups. A network load balancer may have none, and then nothing filters ("Update the
// security groups for your Network Load Balancer",
// https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html).
func balancerGroups(balancer *node) []string {
	if kind := balancer.Props.Text("type"); kind != "application" && kind != "classic" && !balancer.Props.Has("security_groups") {
		return nil
	}
	return groupsOf(balancer)
}

// behind derives the targets to which a door sends what somebody brings to it.
func (balancers *balancers) behind(from graph.ID, balancer *node, door door, front exposure) []graph.Edge {
	var edges []graph.Edge
	network := balancers.networks.of(balancer.Props.Text("vpc"))
	if network == nil {
		return nil
	}
	for _, target := range door.targets {
		found, place, reached := balancers.targetOf(network, balancer, target)
		if !reached {
			continue
		}
		found.verdict = found.verdict.And(front.verdict)
		found.evidence = slices.Concat(front.evidence, found.evidence)
		if door.authenticated {
			found.verdict = found.verdict.And(graph.Possible)
			found.evidence = append(found.evidence, missing(door.listener, "authenticated", "the listener asks for a login first"))
		}
		if next, known := balancers.estate.find(place); known && next.Kind == kinds.AWSLoadBalancer {
			for _, second := range balancers.doors[place] {
				if second.open.String() == target.open.String() {
					edges = append(edges, balancers.behind(from, next, second, found)...)
				}
			}
			continue
		}
		edges = append(edges, found.from(from, place, true)...)
		edges = append(edges, graph.Edge{
			From: balancer.ID, To: place, Kind: kinds.CanReach, Verdict: found.verdict, Cause: found.cause, Evidence: found.evidence,
			Props: graph.Props{"ports": found.open.Text(), "protocol": found.open.Protocols()},
		})
	}
	return edges
}

// targetOf judges the way from a balancer to one of its targets.
func (balancers *balancers) targetOf(network *network, balancer *node, target aim) (found exposure, place graph.ID, reached bool) {
	sends := granted(target.group, "targets", "%s sends to %s on %s", target.group, target.id, packet.Open{target.open}.Text())
	found = exposure{open: packet.Open{target.open}, cause: setting(target.group, "targets"), evidence: []graph.Evidence{sends}}
	if target.kind == "lambda" {
		function, known := balancers.estate.find(graph.ID(baseOf(target.id)))
		if !known {
			return exposure{}, "", false
		}
		found.open = packet.Open{packet.TCP(443, 443)}
		return found, function.ID, true
	}
	var to []awsnet.Interface
	if target.kind == "alb" {
		next, known := balancers.estate.find(graph.ID(target.id))
		if !known {
			return exposure{}, "", false
		}
		place = next.ID
		for _, subnet := range next.Props.List("subnets") {
			to = append(to, awsnet.Interface{ID: string(next.ID), Subnet: last(subnet), Groups: balancerGroups(next)})
		}
	} else if card, owner, known := network.card(target.id); known {
		place, to = owner, []awsnet.Interface{card}
	}
	var way exposure
	for _, card := range to {
		one, _ := inAnySubnet(balancer, balancerGroups(balancer), func(from awsnet.Interface) exposure {
			if target.clientIP {
				return network.told(network.engine.FromClients(from, card).Only(target.open))
			}
			return network.passed(network.engine.BetweenTwo(from, card), target.open)
		})
		way = way.with(one)
	}
	if way.cause == "" {
		return exposure{}, "", false
	}
	way.evidence = append([]graph.Evidence{sends}, way.evidence...)
	return way, place, true
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
