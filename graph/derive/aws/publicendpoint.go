package aws

import (
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/packet"
	"github.com/inroad-security/inroad/internal/packet/awsnet"
)

// clusterAPIs derives the Kubernetes APIs of EKS that the internet reaches: public endpoint access, from the addresses that it answers ("Cluster
// API server endpoint", https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html). Reaching it is no way in by itself: it asks
// for a credential.
func (estate *estate) clusterAPIs() []graph.Edge {
	var edges []graph.Edge
	for _, cluster := range estate.all(kinds.AWSEKSCluster) {
		if !cluster.Props.Flag("public") {
			continue
		}
		from := packet.Prefixes(prefixes(cluster.Props.List("public_cidrs"))...)
		if !cluster.Props.Has("public_cidrs") {
			from = packet.AnyAddr()
		}
		answer := awsnet.Answer{Proven: packet.Of(from.Intersect(awsnet.Internet()), packet.AnyAddr(), packet.TCP(443, 443))}
		open := answer.Anyone()
		if len(open) == 0 {
			continue
		}
		edges = append(edges, exposure{
			open: open, cause: setting(cluster.ID, "public_cidrs"),
			evidence: []graph.Evidence{granted(cluster.ID, "public_cidrs", "its API answers %s", strings.Join(cluster.Props.List("public_cidrs"), " "))},
		}.edges(cluster.ID, false)...)
	}
	return edges
}

// searchDomains derives the search domains whose endpoints are public: those that are in no VPC. Who may then read is for
// the domain's policy to say (https://docs.aws.amazon.com/opensearch-service/latest/developerguide/vpc.html).
func (estate *estate) searchDomains() []graph.Edge {
	var edges []graph.Edge
	for _, domain := range estate.all(kinds.AWSSearchDomain) {
		if !domain.known() || domain.Props.Text("vpc") != "" || domain.Props.Text("endpoint") == "" {
			continue
		}
		edges = append(edges, exposure{
			open: packet.Open{packet.TCP(443, 443)}, cause: setting(domain.ID, "vpc"),
			evidence: []graph.Evidence{granted(domain.ID, "endpoint", "its endpoint %s is in no VPC", domain.Props.Text("endpoint"))},
		}.edges(domain.ID, false)...)
	}
	return edges
}
