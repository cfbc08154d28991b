package aws

import (
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// shared derives the copies that other accounts, or all of them, can use and so read: "sharing a snapshot" gives an
// account the right to make a volume or a database from it, a launch permission to start an instance from an image, and what
// is shared with all is public ("Share an Amazon EBS snapshot",
// https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modifying-snapshot-permissions.html; "Sharing a DB snapshot",
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html; "Understand shared AMI usage in Amazon EC2",
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharing-amis.html). An organization or a unit of one stands for the accounts in it.
func (authorizer *Authorizer) shared() []graph.Edge {
	var edges []graph.Edge
	for _, copied := range authorizer.estate.all(kinds.AWSVolumeSnapshot, kinds.AWSDatabaseSnapshot, kinds.AWSImage) {
		holder := authorizer.estate.holder(copied)
		for _, with := range copied.Props.List("shared_with") {
			edge := graph.Edge{
				From: graph.Internet, To: copied.ID, Kind: kinds.CanRead, Technique: storeAccess, Cause: setting(copied.ID, "shared_with"),
				Evidence: []graph.Evidence{granted(copied.ID, "shared_with", "it is shared with %s", with)},
			}
			switch {
			case with == "all":
			case isAccount(with) && (holder == nil || holder.digits != with):
				edge.From = authorizer.estate.account(parseARN(string(copied.ID)).partition, with).id
			case strings.HasPrefix(with, "arn:"):
				edge.From = graph.ID(with)
			default:
				continue
			}
			edge.Requires = authorizer.keysOfCopy(copied)
			edges = append(edges, edge)
		}
	}
	return edges
}

// keysOfCopy gives the customer's keys that reading a copy needs as well: of an image, those of its disks' snapshots ("Use
// encryption with EBS-backed AMIs", https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AMIEncryption.html).
func (authorizer *Authorizer) keysOfCopy(copied *node) []graph.ID {
	keys := authorizer.encryptedWith(copied, kinds.CanRead)
	for _, id := range copied.Props.List("snapshots") {
		if snapshot, found := authorizer.estate.find(graph.ID(id)); found {
			keys = append(keys, authorizer.encryptedWith(snapshot, kinds.CanRead)...)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}
