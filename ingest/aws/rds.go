package aws

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"

	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		Table{
			Service: "rds", Operation: "describe-db-instances",
			Actions: []string{"rds:DescribeDBInstances"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, rds.NewDescribeDBInstancesPaginator(rds.NewFromConfig(config), &rds.DescribeDBInstancesInput{}))
			},
			Map: ingest.Mapping(mapDatabases),
		},
		Table{
			Service: "rds", Operation: "describe-db-clusters",
			Actions: []string{"rds:DescribeDBClusters"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, rds.NewDescribeDBClustersPaginator(rds.NewFromConfig(config), &rds.DescribeDBClustersInput{}))
			},
			Map: ingest.Mapping(mapDatabaseClusters),
		},
		Table{
			Service: "rds", Operation: "describe-db-subnet-groups",
			Actions: []string{"rds:DescribeDBSubnetGroups"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, rds.NewDescribeDBSubnetGroupsPaginator(rds.NewFromConfig(config), &rds.DescribeDBSubnetGroupsInput{}))
			},
			Map: ingest.Mapping(mapDatabaseSubnetGroups),
		},
		Table{
			Service: "rds", Operation: "describe-db-snapshots",
			Actions: []string{"rds:DescribeDBSnapshots"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, rds.NewDescribeDBSnapshotsPaginator(rds.NewFromConfig(config), &rds.DescribeDBSnapshotsInput{}))
			},
			Map: ingest.Mapping(mapDatabaseSnapshots),
		},
		Table{
			Service: "rds", Operation: "describe-db-snapshot-attributes",
			Actions: []string{"rds:DescribeDBSnapshotAttributes"},
			Parent:  "describe-db-snapshots", Items: "DBSnapshots[].DBSnapshotIdentifier",
			Command: `aws rds describe-db-snapshot-attributes --db-snapshot-identifier "$item"`,
			Call: func(ctx context.Context, config aws.Config, snapshot string) (any, error) {
				return rds.NewFromConfig(config).DescribeDBSnapshotAttributes(ctx, &rds.DescribeDBSnapshotAttributesInput{DBSnapshotIdentifier: &snapshot})
			},
			Absent: []string{"DBSnapshotNotFound", "DBSnapshotNotFoundFault"},
			Map:    ingest.Mapping(mapDatabaseSnapshotAttributes),
		},
		Table{
			Service: "rds", Operation: "describe-db-cluster-snapshots",
			Actions: []string{"rds:DescribeDBClusterSnapshots"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, rds.NewDescribeDBClusterSnapshotsPaginator(rds.NewFromConfig(config), &rds.DescribeDBClusterSnapshotsInput{}))
			},
			Map: ingest.Mapping(mapClusterSnapshots),
		},
		Table{
			Service: "rds", Operation: "describe-db-cluster-snapshot-attributes",
			Actions: []string{"rds:DescribeDBClusterSnapshotAttributes"},
			Parent:  "describe-db-cluster-snapshots", Items: "DBClusterSnapshots[].DBClusterSnapshotIdentifier",
			Command: `aws rds describe-db-cluster-snapshot-attributes --db-cluster-snapshot-identifier "$item"`,
			Call: func(ctx context.Context, config aws.Config, snapshot string) (any, error) {
				return rds.NewFromConfig(config).DescribeDBClusterSnapshotAttributes(ctx, &rds.DescribeDBClusterSnapshotAttributesInput{DBClusterSnapshotIdentifier: &snapshot})
			},
			Absent: []string{"DBClusterSnapshotNotFoundFault"},
			Map:    ingest.Mapping(mapClusterSnapshotAttributes),
		},
	)
}
