package aws

import (
	"cmp"
	"slices"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/packet"
	"github.com/inroad-security/inroad/internal/packet/awsnet"
)

// exposure is what any outsider gets to one target over the network, and why.
type exposure struct {
	open     packet.Open
	verdict  graph.Verdict
	cause    graph.Cause
	evidence []graph.Evidence
}

// exposed derives what the internet reaches, and what workloads reach inside: instances, tasks, stores, load balancers, APIs and
// distributions with what is behind them.
func (authorizer *Authorizer) exposed() []graph.Edge {
	estate := authorizer.estate
	var edges []graph.Edge
	networks := estate.networks()
	for _, instance := range estate.all(kinds.AWSInstance) {
		if state := instance.Props.Text("state"); state == "" || state == "running" {
			found := estate.reachedThrough(networks.of(instance.Props.Text("vpc")), instance)
			edges = append(edges, found.edges(instance.ID, true)...)
			edges = append(edges, estate.forged(instance, found)...)
		}
	}
	for _, task := range estate.all(kinds.AWSECSTask) {
		card, known := estate.find(graph.ID(task.Props.Text("eni")))
		if !known {
			continue
		}
		found := networks.of(card.Props.Text("vpc")).fromInternet(last(string(card.ID)))
		edges = append(edges, found.edges(task.ID, true)...)
	}
	for _, service := range estate.all(kinds.AWSECSService) {
		edges = append(edges, networks.reached(service).edges(service.ID, true)...)
	}
	for _, service := range estate.all(kinds.AWSAppRunnerService) {
		edges = append(edges, publicService(service)...)
	}
	balancers := estate.balancers(networks)
	return slices.Concat(edges, estate.clusterAPIs(), estate.searchDomains(), estate.databases(networks), balancers.balanced(),
		authorizer.apis(balancers), authorizer.distributions(balancers), estate.privateLinks(balancers), authorizer.lateral(networks), networks.segmented())
}

// reachedThrough joins what comes in by all of an instance's interfaces.
func (estate *estate) reachedThrough(network *network, instance *node) exposure {
	var joined exposure
	if network == nil || len(network.attached[instance.ID]) == 0 {
		if address := instance.Props.Text("public_ip"); address != "" {
			return exposure{verdict: graph.Unknown, cause: setting(instance.ID, "public_ip"), evidence: []graph.Evidence{
				granted(instance.ID, "public_ip", "%s has the public address %s", instance.ID, address),
				missing(instance.ID, "interfaces", "its network interfaces were not collected: collect ec2 describe-network-interfaces"),
			}}
		}
		return joined
	}
	for _, id := range network.attached[instance.ID] {
		joined = joined.with(network.fromInternet(id))
	}
	return joined
}

// reached joins what comes in by the interfaces that a workload has by its subnets.
func (networks networks) reached(workload *node) exposure {
	var joined exposure
	for _, network := range networks.order {
		for _, id := range network.attached[workload.ID] {
			joined = joined.with(network.fromInternet(id))
		}
	}
	return joined
}

// fromInternet judges one interface of the VPC.
func (network *network) fromInternet(id string) exposure {
	if network == nil {
		return exposure{}
	}
	return network.told(network.engine.FromInternet(id))
}

// told turns the engine's answer into an exposure. Only traffic that anyone may send counts: listed sources are
// not "any unauthenticated outsider".
func (network *network) told(answer awsnet.Answer) exposure {
	found := exposure{open: answer.Anyone()}
	if len(found.open) == 0 {
		found.open = awsnet.Answer{Proven: answer.Possible}.Anyone()
		found.verdict = graph.Unknown
	}
	if len(found.open) == 0 {
		return exposure{}
	}
	for _, step := range answer.Through {
		piece := network.said(step)
		if step.Kind == awsnet.Group && found.cause == "" && len(step.Rules) > 0 {
			found.cause = graph.Cause("rule:" + string(piece.Source) + "#" + step.Rules[0])
		}
		found.evidence = append(found.evidence, piece)
	}
	for _, what := range answer.Missing {
		found.evidence = append(found.evidence, missing(network.vpc, "network", "%s was not collected", what))
	}
	if found.cause == "" {
		found.cause = setting(network.vpc, "network")
	}
	return found
}

// passed turns the engine's answer about one way inside the VPC into an exposure of the traffic asked about.
func (network *network) passed(answer awsnet.Answer, asked packet.Traffic) exposure {
	found := exposure{open: packet.Open{asked}, cause: setting(network.vpc, "network")}
	switch answer = answer.Only(asked); answer.Verdict {
	case awsnet.Blocked:
		return exposure{}
	case awsnet.Unknown:
		found.verdict = graph.Unknown
	}
	for _, step := range answer.Through {
		piece := network.said(step)
		if step.Kind == awsnet.Group && len(step.Rules) > 0 {
			found.cause = graph.Cause("rule:" + string(piece.Source) + "#" + step.Rules[0])
		}
		found.evidence = append(found.evidence, piece)
	}
	if found.verdict == graph.Unknown {
		for _, what := range answer.Missing {
			found.evidence = append(found.evidence, missing(network.vpc, "network", "%s was not collected", what))
		}
	}
	return found
}

// said turns one element on the way into evidence.
func (network *network) said(step awsnet.Step) graph.Evidence {
	piece := granted(cmp.Or(network.names[step.ID], graph.ID(step.ID)), string(step.Kind), "%s", step)
	if step.Kind == awsnet.NetworkACL {
		piece.Kind = graph.Guardrail
	}
	return piece
}

// with joins two ways into one target: it is exposed by either.
func (found exposure) with(other exposure) exposure {
	switch {
	case len(other.open) == 0:
		return found
	case len(found.open) == 0:
		return other
	case other.verdict < found.verdict:
		found, other = other, found
	}
	if found.verdict < other.verdict {
		return found
	}
	found.open = append(slices.Clone(found.open), other.open...)
	for _, piece := range other.evidence {
		if !slices.Contains(found.evidence, piece) {
			found.evidence = append(found.evidence, piece)
		}
	}
	return found
}

// edges says that the internet reaches the target and, where it runs code, what a weakness there would lead to.
func (found exposure) edges(target graph.ID, runsCode bool) []graph.Edge {
	return found.from(graph.Internet, target, runsCode)
}

// from is edges for whoever else reaches the target.
func (found exposure) from(source, target graph.ID, runsCode bool) []graph.Edge {
	if found.cause == "" {
		return nil
	}
	edge := graph.Edge{
		From: source, To: target, Kind: kinds.CanReach, Verdict: found.verdict, Cause: found.cause, Evidence: found.evidence,
		Props: graph.Props{"ports": found.open.Text(), "protocol": found.open.Protocols()},
	}
	edges := []graph.Edge{edge}
	if !runsCode {
		return edges
	}
	for _, weakness := range []struct {
		technique string
		open      packet.Open
		needs     string
	}{
		{remoteAdmin, found.open.Admin(), "needs a weak credential or a vulnerability in remote administration; no scan of the host was collected"},
		{exposedService, found.open.Others(), "needs a vulnerability or a weak credential in the service; no scan of the host was collected"},
	} {
		if len(weakness.open) == 0 {
			continue
		}
		edges = append(edges, graph.Edge{
			From: source, To: target, Kind: kinds.CanExploit, Technique: weakness.technique,
			Verdict: found.verdict.And(graph.Possible), Cause: found.cause,
			Evidence: append(slices.Clone(found.evidence), missing(target, weakness.technique, "%s", weakness.needs)),
			Props:    graph.Props{"ports": weakness.open.Text(), "protocol": weakness.open.Protocols()},
		})
	}
	return edges
}

// publicService is an App Runner service with a public endpoint
// (https://docs.aws.amazon.com/apprunner/latest/dg/network-pl.html).
func publicService(service *node) []graph.Edge {
	if !service.Props.Flag("public") {
		return nil
	}
	return exposure{
		open: packet.Open{packet.TCP(443, 443)}, cause: setting(service.ID, "public"),
		evidence: []graph.Evidence{granted(service.ID, "public", "the service's endpoint %s is public", service.Props.Text("url"))},
	}.edges(service.ID, true)
}

// inAnySubnet judges something whose interfaces are known by their subnets and security groups only. everywhere tells
// that each of the subnets lets it be reached.
func inAnySubnet(owner *node, groups []string, judge func(awsnet.Interface) exposure) (found exposure, everywhere bool) {
	everywhere = true
	for _, subnet := range owner.Props.List("subnets") {
		one := judge(awsnet.Interface{ID: string(owner.ID), Subnet: last(subnet), Groups: groups})
		everywhere = everywhere && one.cause != "" && one.verdict == graph.Proven
		found = found.with(one)
	}
	return found, everywhere
}

// publicly judges an interface as if it had a public address.
func (network *network) publicly(listening packet.Traffic) func(awsnet.Interface) exposure {
	return func(card awsnet.Interface) exposure {
		card.Public = []awsnet.PublicAddress{{}}
		return network.told(network.engine.FromInternetTo(card).Only(listening))
	}
}
