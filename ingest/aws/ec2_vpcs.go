package aws

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		Table{
			Service: "ec2", Operation: "describe-vpcs",
			Actions: []string{"ec2:DescribeVpcs"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, ec2.NewDescribeVpcsPaginator(ec2.NewFromConfig(config), &ec2.DescribeVpcsInput{}))
			},
			Map: ingest.Mapping(mapVPCs),
		},
		Table{
			Service: "ec2", Operation: "describe-subnets",
			Actions: []string{"ec2:DescribeSubnets"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, ec2.NewDescribeSubnetsPaginator(ec2.NewFromConfig(config), &ec2.DescribeSubnetsInput{}))
			},
			Map: ingest.Mapping(mapSubnets),
		},
		Table{
			Service: "ec2", Operation: "describe-vpc-peering-connections",
			Actions: []string{"ec2:DescribeVpcPeeringConnections"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, ec2.NewDescribeVpcPeeringConnectionsPaginator(ec2.NewFromConfig(config), &ec2.DescribeVpcPeeringConnectionsInput{}))
			},
			Map: ingest.Mapping(mapPeerings),
		},
		Table{
			Service: "ec2", Operation: "describe-vpc-endpoints",
			Actions: []string{"ec2:DescribeVpcEndpoints"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, ec2.NewDescribeVpcEndpointsPaginator(ec2.NewFromConfig(config), &ec2.DescribeVpcEndpointsInput{}))
			},
			Map: ingest.Mapping(mapEndpoints),
		},
	)
}

type vpcs struct {
	VPCs []struct {
		VPCID, OwnerID, CIDRBlock   string
		IsDefault                   *bool
		CIDRBlockAssociationSet     []addressBlock
		IPv6CIDRBlockAssociationSet []addressBlock
		Tags                        tags
	}
}

// addressBlock is an association of an IPv4 or an IPv6 block.
type addressBlock struct {
	CIDRBlock, IPv6CIDRBlock string
	CIDRBlockState           struct{ State string }
	IPv6CIDRBlockState       struct{ State string }
}

// block gives the block while it is in use, else empty text.
func (block addressBlock) block() string {
	switch block.CIDRBlockState.State + block.IPv6CIDRBlockState.State {
	case "", "associated", "associating":
		return block.CIDRBlock + block.IPv6CIDRBlock
	default:
		return ""
	}
}

func mapVPCs(facts *ingest.Facts, site ingest.Site, _ string, body vpcs) {
	for _, vpc := range body.VPCs {
		home := heldBy(site, vpc.OwnerID)
		id := resource(home, "ec2", "vpc/", vpc.VPCID)
		blocks := append([]addressBlock{{CIDRBlock: vpc.CIDRBlock}}, vpc.CIDRBlockAssociationSet...)
		describe(facts, home, kinds.AWSVPC, id, vpc.Tags.value("Name"), vpc.Tags, graph.Props{
			"cidrs": each(append(blocks, vpc.IPv6CIDRBlockAssociationSet...), addressBlock.block), "default": vpc.IsDefault,
		}).sharedWith(site, "vpc/", vpc.VPCID)
	}
}

type subnets struct {
	Subnets []struct {
		SubnetID, VPCID, OwnerID, CIDRBlock, AvailabilityZone string
		MapPublicIPOnLaunch                                   *bool
		IPv6CIDRBlockAssociationSet                           []addressBlock
		Tags                                                  tags
	}
}

func mapSubnets(facts *ingest.Facts, site ingest.Site, _ string, body subnets) {
	for _, subnet := range body.Subnets {
		home := heldBy(site, subnet.OwnerID)
		vpc := resource(home, "ec2", "vpc/", subnet.VPCID)
		id := resource(home, "ec2", "subnet/", subnet.SubnetID)
		found := describe(facts, home, kinds.AWSSubnet, id, subnet.Tags.value("Name"), subnet.Tags, graph.Props{
			"vpc": vpc, "cidr": subnet.CIDRBlock, "ipv6_cidrs": each(subnet.IPv6CIDRBlockAssociationSet, addressBlock.block),
			"zone": subnet.AvailabilityZone, "map_public_ip": subnet.MapPublicIPOnLaunch,
		})
		found.from(kinds.Contains, kinds.AWSVPC, vpc)
		found.sharedWith(site, "subnet/", subnet.SubnetID)
	}
}

// sharedWith leads from the ARN that other answers of the site give a resource, for want of its owner, to its own.
// What AWS RAM shares keeps the ARN of the account that owns it
// (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html).
func (subject subject) sharedWith(site ingest.Site, prefix, id string) {
	if alias := graph.ID(resource(site, "ec2", prefix, id)); subject.id != "" && alias != subject.id {
		subject.facts.Alias(alias, subject.id)
	}
}

type peerings struct {
	VPCPeeringConnections []struct {
		VPCPeeringConnectionID            string
		RequesterVPCInfo, AccepterVPCInfo peeredVPC
		Status                            struct{ Code string }
		Tags                              tags
	}
}

type peeredVPC struct{ VPCID, OwnerID, Region string }

func (peer peeredVPC) site(site ingest.Site) ingest.Site {
	if peer.Region != "" {
		site.Region = peer.Region
	}
	return heldBy(site, peer.OwnerID)
}

func mapPeerings(facts *ingest.Facts, site ingest.Site, _ string, body peerings) {
	for _, peering := range body.VPCPeeringConnections {
		// Both sides list the connection; the requester's account and region name it, so that it is one node.
		home := peering.RequesterVPCInfo.site(site)
		requester := resource(home, "ec2", "vpc/", peering.RequesterVPCInfo.VPCID)
		accepter := resource(peering.AccepterVPCInfo.site(site), "ec2", "vpc/", peering.AccepterVPCInfo.VPCID)
		id := resource(home, "ec2", "vpc-peering-connection/", peering.VPCPeeringConnectionID)
		found := describe(facts, home, kinds.AWSPeering, id, peering.Tags.value("Name"), peering.Tags, graph.Props{
			"requester_vpc": requester, "accepter_vpc": accepter, "status": peering.Status.Code,
		})
		found.to(kinds.AttachedTo, kinds.AWSVPC, requester)
		found.to(kinds.AttachedTo, kinds.AWSVPC, accepter)
		found.sharedWith(site, "vpc-peering-connection/", peering.VPCPeeringConnectionID)
	}
}

type endpoints struct {
	VPCEndpoints []struct {
		VPCEndpointID, VPCID, OwnerID, ServiceName, VPCEndpointType, State string
		PolicyDocument                                                     policy
		SubnetIDs, NetworkInterfaceIDs, RouteTableIDs                      []string
		Groups                                                             []groupRef
		Tags                                                               tags
	}
}

func mapEndpoints(facts *ingest.Facts, site ingest.Site, _ string, body endpoints) {
	for _, endpoint := range body.VPCEndpoints {
		site := heldBy(site, endpoint.OwnerID)
		vpc := resource(site, "ec2", "vpc/", endpoint.VPCID)
		id := resource(site, "ec2", "vpc-endpoint/", endpoint.VPCEndpointID)
		subnets := resources(site, "ec2", "subnet/", endpoint.SubnetIDs)
		found := describe(facts, site, kinds.AWSEndpoint, id, endpoint.Tags.value("Name"), endpoint.Tags, graph.Props{
			"vpc": vpc, "service": endpoint.ServiceName, "type": endpoint.VPCEndpointType, "policy": endpoint.PolicyDocument.read(facts, graph.ID(id)),
			"state": endpoint.State, "subnets": subnets, "interfaces": resources(site, "ec2", "network-interface/", endpoint.NetworkInterfaceIDs),
			"security_groups": resources(site, "ec2", "security-group/", each(endpoint.Groups, func(group groupRef) string { return group.GroupID })),
			"route_tables":    resources(site, "ec2", "route-table/", endpoint.RouteTableIDs),
		})
		found.to(kinds.AttachedTo, kinds.AWSVPC, vpc)
		for _, subnet := range subnets {
			found.to(kinds.AttachedTo, kinds.AWSSubnet, subnet)
		}
		for _, attached := range resources(site, "ec2", "network-interface/", endpoint.NetworkInterfaceIDs) {
			found.from(kinds.AttachedTo, kinds.AWSInterface, attached)
		}
	}
}
