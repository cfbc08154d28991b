package aws

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	subscriptions := once("sns", "list-subscriptions", "sns:ListSubscriptions", ingest.Mapping(mapSubscriptions), func(ctx context.Context, config aws.Config) (any, error) {
		all, err := pages(ctx, sns.NewListSubscriptionsPaginator(sns.NewFromConfig(config), &sns.ListSubscriptionsInput{}))
		if err == nil {
			all.Subscriptions = slices.DeleteFunc(all.Subscriptions, func(one types.Subscription) bool {
				return !slices.Contains(resourceProtocols, aws.ToString(one.Protocol))
			})
		}
		return all, err
	})
	// What people gave, such as their addresses and URLs that may hold a password, is left behind.
	subscriptions.Command = "aws sns list-subscriptions --query '{Subscriptions: Subscriptions[?contains([`sqs`, `lambda`, `firehose`], Protocol)].{TopicArn: TopicArn, Protocol: Protocol, Endpoint: Endpoint}}'"
	register(
		once("sns", "list-topics", "sns:ListTopics", ingest.Mapping(mapTopics), func(ctx context.Context, config aws.Config) (any, error) {
			return pages(ctx, sns.NewListTopicsPaginator(sns.NewFromConfig(config), &sns.ListTopicsInput{}))
		}),
		perItem("sns", "get-topic-attributes", "sns:GetTopicAttributes", of{"list-topics", "Topics[].TopicArn", "--topic-arn"}, ingest.Mapping(mapTopicAttributes),
			func(ctx context.Context, config aws.Config, topic string) (any, error) {
				return sns.NewFromConfig(config).GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: &topic})
			}, "NotFound"),
		subscriptions,
	)
}

// resourceProtocols are those whose endpoint is the ARN of a resource.
var resourceProtocols = []string{"sqs", "lambda", "firehose"}

type topics struct{ Topics []struct{ TopicARN string } }

func mapTopics(facts *ingest.Facts, site ingest.Site, _ string, body topics) {
	for _, topic := range body.Topics {
		describe(facts, site, kinds.AWSTopic, topic.TopicARN, arnName(topic.TopicARN), nil, nil)
	}
}

type topicAttributes struct {
	Attributes *struct {
		Policy         policy
		KMSMasterKeyID string
	}
}

func mapTopicAttributes(facts *ingest.Facts, site ingest.Site, topic string, body topicAttributes) {
	if body.Attributes == nil {
		return
	}
	encryption := key(site, body.Attributes.KMSMasterKeyID)
	contribute(facts, kinds.AWSTopic, topic, graph.Props{
		"policy": body.Attributes.Policy.orNone(facts, topic), "kms_key": encryption, "encrypted": encryption != "",
	}).usesKey(encryption)
}

type subscriptions struct {
	Subscriptions []struct{ TopicARN, Protocol, Endpoint string }
}

func mapSubscriptions(facts *ingest.Facts, _ ingest.Site, _ string, body subscriptions) {
	for _, one := range body.Subscriptions {
		topic := subject{facts, graph.ID(one.TopicARN)}
		facts.Stub(topic.id, kinds.AWSTopic)
		switch one.Protocol {
		case "sqs":
			topic.to(kinds.RoutesTo, kinds.AWSQueue, one.Endpoint)
		case "lambda":
			topic.to(kinds.RoutesTo, kinds.AWSFunction, unqualified(one.Endpoint))
		}
	}
}
