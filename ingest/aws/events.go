package aws

import (
	"cmp"
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	targets := perItem("events", "list-targets-by-rule", "events:ListTargetsByRule", of{"list-rules", "Rules[].Name", ""}, ingest.Mapping(mapRuleTargets), func(ctx context.Context, config aws.Config, item string) (any, error) {
		bus, rule := ingest.Halves(item)
		var all eventbridge.ListTargetsByRuleOutput
		for asked := (&eventbridge.ListTargetsByRuleInput{EventBusName: &bus, Rule: &rule}); ; {
			page, err := eventbridge.NewFromConfig(config).ListTargetsByRule(ctx, asked)
			if err != nil {
				return nil, err
			}
			for _, target := range page.Targets {
				target.Input, target.InputTransformer, target.HttpParameters = nil, nil, nil // which may hold anything
				all.Targets = append(all.Targets, target)
			}
			if asked.NextToken = page.NextToken; asked.NextToken == nil {
				return all, nil
			}
		}
	}, "ResourceNotFoundException")
	targets.Joined = true
	targets.Command = `aws events list-targets-by-rule --event-bus-name "${item%%,*}" --rule "${item#*,}" --query '{Targets: Targets[].{Id: Id, Arn: Arn, RoleArn: RoleArn}}'`
	register(
		once("events", "list-event-buses", "events:ListEventBuses", ingest.Mapping(mapEventBuses), func(ctx context.Context, config aws.Config) (any, error) {
			var all eventbridge.ListEventBusesOutput
			for asked := (&eventbridge.ListEventBusesInput{}); ; {
				page, err := eventbridge.NewFromConfig(config).ListEventBuses(ctx, asked)
				if err != nil {
					return nil, err
				}
				all.EventBuses = append(all.EventBuses, page.EventBuses...)
				if asked.NextToken = page.NextToken; asked.NextToken == nil {
					return all, nil
				}
			}
		}),
		perItem("events", "list-rules", "events:ListRules", of{"list-event-buses", "EventBuses[].Name", "--event-bus-name"}, ingest.Mapping(mapEventRules), func(ctx context.Context, config aws.Config, bus string) (any, error) {
			var all eventbridge.ListRulesOutput
			for asked := (&eventbridge.ListRulesInput{EventBusName: &bus}); ; {
				page, err := eventbridge.NewFromConfig(config).ListRules(ctx, asked)
				if err != nil {
					return nil, err
				}
				all.Rules = append(all.Rules, page.Rules...)
				if asked.NextToken = page.NextToken; asked.NextToken == nil {
					return all, nil
				}
			}
		}, "ResourceNotFoundException"),
		targets,
	)
}

type eventBuses struct {
	EventBuses []struct {
		ARN, Name, KMSKeyIdentifier string
		Policy                      policy
	}
}

// mapEventBuses reads buses. A bus without a policy in the answer has none
// (https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_EventBus.html).
func mapEventBuses(facts *ingest.Facts, site ingest.Site, _ string, body eventBuses) {
	for _, bus := range body.EventBuses {
		id, encryption := cmp.Or(bus.ARN, resource(site, "events", "event-bus/", bus.Name)), key(site, bus.KMSKeyIdentifier)
		describe(facts, site, kinds.AWSEventBus, id, bus.Name, nil, graph.Props{"policy": bus.Policy.orNone(facts, id), "kms_key": encryption}).usesKey(encryption)
	}
}

type eventRules struct {
	Rules []struct{ ARN, Name, EventPattern, ScheduleExpression, State, RoleARN, EventBusName string }
}

// ruleID names a rule as AWS does: the default bus is not in the ARN
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html, resource types).
func ruleID(site ingest.Site, bus, name string) string {
	switch bus = lastPart(bus); {
	case name == "":
		return ""
	case bus == "default" || bus == "":
		return resource(site, "events", "rule/", name)
	}
	return resource(site, "events", "rule/", bus+"/"+name)
}

func mapEventRules(facts *ingest.Facts, site ingest.Site, bus string, body eventRules) {
	for _, rule := range body.Rules {
		on := cmp.Or(rule.EventBusName, bus)
		found := describe(facts, site, kinds.AWSEventRule, cmp.Or(rule.ARN, ruleID(site, on, rule.Name)), rule.Name, nil, graph.Props{
			"bus": resource(site, "events", "event-bus/", on), "enabled": strings.HasPrefix(rule.State, "ENABLED"), "schedule": rule.ScheduleExpression, "pattern": rule.EventPattern, "role": rule.RoleARN,
		})
		found.from(kinds.Contains, kinds.AWSEventBus, resource(site, "events", "event-bus/", on))
		found.to(kinds.Uses, kinds.AWSRole, rule.RoleARN)
	}
}

type ruleTargets struct{ Targets []ruleTarget }

type ruleTarget struct{ ARN, RoleARN string }

func mapRuleTargets(facts *ingest.Facts, site ingest.Site, item string, body ruleTargets) {
	bus, name := ingest.Halves(item)
	roles := each(body.Targets, func(target ruleTarget) string { return target.RoleARN })
	found := contribute(facts, kinds.AWSEventRule, ruleID(site, bus, name), graph.Props{"target_roles": roles})
	for _, target := range body.Targets {
		found.routes(target.ARN)
	}
	for _, role := range roles {
		found.to(kinds.Uses, kinds.AWSRole, role)
	}
}

// receivers tell the kind of what events are sent to by a part of its ARN.
var receivers = []struct {
	part string
	kind graph.NodeKind
}{
	{":lambda:", kinds.AWSFunction},
	{":sqs:", kinds.AWSQueue},
	{":sns:", kinds.AWSTopic},
	{":stateMachine:", kinds.AWSStateMachine},
	{":event-bus/", kinds.AWSEventBus},
	{":codepipeline:", kinds.AWSPipeline},
	{":codebuild:", kinds.AWSBuildProject},
	{":ecs:", kinds.AWSECSCluster},
}

// routes adds the edge to what a rule or a schedule sends to.
func (subject subject) routes(arn string) {
	for _, known := range receivers {
		if !strings.Contains(arn, known.part) {
			continue
		}
		if known.kind == kinds.AWSFunction {
			arn = unqualified(arn)
		}
		subject.to(kinds.RoutesTo, known.kind, arn)
		return
	}
}
