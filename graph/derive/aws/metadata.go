package aws

import (
	"slices"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// forged derives what the first version of the instance metadata service adds to an exposed instance: it answers any plain
// GET, so a service there that fetches what a request names hands out the role's credentials, and nobody need run code on
// the instance. The second version wants a token, which is had by a PUT with a header of its own, and such a service seldom
// sends one: nothing is claimed there beyond the weakness in the service itself ("Use the Instance Metadata Service to access instance
// metadata", https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html).
func (estate *estate) forged(instance *node, found exposure) []graph.Edge {
	services := found.open.Others()
	if len(services) == 0 || found.cause == "" || instance.Props.Text("metadata_tokens") != "optional" {
		return nil
	}
	var edges []graph.Edge
	for _, identity := range estate.identities(instance) {
		edges = append(edges, graph.Edge{
			From: graph.Internet, To: identity.role, Kind: kinds.CanEscalateTo, Technique: metadataV1,
			Verdict: found.verdict.And(graph.Possible), Cause: found.cause,
			Evidence: append(slices.Clone(found.evidence),
				granted(instance.ID, "metadata_tokens", "the metadata service answers requests without a token"),
				granted(identity.by, identity.property, "%s runs as %s", instance.ID, identity.role),
				missing(instance.ID, metadataV1, "needs a service there that fetches an address that a request names (server-side request forgery); no scan of the host was collected"),
			),
			Props: graph.Props{"ports": services.Text(), "protocol": services.Protocols()},
		})
	}
	return edges
}
