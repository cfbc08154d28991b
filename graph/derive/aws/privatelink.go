package aws

import (
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/packet"
	"github.com/inroad-security/inroad/internal/packet/awsnet"
)

// privateLinks derives who gets to what other VPCs offer as endpoint services: the workloads that reach an endpoint reach the
// balancer behind the service, and what is behind that; in the other direction nothing goes ("Share your services through
// AWS PrivateLink", https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-share-your-services.html). A service that everyone may
// make endpoints to, and that accepts them by itself, is open to whoever opens an account ("Manage permissions",
// https://docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html#add-remove-permissions).
func (estate *estate) privateLinks(balancers *balancers) []graph.Edge {
	var edges []graph.Edge
	for _, service := range estate.all(kinds.AWSEndpointService) {
		for _, name := range service.Props.List("load_balancers") {
			balancer, known := estate.find(graph.ID(name))
			if !known {
				continue
			}
			for _, door := range balancers.doors[balancer.ID] {
				edges = append(edges, estate.offered(balancers, service, balancer, door)...)
				edges = append(edges, estate.consumed(balancers, service, balancer, door)...)
			}
		}
	}
	return edges
}

// offered derives what a service lets those reach who may make endpoints to it and need not be accepted.
func (estate *estate) offered(balancers *balancers, service, balancer *node, door door) []graph.Edge {
	if !service.Props.Has("acceptance_required") || service.Props.Flag("acceptance_required") {
		return nil
	}
	var edges []graph.Edge
	holder := estate.holder(service)
	for _, principal := range service.Props.List("allowed") {
		from := graph.Internet
		if digits := parseARN(principal).account; digits != "" {
			if holder != nil && digits == holder.digits {
				continue
			}
			from = estate.account(parseARN(principal).partition, digits).id
		} else if principal != "*" {
			continue
		}
		front := exposure{
			open: packet.Open{door.open}, cause: setting(service.ID, "allowed"),
			evidence: []graph.Evidence{granted(service.ID, "allowed", "%s lets %s make endpoints, without asking anyone", service.ID, principal)},
		}
		edges = append(edges, front.from(from, balancer.ID, false)...)
		edges = append(edges, balancers.behind(from, balancer, door, front)...)
	}
	return edges
}

// consumed derives the workloads that get to a service through the endpoints of their VPC.
func (estate *estate) consumed(balancers *balancers, service, balancer *node, door door) []graph.Edge {
	var edges []graph.Edge
	for _, endpoint := range estate.seen(kinds.AWSEndpoint) {
		network := balancers.networks.of(endpoint.Props.Text("vpc"))
		if endpoint.Props.Text("service") != service.Props.Text("service") || network == nil || !available(endpoint) {
			continue
		}
		for _, segment := range network.segments() {
			found, _ := inAnySubnet(endpoint, groupsOf(endpoint), func(to awsnet.Interface) exposure {
				return network.passed(network.engine.BetweenTwo(network.cards[segment.member], to), door.open)
			})
			if found.cause == "" {
				continue
			}
			found.evidence = append(slices.Clone(found.evidence), granted(endpoint.ID, "service", "%s leads to %s", endpoint.ID, service.ID))
			for _, source := range segment.sources() {
				edges = append(edges, found.from(source, balancer.ID, false)...)
				for _, edge := range balancers.behind(source, balancer, door, found) {
					if edge.Kind == kinds.CanReach {
						edges = append(edges, edge)
					}
				}
			}
		}
	}
	return edges
}

func available(endpoint *node) bool {
	state := strings.ToLower(endpoint.Props.Text("state"))
	return state == "" || state == "available"
}
