package aws

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/packet"
	"github.com/inroad-security/inroad/internal/packet/awsnet"
)

// Reach tells which packets get from one place to another, and by what.
type Reach struct {
	From, To graph.ID
	// Ways are the ways that were judged, those that let something pass first. A way between two ends that have several
	// interfaces, or that may stand in several subnets, is judged for each.
	Ways []Way
}

// Verdict is the best of its ways: reached, unknown or blocked.
func (reach Reach) Verdict() awsnet.Verdict {
	if len(reach.Ways) == 0 {
		return awsnet.Blocked
	}
	return reach.Ways[0].Verdict
}

// Way is one way from end to end.
type Way struct {
	Verdict awsnet.Verdict
	// Packets are those that pass for certain, or where the verdict is unknown those that may.
	Packets []Flow
	// Hops are what lets them pass, in the order in which they are met. Those that stop everything say what would have to
	// change; each of them would.
	Hops []Hop
	// Missing is what was not collected and would decide.
	Missing []string
}

// Flow is packets of one kind of traffic. Sources is "anyone" where it is as good as every address, else their prefixes.
type Flow struct{ Traffic, Sources, Destinations string }

// Hop is an element on the way with those of its rules that decided. Change is empty where it lets pass.
type Hop struct {
	Kind   string
	ID     graph.ID
	Detail string
	Rules  []string
	Change string
}

// Reacher answers questions about the networks of one snapshot. It is not safe for use by several goroutines at once.
type Reacher struct {
	authorizer *Authorizer
	networks   networks
	exposures  []graph.Edge // what derivation says of ways through balancers, APIs and the like
}

// NewReacher reads the networks of a snapshot.
func NewReacher(snapshot *graph.Snapshot) *Reacher {
	authorizer := NewAuthorizer(snapshot, Newest(snapshot))
	return &Reacher{authorizer: authorizer, networks: authorizer.estate.networks()}
}

// Reach asks which packets of the traffic get from one node to another. Either end may be graph.Internet. It fails where an end is no
// place in a network that is known.
func (reacher *Reacher) Reach(from, to graph.ID, traffic packet.Traffic) (Reach, error) {
	found := Reach{From: from, To: to}
	if from == to {
		return found, fmt.Errorf("%w: both ends are %s: name another for one of them", graph.ErrInvalid, to)
	}
	sources, err := reacher.sources(from)
	if err != nil {
		return found, err
	}
	direct, placed := reacher.direct(from, sources, to, traffic)
	found.Ways = append(reacher.relayed(from, to, traffic), direct...)
	if len(sources) == 0 && from != graph.Internet {
		found.Ways = append(found.Ways, reacher.outward(from, reacher.relayed(graph.Internet, to, traffic))...)
	}
	if !placed && len(found.Ways) == 0 && !reacher.relays(to) {
		return found, fmt.Errorf("%w: %s stands in no network that was collected: it has no interface, subnet or endpoint to judge", graph.ErrInvalid, to)
	}
	rank := map[awsnet.Verdict]int{awsnet.Reached: 0, awsnet.Unknown: 1, awsnet.Blocked: 2}
	slices.SortStableFunc(found.Ways, func(a, b Way) int { return cmp.Compare(rank[a.Verdict], rank[b.Verdict]) })
	if len(found.Ways) == 0 {
		found.Ways = []Way{{Verdict: awsnet.Blocked, Hops: []Hop{{
			Kind: "way", ID: to, Detail: "nothing that was collected lets " + string(from) + " in", Change: "an endpoint, listener, route or policy would have to let it in",
		}}}}
	}
	return found, nil
}

// end is an interface, in the network that it is in. public tells that it gets a public address, whichever.
type end struct {
	network *network
	card    awsnet.Interface
	public  bool
}

// sources are the interfaces of what sends; none for the internet, and for what stands in no VPC and so sends over the internet.
func (reacher *Reacher) sources(from graph.ID) ([]end, error) {
	ends := reacher.targets(from)
	if len(ends) > 0 || from == graph.Internet || reacher.outside(from) {
		return ends, nil
	}
	return nil, fmt.Errorf("%w: %s sends from no network interface that was collected", graph.ErrInvalid, from)
}

// interfaces are those of an instance or a task, or an interface itself.
func (reacher *Reacher) interfaces(id graph.ID) []end {
	var ends []end
	for _, network := range reacher.networks.order {
		for _, card := range network.world.Interfaces {
			if network.names[card.ID] == id || network.owners[card.ID] == id {
				ends = append(ends, end{network: network, card: card})
			}
		}
	}
	return ends
}

// targets are the interfaces of what receives: its own, or one in each subnet in which it may stand.
func (reacher *Reacher) targets(to graph.ID) []end {
	if ends := reacher.interfaces(to); len(ends) > 0 {
		return ends
	}
	var ends []end
	for _, store := range reacher.authorizer.estate.placements(reacher.networks) {
		if store.ID != to {
			continue
		}
		for _, subnet := range store.subnets {
			ends = append(ends, end{store.network, awsnet.Interface{ID: string(to), Subnet: last(subnet), Groups: store.groups}, store.public})
		}
	}
	held, known := reacher.authorizer.estate.find(to)
	network := reacher.networks.of(held.vpc())
	if !known || network == nil {
		return ends
	}
	standing := func(groups []string, public bool) {
		for _, subnet := range held.Props.List("subnets") {
			ends = append(ends, end{network, awsnet.Interface{ID: string(to), Subnet: last(subnet), Groups: groups}, public})
		}
	}
	switch held.Kind {
	case kinds.AWSLoadBalancer:
		standing(balancerGroups(held), held.Props.Text("scheme") == "internet-facing")
	case kinds.AWSEKSCluster:
		// Its interfaces answer the VPC where its private endpoint is on, and never the internet: that, its public endpoint does ("Cluster API
		// server endpoint", https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html).
		if held.Props.Flag("private") {
			standing(groupsOf(held), false)
		}
	case kinds.AWSEndpoint:
		if held.Props.Text("type") == "Interface" {
			standing(groupsOf(held), false)
		}
	}
	return ends
}

// way puts the engine's answer into the words of the graph.
func (network *network) way(answer awsnet.Answer) Way {
	found := Way{Verdict: answer.Verdict, Missing: answer.Missing}
	passing, open := answer.Proven, answer.Anyone()
	if answer.Verdict == awsnet.Unknown {
		passing, open = answer.Possible, awsnet.Answer{Proven: answer.Possible}.Anyone()
	}
	for _, service := range passing.Services() {
		flow := Flow{Traffic: service.Traffic.String(), Sources: service.Sources.String()}
		if slices.ContainsFunc(open, func(one packet.Traffic) bool { return one.String() == service.Traffic.String() }) {
			flow.Sources = "anyone"
		}
		if to := passing.Intersect(packet.Of(service.Sources, packet.AnyAddr(), service.Traffic)).Destinations(); !to.Intersect(awsnet.Internet()).IsEmpty() {
			flow.Destinations = "the internet"
		} else {
			flow.Destinations = to.String()
		}
		found.Packets = append(found.Packets, flow)
	}
	steps := answer.Through
	if answer.Verdict == awsnet.Blocked {
		steps = answer.Blocks
	}
	for _, step := range steps {
		hop := Hop{Kind: string(step.Kind), ID: cmp.Or(network.names[step.ID], graph.ID(step.ID)), Detail: step.Detail, Rules: step.Rules}
		if answer.Verdict == awsnet.Blocked {
			hop.Change = changes[step.Kind]
		}
		found.Hops = append(found.Hops, hop)
	}
	return found
}

// changes say what of an element would have to be another way for packets to pass.
var changes = map[awsnet.Kind]string{
	awsnet.PublicIP:         "it would have to get a public IPv4 address or an IPv6 address",
	awsnet.Gateway:          "the gateway would have to be attached to the VPC",
	awsnet.RoutingTable:     "it would have to get an active route for these addresses that leads there",
	awsnet.PeeringLink:      "the peering connection would have to be active between these two VPCs",
	awsnet.NetworkACL:       "a rule with a lower number would have to allow the packets, or the answers, that it denies",
	awsnet.Group:            "a rule would have to allow this traffic with the other end",
	awsnet.NetworkInterface: "another interface would have to take the connection",
	awsnet.TransitGateway:   "the attachments of both VPCs would have to be available, stand in the zone and have route tables",
	awsnet.TransitRoutes:    "it would have to get an active route to the other VPC's attachment",
	awsnet.NetworkFirewall:  "a rule asked earlier would have to pass the packets, or the answers",
	awsnet.PublicAccessRule: "an exclusion would have to leave the subnet or its VPC out, or the block be turned off",
}

// relayed gives the ways through balancers, APIs, distributions and endpoints, as derivation judges them.
func (reacher *Reacher) relayed(from, to graph.ID, traffic packet.Traffic) []Way {
	if reacher.exposures == nil {
		reacher.exposures = slices.Concat(reacher.authorizer.exposed(), reacher.authorizer.functionURLs(), reacher.authorizer.publicBuckets())
	}
	senders := map[graph.ID]bool{from: true}
	for _, edge := range reacher.exposures {
		if edge.From == from && edge.Kind == kinds.SendsFrom {
			senders[edge.To] = true
		}
	}
	var ways []Way
	for _, edge := range reacher.exposures {
		reads := edge.Kind == kinds.CanRead && len(edge.Requires) == 0 && edge.Technique != exposedService
		if !senders[edge.From] || edge.To != to || edge.Kind != kinds.CanReach && !reads || !reacher.throughSomething(edge) {
			continue
		}
		ports := edge.Props.Text("ports")
		if edge.Kind == kinds.CanReach && !carries(ports, traffic) {
			continue
		}
		way := Way{Verdict: awsnet.Reached, Packets: []Flow{{Traffic: cmp.Or(ports, "requests"), Sources: string(from), Destinations: string(to)}}}
		if edge.Verdict != graph.Proven {
			way.Verdict = awsnet.Unknown
		}
		for _, piece := range edge.Evidence {
			if piece.Kind == graph.Gap {
				way.Missing = append(way.Missing, piece.Detail)
				continue
			}
			way.Hops = append(way.Hops, Hop{Kind: string(piece.Kind), ID: piece.Source, Detail: piece.Detail})
		}
		ways = append(ways, way)
	}
	return ways
}

// relays reports whether a target is one of those that are reached by other than its own interfaces.
func (reacher *Reacher) relays(to graph.ID) bool {
	target, known := reacher.authorizer.estate.find(to)
	return known && slices.Contains([]graph.NodeKind{
		kinds.AWSFunction, kinds.AWSRestAPI, kinds.AWSHTTPAPI, kinds.AWSDistribution, kinds.AWSBucket, kinds.AWSEKSCluster, kinds.AWSSearchDomain, kinds.AWSAppRunnerService,
	}, target.Kind)
}

// throughSomething tells the edges whose evidence names more than a VPC's own elements, which direct judges itself.
func (reacher *Reacher) throughSomething(edge graph.Edge) bool {
	for _, piece := range edge.Evidence {
		switch source, known := reacher.authorizer.estate.find(piece.Source); {
		case !known || piece.Kind != graph.Grant:
		case slices.Contains([]graph.NodeKind{
			kinds.AWSTargetGroup, kinds.AWSListener, kinds.AWSEndpointService, kinds.AWSVPCLink, kinds.AWSRestAPI, kinds.AWSHTTPAPI, kinds.AWSDistribution,
			kinds.AWSFunction, kinds.AWSBucket, kinds.AWSEKSCluster, kinds.AWSSearchDomain, kinds.AWSAppRunnerService,
		}, source.Kind):
			return edge.To != source.ID || reacher.relays(edge.To)
		case source.Kind == kinds.AWSLoadBalancer && edge.To != source.ID:
			return true
		}
	}
	return false
}

// carries reports whether ports, as an edge tells them, have anything in common with the traffic.
func carries(ports string, traffic packet.Traffic) bool {
	for _, word := range strings.Split(ports, ",") {
		protocol, numbers, _ := strings.Cut(word, "/")
		first, final := 0, 65535
		if numbers != "" {
			if _, err := fmt.Sscanf(numbers, "%d-%d", &first, &final); err != nil {
				final = first
			}
		}
		known := packet.AnyTraffic()
		switch protocol {
		case "tcp":
			known = packet.TCP(first, final)
		case "udp":
			known = packet.UDP(first, final)
		}
		if !known.Intersect(traffic).IsEmpty() {
			return true
		}
	}
	return false
}
