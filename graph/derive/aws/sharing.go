package aws

import (
	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// shared derives the snapshots that other accounts, or all of them, can restore and so read: "sharing a snapshot" gives an
// account the right to make a volume or a database from it, and one that is shared with all is public ("Share an Amazon
// EBS snapshot", https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modifying-snapshot-permissions.html; "Sharing a DB
// snapshot", https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html).
func (authorizer *Authorizer) shared() []graph.Edge {
	var edges []graph.Edge
	for _, copied := range authorizer.estate.all(kinds.AWSVolumeSnapshot, kinds.AWSDatabaseSnapshot) {
		holder := authorizer.estate.holder(copied)
		for _, with := range copied.Props.List("shared_with") {
			edge := graph.Edge{
				From: graph.Internet, To: copied.ID, Kind: kinds.CanRead, Technique: storeAccess, Cause: setting(copied.ID, "shared_with"),
				Evidence: []graph.Evidence{granted(copied.ID, "shared_with", "the snapshot is shared with %s", with)},
			}
			switch {
			case with == "all":
			case isAccount(with) && (holder == nil || holder.digits != with):
				edge.From = authorizer.estate.account(parseARN(string(copied.ID)).partition, with).id
			default:
				continue
			}
			edge.Requires = authorizer.encryptedWith(copied, edge.Kind)
			edges = append(edges, edge)
		}
	}
	return edges
}
