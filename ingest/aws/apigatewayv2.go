package aws

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		Table{
			Service: "apigatewayv2", Operation: "get-apis",
			Actions: []string{"apigateway:GET"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				items, err := gather(func(token *string) ([]types.Api, *string, error) {
					page, err := apigatewayv2.NewFromConfig(config).GetApis(ctx, &apigatewayv2.GetApisInput{NextToken: token})
					if err != nil {
						return nil, nil, err
					}
					return page.Items, page.NextToken, nil
				})
				return apigatewayv2.GetApisOutput{Items: items}, err
			},
			Map: ingest.Mapping(mapHTTPAPIs),
		},
		Table{
			Service: "apigatewayv2", Operation: "get-routes",
			Actions: []string{"apigateway:GET"},
			Parent:  "get-apis", Items: "Items[].ApiId",
			Command: `aws apigatewayv2 get-routes --api-id "$item"`,
			Call: func(ctx context.Context, config aws.Config, api string) (any, error) {
				items, err := gather(func(token *string) ([]types.Route, *string, error) {
					page, err := apigatewayv2.NewFromConfig(config).GetRoutes(ctx, &apigatewayv2.GetRoutesInput{ApiId: &api, NextToken: token})
					if err != nil {
						return nil, nil, err
					}
					return page.Items, page.NextToken, nil
				})
				return apigatewayv2.GetRoutesOutput{Items: items}, err
			},
			Absent: []string{"NotFoundException"},
			Map:    ingest.Mapping(mapHTTPRoutes),
		},
		Table{
			Service: "apigatewayv2", Operation: "get-integrations",
			Actions: []string{"apigateway:GET"},
			Parent:  "get-apis", Items: "Items[].ApiId",
			// The query leaves the mapping of requests behind, which may hold values that are sent along.
			Command: `aws apigatewayv2 get-integrations --api-id "$item" --query '{Items: Items[].{IntegrationId: IntegrationId, ` +
				`IntegrationType: IntegrationType, IntegrationUri: IntegrationUri, ConnectionId: ConnectionId, ConnectionType: ConnectionType}}'`,
			Call: func(ctx context.Context, config aws.Config, api string) (any, error) {
				items, err := gather(func(token *string) ([]types.Integration, *string, error) {
					page, err := apigatewayv2.NewFromConfig(config).GetIntegrations(ctx, &apigatewayv2.GetIntegrationsInput{ApiId: &api, NextToken: token})
					if err != nil {
						return nil, nil, err
					}
					return page.Items, page.NextToken, nil
				})
				return apigatewayv2.GetIntegrationsOutput{Items: items}, err
			},
			Absent: []string{"NotFoundException"},
			Map:    ingest.Mapping(mapHTTPIntegrations),
		},
		Table{
			Service: "apigatewayv2", Operation: "get-vpc-links",
			Actions: []string{"apigateway:GET"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				items, err := gather(func(token *string) ([]types.VpcLink, *string, error) {
					page, err := apigatewayv2.NewFromConfig(config).GetVpcLinks(ctx, &apigatewayv2.GetVpcLinksInput{NextToken: token})
					if err != nil {
						return nil, nil, err
					}
					return page.Items, page.NextToken, nil
				})
				return apigatewayv2.GetVpcLinksOutput{Items: items}, err
			},
			Map: ingest.Mapping(mapHTTPVPCLinks),
		},
	)
}

func mapHTTPAPIs(facts *ingest.Facts, site ingest.Site, _ string, body struct {
	Items []struct {
		APIID, Name, ProtocolType, APIEndpoint string
		DisableExecuteAPIEndpoint              *bool
		Tags                                   tags
	}
},
) {
	for _, api := range body.Items {
		describe(facts, site, kinds.AWSHTTPAPI, gatewayARN(site, "/apis/", api.APIID), api.Name, api.Tags, graph.Props{
			"protocol": api.ProtocolType, "url": api.APIEndpoint, "endpoint_disabled": api.DisableExecuteAPIEndpoint,
		})
	}
}

// mapHTTPRoutes reads the routes, each as "key|authorization|integration".
func mapHTTPRoutes(facts *ingest.Facts, site ingest.Site, api string, body struct {
	Items []struct {
		RouteKey, AuthorizationType, Target string
		APIKeyRequired                      bool
	}
},
) {
	routes := []string{}
	for _, route := range body.Items {
		authorization := route.AuthorizationType
		if route.APIKeyRequired {
			authorization += "+API_KEY"
		}
		routes = append(routes, strings.Join([]string{route.RouteKey, authorization, strings.TrimPrefix(route.Target, "integrations/")}, "|"))
	}
	contribute(facts, kinds.AWSHTTPAPI, gatewayARN(site, "/apis/", api), graph.Props{"routes": graph.Sorted(routes)})
}

// mapHTTPIntegrations reads the integrations, each as "id|type|where it leads|VPC link".
func mapHTTPIntegrations(facts *ingest.Facts, site ingest.Site, api string, body struct {
	Items []struct{ IntegrationID, IntegrationType, IntegrationURI, ConnectionID string }
},
) {
	integrations, functions := []string{}, []string{}
	for _, into := range body.Items {
		integrations = append(integrations, strings.Join([]string{into.IntegrationID, into.IntegrationType, into.IntegrationURI, into.ConnectionID}, "|"))
		functions = append(functions, invoked(into.IntegrationURI))
	}
	found := contribute(facts, kinds.AWSHTTPAPI, gatewayARN(site, "/apis/", api), graph.Props{"integrations": graph.Sorted(integrations)})
	for _, function := range graph.Sorted(functions) {
		found.to(kinds.RoutesTo, kinds.AWSFunction, function)
	}
}

func mapHTTPVPCLinks(facts *ingest.Facts, site ingest.Site, _ string, body struct {
	Items []struct {
		VPCLinkID, Name             string
		SubnetIDs, SecurityGroupIDs []string
		Tags                        tags
	}
},
) {
	for _, link := range body.Items {
		subnets := resources(site, "ec2", "subnet/", link.SubnetIDs)
		groups := resources(site, "ec2", "security-group/", link.SecurityGroupIDs)
		found := describe(facts, site, kinds.AWSVPCLink, gatewayARN(site, "/vpclinks/", link.VPCLinkID), link.Name, link.Tags, graph.Props{
			"subnets": subnets, "security_groups": groups,
		})
		for _, subnet := range subnets {
			found.to(kinds.AttachedTo, kinds.AWSSubnet, subnet)
		}
		for _, group := range groups {
			found.to(kinds.MemberOf, kinds.AWSSecurityGroup, group)
		}
	}
}
