package aws

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/securityhub"
	"github.com/aws/aws-sdk-go-v2/service/securityhub/types"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	hub := once("securityhub", "describe-hub", "securityhub:DescribeHub", ingest.Mapping(mapHub), func(ctx context.Context, config aws.Config) (any, error) {
		return securityhub.NewFromConfig(config).DescribeHub(ctx, &securityhub.DescribeHubInput{})
	})
	hub.Absent = notSubscribed
	// Failed checks and findings that are active and that nobody has settled, of medium severity and more.
	equal := func(value string) types.StringFilter {
		return types.StringFilter{Comparison: types.StringFilterComparisonEquals, Value: &value}
	}
	findings := once("securityhub", "get-findings", "securityhub:GetFindings", ingest.Mapping(mapHubFindings), func(ctx context.Context, config aws.Config) (any, error) {
		all, err := pages(ctx, securityhub.NewGetFindingsPaginator(securityhub.NewFromConfig(config), &securityhub.GetFindingsInput{MaxResults: aws.Int32(100), Filters: &types.AwsSecurityFindingFilters{
			RecordState: []types.StringFilter{equal("ACTIVE")}, WorkflowStatus: []types.StringFilter{equal("NEW"), equal("NOTIFIED")},
			SeverityLabel: []types.StringFilter{equal("CRITICAL"), equal("HIGH"), equal("MEDIUM")},
		}}))
		if err == nil {
			for i := range all.Findings {
				finding := &all.Findings[i]
				finding.ProductFields, finding.UserDefinedFields = nil, nil
				for r := range finding.Resources {
					finding.Resources[r].Details = nil // copies of configurations, with what they hold
				}
			}
		}
		return all, err
	})
	findings.Absent = notSubscribed
	findings.Command = `aws securityhub get-findings --filters '{"RecordState": [{"Value": "ACTIVE", "Comparison": "EQUALS"}], "WorkflowStatus": [{"Value": "NEW", "Comparison": "EQUALS"}, {"Value": "NOTIFIED", "Comparison": "EQUALS"}], ` +
		`"SeverityLabel": [{"Value": "CRITICAL", "Comparison": "EQUALS"}, {"Value": "HIGH", "Comparison": "EQUALS"}, {"Value": "MEDIUM", "Comparison": "EQUALS"}]}' ` +
		`--query '{Findings: Findings[].{Id: Id, AwsAccountId: AwsAccountId, Title: Title, Types: Types, Severity: Severity, FirstObservedAt: FirstObservedAt, UpdatedAt: UpdatedAt, Workflow: Workflow, Resources: Resources[].{Type: Type, Id: Id}}}'`
	register(hub, findings)
}

// notSubscribed is what Security Hub answers where it is off
// (https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_DescribeHub.html).
var notSubscribed = []string{"InvalidAccessException", "ResourceNotFoundException"}

type hub struct{ HubARN string }

func mapHub(facts *ingest.Facts, site ingest.Site, _ string, body hub) {
	describe(facts, site, kinds.AWSSecurityHub, resource(site, "securityhub", "hub/", "default"), "default", nil, graph.Props{"enabled": body.HubARN != ""})
}

type hubFindings struct {
	Findings []struct {
		ID, AWSAccountID, Title    string
		Types                      []string
		Severity                   struct{ Label string }
		FirstObservedAt, UpdatedAt moment
		Workflow                   struct{ Status string }
		Resources                  []struct{ ID string }
	}
}

func mapHubFindings(facts *ingest.Facts, site ingest.Site, _ string, body hubFindings) {
	for _, finding := range body.Findings {
		about, kind := "", ""
		others := make([]string, 0, len(finding.Resources))
		for _, on := range finding.Resources {
			about, others = cmp.Or(about, on.ID), append(others, on.ID)
		}
		if len(finding.Types) > 0 {
			kind = finding.Types[0]
		}
		issue(facts, heldBy(site, finding.AWSAccountID), resource(site, "securityhub", "finding/", finding.ID), "securityhub", finding.Title, about, graph.Props{
			"type": kind, "severity": finding.Severity.Label, "first_seen": string(finding.FirstObservedAt), "last_seen": string(finding.UpdatedAt), "status": finding.Workflow.Status,
		}, others...)
	}
}
