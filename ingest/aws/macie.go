package aws

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/macie2"
	"github.com/aws/aws-sdk-go-v2/service/macie2/types"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	session := once("macie2", "get-macie-session", "macie2:GetMacieSession", ingest.Mapping(mapMacieSession), func(ctx context.Context, config aws.Config) (any, error) {
		return macie2.NewFromConfig(config).GetMacieSession(ctx, &macie2.GetMacieSessionInput{})
	})
	findings := once("macie2", "list-findings", "macie2:ListFindings", ingest.Mapping(mapNothing), func(ctx context.Context, config aws.Config) (any, error) {
		return pages(ctx, macie2.NewListFindingsPaginator(macie2.NewFromConfig(config), &macie2.ListFindingsInput{FindingCriteria: &types.FindingCriteria{
			Criterion: map[string]types.CriterionAdditionalProperties{"category": {Eq: []string{"CLASSIFICATION"}}},
		}}))
	})
	findings.Command = `aws macie2 list-findings --finding-criteria '{"criterion": {"category": {"eq": ["CLASSIFICATION"]}}}'`
	session.Absent, findings.Absent = macieOff, macieOff
	finding := perItem("macie2", "get-findings", "macie2:GetFindings", of{"list-findings", "findingIds[]", "--finding-ids"}, ingest.Mapping(mapMacieFindings), func(ctx context.Context, config aws.Config, id string) (any, error) {
		answer, err := macie2.NewFromConfig(config).GetFindings(ctx, &macie2.GetFindingsInput{FindingIds: []string{id}})
		if err == nil {
			for i := range answer.Findings {
				if on := answer.Findings[i].ResourcesAffected; on != nil {
					on.S3Object = nil
				}
			}
		}
		return answer, err
	})
	finding.Command += " --query '{findings: findings[].{id: id, accountId: accountId, title: title, type: type, severity: severity, createdAt: createdAt, updatedAt: updatedAt, " +
		"resourcesAffected: {s3Bucket: {arn: resourcesAffected.s3Bucket.arn}}, classificationDetails: {result: {sensitiveData: classificationDetails.result.sensitiveData[].{category: category}}}}}'"
	register(session, findings, finding)
}

// macieOff is what Macie answers where it is off (https://docs.aws.amazon.com/macie/latest/APIReference/macie.html).
var macieOff = []string{"AccessDeniedException", "ResourceNotFoundException"}

type macieSession struct{ Status string }

// mapMacieSession reads whether Macie is on. What it answers where it is off is what it answers to those who may not ask,
// so that an answer without a status says nothing.
func mapMacieSession(facts *ingest.Facts, site ingest.Site, _ string, body macieSession) {
	if body.Status == "" {
		facts.Gap("Macie is off, or may not be asked: what stores hold is known by their tags and names alone")
		return
	}
	describe(facts, site, kinds.AWSMacieSession, resource(site, "macie2", "session/", "default"), "default", nil, graph.Props{"enabled": body.Status == "ENABLED"})
}

type macieFindings struct {
	Findings []struct {
		ID, AccountID, Title, Type string
		Severity                   struct{ Description string }
		CreatedAt, UpdatedAt       moment
		ResourcesAffected          struct{ S3Bucket struct{ ARN string } }
		ClassificationDetails      struct {
			Result struct{ SensitiveData []sensitiveData }
		}
	}
}

type sensitiveData struct{ Category string }

func mapMacieFindings(facts *ingest.Facts, site ingest.Site, _ string, body macieFindings) {
	for _, finding := range body.Findings {
		bucket := finding.ResourcesAffected.S3Bucket.ARN
		issue(facts, heldBy(site, finding.AccountID), resource(site, "macie2", "finding/", finding.ID), "macie", finding.Title, bucket, graph.Props{
			"type": finding.Type, "severity": strings.ToUpper(finding.Severity.Description), "first_seen": string(finding.CreatedAt), "last_seen": string(finding.UpdatedAt), "status": "ACTIVE",
			"classes": each(finding.ClassificationDetails.Result.SensitiveData, func(data sensitiveData) string { return data.Category }),
		})
	}
}
