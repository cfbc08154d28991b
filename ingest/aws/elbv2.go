package aws

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"

	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		Table{
			Service: "elbv2", Operation: "describe-load-balancers",
			Actions: []string{"elasticloadbalancing:DescribeLoadBalancers"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, elasticloadbalancingv2.NewDescribeLoadBalancersPaginator(elasticloadbalancingv2.NewFromConfig(config),
					&elasticloadbalancingv2.DescribeLoadBalancersInput{}))
			},
			Map: ingest.Mapping(mapLoadBalancers),
		},
		Table{
			Service: "elbv2", Operation: "describe-listeners",
			Actions: []string{"elasticloadbalancing:DescribeListeners"},
			Parent:  "describe-load-balancers", Items: "LoadBalancers[].LoadBalancerArn",
			Command: `aws elbv2 describe-listeners --load-balancer-arn "$item"`,
			Call: func(ctx context.Context, config aws.Config, balancer string) (any, error) {
				return pages(ctx, elasticloadbalancingv2.NewDescribeListenersPaginator(elasticloadbalancingv2.NewFromConfig(config),
					&elasticloadbalancingv2.DescribeListenersInput{LoadBalancerArn: &balancer}))
			},
			Absent: []string{"LoadBalancerNotFound"},
			Map:    ingest.Mapping(mapListeners),
		},
		Table{
			Service: "elbv2", Operation: "describe-rules",
			Actions: []string{"elasticloadbalancing:DescribeRules"},
			Parent:  "describe-listeners", Items: "Listeners[].ListenerArn",
			Command: `aws elbv2 describe-rules --listener-arn "$item"`,
			Call: func(ctx context.Context, config aws.Config, listener string) (any, error) {
				return pages(ctx, elasticloadbalancingv2.NewDescribeRulesPaginator(elasticloadbalancingv2.NewFromConfig(config),
					&elasticloadbalancingv2.DescribeRulesInput{ListenerArn: &listener}))
			},
			Absent: []string{"ListenerNotFound", "UnsupportedProtocol"},
			Map:    ingest.Mapping(mapListenerRules),
		},
		Table{
			Service: "elbv2", Operation: "describe-target-groups",
			Actions: []string{"elasticloadbalancing:DescribeTargetGroups"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, elasticloadbalancingv2.NewDescribeTargetGroupsPaginator(elasticloadbalancingv2.NewFromConfig(config),
					&elasticloadbalancingv2.DescribeTargetGroupsInput{}))
			},
			Map: ingest.Mapping(mapTargetGroups),
		},
		Table{
			Service: "elbv2", Operation: "describe-target-group-attributes",
			Actions: []string{"elasticloadbalancing:DescribeTargetGroupAttributes"},
			Parent:  "describe-target-groups", Items: "TargetGroups[].TargetGroupArn",
			Command: `aws elbv2 describe-target-group-attributes --target-group-arn "$item"`,
			Call: func(ctx context.Context, config aws.Config, group string) (any, error) {
				return elasticloadbalancingv2.NewFromConfig(config).DescribeTargetGroupAttributes(ctx,
					&elasticloadbalancingv2.DescribeTargetGroupAttributesInput{TargetGroupArn: &group})
			},
			Absent: []string{"TargetGroupNotFound"},
			Map:    ingest.Mapping(mapTargetGroupAttributes),
		},
		Table{
			Service: "elbv2", Operation: "describe-target-health",
			Actions: []string{"elasticloadbalancing:DescribeTargetHealth"},
			Parent:  "describe-target-groups", Items: "TargetGroups[].TargetGroupArn",
			Command: `aws elbv2 describe-target-health --target-group-arn "$item"`,
			Call: func(ctx context.Context, config aws.Config, group string) (any, error) {
				return elasticloadbalancingv2.NewFromConfig(config).DescribeTargetHealth(ctx, &elasticloadbalancingv2.DescribeTargetHealthInput{TargetGroupArn: &group})
			},
			Absent: []string{"TargetGroupNotFound"},
			Map:    ingest.Mapping(mapTargetHealth),
		},
	)
}
