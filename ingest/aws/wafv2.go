package aws

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	"github.com/aws/aws-sdk-go-v2/service/wafv2/types"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		Table{
			Service: "wafv2", Operation: "list-web-acls",
			Actions: []string{"wafv2:ListWebACLs"},
			Command: `aws wafv2 list-web-acls --scope REGIONAL`,
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				lists, err := gather(func(token *string) ([]types.WebACLSummary, *string, error) {
					page, err := wafv2.NewFromConfig(config).ListWebACLs(ctx, &wafv2.ListWebACLsInput{Scope: types.ScopeRegional, NextMarker: token})
					if err != nil {
						return nil, nil, err
					}
					return page.WebACLs, page.NextMarker, nil
				})
				return wafv2.ListWebACLsOutput{WebACLs: lists}, err
			},
			Map: ingest.Mapping(mapWebACLs),
		},
		Table{
			Service: "wafv2", Operation: "list-resources-for-web-acl",
			Actions: []string{"wafv2:ListResourcesForWebACL"},
			Parent:  "list-web-acls", Items: "WebACLs[].ARN",
			// Stages of APIs and distributions name their own web ACL; load balancers do not.
			Command: `aws wafv2 list-resources-for-web-acl --web-acl-arn "$item" --resource-type APPLICATION_LOAD_BALANCER`,
			Call: func(ctx context.Context, config aws.Config, list string) (any, error) {
				return wafv2.NewFromConfig(config).ListResourcesForWebACL(ctx, &wafv2.ListResourcesForWebACLInput{
					WebACLArn: &list, ResourceType: types.ResourceTypeApplicationLoadBalancer,
				})
			},
			Absent: []string{"WAFNonexistentItemException"},
			Map:    ingest.Mapping(mapWebACLResources),
		},
	)
}

func mapWebACLs(facts *ingest.Facts, site ingest.Site, _ string, body struct {
	WebACLs []struct{ ARN, Name string }
},
) {
	for _, list := range body.WebACLs {
		describe(facts, site, kinds.AWSWebACL, list.ARN, list.Name, nil, nil)
	}
}

func mapWebACLResources(facts *ingest.Facts, _ ingest.Site, list string, body struct{ ResourceARNs []string }) {
	found := contribute(facts, kinds.AWSWebACL, list, graph.Props{"load_balancers": graph.Sorted(body.ResourceARNs)})
	for _, balancer := range graph.Sorted(body.ResourceARNs) {
		found.to(kinds.AttachedTo, kinds.AWSLoadBalancer, balancer)
	}
}
