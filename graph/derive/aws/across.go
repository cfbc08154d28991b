package aws

import (
	"fmt"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/packet"
	"github.com/inroad-security/inroad/internal/packet/awsnet"
)

// outside tells what runs in no VPC of the customer and sends over the internet: functions that are in none ("Giving Lambda functions
// access to resources in an Amazon VPC", https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html).
func (reacher *Reacher) outside(id graph.ID) bool {
	sender, known := reacher.authorizer.estate.find(id)
	return known && sender.Kind == kinds.AWSFunction && sender.known() && sender.Props.Text("vpc") == ""
}

// outward puts before ways that anyone on the internet has that the sender is on it. From which addresses it sends is not known, so that
// what lets in only some of them may let it in.
func (reacher *Reacher) outward(from graph.ID, ways []Way) []Way {
	for i, way := range ways {
		switch {
		case way.Verdict == awsnet.Blocked:
			continue
		case way.Verdict == awsnet.Reached && !fromAnyone(way):
			ways[i].Verdict = awsnet.Unknown
			ways[i].Missing = append(ways[i].Missing, "the addresses that "+string(from)+" sends from, which are the provider's")
		}
		ways[i].Hops = append([]Hop{{Kind: "internet", ID: from, Detail: "runs in no VPC: it sends over the internet"}}, way.Hops...)
	}
	return ways
}

func fromAnyone(way Way) bool {
	for _, flow := range way.Packets {
		if flow.Sources == "anyone" || flow.Sources == string(graph.Internet) {
			return true
		}
	}
	return false
}

// direct judges packets that go from interface to interface, without a balancer between them. placed tells that the target stands
// in a network at all.
func (reacher *Reacher) direct(from graph.ID, sources []end, to graph.ID, traffic packet.Traffic) (ways []Way, placed bool) {
	anywhere := []Way{{Verdict: awsnet.Reached, Packets: []Flow{{Traffic: traffic.String(), Sources: "anyone", Destinations: "the internet"}}}}
	store, known := reacher.authorizer.estate.find(to)
	switch service := known && byService[store.Kind].service != ""; {
	case to == graph.Internet && len(sources) == 0:
		return reacher.outward(from, anywhere), true
	case service && len(sources) == 0 && from != graph.Internet:
		return reacher.outward(from, anywhere), true
	case to == graph.Internet:
		for _, source := range sources {
			ways = append(ways, source.network.way(source.network.engine.ToInternetFrom(source.published()).Only(traffic)))
		}
		return ways, true
	case service && len(sources) > 0:
		for _, source := range sources {
			ways = append(ways, reacher.toService(source, store, traffic)...)
		}
		return ways, true
	}
	targets := reacher.targets(to)
	for _, target := range targets {
		if len(sources) == 0 {
			way := target.network.way(target.network.engine.FromInternetTo(target.published()).Only(traffic))
			if from != graph.Internet {
				way = reacher.outward(from, []Way{way})[0]
			}
			ways = append(ways, way)
		}
		for _, source := range sources {
			ways = append(ways, between(source, target, traffic)...)
		}
	}
	return ways, len(targets) > 0
}

// published is the interface with the public address that it gets, whichever.
func (end end) published() awsnet.Interface {
	card := end.card
	if end.public && len(card.Public) == 0 {
		card.Public = []awsnet.PublicAddress{{}}
	}
	return card
}

// between judges the private way between two interfaces, and the one over the internet where both ends let it.
func between(source, target end, traffic packet.Traffic) []Way {
	var ways []Way
	if source.network == target.network {
		ways = append(ways, target.network.way(target.network.engine.BetweenTwo(source.card, target.card).Only(traffic)))
	} else {
		ways = append(ways, Way{Verdict: awsnet.Blocked, Hops: []Hop{{
			Kind: "network", ID: source.network.vpc, Detail: fmt.Sprintf("no peering connection and no transit gateway joins it to %s", target.network.vpc),
			Change: "the VPCs would have to be joined and routed to each other",
		}}})
	}
	if way, passes := overInternet(source, target, traffic); passes {
		ways = append(ways, way)
	}
	return ways
}

// overInternet judges the way out of one VPC and into another, or the same, by the target's public address: rules see the source's
// public address then, or that of its NAT gateway ("Public IPv4 addresses",
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-ip-addressing.html), and no reference to a group holds.
func overInternet(source, target end, traffic packet.Traffic) (Way, bool) {
	from, to := source.published(), target.published()
	theirs, told := target.network.engine.Outward(to, false)
	if !told {
		theirs = awsnet.Internet()
	}
	out := source.network.engine.ToInternetFrom(from).Only(traffic).Within(packet.Of(packet.AnyAddr(), theirs, packet.AnyTraffic()))
	if out.Verdict == awsnet.Blocked {
		return Way{}, false
	}
	in := target.network.engine.FromInternetTo(to).Only(traffic)
	ours, known := source.network.engine.Outward(from, true)
	if known || len(in.Anyone()) == 0 {
		in = in.Within(packet.Of(ours, packet.AnyAddr(), packet.AnyTraffic()))
	}
	if in.Verdict == awsnet.Blocked {
		return Way{}, false
	}
	way, arrival := source.network.way(out), target.network.way(in)
	if arrival.Verdict == awsnet.Unknown {
		way.Verdict = awsnet.Unknown
	}
	way.Packets = arrival.Packets
	way.Hops = append(way.Hops, arrival.Hops...)
	way.Missing = append(way.Missing, arrival.Missing...)
	return way, true
}

// vpc is the VPC that something says it stands in; empty where it says none, or is not known.
func (held *node) vpc() string {
	if held == nil {
		return ""
	}
	return held.Props.Text("vpc")
}
