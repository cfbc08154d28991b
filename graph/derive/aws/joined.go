package aws

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/packet/awsnet"
)

// joint is a union of places: what is joined is judged in one world.
type joint map[string]string

// root gives the place that stands for all that a place is joined to.
func (joint joint) root(place string) string {
	for joint[place] != "" && joint[place] != place {
		place = joint[place]
	}
	return place
}

func (joint joint) join(a, b string) {
	if a, b = joint.root(a), joint.root(b); a != b {
		joint[max(a, b)] = min(a, b)
	}
}

// joined joins the VPCs of peering connections, those attached to one transit gateway, and the gateways that are peers.
func (estate *estate) joined() joint {
	found := joint{}
	for _, peering := range estate.seen(kinds.AWSPeering) {
		if requester, accepter := peering.Props.Text("requester_vpc"), peering.Props.Text("accepter_vpc"); requester != "" && accepter != "" {
			found.join(placeOf(requester), placeOf(accepter))
		}
	}
	for _, attachment := range estate.seen(kinds.AWSTransitGatewayAttachment) {
		if vpc := attachment.Props.Text("vpc"); vpc != "" {
			found.join(placeOf(vpc), last(attachment.Props.Text("gateway")))
		}
	}
	return found
}

// addWays adds what leads from one VPC to another, and out, to the networks in which they end.
func (estate *estate) addWays(of func(vpc string) *network) {
	for _, peering := range estate.seen(kinds.AWSPeering) {
		requester, accepter := peering.Props.Text("requester_vpc"), peering.Props.Text("accepter_vpc")
		if requester == "" || accepter == "" {
			continue
		}
		network := of(requester)
		network.names[last(string(peering.ID))] = peering.ID
		network.world.Peerings = append(network.world.Peerings, awsnet.Peering{
			ID: last(string(peering.ID)), Requester: last(requester), Accepter: last(accepter), Active: peering.Props.Text("status") == "active",
		})
	}
	for _, nat := range estate.seen(kinds.AWSNATGateway) {
		if vpc := nat.Props.Text("vpc"); vpc != "" {
			network := of(vpc)
			network.names[last(string(nat.ID))] = nat.ID
			network.world.NATGateways = append(network.world.NATGateways, awsnet.NATGateway{
				ID: last(string(nat.ID)), Subnet: last(nat.Props.Text("subnet")), Public: nat.Props.Text("connectivity") != "private",
				Address: address(nat.Props.Text("public_ip")),
			})
		}
	}
	estate.addTransit(of)
	estate.addFirewalls(of)
}

func (estate *estate) addTransit(of func(vpc string) *network) {
	at := map[string]*network{} // by gateway
	for _, attachment := range estate.seen(kinds.AWSTransitGatewayAttachment) {
		vpc, gateway := attachment.Props.Text("vpc"), last(attachment.Props.Text("gateway"))
		if vpc == "" {
			continue
		}
		network := of(vpc)
		at[gateway] = network
		references := attachment.Props.Flag("group_references")
		if hub, known := estate.find(graph.ID(attachment.Props.Text("gateway"))); known && hub.Props.Has("group_references") {
			references = references && hub.Props.Flag("group_references")
		}
		state := attachment.Props.Text("state")
		network.names[last(string(attachment.ID))], network.names[gateway] = attachment.ID, graph.ID(attachment.Props.Text("gateway"))
		network.world.Attachments = append(network.world.Attachments, awsnet.TransitAttachment{
			ID: last(string(attachment.ID)), Gateway: gateway, Table: last(attachment.Props.Text("route_table")), VPC: last(vpc),
			Subnets: lasts(attachment.Props.List("subnets")), Available: state == "" || state == "available" || state == "modifying", GroupReferences: references,
		})
	}
	for _, table := range estate.seen(kinds.AWSTransitGatewayRouteTable) {
		gateway := last(table.Props.Text("gateway"))
		network := at[gateway]
		if network == nil || !table.Props.Has("routes") {
			continue
		}
		read := awsnet.TransitTable{ID: last(string(table.ID)), Gateway: gateway}
		for _, text := range table.Props.List("routes") {
			if route, ok := transitRoute(text); ok {
				read.Routes = append(read.Routes, route)
			}
		}
		network.names[read.ID] = table.ID
		network.world.TransitTables = append(network.world.TransitTables, read)
	}
}

// transitRoute reads "destination attachments type state".
func transitRoute(text string) (awsnet.TransitRoute, bool) {
	words := strings.Fields(text)
	if len(words) != 4 {
		return awsnet.TransitRoute{}, false
	}
	destination, err := netip.ParsePrefix(words[0])
	if err != nil {
		return awsnet.TransitRoute{}, false
	}
	attachments := slices.DeleteFunc(strings.Split(words[1], ","), func(id string) bool { return id == "-" })
	return awsnet.TransitRoute{Destination: destination, Attachments: attachments, Propagated: words[2] == "propagated", State: awsnet.RouteState(words[3])}, true
}

// gatewaysByID gives the internet gateways, egress-only ones left out, by their ids.
func (estate *estate) gatewaysByID() map[string]*node {
	gateways := map[string]*node{}
	for _, gateway := range estate.seen(kinds.AWSInternetGateway) {
		if !gateway.Props.Flag("egress_only") {
			gateways[last(string(gateway.ID))] = gateway
		}
	}
	return gateways
}

// addGateways adds the internet gateways that the VPCs' routes lead to, wherever they are attached.
func (network *network) addGateways(gateways map[string]*node) {
	for _, table := range network.world.RouteTables {
		for _, route := range table.Routes {
			gateway, known := gateways[route.Target]
			if !known || network.names[route.Target] != "" {
				continue
			}
			network.names[route.Target] = gateway.ID
			at := awsnet.InternetGateway{ID: route.Target}
			for _, vpc := range gateway.Props.List("vpcs") {
				if at.VPC == "" || last(vpc) == table.VPC {
					at.VPC = last(vpc)
				}
			}
			network.world.InternetGateways = append(network.world.InternetGateways, at)
		}
	}
}

// publicAccess is VPC Block Public Access: the mode by account and region, and the exclusions by what they leave out.
type publicAccess struct {
	modes      map[string]awsnet.PublicAccess
	exclusions map[string]string
}

func (estate *estate) publicAccess() publicAccess {
	found := publicAccess{map[string]awsnet.PublicAccess{}, map[string]string{}}
	for _, block := range estate.seen(kinds.AWSPublicAccessBlock) {
		if mode := block.Props.Text("mode"); mode != "off" {
			name := parseARN(string(block.ID))
			found.modes[name.account+"/"+name.region] = awsnet.PublicAccess(mode)
		}
	}
	for _, exclusion := range estate.seen(kinds.AWSPublicAccessExclusion) {
		found.exclusions[exclusion.Props.Text("resource")] = exclusion.Props.Text("mode")
	}
	return found
}

// of gives what is left to a subnet. An exclusion of the subnet counts as one of its VPC does; the mode is that of the account that
// owns the VPC (https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-basics.html). Where the setting was not
// collected it counts as off, which it is until somebody turns it on.
func (access publicAccess) of(subnet *node) awsnet.PublicAccess {
	vpc := subnet.Props.Text("vpc")
	name := parseARN(vpc)
	mode := access.modes[name.account+"/"+name.region]
	for _, resource := range []string{string(subnet.ID), vpc} {
		switch access.exclusions[resource] {
		case "allow-bidirectional":
			return awsnet.PublicAccessOpen
		case "allow-egress":
			if mode == awsnet.PublicAccessNone {
				mode = awsnet.PublicAccessEgressOnly
			}
		}
	}
	return mode
}
