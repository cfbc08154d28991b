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
	images := once("ec2", "describe-images", "ec2:DescribeImages", ingest.Mapping(mapMachineImages), func(ctx context.Context, config aws.Config) (any, error) {
		return pages(ctx, ec2.NewDescribeImagesPaginator(ec2.NewFromConfig(config), &ec2.DescribeImagesInput{Owners: []string{"self"}}))
	})
	images.Command = "aws ec2 describe-images --owners self"
	permissions := perItem("ec2", "describe-image-attribute-launchPermission", "ec2:DescribeImageAttribute", of{"describe-images", "Images[].ImageId", ""}, ingest.Mapping(mapLaunchPermission),
		func(ctx context.Context, config aws.Config, id string) (any, error) {
			return ec2.NewFromConfig(config).DescribeImageAttribute(ctx, &ec2.DescribeImageAttributeInput{ImageId: &id, Attribute: types.ImageAttributeNameLaunchPermission})
		}, "InvalidAMIID.NotFound", "InvalidAMIID.Unavailable")
	permissions.Command = `aws ec2 describe-image-attribute --attribute launchPermission --image-id "$item"`
	register(images, permissions)
}

type machineImages struct {
	Images []struct {
		ImageID, Name, OwnerID, State string
		DeregistrationProtection      string
		CreationDate                  moment
		BlockDeviceMappings           []blockDevice
		Tags                          tags
	}
}

type blockDevice struct{ EBS struct{ SnapshotID string } }

func mapMachineImages(facts *ingest.Facts, site ingest.Site, _ string, body machineImages) {
	for _, image := range body.Images {
		snapshots := []string{}
		for _, device := range image.BlockDeviceMappings {
			if device.EBS.SnapshotID != "" {
				snapshots = append(snapshots, volumeSnapshotARN(site, device.EBS.SnapshotID))
			}
		}
		found := describe(facts, heldBy(site, image.OwnerID), kinds.AWSImage, imageARN(site, image.ImageID), image.Name, image.Tags, graph.Props{
			"state": image.State, "deregistration_protection": image.DeregistrationProtection, "created": string(image.CreationDate), "snapshots": graph.Sorted(snapshots),
		})
		for _, snapshot := range snapshots {
			found.to(kinds.Uses, kinds.AWSVolumeSnapshot, snapshot)
		}
	}
}

type launchPermission struct {
	ImageID           string
	LaunchPermissions []launcher
}

// launcher is whom a launch permission names: an account, the group all, an organization or a unit of one.
type launcher struct {
	UserID, Group         string
	OrganizationARN       string
	OrganizationalUnitARN string
}

func (launcher launcher) name() string {
	return cmp.Or(launcher.UserID, launcher.Group, launcher.OrganizationARN, launcher.OrganizationalUnitARN)
}

func mapLaunchPermission(facts *ingest.Facts, site ingest.Site, item string, body launchPermission) {
	contribute(facts, kinds.AWSImage, imageARN(site, cmp.Or(body.ImageID, item)), graph.Props{
		"shared_with": each(append([]launcher{}, body.LaunchPermissions...), launcher.name),
	})
}

// imageARN names a machine image; its ARN has no account
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html#amazonec2-resources-for-iam-policies).
func imageARN(site ingest.Site, id string) string {
	site.Account = ""
	return resource(site, "ec2", "image/", id)
}
