package aws

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	machine := perItem("stepfunctions", "describe-state-machine", "states:DescribeStateMachine", of{"list-state-machines", "stateMachines[].stateMachineArn", "--state-machine-arn"}, ingest.Mapping(mapStateMachine),
		func(ctx context.Context, config aws.Config, arn string) (any, error) {
			answer, err := sfn.NewFromConfig(config).DescribeStateMachine(ctx, &sfn.DescribeStateMachineInput{StateMachineArn: &arn})
			if err == nil {
				answer.Definition = nil
			}
			return answer, err
		}, "StateMachineDoesNotExist")
	// The definition, which may hold anything, is left behind.
	machine.Command += " --query '{stateMachineArn: stateMachineArn, name: name, type: type, roleArn: roleArn, loggingConfiguration: loggingConfiguration}'"
	register(
		once("stepfunctions", "list-state-machines", "states:ListStateMachines", ingest.Mapping(mapStateMachines), func(ctx context.Context, config aws.Config) (any, error) {
			return pages(ctx, sfn.NewListStateMachinesPaginator(sfn.NewFromConfig(config), &sfn.ListStateMachinesInput{}))
		}),
		machine,
	)
}

type stateMachines struct {
	StateMachines []struct{ StateMachineARN, Name, Type string }
}

func mapStateMachines(facts *ingest.Facts, site ingest.Site, _ string, body stateMachines) {
	for _, machine := range body.StateMachines {
		describe(facts, site, kinds.AWSStateMachine, cmp.Or(machine.StateMachineARN, resource(site, "states", "stateMachine:", machine.Name)), machine.Name, nil, graph.Props{"type": machine.Type})
	}
}

type stateMachine struct {
	StateMachineARN, RoleARN string
	LoggingConfiguration     *struct{ Level string }
}

func mapStateMachine(facts *ingest.Facts, _ ingest.Site, item string, body stateMachine) {
	props := graph.Props{"role": body.RoleARN}
	if body.LoggingConfiguration != nil {
		props["logged"] = body.LoggingConfiguration.Level != "OFF"
	}
	contribute(facts, kinds.AWSStateMachine, cmp.Or(body.StateMachineARN, item), props).to(kinds.Uses, kinds.AWSRole, body.RoleARN)
}
