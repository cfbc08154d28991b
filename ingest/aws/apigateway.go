package aws

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		Table{
			Service: "apigateway", Operation: "get-rest-apis",
			Actions: []string{"apigateway:GET"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, apigateway.NewGetRestApisPaginator(apigateway.NewFromConfig(config), &apigateway.GetRestApisInput{}))
			},
			Map: ingest.Mapping(mapRestAPIs),
		},
		Table{
			Service: "apigateway", Operation: "get-resources",
			Actions: []string{"apigateway:GET"},
			Parent:  "get-rest-apis", Items: "items[].id",
			// The query leaves the mapping of requests behind, which may hold values that are sent along.
			Command: `aws apigateway get-resources --rest-api-id "$item" --embed methods --query '{items: items[].{id: id, path: path, resourceMethods: resourceMethods}}'`,
			Call: func(ctx context.Context, config aws.Config, api string) (any, error) {
				return pages(ctx, apigateway.NewGetResourcesPaginator(apigateway.NewFromConfig(config),
					&apigateway.GetResourcesInput{RestApiId: &api, Embed: []string{"methods"}}))
			},
			Absent: []string{"NotFoundException"},
			Map:    ingest.Mapping(mapRestResources),
		},
		Table{
			Service: "apigateway", Operation: "get-stages",
			Actions: []string{"apigateway:GET"},
			Parent:  "get-rest-apis", Items: "items[].id",
			// The query leaves the stages' variables behind.
			Command: `aws apigateway get-stages --rest-api-id "$item" --query '{item: item[].{stageName: stageName, webAclArn: webAclArn}}'`,
			Call: func(ctx context.Context, config aws.Config, api string) (any, error) {
				return apigateway.NewFromConfig(config).GetStages(ctx, &apigateway.GetStagesInput{RestApiId: &api})
			},
			Absent: []string{"NotFoundException"},
			Map:    ingest.Mapping(mapRestStages),
		},
		Table{
			Service: "apigateway", Operation: "get-vpc-links",
			Actions: []string{"apigateway:GET"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, apigateway.NewGetVpcLinksPaginator(apigateway.NewFromConfig(config), &apigateway.GetVpcLinksInput{}))
			},
			Map: ingest.Mapping(mapRestVPCLinks),
		},
	)
}

// gatewayARN names a resource of API Gateway, whose ARNs have no account
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html).
func gatewayARN(site ingest.Site, path, id string) string {
	site.Account = ""
	return resource(site, "apigateway", path, id)
}

type restAPIs struct {
	Items []struct {
		ID, Name                  string
		EndpointConfiguration     struct{ Types, VPCEndpointIDs []string }
		DisableExecuteAPIEndpoint bool
		Policy                    escaped
		Tags                      tags
	}
}

// escaped is a policy whose quotes the API escapes once more than JSON does
// (https://docs.aws.amazon.com/apigateway/latest/api/API_RestApi.html#apigw-Type-RestApi-policy).
type escaped struct{ policy }

// UnmarshalJSON takes the additional escapes away.
func (document *escaped) UnmarshalJSON(body []byte) error {
	text := strings.NewReplacer(`\\\"`, `\"`, `\\\/`, `/`, `\\/`, `/`).Replace(string(body))
	return document.policy.UnmarshalJSON([]byte(text))
}

func mapRestAPIs(facts *ingest.Facts, site ingest.Site, _ string, body restAPIs) {
	for _, api := range body.Items {
		id := gatewayARN(site, "/restapis/", api.ID)
		endpoints := resources(site, "ec2", "vpc-endpoint/", api.EndpointConfiguration.VPCEndpointIDs)
		found := describe(facts, site, kinds.AWSRestAPI, id, api.Name, api.Tags, graph.Props{
			"endpoints": graph.Sorted(api.EndpointConfiguration.Types), "vpc_endpoints": endpoints,
			"endpoint_disabled": api.DisableExecuteAPIEndpoint, "policy": api.Policy.orNone(facts, id),
		})
		for _, endpoint := range endpoints {
			found.to(kinds.Uses, kinds.AWSEndpoint, endpoint)
		}
	}
}

type restResources struct {
	Items []struct {
		Path            string
		ResourceMethods keyed[struct {
			AuthorizationType string
			APIKeyRequired    bool
			MethodIntegration struct{ Type, URI, ConnectionID string }
		}]
	}
}

// mapRestResources reads the methods, each as "METHOD path|authorization|integration type|where it leads|VPC link".
func mapRestResources(facts *ingest.Facts, site ingest.Site, api string, body restResources) {
	methods := []string{}
	for _, item := range body.Items {
		for _, verb := range slices.Sorted(maps.Keys(item.ResourceMethods)) {
			method := item.ResourceMethods[verb]
			authorization := method.AuthorizationType
			if method.APIKeyRequired {
				authorization += "+API_KEY"
			}
			into := method.MethodIntegration
			methods = append(methods, strings.Join([]string{verb + " " + item.Path, authorization, into.Type, into.URI, into.ConnectionID}, "|"))
		}
	}
	found := contribute(facts, kinds.AWSRestAPI, gatewayARN(site, "/restapis/", api), graph.Props{"methods": graph.Sorted(methods)})
	found.integrations(site, methods)
}

// integrations adds the edges to the functions that methods lead to. An integration names a function by the path that
// invokes it (https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html#apigw-Type-Integration-uri).
func (subject subject) integrations(site ingest.Site, methods []string) {
	functions := []string{}
	for _, method := range methods {
		if parts := strings.Split(method, "|"); len(parts) > 3 {
			functions = append(functions, invoked(parts[3]))
		}
	}
	for _, function := range graph.Sorted(functions) {
		subject.to(kinds.RoutesTo, kinds.AWSFunction, function)
	}
}

// invoked gives the ARN of the function in the address of an integration; empty where it leads elsewhere.
func invoked(address string) string {
	if _, rest, ok := strings.Cut(address, "/functions/arn:"); ok {
		return unqualified("arn:" + strings.TrimSuffix(rest, "/invocations"))
	}
	if strings.HasPrefix(address, "arn:") && strings.Contains(address, ":lambda:") && !strings.Contains(address, ":path/") {
		return unqualified(address)
	}
	return ""
}

func mapRestStages(facts *ingest.Facts, site ingest.Site, api string, body struct {
	Item []struct{ StageName, WebACLARN string }
},
) {
	stages, unprotected, lists := []string{}, []string{}, []string{}
	for _, stage := range body.Item {
		stages = append(stages, stage.StageName)
		if stage.WebACLARN == "" {
			unprotected = append(unprotected, stage.StageName)
		} else {
			lists = append(lists, stage.WebACLARN)
		}
	}
	found := contribute(facts, kinds.AWSRestAPI, gatewayARN(site, "/restapis/", api), graph.Props{
		"stages": graph.Sorted(stages), "stages_without_web_acl": graph.Sorted(unprotected),
	})
	for _, list := range graph.Sorted(lists) {
		found.from(kinds.AttachedTo, kinds.AWSWebACL, list)
	}
}

func mapRestVPCLinks(facts *ingest.Facts, site ingest.Site, _ string, body struct {
	Items []struct {
		ID, Name   string
		TargetARNs []string
		Tags       tags
	}
},
) {
	for _, link := range body.Items {
		found := describe(facts, site, kinds.AWSVPCLink, gatewayARN(site, "/vpclinks/", link.ID), link.Name, link.Tags, graph.Props{
			"load_balancers": graph.Sorted(link.TargetARNs),
		})
		for _, balancer := range graph.Sorted(link.TargetARNs) {
			found.to(kinds.RoutesTo, kinds.AWSLoadBalancer, balancer)
		}
	}
}
