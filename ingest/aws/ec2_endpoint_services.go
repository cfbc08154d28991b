package aws

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		Table{
			Service: "ec2", Operation: "describe-vpc-endpoint-service-configurations",
			Actions: []string{"ec2:DescribeVpcEndpointServiceConfigurations"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, ec2.NewDescribeVpcEndpointServiceConfigurationsPaginator(ec2.NewFromConfig(config), &ec2.DescribeVpcEndpointServiceConfigurationsInput{}))
			},
			Map: ingest.Mapping(mapEndpointServices),
		},
		Table{
			Service: "ec2", Operation: "describe-vpc-endpoint-service-permissions",
			Actions: []string{"ec2:DescribeVpcEndpointServicePermissions"},
			Parent:  "describe-vpc-endpoint-service-configurations", Items: "ServiceConfigurations[].ServiceId",
			Command: `aws ec2 describe-vpc-endpoint-service-permissions --service-id "$item"`,
			Call: func(ctx context.Context, config aws.Config, service string) (any, error) {
				return pages(ctx, ec2.NewDescribeVpcEndpointServicePermissionsPaginator(ec2.NewFromConfig(config),
					&ec2.DescribeVpcEndpointServicePermissionsInput{ServiceId: &service}))
			},
			Absent: []string{"InvalidVpcEndpointServiceId.NotFound"},
			Map:    ingest.Mapping(mapEndpointServicePermissions),
		},
	)
}

type endpointServices struct {
	ServiceConfigurations []struct {
		ServiceID, ServiceName, ServiceState             string
		AcceptanceRequired                               *bool
		NetworkLoadBalancerARNs, GatewayLoadBalancerARNs []string
		Tags                                             tags
	}
}

func mapEndpointServices(facts *ingest.Facts, site ingest.Site, _ string, body endpointServices) {
	for _, service := range body.ServiceConfigurations {
		balancers := graph.Sorted(append(append([]string{}, service.NetworkLoadBalancerARNs...), service.GatewayLoadBalancerARNs...))
		id := resource(site, "ec2", "vpc-endpoint-service/", service.ServiceID)
		found := describe(facts, site, kinds.AWSEndpointService, id, service.ServiceName, service.Tags, graph.Props{
			"service": service.ServiceName, "state": service.ServiceState, "acceptance_required": service.AcceptanceRequired, "load_balancers": balancers,
		})
		for _, balancer := range balancers {
			found.to(kinds.RoutesTo, kinds.AWSLoadBalancer, balancer)
		}
	}
}

// mapEndpointServicePermissions reads who may make endpoints to a service: ARNs of principals, or * for everyone.
func mapEndpointServicePermissions(facts *ingest.Facts, site ingest.Site, service string, body struct {
	AllowedPrincipals []struct{ Principal string }
},
) {
	allowed := []string{}
	for _, grant := range body.AllowedPrincipals {
		allowed = append(allowed, grant.Principal)
	}
	contribute(facts, kinds.AWSEndpointService, resource(site, "ec2", "vpc-endpoint-service/", service), graph.Props{"allowed": graph.Sorted(allowed)})
}
