package aws

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	// The newest version of each layer: new functions load it.
	policies := perItem("lambda", "get-layer-version-policy", "lambda:GetLayerVersionPolicy", of{"list-layers", "Layers[].LatestMatchingVersion.LayerVersionArn", ""}, ingest.Mapping(mapLayerPolicy), func(ctx context.Context, config aws.Config, arn string) (any, error) {
		layer, version, err := layerVersion(arn)
		if err != nil {
			return nil, err
		}
		return lambda.NewFromConfig(config).GetLayerVersionPolicy(ctx, &lambda.GetLayerVersionPolicyInput{LayerName: &layer, VersionNumber: &version})
	}, "ResourceNotFoundException")
	policies.Command = `aws lambda get-layer-version-policy --layer-name "${item%:*}" --version-number "${item##*:}"`
	register(
		once("lambda", "list-layers", "lambda:ListLayers", ingest.Mapping(mapLayers), func(ctx context.Context, config aws.Config) (any, error) {
			return pages(ctx, lambda.NewListLayersPaginator(lambda.NewFromConfig(config), &lambda.ListLayersInput{}))
		}),
		policies,
	)
}

// layerVersion takes the ARN of a layer's version apart: arn:…:layer:<name>:<version>.
func layerVersion(arn string) (layer string, version int64, err error) {
	at := strings.LastIndexByte(arn, ':')
	if at < 0 {
		return "", 0, fmt.Errorf("aws: %q is no version of a layer", arn)
	}
	version, err = strconv.ParseInt(arn[at+1:], 10, 64)
	return arn[:at], version, err
}

type layers struct {
	Layers []struct {
		LayerName             string
		LatestMatchingVersion struct{ LayerVersionARN string }
	}
}

func mapLayers(facts *ingest.Facts, site ingest.Site, _ string, body layers) {
	for _, layer := range body.Layers {
		describe(facts, site, kinds.AWSLayerVersion, layer.LatestMatchingVersion.LayerVersionARN, layer.LayerName, nil, nil)
	}
}

type layerPolicy struct{ Policy policy }

func mapLayerPolicy(facts *ingest.Facts, _ ingest.Site, arn string, body layerPolicy) {
	contribute(facts, kinds.AWSLayerVersion, arn, graph.Props{"policy": body.Policy.orNone(facts, arn)})
}
