package aws

import (
	"context"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	smithyendpoints "github.com/aws/smithy-go/endpoints"

	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(Table{
		Service: "s3control", Operation: "get-public-access-block", Global: true,
		Actions: []string{"s3:GetAccountPublicAccessBlock", "sts:GetCallerIdentity"},
		Command: `aws s3control get-public-access-block --account-id "$(aws sts get-caller-identity --query Account --output text)"`,
		Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
			caller, err := sts.NewFromConfig(config).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
			if err != nil {
				return nil, err
			}
			client := s3control.NewFromConfig(config, func(options *s3control.Options) {
				if options.BaseEndpoint != nil {
					options.EndpointResolverV2 = oneEndpoint{*options.BaseEndpoint, options.EndpointResolverV2}
				}
			})
			return client.GetPublicAccessBlock(ctx, &s3control.GetPublicAccessBlockInput{AccountId: caller.Account})
		},
		Absent: []string{"NoSuchPublicAccessBlockConfiguration"},
		Map: ingest.Mapping(func(facts *ingest.Facts, site ingest.Site, _ string, body accessBlock) {
			facts.Node(site.AccountID(), kinds.AWSAccount, body.props("s3_"))
		}),
	})
}

// oneEndpoint sends every account's requests to the user's own endpoint, where S3's has a host name for each account.
type oneEndpoint struct {
	url      string
	resolver s3control.EndpointResolverV2
}

// ResolveEndpoint gives what the SDK's resolver gives, at the user's host.
func (endpoint oneEndpoint) ResolveEndpoint(ctx context.Context, params s3control.EndpointParameters) (smithyendpoints.Endpoint, error) {
	resolved, err := endpoint.resolver.ResolveEndpoint(ctx, params)
	if err != nil {
		return resolved, err
	}
	own, err := url.Parse(endpoint.url)
	if err != nil {
		return resolved, err
	}
	resolved.URI = *own
	return resolved, nil
}
