package aws

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagentcorecontrol"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagentcorecontrol/types"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		Table{
			Service: "bedrock-agentcore-control", Operation: "list-code-interpreters",
			Actions: []string{"bedrock-agentcore:ListCodeInterpreters"},
			Command: "aws bedrock-agentcore-control list-code-interpreters --type CUSTOM",
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, bedrockagentcorecontrol.NewListCodeInterpretersPaginator(bedrockagentcorecontrol.NewFromConfig(config),
					&bedrockagentcorecontrol.ListCodeInterpretersInput{Type: types.ResourceTypeCustom}))
			},
			Map: ingest.Mapping(mapCodeInterpreters),
		},
		Table{
			Service: "bedrock-agentcore-control", Operation: "get-code-interpreter",
			Actions: []string{"bedrock-agentcore:GetCodeInterpreter"},
			Parent:  "list-code-interpreters", Items: "codeInterpreterSummaries[].codeInterpreterId",
			Command: `aws bedrock-agentcore-control get-code-interpreter --code-interpreter-id "$item"`,
			Call: func(ctx context.Context, config aws.Config, id string) (any, error) {
				return bedrockagentcorecontrol.NewFromConfig(config).GetCodeInterpreter(ctx, &bedrockagentcorecontrol.GetCodeInterpreterInput{CodeInterpreterId: &id})
			},
			Absent: []string{"ResourceNotFoundException"},
			Map:    ingest.Mapping(mapCodeInterpreter),
		},
	)
}

type codeInterpreters struct{ CodeInterpreterSummaries []codeInterpreter }

type codeInterpreter struct {
	CodeInterpreterARN, CodeInterpreterID, Name, ExecutionRoleARN string
	NetworkConfiguration                                          struct{ NetworkMode string }
}

func mapCodeInterpreters(facts *ingest.Facts, site ingest.Site, _ string, body codeInterpreters) {
	for _, interpreter := range body.CodeInterpreterSummaries {
		interpreter.add(facts, site)
	}
}

func mapCodeInterpreter(facts *ingest.Facts, site ingest.Site, item string, body codeInterpreter) {
	body.CodeInterpreterID = cmp.Or(body.CodeInterpreterID, item)
	body.add(facts, site)
}

func (interpreter codeInterpreter) add(facts *ingest.Facts, site ingest.Site) {
	id := cmp.Or(interpreter.CodeInterpreterARN, resource(site, "bedrock-agentcore", "code-interpreter-custom/", interpreter.CodeInterpreterID))
	describe(facts, site, kinds.AWSCodeInterpreter, id, interpreter.Name, nil, graph.Props{
		"role": interpreter.ExecutionRoleARN, "network_mode": interpreter.NetworkConfiguration.NetworkMode,
	}).to(kinds.Uses, kinds.AWSRole, interpreter.ExecutionRoleARN)
}
