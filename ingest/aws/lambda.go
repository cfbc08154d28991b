package aws

import (
	"cmp"
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		Table{
			Service: "lambda", Operation: "list-functions",
			Actions: []string{"lambda:ListFunctions"},
			// The query keeps the names of the variables and leaves their values behind.
			Command: "aws lambda list-functions --query '{Functions: Functions[].{FunctionName: FunctionName, FunctionArn: FunctionArn, Runtime: Runtime, Role: Role, " +
				"VpcConfig: VpcConfig, Layers: Layers, KMSKeyArn: KMSKeyArn, Environment: {Variables: keys(not_null(Environment.Variables, `{}`))}}}'",
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, lambda.NewListFunctionsPaginator(lambda.NewFromConfig(config), &lambda.ListFunctionsInput{}))
			},
			Map: ingest.Mapping(mapFunctions),
		},
		Table{
			Service: "lambda", Operation: "get-policy",
			Actions: []string{"lambda:GetPolicy"},
			Parent:  "list-functions", Items: "Functions[].FunctionName",
			Command: `aws lambda get-policy --function-name "$item"`,
			Call: func(ctx context.Context, config aws.Config, function string) (any, error) {
				return lambda.NewFromConfig(config).GetPolicy(ctx, &lambda.GetPolicyInput{FunctionName: &function})
			},
			Absent: []string{"ResourceNotFoundException"},
			Map:    ingest.Mapping(mapFunctionPolicy),
		},
		Table{
			Service: "lambda", Operation: "get-function-url-config",
			Actions: []string{"lambda:GetFunctionUrlConfig"},
			Parent:  "list-functions", Items: "Functions[].FunctionName",
			Command: `aws lambda get-function-url-config --function-name "$item"`,
			Call: func(ctx context.Context, config aws.Config, function string) (any, error) {
				return lambda.NewFromConfig(config).GetFunctionUrlConfig(ctx, &lambda.GetFunctionUrlConfigInput{FunctionName: &function})
			},
			Absent: []string{"ResourceNotFoundException"},
			Map:    ingest.Mapping(mapFunctionURL),
		},
	)
}

type functions struct {
	Functions []struct {
		FunctionName, FunctionARN, Runtime, Role, KMSKeyARN string
		VPCConfig                                           struct {
			VPCID                       string
			SubnetIDs, SecurityGroupIDs []string
			IPv6AllowedForDualStack     bool
		}
		Environment struct{ Variables variables }
		Layers      []functionLayer
	}
}

type functionLayer struct{ ARN string }

func mapFunctions(facts *ingest.Facts, site ingest.Site, _ string, body functions) {
	for _, function := range body.Functions {
		role, encryption := role(site, function.Role), key(site, function.KMSKeyARN)
		id := cmp.Or(unqualified(function.FunctionARN), resource(site, "lambda", "function:", function.FunctionName))
		found := describe(facts, site, kinds.AWSFunction, id, function.FunctionName, nil, graph.Props{
			"role": role, "runtime": function.Runtime, "environment_keys": []string(function.Environment.Variables.names), "credentials": function.Environment.Variables.keys,
			"vpc": resource(site, "ec2", "vpc/", function.VPCConfig.VPCID), "subnets": resources(site, "ec2", "subnet/", function.VPCConfig.SubnetIDs),
			"security_groups": resources(site, "ec2", "security-group/", function.VPCConfig.SecurityGroupIDs), "ipv6": function.VPCConfig.IPv6AllowedForDualStack,
			"layers": each(function.Layers, func(layer functionLayer) string { return layer.ARN }),
		})
		found.to(kinds.Uses, kinds.AWSRole, role)
		found.usesKey(encryption)
		for _, group := range resources(site, "ec2", "security-group/", function.VPCConfig.SecurityGroupIDs) {
			found.to(kinds.MemberOf, kinds.AWSSecurityGroup, group)
		}
	}
}

// unqualified gives a function's ARN without the version or alias that may follow its name.
func unqualified(arn string) string {
	if parts := strings.Split(arn, ":"); len(parts) > 7 {
		return strings.Join(parts[:7], ":")
	}
	return arn
}

type functionPolicy struct{ Policy policy }

func mapFunctionPolicy(facts *ingest.Facts, site ingest.Site, function string, body functionPolicy) {
	id := resource(site, "lambda", "function:", function)
	contribute(facts, kinds.AWSFunction, id, graph.Props{"policy": body.Policy.orNone(facts, id)})
}

type functionURL struct{ FunctionARN, FunctionURL, AuthType string }

func mapFunctionURL(facts *ingest.Facts, site ingest.Site, function string, body functionURL) {
	id := cmp.Or(unqualified(body.FunctionARN), resource(site, "lambda", "function:", function))
	contribute(facts, kinds.AWSFunction, id, graph.Props{"url": body.FunctionURL, "url_auth": body.AuthType})
}
