package aws

import (
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// lent are the kinds of store whose data whoever AWS RAM shares them with reads: an Aurora cluster, which may then be cloned
// ("Cross-account cloning", https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Managing.Clone.Cross-Account.html), and a
// parameter ("Working with shared parameters",
// https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-shared-parameters.html). What else RAM shares is used, and
// not read.
var lent = []graph.NodeKind{kinds.AWSDatabase, kinds.AWSParameter}

// resourceShares derives who reads the stores that AWS RAM shares. Principals are accounts, organizations and units of them, and roles and
// users, whose own policies have to allow it as well ("How AWS RAM works with IAM",
// https://docs.aws.amazon.com/ram/latest/userguide/security-iam-policies.html).
func (authorizer *Authorizer) resourceShares() []graph.Edge {
	var edges []graph.Edge
	for _, share := range authorizer.estate.all(kinds.AWSResourceShare) {
		if status := share.Props.Text("status"); status != "" && status != "ACTIVE" {
			continue
		}
		for _, id := range share.Props.List("resources") {
			if store, found := authorizer.estate.find(graph.ID(id)); found && store.known() && slices.Contains(lent, store.Kind) {
				edges = append(edges, authorizer.lentTo(share, store)...)
			}
		}
	}
	return edges
}

// lentTo gives who reads a store by a share.
func (authorizer *Authorizer) lentTo(share, store *node) []graph.Edge {
	var edges []graph.Edge
	holder := authorizer.estate.holder(store)
	for _, principal := range share.Props.List("principals") {
		edge := graph.Edge{
			From: graph.ID(principal), To: store.ID, Kind: kinds.CanRead, Technique: storeAccess, Cause: setting(share.ID, "principals"), Requires: authorizer.encryptedWith(store, kinds.CanRead),
			Evidence: []graph.Evidence{granted(share.ID, "principals", "AWS RAM shares it with %s", principal)},
		}
		reader := parseARN(principal)
		switch {
		case isAccount(principal):
			if holder != nil && holder.digits == principal {
				continue
			}
			edge.From = authorizer.estate.account(parseARN(string(store.ID)).partition, principal).id
		case reader.service == "organizations":
		case reader.service == "iam" && (strings.HasPrefix(reader.resource, "role/") || strings.HasPrefix(reader.resource, "user/")):
			edge.Verdict = graph.Possible
			edge.Evidence = append(edge.Evidence, missing(edge.From, "policies", "whether its own policies let it use what is shared is not judged"))
		default:
			continue // a service
		}
		edges = append(edges, edge)
	}
	return edges
}
