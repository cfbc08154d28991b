package aws

import (
	"cmp"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

// database is what instances and clusters have in common.
type database struct {
	Engine, KMSKeyID                                     string
	PubliclyAccessible, StorageEncrypted                 *bool
	IAMDatabaseAuthenticationEnabled, DeletionProtection *bool
	BackupRetentionPeriod                                *int64
	VPCSecurityGroups                                    []databaseGroup
	MasterUserSecret                                     struct{ SecretARN string }
	AssociatedRoles                                      []struct{ RoleARN string }
	TagList                                              tags
}

type databaseGroup struct{ VPCSecurityGroupID, Status string }

// group gives the security group while it applies.
func (group databaseGroup) group() string {
	if group.Status == "removing" {
		return ""
	}
	return group.VPCSecurityGroupID
}

// add adds the database's node with its own properties besides.
func (database database) add(facts *ingest.Facts, site ingest.Site, id, name string, own graph.Props) subject {
	encryption := key(site, database.KMSKeyID)
	groups := resources(site, "ec2", "security-group/", each(database.VPCSecurityGroups, databaseGroup.group))
	own["engine"], own["encrypted"], own["kms_key"] = database.Engine, database.StorageEncrypted, encryption
	own["publicly_accessible"], own["security_groups"] = database.PubliclyAccessible, groups
	own["iam_auth"], own["deletion_protection"] = database.IAMDatabaseAuthenticationEnabled, database.DeletionProtection
	own["backup_days"], own["master_secret"] = database.BackupRetentionPeriod, database.MasterUserSecret.SecretARN
	found := describe(facts, site, kinds.AWSDatabase, id, name, database.TagList, own)
	found.usesKey(encryption)
	found.to(kinds.Uses, kinds.AWSSecret, database.MasterUserSecret.SecretARN)
	for _, group := range groups {
		found.to(kinds.MemberOf, kinds.AWSSecurityGroup, group)
	}
	for _, role := range database.AssociatedRoles {
		found.to(kinds.Uses, kinds.AWSRole, role.RoleARN)
	}
	return found
}

type databases struct {
	DBInstances []struct {
		database
		DBInstanceARN, DBInstanceIdentifier, DBClusterIdentifier string
		Endpoint                                                 struct {
			Address string
			Port    *int64
		}
		DBSubnetGroup     databaseSubnetGroup
		DBParameterGroups []parameterGroup
	}
}

type parameterGroup struct{ DBParameterGroupName string }

type databaseSubnetGroup struct {
	DBSubnetGroupARN, DBSubnetGroupName, VPCID string
	Subnets                                    []databaseSubnet
}

type databaseSubnet struct{ SubnetIdentifier string }

func (group databaseSubnetGroup) arn(site ingest.Site) string {
	return cmp.Or(group.DBSubnetGroupARN, resource(site, "rds", "subgrp:", group.DBSubnetGroupName))
}

func (group databaseSubnetGroup) subnets(site ingest.Site) []string {
	return resources(site, "ec2", "subnet/", each(group.Subnets, func(subnet databaseSubnet) string { return subnet.SubnetIdentifier }))
}

func mapDatabases(facts *ingest.Facts, site ingest.Site, _ string, body databases) {
	for _, instance := range body.DBInstances {
		id := cmp.Or(instance.DBInstanceARN, resource(site, "rds", "db:", instance.DBInstanceIdentifier))
		found := instance.add(facts, site, id, instance.DBInstanceIdentifier, graph.Props{
			"cluster": false, "vpc": resource(site, "ec2", "vpc/", instance.DBSubnetGroup.VPCID), "subnets": instance.DBSubnetGroup.subnets(site),
			"endpoint": instance.Endpoint.Address, "port": instance.Endpoint.Port,
			"parameter_groups": resources(site, "rds", "pg:", each(instance.DBParameterGroups, func(group parameterGroup) string { return group.DBParameterGroupName })),
		})
		found.from(kinds.Contains, kinds.AWSDatabase, resource(site, "rds", "cluster:", instance.DBClusterIdentifier))
		found.to(kinds.Uses, kinds.AWSDatabaseSubnetGroup, instance.DBSubnetGroup.arn(site))
	}
}

type databaseClusters struct {
	DBClusters []struct {
		database
		DBClusterARN, DBClusterIdentifier, Endpoint, DBSubnetGroup string
		DBClusterParameterGroup                                    *string
		Port                                                       *int64
		DBClusterMembers                                           []struct{ DBInstanceIdentifier string }
	}
}

func mapDatabaseClusters(facts *ingest.Facts, site ingest.Site, _ string, body databaseClusters) {
	for _, cluster := range body.DBClusters {
		id := cmp.Or(cluster.DBClusterARN, resource(site, "rds", "cluster:", cluster.DBClusterIdentifier))
		var groups []string
		if cluster.DBClusterParameterGroup != nil {
			groups = resources(site, "rds", "cluster-pg:", []string{*cluster.DBClusterParameterGroup})
		}
		found := cluster.add(facts, site, id, cluster.DBClusterIdentifier, graph.Props{
			"cluster": true, "endpoint": cluster.Endpoint, "port": cluster.Port, "parameter_groups": groups,
		})
		found.to(kinds.Uses, kinds.AWSDatabaseSubnetGroup, resource(site, "rds", "subgrp:", cluster.DBSubnetGroup))
		for _, member := range cluster.DBClusterMembers {
			found.to(kinds.Contains, kinds.AWSDatabase, resource(site, "rds", "db:", member.DBInstanceIdentifier))
		}
	}
}

type databaseSubnetGroups struct{ DBSubnetGroups []databaseSubnetGroup }

func mapDatabaseSubnetGroups(facts *ingest.Facts, site ingest.Site, _ string, body databaseSubnetGroups) {
	for _, group := range body.DBSubnetGroups {
		describe(facts, site, kinds.AWSDatabaseSubnetGroup, group.arn(site), group.DBSubnetGroupName, nil, graph.Props{
			"vpc": resource(site, "ec2", "vpc/", group.VPCID), "subnets": group.subnets(site),
		})
	}
}

type databaseSnapshots struct {
	DBSnapshots []struct {
		DBSnapshotARN, DBSnapshotIdentifier, DBInstanceIdentifier, Engine, KMSKeyID string
		Encrypted                                                                   *bool
		TagList                                                                     tags
	}
}

func mapDatabaseSnapshots(facts *ingest.Facts, site ingest.Site, _ string, body databaseSnapshots) {
	for _, snapshot := range body.DBSnapshots {
		encryption := key(site, snapshot.KMSKeyID)
		id := cmp.Or(snapshot.DBSnapshotARN, resource(site, "rds", "snapshot:", snapshot.DBSnapshotIdentifier))
		found := describe(facts, site, kinds.AWSDatabaseSnapshot, id, snapshot.DBSnapshotIdentifier, snapshot.TagList, graph.Props{
			"database": resource(site, "rds", "db:", snapshot.DBInstanceIdentifier), "encrypted": snapshot.Encrypted, "kms_key": encryption, "engine": snapshot.Engine,
		})
		found.usesKey(encryption)
	}
}

type clusterSnapshots struct {
	DBClusterSnapshots []struct {
		DBClusterSnapshotARN, DBClusterSnapshotIdentifier, DBClusterIdentifier, Engine, KMSKeyID string
		StorageEncrypted                                                                         *bool
		TagList                                                                                  tags
	}
}

func mapClusterSnapshots(facts *ingest.Facts, site ingest.Site, _ string, body clusterSnapshots) {
	for _, snapshot := range body.DBClusterSnapshots {
		encryption := key(site, snapshot.KMSKeyID)
		id := cmp.Or(snapshot.DBClusterSnapshotARN, resource(site, "rds", "cluster-snapshot:", snapshot.DBClusterSnapshotIdentifier))
		found := describe(facts, site, kinds.AWSDatabaseSnapshot, id, snapshot.DBClusterSnapshotIdentifier, snapshot.TagList, graph.Props{
			"database": resource(site, "rds", "cluster:", snapshot.DBClusterIdentifier), "encrypted": snapshot.StorageEncrypted, "kms_key": encryption, "engine": snapshot.Engine,
		})
		found.usesKey(encryption)
	}
}

type databaseSnapshotAttributes struct {
	DBSnapshotAttributesResult struct {
		DBSnapshotIdentifier string
		DBSnapshotAttributes snapshotAttributes
	}
}

type clusterSnapshotAttributes struct {
	DBClusterSnapshotAttributesResult struct {
		DBClusterSnapshotIdentifier string
		DBClusterSnapshotAttributes snapshotAttributes
	}
}

type snapshotAttributes []struct {
	AttributeName   string
	AttributeValues []string
}

// sharedWith gives who may restore the snapshot: account ids, or all
// (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBSnapshotAttribute.html).
func (attributes snapshotAttributes) sharedWith() []string {
	shared := []string{}
	for _, attribute := range attributes {
		if attribute.AttributeName == "restore" {
			shared = append(shared, attribute.AttributeValues...)
		}
	}
	return graph.Sorted(shared)
}

func mapDatabaseSnapshotAttributes(facts *ingest.Facts, site ingest.Site, item string, body databaseSnapshotAttributes) {
	result := body.DBSnapshotAttributesResult
	id := resource(site, "rds", "snapshot:", cmp.Or(result.DBSnapshotIdentifier, item))
	contribute(facts, kinds.AWSDatabaseSnapshot, id, graph.Props{"shared_with": result.DBSnapshotAttributes.sharedWith()})
}

func mapClusterSnapshotAttributes(facts *ingest.Facts, site ingest.Site, item string, body clusterSnapshotAttributes) {
	result := body.DBClusterSnapshotAttributesResult
	id := resource(site, "rds", "cluster-snapshot:", cmp.Or(result.DBClusterSnapshotIdentifier, item))
	contribute(facts, kinds.AWSDatabaseSnapshot, id, graph.Props{"shared_with": result.DBClusterSnapshotAttributes.sharedWith()})
}
