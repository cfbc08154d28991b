package aws

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

// namingSettings are the settings of a pipeline's actions that name resources; others may hold tokens and variables.
var namingSettings = []string{"ProjectName", "S3Bucket", "S3ObjectKey", "FullRepositoryId", "RepositoryName", "ConnectionArn"}

func init() {
	pipeline := perItem("codepipeline", "get-pipeline", "codepipeline:GetPipeline", of{"list-pipelines", "pipelines[].name", "--name"}, ingest.Mapping(mapPipeline),
		func(ctx context.Context, config aws.Config, name string) (any, error) {
			answer, err := codepipeline.NewFromConfig(config).GetPipeline(ctx, &codepipeline.GetPipelineInput{Name: &name})
			if err != nil || answer.Pipeline == nil {
				return answer, err
			}
			for _, stage := range answer.Pipeline.Stages {
				for _, action := range stage.Actions {
					maps.DeleteFunc(action.Configuration, func(name, _ string) bool { return !slices.Contains(namingSettings, name) })
				}
			}
			return answer, nil
		}, "PipelineNotFoundException")
	pipeline.Command += " --query '{metadata: metadata, pipeline: pipeline.{name: name, roleArn: roleArn, artifactStore: artifactStore, stages: stages[].{name: name, actions: actions[].{name: name, roleArn: roleArn, " +
		"actionTypeId: actionTypeId, configuration: configuration.{ProjectName: ProjectName, S3Bucket: S3Bucket, S3ObjectKey: S3ObjectKey, FullRepositoryId: FullRepositoryId, RepositoryName: RepositoryName, ConnectionArn: ConnectionArn}}}}}'"
	register(
		once("codepipeline", "list-pipelines", "codepipeline:ListPipelines", ingest.Mapping(mapPipelines), func(ctx context.Context, config aws.Config) (any, error) {
			return pages(ctx, codepipeline.NewListPipelinesPaginator(codepipeline.NewFromConfig(config), &codepipeline.ListPipelinesInput{}))
		}),
		pipeline,
	)
}

type pipelines struct{ Pipelines []struct{ Name string } }

func mapPipelines(facts *ingest.Facts, site ingest.Site, _ string, body pipelines) {
	for _, pipeline := range body.Pipelines {
		describe(facts, site, kinds.AWSPipeline, resource(site, "codepipeline", "", pipeline.Name), pipeline.Name, nil, nil)
	}
}

type pipeline struct {
	Metadata struct{ PipelineARN string }
	Pipeline *struct {
		RoleARN       string
		ArtifactStore struct{ Location string }
		Stages        []struct{ Actions []pipelineAction }
	}
}

type pipelineAction struct {
	RoleARN       string
	ActionTypeID  struct{ Category, Provider string }
	Configuration struct{ ProjectName, S3Bucket, S3ObjectKey, FullRepositoryID, RepositoryName string }
}

func mapPipeline(facts *ingest.Facts, site ingest.Site, item string, body pipeline) {
	if body.Pipeline == nil {
		return
	}
	roles, sources, repositories, objects, projects := []string{}, []string{}, []string{}, []string{}, []string{}
	for _, stage := range body.Pipeline.Stages {
		for _, action := range stage.Actions {
			if action.RoleARN != "" {
				roles = append(roles, action.RoleARN)
			}
			where := action.Configuration
			if action.ActionTypeID.Category == "Source" {
				sources = append(sources, action.ActionTypeID.Provider+"="+cmp.Or(where.FullRepositoryID, where.RepositoryName, where.S3Bucket))
			}
			switch action.ActionTypeID.Provider {
			case "CodeCommit":
				repositories = append(repositories, resource(site, "codecommit", "", where.RepositoryName))
			case "S3":
				if action.ActionTypeID.Category == "Source" && where.S3Bucket != "" && where.S3ObjectKey != "" {
					objects = append(objects, bucketARN(site, where.S3Bucket+"/"+where.S3ObjectKey))
				}
			}
			if where.ProjectName != "" {
				projects = append(projects, resource(site, "codebuild", "project/", where.ProjectName))
			}
		}
	}
	bucket := body.Pipeline.ArtifactStore.Location
	props := graph.Props{
		"role": body.Pipeline.RoleARN, "action_roles": graph.Sorted(roles), "sources": graph.Sorted(sources), "projects": graph.Sorted(projects),
		"source_repositories": graph.Sorted(repositories), "source_objects": graph.Sorted(objects),
	}
	if bucket != "" {
		props["artifact_buckets"] = []string{bucketARN(site, bucket)}
	}
	found := contribute(facts, kinds.AWSPipeline, cmp.Or(body.Metadata.PipelineARN, resource(site, "codepipeline", "", item)), props)
	found.to(kinds.Uses, kinds.AWSRole, body.Pipeline.RoleARN)
	for _, role := range graph.Sorted(roles) {
		found.to(kinds.Uses, kinds.AWSRole, role)
	}
	for _, project := range graph.Sorted(projects) {
		found.to(kinds.Uses, kinds.AWSBuildProject, project)
	}
	found.to(kinds.Uses, kinds.AWSBucket, bucketARN(site, bucket))
}
