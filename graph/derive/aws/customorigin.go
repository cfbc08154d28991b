package aws

import (
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/packet"
	"github.com/inroad-security/inroad/internal/packet/awsnet"
)

// originFacing ends the names of the prefix lists with the addresses from which CloudFront asks its origins ("Use the CloudFront managed
// prefix list", https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/LocationsOfEdgeServers.html).
const originFacing = ".cloudfront.origin-facing"

// edgeServers are the addresses of CloudFront's servers, as far as the prefix lists that hold them were collected.
func (estate *estate) edgeServers() packet.Addrs {
	var found packet.Addrs
	for _, list := range estate.seen(kinds.AWSPrefixList) {
		if strings.HasSuffix(list.Props.Text("name"), originFacing) {
			found = found.Union(packet.Prefixes(prefixes(list.Props.List("cidrs"))...))
		}
	}
	return found
}

// relayedTo derives what lies behind a balancer that is a distribution's origin and lets CloudFront in, but not everyone: whoever asks the
// distribution gets there all the same. One that lets everyone in is reached without it.
func (authorizer *Authorizer) relayedTo(domain string, front exposure, balancers *balancers) []graph.Edge {
	var edges []graph.Edge
	servers := authorizer.estate.edgeServers()
	for _, balancer := range authorizer.estate.seen(kinds.AWSLoadBalancer) {
		network := balancers.networks.of(balancer.Props.Text("vpc"))
		if network == nil || balancer.Props.Text("scheme") != "internet-facing" || !strings.EqualFold(balancer.Props.Text("dns"), domain) {
			continue
		}
		for _, door := range balancers.doors[balancer.ID] {
			found, _ := inAnySubnet(balancer, balancerGroups(balancer), func(card awsnet.Interface) exposure {
				card.Public = []awsnet.PublicAddress{{}}
				answer := network.engine.FromInternetTo(card).Only(door.open)
				if len(answer.Anyone()) > 0 || answer.Verdict == awsnet.Blocked {
					return exposure{}
				}
				asked := answer.Within(packet.Of(servers, packet.AnyAddr(), packet.AnyTraffic()))
				if asked.Verdict != awsnet.Blocked {
					return network.passed(asked, door.open)
				}
				if !servers.IsEmpty() {
					return exposure{}
				}
				some := network.passed(answer, door.open)
				some.verdict = some.verdict.And(graph.Possible)
				some.evidence = append(some.evidence, missing(balancer.ID, "security_groups", "whether the addresses that it lets in are CloudFront's was not collected: collect ec2 describe-managed-prefix-lists"))
				return some
			})
			if found.cause == "" {
				continue
			}
			found.verdict = found.verdict.And(front.verdict)
			found.evidence = slices.Concat(front.evidence, found.evidence)
			edges = append(edges, balancers.behind(graph.Internet, balancer, door, found)...)
		}
	}
	return edges
}
