package aws

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/configservice"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		once("configservice", "describe-configuration-recorders", "config:DescribeConfigurationRecorders", ingest.Mapping(mapRecorders), func(ctx context.Context, config aws.Config) (any, error) {
			return configservice.NewFromConfig(config).DescribeConfigurationRecorders(ctx, &configservice.DescribeConfigurationRecordersInput{})
		}),
		once("configservice", "describe-configuration-recorder-status", "config:DescribeConfigurationRecorderStatus", ingest.Mapping(mapRecorderStatus), func(ctx context.Context, config aws.Config) (any, error) {
			return configservice.NewFromConfig(config).DescribeConfigurationRecorderStatus(ctx, &configservice.DescribeConfigurationRecorderStatusInput{})
		}),
	)
}

func recorderID(site ingest.Site, name string) string {
	if name == "" {
		return ""
	}
	return resource(site, "config", "configuration-recorder/", name)
}

type recorders struct {
	ConfigurationRecorders []struct {
		Name, RoleARN  string
		RecordingGroup struct{ AllSupported, IncludeGlobalResourceTypes *bool }
	}
}

func mapRecorders(facts *ingest.Facts, site ingest.Site, _ string, body recorders) {
	for _, recorder := range body.ConfigurationRecorders {
		describe(facts, site, kinds.AWSConfigRecorder, recorderID(site, recorder.Name), recorder.Name, nil, graph.Props{
			"role": recorder.RoleARN, "all_resources": recorder.RecordingGroup.AllSupported, "global_resources": recorder.RecordingGroup.IncludeGlobalResourceTypes,
		}).to(kinds.Uses, kinds.AWSRole, recorder.RoleARN)
	}
}

type recorderStatus struct {
	ConfigurationRecordersStatus []struct {
		Name      string
		Recording *bool
	}
}

func mapRecorderStatus(facts *ingest.Facts, site ingest.Site, _ string, body recorderStatus) {
	for _, recorder := range body.ConfigurationRecordersStatus {
		contribute(facts, kinds.AWSConfigRecorder, recorderID(site, recorder.Name), graph.Props{"recording": recorder.Recording})
	}
}
