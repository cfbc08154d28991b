package aws

import (
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	iam "github.com/inroad-security/inroad/internal/iam/aws"
	"github.com/inroad-security/inroad/internal/packet"
	"github.com/inroad-security/inroad/internal/packet/awsnet"
)

// byService holds the stores that are reached by the public addresses of their service, or by an endpoint in the VPC, with the action that
// an endpoint's policy is asked about.
var byService = map[graph.NodeKind]struct{ service, action, beneath string }{
	kinds.AWSBucket:     {".s3", "s3:GetObject", "/*"},
	kinds.AWSTable:      {".dynamodb", "dynamodb:GetItem", ""},
	kinds.AWSQueue:      {".sqs", "sqs:ReceiveMessage", ""},
	kinds.AWSTopic:      {".sns", "sns:Publish", ""},
	kinds.AWSSecret:     {".secretsmanager", "secretsmanager:GetSecretValue", ""},
	kinds.AWSKey:        {".kms", "kms:Decrypt", ""},
	kinds.AWSRepository: {".ecr.dkr", "ecr:BatchGetImage", ""},
}

// toService judges how a workload gets to a store by its service: by the gateway endpoints of its VPC, whose policies have to let it
// ("Control access to VPC endpoints using endpoint policies",
// https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html), and over the internet where no endpoint's route takes the
// packets. Interface endpoints stand beside: whether names lead to one or to the public addresses, whoever sends may choose ("Access an
// AWS service using an interface VPC endpoint", https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html).
func (reacher *Reacher) toService(source end, store *node, traffic packet.Traffic) []Way {
	as, estate := byService[store.Kind], reacher.authorizer.estate
	ways := reacher.byInterface(source, store, traffic)
	for _, endpoint := range estate.seen(kinds.AWSEndpoint) {
		if endpoint.Props.Text("type") != "Gateway" || !strings.HasSuffix(endpoint.Props.Text("service"), as.service) || reacher.networks.of(endpoint.Props.Text("vpc")) != source.network || !available(endpoint) {
			continue
		}
		answer := source.network.engine.ToEndpoint(source.card.ID, last(string(endpoint.ID))).Only(traffic)
		way := source.network.way(answer)
		routed := !slices.ContainsFunc(answer.Blocks, func(step awsnet.Step) bool { return step.Kind == awsnet.RoutingTable })
		if routed && answer.Verdict != awsnet.Blocked {
			reacher.policed(&way, endpoint, string(store.ID)+as.beneath, as.action)
		}
		if routed {
			return append(ways, way)
		}
		ways = append(ways, way)
	}
	return append(ways, source.network.way(source.network.engine.ToInternet(source.card.ID).Only(traffic)))
}

// byInterface judges the ways by interface endpoints of the service, at the port on which they answer.
func (reacher *Reacher) byInterface(source end, store *node, traffic packet.Traffic) []Way {
	as := byService[store.Kind]
	var ways []Way
	for _, endpoint := range reacher.authorizer.estate.all(kinds.AWSEndpoint) {
		if endpoint.Props.Text("type") != "Interface" || !strings.HasSuffix(endpoint.Props.Text("service"), as.service) || !available(endpoint) {
			continue
		}
		for _, target := range reacher.targets(endpoint.ID) {
			if source.network != target.network {
				continue
			}
			way := source.network.way(source.network.engine.BetweenTwo(source.card, target.card).Only(traffic.Intersect(packet.TCP(443, 443))))
			if way.Verdict != awsnet.Blocked {
				reacher.policed(&way, endpoint, string(store.ID)+as.beneath, as.action)
			}
			ways = append(ways, way)
		}
	}
	return ways
}

// policed asks the endpoint's policy whether anything of the store may be used through it.
func (reacher *Reacher) policed(way *Way, endpoint *node, resource, action string) {
	text, kind := endpoint.Props.Text("policy"), strings.ToLower(endpoint.Props.Text("type"))+" endpoint"
	if text == "" {
		way.Hops = append(way.Hops, Hop{Kind: kind, ID: endpoint.ID, Detail: "its policy, where none is set, allows everything"})
		return
	}
	policy, _, err := reacher.authorizer.library.read(endpoint.ID, text)
	if err != nil {
		way.Verdict = awsnet.Unknown
		way.Missing = append(way.Missing, "the policy of "+string(endpoint.ID)+", which cannot be read: "+err.Error())
		return
	}
	everything, _, err := reacher.authorizer.library.read("arn:aws:iam::000000000000:policy/everything", unread)
	if err != nil {
		return
	}
	request := iam.Request{
		Principal: iam.Principal{Kind: iam.Role, ARN: "arn:aws:iam::" + endpoint.Props.Text("account") + ":role/any"},
		Action:    action, Resource: resource, ResourceAccount: endpoint.Props.Text("account"), Unknown: []string{"*"},
	}
	witness := iam.Some(&request, []iam.Step{{Action: action}}, &iam.PrincipalPolicies{Identity: []*iam.Policy{everything}}, &iam.ResourcePolicies{Endpoint: []*iam.Policy{policy}})
	switch {
	case witness.Decision < iam.Possible:
		*way = Way{Verdict: awsnet.Blocked, Hops: []Hop{{
			Kind: kind, ID: endpoint.ID, Detail: "its policy allows no " + action + " on " + resource, Change: "its policy would have to allow it",
		}}}
	case witness.Decision == iam.Possible:
		way.Verdict = awsnet.Unknown
		way.Missing = append(way.Missing, "whether the conditions of the policy of "+string(endpoint.ID)+" hold")
	default:
		way.Hops = append(way.Hops, Hop{Kind: kind, ID: endpoint.ID, Detail: "its policy allows " + action + " on " + witness.Resource})
	}
}
