package aws

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		Table{
			Service: "ec2", Operation: "describe-transit-gateways",
			Actions: []string{"ec2:DescribeTransitGateways"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, ec2.NewDescribeTransitGatewaysPaginator(ec2.NewFromConfig(config), &ec2.DescribeTransitGatewaysInput{}))
			},
			Map: ingest.Mapping(mapTransitGateways),
		},
		Table{
			Service: "ec2", Operation: "describe-transit-gateway-attachments",
			Actions: []string{"ec2:DescribeTransitGatewayAttachments"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, ec2.NewDescribeTransitGatewayAttachmentsPaginator(ec2.NewFromConfig(config), &ec2.DescribeTransitGatewayAttachmentsInput{}))
			},
			Map: ingest.Mapping(mapTransitAttachments),
		},
		Table{
			Service: "ec2", Operation: "describe-transit-gateway-vpc-attachments",
			Actions: []string{"ec2:DescribeTransitGatewayVpcAttachments"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, ec2.NewDescribeTransitGatewayVpcAttachmentsPaginator(ec2.NewFromConfig(config), &ec2.DescribeTransitGatewayVpcAttachmentsInput{}))
			},
			Map: ingest.Mapping(mapTransitVPCAttachments),
		},
		Table{
			Service: "ec2", Operation: "describe-transit-gateway-route-tables",
			Actions: []string{"ec2:DescribeTransitGatewayRouteTables"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, ec2.NewDescribeTransitGatewayRouteTablesPaginator(ec2.NewFromConfig(config), &ec2.DescribeTransitGatewayRouteTablesInput{}))
			},
			Map: ingest.Mapping(mapTransitRouteTables),
		},
		Table{
			Service: "ec2", Operation: "search-transit-gateway-routes",
			Actions: []string{"ec2:SearchTransitGatewayRoutes"},
			Parent:  "describe-transit-gateway-route-tables", Items: "TransitGatewayRouteTables[].TransitGatewayRouteTableId",
			// The search wants a filter; these are all states in which a route decides anything.
			Command: `aws ec2 search-transit-gateway-routes --transit-gateway-route-table-id "$item" --filters Name=state,Values=active,blackhole`,
			Call: func(ctx context.Context, config aws.Config, table string) (any, error) {
				return pages(ctx, ec2.NewSearchTransitGatewayRoutesPaginator(ec2.NewFromConfig(config), &ec2.SearchTransitGatewayRoutesInput{
					TransitGatewayRouteTableId: &table,
					Filters:                    []types.Filter{{Name: aws.String("state"), Values: []string{"active", "blackhole"}}},
				}))
			},
			Absent: []string{"InvalidRouteTableID.NotFound"},
			Map:    ingest.Mapping(mapTransitRoutes),
		},
	)
}

type transitGateways struct {
	TransitGateways []struct {
		TransitGatewayID, TransitGatewayARN, OwnerID, State string
		Options                                             struct{ SecurityGroupReferencingSupport string }
		Tags                                                tags
	}
}

func mapTransitGateways(facts *ingest.Facts, site ingest.Site, _ string, body transitGateways) {
	for _, gateway := range body.TransitGateways {
		home := heldBy(site, gateway.OwnerID)
		id := resource(home, "ec2", "transit-gateway/", gateway.TransitGatewayID)
		describe(facts, home, kinds.AWSTransitGateway, id, gateway.Tags.value("Name"), gateway.Tags, graph.Props{
			"state": gateway.State, "group_references": gateway.Options.SecurityGroupReferencingSupport == "enable",
		}).sharedWith(site, "transit-gateway/", gateway.TransitGatewayID)
	}
}

type transitAttachments struct {
	TransitGatewayAttachments []struct {
		TransitGatewayAttachmentID, TransitGatewayID, TransitGatewayOwnerID string
		ResourceOwnerID, ResourceType, ResourceID, State                    string
		Association                                                         struct{ State, TransitGatewayRouteTableID string }
		Tags                                                                tags
	}
}

// mapTransitAttachments reads attachments of every type. The owner of the gateway and the owner of the VPC both list one; the
// gateway's names it.
func mapTransitAttachments(facts *ingest.Facts, site ingest.Site, _ string, body transitAttachments) {
	for _, attachment := range body.TransitGatewayAttachments {
		home := heldBy(site, attachment.TransitGatewayOwnerID)
		table := ""
		if state := attachment.Association.State; state == "" || state == "associated" || state == "associating" {
			table = resource(home, "ec2", "transit-gateway-route-table/", attachment.Association.TransitGatewayRouteTableID)
		}
		gateway := resource(home, "ec2", "transit-gateway/", attachment.TransitGatewayID)
		vpc := ""
		if attachment.ResourceType == "vpc" {
			vpc = resource(heldBy(site, attachment.ResourceOwnerID), "ec2", "vpc/", attachment.ResourceID)
		}
		id := resource(home, "ec2", "transit-gateway-attachment/", attachment.TransitGatewayAttachmentID)
		found := describe(facts, home, kinds.AWSTransitGatewayAttachment, id, attachment.Tags.value("Name"), attachment.Tags, graph.Props{
			"gateway": gateway, "type": attachment.ResourceType, "resource": attachment.ResourceID, "vpc": vpc,
			"state": attachment.State, "route_table": table,
		})
		found.sharedWith(site, "transit-gateway-attachment/", attachment.TransitGatewayAttachmentID)
		found.to(kinds.AttachedTo, kinds.AWSTransitGateway, gateway)
		found.to(kinds.AttachedTo, kinds.AWSVPC, vpc)
		found.to(kinds.Uses, kinds.AWSTransitGatewayRouteTable, table)
	}
}

type transitVPCAttachments struct {
	TransitGatewayVPCAttachments []struct {
		TransitGatewayAttachmentID, VPCOwnerID string
		SubnetIDs                              []string
		Options                                struct{ ApplianceModeSupport, SecurityGroupReferencingSupport string }
	}
}

func mapTransitVPCAttachments(facts *ingest.Facts, site ingest.Site, _ string, body transitVPCAttachments) {
	for _, attachment := range body.TransitGatewayVPCAttachments {
		id := resource(site, "ec2", "transit-gateway-attachment/", attachment.TransitGatewayAttachmentID)
		subnets := resources(heldBy(site, attachment.VPCOwnerID), "ec2", "subnet/", attachment.SubnetIDs)
		found := contribute(facts, kinds.AWSTransitGatewayAttachment, id, graph.Props{
			"subnets": subnets, "appliance_mode": attachment.Options.ApplianceModeSupport == "enable",
			"group_references": attachment.Options.SecurityGroupReferencingSupport == "enable",
		})
		for _, subnet := range subnets {
			found.to(kinds.AttachedTo, kinds.AWSSubnet, subnet)
		}
	}
}

type transitRouteTables struct {
	TransitGatewayRouteTables []struct {
		TransitGatewayRouteTableID, TransitGatewayID string
		Tags                                         tags
	}
}

func mapTransitRouteTables(facts *ingest.Facts, site ingest.Site, _ string, body transitRouteTables) {
	for _, table := range body.TransitGatewayRouteTables {
		gateway := resource(site, "ec2", "transit-gateway/", table.TransitGatewayID)
		id := resource(site, "ec2", "transit-gateway-route-table/", table.TransitGatewayRouteTableID)
		describe(facts, site, kinds.AWSTransitGatewayRouteTable, id, table.Tags.value("Name"), table.Tags, graph.Props{
			"gateway": gateway,
		}).from(kinds.Contains, kinds.AWSTransitGateway, gateway)
	}
}

// mapTransitRoutes reads the routes of one table, static and propagated alike, each as "destination attachment,attachment type
// state": a route has several attachments where a gateway balances over equal ones.
func mapTransitRoutes(facts *ingest.Facts, site ingest.Site, table string, body struct {
	Routes []struct {
		DestinationCIDRBlock, PrefixListID, State, Type string
		TransitGatewayAttachments                       []struct{ TransitGatewayAttachmentID string }
	}
	AdditionalRoutesAvailable *bool
},
) {
	routes := make([]string, 0, len(body.Routes))
	attachments := []string{}
	for _, route := range body.Routes {
		var to []string
		for _, attachment := range route.TransitGatewayAttachments {
			to = append(to, attachment.TransitGatewayAttachmentID)
		}
		attachments = append(attachments, to...)
		if len(to) == 0 {
			to = []string{"-"}
		}
		routes = append(routes, strings.Join([]string{route.DestinationCIDRBlock, strings.Join(graph.Sorted(to), ","), route.Type, route.State}, " "))
	}
	id := resource(site, "ec2", "transit-gateway-route-table/", table)
	found := contribute(facts, kinds.AWSTransitGatewayRouteTable, id, graph.Props{"routes": graph.Sorted(routes)})
	for _, attachment := range graph.Sorted(attachments) {
		found.to(kinds.RoutesTo, kinds.AWSTransitGatewayAttachment, resource(site, "ec2", "transit-gateway-attachment/", attachment))
	}
	if body.AdditionalRoutesAvailable != nil && *body.AdditionalRoutesAvailable {
		facts.Gap("%s has more routes than the answer holds", id)
	}
}
