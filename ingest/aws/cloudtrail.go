package aws

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		Table{
			// The copies of trails of other regions and of the organization are asked for too (the API's default):
			// a member account learns of its organization's trail no other way.
			Service: "cloudtrail", Operation: "describe-trails",
			Actions: []string{"cloudtrail:DescribeTrails"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return cloudtrail.NewFromConfig(config).DescribeTrails(ctx, &cloudtrail.DescribeTrailsInput{})
			},
			Map: ingest.Mapping(mapTrails),
		},
		Table{
			Service: "cloudtrail", Operation: "get-trail-status",
			Actions: []string{"cloudtrail:GetTrailStatus"},
			Parent:  "describe-trails", Items: "trailList[].TrailARN",
			Command: `aws cloudtrail get-trail-status --name "$item"`,
			Call: func(ctx context.Context, config aws.Config, trail string) (any, error) {
				return cloudtrail.NewFromConfig(config).GetTrailStatus(ctx, &cloudtrail.GetTrailStatusInput{Name: &trail})
			},
			Absent: []string{"TrailNotFoundException"},
			Map:    ingest.Mapping(mapTrailStatus),
		},
	)
}

type trails struct {
	TrailList []struct {
		TrailARN, Name, HomeRegion, S3BucketName, KMSKeyID                string
		IsMultiRegionTrail, IsOrganizationTrail, LogFileValidationEnabled *bool
	}
}

func mapTrails(facts *ingest.Facts, site ingest.Site, _ string, body trails) {
	for _, trail := range body.TrailList {
		home := siteOf(trail.TrailARN, site)
		home.Region = cmp.Or(trail.HomeRegion, home.Region)
		encryption := key(home, trail.KMSKeyID)
		found := describe(facts, home, kinds.AWSTrail, trail.TrailARN, trail.Name, nil, graph.Props{
			"multi_region": trail.IsMultiRegionTrail, "organization_trail": trail.IsOrganizationTrail,
			"bucket": trail.S3BucketName, "kms_key": encryption, "validation": trail.LogFileValidationEnabled,
		})
		found.to(kinds.Uses, kinds.AWSBucket, bucketARN(site, trail.S3BucketName))
		found.usesKey(encryption)
	}
}

type trailStatus struct{ IsLogging *bool }

func mapTrailStatus(facts *ingest.Facts, _ ingest.Site, trail string, body trailStatus) {
	contribute(facts, kinds.AWSTrail, trail, graph.Props{"logging": body.IsLogging})
}
