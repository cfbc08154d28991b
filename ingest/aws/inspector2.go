package aws

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/inspector2"
	"github.com/aws/aws-sdk-go-v2/service/inspector2/types"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	status := once("inspector2", "batch-get-account-status", "inspector2:BatchGetAccountStatus", ingest.Mapping(mapInspector), func(ctx context.Context, config aws.Config) (any, error) {
		return inspector2.NewFromConfig(config).BatchGetAccountStatus(ctx, &inspector2.BatchGetAccountStatusInput{})
	})
	findings := once("inspector2", "list-findings", "inspector2:ListFindings", ingest.Mapping(mapInspectorFindings), func(ctx context.Context, config aws.Config) (any, error) {
		return pages(ctx, inspector2.NewListFindingsPaginator(inspector2.NewFromConfig(config), &inspector2.ListFindingsInput{MaxResults: aws.Int32(100), FilterCriteria: &types.FilterCriteria{
			FindingStatus: []types.StringFilter{{Comparison: types.StringComparisonEquals, Value: aws.String("ACTIVE")}},
			FindingType:   []types.StringFilter{{Comparison: types.StringComparisonEquals, Value: aws.String("PACKAGE_VULNERABILITY")}},
		}}))
	})
	findings.Command = `aws inspector2 list-findings --filter-criteria '{"findingStatus": [{"comparison": "EQUALS", "value": "ACTIVE"}], "findingType": [{"comparison": "EQUALS", "value": "PACKAGE_VULNERABILITY"}]}'`
	register(status, findings)
}

type inspector struct {
	Accounts []struct {
		ResourceState struct{ EC2, ECR, Lambda, LambdaCode scanState }
	}
}

type scanState struct{ Status string }

func mapInspector(facts *ingest.Facts, site ingest.Site, _ string, body inspector) {
	if len(body.Accounts) == 0 {
		return
	}
	state, scans := body.Accounts[0].ResourceState, []string{}
	for name, scan := range map[string]scanState{"ec2": state.EC2, "ecr": state.ECR, "lambda": state.Lambda, "lambda code": state.LambdaCode} {
		if scan.Status == "ENABLED" {
			scans = append(scans, name)
		}
	}
	describe(facts, site, kinds.AWSInspector, resource(site, "inspector2", "account/", site.Account), site.Account, nil, graph.Props{"scans": graph.Sorted(scans)})
}

type inspectorFindings struct {
	Findings []struct {
		FindingARN, AWSAccountID, Severity, ExploitAvailable, Title string
		UpdatedAt                                                   moment
		EPSS                                                        struct{ Score *float64 }
		PackageVulnerabilityDetails                                 struct {
			VulnerabilityID    string
			CVSS               []vector
			VulnerablePackages []vulnerablePackage
		}
		Resources []struct{ ID, Type string }
	}
}

type vector struct{ ScoringVector string }

type vulnerablePackage struct{ Name, Version, FixedInVersion string }

// mapInspectorFindings reads what Inspector found in packages. Its ids of instances are bare, those of functions and of
// images in repositories are ARNs (https://docs.aws.amazon.com/inspector/v2/APIReference/API_Resource.html).
func mapInspectorFindings(facts *ingest.Facts, site ingest.Site, _ string, body inspectorFindings) {
	for _, finding := range body.Findings {
		details, held := finding.PackageVulnerabilityDetails, heldBy(site, finding.AWSAccountID)
		var vectors []string
		for _, vector := range details.CVSS {
			vectors = append(vectors, vector.ScoringVector)
		}
		props := graph.Props{
			"name": details.VulnerabilityID, "source": "inspector2", "severity": finding.Severity, "exploit_known": finding.ExploitAvailable == "YES", "scanned": string(finding.UpdatedAt),
			"packages": each(details.VulnerablePackages, func(one vulnerablePackage) string { return one.Name + "@" + one.Version }),
			"fixed_in": each(details.VulnerablePackages, func(one vulnerablePackage) string {
				if one.FixedInVersion == "NotAvailable" {
					return ""
				}
				return one.FixedInVersion
			}),
		}
		ingest.Grade(props, vectors...)
		if finding.EPSS.Score != nil {
			props["epss"] = *finding.EPSS.Score
		}
		for _, on := range finding.Resources {
			about := on.ID
			if strings.HasPrefix(about, "i-") {
				about = resource(held, "ec2", "instance/", about)
			}
			props["asset"] = about
			if _, digest, ok := strings.Cut(about, "/sha256:"); ok {
				props["digests"] = []string{"sha256:" + digest}
			}
			found := contribute(facts, kinds.Vulnerability, finding.FindingARN, props)
			if at, kind := asset(about); kind != "" {
				found.to(kinds.AttachedTo, kind, at)
			}
			break // package vulnerabilities have one resource each
		}
	}
}
