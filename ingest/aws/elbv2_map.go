package aws

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

type loadBalancers struct {
	LoadBalancers []struct {
		LoadBalancerARN, LoadBalancerName, DNSName, Type, Scheme, VPCID string
		State                                                           struct{ Code string }
		AvailabilityZones                                               []balancerZone
		SecurityGroups                                                  []string
	}
}

type balancerZone struct{ SubnetID string }

func mapLoadBalancers(facts *ingest.Facts, site ingest.Site, _ string, body loadBalancers) {
	for _, balancer := range body.LoadBalancers {
		groups := resources(site, "ec2", "security-group/", balancer.SecurityGroups)
		subnets := resources(site, "ec2", "subnet/", each(balancer.AvailabilityZones, func(zone balancerZone) string { return zone.SubnetID }))
		found := describe(facts, site, kinds.AWSLoadBalancer, balancer.LoadBalancerARN, balancer.LoadBalancerName, nil, graph.Props{
			"type": balancer.Type, "scheme": balancer.Scheme, "dns": balancer.DNSName, "state": balancer.State.Code,
			"vpc": resource(site, "ec2", "vpc/", balancer.VPCID), "subnets": subnets, "security_groups": groups,
		})
		for _, group := range groups {
			found.to(kinds.MemberOf, kinds.AWSSecurityGroup, group)
		}
		for _, subnet := range subnets {
			found.to(kinds.AttachedTo, kinds.AWSSubnet, subnet)
		}
	}
}

// listenerAction is one step of what a listener does with a request.
type listenerAction struct {
	Type, TargetGroupARN string
	ForwardConfig        struct {
		TargetGroups []struct{ TargetGroupARN string }
	}
}

// forwards gives the target groups to which the actions send requests.
func forwards(actions []listenerAction) []string {
	groups := []string{}
	for _, action := range actions {
		for _, group := range action.ForwardConfig.TargetGroups {
			groups = append(groups, group.TargetGroupARN)
		}
		groups = append(groups, action.TargetGroupARN)
	}
	return slices.DeleteFunc(graph.Sorted(groups), func(arn string) bool { return arn == "" })
}

// authenticates reports whether a request has to prove who sent it before anything else is done
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Action.html, Type).
func authenticates(actions []listenerAction) bool {
	if len(actions) == 0 {
		return false
	}
	first := actions[0].Type
	return first == "authenticate-oidc" || first == "authenticate-cognito" || first == "jwt-validation"
}

type listeners struct {
	Listeners []struct {
		ListenerARN, LoadBalancerARN, Protocol string
		Port                                   *int64
		DefaultActions                         []listenerAction
	}
}

// mapListeners reads listeners. Those of network and gateway load balancers have no rules besides their default action.
func mapListeners(facts *ingest.Facts, site ingest.Site, item string, body listeners) {
	for _, listener := range body.Listeners {
		balancer := cmp.Or(listener.LoadBalancerARN, item)
		groups := forwards(listener.DefaultActions)
		props := graph.Props{"load_balancer": balancer, "port": listener.Port, "protocol": listener.Protocol}
		if !strings.Contains(listener.ListenerARN, ":listener/app/") {
			props["target_groups"], props["authenticated"] = groups, false
		}
		found := describe(facts, site, kinds.AWSListener, listener.ListenerARN, "", nil, props)
		found.from(kinds.Contains, kinds.AWSLoadBalancer, balancer)
		for _, group := range groups {
			found.to(kinds.RoutesTo, kinds.AWSTargetGroup, group)
		}
	}
}

type listenerRules struct {
	Rules []struct {
		RuleARN string
		Actions []listenerAction
	}
}

// listenerOf gives the ARN of the listener that a rule belongs to: a rule's ARN is its listener's, under another name and with
// one part more (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html).
func listenerOf(rule string) string {
	listener, found := strings.CutSuffix(rule, "/"+lastPart(rule))
	if !found {
		return ""
	}
	return strings.Replace(listener, ":listener-rule/", ":listener/", 1)
}

// mapListenerRules reads all rules of application load balancers' listeners, the default rule among them.
func mapListenerRules(facts *ingest.Facts, _ ingest.Site, item string, body listenerRules) {
	type merged struct {
		groups                    []string
		forwarding, authenticated int // rules
	}
	found := map[string]*merged{}
	for _, rule := range body.Rules {
		listener := cmp.Or(item, listenerOf(rule.RuleARN))
		if strings.Contains(listener, ":listener/net/") || strings.Contains(listener, ":listener/gwy/") {
			continue
		}
		if found[listener] == nil {
			found[listener] = &merged{groups: []string{}}
		}
		of := found[listener]
		if groups := forwards(rule.Actions); len(groups) > 0 {
			of.groups = append(of.groups, groups...)
			of.forwarding++
			if authenticates(rule.Actions) {
				of.authenticated++
			}
		}
	}
	names := make([]string, 0, len(found))
	for listener := range found {
		names = append(names, listener)
	}
	for _, listener := range graph.Sorted(names) {
		of := found[listener]
		node := contribute(facts, kinds.AWSListener, listener, graph.Props{
			"target_groups": graph.Sorted(of.groups), "authenticated": of.forwarding > 0 && of.forwarding == of.authenticated,
		})
		for _, group := range graph.Sorted(of.groups) {
			node.to(kinds.RoutesTo, kinds.AWSTargetGroup, group)
		}
	}
}

type targetGroups struct {
	TargetGroups []struct {
		TargetGroupARN, TargetGroupName, TargetType, Protocol, VPCID string
		Port                                                         *int64
	}
}

func mapTargetGroups(facts *ingest.Facts, site ingest.Site, _ string, body targetGroups) {
	for _, group := range body.TargetGroups {
		describe(facts, site, kinds.AWSTargetGroup, group.TargetGroupARN, group.TargetGroupName, nil, graph.Props{
			"type": group.TargetType, "port": group.Port, "protocol": group.Protocol, "vpc": resource(site, "ec2", "vpc/", group.VPCID),
		})
	}
}

type targetGroupAttributes struct {
	Attributes []struct{ Key, Value string }
}

// mapTargetGroupAttributes reads whether targets see the client's address. Only the target groups of network load balancers have
// the attribute: application load balancers never keep the address
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#client-ip-preservation).
func mapTargetGroupAttributes(facts *ingest.Facts, _ ingest.Site, group string, body targetGroupAttributes) {
	for _, attribute := range body.Attributes {
		if attribute.Key == "preserve_client_ip.enabled" {
			contribute(facts, kinds.AWSTargetGroup, group, graph.Props{"client_ip": attribute.Value == "true"})
		}
	}
}

type targetHealth struct {
	TargetHealthDescriptions []struct {
		Target struct {
			ID   string
			Port *int64
		}
		TargetHealth struct{ State string }
	}
}

// mapTargetHealth reads the targets, healthy or not; those that are leaving are left out. A target's id is an instance id, an
// address, or the ARN of a function or a load balancer.
func mapTargetHealth(facts *ingest.Facts, site ingest.Site, group string, body targetHealth) {
	targets := []string{}
	var nodes []graph.Node
	for _, description := range body.TargetHealthDescriptions {
		id, port := description.Target.ID, ""
		if description.Target.Port != nil {
			port = strconv.FormatInt(*description.Target.Port, 10)
		}
		if id == "" || description.TargetHealth.State == "draining" {
			continue
		}
		switch {
		case strings.HasPrefix(id, "i-"):
			id = resource(site, "ec2", "instance/", id)
			nodes = append(nodes, graph.Node{ID: graph.ID(id), Kind: kinds.AWSInstance})
		case strings.Contains(id, ":lambda:"):
			id = unqualified(id)
			nodes = append(nodes, graph.Node{ID: graph.ID(id), Kind: kinds.AWSFunction})
		case strings.Contains(id, ":loadbalancer/"):
			nodes = append(nodes, graph.Node{ID: graph.ID(id), Kind: kinds.AWSLoadBalancer})
		}
		targets = append(targets, id+"|"+port)
	}
	found := contribute(facts, kinds.AWSTargetGroup, group, graph.Props{"targets": graph.Sorted(targets)})
	for _, node := range nodes {
		found.to(kinds.RoutesTo, node.Kind, string(node.ID))
	}
}
