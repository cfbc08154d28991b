package aws

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshift"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(once("redshift", "describe-clusters", "redshift:DescribeClusters", ingest.Mapping(mapWarehouses), func(ctx context.Context, config aws.Config) (any, error) {
		return pages(ctx, redshift.NewDescribeClustersPaginator(redshift.NewFromConfig(config), &redshift.DescribeClustersInput{}))
	}))
}

type warehouses struct {
	Clusters []struct {
		ClusterIdentifier, ClusterNamespaceARN, VPCID, KMSKeyID, MasterPasswordSecretARN string
		PubliclyAccessible, Encrypted, EnhancedVPCRouting                                *bool
		AutomatedSnapshotRetentionPeriod                                                 *int32
		Endpoint                                                                         struct {
			Address string
			Port    *int32
		}
		IAMRoles          []warehouseRole
		VPCSecurityGroups []warehouseGroup
		// ClusterParameterGroups hold what decides whether clients have to connect by TLS.
		ClusterParameterGroups []warehouseParameters
		Tags                   tags
	}
}

type warehouseRole struct{ IAMRoleARN string }

type warehouseParameters struct{ ParameterGroupName string }

type warehouseGroup struct{ VPCSecurityGroupID string }

func mapWarehouses(facts *ingest.Facts, site ingest.Site, _ string, body warehouses) {
	for _, cluster := range body.Clusters {
		encryption := key(site, cluster.KMSKeyID)
		groups := each(cluster.VPCSecurityGroups, func(group warehouseGroup) string { return group.VPCSecurityGroupID })
		roles := each(cluster.IAMRoles, func(role warehouseRole) string { return role.IAMRoleARN })
		found := describe(facts, site, kinds.AWSWarehouse, resource(site, "redshift", "cluster:", cluster.ClusterIdentifier), cluster.ClusterIdentifier, append(tags{}, cluster.Tags...), graph.Props{
			"publicly_accessible": cluster.PubliclyAccessible, "encrypted": cluster.Encrypted, "kms_key": encryption, "vpc": resource(site, "ec2", "vpc/", cluster.VPCID),
			"security_groups": resources(site, "ec2", "security-group/", groups), "endpoint": cluster.Endpoint.Address, "port": cluster.Endpoint.Port, "roles": roles,
			"master_secret": cluster.MasterPasswordSecretARN, "backup_days": cluster.AutomatedSnapshotRetentionPeriod, "enhanced_routing": cluster.EnhancedVPCRouting,
			"parameter_groups": resources(site, "redshift", "parametergroup:", each(cluster.ClusterParameterGroups, func(group warehouseParameters) string { return group.ParameterGroupName })),
		})
		found.usesKey(encryption)
		for _, role := range roles {
			found.to(kinds.Uses, kinds.AWSRole, role)
		}
		found.to(kinds.Uses, kinds.AWSSecret, cluster.MasterPasswordSecretARN)
	}
}
