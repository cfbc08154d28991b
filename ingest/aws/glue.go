package aws

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		Table{
			Service: "glue", Operation: "get-jobs",
			Actions: []string{"glue:GetJobs"},
			// The query leaves the arguments behind, which may hold credentials.
			Command: "aws glue get-jobs --query '{Jobs: Jobs[].{Name: Name, Role: Role, Command: Command}}'",
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, glue.NewGetJobsPaginator(glue.NewFromConfig(config), &glue.GetJobsInput{}))
			},
			Map: ingest.Mapping(mapGlueJobs),
		},
		Table{
			Service: "glue", Operation: "get-dev-endpoints",
			Actions: []string{"glue:GetDevEndpoints"},
			Command: "aws glue get-dev-endpoints --query '{DevEndpoints: DevEndpoints[].{EndpointName: EndpointName, RoleArn: RoleArn, Status: Status}}'",
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, glue.NewGetDevEndpointsPaginator(glue.NewFromConfig(config), &glue.GetDevEndpointsInput{}))
			},
			Map: ingest.Mapping(mapGlueDevEndpoints),
		},
		Table{
			Service: "glue", Operation: "list-sessions",
			Actions: []string{"glue:ListSessions"},
			Command: "aws glue list-sessions --query '{Sessions: Sessions[].{Id: Id, Role: Role, Status: Status}}'",
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, glue.NewListSessionsPaginator(glue.NewFromConfig(config), &glue.ListSessionsInput{}))
			},
			Map: ingest.Mapping(mapGlueSessions),
		},
	)
}

type glueJobs struct {
	Jobs []struct {
		Name, Role string
		Command    struct{ ScriptLocation string }
	}
}

// mapGlueJobs reads jobs, whose role is a name or an ARN
// (https://docs.aws.amazon.com/glue/latest/webapi/API_Job.html, Role).
func mapGlueJobs(facts *ingest.Facts, site ingest.Site, _ string, body glueJobs) {
	for _, job := range body.Jobs {
		role := role(site, job.Role)
		describe(facts, site, kinds.AWSGlueJob, resource(site, "glue", "job/", job.Name), job.Name, nil, graph.Props{
			"role": role, "script": job.Command.ScriptLocation, "script_object": objectARN(site, job.Command.ScriptLocation),
		}).to(kinds.Uses, kinds.AWSRole, role)
	}
}

type glueDevEndpoints struct {
	DevEndpoints []struct{ EndpointName, RoleARN, Status string }
}

func mapGlueDevEndpoints(facts *ingest.Facts, site ingest.Site, _ string, body glueDevEndpoints) {
	for _, endpoint := range body.DevEndpoints {
		role := role(site, endpoint.RoleARN)
		describe(facts, site, kinds.AWSGlueDevEndpoint, resource(site, "glue", "devEndpoint/", endpoint.EndpointName), endpoint.EndpointName, nil, graph.Props{
			"role": role, "status": endpoint.Status,
		}).to(kinds.Uses, kinds.AWSRole, role)
	}
}

type glueSessions struct {
	Sessions []struct{ ID, Role, Status string }
}

func mapGlueSessions(facts *ingest.Facts, site ingest.Site, _ string, body glueSessions) {
	for _, session := range body.Sessions {
		role := role(site, session.Role)
		describe(facts, site, kinds.AWSGlueSession, resource(site, "glue", "session/", session.ID), session.ID, nil, graph.Props{
			"role": role, "status": session.Status,
		}).to(kinds.Uses, kinds.AWSRole, role)
	}
}
