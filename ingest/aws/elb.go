package aws

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(Table{
		Service: "elb", Operation: "describe-load-balancers",
		Actions: []string{"elasticloadbalancing:DescribeLoadBalancers"},
		Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
			return pages(ctx, elasticloadbalancing.NewDescribeLoadBalancersPaginator(elasticloadbalancing.NewFromConfig(config),
				&elasticloadbalancing.DescribeLoadBalancersInput{}))
		},
		Map: ingest.Mapping(mapClassicBalancers),
	})
}

type classicBalancers struct {
	LoadBalancerDescriptions []struct {
		LoadBalancerName, DNSName, Scheme, VPCID string
		Subnets, SecurityGroups                  []string
		ListenerDescriptions                     []struct{ Listener classicListener }
		Instances                                []struct{ InstanceID string }
	}
}

type classicListener struct {
	Protocol, InstanceProtocol     string
	LoadBalancerPort, InstancePort int64
}

// mapClassicBalancers reads classic load balancers, whose listeners and instances have no names of their own.
func mapClassicBalancers(facts *ingest.Facts, site ingest.Site, _ string, body classicBalancers) {
	for _, balancer := range body.LoadBalancerDescriptions {
		listeners := []string{}
		for _, described := range balancer.ListenerDescriptions {
			one := described.Listener
			listeners = append(listeners, fmt.Sprintf("%s %d %d", one.Protocol, one.LoadBalancerPort, one.InstancePort))
		}
		instances := []string{}
		for _, one := range balancer.Instances {
			instances = append(instances, one.InstanceID)
		}
		instances = resources(site, "ec2", "instance/", instances)
		groups := resources(site, "ec2", "security-group/", balancer.SecurityGroups)
		subnets := resources(site, "ec2", "subnet/", balancer.Subnets)
		id := resource(site, "elasticloadbalancing", "loadbalancer/", balancer.LoadBalancerName)
		found := describe(facts, site, kinds.AWSLoadBalancer, id, balancer.LoadBalancerName, nil, graph.Props{
			"type": "classic", "scheme": balancer.Scheme, "dns": balancer.DNSName, "vpc": resource(site, "ec2", "vpc/", balancer.VPCID),
			"subnets": subnets, "security_groups": groups, "listeners": graph.Sorted(listeners), "instances": instances,
		})
		for _, group := range groups {
			found.to(kinds.MemberOf, kinds.AWSSecurityGroup, group)
		}
		for _, subnet := range subnets {
			found.to(kinds.AttachedTo, kinds.AWSSubnet, subnet)
		}
		for _, instance := range instances {
			found.to(kinds.RoutesTo, kinds.AWSInstance, instance)
		}
	}
}
