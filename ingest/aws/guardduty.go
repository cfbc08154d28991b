package aws

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/guardduty"
	"github.com/aws/aws-sdk-go-v2/service/guardduty/types"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	detector := of{"list-detectors", "DetectorIds[]", "--detector-id"}
	// Findings of medium severity and more that nobody has archived.
	findings := perItem("guardduty", "list-findings", "guardduty:ListFindings", detector, ingest.Mapping(mapNothing), func(ctx context.Context, config aws.Config, id string) (any, error) {
		return pages(ctx, guardduty.NewListFindingsPaginator(guardduty.NewFromConfig(config), &guardduty.ListFindingsInput{DetectorId: &id, FindingCriteria: &types.FindingCriteria{Criterion: map[string]types.Condition{
			"severity": {GreaterThanOrEqual: aws.Int64(4)}, "service.archived": {Equals: []string{"false"}},
		}}}))
	})
	findings.Command += ` --finding-criteria '{"Criterion": {"severity": {"GreaterThanOrEqual": 4}, "service.archived": {"Equals": ["false"]}}}'`
	finding := perItem("guardduty", "get-findings", "guardduty:GetFindings", of{"list-findings", "FindingIds[]", ""}, ingest.Mapping(mapGuardDuty), func(ctx context.Context, config aws.Config, item string) (any, error) {
		detector, id := ingest.Halves(item)
		return guardduty.NewFromConfig(config).GetFindings(ctx, &guardduty.GetFindingsInput{DetectorId: &detector, FindingIds: []string{id}})
	})
	finding.Joined, finding.Command = true, `aws guardduty get-findings --detector-id "${item%%,*}" --finding-ids "${item#*,}"`
	register(
		once("guardduty", "list-detectors", "guardduty:ListDetectors", ingest.Mapping(mapDetectors), func(ctx context.Context, config aws.Config) (any, error) {
			return pages(ctx, guardduty.NewListDetectorsPaginator(guardduty.NewFromConfig(config), &guardduty.ListDetectorsInput{}))
		}),
		perItem("guardduty", "get-detector", "guardduty:GetDetector", detector, ingest.Mapping(mapDetector), func(ctx context.Context, config aws.Config, id string) (any, error) {
			return guardduty.NewFromConfig(config).GetDetector(ctx, &guardduty.GetDetectorInput{DetectorId: &id})
		}),
		findings, finding,
	)
}

func detectorID(site ingest.Site, id string) string {
	if id == "" {
		return ""
	}
	return resource(site, "guardduty", "detector/", id)
}

type detectors struct{ DetectorIDs []string }

func mapDetectors(facts *ingest.Facts, site ingest.Site, _ string, body detectors) {
	for _, id := range body.DetectorIDs {
		describe(facts, site, kinds.AWSDetector, detectorID(site, id), id, nil, nil)
	}
}

type detector struct {
	Status   string
	Features []detectorFeature
}

type detectorFeature struct{ Name, Status string }

func mapDetector(facts *ingest.Facts, site ingest.Site, item string, body detector) {
	on := slices.DeleteFunc(slices.Clone(body.Features), func(feature detectorFeature) bool { return feature.Status != "ENABLED" })
	contribute(facts, kinds.AWSDetector, detectorID(site, item), graph.Props{
		"enabled": body.Status == "ENABLED", "features": each(on, func(feature detectorFeature) string { return feature.Name }),
	})
}

type guardDutyFindings struct {
	Findings []struct {
		ARN, Title, Type, AccountID string
		Severity                    float64
		CreatedAt, UpdatedAt        moment
		Resource                    struct {
			InstanceDetails   struct{ InstanceID string }
			S3BucketDetails   []struct{ ARN string }
			LambdaDetails     struct{ FunctionARN string }
			EKSClusterDetails struct{ ARN string }
			ECSClusterDetails struct {
				ARN         string
				TaskDetails struct{ ARN string }
			}
			RDSDBInstanceDetails struct{ DBInstanceARN string }
			AccessKeyDetails     struct{ UserType, UserName string }
		}
	}
}

func mapGuardDuty(facts *ingest.Facts, site ingest.Site, _ string, body guardDutyFindings) {
	for _, finding := range body.Findings {
		on, about := finding.Resource, ""
		switch {
		case on.InstanceDetails.InstanceID != "":
			about = resource(site, "ec2", "instance/", on.InstanceDetails.InstanceID)
		case len(on.S3BucketDetails) > 0:
			about = on.S3BucketDetails[0].ARN
		case on.LambdaDetails.FunctionARN != "":
			about = on.LambdaDetails.FunctionARN
		case on.EKSClusterDetails.ARN != "":
			about = on.EKSClusterDetails.ARN
		case on.ECSClusterDetails.TaskDetails.ARN != "":
			about = on.ECSClusterDetails.TaskDetails.ARN
		case on.RDSDBInstanceDetails.DBInstanceARN != "":
			about = on.RDSDBInstanceDetails.DBInstanceARN
		case on.AccessKeyDetails.UserType == "AssumedRole" || on.AccessKeyDetails.UserType == "Role":
			about = role(site, on.AccessKeyDetails.UserName)
		case on.AccessKeyDetails.UserType == "IAMUser":
			about = fmt.Sprint(site.GlobalARN("iam", "user/"+on.AccessKeyDetails.UserName))
		}
		issue(facts, heldBy(site, finding.AccountID), finding.ARN, "guardduty", finding.Title, about, graph.Props{
			"type": finding.Type, "severity": graded(finding.Severity), "first_seen": string(finding.CreatedAt), "last_seen": string(finding.UpdatedAt), "status": "ACTIVE",
		})
	}
}
