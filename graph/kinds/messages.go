package kinds

import "github.com/inroad-security/inroad/graph"

// What carries messages and events.
var (
	AWSQueue = node(graph.NodeSpec{Label: "AWSQueue", Listed: []string{"sqs/list-queues"}, Doc: "An SQS queue.", Classes: []graph.Class{DataStore}, Props: aws(
		ownPolicy, text("kms_key", "ARN, id or alias of its key"), flag("encrypted", "at rest, by SQS's own key or by one of KMS"), text("dead_letter", "ARN of its dead-letter queue"))})
	AWSTopic = node(graph.NodeSpec{Label: "AWSTopic", Listed: []string{"sns/list-topics"}, Doc: "An SNS topic; ROUTES_TO the queues and functions that are subscribed.", Classes: []graph.Class{DataStore}, Props: aws(
		ownPolicy, text("kms_key", "ARN, id or alias of its key"), flag("encrypted", "at rest"))})
	AWSEventBus  = node(graph.NodeSpec{Label: "AWSEventBus", Listed: []string{"events/list-event-buses"}, Doc: "An EventBridge bus.", Classes: []graph.Class{DataStore}, Props: aws(ownPolicy, text("kms_key", "ARN of its key"))})
	AWSEventRule = node(graph.NodeSpec{Label: "AWSEventRule", Listed: []string{"events/list-event-buses", "events/list-rules"}, Doc: "An EventBridge rule; ROUTES_TO its targets.", Classes: []graph.Class{Workload}, Props: aws(
		text("bus", "ARN of its bus"), flag("enabled", ""), text("schedule", "when it fires by the clock"), text("pattern", "JSON of the events that it takes"), text("role", "ARN of the role with which it publishes"),
		list("target_roles", "ARNs of the roles with which it calls its targets"))})
	AWSSchedule = node(graph.NodeSpec{Label: "AWSSchedule", Listed: []string{"scheduler/list-schedules"}, Doc: "A schedule of EventBridge Scheduler; ROUTES_TO its target.", Classes: []graph.Class{Workload}, Props: aws(
		flag("enabled", ""), text("schedule", "when it runs"), text("role", "ARN of the role with which it calls its target"), text("target", "ARN of what it calls"))})
)
