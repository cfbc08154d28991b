package aws

import (
	"slices"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// Transit tells whether what goes in and out of a store has to be encrypted: On, Off or Unknown, and why.
type Transit struct {
	Required string
	Evidence []graph.Evidence
}

// encryptedInTransit are the settings of stores that answer by another protocol than the provider's API.
var encryptedInTransit = map[graph.NodeKind]struct{ property, says string }{
	// https://docs.aws.amazon.com/opensearch-service/latest/developerguide/createupdatedomains.html, EnforceHTTPS
	kinds.AWSSearchDomain: {"https_only", "its endpoint takes HTTPS alone"},
	// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption.html
	kinds.AWSCache: {"transit_encrypted", "clients have to connect by TLS"},
}

// settledInside are stores of which a parameter decides, named so.
var settledInside = map[graph.NodeKind]string{
	// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html
	kinds.AWSDatabase: "rds.force_ssl or require_secure_transport in its parameter group",
	// https://docs.aws.amazon.com/redshift/latest/mgmt/connecting-ssl-support.html
	kinds.AWSWarehouse: "require_ssl in its parameter group",
}

// plainToo are the stores whose endpoints take plain HTTP, or NFS, beside TLS, by the protocols listed in "Service endpoints and quotas"
// (https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html); tlsAlone those that take HTTPS alone.
var (
	plainToo = []graph.NodeKind{kinds.AWSBucket, kinds.AWSQueue, kinds.AWSTopic, kinds.AWSTable, kinds.AWSFileSystem}
	tlsAlone = []graph.NodeKind{kinds.AWSKey, kinds.AWSSecret, kinds.AWSRepository, kinds.AWSLayerVersion}
)

// transit asks, of a store with a policy of its own, whether its own root user would be let in without TLS: a policy that denies that
// denies it to everyone ("AWS global condition context keys", aws:SecureTransport,
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html).
func (authorizer *Authorizer) transit(store *node) Transit {
	if setting, declared := encryptedInTransit[store.Kind]; declared {
		if !store.Props.Has(setting.property) {
			return Transit{Unknown, []graph.Evidence{missing(store.ID, setting.property, "whether %s was not collected", setting.says)}}
		}
		return Transit{onIf(store.Props.Flag(setting.property)), []graph.Evidence{guarded(store.ID, setting.property, "whether %s: %v", setting.says, store.Props.Flag(setting.property))}}
	}
	if parameter, inside := settledInside[store.Kind]; inside {
		return authorizer.forced(store, parameter)
	}
	if slices.Contains(tlsAlone, store.Kind) {
		return Transit{On, []graph.Evidence{guarded(store.ID, "endpoint", "the service takes HTTPS alone")}}
	}
	declared, holder := storageOf(store.Kind), authorizer.estate.holder(store)
	if !slices.Contains(plainToo, store.Kind) || holder == nil {
		return Transit{Unknown, []graph.Evidence{missing(store.ID, "endpoint", "nothing that was collected says so")}}
	}
	if !store.Props.Has(declared.policy) {
		return Transit{Unknown, []graph.Evidence{missing(store.ID, declared.policy, "its policy was not collected")}}
	}
	action, resource := declared.read[0], string(store.ID)
	if declared.beneath {
		resource += "/" + fresh
	}
	plain := authorizer.judge(authorizer.subject(holder.id), authorizer.target(string(store.ID)), action, resource, map[string]string{"aws:SecureTransport": "false"})
	if plain.Holds {
		return Transit{Off, []graph.Evidence{guarded(store.ID, declared.policy, "its policy does not deny requests without TLS")}}
	}
	return Transit{On, plain.Evidence}
}

// forced asks the parameter groups of a database whether its clients have to connect by TLS. Of a cluster's instances the cluster's group
// decides as well: the parameter is the cluster's ("Working with DB cluster parameter groups",
// https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_WorkingWithDBClusterParamGroups.html).
func (authorizer *Authorizer) forced(store *node, parameter string) Transit {
	groups := store.Props.List("parameter_groups")
	for at := range authorizer.estate.snapshot.Predecessors(store.index, kinds.Contains) {
		groups = append(slices.Clone(groups), authorizer.estate.node(at).Props.List("parameter_groups")...)
	}
	answer := Transit{Required: Unknown}
	for _, id := range groups {
		group, found := authorizer.estate.find(graph.ID(id))
		if !found || !group.Props.Has("force_tls") {
			continue
		}
		forced := group.Props.Flag("force_tls")
		answer.Evidence = append(answer.Evidence, guarded(group.ID, "force_tls", "whether clients have to connect by TLS: %v", forced))
		if forced || answer.Required == Unknown {
			answer.Required = onIf(forced)
		}
	}
	if answer.Required == Unknown {
		answer.Evidence = []graph.Evidence{missing(store.ID, "parameters", "%s decides, and was not collected", parameter)}
	}
	return answer
}
