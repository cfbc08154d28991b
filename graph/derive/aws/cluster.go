package aws

import (
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// clusterPolicies are the access policies of EKS that give whoever has them for the whole cluster every secret and pod in
// it, and so every identity: an editor makes pods under any service account ("Review access policy permissions",
// https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html).
var clusterPolicies = []string{"AmazonEKSClusterAdminPolicy", "AmazonEKSAdminPolicy", "AmazonEKSEditPolicy"}

// kubernetes derives who administers EKS clusters by their access entries, and what a cluster's administrator holds: its
// nodes, and the pods that have identities.
func (authorizer *Authorizer) kubernetes() []graph.Edge {
	var edges []graph.Edge
	for _, entry := range authorizer.estate.all(kinds.AWSEKSAccessEntry) {
		if edge, holds := authorizer.entered(entry); holds {
			edges = append(edges, edge)
		}
	}
	for _, held := range authorizer.estate.all(kinds.AWSPodIdentity, kinds.AWSNodeGroup) {
		cluster := graph.ID(held.Props.Text("cluster"))
		if cluster == "" {
			continue
		}
		edges = append(edges, graph.Edge{
			From: cluster, To: held.ID, Kind: kinds.CanAdminister, Technique: clusterControl, Cause: setting(held.ID, "cluster"),
			Evidence: []graph.Evidence{granted(held.ID, "cluster", "it is a part of %s, whose administrator runs code there", cluster)},
		})
	}
	return edges
}

// entered judges one access entry. Kubernetes groups get what role bindings inside the cluster give them, which is not
// collected; system:masters cannot be one of an entry's ("Create access entries",
// https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html).
func (authorizer *Authorizer) entered(entry *node) (graph.Edge, bool) {
	cluster, known := authorizer.estate.find(graph.ID(entry.Props.Text("cluster")))
	principal := graph.ID(entry.Props.Text("principal"))
	if !known || principal == "" {
		return graph.Edge{}, false
	}
	edge := graph.Edge{From: principal, To: cluster.ID, Kind: kinds.CanAdminister, Technique: clusterAccess, Cause: setting(entry.ID, "policies")}
	for _, associated := range entry.Props.List("policies") {
		if name, scope, _ := strings.Cut(associated, "@"); scope == "cluster" && slices.Contains(clusterPolicies, name) {
			edge.Evidence = append(edge.Evidence, granted(entry.ID, "policies", "the access entry gives %s for the whole cluster", name))
		}
	}
	switch groups := entry.Props.List("groups"); {
	case len(edge.Evidence) > 0:
	case len(groups) > 0 && entry.Props.Text("type") == "STANDARD":
		edge.Verdict, edge.Cause = graph.Unknown, setting(entry.ID, "groups")
		edge.Evidence = []graph.Evidence{missing(entry.ID, "groups", "the access entry gives the groups %s; what they may do is said by role bindings inside the cluster, which were not collected", strings.Join(groups, ", "))}
	default:
		return graph.Edge{}, false
	}
	if cluster.Props.Has("public") && !cluster.Props.Flag("public") {
		edge.Verdict = edge.Verdict.And(graph.Possible)
		edge.Evidence = append(edge.Evidence, missing(cluster.ID, "public", "the cluster's API answers its VPC alone: whoever asks needs a place from which packets arrive there"))
	}
	return edge, true
}
