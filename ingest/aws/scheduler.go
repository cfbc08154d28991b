package aws

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	one := perItem("scheduler", "get-schedule", "scheduler:GetSchedule", of{"list-schedules", "Schedules[].Arn", ""}, ingest.Mapping(mapSchedule), func(ctx context.Context, config aws.Config, arn string) (any, error) {
		group, name := scheduleName(arn)
		answer, err := scheduler.NewFromConfig(config).GetSchedule(ctx, &scheduler.GetScheduleInput{GroupName: &group, Name: &name})
		if err == nil && answer.Target != nil {
			answer.Target.Input = nil // which may hold anything
		}
		return answer, err
	}, "ResourceNotFoundException")
	one.Command = `group="${item%/*}" && aws scheduler get-schedule --group-name "${group##*/}" --name "${item##*/}" --query '{Arn: Arn, Name: Name, State: State, ScheduleExpression: ScheduleExpression, Target: Target.{Arn: Arn, RoleArn: RoleArn}}'`
	register(
		once("scheduler", "list-schedules", "scheduler:ListSchedules", ingest.Mapping(mapSchedules), func(ctx context.Context, config aws.Config) (any, error) {
			return pages(ctx, scheduler.NewListSchedulesPaginator(scheduler.NewFromConfig(config), &scheduler.ListSchedulesInput{}))
		}),
		one,
	)
}

// scheduleName reads group and name out of …:schedule/<group>/<name>
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridgescheduler.html, resource types).
func scheduleName(arn string) (group, name string) {
	path := strings.Split(arn, "/")
	if len(path) < 3 {
		return "", lastPart(arn)
	}
	return path[len(path)-2], path[len(path)-1]
}

type schedules struct {
	Schedules []struct{ ARN, Name, State string }
}

func mapSchedules(facts *ingest.Facts, site ingest.Site, _ string, body schedules) {
	for _, schedule := range body.Schedules {
		describe(facts, site, kinds.AWSSchedule, schedule.ARN, schedule.Name, nil, graph.Props{"enabled": schedule.State == "ENABLED"})
	}
}

type schedule struct {
	ARN, ScheduleExpression string
	Target                  struct{ ARN, RoleARN string }
}

func mapSchedule(facts *ingest.Facts, _ ingest.Site, item string, body schedule) {
	found := contribute(facts, kinds.AWSSchedule, item, graph.Props{"schedule": body.ScheduleExpression, "role": body.Target.RoleARN, "target": body.Target.ARN})
	found.to(kinds.Uses, kinds.AWSRole, body.Target.RoleARN)
	found.routes(body.Target.ARN)
}
