package aws

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codebuild"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		Table{
			Service: "codebuild", Operation: "list-projects",
			Actions: []string{"codebuild:ListProjects"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, codebuild.NewListProjectsPaginator(codebuild.NewFromConfig(config), &codebuild.ListProjectsInput{}))
			},
			Map: ingest.Mapping(mapBuildProjectNames),
		},
		Table{
			Service: "codebuild", Operation: "batch-get-projects",
			Actions: []string{"codebuild:BatchGetProjects"},
			Parent:  "list-projects", Items: "projects[]",
			// The query leaves the values of variables behind, and the build specification.
			Command: `aws codebuild batch-get-projects --names "$item" --query '{projects: projects[].{name: name, arn: arn, serviceRole: serviceRole, tags: tags, ` +
				`source: {type: source.type, location: source.location}, environment: {privilegedMode: environment.privilegedMode, ` +
				`environmentVariables: environment.environmentVariables[].{name: name, type: type}}}}'`,
			Call: func(ctx context.Context, config aws.Config, project string) (any, error) {
				return codebuild.NewFromConfig(config).BatchGetProjects(ctx, &codebuild.BatchGetProjectsInput{Names: []string{project}})
			},
			Map: ingest.Mapping(mapBuildProjects),
		},
	)
}

type buildProjectNames struct{ Projects []string }

func mapBuildProjectNames(facts *ingest.Facts, site ingest.Site, _ string, body buildProjectNames) {
	for _, name := range body.Projects {
		describe(facts, site, kinds.AWSBuildProject, resource(site, "codebuild", "project/", name), name, nil, nil)
	}
}

type buildProjects struct {
	Projects []struct {
		Name, ARN, ServiceRole string
		Source                 struct{ Type, Location string }
		Environment            struct {
			PrivilegedMode       *bool
			EnvironmentVariables variables
		}
		Tags tags
	}
}

func mapBuildProjects(facts *ingest.Facts, site ingest.Site, _ string, body buildProjects) {
	for _, project := range body.Projects {
		role := role(site, project.ServiceRole)
		id := cmp.Or(project.ARN, resource(site, "codebuild", "project/", project.Name))
		describe(facts, site, kinds.AWSBuildProject, id, project.Name, project.Tags, graph.Props{
			"role": role, "source": project.Source.Location, "source_type": project.Source.Type,
			"environment_keys": []string(project.Environment.EnvironmentVariables.names), "credentials": project.Environment.EnvironmentVariables.keys, "privileged": project.Environment.PrivilegedMode,
		}).to(kinds.Uses, kinds.AWSRole, role)
	}
}
