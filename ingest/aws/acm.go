package aws

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		once("acm", "list-certificates", "acm:ListCertificates", ingest.Mapping(mapCertificates), func(ctx context.Context, config aws.Config) (any, error) {
			return pages(ctx, acm.NewListCertificatesPaginator(acm.NewFromConfig(config), &acm.ListCertificatesInput{}))
		}),
		perItem("acm", "describe-certificate", "acm:DescribeCertificate", of{"list-certificates", "CertificateSummaryList[].CertificateArn", "--certificate-arn"}, ingest.Mapping(mapCertificate),
			func(ctx context.Context, config aws.Config, arn string) (any, error) {
				return acm.NewFromConfig(config).DescribeCertificate(ctx, &acm.DescribeCertificateInput{CertificateArn: &arn})
			}, "ResourceNotFoundException"),
	)
}

type certificates struct {
	CertificateSummaryList []struct{ CertificateARN, DomainName string }
}

func mapCertificates(facts *ingest.Facts, site ingest.Site, _ string, body certificates) {
	for _, certificate := range body.CertificateSummaryList {
		describe(facts, site, kinds.AWSCertificate, certificate.CertificateARN, certificate.DomainName, nil, nil)
	}
}

type certificate struct {
	Certificate *struct {
		CertificateARN, Status, Type     string
		SubjectAlternativeNames, InUseBy []string
		NotAfter                         moment
	}
}

func mapCertificate(facts *ingest.Facts, _ ingest.Site, item string, body certificate) {
	if body.Certificate == nil {
		return
	}
	found := body.Certificate
	contribute(facts, kinds.AWSCertificate, cmp.Or(found.CertificateARN, item), graph.Props{
		"names": graph.Sorted(found.SubjectAlternativeNames), "status": found.Status, "not_after": string(found.NotAfter), "used_by": graph.Sorted(found.InUseBy), "type": found.Type,
	})
}
