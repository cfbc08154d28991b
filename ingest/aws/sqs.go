package aws

import (
	"cmp"
	"context"
	"encoding/json"
	"path"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	queue := of{"list-queues", "QueueUrls[]", "--queue-url"}
	attributes := perItem("sqs", "get-queue-attributes", "sqs:GetQueueAttributes", queue, ingest.Mapping(mapQueueAttributes),
		func(ctx context.Context, config aws.Config, url string) (any, error) {
			return sqs.NewFromConfig(config).GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: &url, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameAll}})
		}, "AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")
	attributes.Command += " --attribute-names All"
	register(
		once("sqs", "list-queues", "sqs:ListQueues", ingest.Mapping(mapQueues), func(ctx context.Context, config aws.Config) (any, error) {
			return pages(ctx, sqs.NewListQueuesPaginator(sqs.NewFromConfig(config), &sqs.ListQueuesInput{MaxResults: aws.Int32(1000)})) // without a size there is one page
		}),
		attributes,
		perItem("sqs", "list-queue-tags", "sqs:ListQueueTags", queue, ingest.Mapping(mapQueueTags), func(ctx context.Context, config aws.Config, url string) (any, error) {
			return sqs.NewFromConfig(config).ListQueueTags(ctx, &sqs.ListQueueTagsInput{QueueUrl: &url})
		}, "AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"),
	)
}

// queueID gives a queue's ARN from its URL, whose last part is its name.
func queueID(site ingest.Site, url string) string {
	if url == "" {
		return ""
	}
	return resource(site, "sqs", "", path.Base(url))
}

type queues struct{ QueueURLs []string }

func mapQueues(facts *ingest.Facts, site ingest.Site, _ string, body queues) {
	for _, url := range body.QueueURLs {
		name := path.Base(url)
		describe(facts, site, kinds.AWSQueue, queueID(site, url), name, nil, nil)
	}
}

type queueAttributes struct {
	Attributes *struct {
		QueueARN, KMSMasterKeyID, RedrivePolicy string
		SQSManagedSSEEnabled                    string
		Policy                                  policy
	}
}

// mapQueueAttributes reads a queue's policy and encryption. The API leaves out what is not set, so that an answer without a
// policy says that there is none (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html).
func mapQueueAttributes(facts *ingest.Facts, site ingest.Site, url string, body queueAttributes) {
	if body.Attributes == nil {
		return
	}
	found := body.Attributes
	id := cmp.Or(found.QueueARN, queueID(site, url))
	encryption := key(site, found.KMSMasterKeyID)
	var redrive struct{ DeadLetterTargetARN string }
	if found.RedrivePolicy != "" && json.Unmarshal([]byte(found.RedrivePolicy), &redrive) != nil {
		facts.Gap("the redrive policy of %s is not JSON", id)
	}
	described := contribute(facts, kinds.AWSQueue, id, graph.Props{
		"policy": found.Policy.orNone(facts, id), "kms_key": encryption, "encrypted": encryption != "" || found.SQSManagedSSEEnabled == "true", "dead_letter": redrive.DeadLetterTargetARN,
	})
	described.usesKey(encryption)
	described.to(kinds.RoutesTo, kinds.AWSQueue, redrive.DeadLetterTargetARN)
}

type queueTags struct{ Tags tags }

func mapQueueTags(facts *ingest.Facts, site ingest.Site, url string, body queueTags) {
	contribute(facts, kinds.AWSQueue, queueID(site, url), graph.Props{"tags": []string(append(tags{}, body.Tags...))})
}
