package aws

import (
	"cmp"
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		Table{
			Service: "ssm", Operation: "describe-parameters",
			Actions: []string{"ssm:DescribeParameters"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, ssm.NewDescribeParametersPaginator(ssm.NewFromConfig(config), &ssm.DescribeParametersInput{MaxResults: aws.Int32(50)}))
			},
			Map: ingest.Mapping(mapParameters),
		},
		Table{
			Service: "ssm", Operation: "describe-instance-information",
			Actions: []string{"ssm:DescribeInstanceInformation"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, ssm.NewDescribeInstanceInformationPaginator(ssm.NewFromConfig(config), &ssm.DescribeInstanceInformationInput{MaxResults: aws.Int32(50)}))
			},
			Map: ingest.Mapping(mapManagedInstances),
		},
	)
}

type parameters struct {
	Parameters []struct{ ARN, Name, Type, KeyID string }
}

// mapParameters reads the names of parameters. A name that is a path begins with a slash, and its ARN has that slash once
// (https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html).
func mapParameters(facts *ingest.Facts, site ingest.Site, _ string, body parameters) {
	for _, parameter := range body.Parameters {
		encryption := key(site, parameter.KeyID)
		id := cmp.Or(parameter.ARN, resource(site, "ssm", "parameter/", strings.TrimPrefix(parameter.Name, "/")))
		found := describe(facts, siteOf(id, site), kinds.AWSParameter, id, parameter.Name, nil, graph.Props{"type": parameter.Type, "kms_key": encryption, "levels": levels(site, parameter.Name)})
		found.usesKey(encryption)
	}
}

// levels gives what is named to ask for a parameter by its path: each level above it, up to the root. "If a user has access to a
// path, then the user can access all levels of that path" (GetParametersByPath,
// https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html).
func levels(site ingest.Site, name string) []string {
	found := []string{string(site.ARN("ssm", "parameter/"))}
	parts := strings.Split(strings.Trim(name, "/"), "/")
	for end := 1; end < len(parts); end++ {
		found = append(found, resource(site, "ssm", "parameter/", strings.Join(parts[:end], "/")))
	}
	return graph.Sorted(found)
}

type managedInstances struct {
	InstanceInformationList []struct{ InstanceID, PingStatus string }
}

// mapManagedInstances marks the EC2 instances; what else Systems Manager manages has ids that begin with mi-.
func mapManagedInstances(facts *ingest.Facts, site ingest.Site, _ string, body managedInstances) {
	for _, managed := range body.InstanceInformationList {
		if strings.HasPrefix(managed.InstanceID, "i-") {
			contribute(facts, kinds.AWSInstance, resource(site, "ec2", "instance/", managed.InstanceID), graph.Props{"ssm_managed": managed.PingStatus == "Online"})
		}
	}
}
