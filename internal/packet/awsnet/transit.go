package awsnet

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/internal/packet"
)

// TransitAttachment joins a VPC, or something else, to a transit gateway. Table is the route table by which packets that come
// in by it are routed; empty means that none is associated.
type TransitAttachment struct {
	ID, Gateway, Table string
	VPC                string   // empty where it is no VPC: a VPN, a peering with another gateway, …
	Subnets            []string // where the gateway has its interfaces, one a zone
	Available          bool
	GroupReferences    bool // the gateway and the attachment let security groups name groups of other VPCs
}

// TransitTable is a transit gateway's route table.
type TransitTable struct {
	ID, Gateway string
	Routes      []TransitRoute
}

// TransitRoute sends Destination to one of Attachments, or nowhere when it is a blackhole. Propagated routes come from the
// attachments themselves.
type TransitRoute struct {
	Destination netip.Prefix
	Attachments []string
	State       RouteState
	Propagated  bool
}

// transit follows packets into a transit gateway: by the attachment of their VPC and its route table, the longest prefix
// first and static routes before propagated ones, to another attachment ("How transit gateways work",
// https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html).
func (network *Network) transit(journey journey, at Subnet, route routed, won packet.Addrs, left int) legs {
	near, found := network.attachment(route.Target, at.VPC)
	if !found {
		return perhaps(won, "what "+route.Target+" lets pass (route "+route.String()+")")
	}
	step := Step{TransitGateway, route.Target, []string{near.ID}, "attached to " + at.VPC}
	if !near.Available {
		step.Detail = "its attachment to " + at.VPC + " is not available"
		return legs{steps: []Step{step}}
	}
	doors, zoned := network.doors(near, at)
	if !zoned {
		step.Detail = "its attachment to " + at.VPC + " has no subnet in the zone of " + at.ID
		return legs{steps: []Step{step}}
	}
	table, known := network.transits[near.Table]
	switch {
	case known:
	case near.Table == "" && network.tablesOf(route.Target):
		step.Detail = "no route table is associated with its attachment to " + at.VPC
		return legs{steps: []Step{step}}
	default:
		return perhaps(won, "the route table that "+route.Target+" uses for "+near.ID, step)
	}
	all := legs{steps: []Step{step}}
	routes := network.resolveTransit(table)
	names := Step{TransitRoutes, table.ID, describe(routes, won), "of " + near.ID}
	all.steps = append(all.steps, names)
	for _, next := range routes {
		part := next.won.Intersect(won)
		if part.IsEmpty() || next.State == Blackhole {
			continue
		}
		for _, id := range strings.Split(next.Target, ",") {
			onward := network.arrive(journey, at, network.attached[id], id, part, left)
			all.add(onward)
		}
	}
	if all.maybe.IsEmpty() {
		all.steps = append(all.steps, Step{TransitRoutes, table.ID, names.Rules, "no route to " + journey.goal.VPC})
	}
	all.filters = append(network.gate(doors, at, inbound, journey.answers, won), all.filters...)
	return all
}

// arrive follows packets out of a transit gateway by an attachment.
func (network *Network) arrive(journey journey, at Subnet, far TransitAttachment, id string, part packet.Addrs, left int) legs {
	switch {
	case far.VPC == "":
		return perhaps(part, "what lies behind "+id)
	case !far.Available:
		return legs{}
	}
	doors, _ := network.doors(far, at)
	if len(doors) == 0 {
		if far.VPC == journey.goal.VPC {
			return reaching(part)
		}
		return perhaps(part, "subnets of "+id)
	}
	var all legs
	for i, door := range doors {
		one := network.from(journey, door, part, left)
		if i == 0 {
			all = one
			continue
		}
		// In which zone packets come out is not known: for certain is what all of them do.
		all.sure, all.maybe = all.sure.Intersect(one.sure), all.maybe.Union(one.maybe)
		all.missing = append(all.missing, one.missing...)
		all.filters = append(all.filters, one.filters...)
		all.firewalls = append(all.firewalls, one.firewalls...)
	}
	if far.VPC == journey.goal.VPC {
		all.filters = append(network.gate(doors, journey.goal, outbound, journey.answers, part), all.filters...)
	}
	return all
}

// gate is the network ACL of a subnet in which a transit gateway stands: its inbound rules are asked of what goes from
// instances to the gateway, its outbound rules of what comes from it, and neither of what comes from it to the same subnet ("How
// Network ACLs work with transit gateways", https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html).
func (network *Network) gate(doors []Subnet, of Subnet, way direction, answers bool, addresses packet.Addrs) []stage {
	var stages []stage
	for _, door := range doors {
		if door.ID == of.ID && way == outbound {
			continue
		}
		stages = append(stages, network.acl(door, way, answers).within(onward(addresses, answers)))
	}
	return stages
}

// attachment gives the attachment of a VPC to a gateway.
func (network *Network) attachment(gateway, vpc string) (TransitAttachment, bool) {
	var ids []string
	for id, attachment := range network.attached {
		if attachment.Gateway == gateway && attachment.VPC == vpc {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return TransitAttachment{}, false
	}
	return network.attached[slices.Min(ids)], true
}

// doors are the attachment's subnets that serve a subnet: the one in its zone; all where zones are not known; none where no subnet
// is in its zone: "resources in Availability Zones where there is no transit gateway attachment cannot reach the transit
// gateway" (https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html). Of another VPC's zones nothing is asked.
func (network *Network) doors(attachment TransitAttachment, of Subnet) (doors []Subnet, zoned bool) {
	var all []Subnet
	for _, id := range attachment.Subnets {
		if subnet, known := network.subnets[id]; known {
			all = append(all, subnet)
			if subnet.Zone != "" && subnet.Zone == of.Zone {
				doors = append(doors, subnet)
			}
		}
	}
	if len(doors) > 0 {
		return doors, true
	}
	unknown := of.Zone == "" || len(all) < len(attachment.Subnets) || len(all) == 0 ||
		slices.ContainsFunc(all, func(subnet Subnet) bool { return subnet.Zone == "" })
	return all, unknown || attachment.VPC != of.VPC
}

// tablesOf reports whether any route table of the gateway is known.
func (network *Network) tablesOf(gateway string) bool {
	for _, table := range network.transits {
		if table.Gateway == gateway {
			return true
		}
	}
	return false
}

// resolveTransit gives each route the destinations it wins.
func (network *Network) resolveTransit(table TransitTable) []routed {
	routes := make([]Route, 0, len(table.Routes))
	for _, route := range table.Routes {
		routes = append(routes, Route{
			Destination: route.Destination, Target: strings.Join(route.Attachments, ","), State: route.State, Propagated: route.Propagated,
		})
	}
	resolved, _ := network.resolve(RouteTable{ID: table.ID, Routes: routes})
	return resolved
}
