package aws

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

// Which services each user and role has permissions for, and when it last used them. IAM prepares a report of that first, which changes nothing in
// the account: the Service Authorization Reference has both calls for a Read
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html).
func init() {
	register(Table{
		Service: "iam", Operation: "get-service-last-accessed-details", Global: true,
		Actions: []string{"iam:GenerateServiceLastAccessedDetails", "iam:GetServiceLastAccessedDetails"},
		Parent:  "get-account-authorization-details", Items: "[UserDetailList[].Arn, RoleDetailList[].Arn][]",
		Command: `last_accessed "$item"`,
		Absent:  []string{"NoSuchEntity"},
		Call: func(ctx context.Context, config aws.Config, principal string) (any, error) {
			client := iam.NewFromConfig(config)
			report, err := client.GenerateServiceLastAccessedDetails(ctx, &iam.GenerateServiceLastAccessedDetailsInput{Arn: &principal})
			if err != nil {
				return nil, err
			}
			return lastAccessed(ctx, client, report.JobId, reportWait)
		},
		Map: mapServiceUse,
	})
}

const (
	reportAttempts = 40
	reportWait     = 500 * time.Millisecond
	mostServices   = 1000 // that one answer may tell of: more than there are
)

// lastAccessed reads a report once it is ready, which takes seconds at most, as a rule. It waits between attempts; a report that is
// not ready after the last is given as it is.
func lastAccessed(ctx context.Context, client *iam.Client, job *string, wait time.Duration) (any, error) {
	input := &iam.GetServiceLastAccessedDetailsInput{JobId: job, MaxItems: aws.Int32(mostServices)}
	for attempt := 1; ; attempt++ {
		report, err := client.GetServiceLastAccessedDetails(ctx, input)
		if err != nil || report.JobStatus != iamtypes.JobStatusTypeInProgress || attempt == reportAttempts {
			return report, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(wait):
		}
	}
}

// mapServiceUse reads a report: of each service that the principal's policies allow, when it last tried to use it. What has no such time was not
// tried in the 400 days, at least, that IAM keeps record of
// (https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetServiceLastAccessedDetails.html).
var mapServiceUse = ingest.Mapping(func(facts *ingest.Facts, _ ingest.Site, principal string, report struct {
	JobStatus            string
	ServicesLastAccessed []struct {
		ServiceNamespace  string
		LastAuthenticated moment
	}
},
) {
	switch report.JobStatus {
	case string(iamtypes.JobStatusTypeCompleted):
	case "": // it was gone by then
		return
	default:
		facts.Gap("the report of the services that %s used is %s", principal, report.JobStatus)
		return
	}
	kind := kinds.AWSRole
	if strings.Contains(principal, ":user/") {
		kind = kinds.AWSUser
	}
	services := []string{}
	for _, each := range report.ServicesLastAccessed {
		used := string(each.LastAuthenticated)
		if used == "" {
			used = never
		}
		services = append(services, each.ServiceNamespace+"="+used)
	}
	facts.Node(graph.ID(principal), kind, graph.Props{"services": graph.Sorted(services)})
})
