package aws

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(Table{
		Service: "sts", Operation: "get-caller-identity", Global: true,
		Actions: []string{"sts:GetCallerIdentity"},
		Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
			return sts.NewFromConfig(config).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
		},
		Map: ingest.Mapping(func(facts *ingest.Facts, site ingest.Site, _ string, _ struct{ Account string }) {
			facts.Node(site.AccountID(), kinds.AWSAccount, graph.Props{"account": site.Account})
		}),
	})
}
