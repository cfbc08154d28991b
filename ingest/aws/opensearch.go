package aws

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/opensearch"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		once("opensearch", "list-domain-names", "es:ListDomainNames", ingest.Mapping(mapSearchDomains), func(ctx context.Context, config aws.Config) (any, error) {
			return opensearch.NewFromConfig(config).ListDomainNames(ctx, &opensearch.ListDomainNamesInput{})
		}),
		perItem("opensearch", "describe-domain", "es:DescribeDomain", of{"list-domain-names", "DomainNames[].DomainName", "--domain-name"}, ingest.Mapping(mapSearchDomain),
			func(ctx context.Context, config aws.Config, name string) (any, error) {
				return opensearch.NewFromConfig(config).DescribeDomain(ctx, &opensearch.DescribeDomainInput{DomainName: &name})
			}, "ResourceNotFoundException"),
		perItem("opensearch", "list-tags", "es:ListTags", of{"describe-domain", "DomainStatus.ARN", "--arn"}, ingest.Mapping(mapSearchTags), func(ctx context.Context, config aws.Config, arn string) (any, error) {
			return opensearch.NewFromConfig(config).ListTags(ctx, &opensearch.ListTagsInput{ARN: &arn})
		}),
	)
}

type searchDomains struct{ DomainNames []struct{ DomainName string } }

func mapSearchDomains(facts *ingest.Facts, site ingest.Site, _ string, body searchDomains) {
	for _, domain := range body.DomainNames {
		describe(facts, site, kinds.AWSSearchDomain, resource(site, "es", "domain/", domain.DomainName), domain.DomainName, nil, nil)
	}
}

type searchDomain struct {
	DomainStatus *struct {
		ARN, DomainName, Endpoint string
		AccessPolicies            policy
		Endpoints                 map[string]string
		VPCOptions                struct {
			VPCID                       string
			SubnetIDs, SecurityGroupIDs []string
		}
		EncryptionAtRestOptions struct {
			Enabled  *bool
			KMSKeyID string
		}
		NodeToNodeEncryptionOptions struct{ Enabled *bool }
		DomainEndpointOptions       struct{ EnforceHTTPS *bool }
		AdvancedSecurityOptions     struct{ Enabled, AnonymousAuthEnabled *bool }
	}
}

// mapSearchDomain reads a domain. One without options of a VPC has a public endpoint, which its access policy alone guards
// (https://docs.aws.amazon.com/opensearch-service/latest/developerguide/vpc.html).
func mapSearchDomain(facts *ingest.Facts, site ingest.Site, item string, body searchDomain) {
	if body.DomainStatus == nil {
		return
	}
	domain := body.DomainStatus
	id := cmp.Or(domain.ARN, resource(site, "es", "domain/", item))
	encryption := key(site, domain.EncryptionAtRestOptions.KMSKeyID)
	contribute(facts, kinds.AWSSearchDomain, id, graph.Props{
		"policy": domain.AccessPolicies.orNone(facts, id), "vpc": resource(site, "ec2", "vpc/", domain.VPCOptions.VPCID), "subnets": resources(site, "ec2", "subnet/", domain.VPCOptions.SubnetIDs),
		"security_groups": resources(site, "ec2", "security-group/", domain.VPCOptions.SecurityGroupIDs), "endpoint": cmp.Or(domain.Endpoint, domain.Endpoints["vpc"]),
		"encrypted": domain.EncryptionAtRestOptions.Enabled, "kms_key": encryption, "node_encryption": domain.NodeToNodeEncryptionOptions.Enabled,
		"https_only": domain.DomainEndpointOptions.EnforceHTTPS, "fine_grained": domain.AdvancedSecurityOptions.Enabled, "anonymous": domain.AdvancedSecurityOptions.AnonymousAuthEnabled,
	}).usesKey(encryption)
}

type searchTags struct{ TagList tags }

func mapSearchTags(facts *ingest.Facts, _ ingest.Site, arn string, body searchTags) {
	contribute(facts, kinds.AWSSearchDomain, arn, graph.Props{"tags": body.TagList.list()})
}
