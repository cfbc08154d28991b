package aws

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/technique"
	"github.com/inroad-security/inroad/internal/packet"
	"github.com/inroad-security/inroad/internal/packet/awsnet"
)

// call is what a caller of an API gets to: where it leads, and what is asked of the caller first.
type call struct {
	words         string // how the API writes it
	authorization string // NONE, AWS_IAM, CUSTOM …, with +API_KEY where a key is asked for
	address       string // of the integration
	link          string // the id of the VPC link, where it leads through one
}

// apis derives the APIs of API Gateway that the internet calls, and the functions and balancers behind them. An edge or regional
// REST API and an HTTP API have public endpoints; a private one is called from VPCs alone ("API endpoint types for REST APIs",
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-endpoint-types.html). A resource policy has to allow the
// caller, where there is one ("How API Gateway resource policies affect authorization workflow",
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html).
func (authorizer *Authorizer) apis(balancers *balancers) []graph.Edge {
	var edges []graph.Edge
	for _, api := range authorizer.estate.all(kinds.AWSRestAPI) {
		if slices.Contains(api.Props.List("endpoints"), "PRIVATE") || api.Props.Has("stages") && len(api.Props.List("stages")) == 0 {
			continue
		}
		front, open := authorizer.restFront(api)
		if !open {
			continue
		}
		if bare := api.Props.List("stages_without_web_acl"); api.Props.Has("stages") && len(bare) == 0 {
			front.evidence = append(front.evidence, guarded(api.ID, "stages", "a web ACL stands before each stage; what its rules block was not judged"))
		}
		var calls []call
		for _, text := range api.Props.List("methods") {
			if parts := strings.Split(text, "|"); len(parts) == 5 {
				calls = append(calls, call{parts[0], parts[1], parts[3], parts[4]})
			}
		}
		edges = append(edges, front.edges(api.ID, false)...)
		edges = append(edges, authorizer.called(api, calls, front, balancers)...)
	}
	for _, api := range authorizer.estate.all(kinds.AWSHTTPAPI) {
		front := exposure{
			open: packet.Open{packet.TCP(443, 443)}, cause: setting(api.ID, "url"),
			evidence: []graph.Evidence{granted(api.ID, "url", "%s has a public endpoint, %s", api.ID, api.Props.Text("url"))},
		}.unlessDisabled(api)
		edges = append(edges, front.edges(api.ID, false)...)
		edges = append(edges, authorizer.called(api, httpCalls(api), front, balancers)...)
	}
	return edges
}

// unlessDisabled weakens what an API's own endpoint lets in where that is turned off: custom domain names, which are not
// collected, may still lead to it (https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-disable-default-endpoint.html).
func (front exposure) unlessDisabled(api *node) exposure {
	if api.Props.Flag("endpoint_disabled") {
		front.verdict = front.verdict.And(graph.Possible)
		front.evidence = append(front.evidence, missing(api.ID, "endpoint_disabled", "its own endpoint is turned off; custom domain names that may lead to it were not collected"))
	}
	return front
}

// restFront judges whether anyone may call a REST API at all.
func (authorizer *Authorizer) restFront(api *node) (front exposure, open bool) {
	front = exposure{
		open: packet.Open{packet.TCP(443, 443)}, cause: setting(api.ID, "endpoints"),
		evidence: []graph.Evidence{granted(api.ID, "endpoints", "%s has a public endpoint (%s)", api.ID, strings.Join(api.Props.List("endpoints"), " "))},
	}.unlessDisabled(api)
	policy, collected := api.Props["policy"].(string)
	switch {
	case !collected:
		front.verdict = graph.Unknown
		front.evidence = append(front.evidence, missing(api.ID, "policy", "its resource policy was not collected"))
		return front, true
	case policy == "":
		return front, true
	}
	name := parseARN(string(api.ID))
	resource := "arn:" + name.partition + ":execute-api:" + name.region + ":" + api.Props.Text("account") + ":" + last(string(api.ID)) + "/*"
	asked := &target{held: api, account: authorizer.estate.holder(api), region: name.region}
	authorizer.attach(asked, "policy", false)
	some, decision := authorizer.some(authorizer.subject(graph.Internet), asked, resource, []technique.Need{{Action: "execute-api:Invoke"}})
	if some == "" {
		return exposure{}, false
	}
	front.verdict = front.verdict.And(decision.Verdict)
	front.evidence = append(front.evidence, decision.Evidence...)
	return front, true
}

// httpCalls joins the routes of an HTTP or WebSocket API with their integrations.
func httpCalls(api *node) []call {
	integrations := map[string][]string{}
	for _, text := range api.Props.List("integrations") {
		if parts := strings.Split(text, "|"); len(parts) == 4 {
			integrations[parts[0]] = parts
		}
	}
	var calls []call
	for _, text := range api.Props.List("routes") {
		if parts := strings.Split(text, "|"); len(parts) == 3 && integrations[parts[2]] != nil {
			into := integrations[parts[2]]
			calls = append(calls, call{parts[0], parts[1], into[2], into[3]})
		}
	}
	return calls
}

// called derives what the calls of an API lead to. A caller who has to sign is nobody in particular any more: who may is said of
// principals. Any other authorizer, or a key, is held to be possible to pass, and said.
func (authorizer *Authorizer) called(api *node, calls []call, front exposure, balancers *balancers) []graph.Edge {
	var edges []graph.Edge
	seen := map[string]bool{}
	for _, asked := range calls {
		way := front
		way.evidence = append(slices.Clone(front.evidence), granted(api.ID, "methods", "%s is called with %s", asked.words, asked.authorization))
		switch asked.authorization {
		case "NONE":
		case "AWS_IAM", "AWS_IAM+API_KEY":
			continue
		default:
			way.verdict = way.verdict.And(graph.Possible)
			way.evidence = append(way.evidence, missing(api.ID, "methods", "%s asks for %s first", asked.words, asked.authorization))
		}
		key := asked.address + asked.link + way.verdict.String()
		if seen[key] {
			continue
		}
		seen[key] = true
		if function, known := authorizer.estate.find(graph.ID(functionIn(asked.address))); known {
			edges = append(edges, authorizer.invoked(api, function, way)...)
		} else if asked.link != "" {
			edges = append(edges, authorizer.linked(api, asked, way, balancers)...)
		}
	}
	return edges
}

// functionIn gives the function that an integration's address names.
func functionIn(address string) string {
	if _, rest, ok := strings.Cut(address, "/functions/arn:"); ok {
		address = "arn:" + strings.TrimSuffix(rest, "/invocations")
	}
	if !strings.Contains(address, ":lambda:") || strings.Contains(address, ":path/") {
		return ""
	}
	return baseOf(address)
}

// invoked derives a function behind an API: the function's own policy has to let API Gateway in
// (https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html).
func (authorizer *Authorizer) invoked(api, function *node, way exposure) []graph.Edge {
	if !function.Props.Has("policy") {
		way.verdict = graph.Unknown
		way.evidence = append(way.evidence, missing(function.ID, "policy", "the function's policy was not collected"))
	} else {
		name := parseARN(string(api.ID))
		source := "arn:" + name.partition + ":execute-api:" + name.region + ":" + api.Props.Text("account") + ":" + last(string(api.ID)) + "/*"
		decision := authorizer.Can("apigateway.amazonaws.com", "lambda:InvokeFunction", string(function.ID), map[string]string{
			"aws:SourceArn": source, "aws:SourceAccount": api.Props.Text("account"),
		})
		if !decision.Holds {
			return nil
		}
		if beyondDoubt(decision) {
			decision.Verdict = graph.Proven
		}
		way.verdict = way.verdict.And(decision.Verdict)
		way.evidence = append(way.evidence, decision.Evidence...)
	}
	edges := way.edges(function.ID, true)
	for i := range edges {
		if edges[i].Kind == kinds.CanExploit {
			edges[i].Evidence[len(edges[i].Evidence)-1] = missing(function.ID, "code", "needs a weakness in the function's code, which was not read")
		}
	}
	return edges
}

// linked derives what lies behind a VPC link: for a REST API its Network Load Balancer, at the port of the integration's address; for an
// HTTP API the listener that the integration names, as far as the link's own interfaces get to it ("Set up VPC links",
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-private-integration.html and …/http-api-vpc-links.html).
func (authorizer *Authorizer) linked(api *node, asked call, way exposure, balancers *balancers) []graph.Edge {
	name := parseARN(string(api.ID))
	link, known := authorizer.estate.find(graph.ID("arn:" + name.partition + ":apigateway:" + name.region + "::/vpclinks/" + asked.link))
	if !known {
		return nil
	}
	way.evidence = append(way.evidence, granted(link.ID, "link", "%s leads through the VPC link %s", asked.words, last(string(link.ID))))
	var edges []graph.Edge
	for _, balancer := range authorizer.estate.seen(kinds.AWSLoadBalancer) {
		for _, door := range balancers.doors[balancer.ID] {
			front := way
			if slices.Contains(link.Props.List("load_balancers"), string(balancer.ID)) {
				if port := portOf(asked.address); !door.open.Includes(packet.ProtocolTCP, port) {
					continue
				}
			} else if string(door.listener) == asked.address {
				network := balancers.networks.of(balancer.Props.Text("vpc"))
				if network == nil {
					continue
				}
				found, _ := inAnySubnet(link, groupsOf(link), func(from awsnet.Interface) exposure {
					one, _ := inAnySubnet(balancer, balancerGroups(balancer), func(to awsnet.Interface) exposure {
						return network.passed(network.engine.BetweenTwo(from, to), door.open)
					})
					return one
				})
				if found.cause == "" {
					continue
				}
				front.verdict = front.verdict.And(found.verdict)
				front.evidence = slices.Concat(front.evidence, found.evidence)
			} else {
				continue
			}
			edges = append(edges, balancers.behind(graph.Internet, balancer, door, front)...)
		}
	}
	return edges
}

// portOf gives the port of an integration's address.
func portOf(address string) uint16 {
	parsed, err := url.Parse(address)
	if err != nil {
		return 0
	}
	if port, err := strconv.ParseUint(parsed.Port(), 10, 16); err == nil {
		return uint16(port)
	}
	if parsed.Scheme == "https" {
		return 443
	}
	return 80
}
