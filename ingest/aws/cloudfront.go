package aws

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		Table{
			Service: "cloudfront", Operation: "list-distributions", Global: true,
			Actions: []string{"cloudfront:ListDistributions"},
			// The query leaves the headers behind that CloudFront adds, by which origins know it: their values are shared secrets.
			Command: `aws cloudfront list-distributions --query '{DistributionList: {Items: DistributionList.Items[].{ARN: ARN, Id: Id, DomainName: DomainName, ` +
				`Aliases: Aliases, Enabled: Enabled, WebACLId: WebACLId, DefaultCacheBehavior: DefaultCacheBehavior, CacheBehaviors: CacheBehaviors, ` +
				`Origins: {Items: Origins.Items[].{Id: Id, DomainName: DomainName, OriginAccessControlId: OriginAccessControlId, S3OriginConfig: S3OriginConfig, ` +
				`CustomOriginConfig: CustomOriginConfig, VpcOriginConfig: VpcOriginConfig}}}}}'`,
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				found := cloudfront.ListDistributionsOutput{DistributionList: &types.DistributionList{Items: []types.DistributionSummary{}}}
				for source := cloudfront.NewListDistributionsPaginator(cloudfront.NewFromConfig(config), &cloudfront.ListDistributionsInput{}); source.HasMorePages(); {
					page, err := source.NextPage(ctx)
					if err != nil {
						return nil, err
					}
					if page.DistributionList != nil {
						found.DistributionList.Items = append(found.DistributionList.Items, page.DistributionList.Items...)
					}
				}
				return found, nil
			},
			Map: ingest.Mapping(mapDistributions),
		},
		Table{
			Service: "cloudfront", Operation: "list-origin-access-controls", Global: true,
			Actions: []string{"cloudfront:ListOriginAccessControls"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				found := cloudfront.ListOriginAccessControlsOutput{OriginAccessControlList: &types.OriginAccessControlList{Items: []types.OriginAccessControlSummary{}}}
				for source := cloudfront.NewListOriginAccessControlsPaginator(cloudfront.NewFromConfig(config), &cloudfront.ListOriginAccessControlsInput{}); source.HasMorePages(); {
					page, err := source.NextPage(ctx)
					if err != nil {
						return nil, err
					}
					if page.OriginAccessControlList != nil {
						found.OriginAccessControlList.Items = append(found.OriginAccessControlList.Items, page.OriginAccessControlList.Items...)
					}
				}
				return found, nil
			},
			Map: ingest.Mapping(mapOriginAccessControls),
		},
	)
}

type distributions struct {
	DistributionList struct {
		Items []struct {
			ARN, ID, DomainName, WebACLID string
			Enabled                       *bool
			Aliases                       struct{ Items []string }
			Origins                       struct{ Items []cdnOrigin }
			DefaultCacheBehavior          cdnBehavior
			CacheBehaviors                struct{ Items []cdnBehavior }
		}
	}
}

type cdnOrigin struct {
	ID, DomainName, OriginAccessControlID string
	S3OriginConfig                        *struct{ OriginAccessIdentity string }
	CustomOriginConfig                    *struct{ HTTPPort, HTTPSPort int64 }
	VPCOriginConfig                       *struct{ VPCOriginID string }
}

// access says how CloudFront shows the origin who it is.
func (origin cdnOrigin) access() string {
	switch {
	case origin.OriginAccessControlID != "":
		return "control " + origin.OriginAccessControlID
	case origin.S3OriginConfig != nil && origin.S3OriginConfig.OriginAccessIdentity != "":
		return "identity " + lastPart(origin.S3OriginConfig.OriginAccessIdentity)
	case origin.VPCOriginConfig != nil:
		return "vpc " + origin.VPCOriginConfig.VPCOriginID
	}
	return ""
}

type cdnBehavior struct {
	PathPattern, TargetOriginID      string
	TrustedSigners, TrustedKeyGroups struct{ Enabled *bool }
}

// signed reports whether viewers need signed addresses or cookies
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-trusted-signers.html).
func (behavior cdnBehavior) signed() bool {
	return aws.ToBool(behavior.TrustedSigners.Enabled) || aws.ToBool(behavior.TrustedKeyGroups.Enabled)
}

// mapDistributions reads distributions. An origin is "id|domain|access", a behavior "path|origin|anyone" or "path|origin|signed".
func mapDistributions(facts *ingest.Facts, site ingest.Site, _ string, body distributions) {
	for _, one := range body.DistributionList.Items {
		origins, behaviors := []string{}, []string{}
		for _, origin := range one.Origins.Items {
			origins = append(origins, strings.Join([]string{origin.ID, origin.DomainName, origin.access()}, "|"))
		}
		for _, behavior := range slices.Concat([]cdnBehavior{one.DefaultCacheBehavior}, one.CacheBehaviors.Items) {
			who := "anyone"
			if behavior.signed() {
				who = "signed"
			}
			behaviors = append(behaviors, strings.Join([]string{cmp.Or(behavior.PathPattern, "*"), behavior.TargetOriginID, who}, "|"))
		}
		id := one.ARN
		if id == "" {
			id = string(site.GlobalARN("cloudfront", "distribution/"+one.ID))
		}
		found := describe(facts, site, kinds.AWSDistribution, id, cmp.Or(one.DomainName, one.ID), nil, graph.Props{
			"domain": one.DomainName, "aliases": graph.Sorted(one.Aliases.Items), "enabled": one.Enabled, "web_acl": one.WebACLID,
			"origins": graph.Sorted(origins), "behaviors": graph.Sorted(behaviors),
		})
		if strings.HasPrefix(one.WebACLID, "arn:") {
			found.from(kinds.AttachedTo, kinds.AWSWebACL, one.WebACLID)
		}
	}
}

func mapOriginAccessControls(facts *ingest.Facts, site ingest.Site, _ string, body struct {
	OriginAccessControlList struct {
		Items []struct{ ID, Name, SigningBehavior, OriginAccessControlOriginType string }
	}
},
) {
	for _, control := range body.OriginAccessControlList.Items {
		id := string(site.GlobalARN("cloudfront", "origin-access-control/"+control.ID))
		describe(facts, site, kinds.AWSOriginAccessControl, id, control.Name, nil, graph.Props{
			"signing": control.SigningBehavior, "type": control.OriginAccessControlOriginType,
		})
	}
}
