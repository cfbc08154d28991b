package aws

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer/types"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	findings := perItem("accessanalyzer", "list-findings-v2", "access-analyzer:ListFindings", of{"list-analyzers", "analyzers[].arn", "--analyzer-arn"}, ingest.Mapping(mapAnalyzerFindings), func(ctx context.Context, config aws.Config, arn string) (any, error) {
		return pages(ctx, accessanalyzer.NewListFindingsV2Paginator(accessanalyzer.NewFromConfig(config), &accessanalyzer.ListFindingsV2Input{AnalyzerArn: &arn, Filter: map[string]types.Criterion{"status": {Eq: []string{"ACTIVE"}}}}))
	})
	findings.Command += ` --filter '{"status": {"eq": ["ACTIVE"]}}'`
	register(
		once("accessanalyzer", "list-analyzers", "access-analyzer:ListAnalyzers", ingest.Mapping(mapAnalyzers), func(ctx context.Context, config aws.Config) (any, error) {
			return pages(ctx, accessanalyzer.NewListAnalyzersPaginator(accessanalyzer.NewFromConfig(config), &accessanalyzer.ListAnalyzersInput{}))
		}),
		findings,
	)
}

type analyzers struct {
	Analyzers []struct {
		ARN, Name, Type, Status string
		Tags                    tags
	}
}

func mapAnalyzers(facts *ingest.Facts, site ingest.Site, _ string, body analyzers) {
	for _, analyzer := range body.Analyzers {
		describe(facts, site, kinds.AWSAnalyzer, analyzer.ARN, analyzer.Name, append(tags{}, analyzer.Tags...), graph.Props{"type": analyzer.Type, "status": analyzer.Status})
	}
}

type analyzerFindings struct {
	Findings []struct {
		ID, FindingType, Resource, ResourceOwnerAccount, Status string
		CreatedAt, UpdatedAt                                    moment
	}
}

// mapAnalyzerFindings reads what an analyzer has found; Access Analyzer does not grade it.
func mapAnalyzerFindings(facts *ingest.Facts, site ingest.Site, analyzer string, body analyzerFindings) {
	for _, finding := range body.Findings {
		if analyzer == "" {
			facts.Gap("findings of Access Analyzer are in a file that does not tell their analyzer")
			return
		}
		issue(facts, heldBy(site, finding.ResourceOwnerAccount), analyzer+"/finding/"+finding.ID, "access-analyzer", finding.FindingType, finding.Resource, graph.Props{
			"type": finding.FindingType, "first_seen": string(finding.CreatedAt), "last_seen": string(finding.UpdatedAt), "status": finding.Status,
		})
	}
}
