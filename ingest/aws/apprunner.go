package aws

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apprunner"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		Table{
			Service: "apprunner", Operation: "list-services",
			Actions: []string{"apprunner:ListServices"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, apprunner.NewListServicesPaginator(apprunner.NewFromConfig(config), &apprunner.ListServicesInput{}))
			},
			Map: ingest.Mapping(mapAppServices),
		},
		Table{
			Service: "apprunner", Operation: "describe-service",
			Actions: []string{"apprunner:DescribeService"},
			Parent:  "list-services", Items: "ServiceSummaryList[].ServiceArn",
			// The query leaves the source behind, whose configuration holds the values of variables.
			Command: `aws apprunner describe-service --service-arn "$item" --query '{Service: Service.{ServiceArn: ServiceArn, ServiceName: ServiceName, ` +
				`ServiceUrl: ServiceUrl, InstanceConfiguration: InstanceConfiguration, NetworkConfiguration: NetworkConfiguration}}'`,
			Call: func(ctx context.Context, config aws.Config, service string) (any, error) {
				return apprunner.NewFromConfig(config).DescribeService(ctx, &apprunner.DescribeServiceInput{ServiceArn: &service})
			},
			Absent: []string{"ResourceNotFoundException"},
			Map:    ingest.Mapping(mapAppService),
		},
	)
}

type appServices struct{ ServiceSummaryList []appService }

type appService struct {
	ServiceARN, ServiceName, ServiceURL string
	InstanceConfiguration               struct{ InstanceRoleARN string }
	NetworkConfiguration                struct {
		IngressConfiguration struct{ IsPubliclyAccessible *bool }
	}
}

func mapAppServices(facts *ingest.Facts, site ingest.Site, _ string, body appServices) {
	for _, service := range body.ServiceSummaryList {
		service.add(facts, site)
	}
}

func mapAppService(facts *ingest.Facts, site ingest.Site, item string, body struct{ Service appService }) {
	body.Service.ServiceARN = cmp.Or(body.Service.ServiceARN, item)
	body.Service.add(facts, site)
}

func (service appService) add(facts *ingest.Facts, site ingest.Site) {
	role := role(site, service.InstanceConfiguration.InstanceRoleARN)
	describe(facts, site, kinds.AWSAppRunnerService, service.ServiceARN, service.ServiceName, nil, graph.Props{
		"role": role, "url": service.ServiceURL, "public": service.NetworkConfiguration.IngressConfiguration.IsPubliclyAccessible,
	}).to(kinds.Uses, kinds.AWSRole, role)
}
