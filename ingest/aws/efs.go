package aws

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/efs"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	system := of{"describe-file-systems", "FileSystems[].FileSystemId", "--file-system-id"}
	register(
		once("efs", "describe-file-systems", "elasticfilesystem:DescribeFileSystems", ingest.Mapping(mapFileSystems), func(ctx context.Context, config aws.Config) (any, error) {
			return pages(ctx, efs.NewDescribeFileSystemsPaginator(efs.NewFromConfig(config), &efs.DescribeFileSystemsInput{}))
		}),
		perItem("efs", "describe-file-system-policy", "elasticfilesystem:DescribeFileSystemPolicy", system, ingest.Mapping(mapFileSystemPolicy), func(ctx context.Context, config aws.Config, id string) (any, error) {
			return efs.NewFromConfig(config).DescribeFileSystemPolicy(ctx, &efs.DescribeFileSystemPolicyInput{FileSystemId: &id})
		}, "PolicyNotFound"),
		perItem("efs", "describe-backup-policy", "elasticfilesystem:DescribeBackupPolicy", system, ingest.Mapping(mapFileSystemBackups), func(ctx context.Context, config aws.Config, id string) (any, error) {
			return efs.NewFromConfig(config).DescribeBackupPolicy(ctx, &efs.DescribeBackupPolicyInput{FileSystemId: &id})
		}, "PolicyNotFound"),
		perItem("efs", "describe-mount-targets", "elasticfilesystem:DescribeMountTargets", system, ingest.Mapping(mapMountTargets), func(ctx context.Context, config aws.Config, id string) (any, error) {
			return pages(ctx, efs.NewDescribeMountTargetsPaginator(efs.NewFromConfig(config), &efs.DescribeMountTargetsInput{FileSystemId: &id}))
		}),
	)
}

func fileSystemID(site ingest.Site, id string) string {
	if id == "" {
		return ""
	}
	return resource(site, "elasticfilesystem", "file-system/", id)
}

type fileSystems struct {
	FileSystems []struct {
		FileSystemARN, FileSystemID, Name, KMSKeyID string
		Encrypted                                   *bool
		Tags                                        tags
	}
}

func mapFileSystems(facts *ingest.Facts, site ingest.Site, _ string, body fileSystems) {
	for _, system := range body.FileSystems {
		encryption := key(site, system.KMSKeyID)
		describe(facts, site, kinds.AWSFileSystem, cmp.Or(system.FileSystemARN, fileSystemID(site, system.FileSystemID)), cmp.Or(system.Name, system.FileSystemID), append(tags{}, system.Tags...), graph.Props{
			"encrypted": system.Encrypted, "kms_key": encryption,
		}).usesKey(encryption)
	}
}

type fileSystemPolicy struct{ Policy policy }

func mapFileSystemPolicy(facts *ingest.Facts, site ingest.Site, item string, body fileSystemPolicy) {
	id := fileSystemID(site, item)
	contribute(facts, kinds.AWSFileSystem, id, graph.Props{"policy": body.Policy.orNone(facts, id)})
}

type fileSystemBackups struct{ BackupPolicy struct{ Status string } }

// mapFileSystemBackups reads whether there are automatic backups; without a policy there are none
// (https://docs.aws.amazon.com/efs/latest/ug/API_DescribeBackupPolicy.html).
func mapFileSystemBackups(facts *ingest.Facts, site ingest.Site, item string, body fileSystemBackups) {
	status := body.BackupPolicy.Status
	contribute(facts, kinds.AWSFileSystem, fileSystemID(site, item), graph.Props{"backups": status == "ENABLED" || status == "ENABLING"})
}

type mountTargets struct{ MountTargets []mountTarget }

type mountTarget struct{ SubnetID, VPCID string }

// mapMountTargets reads where a file system is mounted; its mount targets are all in one VPC
// (https://docs.aws.amazon.com/efs/latest/ug/accessing-fs.html).
func mapMountTargets(facts *ingest.Facts, site ingest.Site, item string, body mountTargets) {
	props := graph.Props{"subnets": resources(site, "ec2", "subnet/", each(body.MountTargets, func(target mountTarget) string { return target.SubnetID }))}
	for _, target := range body.MountTargets {
		props["vpc"] = resource(site, "ec2", "vpc/", target.VPCID)
	}
	contribute(facts, kinds.AWSFileSystem, fileSystemID(site, item), props)
}
