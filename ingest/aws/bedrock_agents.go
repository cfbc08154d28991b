package aws

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagent"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	agent := perItem("bedrock-agent", "get-agent", "bedrock:GetAgent", of{"list-agents", "agentSummaries[].agentId", "--agent-id"}, ingest.Mapping(mapAgent), func(ctx context.Context, config aws.Config, id string) (any, error) {
		answer, err := bedrockagent.NewFromConfig(config).GetAgent(ctx, &bedrockagent.GetAgentInput{AgentId: &id})
		if err == nil && answer.Agent != nil {
			answer.Agent.Instruction, answer.Agent.PromptOverrideConfiguration = nil, nil
		}
		return answer, err
	}, "ResourceNotFoundException")
	// What the agent is told to do is left behind.
	agent.Command += " --query '{agent: agent.{agentArn: agentArn, agentName: agentName, agentStatus: agentStatus, agentResourceRoleArn: agentResourceRoleArn, foundationModel: foundationModel, customerEncryptionKeyArn: customerEncryptionKeyArn}}'"
	group := perItem("bedrock-agent", "get-agent-action-group", "bedrock:GetAgentActionGroup", of{"list-agent-action-groups", "actionGroupSummaries[].actionGroupId", ""}, ingest.Mapping(mapActionGroup),
		func(ctx context.Context, config aws.Config, item string) (any, error) {
			agent, id := ingest.Halves(item)
			answer, err := bedrockagent.NewFromConfig(config).GetAgentActionGroup(ctx, &bedrockagent.GetAgentActionGroupInput{AgentId: &agent, AgentVersion: aws.String("DRAFT"), ActionGroupId: &id})
			if err == nil && answer.AgentActionGroup != nil {
				answer.AgentActionGroup.ApiSchema, answer.AgentActionGroup.FunctionSchema = nil, nil
			}
			return answer, err
		}, "ResourceNotFoundException")
	group.Joined = true
	group.Command = `aws bedrock-agent get-agent-action-group --agent-id "${item%%,*}" --agent-version DRAFT --action-group-id "${item#*,}" --query '{agentActionGroup: agentActionGroup.{agentId: agentId, actionGroupExecutor: actionGroupExecutor}}'`
	groups := perItem("bedrock-agent", "list-agent-action-groups", "bedrock:ListAgentActionGroups", of{"list-agents", "agentSummaries[].agentId", "--agent-version DRAFT --agent-id"}, ingest.Mapping(mapNothing),
		func(ctx context.Context, config aws.Config, id string) (any, error) {
			return pages(ctx, bedrockagent.NewListAgentActionGroupsPaginator(bedrockagent.NewFromConfig(config), &bedrockagent.ListAgentActionGroupsInput{AgentId: &id, AgentVersion: aws.String("DRAFT")}))
		}, "ResourceNotFoundException")
	register(
		once("bedrock-agent", "list-agents", "bedrock:ListAgents", ingest.Mapping(mapAgents), func(ctx context.Context, config aws.Config) (any, error) {
			return pages(ctx, bedrockagent.NewListAgentsPaginator(bedrockagent.NewFromConfig(config), &bedrockagent.ListAgentsInput{}))
		}),
		agent, groups, group,
	)
}

func agentID(site ingest.Site, id string) string {
	if id == "" {
		return ""
	}
	return resource(site, "bedrock", "agent/", id)
}

type agents struct {
	AgentSummaries []struct{ AgentID, AgentName, AgentStatus string }
}

func mapAgents(facts *ingest.Facts, site ingest.Site, _ string, body agents) {
	for _, agent := range body.AgentSummaries {
		describe(facts, site, kinds.AWSAgent, agentID(site, agent.AgentID), agent.AgentName, nil, graph.Props{"status": agent.AgentStatus})
	}
}

type agent struct {
	Agent *struct {
		AgentARN, AgentResourceRoleARN, FoundationModel, CustomerEncryptionKeyARN string
	}
}

func mapAgent(facts *ingest.Facts, site ingest.Site, item string, body agent) {
	if body.Agent == nil {
		return
	}
	found := contribute(facts, kinds.AWSAgent, cmp.Or(body.Agent.AgentARN, agentID(site, item)), graph.Props{
		"role": body.Agent.AgentResourceRoleARN, "model": body.Agent.FoundationModel, "kms_key": body.Agent.CustomerEncryptionKeyARN,
	})
	found.to(kinds.Uses, kinds.AWSRole, body.Agent.AgentResourceRoleARN)
	found.usesKey(body.Agent.CustomerEncryptionKeyARN)
}

type actionGroup struct {
	AgentActionGroup *struct {
		ActionGroupExecutor struct{ Lambda string }
	}
}

func mapActionGroup(facts *ingest.Facts, site ingest.Site, item string, body actionGroup) {
	agent, _ := ingest.Halves(item)
	if body.AgentActionGroup == nil || agent == "" {
		return
	}
	facts.Stub(graph.ID(agentID(site, agent)), kinds.AWSAgent)
	subject{facts, graph.ID(agentID(site, agent))}.to(kinds.Uses, kinds.AWSFunction, unqualified(body.AgentActionGroup.ActionGroupExecutor.Lambda))
}
