package aws

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		Table{
			Service: "ec2", Operation: "describe-volumes",
			Actions: []string{"ec2:DescribeVolumes"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, ec2.NewDescribeVolumesPaginator(ec2.NewFromConfig(config), &ec2.DescribeVolumesInput{}))
			},
			Map: ingest.Mapping(mapVolumes),
		},
		Table{
			Service: "ec2", Operation: "describe-snapshots",
			Actions: []string{"ec2:DescribeSnapshots"},
			Command: "aws ec2 describe-snapshots --owner-ids self",
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, ec2.NewDescribeSnapshotsPaginator(ec2.NewFromConfig(config), &ec2.DescribeSnapshotsInput{OwnerIds: []string{"self"}}))
			},
			Map: ingest.Mapping(mapVolumeSnapshots),
		},
		Table{
			Service: "ec2", Operation: "describe-snapshot-attribute-createVolumePermission",
			Actions: []string{"ec2:DescribeSnapshotAttribute"},
			Parent:  "describe-snapshots", Items: "Snapshots[].SnapshotId",
			Command: `aws ec2 describe-snapshot-attribute --attribute createVolumePermission --snapshot-id "$item"`,
			Call: func(ctx context.Context, config aws.Config, item string) (any, error) {
				return ec2.NewFromConfig(config).DescribeSnapshotAttribute(ctx, &ec2.DescribeSnapshotAttributeInput{
					SnapshotId: &item, Attribute: types.SnapshotAttributeNameCreateVolumePermission,
				})
			},
			Absent: []string{"InvalidSnapshot.NotFound"},
			Map:    ingest.Mapping(mapSnapshotPermission),
		},
		once("ec2", "describe-locked-snapshots", "ec2:DescribeLockedSnapshots", ingest.Mapping(mapSnapshotLocks), func(ctx context.Context, config aws.Config) (any, error) {
			client := ec2.NewFromConfig(config)
			snapshots, err := gather(func(token *string) ([]types.LockedSnapshotsInfo, *string, error) {
				page, err := client.DescribeLockedSnapshots(ctx, &ec2.DescribeLockedSnapshotsInput{NextToken: token})
				if err != nil {
					return nil, nil, err
				}
				return page.Snapshots, page.NextToken, nil
			})
			return ec2.DescribeLockedSnapshotsOutput{Snapshots: snapshots}, err
		}),
	)
}

type volumes struct {
	Volumes []struct {
		VolumeID, KMSKeyID string
		Encrypted          *bool
		Attachments        []volumeAttachment
		Tags               tags
	}
}

type volumeAttachment struct{ InstanceID, State string }

func (attachment volumeAttachment) instance() string {
	if attachment.State == "detached" {
		return ""
	}
	return attachment.InstanceID
}

func mapVolumes(facts *ingest.Facts, site ingest.Site, _ string, body volumes) {
	for _, volume := range body.Volumes {
		instances := resources(site, "ec2", "instance/", each(volume.Attachments, volumeAttachment.instance))
		encryption := key(site, volume.KMSKeyID)
		id := resource(site, "ec2", "volume/", volume.VolumeID)
		found := describe(facts, site, kinds.AWSVolume, id, volume.Tags.value("Name"), volume.Tags, graph.Props{
			"encrypted": volume.Encrypted, "kms_key": encryption, "instances": instances,
		})
		found.usesKey(encryption)
		for _, instance := range instances {
			found.to(kinds.AttachedTo, kinds.AWSInstance, instance)
		}
	}
}

type volumeSnapshots struct {
	Snapshots []struct {
		SnapshotID, VolumeID, KMSKeyID, OwnerID string
		Encrypted                               *bool
		Tags                                    tags
	}
}

// noVolume is the id that a snapshot made by copying carries instead of its volume's
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Snapshot.html, volumeId).
const noVolume = "vol-ffffffff"

func mapVolumeSnapshots(facts *ingest.Facts, site ingest.Site, _ string, body volumeSnapshots) {
	for _, snapshot := range body.Snapshots {
		site := heldBy(site, snapshot.OwnerID)
		if snapshot.VolumeID == noVolume {
			snapshot.VolumeID = ""
		}
		encryption := key(site, snapshot.KMSKeyID)
		found := describe(facts, site, kinds.AWSVolumeSnapshot, volumeSnapshotARN(site, snapshot.SnapshotID), snapshot.Tags.value("Name"), snapshot.Tags, graph.Props{
			"encrypted": snapshot.Encrypted, "kms_key": encryption, "volume": resource(site, "ec2", "volume/", snapshot.VolumeID),
		})
		found.usesKey(encryption)
	}
}

type snapshotPermission struct {
	SnapshotID              string
	CreateVolumePermissions []sharing
}

// sharing names an account or the group all.
type sharing struct{ UserID, Group string }

func mapSnapshotPermission(facts *ingest.Facts, site ingest.Site, item string, body snapshotPermission) {
	shared := each(append([]sharing{}, body.CreateVolumePermissions...), func(with sharing) string { return cmp.Or(with.UserID, with.Group) })
	contribute(facts, kinds.AWSVolumeSnapshot, volumeSnapshotARN(site, cmp.Or(body.SnapshotID, item)), graph.Props{"shared_with": shared})
}

type snapshotLocks struct {
	Snapshots []struct {
		SnapshotID, OwnerID, LockState string
		LockExpiresOn                  moment
	}
}

// mapSnapshotLocks reads locks: a snapshot that is not listed has none
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeLockedSnapshots.html).
func mapSnapshotLocks(facts *ingest.Facts, site ingest.Site, _ string, body snapshotLocks) {
	for _, snapshot := range body.Snapshots {
		contribute(facts, kinds.AWSVolumeSnapshot, volumeSnapshotARN(site, snapshot.SnapshotID), graph.Props{"lock": snapshot.LockState, "lock_expires": string(snapshot.LockExpiresOn)})
	}
}

// volumeSnapshotARN names an EBS snapshot; its ARN has no account
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html#amazonec2-resources-for-iam-policies).
func volumeSnapshotARN(site ingest.Site, id string) string {
	site.Account = ""
	return resource(site, "ec2", "snapshot/", id)
}
