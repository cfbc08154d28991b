package aws

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticache"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		once("elasticache", "describe-replication-groups", "elasticache:DescribeReplicationGroups", ingest.Mapping(mapReplicationGroups), func(ctx context.Context, config aws.Config) (any, error) {
			return pages(ctx, elasticache.NewDescribeReplicationGroupsPaginator(elasticache.NewFromConfig(config), &elasticache.DescribeReplicationGroupsInput{}))
		}),
		once("elasticache", "describe-cache-clusters", "elasticache:DescribeCacheClusters", ingest.Mapping(mapCacheClusters), func(ctx context.Context, config aws.Config) (any, error) {
			return pages(ctx, elasticache.NewDescribeCacheClustersPaginator(elasticache.NewFromConfig(config), &elasticache.DescribeCacheClustersInput{}))
		}),
	)
}

// cacheSettings are what a replication group and a cluster of its own have in common.
type cacheSettings struct {
	ARN, Engine                                       string
	AtRestEncryptionEnabled, TransitEncryptionEnabled *bool
	AuthTokenEnabled                                  *bool
	SnapshotRetentionLimit                            *int32
}

func (settings cacheSettings) props() graph.Props {
	return graph.Props{
		"engine": settings.Engine, "encrypted": settings.AtRestEncryptionEnabled, "transit_encrypted": settings.TransitEncryptionEnabled,
		"token": settings.AuthTokenEnabled, "backup_days": settings.SnapshotRetentionLimit,
	}
}

type replicationGroups struct {
	ReplicationGroups []struct {
		cacheSettings
		ReplicationGroupID, KMSKeyID string
		UserGroupIDs                 []string
	}
}

func mapReplicationGroups(facts *ingest.Facts, site ingest.Site, _ string, body replicationGroups) {
	for _, group := range body.ReplicationGroups {
		encryption := key(site, group.KMSKeyID)
		props := group.props()
		props["kms_key"], props["user_groups"] = encryption, graph.Sorted(group.UserGroupIDs)
		describe(facts, site, kinds.AWSCache, cmp.Or(group.ARN, resource(site, "elasticache", "replicationgroup:", group.ReplicationGroupID)), group.ReplicationGroupID, nil, props).usesKey(encryption)
	}
}

type cacheClusters struct {
	CacheClusters []struct {
		cacheSettings
		CacheClusterID, ReplicationGroupID string
		ConfigurationEndpoint              struct{ Port *int32 }
		SecurityGroups                     []cacheGroup
	}
}

type cacheGroup struct{ SecurityGroupID string }

// mapCacheClusters reads clusters. One that is a member of a replication group only tells what guards the group.
func mapCacheClusters(facts *ingest.Facts, site ingest.Site, _ string, body cacheClusters) {
	for _, cluster := range body.CacheClusters {
		groups := resources(site, "ec2", "security-group/", each(cluster.SecurityGroups, func(group cacheGroup) string { return group.SecurityGroupID }))
		var found subject
		if cluster.ReplicationGroupID != "" {
			found = contribute(facts, kinds.AWSCache, resource(site, "elasticache", "replicationgroup:", cluster.ReplicationGroupID), graph.Props{"security_groups": groups, "engine": cluster.Engine})
		} else {
			props := cluster.props()
			props["security_groups"], props["port"] = groups, cluster.ConfigurationEndpoint.Port
			found = describe(facts, site, kinds.AWSCache, cmp.Or(cluster.ARN, resource(site, "elasticache", "cluster:", cluster.CacheClusterID)), cluster.CacheClusterID, nil, props)
		}
		for _, group := range groups {
			found.to(kinds.MemberOf, kinds.AWSSecurityGroup, group)
		}
	}
}
