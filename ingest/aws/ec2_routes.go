package aws

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		Table{
			Service: "ec2", Operation: "describe-route-tables",
			Actions: []string{"ec2:DescribeRouteTables"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, ec2.NewDescribeRouteTablesPaginator(ec2.NewFromConfig(config), &ec2.DescribeRouteTablesInput{}))
			},
			Map: ingest.Mapping(mapRouteTables),
		},
		Table{
			Service: "ec2", Operation: "describe-internet-gateways",
			Actions: []string{"ec2:DescribeInternetGateways"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, ec2.NewDescribeInternetGatewaysPaginator(ec2.NewFromConfig(config), &ec2.DescribeInternetGatewaysInput{}))
			},
			Map: ingest.Mapping(mapInternetGateways),
		},
		Table{
			Service: "ec2", Operation: "describe-egress-only-internet-gateways",
			Actions: []string{"ec2:DescribeEgressOnlyInternetGateways"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, ec2.NewDescribeEgressOnlyInternetGatewaysPaginator(ec2.NewFromConfig(config), &ec2.DescribeEgressOnlyInternetGatewaysInput{}))
			},
			Map: ingest.Mapping(mapEgressOnlyGateways),
		},
		Table{
			Service: "ec2", Operation: "describe-nat-gateways",
			Actions: []string{"ec2:DescribeNatGateways"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, ec2.NewDescribeNatGatewaysPaginator(ec2.NewFromConfig(config), &ec2.DescribeNatGatewaysInput{}))
			},
			Map: ingest.Mapping(mapNATGateways),
		},
	)
}

type routeTables struct {
	RouteTables []struct {
		RouteTableID, VPCID, OwnerID string
		Associations                 []routeAssociation
		Routes                       objects
		Tags                         tags
	}
}

type routeAssociation struct {
	Main                *bool
	SubnetID, GatewayID string
	AssociationState    struct{ State string }
}

func (association routeAssociation) applies() bool {
	state := association.AssociationState.State
	return state == "" || state == "associated" || state == "associating"
}

// route is what of a route the edges need; the whole stays text.
type route struct {
	State, GatewayID, NATGatewayID, EgressOnlyInternetGatewayID, NetworkInterfaceID, VPCPeeringConnectionID string
}

func mapRouteTables(facts *ingest.Facts, site ingest.Site, _ string, body routeTables) {
	for _, table := range body.RouteTables {
		site := heldBy(site, table.OwnerID)
		main, subnets, gateways := false, []string{}, []string{}
		for _, association := range table.Associations {
			if association.applies() {
				main = main || association.Main != nil && *association.Main
				subnets = append(subnets, resource(site, "ec2", "subnet/", association.SubnetID))
				gateways = append(gateways, association.GatewayID)
			}
		}
		self := func(text string) string { return text }
		subnets, gateways = each(subnets, self), each(gateways, self)
		vpc := resource(site, "ec2", "vpc/", table.VPCID)
		id := resource(site, "ec2", "route-table/", table.RouteTableID)
		found := describe(facts, site, kinds.AWSRouteTable, id, table.Tags.value("Name"), table.Tags, graph.Props{
			"vpc": vpc, "main": main, "subnets": subnets, "gateways": gateways, "routes": []string(table.Routes),
		})
		found.from(kinds.Contains, kinds.AWSVPC, vpc)
		for _, subnet := range subnets {
			found.to(kinds.AttachedTo, kinds.AWSSubnet, subnet)
		}
		for _, text := range table.Routes {
			var route route
			if err := json.Unmarshal([]byte(text), &route); err != nil {
				facts.Gap("a route of %s: %v", id, err)
				continue
			}
			route.lead(found, site)
		}
	}
}

// lead adds the edges to the gateway, peering or interface that an active route sends traffic to. Transit gateways and
// the like stay in the route's text.
func (route route) lead(from subject, site ingest.Site) {
	if route.State == "blackhole" {
		return
	}
	if strings.HasPrefix(route.GatewayID, "igw-") {
		from.to(kinds.RoutesTo, kinds.AWSInternetGateway, resource(site, "ec2", "internet-gateway/", route.GatewayID))
	}
	if strings.HasPrefix(route.GatewayID, "vpce-") {
		from.to(kinds.RoutesTo, kinds.AWSEndpoint, resource(site, "ec2", "vpc-endpoint/", route.GatewayID))
	}
	from.to(kinds.RoutesTo, kinds.AWSInternetGateway, resource(site, "ec2", "egress-only-internet-gateway/", route.EgressOnlyInternetGatewayID))
	from.to(kinds.RoutesTo, kinds.AWSNATGateway, resource(site, "ec2", "natgateway/", route.NATGatewayID))
	from.to(kinds.RoutesTo, kinds.AWSPeering, resource(site, "ec2", "vpc-peering-connection/", route.VPCPeeringConnectionID))
	from.to(kinds.RoutesTo, kinds.AWSInterface, resource(site, "ec2", "network-interface/", route.NetworkInterfaceID))
}

type internetGateways struct {
	InternetGateways []struct {
		InternetGatewayID, OwnerID string
		Attachments                []gatewayAttachment
		Tags                       tags
	}
}

type egressOnlyGateways struct {
	EgressOnlyInternetGateways []struct {
		EgressOnlyInternetGatewayID string
		Attachments                 []gatewayAttachment
		Tags                        tags
	}
}

type gatewayAttachment struct{ VPCID, State string }

// vpc gives the VPC while it is attached. EC2 calls an attached internet gateway available
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InternetGatewayAttachment.html).
func (attachment gatewayAttachment) vpc() string {
	switch attachment.State {
	case "detaching", "detached":
		return ""
	default:
		return attachment.VPCID
	}
}

func mapInternetGateways(facts *ingest.Facts, site ingest.Site, _ string, body internetGateways) {
	for _, gateway := range body.InternetGateways {
		addGateway(facts, heldBy(site, gateway.OwnerID), "internet-gateway/", gateway.InternetGatewayID, gateway.Attachments, gateway.Tags, false)
	}
}

func mapEgressOnlyGateways(facts *ingest.Facts, site ingest.Site, _ string, body egressOnlyGateways) {
	for _, gateway := range body.EgressOnlyInternetGateways {
		addGateway(facts, site, "egress-only-internet-gateway/", gateway.EgressOnlyInternetGatewayID, gateway.Attachments, gateway.Tags, true)
	}
}

func addGateway(facts *ingest.Facts, site ingest.Site, prefix, id string, attachments []gatewayAttachment, tagged tags, egressOnly bool) {
	vpcs := resources(site, "ec2", "vpc/", each(attachments, gatewayAttachment.vpc))
	found := describe(facts, site, kinds.AWSInternetGateway, resource(site, "ec2", prefix, id), tagged.value("Name"), tagged, graph.Props{
		"vpcs": vpcs, "egress_only": egressOnly,
	})
	for _, vpc := range vpcs {
		found.to(kinds.AttachedTo, kinds.AWSVPC, vpc)
	}
}

type natGateways struct {
	NATGateways []struct {
		NATGatewayID, VPCID, SubnetID, State, ConnectivityType string
		NATGatewayAddresses                                    []natAddress
		Tags                                                   tags
	}
}

type natAddress struct {
	PublicIP  string
	IsPrimary *bool
}

func mapNATGateways(facts *ingest.Facts, site ingest.Site, _ string, body natGateways) {
	for _, gateway := range body.NATGateways {
		public := ""
		for _, address := range gateway.NATGatewayAddresses {
			if public == "" || address.IsPrimary != nil && *address.IsPrimary {
				public = address.PublicIP
			}
		}
		subnet := resource(site, "ec2", "subnet/", gateway.SubnetID)
		id := resource(site, "ec2", "natgateway/", gateway.NATGatewayID)
		found := describe(facts, site, kinds.AWSNATGateway, id, gateway.Tags.value("Name"), gateway.Tags, graph.Props{
			"vpc": resource(site, "ec2", "vpc/", gateway.VPCID), "subnet": subnet,
			"public_ip": public, "state": gateway.State, "connectivity": gateway.ConnectivityType,
		})
		found.from(kinds.Contains, kinds.AWSSubnet, subnet)
	}
}
