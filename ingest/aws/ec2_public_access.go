package aws

import (
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
			Service: "ec2", Operation: "describe-vpc-block-public-access-options",
			Actions: []string{"ec2:DescribeVpcBlockPublicAccessOptions"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return ec2.NewFromConfig(config).DescribeVpcBlockPublicAccessOptions(ctx, &ec2.DescribeVpcBlockPublicAccessOptionsInput{})
			},
			Map: ingest.Mapping(mapPublicAccessOptions),
		},
		Table{
			Service: "ec2", Operation: "describe-vpc-block-public-access-exclusions",
			Actions: []string{"ec2:DescribeVpcBlockPublicAccessExclusions"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				exclusions, err := gather(func(token *string) ([]types.VpcBlockPublicAccessExclusion, *string, error) {
					page, err := ec2.NewFromConfig(config).DescribeVpcBlockPublicAccessExclusions(ctx, &ec2.DescribeVpcBlockPublicAccessExclusionsInput{NextToken: token})
					if err != nil {
						return nil, nil, err
					}
					return page.VpcBlockPublicAccessExclusions, page.NextToken, nil
				})
				return ec2.DescribeVpcBlockPublicAccessExclusionsOutput{VpcBlockPublicAccessExclusions: exclusions}, err
			},
			Map: ingest.Mapping(mapPublicAccessExclusions),
		},
	)
}

// mapPublicAccessOptions reads the setting of an account in a region, which has no ARN of its own.
func mapPublicAccessOptions(facts *ingest.Facts, site ingest.Site, _ string, body struct {
	VPCBlockPublicAccessOptions struct {
		AWSAccountID, AWSRegion, State, InternetGatewayBlockMode string
	}
},
) {
	options := body.VPCBlockPublicAccessOptions
	if options.InternetGatewayBlockMode == "" {
		return
	}
	home := heldBy(site, options.AWSAccountID)
	describe(facts, home, kinds.AWSPublicAccessBlock, string(home.ARN("ec2", "vpc-block-public-access")), "", nil, graph.Props{
		"mode": options.InternetGatewayBlockMode, "state": options.State,
	})
}

func mapPublicAccessExclusions(facts *ingest.Facts, site ingest.Site, _ string, body struct {
	VPCBlockPublicAccessExclusions []struct {
		ExclusionID, ResourceARN, State, InternetGatewayExclusionMode string
		Tags                                                          tags
	}
},
) {
	for _, exclusion := range body.VPCBlockPublicAccessExclusions {
		if exclusion.State == "delete-complete" || exclusion.State == "disable-complete" || exclusion.State == "create-failed" {
			continue
		}
		id := resource(site, "ec2", "vpc-block-public-access-exclusion/", exclusion.ExclusionID)
		describe(facts, site, kinds.AWSPublicAccessExclusion, id, exclusion.Tags.value("Name"), exclusion.Tags, graph.Props{
			"resource": exclusion.ResourceARN, "mode": exclusion.InternetGatewayExclusionMode, "state": exclusion.State,
		})
	}
}
