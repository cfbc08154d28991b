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

// byService holds the stores that are reached by the public addresses of their service, or by a gateway endpoint, with the action that an
// endpoint's policy is asked about.
var byService = map[graph.NodeKind]struct{ service, action, beneath string }{
	kinds.AWSBucket: {".s3", "s3:GetObject", "/*"},
	kinds.AWSTable:  {".dynamodb", "dynamodb:GetItem", ""},
}

// toService judges how a workload gets to a store by its service: by the gateway endpoints of its VPC, whose policies have to let it
// ("Control access to VPC endpoints using endpoint policies",
// https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html), and over the internet where no endpoint's route takes the
// packets.
func (reacher *Reacher) toService(source end, store *node, traffic packet.Traffic) []Way {
	as, estate := byService[store.Kind], reacher.authorizer.estate
	var ways []Way
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
			return []Way{way}
		}
		ways = append(ways, way)
	}
	return append(ways, source.network.way(source.network.engine.ToInternet(source.card.ID).Only(traffic)))
}

// policed asks the endpoint's policy whether anything of the store may be used through it.
func (reacher *Reacher) policed(way *Way, endpoint *node, resource, action string) {
	text := endpoint.Props.Text("policy")
	if text == "" {
		way.Hops = append(way.Hops, Hop{Kind: "gateway endpoint", ID: endpoint.ID, Detail: "its policy, where none is set, allows everything"})
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
			Kind: "gateway endpoint", ID: endpoint.ID, Detail: "its policy allows no " + action + " on " + resource, Change: "its policy would have to allow it",
		}}}
	case witness.Decision == iam.Possible:
		way.Verdict = awsnet.Unknown
		way.Missing = append(way.Missing, "whether the conditions of the policy of "+string(endpoint.ID)+" hold")
	default:
		way.Hops = append(way.Hops, Hop{Kind: "gateway endpoint", ID: endpoint.ID, Detail: "its policy allows " + action + " on " + witness.Resource})
	}
}
