package aws

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"regexp"
	"strconv"

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
			Service: "ec2", Operation: "describe-instances",
			Actions: []string{"ec2:DescribeInstances"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, ec2.NewDescribeInstancesPaginator(ec2.NewFromConfig(config), &ec2.DescribeInstancesInput{}))
			},
			Map: ingest.Mapping(mapInstances),
		},
		Table{
			Service: "ec2", Operation: "describe-instance-attribute-userData",
			Actions: []string{"ec2:DescribeInstanceAttribute"},
			Parent:  "describe-instances", Items: "Reservations[].Instances[].InstanceId",
			Command: `user_data "$item"`, // the script's own: it decodes the script and keeps what withheld keeps
			Call: func(ctx context.Context, config aws.Config, item string) (any, error) {
				return ec2.NewFromConfig(config).DescribeInstanceAttribute(ctx, &ec2.DescribeInstanceAttributeInput{
					InstanceId: &item, Attribute: types.InstanceAttributeNameUserData,
				})
			},
			Absent: []string{"InvalidInstanceID.NotFound"},
			Map:    ingest.Mapping(mapUserData),
		},
		Table{
			Service: "ec2", Operation: "describe-iam-instance-profile-associations",
			Actions: []string{"ec2:DescribeIamInstanceProfileAssociations"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, ec2.NewDescribeIamInstanceProfileAssociationsPaginator(ec2.NewFromConfig(config), &ec2.DescribeIamInstanceProfileAssociationsInput{}))
			},
			Map: ingest.Mapping(mapProfileAssociations),
		},
		Table{
			Service: "ec2", Operation: "describe-launch-templates",
			Actions: []string{"ec2:DescribeLaunchTemplates"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, ec2.NewDescribeLaunchTemplatesPaginator(ec2.NewFromConfig(config), &ec2.DescribeLaunchTemplatesInput{}))
			},
			Map: ingest.Mapping(mapLaunchTemplates),
		},
		Table{
			Service: "ec2", Operation: "describe-launch-template-versions",
			Actions: []string{"ec2:DescribeLaunchTemplateVersions"},
			Command: `aws ec2 describe-launch-template-versions --versions '$Default' --query '{LaunchTemplateVersions: LaunchTemplateVersions[].merge(@, {LaunchTemplateData: merge(LaunchTemplateData, {UserData: null})})}'`,
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, ec2.NewDescribeLaunchTemplateVersionsPaginator(ec2.NewFromConfig(config),
					&ec2.DescribeLaunchTemplateVersionsInput{Versions: []string{"$Default"}}))
			},
			Map: ingest.Mapping(mapLaunchTemplateVersions),
		},
	)
}

type instances struct {
	Reservations []struct {
		OwnerID   string
		Instances []instance
	}
}

type instance struct {
	InstanceID, ImageID, VPCID, SubnetID, Platform string
	PublicIPAddress, PrivateIPAddress              string
	LaunchTime                                     moment
	State                                          struct{ Name string }
	IAMInstanceProfile                             struct{ ARN string }
	MetadataOptions                                struct {
		HTTPTokens, HTTPEndpoint string
		HTTPPutResponseHopLimit  *int64
	}
	NetworkInterfaces []networkInterface
	Tags              tags
}

func mapInstances(facts *ingest.Facts, site ingest.Site, _ string, body instances) {
	for _, reservation := range body.Reservations {
		site := heldBy(site, reservation.OwnerID)
		for _, instance := range reservation.Instances {
			profile, subnet := instance.IAMInstanceProfile.ARN, resource(site, "ec2", "subnet/", instance.SubnetID)
			props := graph.Props{
				"state": instance.State.Name, "image": instance.ImageID, "launched": string(instance.LaunchTime),
				"vpc": resource(site, "ec2", "vpc/", instance.VPCID), "subnet": subnet, "instance_profile": profile,
				"public_ip": instance.PublicIPAddress, "private_ip": instance.PrivateIPAddress,
				"metadata_tokens": instance.MetadataOptions.HTTPTokens, "metadata_hop_limit": instance.MetadataOptions.HTTPPutResponseHopLimit,
				"platform": cmp.Or(instance.Platform, "linux"), // the API names windows and leaves the rest empty
			}
			if endpoint := instance.MetadataOptions.HTTPEndpoint; endpoint != "" {
				props["metadata_disabled"] = endpoint == "disabled"
			}
			id := resource(site, "ec2", "instance/", instance.InstanceID)
			found := describe(facts, site, kinds.AWSInstance, id, instance.Tags.value("Name"), instance.Tags, props)
			found.to(kinds.Uses, kinds.AWSInstanceProfile, profile)
			found.from(kinds.Contains, kinds.AWSSubnet, subnet)
			for _, attached := range instance.NetworkInterfaces {
				attached.Attachment.InstanceID = instance.InstanceID
				attached.add(facts, site)
			}
		}
	}
}

type userData struct {
	InstanceID string
	UserData   struct{ Value string }
}

func mapUserData(facts *ingest.Facts, site ingest.Site, item string, body userData) {
	id := resource(site, "ec2", "instance/", cmp.Or(body.InstanceID, item))
	script, err := readUserData(body.UserData.Value)
	if err != nil {
		facts.Gap("user data of %s: %v", id, err)
		return
	}
	contribute(facts, kinds.AWSInstance, id, graph.Props{
		"user_data_secret": holdsSecret(script),
		"credentials":      accessKeys(script),
		"ecs_cluster":      resource(site, "ecs", "cluster/", joinedCluster(script)),
	})
}

type profileAssociations struct {
	IAMInstanceProfileAssociations []struct {
		InstanceID, State  string
		IAMInstanceProfile struct{ ARN string }
	}
}

func mapProfileAssociations(facts *ingest.Facts, site ingest.Site, _ string, body profileAssociations) {
	for _, association := range body.IAMInstanceProfileAssociations {
		if association.State == "disassociating" || association.State == "disassociated" {
			continue
		}
		profile := association.IAMInstanceProfile.ARN
		found := contribute(facts, kinds.AWSInstance, resource(site, "ec2", "instance/", association.InstanceID), graph.Props{"instance_profile": profile})
		found.to(kinds.Uses, kinds.AWSInstanceProfile, profile)
	}
}

type launchTemplates struct {
	LaunchTemplates []struct {
		LaunchTemplateID, LaunchTemplateName string
		Tags                                 tags
	}
}

func mapLaunchTemplates(facts *ingest.Facts, site ingest.Site, _ string, body launchTemplates) {
	for _, template := range body.LaunchTemplates {
		id := resource(site, "ec2", "launch-template/", template.LaunchTemplateID)
		describe(facts, site, kinds.AWSLaunchTemplate, id, template.LaunchTemplateName, template.Tags, nil)
	}
}

type launchTemplateVersions struct {
	LaunchTemplateVersions []struct {
		LaunchTemplateID   string
		VersionNumber      int64
		DefaultVersion     *bool
		LaunchTemplateData struct {
			IAMInstanceProfile struct{ ARN, Name string }
			UserData           string
		}
	}
}

func mapLaunchTemplateVersions(facts *ingest.Facts, site ingest.Site, _ string, body launchTemplateVersions) {
	for _, version := range body.LaunchTemplateVersions {
		if version.DefaultVersion != nil && !*version.DefaultVersion {
			continue
		}
		id := resource(site, "ec2", "launch-template/", version.LaunchTemplateID)
		profile := version.LaunchTemplateData.IAMInstanceProfile.ARN
		if name := version.LaunchTemplateData.IAMInstanceProfile.Name; profile == "" && name != "" {
			profile = string(site.GlobalARN("iam", "instance-profile/"+name))
		}
		props := graph.Props{"version": strconv.FormatInt(version.VersionNumber, 10), "instance_profile": profile}
		script, err := readUserData(version.LaunchTemplateData.UserData)
		if err != nil {
			facts.Gap("user data of %s: %v", id, err)
		} else {
			props["user_data_secret"], props["credentials"] = holdsSecret(script), accessKeys(script)
		}
		contribute(facts, kinds.AWSLaunchTemplate, id, props).to(kinds.Uses, kinds.AWSInstanceProfile, profile)
	}
}

// maxUserData bounds what a compressed script may unfold to; EC2 takes 16 KB before it is encoded.
const maxUserData = 1 << 20

// readUserData decodes user data: base64, and inside it plain text or, as cloud-init takes it too, gzip.
func readUserData(encoded string) (string, error) {
	script, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return "", errors.New("not base64")
	}
	if bytes.HasPrefix(script, []byte{0x1f, 0x8b}) {
		unpacked, err := gzip.NewReader(bytes.NewReader(script))
		if err != nil {
			return "", err
		}
		if script, err = io.ReadAll(io.LimitReader(unpacked, maxUserData)); err != nil {
			return "", err
		}
	}
	return string(script), nil
}

// withheld replaces user data by a summary that maps to the same facts, for the script may hold a credential and a
// bundle must not. User data that does not decode is dropped.
func withheld(encoded *string) *string {
	if encoded == nil {
		return nil
	}
	summary := ""
	if script, err := readUserData(*encoded); err == nil {
		if holdsSecret(script) {
			summary += "SECRET=withheld\n"
		}
		for _, key := range accessKeys(script) {
			summary += "AWS_ACCESS_KEY_ID=" + key + " " + withheldKey + "\n"
		}
		if cluster := joinedCluster(script); cluster != "" {
			summary += "ECS_CLUSTER=" + cluster + "\n"
		}
	}
	return aws.String(base64.StdEncoding.EncodeToString([]byte(summary)))
}

// joinedCluster gives the name of the ECS cluster that a script tells the instance's agent to join
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bootstrap_container_instance.html).
func joinedCluster(script string) string {
	if found := clusterSetting.FindStringSubmatch(script); found != nil {
		return found[1]
	}
	return ""
}

var clusterSetting = regexp.MustCompile(`\bECS_CLUSTER=["']?([A-Za-z0-9_-]{1,255})`)
